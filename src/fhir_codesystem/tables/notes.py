"""What must be told of the items of a source: noted on the way, located together at the end."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from fhir_codesystem.diagnostics import MOST
from fhir_codesystem.rules.metadata import MISSING_ELEMENT, WRONG_TYPE
from fhir_codesystem.rules.rule import first_few
from fhir_codesystem.rules.structured import NOT_CARRIED
from fhir_codesystem.tables.document import kind_of, locate, name_of
from fhir_codesystem.tables.tree import Tree

if TYPE_CHECKING:
    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.rules.rule import Rule
    from fhir_codesystem.tables.document import Located
    from fhir_codesystem.tables.jsontext import Path


class Note(NamedTuple):
    """What must be told: of which item, at which way from there on."""

    rule: Rule
    ordinal: int
    path: Path
    message: str
    hint: str | None


@dataclass(slots=True)
class Notes:
    """Notes of the items of a tree, at most `MOST` for each rule; the rest is counted.

    ``left`` holds what is left out by its name: how often, and where first. ``official`` says
    whether the HL7 validator refuses wrong kinds in this source too.
    """

    tree: Tree = field(default_factory=Tree)
    official: bool = True
    noted: list[Note] = field(default_factory=list)
    totals: Counter[str] = field(default_factory=Counter)
    left: dict[str, tuple[int, int, Path]] = field(default_factory=dict)

    def tell(
        self, rule: Rule, ordinal: int, path: Path, message: str, hint: str | None = None
    ) -> None:
        """Note a finding."""
        self.totals[rule.number] += 1
        if self.totals[rule.number] <= MOST:
            self.noted.append(Note(rule, ordinal, path, message, hint))

    def wrong(self, ordinal: int, path: Path, value: object, meant: str) -> None:
        """Note a value that is of another kind than it must be."""
        name = name_of(path) or "this"
        self.tell(WRONG_TYPE, ordinal, path, f"{name} is {kind_of(value)}; it must be {meant}")

    def missing(self, ordinal: int, path: Path, name: str) -> None:
        """Note an element that is not there."""
        message = f"{name_of((*path, name))} is missing; it must be stated"
        self.tell(MISSING_ELEMENT, ordinal, path, message)

    def leave(self, name: str, ordinal: int, path: Path) -> None:
        """Note that something is left out."""
        count, first, way = self.left.get(name, (0, ordinal, path))
        self.left[name] = (count + 1, first, way)

    def found(self, document: Located) -> list[Diagnostic]:
        """Return the findings: those of each rule in turn, then what is left out."""
        notes = list(self.noted)
        for name, (count, ordinal, path) in list(self.left.items())[:MOST]:
            times = "" if count == 1 else f", {count:,} times; here first"
            notes.append(Note(NOT_CARRIED, ordinal, path, f"{name} is left out{times}", None))
        self.totals[NOT_CARRIED.number] = len(self.left)
        paths = [self.tree.path(note.ordinal) + note.path for note in notes]
        by_rule: dict[str, list[Diagnostic]] = {}
        for note, place in zip(notes, locate(document, paths) if notes else (), strict=True):
            made = note.rule.at(
                place,
                note.message,
                hint=note.hint,
                official=bool(note.rule.official) and self.official,
            )
            by_rule.setdefault(note.rule.number, []).append(made)
        return [
            each
            for number, made in by_rule.items()
            for each in first_few(made, self.totals[number])
        ]
