"""From the cells of a sheet to the table: header, columns, merged cells, and what must be told."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import polars as pl

from fhir_codesystem.characters import BLANKS, NEEDS_CARE
from fhir_codesystem.diagnostics import Location, quoted
from fhir_codesystem.rules import workbooks as rules
from fhir_codesystem.rules.reading import TOO_MANY_COLUMNS
from fhir_codesystem.tables.cleaning import blank_to_null
from fhir_codesystem.tables.sheets import telling
from fhir_codesystem.tables.sheets.package import Unreadable, too_large
from fhir_codesystem.tables.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.tables.sheets.choice import Chosen
    from fhir_codesystem.tables.sheets.grid import Column, Grid, Range

MOST_COLUMNS = 1000
MOST_CELLS = 20_000_000
"""Rows times columns of a table, blank cells included."""
MOST_HEADER_ROWS = 3


@dataclass(frozen=True, slots=True)
class Sheet:
    """Knows where the rows and columns of a sheet are, which are simply their numbers."""

    spaces: dict[int, pl.Series]
    formats: dict[int, pl.Series]
    outline: pl.Series | None

    def positions(self, lines: Sequence[int], cell: int | None) -> list[tuple[int, int]]:
        """Return the row and the column of a cell in each of the rows."""
        return [(line, 1 if cell is None else cell + 1) for line in lines]

    def indents(self, cell: int) -> pl.Series | None:
        """Return the indents of a column's cells: of their formats, else blanks, else outline."""
        if cell in self.formats:
            return self.formats[cell]
        return self.spaces.get(cell, self.outline)


def table_of(grid: Grid, chosen: Chosen, path: str) -> tuple[Table | None, list[Diagnostic]]:
    """Make the table of a sheet; raises `Unreadable` where it is too large or out of order."""
    used = (column for column, cells in grid.columns.items() if _used(cells, chosen.header))
    width = max(used, default=1)
    if width > MOST_COLUMNS:
        place = Location(path, chosen.header, 1, grid.name)
        message = f"the sheet has cells in more than {MOST_COLUMNS:,} columns"
        return None, [TOO_MANY_COLUMNS.at(place, message)]
    last = _last_header_row(grid, chosen.header)
    header = _header(grid, chosen.header, last, width)
    lines = _lines(grid, last, width)
    if len(lines) * width > MOST_CELLS:
        raise too_large(f"its table has more than {MOST_CELLS:,} cells, blank ones included")
    down = _down(grid.merged, last)
    raw = pl.DataFrame({"line": lines}).with_columns(
        _filled(_column(grid.columns.get(cell + 1), lines), lines, down.get(cell + 1, ())).alias(
            str(cell)
        )
        for cell in range(width)
    )
    frame, raw = _trimmed(raw)
    places = _places(grid, raw)
    table = Table(
        path,
        header,
        chosen.header,
        frame,
        places,
        stated=chosen.stated,
        unit="row",
        sheet=grid.name,
    )
    return table, telling.findings(grid, table, last)


def _used(cells: Column, header: int) -> bool:
    """Whether a column holds anything from the header on."""
    texts = islice(cells.texts, bisect_left(cells.rows, header), None)
    return any(text.strip(BLANKS) for text in texts)


def _last_header_row(grid: Grid, header: int) -> int:
    """Return the last row of the header: its merged cells may reach down over several rows."""
    most = header + MOST_HEADER_ROWS - 1
    return max(
        (cells.bottom for cells in grid.merged if cells.top == header and cells.bottom <= most),
        default=header,
    )


def _header(grid: Grid, first: int, last: int, width: int) -> tuple[str, ...]:
    """Return the names of the columns.

    In a header of several rows, a name that spans columns belongs to each of them: Display over
    de and fr gives ``Display:de`` and ``Display:fr``.
    """
    across = {
        (cells.top, column): cells.left
        for cells in grid.merged
        if first <= cells.top <= last and first < last
        for column in range(cells.left, min(cells.right, width) + 1)
    }
    names = []
    for column in range(1, width + 1):
        rows = range(first, last + 1)
        parts = [_text(grid, row, across.get((row, column), column)) for row in rows]
        names.append(":".join(dict.fromkeys(part for part in parts if part)))
    return tuple(names)


def _text(grid: Grid, row: int, column: int) -> str:
    """Return the text of a cell, trimmed; empty where it is blank."""
    cells = grid.columns.get(column)
    at = bisect_left(cells.rows, row) if cells is not None else 0
    if cells is None or at == len(cells.rows) or cells.rows[at] != row:
        return ""
    return cells.texts[at].strip(BLANKS)


def _lines(grid: Grid, last: int, width: int) -> pl.Series:
    """Return the rows below the header that hold a cell, ascending (UInt32)."""
    rows = [
        pl.Series(cells.rows, dtype=pl.UInt32)
        for column, cells in grid.columns.items()
        if column <= width
    ]
    for each in rows:
        if each.is_duplicated().any():
            message = f"a row of the sheet {quoted(grid.name)} has the same cell twice"
            raise Unreadable(rules.UNREADABLE_WORKBOOK, message)
    lines = pl.concat(rows).unique().sort() if rows else pl.Series([], dtype=pl.UInt32)
    return lines.filter(lines > last)


def _column(cells: Column | None, lines: pl.Series) -> pl.Series:
    """Return the texts of a column, one for each of the lines (String, null where none)."""
    if cells is None:
        return pl.Series([None], dtype=pl.String).new_from_index(0, len(lines))
    texts = pl.Series(cells.texts, dtype=pl.String)
    rows = pl.Series(cells.rows, dtype=pl.UInt32)
    held = pl.DataFrame({"line": rows, "text": texts})
    return lines.to_frame("line").join(held, on="line", how="left", maintain_order="left")["text"]


def _down(merged: Iterable[Range], last: int) -> dict[int, list[Range]]:
    """Return the merged cells below the header that span rows, by column; none overlap."""
    down: dict[int, list[Range]] = {}
    for cells in sorted(merged):
        if cells.top > last and cells.bottom > cells.top:
            above = down.setdefault(cells.left, [])
            if not above or above[-1].bottom < cells.top:
                above.append(cells)
    return down


def _filled(values: pl.Series, lines: pl.Series, down: Sequence[Range]) -> pl.Series:
    """Give the rows that a merged cell spans its value, where they have none of their own."""
    if not down:
        return values
    texts = values.to_list()
    rows = lines.to_list()
    for cells in down:
        first = bisect_left(rows, cells.top)
        if first < len(rows) and rows[first] == cells.top:
            for at in range(first + 1, bisect_right(rows, cells.bottom)):
                texts[at] = texts[at] or texts[first]
    return pl.Series(texts, dtype=pl.String)


def _trimmed(raw: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the frame of the table, and the same rows with their blanks."""
    texts = pl.col(*raw.columns[1:])
    plain = ~pl.any_horizontal(texts.str.contains(NEEDS_CARE)).fill_null(value=False)
    frame = raw.with_columns(blank_to_null(texts.str.strip_chars(BLANKS)), plain.alias("plain"))
    held = frame.select(pl.any_horizontal(texts.is_not_null())).to_series()
    return frame.filter(held), raw.filter(held)


def _places(grid: Grid, raw: pl.DataFrame) -> Sheet:
    lines = raw["line"].to_list()
    spaces, formats = {}, {}
    for cell, name in enumerate(raw.columns[1:]):
        if raw[name].str.contains(r"^[ \t]+\S").any():
            start = pl.col(name).str.strip_chars_start(" \t").str.len_chars()
            indent = (pl.col(name).str.len_chars() - start).cast(pl.Int32).fill_null(0)
            spaces[cell] = raw.select(indent).to_series()
        cells = grid.columns.get(cell + 1)
        if cells is not None and cells.indents:
            formats[cell] = _by_row(cells.indents, lines)
    return Sheet(spaces, formats, _by_row(grid.levels, lines) if grid.levels else None)


def _by_row(numbers: dict[int, int], lines: list[int]) -> pl.Series:
    return pl.Series([numbers.get(line, 0) for line in lines], dtype=pl.Int32)
