"""What is asked of a server that has an artifact."""

from __future__ import annotations

from typing import Any

import pytest

from fhir_codesystem.publishing.artifact import Artifact
from fhir_codesystem.publishing.capabilities import Ability, Capabilities
from fhir_codesystem.publishing.questions import DEFINED, questions

from .conftest import colours


@pytest.mark.parametrize(
    ("content", "asked"),
    [
        ("complete", ["$validate-code colour", "$validate-code no-such-code"]),
        ("fragment", ["$validate-code colour"]),
    ],
)
def test_a_code_that_is_not_there_is_asked_for_where_that_makes_it_wrong(
    content: str, asked: list[str]
) -> None:
    artifact = Artifact("colours.json", colours(content=content))
    able = Capabilities("", "4.0.1", {"CodeSystem": Ability(operations=("validate-code",))})
    assert [each.asked for each in questions(artifact, "1", able)][1:] == asked


@pytest.mark.parametrize(("concepts", "asked"), [(1, 1), (3, 2), (16, 2), (50, 18), (5000, 19)])
def test_some_of_many_concepts_are_looked_up(concepts: int, asked: int) -> None:
    concept = [{"code": f"c{at}"} for at in range(concepts)]
    artifact = Artifact("colours.json", colours(concept=concept))
    able = Capabilities("", "4.0.1", {"CodeSystem": Ability(operations=("lookup",))})
    looked_up = [each.query["code"] for each in questions(artifact, "1", able) if each.query]
    assert len(set(looked_up)) == len(looked_up) == asked


ALL = ("lookup", "validate-code", "subsumes")
ABLE = Capabilities("", "4.0.1", {"CodeSystem": Ability(operations=ALL)})


def test_a_supplement_is_no_system_to_be_asked_for() -> None:
    artifact = Artifact("colours.json", colours(content="supplement", supplements="http://a"))
    assert [each.asked for each in questions(artifact, "1", ABLE)] == ["read CodeSystem/1"]


@pytest.mark.parametrize(
    ("declared", "held", "usable"),
    [
        ({}, {"code": "notSelectable", "valueBoolean": True}, False),
        ({}, {"code": "notSelectable", "valueBoolean": False}, True),
        ({}, {"code": "inactive", "valueBoolean": True}, False),
        ({}, {"code": "status", "valueCode": "retired"}, False),
        ({}, {"code": "status", "valueCode": "active"}, True),
        ({"code": "a", "uri": f"{DEFINED}inactive"}, {"code": "a", "valueBoolean": True}, False),
        ({"code": "inactive", "uri": "http://a"}, {"code": "inactive", "valueBoolean": True}, True),
        ({}, "no object", True),
    ],
)
def test_the_code_that_must_be_valid_may_be_selected_and_is_in_use(
    declared: dict[str, Any], held: Any, usable: bool
) -> None:
    concept: list[Any] = [{"code": "first", "property": [held]}, {"code": "second"}]
    artifact = Artifact("colours.json", colours(property=[declared], concept=concept))
    asked = {
        e.query["code"]: e.expected for e in questions(artifact, "1", ABLE) if "url" in e.query
    }
    assert asked == {"first" if usable else "second": "result true", "no-such-code": "result false"}


def test_where_no_code_may_be_selected_none_must_be_valid() -> None:
    held = [{"code": "notSelectable", "valueBoolean": True}]
    artifact = Artifact("colours.json", colours(concept=[{"code": "first", "property": held}]))
    assert [e.query["code"] for e in questions(artifact, "1", ABLE) if "url" in e.query] == [
        "no-such-code"
    ]
