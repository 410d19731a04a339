"""What the rows of a table come to, worked out row by row: slow, plain, without Polars."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .forests import Forest, Row, parents

if TYPE_CHECKING:
    from collections.abc import Sequence

TEXTS = ("display", "definition")
KINDS = ("repeat", "fill-in", "second-parent")


@dataclass(frozen=True, slots=True)
class Policies:
    """The settings that rule the merging."""

    second_parent: str = "keep"
    display: str = "error"
    definition: str = "error"
    one_spelling: bool = False
    nested: bool = True


@dataclass(slots=True, eq=False)
class Concept:
    """A concept in the making: ``under`` holds its parents, None for the top, as rows put it."""

    first: int
    code: str
    under: list[Concept | None]
    texts: dict[str, str] = field(default_factory=dict)
    last: dict[str, str] = field(default_factory=dict)
    children: list[Concept] = field(default_factory=list)
    designations: list[str] = field(default_factory=list)

    @property
    def parents(self) -> list[Concept]:
        """The parents, the one it is nested in first."""
        return [each for each in self.under if each is not None]


@dataclass(slots=True)
class Merged:
    """What the rows come to, and what must be said of them.

    ``of_row`` and ``under`` say of each row which concept it is of, and which it stands below;
    ``repeats`` names by kind the rows that repeat others and those they repeat; ``clashes`` by
    text the rows that say another one. Rows are numbered from 0.
    """

    concepts: list[Concept] = field(default_factory=list)
    of_row: list[Concept] = field(default_factory=list)
    under: list[Concept | None] = field(default_factory=list)
    repeats: dict[str, dict[int, int]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    clashes: dict[str, set[int]] = field(default_factory=lambda: {text: set() for text in TEXTS})

    @property
    def cyclic(self) -> bool:
        """Whether some concept stands below itself."""
        return any(_is_below(each, each) for each in self.concepts)

    def rows(self, *, nested: bool) -> Forest:
        """Return the concepts in the order of nested JSON, or in that of their first rows."""
        if not nested:
            return [_row(each, 1) for each in self.concepts]
        top = [each for each in self.concepts if each.under[0] is None]
        return [row for each in top for row in _rows(each, 1)]

    def parents(self, policies: Policies) -> dict[str, list[str]]:
        """Return the parents that concepts state."""
        found = {}
        for concept in self.concepts:
            every = concept.under[:1] if policies.second_parent == "first" else concept.under
            stated = every[1:] if policies.nested else every
            if codes := [each.code for each in stated if each is not None]:
                found[concept.code] = codes
        return found


def merged(rows: Sequence[Row], policies: Policies) -> Merged:
    """Merge rows of the same code, one after the other."""
    result = Merged()
    known: dict[str, Concept] = {}
    for number, above in enumerate(parents([row.level for row in rows])):
        row = rows[number]
        under = None if above is None else result.of_row[above]
        key = row.code.lower().replace(" ", "") if policies.one_spelling else row.code
        if key in known:
            _again(known[key], number, under, rows, result)
        else:
            known[key] = Concept(number, row.code, [under])
            (under.children if under is not None else []).append(known[key])
        result.of_row.append(known[key])
        result.under.append(under)
        _say(known[key], number, rows[number], result)
    result.concepts = list(known.values())
    for concept in result.concepts:
        for text in TEXTS:
            if getattr(policies, text) == "keep-last" and text in concept.last:
                concept.texts[text] = concept.last[text]
        if policies.display != "designation":
            concept.designations.clear()
    return result


def _again(
    concept: Concept, number: int, under: Concept | None, rows: Sequence[Row], result: Merged
) -> None:
    """Say what a row is whose code is known already."""
    first = rows[concept.first]
    if under not in concept.under:
        concept.under.append(under)
        kind = "second-parent"
    elif any(bool(getattr(rows[number], text)) != bool(getattr(first, text)) for text in TEXTS):
        kind = "fill-in"
    else:
        kind = "repeat"
    result.repeats[kind][number] = concept.first


def _say(concept: Concept, number: int, row: Row, result: Merged) -> None:
    """Take in the texts of a row: the first that is not blank counts."""
    for text in TEXTS:
        said = getattr(row, text)
        if not said:
            continue
        concept.last[text] = said
        if concept.texts.setdefault(text, said) != said:
            result.clashes[text].add(number)
            for kind in ("repeat", "fill-in"):
                result.repeats[kind].pop(number, None)
            if text == "display" and said not in concept.designations:
                concept.designations.append(said)


def _row(concept: Concept, level: int) -> Row:
    return Row(level, concept.code, concept.texts.get("display"), concept.texts.get("definition"))


def _rows(concept: Concept, level: int) -> Forest:
    below = [row for child in concept.children for row in _rows(child, level + 1)]
    return [_row(concept, level), *below]


def _is_below(concept: Concept, other: Concept) -> bool:
    """Whether a concept stands below another, by any way of one step or more."""
    seen: set[int] = set()
    waiting = list(concept.parents)
    while waiting:
        at = waiting.pop()
        if at is other:
            return True
        if id(at) not in seen:
            seen.add(id(at))
            waiting += at.parents
    return False
