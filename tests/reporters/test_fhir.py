"""OperationOutcome: valid in R4B and R5, with types, places and expressions."""

from __future__ import annotations

import json
from typing import Any

from fhir.resources import operationoutcome as r5
from fhir.resources.R4B import operationoutcome as r4b

from fhir_codesystem.diagnostics import Location, Severity
from fhir_codesystem.reporters import fhir
from fhir_codesystem.reporters.report import Report, Told
from fhir_codesystem.rules.reading import SHORT_ROW
from fhir_codesystem.rules.registry import RULES

TYPES = {
    *("invalid", "structure", "required", "value", "invariant", "processing", "not-supported"),
    *("duplicate", "multiple-matches", "not-found", "too-long", "code-invalid", "extension"),
    *("business-rule", "conflict", "exception", "informational"),
}
"""The codes of FHIR R4's issue-type that may be used here; R5 has them all too."""


def issues_of(report: Report) -> list[dict[str, Any]]:
    """Return the issues of an outcome, which must be valid in both versions."""
    text = fhir.report(report)
    outcome = json.loads(text)
    for model in (r4b.OperationOutcome, r5.OperationOutcome):
        assert json.loads(model.model_validate_json(text).model_dump_json()) == outcome
    issues: list[dict[str, Any]] = outcome["issue"]
    assert {each["code"] for each in issues} <= TYPES
    assert {each["severity"] for each in issues} <= {"fatal", "error", "warning", "information"}
    return issues


def test_every_example_of_every_rule_is_valid(examples: Report) -> None:
    issues = issues_of(examples)
    numbers = [each["details"]["coding"][0]["code"] for each in issues]
    assert numbers == [each.rule.number for each in examples.findings]


def test_every_rule_has_a_type_and_no_type_is_without_a_rule() -> None:
    numbers = [rule.number for rule in RULES]
    types = [fhir.issue_type(rule.at(Location("a"), "x")) for rule in RULES]
    assert set(types) <= TYPES
    assert [each for each in fhir.TYPES if not any(n.startswith(each) for n in numbers)] == []


def test_hostile_texts_are_valid(nasty: Report) -> None:
    first, second, problem = issues_of(nasty)
    assert first["expression"] == ["a.b"]
    assert "\x1b" not in first["details"]["text"]
    assert second["severity"] == "error"
    assert problem["severity"] == "fatal"


def test_an_issue_says_what_and_where(one: Any, row: Any) -> None:
    found = row(3, hint="fill it", expression="CodeSystem.count", more=2)
    base = "http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-"
    assert issues_of(one(found)) == [
        {
            "extension": [
                {"url": f"{base}source", "valueString": "codes/table.txt"},
                {"url": f"{base}line", "valueInteger": 3},
                {"url": f"{base}col", "valueInteger": 5},
            ],
            "severity": "warning",
            "code": "structure",
            "details": {
                "coding": [{"system": fhir.SYSTEM, "code": "CS109", "display": "short-row"}],
                "text": "a cell is missing (and 2 more of this rule)",
            },
            "diagnostics": "codes/table.txt:3:5: fill it",
            "expression": ["CodeSystem.count"],
        }
    ]


def test_information_is_informational(one: Any, row: Any) -> None:
    (issue,) = issues_of(one(row(3, severity=Severity.INFORMATION)))
    assert (issue["severity"], issue["code"]) == ("information", "informational")


def test_a_cell_of_a_workbook_is_told_in_words(one: Any) -> None:
    (issue,) = issues_of(one(SHORT_ROW.at(Location("a.xlsx", 12, 3, "Codes"), "x")))
    assert issue["diagnostics"] == "a.xlsx:12:3 [Codes!C12]"
    assert len(issue["extension"]) == 1


def test_nothing_found_says_that_all_is_well() -> None:
    (issue,) = issues_of(Report([Told("a")]))
    assert (issue["severity"], issue["code"]) == ("information", "informational")
    assert issue["details"] == {"text": "All OK"}
