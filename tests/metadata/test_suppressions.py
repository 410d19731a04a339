"""`build: suppress:`: what is not told, why, and what is said of entries that are wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import fhir_codesystem
from fhir_codesystem.diagnostics import Location
from fhir_codesystem.metadata.document import parse
from fhir_codesystem.metadata.settings import read_settings
from fhir_codesystem.metadata.suppressions import Suppression, suppress
from fhir_codesystem.rules.content import WRONG_COUNT
from fhir_codesystem.rules.reading import INVISIBLE_CHARACTER

if TYPE_CHECKING:
    from conftest import Project
    from fhir_codesystem import Diagnostic

COMPLETE = """\
id: table
url: http://example.org/table
name: Table
title: Table
status: draft
caseSensitive: true
hierarchyMeaning: is-a
content: complete
"""
HIDDEN = "\N{ZERO WIDTH SPACE}"
TABLE = "Code | Display | Definition\na | A\u200bs | x\nb | B | y\nc | C\u200bs | z\n"


def stated(*entries: str) -> str:
    """Return metadata with entries; the first of them stands in line 11."""
    return COMPLETE + "build:\n  suppress:\n" + "".join(f"  - {each}\n" for each in entries)


@pytest.mark.parametrize("name", ["CS111", "cs111", "invisible-character", "Invisible-Character"])
def test_a_rule_is_suppressed_everywhere(name: str, project: Project) -> None:
    built = project.build(TABLE, stated(f"{{rule: {name}, reason: as printed}}"))
    assert built.ok
    assert built.diagnostics == ()
    assert project.brief(each.finding for each in built.suppressed) == ["CS111 2:5", "CS111 4:5"]
    assert {each.reason for each in built.suppressed} == {"as printed"}
    assert {each.location.line for each in built.suppressed} == {11}


def test_a_rule_is_suppressed_at_a_code(project: Project) -> None:
    built = project.build(TABLE, stated("{rule: CS111, code: c, reason: as printed}"))
    assert project.brief(built.diagnostics) == ["CS111 2:5"]
    assert project.brief(each.finding for each in built.suppressed) == ["CS111 4:5"]


def test_a_code_is_read_as_it_is_written(project: Project) -> None:
    table = "Code | Display | Definition\n00080005 | A\u200bs | x\n00080006 | B | y\n"
    built = project.build(table, stated("{rule: CS111, code: 00080005, reason: as printed}"))
    assert built.diagnostics == ()


def test_concepts_in_one_line_of_json_are_told_apart(project: Project) -> None:
    concepts = [{"code": each, "display": f"{each}\u200bs", "definition": "x"} for each in "ac"]
    project.write("table.json", json.dumps(concepts))
    metadata = stated("{rule: CS111, code: c, reason: as printed}")
    source = project.write("table.yaml", metadata)
    built = fhir_codesystem.build(source)
    assert [each.rule.number for each in built.diagnostics] == ["CS111"]
    (suppressed,) = built.suppressed
    assert suppressed.finding.location > built.diagnostics[0].location


def test_a_rule_is_suppressed_at_an_element_and_below_it(project: Project) -> None:
    properties = "property:\n- {code: colour, type: string}\n- {code: size, type: string}\n"
    table = "Code | Display | Definition | Colour | Size\na | A | x | red | big\n"
    for expression, left in (
        ("CodeSystem.property[1]", ["CodeSystem.property[0]"]),
        ("CodeSystem.property[0]", ["CodeSystem.property[1]"]),
        ("CodeSystem.property", []),
        ("CodeSystem", []),
    ):
        entry = f"{{rule: CS435, expression: '{expression}', reason: as printed}}"
        built = project.build(table, properties + stated(entry))
        assert [each.expression for each in built.diagnostics if each.expression] == left


@pytest.mark.parametrize("expression", ["CodeSystem.prop", "CodeSystem.property[0].", "x", ""])
def test_half_a_name_is_no_element(expression: str) -> None:
    entry = Suppression(WRONG_COUNT, "x", Location("y"), expression=expression)
    finding = WRONG_COUNT.at(Location("t"), "x", expression="CodeSystem.property[0]")
    assert not entry.covers(finding, lambda *_: True)
    bare = WRONG_COUNT.at(Location("t"), "x")
    assert not entry.covers(bare, lambda *_: True)


def test_where_strict_a_suppressed_warning_does_not_fail(project: Project) -> None:
    table = "Code | Display | Definition\na | A\nb | B | y\n"
    entries = ("{rule: CS109, reason: as printed}", "{rule: CS444, reason: as printed}")
    assert not project.build(table, COMPLETE, strict=True).ok
    assert project.build(table, stated(*entries), strict=True).ok


def test_what_is_unused_is_told_at_its_entry(project: Project) -> None:
    entries = [
        "{rule: CS111, code: a, reason: as printed}",
        "{rule: CS111, code: b, reason: as printed}",
        "{rule: CS444, reason: as printed}",
    ]
    built = project.build(TABLE, stated(*entries))
    assert project.brief(built.diagnostics) == ["CS111 4:5", "CS316 12:5", "CS316 13:5"]
    assert [each.message for each in built.diagnostics[1:]] == [
        "there is no CS111 invisible-character at the code 'b' to suppress",
        "there is no CS444 no-definition to suppress",
    ]


def test_the_first_of_two_entries_for_a_finding_counts(project: Project) -> None:
    entry = "{rule: CS111, reason: as printed}"
    assert project.found(TABLE, stated(entry, entry)) == ["CS316 12:5"]


def test_an_error_is_not_suppressed_and_that_is_told(project: Project) -> None:
    table = "Code | Display | Definition\na | A | x\n | B | y\n"
    built = project.build(table, stated("{rule: CS110, reason: as printed}"))
    assert not built.ok
    assert project.brief(built.diagnostics) == ["CS110 3:1", "CS316 11:5"]
    message = "CS110 no-code is an error, and errors are not suppressed"
    assert built.diagnostics[1].message == message
    assert built.suppressed == ()


def test_nothing_is_called_unused_where_not_every_rule_was_looked_at(project: Project) -> None:
    table = "Code | Display | Definition\na | A | x\n | B | y\n"
    assert project.found(table, stated("{rule: CS111, reason: as printed}")) == ["CS110 3:1"]
    assert project.found("x\ny\n", stated("{rule: CS111, reason: as printed}")) == ["CS105 1:1"]


RESOURCE = {
    "resourceType": "CodeSystem",
    "url": "http://example.org/x",
    "status": "draft",
    "content": "complete",
    "caseSensitive": True,
    "concept": [
        {"code": "a", "display": "A ", "concept": [{"code": "b", "display": "B "}]},
        {"code": "c", "display": "C "},
    ],
}


@pytest.mark.parametrize(
    ("entry", "left"),
    [
        ("rule: CS406", []),
        ("rule: CS406, code: a", ["concept[0].concept[0].display", "concept[1].display"]),
        ("rule: CS406, code: b", ["concept[0].display", "concept[1].display"]),
        ("rule: CS406, expression: 'CodeSystem.concept[0]'", ["concept[1].display"]),
    ],
)
def test_a_resource_that_somebody_made_may_have_a_file_beside_it(
    entry: str, left: list[str], project: Project
) -> None:
    source = project.write("CodeSystem-x.json", json.dumps(RESOURCE))
    before = fhir_codesystem.check(source)
    assert [each.rule.number for each in before].count("CS406") == 3
    metadata = f"build:\n  suppress:\n  - {{{entry}, reason: as printed}}\n"
    project.write("CodeSystem-x.yaml", metadata)
    after = fhir_codesystem.check(source)
    others = [each for each in before if each.rule.number != "CS406"]
    assert [each for each in after if each.rule.number != "CS406"] == others
    told = [each.expression for each in after if each.rule.number == "CS406"]
    assert told == [f"CodeSystem.{each}" for each in left]


def test_what_the_official_verdict_leaves_out_is_not_called_unused(project: Project) -> None:
    source = project.write("CodeSystem-x.json", json.dumps(RESOURCE | {"version": "latest"}))
    entries = "".join(f"  - {{rule: {rule}, reason: x}}\n" for rule in ("CS742", "CS711"))
    project.write("CodeSystem-x.yaml", f"build:\n  suppress:\n{entries}")
    told = [each.rule.number for each in fhir_codesystem.check(source)]
    assert "CS742" not in told
    assert "CS316" in told
    told = [each.rule.number for each in fhir_codesystem.check(source, official=True)]
    assert not {"CS742", "CS316"} & {*told}
    assert "CS406" in told


def test_what_is_wrong_beside_a_resource_is_told(project: Project) -> None:
    source = project.write("CodeSystem-x.json", json.dumps(RESOURCE))
    entries = "  - {rule: CS112, reason: x}\n  - {rule: CS101x, reason: x}\n"
    project.write("CodeSystem-x.yaml", f"build:\n  suppress:\n{entries}")
    found = [each for each in fhir_codesystem.check(source) if each.rule.number.startswith("CS31")]
    assert project.brief(found) == ["CS316 3:5", "CS314 4:12"]


WRONG = {
    "{reason: as printed}": ("CS315 11:5", None),
    "{rule: CS111}": ("CS315 11:5", None),
    "{rule: CS111, reason:}": ("CS315 11:5", None),
    "{rule: CS111, reason: ' '}": ("CS315 11:5", None),
    "{}": ("CS315 11:5", None),
    "{rule: invisible-charakter, reason: x}": ("CS314 11:12", "did you mean invisible-character?"),
    "{rule: CS1113, reason: x}": ("CS314 11:12", "did you mean CS113?"),
    "{rule: CS111, raeson: x, reason: y}": ("CS302 11:19", "did you mean reason?"),
    "{rule: [CS111], reason: x}": ("CS304 11:12", None),
    "CS111": ("CS304 11:5", None),
}


@pytest.mark.parametrize(("entry", "expected"), WRONG.items())
def test_what_is_wrong_is_told_at_its_place(
    entry: str, expected: tuple[str, str | None], project: Project
) -> None:
    place, hint = expected
    found = [
        each
        for each in project.build(TABLE, stated(entry)).diagnostics
        if each.rule.number.startswith("CS3")
    ]
    (said,) = (each for each in found if project.brief([each]) == [place])
    assert said.hint == hint or hint is None


@pytest.mark.parametrize("value", ["CS111", "{rule: CS111, reason: x}"])
def test_entries_are_a_list(value: str) -> None:
    document = parse("x.yaml", f"build:\n  suppress: {value}\n".encode())
    assert read_settings(document).suppressions == ()
    assert [str(each.location) for each in document.found] == ["x.yaml:2:13"]


@pytest.mark.parametrize("value", ["[]", "~"])
def test_no_entry_is_fine(value: str) -> None:
    document = parse("x.yaml", f"build:\n  suppress: {value}\n".encode())
    assert read_settings(document).suppressions == ()


def finding(line: int, more: int = 0) -> Diagnostic:
    return fhir_codesystem.Diagnostic(
        rule=INVISIBLE_CHARACTER,
        severity=INVISIBLE_CHARACTER.severity,
        location=Location("t", line),
        message="x",
        more=more,
    )


def test_the_last_of_very_many_is_told_where_a_place_is_named() -> None:
    found = [finding(1), finding(2, more=500)]
    at = Suppression(INVISIBLE_CHARACTER, "x", Location("y", 1), code="a")
    told, suppressed = suppress(found, [at], lambda *_: True, complete=True)
    assert [each.location.line for each in told] == [2]
    assert [each.finding.location.line for each in suppressed] == [1]
    everywhere = Suppression(INVISIBLE_CHARACTER, "x", Location("y", 1))
    told, suppressed = suppress(found, [everywhere], lambda *_: False, complete=True)
    assert told == []
    assert [each.finding.more for each in suppressed] == [0, 500]


def test_an_entry_is_not_unused_where_findings_were_left_out() -> None:
    at = Suppression(INVISIBLE_CHARACTER, "x", Location("y", 1), code="a")
    for more, told in ((0, ["CS111", "CS316"]), (500, ["CS111"])):
        judged = suppress([finding(1, more)], [at], lambda *_: False, complete=True)
        assert [each.rule.number for each in judged.told] == told
