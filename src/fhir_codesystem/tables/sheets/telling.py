"""What must be said of a sheet: what is hidden, merged, shown otherwise, or lost."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import polars as pl

from fhir_codesystem.concepts.columns import FIELDS
from fhir_codesystem.concepts.headers import folded
from fhir_codesystem.diagnostics import MOST, quoted
from fhir_codesystem.rules import workbooks as rules
from fhir_codesystem.rules.rule import first_few

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.tables.sheets.grid import Column, Grid
    from fhir_codesystem.tables.table import Table

TITLE_ROWS = 50
ZEROS = r"^0[0-9]+$"


def findings(grid: Grid, table: Table, last: int) -> list[Diagnostic]:
    """Return the findings of a table made of this sheet; ``last`` is the header's last row."""
    found = [*_titles(grid, table), *_faults(grid, table), *_hidden(grid, table)]
    found += [*_merged(grid, table, last), *_formatted(grid, table)]
    code = _code(table)
    if code is not None and (cells := grid.columns.get(code + 1)) is not None:
        found += [*_changed(cells, table, code), *_lost_zeros(cells, table, code)]
    return found


def _titles(grid: Grid, table: Table) -> Iterator[Diagnostic]:
    rows = grid.first_rows(TITLE_ROWS)
    above = [row for row in rows if row < table.header_line]
    if above:
        (place,) = table.locate([above[0]])
        said = quoted(" | ".join(rows[above[0]].values()))
        rows_above = "a row" if len(above) == 1 else f"{len(above)} rows"
        message = f"not read: {rows_above} above the header, {said}"
        yield rules.NOT_READ.at(place, message)


def _faults(grid: Grid, table: Table) -> list[Diagnostic]:
    faults = sorted(fault for fault in grid.faults if fault.row >= table.header_line)
    return first_few(
        [
            rules.NO_VALUE.at(table.locate([row], column - 1)[0], f"this cell holds {why}")
            for row, column, why in islice(faults, MOST)
        ],
        len(faults),
    )


def _hidden(grid: Grid, table: Table) -> Iterator[Diagnostic]:
    rows = [row for row in table.frame["line"].to_list() if row in grid.hidden_rows]
    if rows:
        (place,) = table.locate([rows[0]])
        number = "a row" if len(rows) == 1 else f"{len(rows):,} rows"
        yield rules.HIDDEN.at(place, f"hidden, but read like the others: {number}")
    cells = [
        cell
        for cell in range(len(table.header))
        if any(first <= cell + 1 <= last for first, last in grid.hidden_columns)
        and table.frame[str(cell)].null_count() < len(table.frame)
    ]
    if cells:
        names = ", ".join(quoted(table.header[cell], 30) for cell in cells[:MOST])
        columns = "column" if len(cells) == 1 else "columns"
        message = f"hidden, but read like the others: the {columns} {names}"
        yield rules.HIDDEN.at(table.heading(cells[0]), message)


def _merged(grid: Grid, table: Table, last: int) -> Iterator[Diagnostic]:
    below = [
        cells
        for cells in sorted(grid.merged)
        if cells.top > last and cells.left <= len(table.header)
    ]
    down = [cells for cells in below if cells.bottom > cells.top]
    across = [cells for cells in below if cells.right > cells.left]
    for merged, meaning in (
        (down, "a value that spans rows is taken for each of them that holds something"),
        (across, "a value that spans columns is taken for the first only"),
    ):
        if merged:
            (place,) = table.locate([merged[0].top], merged[0].left - 1)
            yield rules.MERGED.at(place, f"cells are merged ({len(merged):,} times): {meaning}")


def _formatted(grid: Grid, table: Table) -> Iterator[Diagnostic]:
    for cell, name in enumerate(table.header):
        cells = grid.columns.get(cell + 1)
        rows = [row for row in cells.formatted if row > table.header_line] if cells else []
        shown = table.frame.filter(pl.col("line").is_in(rows[:1]))[str(cell)]
        if len(shown):
            numbers = "1 number" if len(rows) == 1 else f"{len(rows):,} numbers"
            message = f"{numbers} of the column {quoted(name)} taken as shown: {quoted(shown[0])}"
            (place,) = table.locate(rows[:1], cell)
            yield rules.AS_SHOWN.at(place, message)


def _code(table: Table) -> int | None:
    """Return the column that the header calls the code."""
    names = [folded(name) for name in table.header]
    return next((names.index(name) for name in FIELDS["code"] if name in names), None)


def _changed(cells: Column, table: Table, code: int) -> list[Diagnostic]:
    doubtful = [row for row in cells.doubtful if row > table.header_line]
    shown = dict(zip(cells.rows, cells.texts, strict=True)) if doubtful else {}
    return first_few(
        [
            rules.CHANGED_CODE.at(
                place,
                f"the code {quoted(shown[row])} is stored as {cells.doubtful[row]}",
                hint="format the column as text and type the code again",
            )
            for row, place in zip(doubtful, table.locate(doubtful[:MOST], code), strict=False)
        ],
        len(doubtful),
    )


def _lost_zeros(cells: Column, table: Table, code: int) -> list[Diagnostic]:
    """Find codes that are numbers where others begin with zeros and have more digits."""
    text = pl.col(str(code))
    numbers = pl.Series(cells.numbers, dtype=pl.UInt32)
    codes = table.frame.select("line", text.alias("code"))
    zeros = codes.filter(pl.col("code").str.contains(ZEROS))
    if not len(numbers) or not len(zeros):
        return []
    lengths = zeros["code"].str.len_chars().unique().sort()
    longest = int(lengths[-1])
    short = codes.filter(
        pl.col("line").is_in(numbers.implode()),
        pl.col("code").str.contains("^[1-9][0-9]*$|^0$"),
        pl.col("code").str.len_chars() < longest,
    )
    example = zeros["code"][0]
    return first_few(
        [
            rules.LOST_ZEROS.at(
                place,
                f"the code {quoted(lost)} is a number, while {quoted(example)} begins with zeros",
                hint=f"probably {quoted(lost.zfill(longest))}" if len(lengths) == 1 else None,
            )
            for place, lost in zip(
                table.locate(short["line"].head(MOST).to_list(), code), short["code"], strict=False
            )
        ],
        len(short),
    )
