"""What is asked of a server that has an artifact."""

from __future__ import annotations

import pytest

from fhir_codesystem.publishing.artifact import Artifact
from fhir_codesystem.publishing.capabilities import Ability, Capabilities
from fhir_codesystem.publishing.questions import questions

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
