"""What the README shows is what the tool does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

import fhir_codesystem
from fhir_codesystem.cli import COMMANDS, codesystem
from fhir_codesystem.metadata.settings import SCHEMA
from fhir_codesystem.rules import duplicates

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def block(start: str) -> str:
    texts: list[str] = [text for _, text in BLOCKS]
    return next(text for text in texts if text.startswith(start))


def without_time(text: str) -> str:
    return re.sub(r"\(\d+\.\d+ s\)", "(... s)", text)


def test_the_session_is_real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("fruit.txt").write_text(block("Lvl | Code"), encoding="utf-8")
    result = CliRunner().invoke(codesystem, ["build", "fruit.txt"], standalone_mode=False)
    command, *shown = block("$ codesystem build fruit.txt").splitlines()
    assert command == "$ codesystem build fruit.txt"
    assert result.return_value == 0
    assert sorted(without_time(result.output).splitlines()) == sorted(
        without_time("\n".join(shown)).splitlines()
    )


def test_the_first_session_is_real(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(Path(__file__).parents[1])
    result = CliRunner().invoke(codesystem, ["build", "-o", str(tmp_path)], standalone_mode=False)
    shown = block("$ make build").splitlines()[2:]
    told = result.output.replace(str(tmp_path), "output").splitlines()
    assert sorted(map(without_time, told)) == sorted(map(without_time, shown))


def test_the_repairs_are_real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("sites.txt").write_text(block("Code | Display"), encoding="utf-8")
    command, *shown = block("$ codesystem check --quiet --canonical").splitlines()
    arguments = command.removeprefix("$ codesystem ").split()
    result = CliRunner().invoke(codesystem, arguments, standalone_mode=False)
    assert result.return_value == 1
    assert result.output.splitlines() == shown
    CliRunner().invoke(codesystem, [*arguments, "--write"], standalone_mode=False)
    again = CliRunner().invoke(codesystem, arguments, standalone_mode=False)
    assert (again.return_value, again.output) == (0, "")


def test_the_verdict_is_real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("CodeSystem-fruit.json").write_text(block("{\n"), encoding="utf-8")
    command, *shown = block("$ codesystem check --quiet CodeSystem").splitlines()
    arguments = command.removeprefix("$ codesystem ").split()
    result = CliRunner().invoke(codesystem, arguments, standalone_mode=False)
    assert result.return_value == 1
    assert result.output.splitlines() == shown


def test_the_metadata_builds_and_shows_every_setting(tmp_path: Path) -> None:
    text = block("url: http://example.org/fhir/CodeSystem/fruit")
    (tmp_path / "fruit.txt").write_text(
        block("Lvl | Code").replace("Display", "Bezeichnung"), encoding="utf-8"
    )
    (tmp_path / "fruit.yaml").write_text(text, encoding="utf-8")
    same = fhir_codesystem.build(block("Lvl | Code").encode())
    (tmp_path / "produce.csv").write_bytes(same.json)
    built = fhir_codesystem.build(tmp_path / "fruit.yaml")
    assert {each.rule.number for each in built.diagnostics} == {"CS215"}
    assert {each.finding.rule.number for each in built.suppressed} == {"CS311"}
    assert built.resource["concept"][0]["display"] == "Fruit"
    assert yaml.safe_load(text)["build"].keys() == SCHEMA.keys()
    assert yaml.safe_load(text)["build"]["duplicates"].keys() == SCHEMA["duplicates"].keys()


def test_every_case_of_duplicates_is_in_the_table() -> None:
    rows = re.findall(r"^\| .* \| (CS\d+) \|", README, re.MULTILINE)
    assert rows == [rule.number for rule in duplicates.RULES]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_named(name: str) -> None:
    command = codesystem.get_command(None, name)  # type: ignore[arg-type]
    assert command is not None
    assert f"codesystem {name}" in README
    for parameter in command.params:
        for option in parameter.opts:
            if option.startswith("--") and option != "--debug":
                assert option in README


def test_the_lines_of_python_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("fruit.txt").write_text(block("Lvl | Code"), encoding="utf-8")
    exec(block("import fhir_codesystem"), {})
    assert not Path("output").exists()


def test_no_merge_was_left_unfinished() -> None:
    root = Path(__file__).parents[1]
    texts = [*root.glob("*.md"), *root.glob("docs/**/*.md"), *root.glob("benchmarks/*.md")]
    marks = re.compile(r"^(?:<{7} |>{7} |={7}$)", re.MULTILINE)
    assert [each.name for each in texts if marks.search(each.read_text(encoding="utf-8"))] == []
