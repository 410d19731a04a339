"""A code system beside another one: a resource, a table; what is told and what is not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_codesystem import build
from fhir_codesystem.reference.comparison import nearest_code, under_another_code
from fhir_codesystem.reference.reference import Reference

if TYPE_CHECKING:
    from conftest import Project

METADATA = "status: draft\ncontent: fragment\nbuild:\n  reference: other/%s\n"
ORGANS = {
    "resourceType": "CodeSystem",
    "status": "active",
    "content": "complete",
    "property": [{"code": "status", "type": "code"}],
    "concept": [
        {
            "code": "org",
            "display": "Organ",
            "concept": [
                {"code": "L1", "display": "Left lung"},
                {"code": "L2", "display": "Right lung"},
                {
                    "code": "T0",
                    "display": "Thymus",
                    "property": [{"code": "status", "valueCode": "retired"}],
                },
            ],
        }
    ],
}
XML = """<CodeSystem xmlns="http://hl7.org/fhir"><status value="active"/><content value="complete"/>
<concept><code value="L1"/><display value="Left lung"/></concept></CodeSystem>"""


def found(project: Project, table: str, name: str = "organs.json") -> list[tuple[str, str, str]]:
    """Return the findings of a comparison: place in short, message, hint."""
    built = project.build(table, METADATA % name)
    wanted = [each for each in built.diagnostics if each.rule.number.startswith("CS75")]
    return [
        (brief, each.message, each.hint or "")
        for brief, each in zip(project.brief(wanted), wanted, strict=True)
    ]


@pytest.fixture
def organs(project: Project) -> Project:
    project.write("other/organs.json", json.dumps(ORGANS))
    return project


def test_what_the_reference_says_too_is_not_told(organs: Project) -> None:
    assert found(organs, "Code | Display\nL1 | Left lung\nL2 | Right lung\n") == []


def test_a_code_that_is_missing_is_told_with_the_code_of_its_display(organs: Project) -> None:
    ((place, message, hint),) = found(organs, "Code | Display\nL3 | right  lung\n")
    assert place == "CS752 2:1"
    assert message == "other/organs.json has no code 'L3'"
    assert hint == "other/organs.json has 'Right lung' under L2"


def test_a_code_that_is_missing_is_told_with_the_nearest_code(project: Project) -> None:
    project.write("other/codes.csv", "Code,Display\n00080016,A\n00080018,B\n")
    ((place, _, hint),) = found(project, "Code | Display\n0080018 | Q\n", "codes.csv")
    assert (place, hint) == ("CS752 2:1", "did you mean 00080018?")


def test_a_heading_of_ones_own_is_not_told(organs: Project) -> None:
    table = "Lvl | Code | Display\n1 | mine | Mine\n2 | L1 | Left lung\n"
    assert found(organs, table) == []


def test_a_display_that_differs_is_a_warning_and_shows_both(organs: Project) -> None:
    ((place, message, _),) = found(organs, "Code | Display\nL1 | Spleen\n")
    assert place == "CS753 2:6"
    assert message == "L1 is 'Left lung' in other/organs.json, not 'Spleen'"


@pytest.mark.parametrize(
    "written", ["left lung", "LeftLung", "Left lung\N{RIGHT SINGLE QUOTATION MARK}"]
)
def test_a_display_that_is_only_written_otherwise_is_information(
    written: str, organs: Project
) -> None:
    ((place, _, _),) = found(organs, f"Code | Display\nL1 | {written}\n")
    assert place == "CS754 2:6"


def test_a_retired_concept_is_told_unless_it_is_retired_here_too(organs: Project) -> None:
    ((place, _, _),) = found(organs, "Code | Display\nT0 | Thymus\n")
    assert place == "CS755 2:1"
    assert found(organs, "Code | Display | status\nT0 | Thymus | retired\n") == []


def test_a_blank_display_is_not_compared(organs: Project) -> None:
    assert found(organs, "Code | Display\nL1 |\nL2 | Right lung\n") == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("organs.xml", XML),
        ("organs.csv", "Code,Display\nL1,Left lung\n"),
        ("organs.txt", "Code | Display\nL1 | Left lung\n"),
    ],
)
def test_the_reference_may_be_any_source(name: str, content: str, project: Project) -> None:
    project.write(f"other/{name}", content)
    (only,) = found(project, "Code | Display\nL1 | Lung\n", name)
    assert only[0] == "CS753 2:6"


@pytest.mark.parametrize("content", ["no table at all", "", "{", '{"resourceType": "Patient"}'])
def test_a_reference_that_cannot_be_read_is_an_error_that_says_why(
    content: str, project: Project
) -> None:
    project.write("other/bad.json", content)
    built = project.build("Code | Display\na | A\n", METADATA % "bad.json")
    (only,) = (each for each in built.diagnostics if each.rule.number == "CS751")
    assert (only.severity, only.location.line, only.location.column) == ("error", 4, 14)
    assert only.message
    assert not built.ok


def test_a_folder_is_no_reference(project: Project) -> None:
    project.write("other/in/x.txt", "x")
    built = project.build("Code | Display\na | A\n", METADATA % "in")
    assert "CS751" in [each.rule.number for each in built.diagnostics]


def test_artifacts_are_the_same_with_a_reference_and_without(organs: Project) -> None:
    table = "Code | Display\nL1 | Left lung\nL2 | Lung\n"
    beside = organs.build(table, METADATA % "organs.json")
    alone = organs.build(table, "status: draft\ncontent: fragment\n")
    assert beside.artifacts == alone.artifacts


def test_a_mapping_may_name_the_dictionary_of_dicom() -> None:
    metadata = {"status": "draft", "content": "fragment", "build": {"reference": "dicom"}}
    built = build(b"Code | Display\n00181008 | Device\n", metadata=metadata)
    assert "CS753" in [each.rule.number for each in built.diagnostics]


@given(st.lists(st.text("abAB01 ,(", min_size=1, max_size=8), min_size=1, unique=True), st.data())
def test_what_is_there_is_found_again(codes: list[str], data: st.DataObject) -> None:
    frame = pl.DataFrame(
        {"key": codes, "code": codes, "display": codes, "retired": [False] * len(codes)}
    )
    reference = Reference("x", frame)
    code = data.draw(st.sampled_from(codes))
    assert nearest_code(code, reference) == code
    if under := under_another_code(code, reference):
        assert under[0] in codes
