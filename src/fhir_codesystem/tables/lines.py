"""Tables whose rows are lines: the lines themselves, and rows longer or shorter than the header."""

from __future__ import annotations

import io
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import polars as pl

from fhir_codesystem.diagnostics import MOST, quoted
from fhir_codesystem.rules import reading as rules
from fhir_codesystem.rules.rule import first_few

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.tables.table import Table

MOST_COLUMNS = 1000
LARGE = 2**20
"""Bytes from which on lines are split a piece at a time on all cores; the result is the same."""


def scan(data: bytes, below: int, until: int | None = None) -> pl.LazyFrame:
    """Scan the lines of UTF-8 text below one line, up to another: ``line`` and ``text``."""
    return (
        pl.scan_lines(io.BytesIO(data))
        .select(pl.col("line").alias("text"))
        .with_row_index("line", 1)
        .slice(below, None if until is None else until - below)
    )


def collected(frame: pl.LazyFrame, size: int) -> pl.DataFrame:
    """Collect what was scanned of a text of so many bytes, in one piece, as all that follows wants.

    That copies no text: columns of text are views.
    """
    return frame.collect(engine="streaming" if size > LARGE else "in-memory").rechunk()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the source: its 1-based number, its text without the line end."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a text, one after the other or by number."""

    data: bytes

    def __iter__(self) -> Iterator[Line]:
        for number, line in enumerate(io.BytesIO(self.data), 1):
            yield Line(number, line.decode().rstrip("\r\n"))

    def numbered(self, numbers: Sequence[int]) -> dict[int, str]:
        """Return the text of some lines; one pass over the bytes, whatever their order."""
        wanted = set(numbers)
        last = max(wanted, default=0)
        lines = enumerate(islice(io.BytesIO(self.data), last), 1)
        return {number: line.decode().rstrip("\r\n") for number, line in lines if number in wanted}


def ragged(frame: pl.DataFrame, table: Table, hint: str) -> Iterator[Diagnostic]:
    """Find the rows with more or fewer cells than the header.

    ``frame`` has the columns ``line``, ``short`` (Boolean: the row has fewer cells than the header)
    and ``rest`` (what stands after the last column, null where nothing does); ``hint`` says what
    to do where a row is too long.
    """
    width = len(table.header)
    long = frame.filter(pl.col("rest").is_not_null())
    lines = long["line"].head(MOST).to_list()
    rests = long["rest"].head(MOST).to_list()
    yield from first_few(
        [
            rules.LONG_ROW.at(
                place,
                f"this row goes on after the column {quoted(table.header[-1])}: {quoted(rest)}",
                hint=hint,
            )
            for place, rest in zip(table.locate(lines, width), rests, strict=True)
        ],
        long.height,
    )
    short = frame.filter("short")
    lines = short["line"].head(MOST).to_list()
    yield from first_few(
        [
            rules.SHORT_ROW.at(
                place,
                f"this row ends before the column {quoted(table.header[-1])}",
                hint="its missing cells are taken as blank",
            )
            for place in table.locate(lines, width - 1)
        ],
        short.height,
    )
