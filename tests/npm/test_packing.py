"""Packages: their bytes, what reads them back, and that they are written whole or not at all."""

from __future__ import annotations

import gzip
import os
import tarfile
import time
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson
import pytest
from click.testing import CliRunner

from fhir_codesystem import EnvironmentProblem, check, package
from fhir_codesystem.cli import codesystem
from fhir_codesystem.instance.packages import read

if TYPE_CHECKING:
    from conftest import Project

TABLE = "Code | Display | Definition\na | A | The first.\nb | B | The second.\n"
METADATA = """\
id: {id}
url: http://example.org/fhir/CodeSystem/{id}
version: 1.0.0
name: {id}
title: T {id}
status: draft
publisher: ACME
caseSensitive: true
content: complete
build:
  fhirVersion: {version}
  valueSet: true
"""


def laid_out(project: Project, *names: str, version: str = "R4", more: str = "") -> list[Path]:
    for name in names:
        project.write(f"{name}.txt", TABLE)
        project.write(f"{name}.yaml", METADATA.format(id=name, version=version) + more)
    return [project.folder / f"{name}.yaml" for name in names]


def members(content: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=BytesIO(content), mode="r:gz") as archive:
        files = ((each.name, archive.extractfile(each)) for each in archive)
        return {name: file.read() for name, file in files if file is not None}


def run(*arguments: Any) -> tuple[int, str, str]:
    told = CliRunner().invoke(codesystem, ["package", *map(str, arguments)], standalone_mode=False)
    refused = isinstance(told.exception, (click.ClickException, EnvironmentProblem))
    return 2 if refused else int(told.return_value), told.stdout, told.stderr


def test_what_is_in_it(project: Project) -> None:
    made = package(laid_out(project, "B", "A"))
    files = members(made.content)
    assert list(files) == [
        "package/package.json",
        "package/.index.json",
        "package/CodeSystem-A.json",
        "package/CodeSystem-B.json",
        "package/ValueSet-A.json",
        "package/ValueSet-B.json",
    ]
    assert orjson.loads(files["package/package.json"]) == made.manifest
    assert orjson.loads(files["package/ValueSet-A.json"])["resourceType"] == "ValueSet"
    url = "http://example.org/fhir"
    index = orjson.loads(files["package/.index.json"])
    assert index["index-version"] == 2
    assert index["files"][1:3] == [
        {
            "filename": "CodeSystem-B.json",
            "resourceType": "CodeSystem",
            "id": "B",
            "url": f"{url}/CodeSystem/B",
            "version": "1.0.0",
            "content": "complete",
            "valueSet": f"{url}/ValueSet/B",
        },
        {
            "filename": "ValueSet-A.json",
            "resourceType": "ValueSet",
            "id": "A",
            "url": f"{url}/ValueSet/A",
            "version": "1.0.0",
        },
    ]
    for entry in index["files"]:
        resource = orjson.loads(files[f"package/{entry['filename']}"])
        assert {name: resource[name] for name in entry if name != "filename"} == {
            name: value for name, value in entry.items() if name != "filename"
        }


def test_the_resources_are_those_of_a_build(project: Project) -> None:
    (path,) = laid_out(project, "A")
    files = members(package(path).content)
    built = project.build(TABLE, path.read_text(encoding="utf-8"))
    for name in ("CodeSystem-A.json", "ValueSet-A.json"):
        assert files[f"package/{name}"] == built.artifacts[name]


def test_the_same_sources_give_the_same_bytes(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = laid_out(project, "A", "B")
    first = package(paths, name="org.example.all").content
    monkeypatch.setattr(time, "time", lambda: 4102444800.0)
    assert package(reversed(paths), name="org.example.all").content == first


def test_nothing_tells_of_the_machine(project: Project) -> None:
    made = package(laid_out(project, "A"))
    assert made.content[4:8] == bytes(4)  # no time
    assert not made.content[3]  # no name
    with tarfile.open(fileobj=BytesIO(gzip.decompress(made.content))) as archive:
        for entry in archive:
            assert (entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname) == (
                0,
                0,
                0,
                "",
                "",
            )
            assert entry.mode == 0o644


@pytest.mark.parametrize("version", ["R4", "R4B", "R5"])
def test_our_own_check_reads_it_back(project: Project, version: str) -> None:
    made = package(laid_out(project, "A", version=version), output=project.folder / "out")
    assert made.file == project.folder / "out" / "org.example.a-1.0.0.tgz"
    assert made.file.read_bytes() == made.content
    brought = read([made.file])
    assert set(brought.systems) == {"http://example.org/fhir/CodeSystem/A"}
    assert brought.value_sets["http://example.org/fhir/ValueSet/A"] == [
        ["http://example.org/fhir/CodeSystem/A", True, None]
    ]
    path = project.write("A.json", members(made.content)["package/CodeSystem-A.json"])
    found = check(path, packages=[made.file], fhir_version=version)
    assert [each for each in found if each.severity.value == "error"] == []


def test_a_source_with_an_error_lets_nothing_be_written(project: Project) -> None:
    paths = laid_out(project, "A", "B")
    project.write("B.txt", TABLE + "a | Other | x\n")
    made = package(paths, output=project.folder / "out")
    assert (made.ok, made.file, made.content) == (False, None, b"")
    assert not (project.folder / "out").exists()


def test_the_same_id_twice_lets_nothing_be_written(project: Project) -> None:
    paths = laid_out(project, "A", "B")
    text = paths[0].read_text(encoding="utf-8")
    project.write("B.yaml", text)
    made = package(paths)
    assert not made.ok
    assert "CS502" in {each.rule.number for each in made.diagnostics}


def test_several_fhir_versions_do_not_go_together(project: Project) -> None:
    paths = laid_out(project, "A") + laid_out(project, "B", version="R5")
    made = package(paths)
    found = [each for each in made.diagnostics if each.rule.number == "CS505"]
    assert [each.location.path for each in found] == [str(project.folder / "B.txt")]
    assert not made.ok
    assert package(paths, fhir_version="R5").manifest["fhirVersions"] == ["5.0.0"]


def test_what_is_said_of_the_package_is_said_once(project: Project) -> None:
    paths = laid_out(project, "A", more="  package: {name: org.example.a}\n")
    paths += laid_out(project, "B", more="  package: {name: org.example.b}\n")
    made = package(paths)
    (found,) = [each for each in made.diagnostics if each.rule.number == "CS505"]
    assert str(found.location) == f"{paths[1]}:13:19"
    assert str(found.related[0].location) == f"{paths[0]}:13:19"
    assert not made.ok
    assert package(paths, name="org.example.c").ok


@pytest.mark.parametrize(("name", "version"), [("Fruit", None), (None, "1.0"), ("a.b/c", None)])
def test_a_wrong_option_is_refused(project: Project, name: str | None, version: str | None) -> None:
    with pytest.raises(ValueError, match="is no"):
        package(laid_out(project, "A"), name=name, version=version)


def test_there_is_no_package_of_nothing() -> None:
    with pytest.raises(ValueError, match="needs a source"):
        package([])


def test_bytes_are_a_source_and_lack_what_must_be_stated() -> None:
    made = package(TABLE.encode(), canonical="http://example.org/fhir", version="1.0.0")
    assert made.manifest["name"] == "org.example.table"
    assert not package(TABLE.encode()).ok


def test_the_command_writes_it_and_names_it(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.folder)
    laid_out(project, "A")
    code, told, said = run("A.txt", "-o", "out", "--name", "org.example.all", "--version", "2.0.0")
    assert (code, told) == (0, f"out{os.sep}org.example.all-2.0.0.tgz\n")
    assert "1 file written" in said
    assert [each.name for each in Path("out").iterdir()] == ["org.example.all-2.0.0.tgz"]
    before = Path("out/org.example.all-2.0.0.tgz").read_bytes()
    run("A.txt", "-o", "out", "--name", "org.example.all", "--version", "2.0.0")
    assert Path("out/org.example.all-2.0.0.tgz").read_bytes() == before


def test_the_command_takes_everything_in_input(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.folder)
    (project.folder / "input").mkdir()
    for path in laid_out(project, "A", "B"):
        for each in (path, path.with_suffix(".txt")):
            each.rename(project.folder / "input" / each.name)
    code, told, _ = run("-q")
    assert (code, told) == (0, f"output{os.sep}org.example.codesystems-1.0.0.tgz\n")


def test_exit_codes_and_json(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project.folder)
    laid_out(project, "A", "B")
    project.write("B.txt", TABLE + "a | Other | x\n")
    code, told, said = run("A.txt", "B.txt", "--format", "json")
    assert (code, told) == (1, "")
    summary = orjson.loads(said)["summary"]
    assert (summary["failed"], summary["files"]) == (1, [])
    assert run("A.txt", "gone.txt")[0] == 2
    assert run("A.txt", "--name", "Fruit")[0] == 2
    assert run("A.txt", "--version", "1.0")[0] == 2
    assert not Path("output").exists()


def test_a_folder_that_cannot_be_written_is_told(project: Project) -> None:
    paths = laid_out(project, "A")
    project.write("file", "x")
    with pytest.raises(EnvironmentProblem, match="cannot write to"):
        package(paths, output=project.folder / "file" / "out")
