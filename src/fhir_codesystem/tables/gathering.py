"""Concepts gathered one by one from a terminology's exchange format, made a `Table` at the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
import polars as pl

from fhir_codesystem.characters import BLANKS, NEEDS_CARE
from fhir_codesystem.diagnostics import MOST, Location, quoted
from fhir_codesystem.rules import exchange as rules
from fhir_codesystem.rules.rule import first_few
from fhir_codesystem.tables.cleaning import blank_to_null
from fhir_codesystem.tables.table import DESIGNATIONS, PARENTS, PROPERTIES, Links, Table, linked
from fhir_codesystem.tables.values import TYPES, type_named

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.tables.source import Source
    from fhir_codesystem.tables.table import Places

HEADER = ("Code", "Display", "Definition")
CODE, DISPLAY, DEFINITION = range(3)
SYNONYM = {
    "system": "http://snomed.info/sct",
    "code": "900000000000013009",
    "display": "Synonym",
}
"""The use of a designation that is one more name."""

Spot = tuple[int, int]
"""A 1-based line and character column."""


def cells(lines: Sequence[int], columns: Iterable[Sequence[str | None]]) -> pl.DataFrame:
    """Make the frame of a table: ``line``, the cells without blanks at their ends, ``plain``."""
    texts = {str(cell): column for cell, column in enumerate(columns)}
    schema: dict[str, Any] = {"line": pl.UInt32} | dict.fromkeys(texts, pl.String)
    text = pl.concat_str(pl.col(*texts), separator=" ", ignore_nulls=True)
    return (
        pl.DataFrame({"line": lines, **texts}, schema=schema, strict=False)
        .with_columns(blank_to_null(pl.col(name).str.strip_chars(BLANKS)) for name in texts)
        .with_columns((~text.str.contains(NEEDS_CARE)).alias("plain"))
    )


def coding(**parts: str | None) -> str:
    """Write a Coding as JSON, without the parts that are blank."""
    return orjson.dumps({name: part for name, part in parts.items() if part}).decode()


@dataclass(frozen=True, slots=True)
class Spots:
    """Places of cells that were noted while the source was read, by line and cell."""

    spots: Mapping[int, tuple[Spot, ...]]

    def positions(self, lines: Sequence[int], cell: int | None) -> list[Spot]:
        """Return where a cell begins, or the concept; the heading is the start of the file."""
        noted = (self.spots.get(line, ((1, 1),)) for line in lines)
        return [spots[min(cell or 0, len(spots) - 1)] for spots in noted]

    def indents(self, cell: int) -> pl.Series | None:  # noqa: ARG002
        """Return nothing: indentation of the source says nothing of the concepts."""
        return None


@dataclass(slots=True)
class Gathered:
    """What a source says of its concepts, in its order; a concept is named by its row.

    Parents are named by code, in any order: before, after or without the concepts themselves.
    """

    path: str
    texts: tuple[list[str | None], ...] = field(default_factory=lambda: ([], [], []))
    spots: tuple[list[Spot], ...] = field(default_factory=lambda: ([], [], []))
    pairs: dict[tuple[str, str], Spot | None] = field(default_factory=dict)
    properties: list[tuple[int, str, str, str]] = field(default_factory=list)
    designations: list[tuple[int, str | None, str | None, str]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.texts[CODE])

    def concept(self, code: str | None, spot: Spot = (1, 1)) -> int:
        """Add a concept; returns its row."""
        for texts, spots in zip(self.texts, self.spots, strict=True):
            texts.append(None)
            spots.append(spot)
        self.texts[CODE][-1] = code
        return len(self) - 1

    def text(self, row: int, cell: int, text: str, spot: Spot | None = None) -> bool:
        """Fill a cell that is still blank; returns whether it was."""
        if not text.strip(BLANKS) or self.texts[cell][row] is not None:
            return False
        self.texts[cell][row] = text
        if spot is not None:
            self.spots[cell][row] = spot
        return True

    def parent(self, child: str, parent: str, spot: Spot | None = None) -> None:
        """Say that a code stands below another; said twice it counts once."""
        self.pairs.setdefault((child, parent), spot)

    def property(self, row: int, code: str, kind: str, value: str) -> None:
        """Add the value of a property; blank ones and a repeat of the last are none."""
        value, code = value.strip(BLANKS), " ".join(code.split())
        if value and code:
            self.properties.append((row, code, kind, value))

    def designation(
        self, row: int, value: str, language: str | None = None, use: str | None = None
    ) -> None:
        """Add another text for a concept; a blank one is none."""
        if value.strip(BLANKS):
            self.designations.append((row, language or None, use, value.strip(BLANKS)))

    def one_type_each(self) -> None:
        """Make a property whose values are of several types one of strings."""
        kinds: dict[str, str] = {}
        for _, code, kind, _ in self.properties:
            kinds[code] = kind if kinds.get(code, kind) == kind else "string"
        self.properties = [
            (row, code, kinds[code], value) for row, code, _, value in self.properties
        ]

    def table(
        self, stated: Mapping[str, Any], places: Places | None = None
    ) -> tuple[Table, list[Diagnostic]]:
        """Make the table; parents that are no concepts are told and left out.

        ``line`` is the line of each concept where they stand in lines of their own, else the
        number of the concept.
        """
        rows: dict[str, int] = {}
        for row, code in enumerate(self.texts[CODE]):
            if code:
                rows.setdefault(code.strip(BLANKS), row)
        lines = [line for line, _ in self.spots[CODE]]
        told = all(map(int.__lt__, [0, *lines], lines))
        numbers = lines if told else list(range(1, len(lines) + 1))
        known = [pair for pair in self.pairs if pair[0] in rows and pair[1] in rows]
        parents = sorted(((rows[child], parent) for child, parent in known), key=lambda p: p[0])
        links = Links(
            linked_rows(PARENTS, parents),
            linked_rows(PROPERTIES, sorted(self.properties, key=lambda p: p[0])),
            linked_rows(DESIGNATIONS, sorted(self.designations, key=lambda d: d[0])),
        )
        table = Table(
            path=self.path,
            header=HEADER,
            header_line=0,
            frame=cells(numbers, self.texts),
            places=places or Spots(dict(zip(numbers, zip(*self.spots, strict=True), strict=True))),
            links=links,
            stated=stated,
            unit="line" if told else "concept",
        )
        return table, self._dangling(rows, table, numbers)

    def _dangling(
        self, rows: Mapping[str, int], table: Table, numbers: list[int]
    ) -> list[Diagnostic]:
        unknown = [
            (child, parent, spot)
            for (child, parent), spot in self.pairs.items()
            if child not in rows or parent not in rows
        ]
        few = unknown[:MOST]
        known = [next((rows[each] for each in pair if each in rows), None) for *pair, _ in few]
        rest = [numbers[row] for row in known if row is not None]
        places = iter(table.locate(rest, CODE))
        found = []
        for (child, parent, spot), row in zip(few, known, strict=True):
            place = Location(self.path) if row is None else next(places)
            if spot is not None:
                place = Location(self.path, *spot)
            missing = parent if child in rows else child
            found.append(unknown_relative(place, child, parent, missing))
        return first_few(found, len(unknown))


def unknown_relative(place: Location, child: str, parent: str, missing: str) -> Diagnostic:
    """Tell that one end of a link between two codes is no concept."""
    message = f"{quoted(child)} is below {quoted(parent)}, but {quoted(missing)} is no concept here"
    return rules.UNKNOWN_CONCEPT.at(place, message, hint="the link is left out")


def wrong_value(place: Location, code: str, kind: str, value: str) -> Diagnostic:
    """Tell that the value of a property is none of its type, or that there is no such type."""
    if not code:
        message = f"the value {quoted(value)} is of no property: its code is blank"
    elif kind and type_named(kind) is None:
        message = f"{quoted(kind)} is no type of a property"
    else:
        message = f"the value {quoted(value)} of {quoted(code)} is no {kind or 'string'}"
    return rules.WRONG_VALUE.at(place, message, hint=f"types are {', '.join(TYPES)}")


def linked_rows(names: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> pl.DataFrame:
    """Make one of the frames of `Links` of its rows."""
    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    return linked(**dict(zip(names, columns, strict=True)))


def left_out(path: str, what: Mapping[str, int]) -> list[Diagnostic]:
    """Tell what a source holds that has no place in a code system: names and how often."""
    return first_few(
        [
            rules.LEFT_OUT.at(Location(path), f"{name}: {count:,} left out")
            for name, count in list(what.items())[:MOST]
        ],
        len(what),
    )


def empty(path: str, message: str) -> Diagnostic:
    """Tell that a source of a known format holds no concept."""
    return rules.NO_CONCEPTS.at(Location(path), message)


def broken(path: str, message: str, spot: Spot | None = None) -> Diagnostic:
    """Tell that a source of a known format cannot be read."""
    return rules.BROKEN.at(Location(path, *(spot or (None, None))), message)


def shortened(text: object) -> str:
    """Return what a parser says of an error, in one short line."""
    return quoted(" ".join(str(text).split()), 120)


class Choice(NamedTuple):
    """Which of several parts of a source is read (None: there is none such), and what is told."""

    part: int | None
    found: tuple[Diagnostic, ...]


def chosen(source: Source, what: str, names: Sequence[Sequence[str]], first: int) -> Choice:
    """Choose one of several parts of a source: as `build.table` says, else the ``first``.

    ``what`` names the parts (plural), ``names`` holds all names of each.
    """
    wanted = source.wanted
    if wanted.table is None:
        if len(names) < 2:
            return Choice(first, ())
        message = f"of {len(names):,} {what} number {first + 1}, {quoted(names[first][0])}, is read"
        hint = "build: table: in the .yaml names another"
        return Choice(first, (rules.ONE_OF_SEVERAL.at(Location(source.path), message, hint=hint),))
    asked = wanted.table.strip().casefold()
    for part, known in enumerate(names):
        if asked in {str(part + 1), *(name.casefold() for name in known)}:
            return Choice(part, ())
    there = ", ".join(f"{part}: {quoted(known[0])}" for part, known in enumerate(names[:MOST], 1))
    message = f"there is no {quoted(wanted.table)} among the {what}; there are {there or 'none'}"
    place = wanted.table_place or Location(source.path)
    return Choice(None, (rules.NOT_AMONG.at(place, message),))
