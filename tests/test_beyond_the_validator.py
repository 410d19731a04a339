"""docs/beyond-the-validator.md: every rule is in it, and what it shows is so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fhir_codesystem import build
from fhir_codesystem.diagnostics import Severity
from fhir_codesystem.reporters.text import lines
from fhir_codesystem.rules import reference
from fhir_codesystem.rules.registry import RULES

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "beyond-the-validator.md").read_text(encoding="utf-8")
BEYOND = [rule for rule in RULES if rule.number >= "CS7" and rule not in reference.RULES]


def test_every_rule_has_its_row_of_figures() -> None:
    rows = re.findall(r"^\| (CS7\d\d) \| ([a-z0-9-]+) \|", PAGE, re.MULTILINE)
    assert rows == [(rule.number, rule.name) for rule in BEYOND]


def test_every_rule_of_the_reference_is_named() -> None:
    rows = re.findall(r"^\| (CS75\d) \| [^|]+ \| (\w+)", PAGE, re.MULTILINE)
    assert rows == [(rule.number, rule.severity.value) for rule in reference.RULES]


def test_the_figures_add_up() -> None:
    rows = re.findall(r"^\| CS7\d\d .*\| (\d+) \| (\d+) \| (\d+) \|$", PAGE, re.MULTILINE)
    assert len(rows) > 5
    assert [row for row in rows if int(row[0]) != int(row[1]) + int(row[2])] == []


def test_no_rule_forbids_a_build() -> None:
    grave = [rule.number for rule in BEYOND if rule.severity is Severity.ERROR]
    assert grave == []


def test_the_finding_of_the_first_input_is_real(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    metadata = {
        "status": "draft",
        "content": "fragment",
        "hierarchyMeaning": "is-a",
        "build": {"reference": "dicom"},
    }
    found = build("input/dicom-elements.txt", metadata=metadata).diagnostics
    told = [each for each in found if each.rule in reference.RULES]
    shown = [click.unstyle(line) for each in told for line in lines(each)]
    assert "\n".join(shown) in PAGE
    assert len(told) == 1
