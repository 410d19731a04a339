"""Folders that cannot be written to: one line says which and why."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .workplace import GO, OLD

if TYPE_CHECKING:
    from collections.abc import Callable

    from .workplace import Result, Workplace

LONG = "x" * 300


@pytest.mark.parametrize(
    ("folder", "reason"),
    [
        ("table.txt", "File exists"),
        ("table.txt/below", "Not a directory"),
        ("dangling", "File exists"),
        ("dangling/below", ""),
        ("loop", ""),
        ("loop/below", "Too many levels of symbolic links"),
        (LONG, "File name too long"),
        ("below/" + LONG, "File name too long"),
    ],
    ids=lambda text: text.replace(LONG, "long") or "any",
)
def test_no_folder(
    workplace: Workplace, command: Callable[..., Result], folder: str, reason: str
) -> None:
    (workplace.folder / "dangling").symlink_to("gone")
    (workplace.folder / "loop").symlink_to("loop")
    before = sorted(workplace.folder.iterdir())
    result = command("build", "--quiet", "--output", folder, "table.txt")
    assert result.problem.startswith("cannot write ")
    assert folder in result.problem
    assert reason in result.problem
    assert sorted(workplace.folder.iterdir()) == before
    assert not result.out


@pytest.mark.parametrize("folder", ["/dev/full", "/dev/null/below", "/proc", "/proc/below", "/sys"])
@pytest.mark.usefixtures("workplace")
def test_no_folder_of_ours(command: Callable[..., Result], folder: str) -> None:
    if not Path("/" + folder.split("/")[1]).exists():
        pytest.skip(f"there is no {folder} here")
    result = command("build", "--quiet", "--output", folder, "table.txt")
    assert result.problem.startswith("cannot write ")
    assert folder in result.problem


@pytest.mark.parametrize("name", OLD)
@pytest.mark.parametrize("empty", [True, False], ids=["empty", "full"])
def test_an_artifact_has_the_name_of_a_folder(workplace: Workplace, name: str, empty: bool) -> None:
    (workplace.output / name).unlink()
    (workplace.output / name).mkdir()
    if not empty:
        workplace.write(f"output/{name}/file", "mine")
    result = workplace.build()
    assert result.problem.startswith(f"cannot write output/{name}: ")
    assert "folder" in result.problem or "directory" in result.problem
    assert workplace.names() == OLD.keys()
    other = next(each for each in OLD if each != name)
    assert (workplace.output / other).read_bytes() == OLD[other]


def test_a_folder_without_permission(workplace: Workplace, unprivileged: str) -> None:
    workplace.output.chmod(0o555)
    result = workplace.build(prepared=unprivileged + GO)
    workplace.output.chmod(0o755)
    assert result.problem == "cannot write output/CodeSystem-table.json: Permission denied"
    assert workplace.is_as_before()


@pytest.mark.parametrize("mode", [0o555, 0o444, 0o000])
def test_a_folder_below_one_without_permission(
    workplace: Workplace, unprivileged: str, mode: int
) -> None:
    closed = workplace.folder / "closed"
    closed.mkdir()
    closed.chmod(mode)
    result = workplace.build("table.txt", "--output", "closed/a/b", prepared=unprivileged + GO)
    closed.chmod(0o755)
    assert result.problem.startswith("cannot write ")
    assert result.problem.endswith(": Permission denied")
    assert not list(closed.iterdir())


@pytest.mark.parametrize("mode", [0o444, 0o000])
def test_a_closed_folder(workplace: Workplace, unprivileged: str, mode: int) -> None:
    workplace.output.chmod(mode)
    result = workplace.build(prepared=unprivileged + GO)
    workplace.output.chmod(0o755)
    assert "output" in result.problem
    assert "ermission" in result.problem or "not readable" in result.problem
    assert workplace.is_as_before()


def test_a_folder_that_can_be_written_but_not_listed(
    workplace: Workplace, unprivileged: str
) -> None:
    workplace.output.chmod(0o333)
    result = workplace.build(prepared=unprivileged + GO)
    workplace.output.chmod(0o755)
    assert (result.code, result.err) == (0, "")
    assert not workplace.is_as_before()


def test_an_artifact_without_permission_is_replaced(
    workplace: Workplace, unprivileged: str
) -> None:
    for path in workplace.output.iterdir():
        path.chmod(0o000)
    result = workplace.build(prepared=unprivileged + GO)
    assert (result.code, result.err) == (0, "")
    assert workplace.content().keys() == OLD.keys()
    assert not workplace.is_as_before()


def test_a_read_only_disk(workplace: Workplace, small_disk: Callable[[str], None]) -> None:
    small_disk("size=64k")
    mount = shutil.which("mount")
    assert mount is not None
    subprocess.run([mount, "-o", "remount,ro", str(workplace.output)], check=True)
    result = workplace.build()
    assert result.problem == "cannot write output/CodeSystem-table.json: Read-only file system"
    assert workplace.is_as_before()


def test_the_working_folder_is_gone(workplace: Workplace) -> None:
    gone = "import os, shutil; os.mkdir('gone'); os.chdir('gone'); os.rmdir('../gone')\n"
    table = str(workplace.folder / "table.txt")
    result = workplace.build(table, prepared=gone + GO)
    assert result.problem == "cannot write to output: No such file or directory"


def test_one_folder_refuses_and_the_others_are_built(workplace: Workplace) -> None:
    """Sources are independent: what stops one does not stop the next."""
    (workplace.output / "CodeSystem-table.json").unlink()
    (workplace.output / "CodeSystem-table.json").mkdir()
    workplace.write("other.txt", "Code | Display | Definition\na | A | x\n")
    result = workplace.run("build", "--quiet", "table.txt", "other.txt")
    assert result.code == 2
    assert (workplace.output / "CodeSystem-other.json").is_file()
    assert (workplace.output / "CodeSystem-other.md").is_file()
    problems = [line for line in result.lines if line.startswith("codesystem: ")]
    assert len(problems) == 1
    assert "output/CodeSystem-table.json" in problems[0]
