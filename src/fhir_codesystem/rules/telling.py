"""How rules of concepts tell what they found: row by row, or all rows in one finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fhir_codesystem.diagnostics import MOST, quoted
from fhir_codesystem.rules.rule import first_few

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import polars as pl

    from fhir_codesystem.codesystem.resource import CodeSystem
    from fhir_codesystem.diagnostics import Diagnostic, Location, Severity
    from fhir_codesystem.rules.rule import Rule

NAMED = 5
"""Concepts that a finding about many names."""


def told(codesystem: CodeSystem, row: int) -> str:
    """Name a concept and its place in a sentence: ``'a' (line 3)``."""
    table, frame = codesystem.origin.table, codesystem.concepts.frame
    unit = table.unit if table else "line"
    return f"{quoted(frame['code'][row], 30)} ({unit} {frame['line'][row]})"


def one_by_one(
    codesystem: CodeSystem,
    rule: Rule,
    rows: pl.Series,
    element: str,
    message: Callable[[int], str],
    hint: Callable[[int], str | None] = lambda _: None,
) -> list[Diagnostic]:
    """Make a finding for each concept of ``rows`` (indices of the frame), the first `MOST`."""
    few = rows.head(MOST).to_list()
    found = [
        rule.at(
            place,
            message(row),
            hint=hint(row),
            expression=f"{codesystem.concepts.expression(row)}.{element}",
        )
        for row, place in zip(few, codesystem.places_of(few, element), strict=True)
    ]
    return first_few(found, len(rows))


def together(
    codesystem: CodeSystem,
    rule: Rule,
    rows: pl.Series,
    element: str,
    what: str,
    severity: Severity | None = None,
) -> Iterator[Diagnostic]:
    """Make one finding for all concepts of ``rows``, at the first: how many, and five of them.

    ``what`` says what is so of one concept (``has no display``); no rows, no finding.
    """
    if not len(rows):
        return
    few = rows.head(NAMED).to_list()
    named = ", ".join(told(codesystem, row) for row in few)
    more = f" and {len(rows) - len(few):,} more" if len(rows) > len(few) else ""
    message = f"{len(rows):,} of {len(codesystem.concepts):,} concepts: {what}: {named}{more}"
    place: Location = codesystem.place_of(few[0], element)
    expression = f"{codesystem.concepts.expression(few[0])}.{element}"
    yield rule.at(place, message, severity=severity, expression=expression)
