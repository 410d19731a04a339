"""Artifacts: what of a file can be published, and how it is sent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from fhir_codesystem.errors import EnvironmentProblem
from fhir_codesystem.publishing.artifact import Artifact, read
from fhir_codesystem.publishing.external import compared
from fhir_codesystem.publishing.values import LEVELS

from .conftest import colours

if TYPE_CHECKING:
    from pathlib import Path


def nested(levels: int, kind: str) -> Any:
    """Return concepts, extensions or arrays that are so many levels of objects and arrays."""
    value: Any = {"code": "a"} if kind == "concept" else {"url": "http://example.org/x"}
    for at in range(levels - 1):
        key = "extension" if kind != "concept" else kind
        value = [value] if kind == "array" or (levels - at) % 2 == 0 else {"code": "a", key: value}
    return value


def written(folder: Path, resource: Any) -> Path:
    path = folder / "CodeSystem.json"
    path.write_text(resource if isinstance(resource, str) else json.dumps(resource), "utf-8")
    return path


@pytest.mark.parametrize(
    ("resource", "told"),
    [
        ("{", "is no JSON"),
        ([], "holds no CodeSystem"),
        ({"resourceType": "ConceptMap"}, "holds no CodeSystem and no ValueSet"),
        ({"resourceType": "ValueSet"}, "a ValueSet is published with a url"),
        (colours(url="http://example.org/a|1"), r"the url 'http://example.org/a\|1' holds a \|"),
        (colours(version="1|2"), r"the version '1\|2' holds a \|"),
        (colours(url=""), "is published with a url"),
        (colours(status=None), "is published with a status"),
        (colours(version=1), "the version is no text"),
        (colours(meta=[]), "meta is no object"),
        (colours(concept=[{"display": "A"}]), "a concept has no code"),
    ],
)
def test_what_cannot_be_published_is_said(tmp_path: Path, resource: Any, told: str) -> None:
    with pytest.raises(EnvironmentProblem, match=told):
        read(written(tmp_path, resource))


@pytest.mark.parametrize("kind", ["concept", "extension", "array"])
def test_what_is_nested_too_deep_is_said(tmp_path: Path, kind: str) -> None:
    def deep(levels: int) -> Artifact:
        key = "extension" if kind == "array" else kind
        return read(written(tmp_path, colours(**{key: nested(levels, kind)})))

    deepest = deep(LEVELS - 1)
    assert orjson.dumps([{"resource": [deepest.sent("7")]}])
    assert not compared(deepest.resource, json.loads(deepest.data))
    for levels in (LEVELS, 400, 900):
        with pytest.raises(EnvironmentProblem, match="objects and arrays in more than 250 levels"):
            deep(levels)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="No such file or directory"):
        read(tmp_path / "none.json")


def test_what_is_sent_has_the_id_of_the_server_and_our_meta(tmp_path: Path) -> None:
    meta = {"versionId": "7", "lastUpdated": "2020-01-01", "profile": ["http://example.org/p"]}
    artifact = read(written(tmp_path, colours(meta=meta)))
    assert artifact.sent("x1") == colours(id="x1", meta={"profile": ["http://example.org/p"]})
    assert "id" not in artifact.sent(None)


def test_an_id_is_of_one_url_and_version(tmp_path: Path) -> None:
    def server_id(**elements: Any) -> str:
        return read(written(tmp_path, colours(**elements))).server_id

    ids = {
        server_id(),
        server_id(version="2.0.0"),
        server_id(version="1.0.0+build/7 ä"),
        server_id(url="http://example.org/other"),
        server_id(id="x" * 64, version="y" * 64),
    }
    assert len(ids) == 5
    assert all(len(each) <= 64 and each.isascii() for each in ids)
    assert server_id() == server_id(title="Other")
