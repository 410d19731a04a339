"""Tables written in the formats that authors edit; each module has one function ``write``.

``write(header, rows)`` takes the names of the columns and rows of as many cells (None is a blank
cell) and returns the bytes of a file. The same table gives the same bytes. A text that a format
cannot carry raises `CannotCarry`; the docstring of each module says which texts come back changed.
In all formats a reader trims blanks at the ends of a cell, takes an empty cell as blank and leaves
out rows that are blank altogether.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Row = Sequence[str | None]
Rows = Iterable[Row]


class CannotCarry(ValueError):
    """A format cannot carry a text; ``row`` and ``column`` count from 1, the header is row 1."""

    def __init__(self, why: str, row: int, column: int) -> None:
        super().__init__(f"row {row}, column {column}: {why}")
        self.row = row
        self.column = column
