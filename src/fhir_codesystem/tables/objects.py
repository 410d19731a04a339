"""JSON that is no resource: an array of objects, each of them a row and each of its names a column.

``[{"code": "a"}]``, ``{"concepts": [...]}``, JSON Lines. Objects may stand inside each other
(``children``); what FHIR writes as ``designation`` and ``property`` is read as FHIR reads it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from fhir_codesystem.characters import BLANKS
from fhir_codesystem.diagnostics import MOST, Location, has_errors, quoted
from fhir_codesystem.rules.reading import TOO_MANY_COLUMNS
from fhir_codesystem.rules.rule import first_few
from fhir_codesystem.rules.structured import JOINED_VALUES, JSON_SYNTAX, NO_CONCEPTS, NOT_CARRIED
from fhir_codesystem.tables.choosing import Choice, choose
from fhir_codesystem.tables.document import Number, frame_of, locate, value_at
from fhir_codesystem.tables.fhirconcepts import OBJECTS, Concepts
from fhir_codesystem.tables.notes import Notes
from fhir_codesystem.tables.table import Reading, Table
from fhir_codesystem.tables.tree import Items

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.tables.json import JSONDocument
    from fhir_codesystem.tables.jsontext import Path
    from fhir_codesystem.tables.source import Wanted

MOST_COLUMNS = 1000
NESTED = ("children", "concept", "concepts", "contains", "child")
"""Names of arrays whose objects stand below the object around them."""

LISTS = ("concept", "concepts", "codes")
"""Names of arrays that are taken where there are others."""

MARKS = ("; ", " | ", ", ", " / ", "\N{SYMBOL FOR UNIT SEPARATOR}", "\ufdd0")
"""What may stand between several values of a cell; the last is no character of any text."""

STATED: dict[str, type | tuple[str, ...]] = {
    "url": str,
    "version": str,
    "name": str,
    "title": str,
    "status": ("draft", "active", "retired", "unknown"),
    "experimental": bool,
    "publisher": str,
    "description": str,
    "copyright": str,
    "caseSensitive": bool,
}
"""Elements of CodeSystem that an object around the array may state, and what they then are."""


def read(document: JSONDocument, wanted: Wanted) -> Reading:
    """Read an array of objects, or the one in an object."""
    value = document.value
    if isinstance(value, dict):
        return _inside(document, value, wanted)
    if not isinstance(value, list) or not any(isinstance(item, dict) for item in value):
        return _nothing(document)
    return _table(document, (), {}, [])


def _nothing(
    document: JSONDocument, message: str = "there is no array of objects, nor a FHIR resource"
) -> Reading:
    place = locate(document, [()])[0]
    return Reading(None, (NO_CONCEPTS.at(place, message),))


def _inside(document: JSONDocument, value: dict[str, Any], wanted: Wanted) -> Reading:
    """Read the array of objects that an object holds under one of its names."""
    names = [name for name, held in value.items() if _is_table(held)]
    usual = [name for name in names if name in LISTS]
    if not names:
        return _nothing(document)
    if wanted.table is None and len(usual) == 1:
        names = usual
    choices = [Choice((name,), (name,)) for name in names]
    choice, found = choose(document, choices, wanted, "arrays of objects")
    if choice is None:
        return Reading(None, tuple(found))
    stated = {name: held for name, held in value.items() if _is_stated(name, held)}
    others = [name for name in value if name not in stated and (name,) != choice.path]
    places = locate(document, [(name,) for name in others[:MOST]], keys=True)
    left = [
        NOT_CARRIED.at(place, f"{quoted(name)} is left out: it is no part of the array")
        for place, name in zip(places, others, strict=False)
    ]
    return _table(document, choice.path, stated, first_few(left, len(others)))


def _is_table(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)


def _is_stated(name: str, value: object) -> bool:
    kind = STATED.get(name)
    return value in kind if isinstance(kind, tuple) else kind is not None and type(value) is kind


@dataclass(slots=True)
class Rows:
    """Collects objects: a row each, a column for each name; cells of columns are texts or lists.

    ``heads`` holds for each column, by its way from the item, the item in which it stands first.
    """

    concepts: Concepts = field(
        default_factory=lambda: Concepts(OBJECTS, notes=Notes(official=False))
    )
    levels: list[int] = field(default_factory=list)
    columns: dict[Path, list[Any]] = field(default_factory=dict)
    heads: dict[Path, int] = field(default_factory=dict)

    def collect(self, listed: list[Any], first: Path) -> None:
        """Walk objects and all that stand inside them; ``first`` leads to the array."""
        notes = self.concepts.notes
        waiting = [(0, 1, first, enumerate(listed))]
        while waiting:
            parent, level, way, rest = waiting[-1]
            step = next(rest, None)
            if step is None or len(self.columns) > MOST_COLUMNS:
                waiting.pop()
                continue
            index, item = step
            ordinal = notes.tree.add(parent, (*way, index))
            self.levels.append(level)
            if not isinstance(item, dict):
                notes.wrong(ordinal, (), item, "an object")
                continue
            below = [name for name, held in item.items() if name in NESTED and _is_table(held)]
            for name, value in item.items():
                if name not in below:
                    self._value(ordinal, (name,), value)
            deeper = [(ordinal, level + 1, (name,), enumerate(item[name])) for name in below]
            waiting += reversed(deeper)

    def _value(self, ordinal: int, path: Path, value: Any) -> None:
        """Put a value into its column; objects of single values give a column for each."""
        notes = self.concepts.notes
        if isinstance(value, dict) and len(path) == 1 and value:
            for name, held in value.items():
                self._value(ordinal, (*path, name), held)
        elif path in (("designation",), ("property",)) and _is_table(value):
            self.concepts.listed(ordinal - 1, ordinal, path, value)
        elif isinstance(value, dict) or (
            isinstance(value, list) and any(isinstance(each, dict | list) for each in value)
        ):
            notes.leave(f"{quoted(heading(path))} (values inside values)", ordinal, path)
        else:
            if path not in self.columns:
                self.columns[path] = []
                self.heads[path] = ordinal
            column = self.columns[path]
            column.extend([None] * (ordinal - 1 - len(column)))
            column.append(text_of(value))

    def joined(self) -> Iterator[tuple[Path, pl.Series, str | None]]:
        """Return the columns, and what stands between several values of a cell (if any do)."""
        for path, column in self.columns.items():
            column.extend([None] * (len(self.levels) - len(column)))
            mark = None
            if any(type(cell) is list and len(cell) > 1 for cell in column):
                mark = _mark(column)
            texts = [(mark or "").join(cell) if type(cell) is list else cell for cell in column]
            yield path, pl.Series(texts, dtype=pl.String), mark


def heading(path: Path) -> str:
    """Return the name of a column: that of the value, or ``display:de``."""
    return ":".join(map(str, path))


def text_of(value: Any) -> str | list[str] | None:
    """Return a value as the text of a cell, or as the texts that are not blank of several."""
    if isinstance(value, list):
        texts = [text_of(each) for each in value]
        return [text for each in texts if isinstance(each, str) and (text := each.strip(BLANKS))]
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.text if isinstance(value, Number) else value


def _mark(column: list[Any]) -> str:
    """Choose what may stand between values: nothing that any value of the column holds."""
    held = "".join(cell if isinstance(cell, str) else "".join(cell or ()) for cell in column)
    return next((mark for mark in MARKS if mark.strip() not in held), MARKS[-1])


def _table(
    document: JSONDocument, path: Path, stated: Mapping[str, Any], found: list[Diagnostic]
) -> Reading:
    try:
        listed = value_at(document.written(integers=True), path)
    except RecursionError:
        message = "the objects are nested too deep to be read"
        return Reading(None, (JSON_SYNTAX.at(Location(document.path), message, official=False),))
    rows = Rows()
    rows.collect(listed, path)
    concepts = rows.concepts
    if len(rows.columns) > MOST_COLUMNS:
        message = f"the objects have more than {MOST_COLUMNS:,} names"
        last = list(rows.heads.items())[-1]
        place = locate(document, [concepts.notes.tree.path(last[1]) + last[0]], keys=True)[0]
        return Reading(None, (TOO_MANY_COLUMNS.at(place, message),))
    found += concepts.notes.found(document)
    if has_errors(found):
        return Reading(None, tuple(found))
    if not rows.columns:
        return _nothing(document, "the objects of the array hold no single values")
    level: list[tuple[Path, pl.Series, str | None]] = []
    if max(rows.levels) > 1:
        level.append(((), pl.Series(rows.levels, dtype=pl.UInt32).cast(pl.String), None))
    columns = [*level, *rows.joined()]
    frame = frame_of(range(1, len(rows.levels) + 1), [texts for _, texts, _ in columns])
    paths = [path for path, _, _ in columns]
    tree = concepts.notes.tree
    heads = [tree.path(rows.heads.get(way, 0)) + way for way in paths]
    items = Items(document.without_value(), tree, paths, heads)
    header = tuple(heading(path) or "Level" for path in paths)
    separators = {cell: mark for cell, (_, _, mark) in enumerate(columns) if mark}
    table = Table(
        document.path,
        header,
        0,
        frame,
        items,
        concepts.links(),
        stated,
        unit="item",
        separators=separators,
    )
    joined = []
    for cell, mark in list(separators.items())[:MOST]:
        name = quoted(header[cell])
        message = f"several values of {name} are one cell, with {quoted(mark)} between them"
        joined.append(JOINED_VALUES.at(table.heading(cell), message))
    return Reading(table, (*found, *first_few(joined, len(separators))))
