"""The first input: fourteen codes of a table that lists each of thirteen elements twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from fhir.resources.codesystem import CodeSystem as CodeSystemR5
from fhir.resources.R4B.codesystem import CodeSystem as CodeSystemR4B

from fhir_codesystem import FHIRVersion, Severity, build

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "input" / "dicom-elements.txt"
METADATA = TABLE.with_suffix(".yaml")
NAMES = ("CodeSystem-dicom-elements.json", "CodeSystem-dicom-elements.md")
COMMITTED = {name: (ROOT / "output" / name).read_bytes() for name in NAMES}
ELEMENTS = [
    "00080016",
    "00080018",
    "00080060",
    "00083010",
    "00181000",
    "00181002",
    "00181008",
    "0020000D",
    "0020000E",
    "00080050",
    "0040A171",
    "00400554",
    "00620021",
]
ENVIRONMENTS = {
    "locale C, Kolkata, hash seed 1": {
        "LC_ALL": "C",
        "TZ": "Asia/Kolkata",
        "PYTHONHASHSEED": "1",
    },
    "Turkish, UTC-12, hash seed 2": {
        "LC_ALL": "tr_TR.UTF-8",
        "LANG": "tr_TR.UTF-8",
        "LANGUAGE": "tr",
        "TZ": "Etc/GMT+12",
        "PYTHONHASHSEED": "2",
    },
    "no UTF-8 mode, one thread": {
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "POLARS_MAX_THREADS": "1",
    },
    "Latin-1 streams": {"PYTHONIOENCODING": "latin-1", "PYTHONHASHSEED": "0"},
}


def codesystem(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "fhir_codesystem", "build", *arguments],
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def artifacts(folder: Path) -> dict[str, bytes]:
    """Return all that a folder holds, hidden files too."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("source", [TABLE, METADATA], ids=["table", "metadata"])
def test_it_has_exactly_its_fourteen_codes(source: Path) -> None:
    resource = build(source).resource
    (root,) = resource["concept"]
    assert root["code"] == "elements"
    assert [child["code"] for child in root["concept"]] == ELEMENTS
    assert [child for child in root["concept"] if "concept" in child] == []


def test_every_text_is_that_of_the_table() -> None:
    lines = TABLE.read_text("utf-8").splitlines()[1:15]
    wanted = [[*line.split(" | ")[1:3], line.split(" | ")[3].removesuffix(" |")] for line in lines]
    (root,) = build(TABLE).resource["concept"]
    built = [
        [each["code"], each["display"], each["definition"]] for each in (root, *root["concept"])
    ]
    assert built == wanted


def test_the_repeated_block_is_said_once() -> None:
    (found,) = (each for each in build(TABLE).diagnostics if each.rule.number < "CS7")
    assert (found.rule.number, found.severity) == ("CS211", Severity.INFORMATION)
    assert (found.location.path, found.location.line) == (str(TABLE), 16)
    assert found.message == "lines 16-28 repeat lines 3-15"
    assert [each.location.line for each in found.related] == [3]


def test_definitions_that_only_repeat_the_display_are_named() -> None:
    (found,) = (each for each in build(TABLE).diagnostics if each.rule.number >= "CS7")
    assert (found.rule.number, found.severity) == ("CS712", Severity.INFORMATION)
    assert (found.location.line, found.location.column) == (6, 40)
    assert "3 of 14 concepts" in found.message


def test_the_resource_says_what_the_metadata_says() -> None:
    resource = build(TABLE).resource
    resource.pop("concept")
    resource.pop("text")
    assert resource.pop("description").startswith("Thirteen DICOM data elements")
    assert list(resource.items()) == [
        ("resourceType", "CodeSystem"),
        ("id", "dicom-elements"),
        ("url", "http://example.org/fhir/CodeSystem/dicom-elements"),
        ("version", "1.0.0"),
        ("name", "DICOMElements"),
        ("title", "DICOM Elements"),
        ("status", "draft"),
        ("experimental", False),
        ("caseSensitive", True),
        ("hierarchyMeaning", "is-a"),
        ("content", "fragment"),
    ]


def test_a_build_gives_the_committed_artifacts() -> None:
    assert dict(build(TABLE).artifacts) == COMMITTED


@pytest.mark.parametrize("variables", ENVIRONMENTS.values(), ids=ENVIRONMENTS)
def test_the_environment_does_not_show(variables: dict[str, str], tmp_path: Path) -> None:
    run = codesystem(tmp_path, str(TABLE), "--output", "out", **variables)
    assert run.returncode == 0
    assert artifacts(tmp_path / "out") == COMMITTED
    assert run.stdout.splitlines() == [str(Path("out", name)) for name in NAMES]
    assert run.stderr.count("lines 16-28 repeat lines 3-15") == 1


def test_without_a_source_the_folder_input_is_built(tmp_path: Path) -> None:
    (tmp_path / "input").mkdir()
    for path in (TABLE, METADATA):
        (tmp_path / "input" / path.name).write_bytes(path.read_bytes())
    assert codesystem(tmp_path).returncode == 0
    assert artifacts(tmp_path / "output") == COMMITTED


def test_a_second_run_gives_the_same(tmp_path: Path) -> None:
    first, second = (build(TABLE, output=tmp_path / name) for name in ("one", "two"))
    assert artifacts(tmp_path / "one") == artifacts(tmp_path / "two") == COMMITTED
    again = build(TABLE, output=tmp_path / "one")
    assert artifacts(tmp_path / "one") == COMMITTED
    assert first.diagnostics == second.diagnostics == again.diagnostics


@pytest.mark.parametrize(
    ("version", "model"),
    [("R4", CodeSystemR4B), ("R4B", CodeSystemR4B), ("R5", CodeSystemR5)],
)
def test_it_is_valid_in_each_version(
    version: str, model: type[CodeSystemR4B | CodeSystemR5]
) -> None:
    built = build(TABLE, fhir_version=version)
    assert built.version is FHIRVersion(version)
    valid = model.model_validate_json(built.json)
    assert isinstance(built.model, model)
    assert json.loads(valid.model_dump_json(by_alias=True, exclude_none=True)) == built.resource


def test_only_the_page_differs_between_versions() -> None:
    r4, r5 = build(TABLE), build(TABLE, fhir_version="R5")
    assert r4.json == r5.json
    assert r4.markdown.replace("R4 (4.0.1)", "R5 (5.0.0)") == r5.markdown
