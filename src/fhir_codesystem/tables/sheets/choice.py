"""Which sheet of a workbook is the table, and which of its rows is the header."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fhir_codesystem.concepts.columns import FIELDS
from fhir_codesystem.concepts.headers import folded
from fhir_codesystem.diagnostics import MOST, Diagnostic, Location, quoted
from fhir_codesystem.rules import workbooks as rules
from fhir_codesystem.rules.reading import EMPTY_TABLE
from fhir_codesystem.tables.sheets import publisher
from fhir_codesystem.tables.sheets.package import Unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fhir_codesystem.tables.sheets.grid import Book, Grid
    from fhir_codesystem.tables.source import Source

HEADER_ROWS = 50
"""Rows that hold something, from the top of a sheet, of which one may be the header."""

Rows = dict[int, dict[int, str]]
"""The first rows of a sheet: texts by row and by column."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A sheet by its index, the row of its header, what the workbook says of the code system."""

    sheet: int
    header: int
    stated: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Header:
    """A row that may be a header, and how many fields of a concept it names (0: no code)."""

    row: int
    fields: int


def sheet_of(book: Book, source: Source) -> tuple[Chosen, list[Diagnostic]]:
    """Choose the sheet and its header; raises `Unreadable` where none can be chosen."""
    if source.wanted.sheet is not None:
        sheet = _wanted(book, source.wanted.sheet)
        if sheet is None:
            place = source.wanted.sheet_place or Location(source.path)
            raise NoSheet(f"the workbook has no sheet {quoted(source.wanted.sheet)}", book, place)
        candidates = {sheet: _header(_first_rows(book.grid(sheet, HEADER_ROWS)))}
    else:
        candidates = {
            sheet: _header(_first_rows(book.grid(sheet, HEADER_ROWS)))
            for sheet in range(len(book.names))
        }
    filled = {sheet: header for sheet, header in candidates.items() if header is not None}
    if not filled:
        raise Unreadable(EMPTY_TABLE, "the workbook holds no table")
    visible = {sheet: header for sheet, header in filled.items() if not book.hidden[sheet]}
    sheet, header = max((visible or filled).items(), key=lambda each: (each[1].fields, -each[0]))
    if header.fields == 0 and len(visible or filled) > 1:
        raise NoSheet("no sheet has a column Code", book, Location(source.path))
    stated: Mapping[str, Any] = {}
    others = [each for each, other in filled.items() if other.fields and each != sheet]
    found: list[Diagnostic] = []
    if publisher.wrote(book, sheet):
        stated, found = publisher.stated(book, source.path)
        others = [each for each in others if book.names[each] not in publisher.SHEETS]
    if others:
        names = ", ".join(quoted(book.names[each]) for each in others[:MOST])
        message = f"the sheet {quoted(book.names[sheet])} is read; not read: {names}"
        hint = "say in the .yaml which sheet it is, under build: sheet:"
        found.append(rules.NOT_READ.at(Location(source.path), message, hint=hint))
    return Chosen(sheet, header.row, stated), found


class NoSheet(Unreadable):
    """No sheet can be chosen; the finding names those that there are."""

    def __init__(self, why: str, book: Book, place: Location) -> None:
        names = ", ".join(quoted(name, 30) for name in book.names[:MOST])
        hint = "say in the .yaml which sheet it is, by name or number: build: sheet:"
        super().__init__(rules.NO_SUCH_SHEET, f"{why}; it has {names}", hint)
        self.place = place

    def at(self, place: Location) -> Diagnostic:  # noqa: ARG002 - it has a place of its own
        """Make the finding."""
        return self.rule.at(self.place, str(self), hint=self.hint)


def _wanted(book: Book, wanted: str) -> int | None:
    """Return the sheet of a name, or of a number from 1."""
    for sheet, name in enumerate(book.names):
        if name == wanted:
            return sheet
    for sheet, name in enumerate(book.names):
        if name.strip().casefold() == wanted.strip().casefold():
            return sheet
    number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 9 else 0
    return number - 1 if 0 < number <= len(book.names) else None


def _first_rows(grid: Grid) -> Rows:
    return grid.first_rows(HEADER_ROWS)


def _header(rows: Rows) -> _Header | None:
    """Return the row that names most fields of a concept, the code among them.

    Where none names a code: the first row that has two cells or more, else the first row.
    """
    best = max(
        (_Header(row, _fields(cells)) for row, cells in rows.items()),
        key=lambda header: (header.fields, -header.row),
        default=None,
    )
    if best is None or best.fields:
        return best
    several = (row for row, cells in rows.items() if len(cells) > 1)
    return _Header(next(several, next(iter(rows))), 0)


def _fields(cells: dict[int, str]) -> int:
    names = {folded(text) for text in cells.values()}
    if names.isdisjoint(FIELDS["code"]):
        return 0
    return sum(not names.isdisjoint(synonyms) for synonyms in FIELDS.values())
