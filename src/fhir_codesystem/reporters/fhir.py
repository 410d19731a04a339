"""Findings as a FHIR OperationOutcome: https://hl7.org/fhir/R4/operationoutcome.html.

It is valid in R4, R4B and R5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from fhir_codesystem.diagnostics import Severity, printable
from fhir_codesystem.reporters.report import sentence

if TYPE_CHECKING:
    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.reporters.report import Report

SYSTEM = "urn:uuid:6f0c4b1e-3c7a-5d0e-9a54-2b8d1f6e7c30"
"""The system of the rules' numbers, where an issue is coded."""
EXTENSION = "http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-"

TYPES = {
    "CS1": "structure",
    "CS18": "value",
    "CS2": "business-rule",
    "CS3": "structure",
    "CS4": "invariant",
    "CS40": "value",
    "CS44": "value",
    "CS5": "processing",
    "CS101": "not-supported",
    "CS104": "required",
    "CS105": "required",
    "CS106": "duplicate",
    "CS110": "required",
    "CS112": "too-long",
    "CS123": "not-found",
    "CS124": "multiple-matches",
    "CS141": "too-long",
    "CS142": "not-found",
    "CS148": "value",
    "CS149": "value",
    "CS152": "not-found",
    "CS153": "multiple-matches",
    "CS156": "extension",
    "CS161": "too-long",
    "CS163": "not-found",
    "CS165": "value",
    "CS166": "required",
    "CS168": "not-found",
    "CS204": "too-long",
    "CS207": "not-found",
    "CS211": "duplicate",
    "CS214": "conflict",
    "CS215": "duplicate",
    "CS303": "duplicate",
    "CS305": "code-invalid",
    "CS306": "required",
    "CS307": "value",
    "CS309": "not-found",
    "CS310": "not-found",
    "CS312": "required",
    "CS404": "invariant",
    "CS405": "invariant",
    "CS407": "too-long",
    "CS432": "duplicate",
    "CS443": "required",
    "CS444": "required",
    "CS445": "required",
    "CS502": "duplicate",
    "CS6": "structure",
    "CS602": "required",
    "CS614": "duplicate",
    "CS62": "value",
    "CS626": "business-rule",
    "CS63": "code-invalid",
    "CS632": "not-found",
    "CS64": "invariant",
    "CS646": "business-rule",
    "CS652": "invariant",
    "CS654": "not-found",
    "CS656": "extension",
    "CS657": "extension",
    "CS66": "business-rule",
    "CS661": "not-found",
    "CS662": "code-invalid",
    "CS67": "business-rule",
    "CS671": "duplicate",
    "CS672": "code-invalid",
    "CS677": "not-found",
    "CS68": "business-rule",
    "CS685": "duplicate",
    "CS69": "business-rule",
    "CS692": "not-found",
    "CS7": "business-rule",
    "CS741": "too-long",
    "CS742": "value",
    "CS751": "not-found",
    "CS752": "code-invalid",
    "CS753": "conflict",
}
"""The issue type of rules (https://hl7.org/fhir/R4/valueset-issue-type.html).

The longest beginning of a rule's number decides; information is of the type informational, unless
its whole number stands here.
"""


def report(report: Report) -> str:
    """Return a report as an OperationOutcome; where nothing was found it says that all is well."""
    issues = [_issue(each) for each in report.findings]
    issues += [
        {"severity": "fatal", "code": "exception", "diagnostics": printable(each)}
        for each in report.problems
    ]
    if not issues:
        well = {"text": "All OK"}
        issues = [{"severity": "information", "code": "informational", "details": well}]
    outcome = {"resourceType": "OperationOutcome", "issue": issues}
    return orjson.dumps(outcome, option=orjson.OPT_INDENT_2).decode()


def issue_type(finding: Diagnostic) -> str:
    """Return the code of FHIR's issue-type for a finding."""
    number = finding.rule.number
    if finding.severity is Severity.INFORMATION and number not in TYPES:
        return "informational"
    return next(TYPES[number[:end]] for end in range(len(number), 0, -1) if number[:end] in TYPES)


def _issue(finding: Diagnostic) -> dict[str, Any]:
    place, rule = finding.location, finding.rule
    sheet = place.sheet is not None
    extensions = {
        "source": {"valueString": printable(place.path)},
        "line": {"valueInteger": place.line} if place.line and not sheet else None,
        "col": {"valueInteger": place.column} if place.column and not sheet else None,
    }
    where = printable(str(place)) + (f" [{printable(place.cell)}]" if place.cell else "")
    issue: dict[str, Any] = {
        "extension": [
            {"url": EXTENSION + name, **value} for name, value in extensions.items() if value
        ],
        "severity": finding.severity.value,
        "code": issue_type(finding),
        "details": {
            "coding": [{"system": SYSTEM, "code": rule.number, "display": rule.name}],
            "text": sentence(finding),
        },
        "diagnostics": where + (f": {printable(finding.hint)}" if finding.hint else ""),
    }
    return issue | ({"expression": [printable(finding.expression)]} if finding.expression else {})
