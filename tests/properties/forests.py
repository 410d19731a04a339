"""Forests of concepts, and the rows that print them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hypothesis import assume
from hypothesis import strategies as st

from .texts import BLANKS, cleaned, cleaned_code, is_code, raw_code, raw_text

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_DEEP = 60


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table as it is to be printed, or a concept: a row of a forest in pre-order."""

    level: int
    code: str
    display: str | None = None
    definition: str | None = None


Forest = list[Row]


def as_read(rows: Sequence[Row]) -> Forest:
    """Return the rows with their texts as the reader should read them."""
    return [
        Row(row.level, cleaned_code(row.code) or "", _text(row.display), _text(row.definition))
        for row in rows
    ]


def _text(raw: str | None) -> str | None:
    return None if raw is None else cleaned(raw)


@st.composite
def levels(draw: st.DrawFn, most: int) -> list[int]:
    """Draw the levels of a forest in pre-order: each at most one deeper than the one before."""
    shape = draw(st.sampled_from(["any", "any", "flat", "deep", "wide"]))
    if shape == "flat":
        return [1] * draw(st.integers(1, most))
    if shape == "wide":
        return [1, *[2] * draw(st.integers(1, most))]
    depth = draw(st.integers(1, MOST_DEEP)) if shape == "deep" else 1
    found = list(range(1, depth + 1))
    for up in draw(st.lists(st.integers(0, 3), max_size=max(most - depth, 0))):
        found.append(max(1, found[-1] + 1 - up))
    return found


@st.composite
def forests(draw: st.DrawFn, most: int = 12) -> Forest:
    """Draw a forest whose codes differ; texts are as they are printed, before any cleaning."""
    depths = draw(levels(most))
    texts = st.none() | raw_text()
    few = draw(st.lists(st.tuples(raw_code(), texts, texts), min_size=1, max_size=3))
    rows = []
    for number, depth in enumerate(depths):
        code, *cells = few[number % len(few)]
        rows.append(Row(depth, _numbered(code, number), *cells))
    assume(len({cleaned_code(row.code) for row in rows}) == len(rows))
    return rows


def _numbered(code: str, number: int) -> str:
    """Make a code another one, by a number; the first stays as it is."""
    raw = f"{number}-{code.strip(BLANKS)}"
    good = raw if is_code(cleaned_code(raw)) else f"{number}-{cleaned_code(code)}"
    return good if number else code


def parents(depths: Sequence[int]) -> list[int | None]:
    """Return each row's parent: the last row before it that is one level higher."""
    found: list[int | None] = []
    for row, depth in enumerate(depths):
        above = [other for other in range(row) if depths[other] == depth - 1]
        found.append(above[-1] if above else None)
    return found


def flattened(concepts: Sequence[dict[str, Any]], level: int = 1) -> Forest:
    """Return the nested concepts of a resource as rows in pre-order."""
    rows: Forest = []
    for concept in concepts:
        texts = (concept.get("display"), concept.get("definition"))
        rows += [Row(level, concept["code"], *texts)]
        rows += flattened(concept.get("concept", []), level + 1)
    return rows
