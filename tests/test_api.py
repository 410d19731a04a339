"""The library: what `build` takes, what it returns, and that it writes nothing unless asked."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from fhir.resources.codesystem import CodeSystem as CodeSystemR5
from fhir.resources.R4B.codesystem import CodeSystem as CodeSystemR4B

import fhir_codesystem
from fhir_codesystem import (
    BuildFailed,
    Diagnostic,
    EnvironmentProblem,
    FHIRVersion,
    Severity,
    build,
)
from fhir_codesystem.diagnostics import MOST

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Project

TABLE = "Code | Display | Definition\na | A | x\n"
METADATA = """\
id: codes
url: http://example.org/codes
name: Codes
title: Codes
status: active
caseSensitive: true
content: complete
"""
STATED: dict[str, Any] = {
    "id": "codes",
    "url": "http://example.org/codes",
    "name": "Codes",
    "title": "Codes",
    "status": "active",
    "caseSensitive": True,
    "content": "complete",
}
NAMES = ["CodeSystem-codes.json", "CodeSystem-codes.md"]
BROKEN = "Code | Display\n | A\n"


def listing(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


@pytest.fixture
def source(project: Project) -> Path:
    project.write("codes.yaml", METADATA)
    return project.write("codes.txt", TABLE)


def test_a_table_may_be_a_path_a_text_of_one_or_bytes(source: Path) -> None:
    built = build(source)
    assert built.resource["concept"] == [{"code": "a", "display": "A", "definition": "x"}]
    assert build(str(source)).json == built.json
    assert build(source.with_suffix(".yaml")).json == built.json
    assert build(TABLE.encode(), metadata=source.with_suffix(".yaml")).json == built.json
    assert build(TABLE.encode(), metadata=str(source.with_suffix(".yaml"))).json == built.json
    assert build(TABLE.encode(), metadata=STATED).json == built.json


def test_bytes_alone_are_a_bare_table() -> None:
    built = build(TABLE.encode())
    assert sorted(built.artifacts) == ["CodeSystem-table.json", "CodeSystem-table.md"]
    assert {each.location.path for each in built.diagnostics} == {"table"}
    assert built.resource["status"] == "draft"


def test_metadata_given_goes_before_that_beside_the_table(source: Path, project: Project) -> None:
    other = project.write("elsewhere/other.yaml", METADATA.replace("id: codes", "id: other"))
    assert build(source, metadata=other).resource["id"] == "other"
    assert build(source, metadata={**STATED, "id": "third"}).resource["id"] == "third"
    assert build(source).resource["id"] == "codes"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", "0123"),
        ("title", "yes"),
        ("title", "null"),
        ("title", "2020-01-01"),
        ("title", "a: b # c"),
        ("title", "Käse 😀"),
        ("title", "- a"),
        ("description", "a\n\nb\n"),
        ("version", "1.10"),
        ("experimental", False),
        ("contact", [{"name": "N", "telecom": [{"system": "url", "value": "http://x.org"}]}]),
        ("date", "2020"),
    ],
)
def test_values_of_a_mapping_are_taken_as_they_are(name: str, value: Any) -> None:
    assert build(TABLE.encode(), metadata={**STATED, name: value}).resource[name] == value


def test_a_mapping_may_hold_what_mappings_hold() -> None:
    settings = {"fhirVersion": FHIRVersion.R5, "columns": {"Term": "display"}}
    stated = MappingProxyType({**STATED, "build": MappingProxyType(settings)})
    built = build(b"Code | Term\na | A\n", metadata=stated)
    assert built.version is FHIRVersion.R5
    assert built.resource["concept"] == [{"code": "a", "display": "A"}]


def test_mistakes_in_a_mapping_are_findings() -> None:
    built = build(TABLE.encode(), metadata={**STATED, "titel": "x"})
    (found,) = [each for each in built.diagnostics if each.severity is Severity.ERROR]
    assert (found.rule.number, found.hint) == ("CS302", "did you mean title?")
    assert not built.ok


def test_the_resource_comes_in_every_form(source: Path) -> None:
    built = build(source)
    assert built.ok
    assert list(built.artifacts) == NAMES
    assert built.json == built.artifacts[NAMES[0]]
    assert built.markdown == built.artifacts[NAMES[1]].decode()
    assert built.resource == json.loads(built.json)
    assert isinstance(built.model, CodeSystemR4B)
    assert built.model.model_dump(mode="json", by_alias=True, exclude_none=True) == built.resource
    assert built.files == ()


@pytest.mark.parametrize(
    ("given", "version", "model"),
    [
        ("R4", FHIRVersion.R4, CodeSystemR4B),
        ("R4B", FHIRVersion.R4B, CodeSystemR4B),
        ("R5", FHIRVersion.R5, CodeSystemR5),
        (FHIRVersion.R5, FHIRVersion.R5, CodeSystemR5),
        (None, FHIRVersion.R4, CodeSystemR4B),
    ],
)
def test_the_version_is_that_asked_for(
    given: str | None, version: FHIRVersion, model: type, source: Path
) -> None:
    built = build(source, fhir_version=given)
    assert built.version is version
    assert isinstance(built.model, model)


def test_a_version_that_is_none_raises(source: Path) -> None:
    with pytest.raises(ValueError, match="R6"):
        build(source, fhir_version="R6")


def test_findings_are_in_the_order_of_their_places() -> None:
    rows = "a  b | A | x | y\nc | C | z\n | D | w\na  b | A | x\n"
    found = build(f"Code | Display | Definition\n{rows}".encode(), metadata=STATED).diagnostics
    assert all(isinstance(each, Diagnostic) for each in found)
    places = [
        (each.location.path, each.location.line or 0, each.location.column or 0) for each in found
    ]
    assert places == sorted(places)
    assert len(places) > 3


def test_nothing_is_written_unless_asked(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(source.parent)
    before = listing(source.parent)
    built = build(source)
    assert built.artifacts
    assert built.model is not None
    build(BROKEN.encode())
    assert listing(source.parent) == before


def test_nothing_is_printed(source: Path, capfd: pytest.CaptureFixture[str]) -> None:
    build(source)
    build(BROKEN.encode())
    assert capfd.readouterr() == ("", "")


def test_what_is_asked_for_is_written_and_nothing_else(source: Path) -> None:
    output = source.parent / "deep" / "er"
    built = build(source, output=output)
    assert list(built.files) == [output / name for name in NAMES]
    assert listing(output) == NAMES
    assert built.json == (output / NAMES[0]).read_bytes() == build(source).json
    assert built.markdown == (output / NAMES[1]).read_text("utf-8")
    assert build(source, output=str(output)).files == built.files


def test_an_error_writes_nothing_and_leaves_what_there_was(project: Project) -> None:
    output = project.folder / "out"
    built = build(project.write("codes.txt", TABLE), output=output)
    before = {path: path.read_bytes() for path in built.files}
    failed = build(project.write("codes.txt", BROKEN), output=output)
    assert (failed.ok, failed.files, dict(failed.artifacts)) == (False, (), {})
    assert {path: path.read_bytes() for path in output.iterdir()} == before


@pytest.mark.parametrize(
    "table", [BROKEN, "Code | Display\na  b | A\n", "", "Code | Display\na | A | B\n"]
)
def test_an_error_makes_no_folder(table: str, project: Project) -> None:
    build(project.write("codes.txt", table), output=project.folder / "out")
    assert listing(project.folder) == ["codes.txt"]


def test_a_failed_build_has_findings_and_no_resource() -> None:
    built = build(BROKEN.encode())
    assert not built.ok
    assert [each for each in built.diagnostics if each.severity is Severity.ERROR]
    for form in ("json", "markdown", "resource", "model"):
        with pytest.raises(BuildFailed, match="table:2:1: this row has no code"):
            getattr(built, form)
    assert dict(built.artifacts) == {}


def test_strict_makes_warnings_forbid(source: Path) -> None:
    assert build(source, strict=True).ok
    bare = build(TABLE.encode(), strict=True)
    assert {each.severity for each in bare.diagnostics} == {Severity.WARNING, Severity.INFORMATION}
    assert not bare.ok
    with pytest.raises(BuildFailed, match="canonical"):
        _ = bare.json
    assert build(TABLE.encode()).ok


def test_strict_writes_nothing(project: Project) -> None:
    source = project.write("codes.txt", TABLE)
    build(source, strict=True, output=project.folder / "out")
    assert listing(project.folder) == ["codes.txt"]


def test_the_canonical_base_makes_the_url() -> None:
    built = build(TABLE.encode(), canonical="http://example.org/fhir")
    assert built.resource["url"] == "http://example.org/fhir/CodeSystem/table"


@pytest.mark.parametrize("kind", ["missing", "folder", "below a file"])
def test_a_file_that_cannot_be_read_raises(kind: str, source: Path) -> None:
    path = {
        "missing": source.parent / "gone.txt",
        "folder": source.parent,
        "below a file": source / "x.txt",
    }[kind]
    with pytest.raises(EnvironmentProblem) as problem:
        build(path)
    assert str(path) in str(problem.value)
    assert "\n" not in str(problem.value)
    with pytest.raises(EnvironmentProblem):
        build(source, metadata=path)


def test_a_folder_that_cannot_be_made_raises(source: Path) -> None:
    with pytest.raises(EnvironmentProblem) as problem:
        build(source, output=source / "out")
    assert "\n" not in str(problem.value)
    (source.parent / "out" / NAMES[0]).mkdir(parents=True)
    with pytest.raises(EnvironmentProblem, match="in the way"):
        build(source, output=source.parent / "out")
    assert listing(source.parent / "out") == [NAMES[0]]


def test_an_id_leads_nowhere_else(project: Project) -> None:
    for identity in ("../x", "a/b", "/etc/x", "..\\x", "\0"):
        built = build(
            TABLE.encode(), metadata={**STATED, "id": identity}, output=project.folder / "o"
        )
        assert not built.ok
    assert listing(project.folder) == []


def test_a_check_tells_as_many_findings_of_a_rule_as_are_wanted() -> None:
    concepts = [{"code": f"c{each}", "display": "D "} for each in range(50)]
    resource = {"resourceType": "CodeSystem", "status": "draft", "content": "complete"}
    data = json.dumps(resource | {"concept": concepts}).encode()

    def told(most: int | None = MOST) -> list[int]:
        found = fhir_codesystem.check(data, most=most)
        return [each.more for each in found if each.rule.number == "CS406"]

    assert told() == [0] * 19 + [30]
    assert told(3) == [0, 0, 47]
    assert told(None) == [0] * 50


def test_the_package_names_what_it_offers() -> None:
    assert set(fhir_codesystem.__all__) <= set(dir(fhir_codesystem))
    for name in fhir_codesystem.__all__:
        assert getattr(fhir_codesystem, name) is not None
    with pytest.raises(AttributeError, match="nothing_such"):
        _ = fhir_codesystem.nothing_such


def test_large_and_small_are_read_alike(project: Project) -> None:
    """What is judged by column, chunk by chunk, is what is judged whole."""
    rows = "".join(f"c{number} | C {number} | x {number}\n" for number in range(5_000))
    built = build(f"Code | Display | Definition\n{rows}".encode(), metadata=STATED)
    assert built.resource["count"] == len(built.resource["concept"]) == 5_000
    assert built.json == orjson.dumps(built.resource, option=orjson.OPT_INDENT_2) + b"\n"
    assert isinstance(built.model, CodeSystemR4B)
    assert listing(project.folder) == []
