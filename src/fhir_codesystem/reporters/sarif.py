"""Findings as SARIF 2.1.0, the form of code scanning.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import re
from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import orjson

from fhir_codesystem import __version__
from fhir_codesystem.diagnostics import Severity, printable
from fhir_codesystem.reporters.report import sentence
from fhir_codesystem.rules.page import page

if TYPE_CHECKING:
    from fhir_codesystem.diagnostics import Diagnostic, Location, Suppressed
    from fhir_codesystem.reporters.report import Report
    from fhir_codesystem.rules.rule import Rule

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
ROOT = "%SRCROOT%"
LEVELS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFORMATION: "note",
}
PLACES = re.compile(r"\b(lines?|rows?|items?|cells?) [\w!]*\d[\d,-]*")
"""Places as messages name them: they change when other lines move."""
LINK = re.compile(r"\[(?=[^\]]*\]\()")
"""What a viewer would take for the beginning of a link."""


def report(report: Report) -> str:
    """Return a report as a SARIF log of one run; suppressed findings are results of it too."""
    suppressions = dict.fromkeys(map(id, report.findings)) | {
        id(each.finding): each for each in report.suppressed
    }
    every = [*report.findings, *(each.finding for each in report.suppressed)]
    rules = {each.rule.number: each.rule for each in every}
    numbers = sorted(rules)
    prints = _Prints()
    results = [
        _result(each, report, numbers.index(each.rule.number), prints)
        | _suppressions(suppressions[id(each)], report)
        for each in every
    ]
    driver = {
        "name": "codesystem",
        "version": __version__,
        "rules": [_rule(rules[number]) for number in numbers],
    }
    invocation = {
        "executionSuccessful": not report.problems,
        "toolExecutionNotifications": [
            {"level": "error", "message": {"text": _text(each)}} for each in report.problems
        ],
    }
    run = {
        "tool": {"driver": driver},
        "invocations": [invocation],
        "originalUriBaseIds": {ROOT: {"description": {"text": "Where codesystem was run."}}},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return orjson.dumps(log, option=orjson.OPT_INDENT_2).decode()


def _rule(rule: Rule) -> dict[str, Any]:
    link = {"helpUri": rule.source} if rule.source.startswith("http") else {}
    told = page(rule)
    return {
        "id": rule.number,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": rule.what},
        "fullDescription": {"text": f"{rule.what} {rule.why}"},
        "help": {"text": told, "markdown": told},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        **link,
    }


def _result(finding: Diagnostic, report: Report, index: int, prints: _Prints) -> dict[str, Any]:
    hint = f"\nhint: {finding.hint}" if finding.hint else ""
    result: dict[str, Any] = {
        "ruleId": finding.rule.number,
        "ruleIndex": index,
        "level": LEVELS[finding.severity],
        "message": {"text": _text(sentence(finding) + hint)},
        "locations": [_location(finding.location, report, finding.expression)],
        "partialFingerprints": {"codesystem/v1": prints.of(finding, report)},
    }
    if finding.related:
        result["relatedLocations"] = [
            _location(each.location, report) | {"id": at, "message": {"text": _text(each.message)}}
            for at, each in enumerate(finding.related)
        ]
    return result


def _suppressions(suppressed: Suppressed | None, report: Report) -> dict[str, Any]:
    if suppressed is None:
        return {"suppressions": []}
    return {
        "suppressions": [
            {
                "kind": "external",
                "justification": _text(suppressed.reason),
                "location": _location(suppressed.location, report),
            }
        ]
    }


def _location(place: Location, report: Report, expression: str | None = None) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": _artifact(place.path, report)}
    if place.line is not None and place.sheet is None:
        region = {"startLine": place.line, "startColumn": place.column}
        physical["region"] = {name: each for name, each in region.items() if each is not None}
    logical = [
        {"fullyQualifiedName": printable(name), "kind": kind}
        for name, kind in ((place.cell, "cell"), (expression, "element"))
        if name
    ]
    location: dict[str, Any] = {"physicalLocation": physical}
    return location | ({"logicalLocations": logical} if logical else {})


def _artifact(path: str, report: Report) -> dict[str, str]:
    """Name a file: from the folder on where it is below it, else with its whole path."""
    relative = report.relative(path)
    if relative is None:
        return {"uri": "file://" + quote(report.absolute(path))}
    return {"uri": quote(relative), "uriBaseId": ROOT}


def _text(text: str) -> str:
    """Return a text for a message: nothing that hides, no links."""
    shown = "\n".join(printable(line) for line in text.split("\n"))
    return LINK.sub(r"\\[", shown)


class _Prints:
    """Fingerprints: what stays of a finding when other lines move; equal ones are numbered."""

    def __init__(self) -> None:
        self.seen: Counter[tuple[str, ...]] = Counter()

    def of(self, finding: Diagnostic, report: Report) -> str:
        """Return the fingerprint of a finding."""
        element = re.sub(r"\[\d+\]", "", finding.expression or "")
        message = PLACES.sub(r"\1", finding.message)
        path = report.relative(finding.location.path) or finding.location.path
        same = (finding.rule.number, path, element, message)
        self.seen[same] += 1
        whole = "\n".join([*map(printable, same), str(self.seen[same])])
        return sha256(whole.encode()).hexdigest()[:32]
