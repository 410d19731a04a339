"""From a table of a page to the `Table`: its header, the rows that are concepts, languages beside.

What is left out, hidden, or not read is told here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from fhir_codesystem.characters import BLANKS, NEEDS_CARE
from fhir_codesystem.diagnostics import MOST, quoted
from fhir_codesystem.rules import pages as rules
from fhir_codesystem.rules import text as text_rules
from fhir_codesystem.rules.reading import TOO_MANY_COLUMNS
from fhir_codesystem.rules.rule import first_few
from fhir_codesystem.tables.cleaning import blank_to_null
from fhir_codesystem.tables.marks import Column, Places
from fhir_codesystem.tables.published import declared, filters, folded, header_of, stated
from fhir_codesystem.tables.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fhir_codesystem.diagnostics import Diagnostic, Location
    from fhir_codesystem.tables.grid import Grid
    from fhir_codesystem.tables.markup import Page
    from fhir_codesystem.tables.published import Property, Roles

MOST_COLUMNS = 1000
MOST_SPANNED = 10_000_000


@dataclass(frozen=True, slots=True)
class Layout:
    """Makes the `Table` of one grid of a page."""

    path: str
    page: Page
    roles: Roles
    grid: Grid
    places: Places

    def table(self) -> tuple[Table | None, list[Diagnostic]]:
        """Lay the grid out, and join to it the tables of languages."""
        if self.grid.spanned > MOST_SPANNED:
            message = f"cells of the table span more than {MOST_SPANNED:,} others"
            first = min(self.grid.spans)[0] + 1
            return None, [rules.ENDLESS_SPAN.at(self._row(first), message)]
        rows = list(self.grid.texts(MOST_COLUMNS + 1))
        wide = next((at for at, row in enumerate(rows) if len(row) > MOST_COLUMNS), None)
        if wide is not None:
            message = f"this row has more than {MOST_COLUMNS:,} cells"
            return None, [TOO_MANY_COLUMNS.at(self._row(wide + 1), message)]
        header = header_of(self.grid)
        if header is None:
            header = next((at for at, row in enumerate(rows) if any(row)), 0)
        deep = self._deep(header)
        names = _names(rows[header : header + deep]) if rows else []
        below = range(header + deep, len(rows))
        left = {at for at in below if self._is_no_concept(at, rows[at], rows[header])}
        kept = [at for at in below if at not in left and any(rows[at])]
        frame, names = self._frame(rows, kept, names)
        found = [*self._left_out(sorted(left), rows), *self._hidden(kept), *self._others()]
        self.places.begin(frame["line"], len(names))
        for other in self.roles.languages_of(self.grid):
            frame, names, missing = self._join(frame, names, other)
            found += missing
        cells = [str(cell) for cell in range(len(names))]
        care = [pl.col(cell).str.contains(NEEDS_CARE).fill_null(value=False) for cell in cells]
        frame = frame.select("line", *cells, (~pl.any_horizontal(*care)).alias("plain"))
        declaring = self.roles.before(self.grid, self.roles.properties)
        properties = [] if declaring is None else declared(declaring)
        codes = {folded(each.name): each.element["code"] for each in properties}
        columns = {
            cell: codes[folded(name)]
            for cell, name in enumerate(names)
            if codes.get(folded(name), name) != name
        }
        table = Table(
            self.path,
            tuple(names),
            header + 1,
            frame,
            self.places,
            stated=self._stated(properties),
            unit="row",
            properties=columns,
        )
        return table, found

    def _stated(self, properties: list[Property]) -> dict[str, Any]:
        said = stated(self.page, self.grid)
        filtering = self.roles.before(self.grid, self.roles.filters)
        if properties:
            said["property"] = [dict(each.element) for each in properties]
        if filtering is not None and (found := filters(filtering)):
            said["filter"] = found
        return said

    def _deep(self, header: int) -> int:
        """Return how many rows the header takes: as many as its first cell."""
        _, down = self.grid.spans.get((header, 0), (1, 1))
        return max(1, min(down, len(self.grid.rows) - header))

    def _is_no_concept(self, at: int, row: list[str], header: list[str]) -> bool:
        own = self.grid.rows[at]
        across, _ = self.grid.spans.get((at, 0), (1, 1))
        title = len(own) == 1 < len(header) <= across and bool(own[0])
        return title or (row == header and any(row))

    def _frame(
        self, rows: list[list[str]], kept: list[int], names: list[str]
    ) -> tuple[pl.DataFrame, list[str]]:
        """Make columns of the rows; those without name and text at the end are left out."""
        width = max([len(names), *(len(rows[at]) for at in kept)])
        columns = {
            str(cell): [rows[at][cell] if cell < len(rows[at]) else "" for at in kept]
            for cell in range(width)
        }
        if self.grid.nests:
            columns = {
                cell: [self.page.whole(text) for text in texts] for cell, texts in columns.items()
            }
        names = names + [""] * (width - len(names))
        while len(names) > 1 and not names[-1] and not any(columns[str(len(names) - 1)]):
            del columns[str(len(names) - 1)]
            names.pop()
        line = pl.Series("line", [at + 1 for at in kept], pl.UInt32)
        schema = dict.fromkeys(columns, pl.String)
        frame = pl.DataFrame(columns, schema=schema).select(blank_to_null(pl.all()))
        return frame.insert_column(0, line), names

    def _join(
        self, frame: pl.DataFrame, names: list[str], other: Grid
    ) -> tuple[pl.DataFrame, list[str], list[Diagnostic]]:
        """Join a table of languages by its codes."""
        header = header_of(other)
        code = next((at for at, name in enumerate(names) if folded(name) == "code"), None)
        if header is None or code is None:
            return frame, names, []
        titles = other.rows[header]
        own = next(at for at, name in enumerate(titles) if folded(name) == "code")
        added = [at for at, name in enumerate(titles) if name and at != own]
        found: dict[str, int] = {}
        for at, row in enumerate(other.rows[header + 1 :], header + 1):
            if len(row) > own and any(row[cell] for cell in added if cell < len(row)):
                found.setdefault(_bare(row[own]), at)
        codes = frame[str(code)].fill_null("").str.strip_chars(BLANKS + "\xa0")
        there = [found.get(text) for text in codes]
        for cell in added:
            texts = [
                other.rows[row][cell] if row is not None and cell < len(other.rows[row]) else ""
                for row in there
            ]
            new = pl.Series(str(len(names)), texts, pl.String)
            frame = frame.with_columns(new).with_columns(blank_to_null(pl.col(new.name)))
            self.places.add(Column(other.number, cell, header, there))
            names = [*names, titles[cell]]
        known = set(codes)
        lost = [row for text, row in found.items() if text not in known]
        diagnostics = [
            rules.NO_CONCEPT_TRANSLATED.at(
                self.places.locate(self.path, other.number, row, own),
                f"no concept has the code {quoted(other.rows[row][own])}",
            )
            for row in lost[:MOST]
        ]
        return frame, names, first_few(diagnostics, len(lost))

    def _left_out(self, rows: list[int], texts: list[list[str]]) -> list[Diagnostic]:
        told = [
            rules.NO_CONCEPT.at(
                self._row(at + 1), f"left out, as it is no concept: {quoted(_first(texts[at]))}"
            )
            for at in rows[:MOST]
        ]
        return first_few(told, len(rows))

    def _hidden(self, kept: list[int]) -> list[Diagnostic]:
        hidden = [at for at in kept if at in self.grid.hidden] if self.grid.hidden else []
        message = "the page does not show this row, or a cell of it; it was read"
        told = [rules.HIDDEN_ROW.at(self._row(at + 1), message) for at in hidden[:MOST]]
        return first_few(told, len(hidden))

    def _others(self) -> Iterator[Diagnostic]:
        """Tell of further tables with codes."""
        others = [grid for grid in self.roles.concepts if grid is not self.grid]
        told = [
            text_rules.OTHER_TABLE.at(
                self.places.locate(self.path, grid.number),
                f"this table was not read: {described(grid)}; table {self.grid.number} was",
                hint=f"build: table: {grid.number} reads this one instead",
            )
            for grid in others[:MOST]
        ]
        yield from first_few(told, len(others))

    def _row(self, line: int) -> Location:
        return self.places.locate(self.path, self.grid.number, line - 1)


def _names(rows: list[list[str]]) -> list[str]:
    """Name the columns by the rows of a header: a name over several columns, one below it."""
    width = max(map(len, rows))
    stacks = ([row[cell] for row in rows if cell < len(row)] for cell in range(width))
    return [" ".join(dict.fromkeys(filter(None, stack))) for stack in stacks]


def _first(row: list[str]) -> str:
    return next(filter(None, row), "")


def _bare(text: str) -> str:
    return text.strip(BLANKS + "\xa0")


def described(grid: Grid) -> str:
    """Name a table to a person: its number, the heading above it, its first row."""
    row = next((row for row in grid.rows if any(row)), [])
    names = ", ".join(text for text in row[:6] if text and "\0" not in text)
    above = f" under {quoted(grid.above[-1], 40)}" if grid.above else ""
    return f"{grid.number}{above} ({quoted(names, 50)})"
