"""What a server has sent is read whatever it is."""

from __future__ import annotations

from typing import Any

import pytest

from fhir_codesystem.publishing.values import dicts, parameter


@pytest.mark.parametrize(
    ("holder", "found"),
    [
        ({"entry": [{"a": 1}, "b", None, {}]}, [{"a": 1}, {}]),
        ({"entry": {"a": 1}}, []),
        ({"entry": None}, []),
        ({}, []),
        ([], []),
        (None, []),
    ],
)
def test_the_objects_of_an_array(holder: Any, found: list[Any]) -> None:
    assert dicts(holder, "entry") == found


def test_the_value_of_a_parameter() -> None:
    given = [
        "no object",
        {"name": "part", "part": []},
        {"name": "result", "id": "x", "valueBoolean": False},
        {"name": "result", "valueBoolean": True},
    ]
    found = {"resourceType": "Parameters", "parameter": given}
    assert parameter(found, "result") is False
    assert parameter(found, "part") is None
    assert parameter(found, "none") is None
    assert parameter({"parameter": {"name": "result"}}, "result") is None
    assert parameter(None, "result") is None
