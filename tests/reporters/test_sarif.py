"""SARIF 2.1.0: valid by its schema, with places, rules, fingerprints and suppressions.

sarif-schema-2.1.0.json is the schema of OASIS, unchanged; it was taken from the crate serde-sarif
0.8.0, which ships it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft7Validator

from fhir_codesystem.diagnostics import Location, Related, Severity, Suppressed
from fhir_codesystem.reporters import sarif
from fhir_codesystem.reporters.report import Report, Told
from fhir_codesystem.rules.reading import SHORT_ROW

if TYPE_CHECKING:
    from collections.abc import Callable

    from fhir_codesystem import Diagnostic

SCHEMA = json.loads(Path(__file__).with_name("sarif-schema-2.1.0.json").read_text("utf-8"))
VALIDATOR = Draft7Validator(SCHEMA, format_checker=Draft7Validator.FORMAT_CHECKER)


def run_of(report: Report) -> dict[str, Any]:
    """Return the run of a report's log, which must be valid."""
    log = json.loads(sarif.report(report))
    assert [error.message for error in VALIDATOR.iter_errors(log)] == []
    run: dict[str, Any] = log["runs"][0]
    return run


def result_of(report: Report) -> dict[str, Any]:
    """Return the only result of a report."""
    (result,) = run_of(report)["results"]
    return dict(result)


def prints(report: Report) -> list[str]:
    return [each["partialFingerprints"]["codesystem/v1"] for each in run_of(report)["results"]]


def test_every_example_of_every_rule_is_valid(examples: Report) -> None:
    run = run_of(examples)
    assert len(run["results"]) == len(examples.findings)
    rules = run["tool"]["driver"]["rules"]
    for result, finding in zip(run["results"], examples.findings, strict=True):
        assert result["ruleId"] == rules[result["ruleIndex"]]["id"] == finding.rule.number
        (location,) = result["locations"]
        assert location["physicalLocation"]["artifactLocation"]["uri"]
    assert [each["id"] for each in rules] == sorted({each["id"] for each in rules})


def test_hostile_texts_are_valid_and_make_no_link(nasty: Report) -> None:
    run = run_of(nasty)
    first, second, third = run["results"]
    assert r"\[x](http://evil)" in first["message"]["text"]
    assert "\x1b" not in json.dumps(run, ensure_ascii=False)
    uri = first["locations"][0]["physicalLocation"]["artifactLocation"]
    assert uri["uri"].isascii()
    assert ":" not in uri["uri"]
    elsewhere = second["locations"][0]["physicalLocation"]["artifactLocation"]
    assert elsewhere == {"uri": "file:///elsewhere/%C3%A4%20b.xlsx"}
    assert third["suppressions"]


def test_a_file_below_the_folder_is_named_from_there(one: Any, row: Any) -> None:
    location = result_of(one(row(3)))["locations"][0]["physicalLocation"]
    assert location == {
        "artifactLocation": {"uri": "codes/table.txt", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 3, "startColumn": 5},
    }


def test_a_whole_path_below_the_folder_is_named_from_there_too(one: Any) -> None:
    found = SHORT_ROW.at(Location("/project/a b/ü#.txt"), "x")
    location = result_of(one(found))["locations"][0]["physicalLocation"]
    artifact = {"uri": "a%20b/%C3%BC%23.txt", "uriBaseId": "%SRCROOT%"}
    assert location == {"artifactLocation": artifact}


def test_a_cell_of_a_workbook_and_an_element_are_logical_locations(one: Any) -> None:
    place = Location("codes.xlsx", 12, 3, "Codes")
    location = result_of(one(SHORT_ROW.at(place, "x", expression="CodeSystem.count")))["locations"]
    assert "region" not in location[0]["physicalLocation"]
    assert location[0]["logicalLocations"] == [
        {"fullyQualifiedName": "Codes!C12", "kind": "cell"},
        {"fullyQualifiedName": "CodeSystem.count", "kind": "element"},
    ]


@pytest.mark.parametrize(
    ("severity", "level"),
    [
        (Severity.ERROR, "error"),
        (Severity.WARNING, "warning"),
        (Severity.INFORMATION, "note"),
    ],
)
def test_severities_are_levels(
    severity: Severity, level: str, one: Any, row: Callable[..., Diagnostic]
) -> None:
    assert result_of(one(row(1, severity=severity)))["level"] == level


def test_a_rule_says_what_it_is(one: Any, row: Any) -> None:
    (rule,) = run_of(one(row(1)))["tool"]["driver"]["rules"]
    assert (rule["id"], rule["name"]) == ("CS109", "ShortRow")
    assert rule["shortDescription"]["text"] == SHORT_ROW.what
    assert SHORT_ROW.why in rule["fullDescription"]["text"]
    assert rule["help"]["markdown"].startswith("# CS109 short-row (warning)\n")
    assert rule["defaultConfiguration"] == {"level": "warning"}


def test_what_was_left_out_and_the_hint_are_in_the_message(one: Any, row: Any) -> None:
    message = result_of(one(row(1, more=1300, hint="fill it")))["message"]["text"]
    assert message == "a cell is missing (and 1,300 more of this rule)\nhint: fill it"


def test_fingerprints_stay_when_lines_move(one: Any, row: Any) -> None:
    before = prints(one(row(16, "lines 16-28 repeat lines 3-15"), row(40, "'b' (line 7)")))
    after = prints(one(row(17, "lines 17-29 repeat lines 4-16"), row(41, "'b' (line 8)")))
    assert before == after
    assert prints(one(row(40, "'c' (line 7)"))) != before[1:]


def test_fingerprints_stay_when_concepts_move(one: Any, row: Any) -> None:
    first, second = (f"CodeSystem.concept[{at}].display" for at in (2, 3))
    assert prints(one(row(1, expression=first))) == prints(one(row(2, expression=second)))
    other = row(1, expression="CodeSystem.concept[2].code")
    assert prints(one(other)) != prints(one(row(1, expression=first)))


def test_equal_findings_have_different_fingerprints(one: Any, row: Any) -> None:
    assert len(set(prints(one(row(1), row(2), row(3))))) == 3


def test_related_places_bear_their_message(one: Any, row: Any) -> None:
    related = (Related(Location("codes/table.txt", 2), "here"), Related(Location("b"), "there"))
    told = result_of(one(row(1, related=related)))["relatedLocations"]
    assert [each["message"]["text"] for each in told] == ["here", "there"]
    assert told[0]["physicalLocation"]["region"] == {"startLine": 2}


def test_suppressed_findings_are_told_with_their_reason(row: Any) -> None:
    by = Suppressed(row(2), "as printed", Location("codes/table.yaml", 9, 5))
    told, suppressed = run_of(Report([Told("codes/table.txt", [row(1)], [by])], folder="/project"))[
        "results"
    ]
    assert told["suppressions"] == []
    (suppression,) = suppressed["suppressions"]
    assert (suppression["kind"], suppression["justification"]) == ("external", "as printed")
    place = suppression["location"]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "codes/table.yaml"
    assert place["region"] == {"startLine": 9, "startColumn": 5}


def test_problems_are_notifications(row: Any) -> None:
    source = Told("codes/table.txt", [row(1)])
    run = run_of(Report([source], problems=["gone.txt is not there"], folder="/project"))
    (invocation,) = run["invocations"]
    assert not invocation["executionSuccessful"]
    (notification,) = invocation["toolExecutionNotifications"]
    assert notification["message"]["text"] == "gone.txt is not there"


def test_nothing_found_is_a_run_without_results() -> None:
    run = run_of(Report([Told("a")], folder="/project"))
    assert run["results"] == []
    assert run["invocations"][0]["executionSuccessful"]
