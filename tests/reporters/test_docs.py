"""What docs/reporters.md shows is what the tool says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from fhir_codesystem.cli import codesystem
from fhir_codesystem.reporters.formats import FORMATS

DOCS = (Path(__file__).parents[2] / "docs/reporters.md").read_text("utf-8")
BLOCKS = [text for _, text in re.findall(r"^```(\w*)\n(.*?)^```$", DOCS, re.MULTILINE | re.DOTALL)]
SESSIONS = [text for text in BLOCKS if text.startswith("$ ")]


def block(start: str) -> str:
    return next(str(text) for text in BLOCKS if text.startswith(start))


@pytest.fixture(autouse=True)
def fruit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lay out the files of the samples."""
    monkeypatch.chdir(tmp_path)
    Path("fruit.txt").write_text(block("Lvl | Code"), "utf-8")
    Path("fruit.yaml").write_text(block("id: fruit"), "utf-8")


def told(*arguments: str) -> str:
    result = CliRunner().invoke(codesystem, arguments, standalone_mode=False)
    return re.sub(r'"seconds": [\d.]+', '"seconds": 0', result.stdout)


@pytest.mark.parametrize("session", SESSIONS, ids=lambda text: text.splitlines()[0])
def test_a_session_is_real(session: str) -> None:
    command, shown = session.split("\n", 1)
    arguments = command.removeprefix("$ codesystem ").split()
    assert told(*arguments) == re.sub(r'"seconds": [\d.]+', '"seconds": 0', shown)


def test_every_form_has_a_sample() -> None:
    commands = [session.split("\n", 1)[0] for session in SESSIONS]
    shown = [line.partition(" --format ")[2] or "text" for line in commands]
    assert {*shown, "sarif"} == set(FORMATS)
    assert re.findall(r"^\| `(\w+)` \|", DOCS, re.MULTILINE) == list(FORMATS)


def test_the_result_of_sarif_is_real() -> None:
    log = json.loads(told("check", "fruit.txt", "--format", "sarif"))
    assert log["runs"][0]["results"] == [json.loads(block('{\n  "ruleId"'))]


def test_the_suppression_suppresses() -> None:
    text = block("id: fruit") + block("build:\n  suppress:")
    assert yaml.safe_load(text)["build"]["suppress"]
    Path("fruit.yaml").write_text(text, "utf-8")
    assert told("check", "fruit.txt") == ""
