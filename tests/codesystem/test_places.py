"""Which findings stand at a concept."""

from __future__ import annotations

import json

import pytest

from fhir_codesystem import Location
from fhir_codesystem.codesystem.places import ConceptElements, ConceptRows
from fhir_codesystem.rules.reading import SHORT_ROW

CODESYSTEM = {
    "concept": [{"code": "a", "concept": [{"code": "b", "property": [{"code": "c"}]}]}, 7],
    "property": [{"code": "p"}],
}


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("CodeSystem.concept[0]", "a"),
        ("CodeSystem.concept[0].display", "a"),
        ("CodeSystem.concept[0].concept[0].property[0].code", "b"),
        ("CodeSystem.property[0].code", None),
        ("CodeSystem.concept[1].code", None),
        ("CodeSystem.concept[9].code", None),
        ("CodeSystem", None),
        ("", None),
        (None, None),
    ],
)
def test_the_innermost_concept_of_an_expression_counts(
    expression: str | None, code: str | None
) -> None:
    elements = ConceptElements(json.dumps(CODESYSTEM).encode("utf-8-sig"))
    finding = SHORT_ROW.at(Location("x"), "x", expression=expression)
    assert [each for each in "abcp" if elements.holds(finding, each)] == list(code or "")


def test_a_contained_code_system_has_concepts_too() -> None:
    inside = {"resourceType": "ValueSet", "contained": [CODESYSTEM]}
    expression = "ValueSet.contained[0]/*CodeSystem/x*/.concept[0].code"
    finding = SHORT_ROW.at(Location("x"), "x", expression=expression)
    assert ConceptElements(json.dumps(inside).encode()).holds(finding, "a")


@pytest.mark.parametrize("data", [b"", b"[]", b"<CodeSystem/>", b'{"concept": 1}', b"\xff"])
def test_what_is_no_such_resource_has_no_concepts(data: bytes) -> None:
    finding = SHORT_ROW.at(Location("x"), "x", expression="CodeSystem.concept[0].code")
    assert not ConceptElements(data).holds(finding, "a")


def test_without_a_code_system_nothing_stands_at_a_concept() -> None:
    assert not ConceptRows(None).holds(SHORT_ROW.at(Location("x", 1), "x"), "a")
