"""`--format`: what each form says of a run, on which stream, with nothing else beside it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.etree import ElementTree as ET

import pytest

from fhir_codesystem.cli import run
from fhir_codesystem.reporters.formats import FORMATS, TEXT

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Project

TABLE = "Code | Display | Definition\na | A\nb | B | y\n"
METADATA = """\
id: table
url: http://example.org/table
name: Table
title: Table
status: draft
caseSensitive: true
content: complete
"""
SUPPRESS = """\
build:
  suppress:
  - {rule: short-row, code: a, reason: as printed}
"""
MACHINE = [each for each in FORMATS if each != TEXT]


class Said(NamedTuple):
    """What a command said: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


@pytest.fixture
def codesystem(
    project: Project, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., Said]:
    """Run a command in this process, in a folder with table.txt and table.yaml."""
    monkeypatch.chdir(project.folder)
    project.write("table.txt", TABLE)
    project.write("table.yaml", METADATA)

    def call(*arguments: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["codesystem", *arguments])
        code = run()
        return Said(code, *capfd.readouterr())

    return call


def rules(style: str, text: str) -> list[str]:
    """Return the numbers of the rules that a report in a form names, in its order."""
    if style == "github":
        return [line.split("title=")[1].split()[0] for line in text.splitlines()]
    if style == "junit":
        return [str(case.get("name")).split()[0] for case in ET.fromstring(text).iter("testcase")]
    report: dict[str, Any] = json.loads(text)
    if style == "json":
        return [each["rule"] for each in report["findings"]]
    if style == "sarif":
        return [each["ruleId"] for each in report["runs"][0]["results"]]
    return [each["details"]["coding"][0]["code"] for each in report["issue"]]


@pytest.mark.parametrize("style", MACHINE)
def test_findings_of_a_check_are_alone_on_standard_output(
    style: str, codesystem: Callable[..., Said]
) -> None:
    said = codesystem("check", "table.txt", "--format", style)
    assert (said.code, said.err) == (0, "")
    assert rules(style, said.out) == ["CS109", "CS444"]
    assert said.out.endswith("\n")


@pytest.mark.parametrize("style", MACHINE)
def test_findings_of_a_build_are_alone_on_standard_error(
    style: str, codesystem: Callable[..., Said]
) -> None:
    said = codesystem("build", "table.yaml", "--format", style)
    assert said.code == 0
    assert said.out.splitlines() == [f"output/CodeSystem-table.{end}" for end in ("json", "md")]
    assert rules(style, said.err) == ["CS109", "CS444"]


@pytest.mark.parametrize("style", MACHINE)
def test_quiet_leaves_information_out(style: str, codesystem: Callable[..., Said]) -> None:
    assert rules(style, codesystem("check", "table.txt", "-q", "--format", style).out) == ["CS109"]


@pytest.mark.parametrize("style", MACHINE)
def test_a_file_that_is_not_there_is_told_in_the_form(
    style: str, codesystem: Callable[..., Said]
) -> None:
    said = codesystem("check", "gone.txt", "--format", style)
    assert (said.code, said.err) == (2, "")
    assert "gone.txt is not there" in said.out


@pytest.mark.parametrize("style", MACHINE)
def test_files_are_named_from_the_folder_of_the_run(
    style: str, codesystem: Callable[..., Said], project: Project
) -> None:
    said = codesystem("check", str(project.folder / "table.txt"), "--format", style)
    if style == "sarif":
        assert '"uri": "table.txt"' in said.out
    elif style == "github":
        assert "file=table.txt,line=2," in said.out
    else:
        assert str(project.folder / "table.txt") in said.out


def test_strict_makes_failures_of_warnings(codesystem: Callable[..., Said]) -> None:
    said = codesystem("check", "table.txt", "--strict", "--format", "junit")
    assert said.code == 1
    (failure,) = ET.fromstring(said.out).iter("failure")
    assert failure.get("type") == "warning"


@pytest.mark.parametrize("style", [each for each in MACHINE if each != "json"])
def test_repairs_are_told_in_text_and_json_only(
    style: str, codesystem: Callable[..., Said]
) -> None:
    said = codesystem("check", "--fix", "table.txt", "--format", style)
    assert (said.code, said.out) == (2, "")
    assert f"--fix goes with --format text or json; {style} tells no repairs" in said.err


def test_suppressed_findings_are_counted_in_text(
    codesystem: Callable[..., Said], project: Project
) -> None:
    project.write("table.yaml", METADATA + SUPPRESS)
    said = codesystem("check", "table.txt")
    assert [line.split()[2] for line in said.out.splitlines()] == ["CS444"]
    assert ", 1 suppressed (" in said.err
    assert "suppressed" not in codesystem("check", "table.txt", "-q").err


@pytest.mark.parametrize(
    ("style", "told"),
    [
        ("json", ["CS444"]),
        ("sarif", ["CS444", "CS109"]),
        ("github", ["CS444"]),
        ("junit", ["CS444", "CS109"]),
        ("fhir", ["CS444"]),
    ],
)
def test_suppressed_findings_are_marked_or_left_out(
    style: str, told: list[str], codesystem: Callable[..., Said], project: Project
) -> None:
    project.write("table.yaml", METADATA + SUPPRESS)
    said = codesystem("check", "table.txt", "--format", style)
    assert rules(style, said.out) == told
    assert ("as printed" in said.out) == (style in {"json", "sarif", "junit"})


def test_json_says_why_and_where_a_finding_is_suppressed(
    codesystem: Callable[..., Said], project: Project
) -> None:
    project.write("table.yaml", METADATA + SUPPRESS)
    report = json.loads(codesystem("check", "table.txt", "--format", "json").out)
    (suppressed,) = report["suppressed"]
    assert (suppressed["rule"], suppressed["line"]) == ("CS109", 2)
    assert suppressed["reason"] == "as printed"
    assert suppressed["by"] == {"path": "table.yaml", "line": 10, "column": 5}
    assert (report["summary"]["suppressed"], report["summary"]["warnings"]) == (1, 0)


@pytest.mark.parametrize("style", MACHINE)
def test_all_tells_every_finding_of_a_resource(
    style: str, codesystem: Callable[..., Said], project: Project
) -> None:
    concepts = [{"code": f"c{each}", "display": "D "} for each in range(50)]
    resource = {"resourceType": "CodeSystem", "status": "draft", "content": "complete"}
    project.write("resource.json", json.dumps(resource | {"concept": concepts}))
    few, every = (
        codesystem("check", "resource.json", *option, "--format", style).out
        for option in ([], ["--all"])
    )
    assert "30 more" in few or '"more": 30' in few
    assert "30 more" not in every
    assert '"more": 30' not in every
    if style != "junit":
        assert [rules(style, text).count("CS406") for text in (few, every)] == [20, 50]


def test_all_counts_what_was_left_out_of_a_table(
    codesystem: Callable[..., Said], project: Project
) -> None:
    project.write("table.txt", "Code | Display | Definition\n" + "a | A\n" * 50)
    few, every = (
        json.loads(codesystem("check", "table.txt", *option, "--format", "json").out)
        for option in ([], ["--all"])
    )
    assert few["summary"]["warnings"] == every["summary"]["warnings"]
