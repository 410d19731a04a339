"""Which findings stand at a concept: by its rows in a table, by its element in a resource."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from fhir_codesystem.codesystem.resource import CodeSystem
    from fhir_codesystem.diagnostics import Diagnostic, Location

ROWS = ("line", "row")
"""What a table counts where a line holds one row; elsewhere several may stand in one line."""


STEP = re.compile(r"\.(\w+)(?:\[(\d+)\])?")
COMMENT = re.compile(r"/\*.*?\*/")
"""What the official validator writes into an expression: the id of a contained resource."""


class ConceptRows:
    """Knows where concepts stand in the table of a code system; each code is looked up once."""

    def __init__(self, codesystem: CodeSystem | None) -> None:
        self.codesystem = codesystem
        self.known: dict[str, frozenset[Location]] = {}

    def holds(self, finding: Diagnostic, code: str) -> bool:
        """Whether a finding is in a row of a code; in JSON and XML, at a cell of it."""
        place = finding.location
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


class ConceptElements:
    """Knows the concepts of a resource in JSON by the expressions of findings."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.known: dict[str, Any] = {}

    def holds(self, finding: Diagnostic, code: str) -> bool:
        """Whether the innermost concept in which a finding stands has a code."""
        expression = finding.expression or ""
        if expression not in self.known:
            self.known[expression] = self._code(expression)
        return bool(self.known[expression] == code)

    def _code(self, expression: str) -> Any:
        at, found = self.resource, None
        for name, index in STEP.findall(COMMENT.sub("", expression)):
            at = at.get(name) if isinstance(at, dict) else None
            if isinstance(at, list) and index:
                at = at[int(index)] if int(index) < len(at) else None
            if name == "concept" and isinstance(at, dict):
                found = at.get("code")
        return found

    @cached_property
    def resource(self) -> Any:
        """The resource; nothing where it is no JSON."""
        try:
            return orjson.loads(self.data.removeprefix(b"\xef\xbb\xbf"))
        except ValueError:
            return None
