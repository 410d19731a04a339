"""The table as it was read: named columns of text, and where each cell stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from fhir_codesystem.diagnostics import Location

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from fhir_codesystem.diagnostics import Diagnostic


class Places(Protocol):
    """Knows where the cells of one source stand; each reader brings its own."""

    def columns_of(self, lines: Sequence[int], cell: int) -> list[int]:
        """Return the 1-based character column at which a cell begins, line by line.

        ``lines`` are 1-based line numbers in any order, ``cell`` the 0-based index of the cell
        in its row.
        """


@dataclass(frozen=True, slots=True)
class Table:
    """Cells by column.

    ``header`` holds the columns' names as they stand in the source. ``frame`` has a column
    ``line`` (UInt32, the 1-based source line of the row), a String column ``0``, ``1``, ... for
    each name of the header, and ``plain`` (Boolean: no character of the row needs care, see
    `fhir_codesystem.characters`). A blank cell is null, all others are without blanks at their
    ends. Rows that are blank altogether are left out.
    """

    path: str
    header: tuple[str, ...]
    header_line: int
    frame: pl.DataFrame
    places: Places

    def locate(self, lines: Sequence[int], cell: int | None = None) -> list[Location]:
        """Return the places of a cell in the given lines, or of the lines as a whole."""
        if cell is None:
            return [Location(self.path, line, 1) for line in lines]
        columns = self.places.columns_of(lines, cell)
        return [
            Location(self.path, line, column) for line, column in zip(lines, columns, strict=True)
        ]

    def heading(self, cell: int) -> Location:
        """Return the place of a column's name."""
        return self.locate([self.header_line], cell)[0]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader could read: a table, unless the findings say why there is none."""

    table: Table | None
    diagnostics: tuple[Diagnostic, ...]
