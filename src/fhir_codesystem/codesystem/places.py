"""Which places of a source are those of a concept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fhir_codesystem.codesystem.resource import CodeSystem
    from fhir_codesystem.diagnostics import Location

ROWS = ("line", "row")
"""What a table counts where a line holds one row; elsewhere several may stand in one line."""


class ConceptPlaces:
    """Knows where concepts stand in the table of a code system; each code is looked up once."""

    def __init__(self, codesystem: CodeSystem | None) -> None:
        self.codesystem = codesystem
        self.known: dict[str, frozenset[Location]] = {}

    def holds(self, place: Location, code: str) -> bool:
        """Whether a place is in a row of a code; in JSON and XML whether it is a cell of it."""
        if code not in self.known:
            self.known[code] = frozenset(self._places(code))
        places = self.known[code]
        return place in places or replace(place, column=None) in places

    def _places(self, code: str) -> list[Location]:
        """Return the lines of a code's rows, or their cells."""
        if self.codesystem is None:
            return []
        concepts, origin = self.codesystem.concepts.frame, self.codesystem.origin
        table, columns = origin.table, origin.columns
        if table is None or columns is None:
            return []
        read = table.frame["line"].filter(table.frame[str(columns.code)] == code)
        made = concepts["line"].filter(concepts["code"] == code)
        lines = sorted({*read, *made})
        if table.unit in ROWS:
            return [replace(each, column=None) for each in table.locate(lines)]
        cells = [None, *range(len(table.header))]
        return [place for cell in cells for place in table.locate(lines, cell)]
