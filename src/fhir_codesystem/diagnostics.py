"""Findings: what is said of an input, where it stands, how grave it is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from fhir_codesystem.rules.rule import Rule

MOST = 20
"""Findings of one rule that are told one by one for a source; the rest is counted."""


class Severity(StrEnum):
    """How grave a finding is; the values are those of FHIR's IssueSeverity.

    ``fatal`` is not among them: what cannot be read at all is an error too.
    """

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a source: lines and columns count from 1, columns in characters.

    A place without a line is the file as a whole. In a workbook they are the row and the column
    of a sheet, which has a name.
    """

    path: str
    line: int | None = None
    column: int | None = None
    sheet: str | None = None

    @property
    def cell(self) -> str | None:
        """The cell of a workbook as a person names it: ``Codes!C12``."""
        if self.sheet is None or self.line is None:
            return None
        return f"{self.sheet}!{letters(self.column or 1)}{self.line}"

    @property
    def told(self) -> str:
        """Where it is inside its file, in a sentence: ``line 12``, ``cell Codes!C12``."""
        return f"cell {self.cell}" if self.cell else f"line {self.line}"

    def __str__(self) -> str:
        parts = [self.path, self.line, self.column]
        return ":".join(str(part) for part in parts if part is not None)


def letters(column: int) -> str:
    """Name the column of a sheet: 1 is A, 27 is AA."""
    name = ""
    while column:
        column, digit = divmod(column - 1, 26)
        name = chr(ord("A") + digit) + name
    return name


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that a finding speaks of, and what stands there."""

    location: Location
    message: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding.

    ``expression`` is the FHIRPath of the element in the resource, where there is one.
    ``official`` says whether the HL7 validator gives this finding too.
    ``more`` counts the findings of the same rule that were left out after this one.
    """

    rule: Rule
    severity: Severity
    location: Location
    message: str
    hint: str | None = None
    related: tuple[Related, ...] = ()
    expression: str | None = None
    official: bool = False
    more: int = 0

    @property
    def sort_key(self) -> tuple[str, int, int, str]:
        """Findings are told in the order of their places: path, line, column, rule."""
        place = self.location
        return (place.path, place.line or 0, place.column or 0, self.rule.number)


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A finding that is not told, since the metadata says so: why, and where that stands."""

    finding: Diagnostic
    reason: str
    location: Location


def in_order(diagnostics: Iterable[Diagnostic], most: int | None = MOST) -> tuple[Diagnostic, ...]:
    """Return the findings in the order of their places; equal places keep their order.

    Of each rule only the first ``most`` are told, the last of them counting those left out.
    """
    kept: list[Diagnostic] = []
    last: dict[str, int] = {}
    told: Counter[str] = Counter()
    for found in sorted(diagnostics, key=lambda diagnostic: diagnostic.sort_key):
        number = found.rule.number
        told[number] += 1
        if most is not None and told[number] > most:
            at = last[number]
            kept[at] = replace(kept[at], more=kept[at].more + 1 + found.more)
        else:
            last[number] = len(kept)
            kept.append(found)
    return tuple(kept)


def has_errors(diagnostics: Iterable[Diagnostic], *, strict: bool = False) -> bool:
    """Whether the findings forbid writing: an error, or a warning too where ``strict``."""
    grave = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    return any(diagnostic.severity in grave for diagnostic in diagnostics)


def count_of(diagnostics: Iterable[Diagnostic], severity: Severity) -> int:
    """How many findings of a severity there are, those left out included."""
    return sum(1 + found.more for found in diagnostics if found.severity is severity)


def printable(text: str) -> str:
    """Escape what would steer a terminal or hide: controls, directions, line ends."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def quoted(text: str, most: int = 60) -> str:
    """Quote a text of the input in a message: printable, at most ``most`` characters of it."""
    return f"'{printable(text if len(text) <= most else text[: most - 1] + '…')}'"


def shown(path: Path) -> str:
    """Return a path as text; what of a name is no UTF-8 becomes a question mark."""
    return str(path).encode("utf-8", "replace").decode()
