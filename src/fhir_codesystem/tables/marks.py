"""Where the cells of a page stand: found by reading the page once more, with marks in its tags."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from fhir_codesystem.diagnostics import Location
from fhir_codesystem.tables import markup
from fhir_codesystem.tables.grid import MOST_ACROSS
from fhir_codesystem.tables.resting import collector_resting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fhir_codesystem.tables.grid import Grid

TAG = re.compile(r"""<(?:[^<>"']|"[^"]*"|'[^']*')*+>""")
BEFORE_TEXT = re.compile(r"(?:[ \t\n\r\f]|<(?!/?(?:t[rdh]|table)\b)[^<>]*>)*+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Column:
    """A column that comes of another table of the page: its number and cell there (from 0).

    ``rows`` holds, for each row of the frame, the row there that fills it.
    """

    table: int
    cell: int
    header: int
    rows: list[int | None]


class Places:
    """Knows the tags of a table's rows and cells; see `fhir_codesystem.tables.table.Places`."""

    def __init__(self, data: bytes, grid: Grid) -> None:
        self._data = data
        self._grid = grid
        self._lines = pl.Series("line", [], pl.UInt32)
        self._width = 0
        self._added: list[Column] = []

    def begin(self, lines: pl.Series, width: int) -> None:
        """Say which rows of the grid (from 1) the frame has, and how many columns of its own."""
        self._lines = lines
        self._width = width

    def add(self, column: Column) -> None:
        """Add a column that comes of another table."""
        self._added.append(column)

    def positions(self, lines: Sequence[int], cell: int | None) -> list[tuple[int, int]]:
        """Return where the texts of a cell begin in the source, or the tags of the rows."""
        if cell is None or cell < self._width:
            return [self._position(self._grid.number, line - 1, cell) for line in lines]
        column = self._added[cell - self._width]
        rows = dict(zip(self._lines, column.rows, strict=True))
        there = [rows.get(line, column.header) for line in lines]
        return [
            self._position(self._grid.number, line - 1, None)
            if row is None
            else self._position(column.table, row, column.cell)
            for line, row in zip(lines, there, strict=True)
        ]

    def indents(self, cell: int) -> pl.Series | None:
        """Return by how many pixels the style of a cell indents it, over the least of all rows."""
        if not self._grid.indents or cell >= self._width:
            return None
        laid = list(self._grid.origins(MOST_ACROSS))
        origins = (laid[line - 1][cell : cell + 1] for line in self._lines)
        found = [self._grid.indents.get(each[0], 0) if each and each[0] else 0 for each in origins]
        least = min(found, default=0)
        indents = pl.Series("indent", [round(each - least) for each in found], pl.Int32)
        return indents if (indents > 0).any() else None

    def locate(
        self, path: str, table: int, row: int | None = None, cell: int | None = None
    ) -> Location:
        """Return the place of a table, of a row of it (from 0) or of a cell of that row."""
        return Location(path, *self._position(table, row, cell))

    @cached_property
    def _text(self) -> str:
        return self._data.decode()

    @cached_property
    def _line_ends(self) -> list[int]:
        return [found.end() for found in re.finditer("\n", self._text)]

    @cached_property
    def _marked(self) -> list[Grid]:
        with collector_resting():
            return markup.parse(markup.marked(self._text)).grids

    @cached_property
    def _laid(self) -> dict[int, list[list[tuple[int, int] | None]]]:
        return {}

    def _position(self, table: int, row: int | None, cell: int | None) -> tuple[int, int]:
        grid = self._marked[table - 1]
        offset = grid.mark
        if row is not None:
            offset = next(filter(_is_known, [grid.row_marks[row], *grid.marks[row]]), offset)
        if row is not None and cell is not None:
            if table not in self._laid:
                self._laid[table] = list(grid.origins(MOST_ACROSS))
            origin = next(iter(self._laid[table][row][cell : cell + 1]), None)
            if origin is not None and origin[1] < len(grid.marks[origin[0]]):
                mark = grid.marks[origin[0]][origin[1]]
                offset = offset if mark is None else self._begin(mark)
        return self._place(offset or 0)

    def _begin(self, offset: int) -> int:
        """Return where the text of a cell begins; of a blank cell, where it might."""
        tag = TAG.match(self._text, offset)
        if tag is None:
            return offset
        found = BEFORE_TEXT.match(self._text, tag.end())
        end = found.end() if found is not None else tag.end()
        return tag.end() if self._text.startswith("<", end) else end

    def _place(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._line_ends, offset)
        return line + 1, offset - (self._line_ends[line - 1] if line else 0) + 1


def _is_known(mark: int | None) -> bool:
    return mark is not None
