"""Findings as annotations: workflow commands of GitHub Actions, one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fhir_codesystem.diagnostics import Severity, printable
from fhir_codesystem.reporters.report import sentence

if TYPE_CHECKING:
    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.reporters.report import Report

COMMANDS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFORMATION: "notice",
}


def report(report: Report) -> str:
    """Return a report as workflow commands; nothing where nothing was found."""
    problems = [f"::error title=codesystem::{_data(printable(each))}" for each in report.problems]
    return "\n".join([*(_command(each, report) for each in report.findings), *problems])


def _command(finding: Diagnostic, report: Report) -> str:
    place = finding.location
    properties: dict[str, str | int | None] = {
        "file": printable(report.relative(place.path) or place.path)
    }
    if place.sheet is None:  # rows and columns of a sheet are no places in a text
        properties |= {"line": place.line, "col": place.column}
    properties["title"] = f"{finding.rule.number} {finding.rule.name}"
    cell = f" [{printable(place.cell)}]" if place.cell else ""
    lines = [sentence(finding) + cell]
    if finding.hint:
        lines.append(f"hint: {printable(finding.hint)}")
    told = ",".join(f"{name}={_value(str(each))}" for name, each in properties.items() if each)
    return f"::{COMMANDS[finding.severity]} {told}::{_data(chr(10).join(lines))}"


def _data(text: str) -> str:
    """Escape a message as the runner reads it."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _value(text: str) -> str:
    """Escape the value of a property as the runner reads it."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
