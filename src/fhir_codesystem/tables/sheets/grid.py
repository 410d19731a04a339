"""The cells of one sheet, only those that hold something, column by column."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

from fhir_codesystem.tables.sheets.package import too_large

if TYPE_CHECKING:
    from fhir_codesystem.tables.sheets.numbers import Doubt, Shown

MOST_CELLS = 10_000_000
LAST_ROW = 2**24
LAST_COLUMN = 2**14
MOST_MERGED = 100_000
MOST_SHEETS = 1000


class Range(NamedTuple):
    """Merged cells: the first and last row and column, from 1."""

    top: int
    left: int
    bottom: int
    right: int


class Fault(NamedTuple):
    """A cell whose value is not known, and why."""

    row: int
    column: int
    why: str


@dataclass(slots=True)
class Column:
    """The cells of a column in the order of their rows, and what is odd in some of them.

    ``numbers`` are the rows in which a number is stored, ``formatted`` those in which its format
    adds to it (with the number as it is), ``doubtful`` those in which another text may have been
    typed, ``indents`` the indents of cells' formats by row.
    """

    rows: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    formatted: list[int] = field(default_factory=list)
    doubtful: dict[int, Doubt] = field(default_factory=dict)
    indents: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class Grid:
    """A sheet; rows and columns count from 1.

    ``hidden_rows`` and ``levels`` (of the outline) know only rows that hold something.
    """

    name: str
    columns: dict[int, Column] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    levels: dict[int, int] = field(default_factory=dict)
    merged: list[Range] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    cells: int = 0

    def put(self, row: int, column: int, text: str) -> Column:
        """Add a cell below all others of its column; raises `Unreadable` where there are too many.

        Returns the column.
        """
        self._count(row, column)
        cells = self.columns.get(column)
        if cells is None:
            cells = self.columns[column] = Column()
        cells.rows.append(row)
        cells.texts.append(text)
        return cells

    def put_number(self, row: int, column: int, shown: Shown) -> Column:
        """Add a cell that holds a number or a date."""
        cells = self.put(row, column, shown.text)
        cells.numbers.append(row)
        if shown.formatted:
            cells.formatted.append(row)
        if shown.doubt is not None:
            cells.doubtful[row] = shown.doubt
        return cells

    def fault(self, row: int, column: int, why: str) -> None:
        """Add a cell whose value is not known."""
        self._count(row, column)
        self.faults.append(Fault(row, column, why))

    def hide_columns(self, first: int, last: int) -> None:
        """Add columns that are hidden."""
        if first <= LAST_COLUMN and len(self.hidden_columns) < LAST_COLUMN:
            self.hidden_columns.append((first, last))

    def _count(self, row: int, column: int) -> None:
        self.cells += 1
        if self.cells > MOST_CELLS or row > LAST_ROW or column > LAST_COLUMN:
            raise too_large(f"it has more than {MOST_CELLS:,} cells")

    def merge(self, cells: Range) -> None:
        """Add merged cells; raises `Unreadable` where there are too many."""
        if len(self.merged) == MOST_MERGED:
            raise too_large(f"it has more than {MOST_MERGED:,} merged cells")
        self.merged.append(cells)

    def first_rows(self, most: int) -> dict[int, dict[int, str]]:
        """Return the cells of the first rows that hold something: texts by row and by column."""
        rows: dict[int, dict[int, str]] = {}
        for column, cells in sorted(self.columns.items()):
            for row, text in zip(cells.rows[:most], cells.texts[:most], strict=True):
                if text.strip():
                    rows.setdefault(row, {})[column] = text.strip()
        return {row: rows[row] for row in sorted(rows)[:most]}


class Book(Protocol):
    """A workbook whose sheets can be read one by one."""

    names: list[str]
    hidden: list[bool]

    def grid(self, sheet: int, most_rows: int | None = None) -> Grid:
        """Read a sheet by its index, of a long one ``most_rows`` at least; raises `Unreadable`."""
