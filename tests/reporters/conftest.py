"""Reports of the examples of all rules, and of findings that are hard to write down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fhir_codesystem import build, check
from fhir_codesystem.diagnostics import Diagnostic, Location, Related, Severity, Suppressed
from fhir_codesystem.reporters.report import Report, Told
from fhir_codesystem.rules.metadata import NO_CANONICAL_URL
from fhir_codesystem.rules.reading import NO_TEXT, SHORT_ROW
from fhir_codesystem.rules.registry import RULES
from fhir_codesystem.rules.rule import METADATA, RESOURCE, TABLE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fhir_codesystem.rules.rule import Example

NASTY = "a\x00\x1b[2J\ud800\ufffe\u202e]]>&<\"'\r\n%0A::,[x](http://evil) {0} \N{PILE OF POO}"
"""What no form can write as it is."""


def told(folder: Path, example: Example) -> Told:
    """Lay out an example in a folder, and check it."""
    if example.resource is not None:
        source = folder / RESOURCE
        source.write_text(example.resource, "utf-8")
        return Told(str(source), check(source, fhir_version=example.version))
    content = example.content
    table = source = folder / TABLE
    source.write_bytes(content.encode() if isinstance(content, str) else content)
    if example.metadata is not None:
        source = folder / METADATA
        source.write_text(example.metadata, "utf-8")
    for name, text in example.templates.items():
        (folder / name).write_text(text, "utf-8")
    templates = folder if example.templates else None
    built = build(source, templates=templates, fhir_version=example.version)
    return Told(str(table), built.diagnostics, built.suppressed)


@pytest.fixture(scope="session")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Check what breaks each rule; return one report of it all."""
    sources = [told(tmp_path_factory.mktemp(rule.number), rule.breaks) for rule in RULES]
    return Report(sources, {"sources": len(sources)}, folder=str(tmp_path_factory.getbasetemp()))


@pytest.fixture
def nasty() -> Report:
    """Return a report in which every text is hostile, also of a suppressed finding."""
    place = Location(NASTY.replace("\ud800", ""), 3, 7)
    other = Location("/elsewhere/ä b.xlsx", 3, 28, f"Sheet {NASTY}")
    findings = [
        SHORT_ROW.at(place, NASTY, hint=NASTY, related=(Related(other, NASTY),), expression="a.b"),
        NO_TEXT.at(other, NASTY),
    ]
    suppressed = [Suppressed(NO_CANONICAL_URL.at(place, NASTY), NASTY, place)]
    return Report([Told(place.path, findings, suppressed)], {"rows": 1}, [NASTY], folder="/project")


@pytest.fixture
def one() -> Callable[..., Report]:
    """Return a function that makes a report of findings in one source, ``codes/table.txt``."""

    def make(*findings: Diagnostic, strict: bool = False) -> Report:
        return Report([Told("codes/table.txt", findings)], folder="/project", strict=strict)

    return make


@pytest.fixture
def row() -> Callable[..., Diagnostic]:
    """Return a function that makes a finding at a line, by default a warning."""

    def make(line: int, message: str = "a cell is missing", **further: object) -> Diagnostic:
        values: dict[str, object] = {"severity": Severity.WARNING} | further
        return Diagnostic(
            rule=SHORT_ROW,
            location=Location("codes/table.txt", line, 5),
            message=message,
            **values,  # type: ignore[arg-type]
        )

    return make
