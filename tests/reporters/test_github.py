"""Workflow commands of GitHub Actions: read back as the runner reads them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from fhir_codesystem.diagnostics import Location, Severity
from fhir_codesystem.reporters import github
from fhir_codesystem.rules.reading import SHORT_ROW

if TYPE_CHECKING:
    from fhir_codesystem.reporters.report import Report


class Command(NamedTuple):
    """A workflow command as the runner reads it."""

    name: str
    properties: dict[str, str]
    message: str


def read(line: str) -> Command:
    match = re.fullmatch(r"::(\w+) ([^:]*)::(.*)", line)
    assert match, line
    name, properties, message = match.groups()
    pairs = dict(each.split("=", 1) for each in properties.split(","))
    return Command(
        name, {key: unescaped(value) for key, value in pairs.items()}, unescaped(message)
    )


def unescaped(text: str) -> str:
    for escape, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escape, char)
    return text


def test_every_example_of_every_rule_is_a_command(examples: Report) -> None:
    commands = [read(line) for line in github.report(examples).split("\n")]
    assert len(commands) == len(examples.findings)
    for command, finding in zip(commands, examples.findings, strict=True):
        assert command.properties["title"] == f"{finding.rule.number} {finding.rule.name}"
        assert command.properties.get("line") == (
            str(finding.location.line)
            if finding.location.line and finding.location.sheet is None
            else None
        )


def test_hostile_texts_stay_in_their_command(nasty: Report) -> None:
    text = github.report(nasty)
    commands = [read(line) for line in text.split("\n")]
    assert [each.name for each in commands] == ["warning", "error", "error"]
    assert set(commands[0].properties) == {"file", "line", "col", "title"}
    assert commands[0].properties["file"].endswith("%0A::,[x](http:/evil) {0} \N{PILE OF POO}")
    assert "%250A::,[x]" in text
    assert re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e]", text) is None


@pytest.mark.parametrize(
    ("severity", "name"),
    [
        (Severity.ERROR, "error"),
        (Severity.WARNING, "warning"),
        (Severity.INFORMATION, "notice"),
    ],
)
def test_a_finding_is_one_command(severity: Severity, name: str, one: Any, row: Any) -> None:
    found = row(3, "100% a,b: c", severity=severity, hint="do", more=2)
    assert github.report(one(found)) == (
        f"::{name} file=codes/table.txt,line=3,col=5,title=CS109 short-row"
        "::100%25 a,b: c (and 2 more of this rule)%0Ahint: do"
    )


def test_a_cell_of_a_workbook_is_told_in_the_message(one: Any) -> None:
    found = SHORT_ROW.at(Location("a:b,c.xlsx", 12, 3, "Codes"), "x")
    assert github.report(one(found)) == (
        "::warning file=a%3Ab%2Cc.xlsx,title=CS109 short-row::x [Codes!C12]"
    )


def test_nothing_found_is_nothing(one: Any) -> None:
    assert github.report(one()) == ""
