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
from fhir_codesystem.diagnostics import Location
from fhir_codesystem.rules.exchange import BROKEN
from fhir_codesystem.tables.decoding import decode

if TYPE_CHECKING:
    from collections.abc import Sequence

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
        starts = [0]
        for match in _cell(self.delimiter).finditer(line):
            if match.end() < len(line):
                starts.append(match.end() + 1)
            if len(starts) > cell:
                break
        if cell >= len(starts):
            return len(line) + 1
        text = line[starts[cell] :]
        return starts[cell] + len(text) - len(text.lstrip(BLANKS)) + 1


@cache
def _cell(delimiter: str) -> re.Pattern[str]:
    mark = re.escape(delimiter)
    return re.compile(rf'(?:"(?:[^"]|"")*"?[^{mark}]*|[^{mark}]*)(?={mark}|$)')


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
