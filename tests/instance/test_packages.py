"""Packages at hand: what they define is known when a resource is checked."""

from __future__ import annotations

import io
import json
import tarfile
from typing import TYPE_CHECKING, Any

import pytest

import fhir_codesystem
from fhir_codesystem import EnvironmentProblem
from fhir_codesystem.instance.packages import read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BASE: dict[str, Any] = {
    "resourceType": "CodeSystem",
    "url": "http://codes.example/base",
    "status": "active",
    "content": "complete",
    "concept": [{"code": "a", "display": "A"}],
}
SUPPLEMENT = """{"resourceType": "CodeSystem",
 "url": "http://codes.example/more", "status": "active", "content": "supplement",
 "supplements": "http://codes.example/base",
 "concept": [{"code": "a", "designation": [{"language": "de", "value": "Ah"}]},
  {"code": "b", "designation": [{"language": "de", "value": "Be"}]}]}
"""


def folder(path: Path, *resources: Any) -> Path:
    path.mkdir()
    for number, each in enumerate(resources):
        (path / f"{number}.json").write_text(json.dumps(each))
    return path


def inside(path: Path, *resources: Any) -> Path:
    path.mkdir()
    folder(path / "package", *resources)
    return path


def archive(path: Path, *resources: Any) -> Path:
    with tarfile.open(path, "w:gz") as made:
        for number, each in enumerate(resources):
            data = json.dumps(each).encode()
            member = tarfile.TarInfo(f"package/{number}.json")
            member.size = len(data)
            made.addfile(member, io.BytesIO(data))
    return path


def told(path: Path, **options: Any) -> set[tuple[str, int | None, int | None]]:
    return {
        (each.rule.number, each.location.line, each.location.column)
        for each in fhir_codesystem.check(path, **options)
        if each.severity != "information" and each.rule.number.startswith("CS66")
    }


@pytest.mark.parametrize("packed", [folder, inside, archive])
def test_what_a_package_defines_is_known(tmp_path: Path, packed: Callable[..., Path]) -> None:
    (tmp_path / "more.json").write_text(SUPPLEMENT)
    package = packed(tmp_path / "base.tgz", {"resourceType": "ImplementationGuide"}, BASE)
    assert told(tmp_path / "more.json") == {("CS661", 3, 17)}
    assert told(tmp_path / "more.json", packages=[package]) == {("CS662", 5, 3)}


def test_of_two_definitions_the_first_stands(tmp_path: Path) -> None:
    both = BASE | {"concept": [{"code": "a"}, {"code": "b"}]}
    first, second = folder(tmp_path / "first", both), folder(tmp_path / "second", BASE)
    (tmp_path / "more.json").write_text(SUPPLEMENT)
    assert told(tmp_path / "more.json", packages=[first, second]) == set()
    assert told(tmp_path / "more.json", packages=[second, first]) == {("CS662", 5, 3)}


@pytest.mark.parametrize(
    "bad",
    [
        {"resourceType": "CodeSystem", "url": "http://codes.example/x", "concept": 1},
        {"resourceType": "ValueSet", "url": "http://codes.example/x", "compose": {"include": 1}},
        {"resourceType": "StructureDefinition", "url": "http://codes.example/x", "type": 1},
        {"resourceType": 1, "url": []},
        [],
        1,
    ],
)
def test_what_is_no_definition_is_not_known(tmp_path: Path, bad: Any) -> None:
    brought = read([folder(tmp_path / "package", bad, BASE)])
    assert "http://codes.example/base" in brought.systems


def test_what_is_no_package_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "text.tgz").write_text("no archive")
    whole = archive(tmp_path / "whole.tgz", *({**BASE, "url": f"u:{n}"} for n in range(500)))
    (tmp_path / "cut.tgz").write_bytes(whole.read_bytes()[:900])
    for name, why in (
        ("text.tgz", "is no FHIR package: no archive"),
        ("cut.tgz", "it ends too early"),
        ("gone.tgz", "No such file"),
    ):
        with pytest.raises(EnvironmentProblem, match=why):
            read([tmp_path / name])
    with pytest.raises(EnvironmentProblem, match="there is no definition in it"):
        read([folder(tmp_path / "empty", {"name": "x"})])


def test_publication_asks_for_more(tmp_path: Path) -> None:
    path = tmp_path / "base.json"
    path.write_text(json.dumps(BASE))
    asked = {each.rule.number for each in fhir_codesystem.check(path, publication=True)}
    assert asked - {each.rule.number for each in fhir_codesystem.check(path)} == {"CS681"}


def test_the_official_verdict_can_be_had_alone(tmp_path: Path) -> None:
    path = tmp_path / "base.json"
    path.write_text(json.dumps(BASE | {"concept": [{"code": "a", "display": "A  b"}]}))
    ours = {each.rule.number for each in fhir_codesystem.check(path)}
    official = fhir_codesystem.check(path, official=True)
    assert ours - {each.rule.number for each in official} == {"CS721"}
    assert all(each.official for each in official)


def test_a_repeated_code_shows_the_first(tmp_path: Path) -> None:
    path = tmp_path / "base.json"
    path.write_text(json.dumps(BASE | {"concept": [{"code": "a"}, {"code": "a"}]}, indent=1))
    (found,) = (e for e in fhir_codesystem.check(path) if e.rule.number == "CS671")
    (first,) = found.related
    assert (found.location.line, first.location.line) == (10, 7)
