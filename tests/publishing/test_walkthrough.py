"""docs/publishing.md: what its sessions say is what a real server and the commands say."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from fhir_codesystem.cli import codesystem

if TYPE_CHECKING:
    from .conftest import Desk

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "publishing.md").read_text("utf-8")
THERE = "http://127.0.0.1:8080/fhir"
BLOCK = re.compile(r"^```(csv|yaml|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILES = {"csv": "input/fruit.csv", "yaml": "input/fruit.yaml"}


def blocks(heading: str) -> list[tuple[str, str]]:
    """Return the kind and the text of each block below a heading."""
    part = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return BLOCK.findall(part)


def sessions(heading: str) -> list[tuple[str, str]]:
    """Return the commands below a heading, and what each is said to print."""
    found: list[tuple[str, str]] = []
    for kind, text in blocks(heading):
        if kind == "console":
            for said in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
                command, _, output = said.partition("\n")
                found.append((command, output))
    return found


def plain(text: str) -> str:
    """Take out what differs from run to run: ids, and the widths of columns that they make."""
    text = re.sub(r"\b(CodeSystem|ValueSet)/[0-9]+\b", r"\1/N", text)
    return re.sub(r" {2,}", "  ", text)


def printed(command: str, server: str) -> str:
    """Run a command, and return what it prints, as if the server were where the page has it."""
    words = shlex.split(command.replace(THERE, server))
    if words[0] == "codesystem":
        return CliRunner().invoke(codesystem, words[1:]).output.replace(server, THERE)
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    return done.stdout + done.stderr


@pytest.mark.parametrize("server", ["R4"], indirect=True)
@pytest.mark.parametrize("heading", ["A walk-through", "HAPI FHIR"])
def test_the_page_says_what_is_printed(
    desk: Desk, server: str, heading: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(desk.folder)
    (desk.folder / "input").mkdir()
    shutil.copy(ROOT / "output" / "CodeSystem-dicom-elements.json", desk.folder)
    for kind, text in blocks("A walk-through"):
        if kind in FILES:
            Path(FILES[kind]).write_text(text, "utf-8")
    for command, output in sessions(heading):
        assert plain(printed(command, server)) == plain(output), command


def test_the_page_has_sessions() -> None:
    assert len(sessions("A walk-through")) == 12
    assert len(sessions("HAPI FHIR")) == 1
