"""A structured source after parsing: values as JSON has them, and the place of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import polars as pl

from fhir_codesystem.characters import BLANKS, NEEDS_CARE
from fhir_codesystem.diagnostics import Location
from fhir_codesystem.tables.cleaning import blank_to_null

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fhir_codesystem.tables.jsontext import Path


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is written: 1.50 is not 1.5."""

    text: str


class Place(NamedTuple):
    """Where a value stands: 1-based line and column, of its name too where it has one."""

    line: int
    column: int
    key: tuple[int, int] | None = None


class Located(Protocol):
    """A source that knows where its values stand."""

    @property
    def path(self) -> str:
        """The path by which findings name the source."""

    def places(self, paths: Iterable[Path]) -> Mapping[Path, Place]:
        """Find values, and whatever stands around them; what is not there is missing."""


class Document(Located, Protocol):
    """What JSON and XML have in common once they are parsed.

    The value is made of dict, list, str, int, float, bool and None.
    """

    @property
    def value(self) -> Any:
        """What was parsed."""

    @property
    def decimals(self) -> bool:
        """Whether the value of a property may be a decimal."""

    def written(self) -> Any:
        """Return the value with each decimal as a `Number`."""

    def without_value(self) -> Located:
        """Return the document without what was parsed: it only finds places."""


def locate(document: Located, paths: Sequence[Path], *, keys: bool = False) -> list[Location]:
    """Return the places of values (``keys``: of their names), or of what is nearest around them."""
    places = document.places(paths)
    located = []
    for path in paths:
        at = path
        while at and at not in places:
            at = at[:-1]
        place = places.get(at, Place(1, 1))
        line, column = place.key if keys and place.key and at == path else place[:2]
        located.append(Location(document.path, line, column))
    return located


def value_at(value: Any, path: Path) -> Any:
    """Return what stands at a path, or None where there is nothing."""
    for step in path:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and step < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def kind_of(value: object) -> str:
    """Name the kind of a JSON value in a sentence."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return "a text"
    if isinstance(value, dict):
        return "an object"
    return "an array" if isinstance(value, list) else "a number"


def name_of(path: Path) -> str:
    """Write a path: ``concept[0].code``."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    name = "".join(steps).removeprefix(".")
    return name if len(name) <= 200 else f"{name[:100]}…{name[-99:]}"


def frame_of(lines: Sequence[int] | pl.Series, columns: Sequence[pl.Series]) -> pl.DataFrame:
    """Make the frame of a table (see `Table`) of its columns of text."""
    cells = [
        blank_to_null(pl.lit(column).str.strip_chars(BLANKS)).alias(str(cell))
        for cell, column in enumerate(columns)
    ]
    names = pl.col([str(cell) for cell in range(len(columns))])
    frame = pl.select(pl.Series("line", lines, pl.UInt32), *cells)
    return frame.filter(pl.any_horizontal(names.is_not_null())).with_columns(
        plain=~pl.any_horizontal(names.str.contains(NEEDS_CARE).fill_null(value=False))
    )
