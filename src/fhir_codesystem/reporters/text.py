"""Findings for people: ``path:line:column: severity CS101 kebab-name: message``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fhir_codesystem.diagnostics import Severity, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fhir_codesystem.diagnostics import Diagnostic, Location

COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFORMATION: "cyan"}
WIDTH = 100
"""Characters of a source line that are quoted at most."""


def lines(
    diagnostic: Diagnostic, quote: Callable[[Location], str | None] | None = None
) -> Iterator[str]:
    """Tell one finding, line by line, in colour (click takes it off where it is not wanted).

    With ``quote`` (a person watches) the source line is shown with a caret under the place, and
    other places are told too.
    """
    rule = diagnostic.rule
    severity = click.style(diagnostic.severity.value, fg=COLOURS[diagnostic.severity], bold=True)
    cell = diagnostic.location.cell
    yield (
        f"{printable(str(diagnostic.location))}: {severity} {rule.number} {rule.name}: "
        f"{printable(diagnostic.message)}" + (f" [{printable(cell)}]" if cell else "")
    )
    if quote is not None:
        yield from _quoted(diagnostic.location, quote)
        for related in diagnostic.related:
            yield f"    {printable(str(related.location))}: {printable(related.message)}"
    if diagnostic.hint:
        yield f"    hint: {printable(diagnostic.hint)}"
    if diagnostic.more:
        yield f"    and {diagnostic.more:,} more {rule.number} {rule.name}"


def _quoted(location: Location, quote: Callable[[Location], str | None]) -> Iterator[str]:
    line = quote(location)
    if line is None or location.line is None:
        return
    column = min(location.column or 1, len(line) + 1)
    start = max(0, column - WIDTH // 2) if len(line) > WIDTH else 0
    shown = "".join(char if char.isprintable() else " " for char in line[start : start + WIDTH])
    number = f"{location.line:>5} | "
    yield click.style(number, dim=True) + shown
    yield " " * (len(number) + column - 1 - start) + click.style("^", fg="green", bold=True)
