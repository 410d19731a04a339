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
