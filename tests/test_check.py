"""`codesystem check`: findings on standard output, repairs shown, and written where asked for."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

import fhir_codesystem
from fhir_codesystem.cli import run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Project

GOOD = "Code | Display | Definition\na | A | x\n"
BAD = "Code | Display | Definition\na | A | x\n | B | y\n"
ODD = "Code | Display | Definition\n002 | MÃ¼ller | x\n003 | B | x\n4 | C | x\n"
MENDED = "Code | Display | Definition\n002 | Müller | x\n003 | B | x\n004 | C | x\n"
METADATA = """\
id: table
url: http://example.org/table
name: Table
title: Table
status: draft
caseSensitive: true
content: complete
"""
DIFF = """\
--- table.txt
+++ table.txt
@@ -1,4 +1,4 @@
 Code | Display | Definition
-002 | MÃ¼ller | x
+002 | Müller | x
 003 | B | x
-4 | C | x
+004 | C | x
"""


class Said(NamedTuple):
    """What a command said: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


@pytest.fixture
def check(
    project: Project, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., Said]:
    """Lay out table.txt and table.yaml, and check them in this process, in the project's folder."""
    monkeypatch.chdir(project.folder)

    def call(table: str, *arguments: str) -> Said:
        project.write("table.txt", table)
        project.write("table.yaml", METADATA)
        monkeypatch.setattr(sys, "argv", ["codesystem", "check", *arguments])
        code = run()
        return Said(code, *capfd.readouterr())

    return call


def files(folder: Path) -> dict[str, bytes]:
    """Return all files of a folder with what they hold."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_findings_are_the_result(check: Callable[..., Said], project: Project) -> None:
    said = check(BAD, "table.txt")
    assert said.code == 1
    assert said.out == "table.txt:3:1: error CS110 no-code: this row has no code\n"
    assert said.err.startswith("1 row read, 0 concepts, ")
    assert "1 error, 1 source of 1 failed" in said.err
    assert files(project.folder) == {"table.txt": BAD.encode(), "table.yaml": METADATA.encode()}


def test_where_nothing_is_found_nothing_is_said(check: Callable[..., Said]) -> None:
    assert check(GOOD, "table.txt", "--quiet") == (0, "", "")
    assert check(GOOD, "table.yaml").err.startswith("1 row read, 1 concept, 0 merged (")


@pytest.mark.parametrize("name", ["table.txt", "table.yaml"])
@pytest.mark.parametrize("table", [GOOD, BAD, ODD, "a\n", ""])
def test_a_check_finds_what_a_build_finds(name: str, table: str, project: Project) -> None:
    built = project.build(table)
    assert fhir_codesystem.check(project.folder / name) == built.diagnostics
    assert {path.name for path in project.folder.iterdir()} == {"table.txt", "table.yaml"}


def test_warnings_fail_only_where_strict(check: Callable[..., Said]) -> None:
    assert check(ODD, "table.txt").code == 0
    strict = check(ODD, "table.txt", "--strict")
    assert strict.code == 1
    assert "2 warnings that --strict makes errors" in strict.err


def test_without_a_file_everything_in_input_is_checked(
    check: Callable[..., Said], project: Project
) -> None:
    assert check(GOOD).code == 2
    project.write("input/codes.txt", BAD)
    said = check(GOOD)
    assert said.code == 1
    assert "input/codes.txt:3:1: error CS110" in said.out


def test_what_cannot_be_read_does_not_stop_the_others(check: Callable[..., Said]) -> None:
    said = check(BAD, "gone.txt", "table.txt")
    assert said.code == 2
    assert "codesystem: gone.txt is not there\n" in said.err
    assert "CS110" in said.out


def test_fix_shows_the_change(check: Callable[..., Said], project: Project) -> None:
    said = check(ODD, "table.txt", "--fix")
    assert said.code == 1
    assert said.out == DIFF
    assert "table.txt:2:7: warning CS181 mojibake: " in said.err
    assert "2 cells to repair in 1 file with --write, 2 warnings" in said.err
    assert (project.folder / "table.txt").read_text("utf-8") == ODD


def test_write_makes_the_change_and_tells_what_remains(
    check: Callable[..., Said], project: Project
) -> None:
    said = check(ODD, "table.txt", "--fix", "--write")
    assert (said.code, said.out) == (0, DIFF)
    assert said.err.startswith("3 rows read, 3 concepts, 0 merged, 2 cells repaired in 1 file (")
    assert files(project.folder) == {"table.txt": MENDED.encode(), "table.yaml": METADATA.encode()}
    again = check(MENDED, "table.txt", "--fix")
    assert (again.code, again.out) == (0, "")
    assert "0 cells to repair (" in again.err


def test_errors_that_remain_fail(check: Callable[..., Said]) -> None:
    assert check(ODD + " | D | x\n", "table.txt", "--fix", "--write").code == 1
    assert check(BAD, "table.txt", "--fix").code == 1


def test_write_alone_is_wrong_usage(check: Callable[..., Said], project: Project) -> None:
    said = check(ODD, "table.txt", "--write")
    assert (said.code, said.out) == (2, "")
    assert said.err.endswith("Error: --write goes with --fix, which shows what would be written\n")
    assert (project.folder / "table.txt").read_text("utf-8") == ODD


def test_standard_input_can_be_shown_and_not_written(project: Project) -> None:
    command = [sys.executable, "-m", "fhir_codesystem", "check", "--quiet", "--fix", "-"]
    given: dict[str, Any] = {"cwd": project.folder, "input": ODD.encode(), "capture_output": True}
    shown = subprocess.run(command, check=False, **given)
    assert (shown.returncode, shown.stdout.decode()) == (1, DIFF.replace("table.txt", "stdin"))
    written = subprocess.run([*command, "--write"], check=False, **given)
    assert (written.returncode, written.stdout) == (2, b"")
    assert b"codesystem: stdin is no file: it cannot be written\n" in written.stderr


def test_what_must_be_changed_by_hand_is_said(check: Callable[..., Said]) -> None:
    said = check("|Code|Display|\n" + "|a|x\\\xa0|\n" * 30, "table.txt", "--fix", "--write")
    assert said.out == ""
    assert "table.txt:2:4: to be changed by hand: 'x\\\\xa0' to 'x\\'\n" in said.err
    assert said.err.count("to be changed by hand") == 20
    assert "    and 10 more\n" in said.err


def test_json_is_one_object_on_standard_output(check: Callable[..., Said]) -> None:
    said = check(ODD, "table.txt", "--format", "json")
    assert (said.code, said.err) == (0, "")
    report = json.loads(said.out)
    assert list(report) == ["findings", "suppressed", "summary"]
    assert [each["rule"] for each in report["findings"]] == ["CS181", "CS180"]
    assert report["summary"]["warnings"] == 2
    assert report["summary"]["problems"] == []


def test_json_holds_the_repairs(check: Callable[..., Said]) -> None:
    said = check(ODD, "table.txt", "--fix", "--format", "json")
    assert said.code == 1
    report = json.loads(said.out)
    assert report["fixes"] == [
        {
            "path": "table.txt",
            "changes": [
                {
                    "path": "table.txt",
                    "line": 2,
                    "column": 7,
                    "rules": ["CS181"],
                    "before": "MÃ¼ller",
                    "after": "Müller",
                },
                {
                    "path": "table.txt",
                    "line": 4,
                    "column": 1,
                    "rules": ["CS180"],
                    "before": "4",
                    "after": "004",
                },
            ],
            "byHand": [],
            "diff": DIFF,
        }
    ]


def test_a_person_sees_what_changes(project: Project) -> None:
    project.write("table.txt", "Code | Display\nB1 | a\N{NO-BREAK SPACE}b\x1b[2J\n")
    project.write("table.yaml", METADATA)
    terminal, ours = pty.openpty()
    subprocess.run(
        [sys.executable, "-m", "fhir_codesystem", "check", "--fix", "table.txt"],
        cwd=project.folder,
        stdin=ours,
        stdout=ours,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"TERM": "xterm"},
        check=False,
    )
    os.close(ours)
    shown = os.read(terminal, 65536).decode()
    os.close(terminal)
    red, reverse = "\x1b[31m", "\x1b[31m\x1b[7m"
    assert f"{red}-\x1b[0m{red}B1 | a\x1b[0m{reverse}\\xa0\x1b[0m{red}b\x1b[0m" in shown
    assert f"{reverse}\\x1b\x1b[0m" in shown
    assert "\x1b[2J" not in shown
