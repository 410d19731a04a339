"""The commands that write files for authors: init and convert; tables from standard input."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from click.testing import CliRunner

from fhir_codesystem import build
from fhir_codesystem.cli import codesystem
from fhir_codesystem.errors import EnvironmentProblem

if TYPE_CHECKING:
    from click.testing import Result

CORPUS = Path(__file__).parent / "corpus"
TABLE = "Code | Display | Parent | Colour | Deutsch (German, de) | Synonyms\na | A | | red | Ah |\n"
TABLE += "b | B | a | | | bee\n"


def run(*arguments: str, data: str | bytes | None = None) -> Result:
    return CliRunner().invoke(codesystem, arguments, input=data, standalone_mode=False)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_draft_says_what_was_inferred_and_gives_the_same() -> None:
    Path("t.txt").write_text(TABLE, encoding="utf-8")
    before = build("t.txt", canonical="http://example.org")
    result = run("init", "t.txt", "--canonical", "http://example.org")
    assert result.return_value == 0
    assert result.stdout == "t.yaml\n"
    draft = yaml.safe_load(Path("t.yaml").read_text(encoding="utf-8"))
    assert draft["url"] == "http://example.org/CodeSystem/t"
    assert draft["build"] == {
        "columns": {
            "Code": "code",
            "Display": "display",
            "Parent": "parent",
            "Colour": {"property": "colour"},
            "Deutsch (German, de)": {"designation": "de"},
            "Synonyms": {
                "use": {
                    "system": "http://snomed.info/sct",
                    "code": "900000000000013009",
                    "display": "Synonym",
                }
            },
        },
        "hierarchy": {"by": "parent"},
    }
    after = build("t.txt")
    assert after.json == before.json
    assert "CS113" not in {each.rule.number for each in after.diagnostics}


def test_a_draft_offers_a_value_set_of_all_codes() -> None:
    Path("t.txt").write_text(TABLE, encoding="utf-8")
    run("init", "t.txt", "--canonical", "http://example.org")
    text = Path("t.yaml").read_text(encoding="utf-8")
    assert "ValueSet-t.json" not in build("t.txt").artifacts
    Path("t.yaml").write_text(text.replace("#   valueSet", "  valueSet"), encoding="utf-8")
    assert "ValueSet-t.json" in build("t.txt").artifacts


@pytest.mark.parametrize(
    "source", sorted(CORPUS.glob("*.txt"))[::3] + sorted((CORPUS / "forms").glob("[!er]*.*"))
)
def test_every_table_gives_the_same_with_its_draft(source: Path) -> None:
    Path(source.name).write_bytes(source.read_bytes())
    before = build(source.name)
    run("init", source.name, "-q")
    after = build(source.name)
    assert after.ok == before.ok
    if before.ok:
        assert after.json == before.json


def test_a_draft_is_not_written_over_another() -> None:
    Path("t.txt").write_text(TABLE, encoding="utf-8")
    Path("t.yaml").write_text("status: active\n", encoding="utf-8")
    result = run("init", "t.txt")
    assert isinstance(result.exception, EnvironmentProblem)
    assert str(result.exception) == "t.yaml is there already; --force writes over it"
    assert Path("t.yaml").read_text(encoding="utf-8") == "status: active\n"
    assert run("init", "t.txt", "--force").return_value == 0
    assert run("init", "t.txt", "-o", "-").stdout == Path("t.yaml").read_text(encoding="utf-8")


def test_what_cannot_be_read_has_no_draft() -> None:
    Path("t.txt").write_text("no table\n", encoding="utf-8")
    assert run("init", "t.txt").return_value == 1
    assert not Path("t.yaml").exists()


@pytest.mark.parametrize("form", ["xlsx", "ods", "csv", "tsv", "md", "json"])
def test_a_table_in_another_form_gives_the_same(form: str) -> None:
    Path("t.txt").write_text(TABLE, encoding="utf-8")
    before = build("t.txt", canonical="http://example.org")
    Path("CodeSystem-t.json").write_bytes(before.json)
    result = run("convert", "CodeSystem-t.json", f"table.{form}")
    assert result.return_value == 0
    assert sorted(result.stdout.split()) == sorted([f"table.{form}", "table.yaml"])
    assert build(f"table.{form}").json == before.json
    again = run("convert", "CodeSystem-t.json", f"table.{form}")
    assert isinstance(again.exception, EnvironmentProblem)
    assert run("convert", "CodeSystem-t.json", f"table.{form}", "--force").return_value == 0


def test_line_ends_that_a_form_changes_are_told() -> None:
    Path("t.json").write_text(r'[{"Code": "a", "Display": "A\r\nB\rC"}]', encoding="utf-8")
    assert "in 1 text CR LF or CR became LF" in run("convert", "t.json", "csv.csv").stderr
    assert build("csv.csv").resource["concept"][0]["display"] == "A\nB\rC"
    assert "in 1 text CR LF or CR became LF" in run("convert", "t.json", "ods.ods").stderr
    assert build("ods.ods").resource["concept"][0]["display"] == "A\nB\nC"
    assert "became LF" not in run("convert", "t.json", "md.md").stderr
    assert build("md.md").resource["concept"][0]["display"] == "A\r\nB\rC"


def test_a_form_that_is_not_known_is_wrong_usage() -> None:
    Path("t.txt").write_text(TABLE, encoding="utf-8")
    result = run("convert", "t.txt", "table.doc")
    assert "the ending of 'table.doc' is none of csv, tsv, xlsx" in str(result.exception)


def test_nothing_is_converted_that_has_errors() -> None:
    Path("t.txt").write_text("Code | Display\na | A\na | B\n", encoding="utf-8")
    assert run("convert", "t.txt", "table.csv").return_value == 1
    assert not Path("table.csv").exists()


def test_a_table_comes_from_standard_input() -> None:
    result = run("build", "-", "-o", "out", data="Code,Display\na,A\n")
    assert result.return_value == 0
    assert Path("out/CodeSystem-stdin.json").is_file()
    Path("meta.yaml").write_text(
        "id: named\nurl: http://example.org/x\nstatus: draft\ncontent: complete\n"
        'build: {source: "-"}\n',
        encoding="utf-8",
    )
    result = run("build", "meta.yaml", "-o", "out", data="Code,Display\na,A\n")
    assert result.return_value == 0
    assert Path("out/CodeSystem-named.json").is_file()
