"""The concepts of a FHIR resource as columns, with their properties and designations.

CodeSystem.concept (https://hl7.org/fhir/R5/codesystem-definitions.html#CodeSystem.concept) and
ValueSet.expansion.contains are walked in pre-order, with a stack of what is open.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson
import polars as pl

from fhir_codesystem.diagnostics import quoted
from fhir_codesystem.metadata.document import did_you_mean
from fhir_codesystem.rules.metadata import UNKNOWN_KEY
from fhir_codesystem.rules.structured import MODIFIER_EXTENSION
from fhir_codesystem.tables.document import Number, name_of
from fhir_codesystem.tables.notes import Notes
from fhir_codesystem.tables.table import DESIGNATIONS, PROPERTIES, Links, linked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fhir_codesystem.tables.jsontext import Path


@dataclass(frozen=True, slots=True)
class Shape:
    """How concepts stand inside each other (the element ``nested``), and what they may have.

    ``cells`` are told by the cells of a row (or are looked at by ``refused``), ``flags`` become
    properties.
    """

    nested: str
    cells: frozenset[str]
    flags: dict[str, str] = field(default_factory=dict)

    @property
    def elements(self) -> frozenset[str]:
        """All elements that are read."""
        return self.cells | self.flags.keys() | {"designation", "property"}


CODE_SYSTEM = Shape("concept", frozenset({"code", "display", "definition", "concept"}))
EXPANSION = Shape(
    "contains",
    frozenset({"system", "version", "code", "display", "contains"}),
    {"abstract": "notSelectable", "inactive": "inactive"},
)
OBJECTS = Shape("", frozenset())
"""For objects that have designations or properties as FHIR writes them."""

TEXT = "a text"
VALUES: dict[str, tuple[str, tuple[type, ...], str]] = {
    "valueCode": ("code", (str,), TEXT),
    "valueCoding": ("Coding", (dict,), "an object"),
    "valueString": ("string", (str,), TEXT),
    "valueInteger": ("integer", (int, Number), "a whole number"),
    "valueBoolean": ("boolean", (bool,), "true or false"),
    "valueDateTime": ("dateTime", (str,), TEXT),
    "valueDecimal": ("decimal", (Number, int, float), "a number"),
}
"""The values of a property: their type, what Python makes of it, how that is said."""

DESIGNATION = frozenset({"language", "use", "value"})
PROPERTY = frozenset({"code", *VALUES})
UNCARRIED = frozenset({"id", "extension", "additionalUse", "subProperty", "fhir_comments"})
"""Elements that FHIR knows and a code system that is built has not."""


@dataclass(slots=True)
class Concepts:
    """Collects concepts: a row each, unless they are refused, and what must be told of them.

    ``refused`` names what a concept is that gets no row, as what is left out.
    """

    shape: Shape
    refused: Callable[[dict[str, Any]], str | None] = lambda _: None
    notes: Notes = field(default_factory=Notes)
    lines: list[int] = field(default_factory=list)
    levels: list[int] = field(default_factory=list)
    cells: tuple[list[Any], list[Any], list[Any]] = field(default_factory=lambda: ([], [], []))
    properties: list[tuple[int, str, str, str]] = field(default_factory=list)
    designations: list[tuple[int, str | None, str | None, str]] = field(default_factory=list)

    def collect(self, listed: list[Any]) -> None:
        """Walk concepts and all that stand inside them.

        Those inside one that is refused stand at its level.
        """
        nested = self.shape.nested
        tree = self.notes.tree
        waiting = [(0, 0, enumerate(listed))]
        while waiting:
            parent, level, rest = waiting[-1]
            step = next(rest, None)
            if step is None:
                waiting.pop()
                continue
            index, concept = step
            ordinal = tree.add(parent, (nested, index))
            if not isinstance(concept, dict):
                self.notes.wrong(ordinal, (), concept, "an object")
                continue
            if (name := self.refused(concept)) is None:
                level += 1
                self._row(ordinal, level, concept)
            else:
                self.notes.leave(name, ordinal, ())
            below = concept.get(nested)
            if isinstance(below, list):
                waiting.append((ordinal, level, enumerate(below)))
            elif below is not None:
                self.notes.wrong(ordinal, (nested,), below, "an array")

    def _row(self, ordinal: int, level: int, concept: dict[str, Any]) -> None:
        row = len(self.lines)
        self.lines.append(ordinal)
        self.levels.append(level)
        codes, displays, definitions = self.cells
        codes.append(concept.get("code"))
        displays.append(concept.get("display"))
        definitions.append(concept.get("definition") if self.shape is CODE_SYSTEM else None)
        if concept.keys() <= self.shape.cells:
            return
        for name, value in concept.items():
            if name in ("designation", "property"):
                self.listed(row, ordinal, (name,), value)
            elif name in self.shape.flags:
                self._flag(row, ordinal, name, value)
            elif name == "modifierExtension":
                message = "a modifierExtension changes what the concept means"
                self.notes.tell(MODIFIER_EXTENSION, ordinal, (name,), message)
            elif name not in self.shape.cells:
                self._uncarried(ordinal, (name,), value, self.shape.elements)

    def _flag(self, row: int, ordinal: int, name: str, value: object) -> None:
        if not isinstance(value, bool):
            self.notes.wrong(ordinal, (name,), value, "true or false")
        elif value:
            self.properties.append((row, self.shape.flags[name], "boolean", "true"))

    def listed(self, row: int, ordinal: int, path: Path, values: object) -> None:
        """Take the designations or the properties of a concept, as the path's end says."""
        take = self._designation if path[-1] == "designation" else self._property
        if not isinstance(values, list):
            self.notes.wrong(ordinal, path, values, "an array")
            return
        for index, value in enumerate(values):
            if isinstance(value, dict):
                take(row, ordinal, (*path, index), value)
            else:
                self.notes.wrong(ordinal, (*path, index), value, "an object")

    def _designation(self, row: int, ordinal: int, path: Path, values: dict[str, Any]) -> None:
        language, use, value = (values.get(name) for name in ("language", "use", "value"))
        if not values.keys() <= DESIGNATION:
            for name, held in values.items():
                if name not in DESIGNATION:
                    self._uncarried(ordinal, (*path, name), held, DESIGNATION)
        if value is None:
            self.notes.missing(ordinal, path, "value")
        elif not isinstance(value, str):
            self.notes.wrong(ordinal, (*path, "value"), value, TEXT)
        elif language is not None and not isinstance(language, str):
            self.notes.wrong(ordinal, (*path, "language"), language, TEXT)
        elif use is not None and not isinstance(use, dict):
            self.notes.wrong(ordinal, (*path, "use"), use, "an object")
        else:
            coding = None if use is None else self._json(ordinal, (*path, "use"), use)
            self.designations.append((row, language, coding, value))

    def _property(self, row: int, ordinal: int, path: Path, values: dict[str, Any]) -> None:
        code = values.get("code")
        told = [name for name in values if name in VALUES]
        if code is None:
            self.notes.missing(ordinal, path, "code")
        elif not isinstance(code, str):
            self.notes.wrong(ordinal, (*path, "code"), code, TEXT)
        elif len(told) > 1:
            self.notes.wrong(ordinal, (*path, told[1]), values[told[1]], f"{told[0]} alone")
        elif told:
            kind, types, meant = VALUES[told[0]]
            value = values[told[0]]
            at = (*path, told[0])
            if not isinstance(value, types) or not _fits(kind, value):
                self.notes.wrong(ordinal, at, value, meant)
            else:
                self.properties.append((row, code, kind, self._written(ordinal, at, value)))
        else:
            self.notes.missing(ordinal, path, "value[x]")
        if len(values) > 2 or not told:
            for name, held in values.items():
                if name not in PROPERTY:
                    self._uncarried(ordinal, (*path, name), held, PROPERTY)

    def _written(self, ordinal: int, path: Path, value: object) -> str:
        if isinstance(value, str):
            return value
        return value.text if isinstance(value, Number) else self._json(ordinal, path, value)

    def _json(self, ordinal: int, path: Path, value: object) -> str:
        try:
            return orjson.dumps(value, _fragment, orjson.OPT_PASSTHROUGH_DATACLASS).decode()
        except TypeError:  # more levels than orjson writes
            self.notes.wrong(ordinal, path, value, "less deep")
            return ""

    def _uncarried(self, ordinal: int, path: Path, value: Any, known: frozenset[str]) -> None:
        """Note what cannot be carried, extensions by their URL; and what FHIR does not know."""
        name = str(path[-1])
        if not (name in UNCARRIED or (name[:1] == "_" and name[1:] in known)):
            message = f"{name_of(path[:-1]) or 'a concept'} has no element {quoted(name)}"
            self.notes.tell(UNKNOWN_KEY, ordinal, path, message, did_you_mean(name, known))
            return
        label = ".".join(step for step in path if isinstance(step, str))
        labels = [label]
        if name == "extension" and isinstance(value, list):
            urls = [each.get("url") for each in value if isinstance(each, dict)]
            labels = [f"{label} {quoted(str(url), 200)}" for url in urls] or labels
        for each in labels:
            self.notes.leave(each, ordinal, path)

    def columns(self) -> list[pl.Series]:
        """Return the columns Level, Code, Display and Definition; what is no text is noted."""
        columns = [pl.Series(self.levels, dtype=pl.UInt32).cast(pl.String)]
        for name, values in zip(("code", "display", "definition"), self.cells, strict=True):
            if not set(map(type, values)) <= {str, type(None)}:
                for row, value in enumerate(values):
                    if value is not None and not isinstance(value, str):
                        self.notes.wrong(self.lines[row], (name,), value, TEXT)
                        values[row] = None
            columns.append(pl.Series(values, dtype=pl.String))
        return columns

    def links(self) -> Links:
        """Return what the concepts have beyond their cells."""
        return Links(
            properties=_linked(PROPERTIES, self.properties),
            designations=_linked(DESIGNATIONS, self.designations),
        )


def _fits(kind: str, value: object) -> bool:
    """Whether a value whose Python type may be right is of a kind; a bool is an int there."""
    if isinstance(value, bool):
        return kind == "boolean"
    return kind != "integer" or not isinstance(value, Number) or value.text.lstrip("-").isdecimal()


def _fragment(number: Number) -> orjson.Fragment:
    return orjson.Fragment(number.text)


def _linked(names: tuple[str, ...], rows: list[Any]) -> pl.DataFrame:
    columns: Iterable[Any] = zip(*rows, strict=True) if rows else ((),) * len(names)
    return linked(**dict(zip(names, columns, strict=True)))
