"""Artifacts: what of a file can be published, and how it is sent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from fhir_codesystem.errors import EnvironmentProblem
from fhir_codesystem.publishing.artifact import read

from .conftest import colours

if TYPE_CHECKING:
    from pathlib import Path


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
