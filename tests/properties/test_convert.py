"""Code system -> table in each form -> the same code system."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from fhir_codesystem import build
from fhir_codesystem.convert import CannotCarry
from fhir_codesystem.convert.forms import WRITERS

from .profiles import examples
from .texts import cleaned, cleaned_code, raw_code, raw_text

SNOMED = "http://snomed.info/sct"
TYPES = ("code", "string", "integer", "decimal", "boolean", "dateTime", "Coding")


def texts() -> st.SearchStrategy[str]:
    """What a cell holds when it has been read."""
    return raw_text(4).map(lambda text: cleaned(text) or "x")


def codes() -> st.SearchStrategy[str]:
    """A code when it has been read."""
    return raw_code().map(lambda text: cleaned_code(text) or "x")


def value(kind: str) -> st.SearchStrategy[Any]:
    """A value of a property, as JSON has it."""
    values: dict[str, st.SearchStrategy[Any]] = {
        "code": codes(),
        "string": texts(),
        "integer": st.integers(-(2**31), 2**31 - 1),
        "decimal": st.decimals(-1000, 1000, places=2).map(float),
        "boolean": st.booleans(),
        "dateTime": st.sampled_from(["2020", "2020-01", "2020-01-31", "2020-01-31T00:00:00Z"]),
        "Coding": st.sampled_from(
            [
                {"system": "http://loinc.org", "code": "1-8"},
                {"system": "urn:x", "code": "a", "display": "The first, of two"},
            ]
        ),
    }
    return values[kind]


@st.composite
def code_systems(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a CodeSystem: nested concepts, properties of all types, designations."""
    drawn = draw(st.lists(codes(), min_size=1, max_size=8, unique=True))
    kinds = draw(st.lists(st.sampled_from(TYPES), max_size=3))
    declared = [
        {"code": f"p{number}", "uri": f"http://example.org/x#p{number}", "type": kind}
        for number, kind in enumerate(kinds)
    ]
    top: list[dict[str, Any]] = []
    above: list[dict[str, Any]] = []
    for code in drawn:
        concept: dict[str, Any] = {"code": code}
        for element in ("display", "definition"):
            if draw(st.booleans()):
                concept[element] = draw(texts())
        if draw(st.booleans()):
            concept["designation"] = draw(st.lists(designation(), min_size=1, max_size=3))
        values = [
            {"code": each["code"], f"value{each['type'][0].upper()}{each['type'][1:]}": stated}
            for each in declared
            for stated in draw(st.lists(value(each["type"]), max_size=2))
        ]
        if values:
            concept["property"] = values
        del above[draw(st.integers(0, len(above))) :]
        siblings = above[-1].setdefault("concept", []) if above else top
        siblings.append(concept)
        above.append(concept)
    head = {"resourceType": "CodeSystem", "id": "x", "url": "http://example.org/x", "name": "X"}
    stated = {"title": "X", "status": "draft", "caseSensitive": True, "content": "complete"}
    return {**head, **stated, **({"property": declared} if declared else {}), "concept": top}


def designation() -> st.SearchStrategy[dict[str, Any]]:
    """A designation: with a language, a use, or neither."""
    use = {"system": SNOMED, "code": "900000000000013009", "display": "Synonym"}
    other = {"system": "http://example.org/use", "code": "short"}
    return st.fixed_dictionaries(
        {"value": texts()},
        optional={
            "language": st.sampled_from(["de", "de-CH", "fr"]),
            "use": st.sampled_from([use, other]),
        },
    )


@pytest.mark.parametrize("form", WRITERS)
@given(code_systems())
@examples(40)
def test_a_code_system_survives_its_table(form: str, resource: dict[str, Any]) -> None:
    built = build(json.dumps(resource).encode())
    assert built.ok, built.diagnostics
    try:
        made = built.in_form(form)
    except CannotCarry:
        assume(False)
    again = build(made.table, metadata=yaml.safe_load(made.metadata))
    assert again.ok, again.diagnostics
    assert (again.json == built.json) is not bool(made.line_ends)


@given(code_systems())
@examples(60)
def test_a_built_code_system_builds_the_same(resource: dict[str, Any]) -> None:
    built = build(json.dumps(resource).encode())
    again = build(built.json)
    assert again.json == built.json
    assert {each["code"] for each in walk(again.resource["concept"])} == {
        each["code"] for each in walk(resource["concept"])
    }


def walk(concepts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each for top in concepts for each in (top, *walk(top.get("concept", [])))]
