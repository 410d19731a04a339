"""Delimited text with quoted cells (RFC 4180): its records, and where their cells stand."""

from __future__ import annotations

import csv
import gc
import io
import re
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from fhir_codesystem.characters import BLANKS
from fhir_codesystem.diagnostics import MOST, Location, quoted
from fhir_codesystem.rules.exchange import BROKEN
from fhir_codesystem.rules.reading import LONG_ROW
from fhir_codesystem.rules.rule import first_few
from fhir_codesystem.tables.decoding import decode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl

    from fhir_codesystem.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True)
class Records:
    """The records of a text: the 1-based line at which each begins, and its cells."""

    path: str
    data: bytes
    delimiter: str
    lines: list[int]
    rows: list[list[str]]

    def positions(self, lines: Sequence[int], cell: int | None) -> list[tuple[int, int]]:
        """Return the line and the character column of a cell in records that begin at lines.

        A cell that stands below the first line of its record is placed at the end of that line.
        """
        if cell is None:
            return [(line, 1) for line in lines]
        last = max(lines, default=0)
        wanted = set(lines)
        texts = enumerate(islice(io.BytesIO(self.data), last), 1)
        found = {number: text.decode().rstrip("\r\n") for number, text in texts if number in wanted}
        return [(line, self._column(found.get(line, ""), cell)) for line in lines]

    def indents(self, cell: int) -> pl.Series | None:  # noqa: ARG002
        """Return nothing: these formats name parents."""
        return None

    def place(self, row: int, cell: int) -> Location:
        """Return the place of a cell of a record."""
        return Location(self.path, *self.positions([self.lines[row]], cell)[0])

    def _column(self, line: str, cell: int) -> int:
        start = 0
        for _ in range(cell):
            found = _cell(self.delimiter).match(line, start)
            if found is None or found.end() == len(line):
                return len(line) + 1
            start = found.end() + 1
        text = line[start:]
        return start + len(text) - len(text.lstrip(BLANKS)) + 1


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Let Python's collector rest: it would look through all rows again and again."""
    working = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if working:
            gc.enable()


def too_long(read: Records, header: Sequence[str], first: int) -> list[Diagnostic]:
    """Tell which records from the ``first`` on have more cells than the header."""
    width = len(header)
    long = [
        row for row in range(first, len(read.rows)) if any(map(str.strip, read.rows[row][width:]))
    ]
    told = []
    for row in long[:MOST]:
        rest = quoted(read.delimiter.join(read.rows[row][width:]))
        message = f"this row goes on after the column {quoted(header[-1])}: {rest}"
        hint = "put a cell that holds a delimiter in quotes"
        told.append(LONG_ROW.at(read.place(row, width), message, hint=hint))
    return first_few(told, len(long))


@dataclass(frozen=True, slots=True)
class Selected:
    """Some cells of records, in an order of their own; None stands for one that is not there."""

    records: Records
    cells: tuple[int | None, ...]

    def positions(self, lines: Sequence[int], cell: int | None) -> list[tuple[int, int]]:
        """Return the line and the character column of one of the cells."""
        return self.records.positions(lines, None if cell is None else self.cells[cell])

    def indents(self, cell: int) -> pl.Series | None:  # noqa: ARG002
        """Return nothing: these formats name parents."""
        return None


@cache
def _cell(delimiter: str) -> re.Pattern[str]:
    mark = re.escape(delimiter)
    return re.compile(rf'(?:"(?:[^"]|"")*"?)?[^{mark}]*')


def records(path: str, data: bytes, delimiter: str) -> tuple[Records | None, list[Diagnostic]]:
    """Split a text into records; blank ones too, as an empty list of cells."""
    text, found = decode(path, data)
    if text is None:
        return None, found
    lines: list[int] = []
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text.data.decode(), newline=""), delimiter=delimiter)
    line = 1
    try:
        for row in reader:
            lines.append(line)
            rows.append(row)
            line = reader.line_num + 1
    except csv.Error as error:
        found.append(BROKEN.at(Location(path, line, 1), f"this is no CSV: {error}"))
        return None, found
    return Records(path, text.data, delimiter, lines, rows), found
