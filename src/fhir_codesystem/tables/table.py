"""The table as it was read: named columns of text, and where each cell stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import polars as pl

from fhir_codesystem.diagnostics import Location

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fhir_codesystem.diagnostics import Diagnostic


class Places(Protocol):
    """Knows where the cells of one source stand; each reader brings its own.

    Rows are named by what the column ``line`` of the table's frame holds, cells by their 0-based
    index in the row. All is looked up only when something must be told, so it may be slow.
    """

    def positions(self, lines: Sequence[int], cell: int | None) -> list[tuple[int, int]]:
        """Return the 1-based line and character column of a cell (None: of the row), row by row.

        In a workbook these are the row and the column of the sheet.
        """

    def indents(self, cell: int) -> pl.Series | None:
        """Return how far a cell's text is indented in each row of the frame (Int32), if at all.

        Spaces at the front, an outline level, the indent of a format: 0 is the least; None where
        the source has no such thing. White space that is not `characters.BLANKS` stays in the
        cell and is not counted here.
        """


def linked(**columns: Sequence[Any] | pl.Series) -> pl.DataFrame:
    """Make a frame of values that belong to rows: ``row`` (UInt32) and String columns."""
    types = {name: pl.UInt32 if name == "row" else pl.String for name in columns}
    return pl.DataFrame({name: list(values) for name, values in columns.items()}, schema=types)


PARENTS = ("row", "value")
PROPERTIES = ("row", "code", "type", "value")
DESIGNATIONS = ("row", "language", "use", "value")


def _none(names: tuple[str, ...]) -> pl.DataFrame:
    return linked(**dict.fromkeys(names, ()))


@dataclass(frozen=True, slots=True)
class Links:
    """What a structured source says of its rows beyond their cells, each in a frame of its own.

    ``row`` (UInt32) is the index of the row in the table's frame; rows come in order, and the
    values of a row in the order of the source. All else is String.

    ``parents``: ``value``, the code of a parent. ``properties``: ``code``; ``type`` (code, string,
    integer, decimal, boolean, dateTime, Coding); ``value`` as FHIR JSON writes it, without quotes
    (a Coding as a JSON object). ``designations``: ``language`` (or null), ``use`` (a Coding as a
    JSON object, or null), ``value``.
    """

    parents: pl.DataFrame = field(default_factory=lambda: _none(PARENTS))
    properties: pl.DataFrame = field(default_factory=lambda: _none(PROPERTIES))
    designations: pl.DataFrame = field(default_factory=lambda: _none(DESIGNATIONS))


@dataclass(frozen=True, slots=True)
class Table:
    """Cells by column.

    ``header`` holds the columns' names as they stand in the source. ``frame`` has a column
    ``line`` (UInt32, ascending: the 1-based source line of the row, or what ``unit`` names), a
    String column ``0``, ``1``, ... for each name of the header, and ``plain`` (Boolean: no
    character of the row needs care, see `fhir_codesystem.characters`). A blank cell is null, all
    others are without blanks at their ends. Rows that are blank altogether are left out.

    ``unit`` is what ``line`` counts, as a person would say it: line, row (of a workbook), item
    (of a JSON array), concept. ``sheet`` is the name of the sheet. ``stated`` holds what the
    source itself says of the code system: elements of CodeSystem in the form of FHIR JSON.
    ``separators`` holds, by the index of a column, what stands between several values of a cell
    where the source itself has several; no value holds it.
    ``properties`` holds the code of the property that a column (0-based) is, where the source
    says so and the column bears another name.
    """

    path: str
    header: tuple[str, ...]
    header_line: int
    frame: pl.DataFrame
    places: Places
    links: Links = field(default_factory=Links)
    stated: Mapping[str, Any] = field(default_factory=dict)
    unit: str = "line"
    sheet: str | None = None
    separators: Mapping[int, str] = field(default_factory=dict)
    properties: Mapping[int, str] = field(default_factory=dict)

    def locate(self, lines: Sequence[int], cell: int | None = None) -> list[Location]:
        """Return the places of a cell in the given lines, or of the lines as a whole."""
        if not lines:
            return []
        return [
            Location(self.path, line, column, self.sheet)
            for line, column in self.places.positions(lines, cell)
        ]

    def heading(self, cell: int) -> Location:
        """Return the place of a column's name; where no names stand, the source as a whole."""
        place = self.locate([self.header_line], cell)[0]
        return place if place.line else Location(self.path)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader could read: a table, unless the findings say why there is none."""

    table: Table | None
    diagnostics: tuple[Diagnostic, ...]
