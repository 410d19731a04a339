"""Delimited text with quoted cells (RFC 4180): its records, and where their cells stand."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from fhir_codesystem.characters import BLANKS
from fhir_codesystem.diagnostics import MOST, Location, quoted
from fhir_codesystem.rules.exchange import BROKEN, TOO_LARGE
from fhir_codesystem.rules.reading import LONG_ROW
from fhir_codesystem.rules.rule import first_few
from fhir_codesystem.tables.decoding import decode

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from fhir_codesystem.diagnostics import Diagnostic


MOST_CELLS = 2**23
"""Cells of a file, counted as if all rows were as wide as the widest before them."""


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
        texts = self._texts(lines)
        return [(line, self._column(texts[line], cell)) for line in lines]

    def indents(self, cell: int) -> pl.Series | None:  # noqa: ARG002
        """Return nothing: these formats name parents."""
        return None

    def places(self, cells: Sequence[tuple[int, int]]) -> list[Location]:
        """Return the places of cells: of each, the index of its record, and of it in that."""
        lines = [self.lines[row] for row, _ in cells]
        texts = self._texts(lines)
        columns = [
            self._column(texts[line], cell) for line, (_, cell) in zip(lines, cells, strict=True)
        ]
        return [Location(self.path, *spot) for spot in zip(lines, columns, strict=True)]

    def _texts(self, lines: Sequence[int]) -> dict[int, str]:
        """Return the text of some lines; one pass over the bytes."""
        texts = dict.fromkeys(lines, "")
        for number, line in enumerate(islice(io.BytesIO(self.data), max(lines, default=0)), 1):
            if number in texts:
                texts[number] = line.decode().rstrip("\r\n")
        return texts

    def _column(self, line: str, cell: int) -> int:
        start = 0
        for _ in range(cell):
            found = _cell(self.delimiter).match(line, start)
            if found is None or found.end() == len(line):
                return len(line) + 1
            start = found.end() + 1
        text = line[start:]
        return start + len(text) - len(text.lstrip(BLANKS)) + 1


def too_long(read: Records, header: Sequence[str], first: int) -> list[Diagnostic]:
    """Tell which records from the ``first`` on have more cells than the header."""
    width = len(header)
    long = [
        row for row in range(first, len(read.rows)) if any(map(str.strip, read.rows[row][width:]))
    ]
    told = []
    places = read.places([(row, width) for row in long[:MOST]])
    for row, place in zip(long, places, strict=False):
        rest = quoted(read.delimiter.join(read.rows[row][width:]))
        message = f"this row goes on after the column {quoted(header[-1])}: {rest}"
        hint = "put a cell that holds a delimiter in quotes"
        told.append(LONG_ROW.at(place, message, hint=hint))
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
    stream = io.TextIOWrapper(io.BytesIO(text.data), "utf-8", newline="")
    reader = csv.reader(stream, delimiter=delimiter)
    line, widest, cells = 1, 1, 0
    try:
        for row in reader:
            lines.append(line)
            rows.append(row)
            line = reader.line_num + 1
            widest = max(widest, len(row))
            cells += widest
            if cells > MOST_CELLS:
                message = f"this is read up to {MOST_CELLS:,} cells"
                found.append(TOO_LARGE.at(Location(path, line, 1), message))
                return None, found
    except csv.Error as error:
        found.append(BROKEN.at(Location(path, line, 1), f"this is no CSV: {error}"))
        return None, found
    return Records(path, text.data, delimiter, lines, rows), found
