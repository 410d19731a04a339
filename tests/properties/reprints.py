"""Tables in which rows stand again: below the same parent, or below others."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple

from hypothesis import strategies as st

from .forests import Forest, Row, forests, parents
from .texts import cleaned_code

MOST_PRINTED = 100
CHANGES: tuple[dict[str, Any], ...] = (
    *({}, {}, {}, {}),
    *({"display": None}, {"definition": None}, {"definition": "x"}, {"code": "new"}),
)
CODES = st.sampled_from(["a", "b", "c", "d", "e f", "ef", "A", "B", "EF"])
ODD = '<b>"|\\'
TEXTS = st.sampled_from([None, None, "x", "x", "x", "y", ODD, ODD])


@st.composite
def reprinted(draw: st.DrawFn) -> tuple[Forest, Forest]:
    """Draw a forest, and its rows with some printed again below the same parent.

    One of the prints is full; others, be it the first, may leave the texts blank. Some of the
    rows below a row may follow only when it is printed again.
    """
    rows = draw(forests(8))
    children: dict[int | None, list[int]] = defaultdict(list)
    for row, parent in enumerate(parents([row.level for row in rows])):
        children[parent].append(row)
    printed: Forest = []

    def visit(siblings: list[int]) -> None:
        later = []
        for place, row in enumerate(siblings, 1):
            full = rows[row]
            printed.append(draw(st.sampled_from([full, full, Row(full.level, full.code)])))
            below = children[row]
            now = len(below) - draw(st.integers(0, len(below)))
            visit(below[:now])
            later.append((row, below[now:]))
            if full not in printed:
                printed.append(full)
            for again in draw(st.lists(st.sampled_from(siblings[:place]), max_size=2)):
                full = rows[again]
                blank = _blank(full, full.level)
                printed.append(draw(st.sampled_from([full, blank, Row(full.level, full.code)])))
                if len(printed) < MOST_PRINTED and draw(st.booleans()):
                    visit(children[again])
        for row, below in later:
            if below:
                printed.append(_blank(rows[row], rows[row].level))
                visit(below)

    visit(children[None])
    return rows, printed


class Polyhierarchy(NamedTuple):
    """A forest, the rows that print it, and each concept's parents beyond the first."""

    forest: Forest
    printed: Forest
    further: dict[str, list[str]]


@st.composite
def polyhierarchies(draw: st.DrawFn) -> Polyhierarchy:
    """Draw a forest, its rows with concepts printed again below others, and who is below whom.

    As the IG Publisher prints them: level, code and display only. No concept stands below itself.
    """
    rows = draw(forests(9))
    nesting = parents([row.level for row in rows])
    extra = _further(draw, nesting)
    printed: Forest = []
    stated: dict[str, list[str]] = defaultdict(list)

    def reprint(parent: int) -> None:
        for child in extra.pop(parent, []):
            printed.append(_blank(rows[child], rows[parent].level + 1))
            stated[code_of(rows[child])].append(code_of(rows[parent]))

    def visit(row: int) -> None:
        printed.append(rows[row])
        if draw(st.booleans()) and all(child < row for child in extra[row]):
            reprint(row)
        for child in range(len(rows)):
            if nesting[child] == row:
                visit(child)
        reprint(row)

    for row, parent in enumerate(nesting):
        if parent is None:
            visit(row)
    tops = draw(st.lists(st.sampled_from(rows), max_size=2))
    printed += [_blank(row, 1) for row in tops]  # at the top as well: that is no parent
    return Polyhierarchy(rows, printed, stated)


def _further(draw: st.DrawFn, nesting: list[int | None]) -> dict[int, list[int]]:
    """Draw for each row which others are to be printed again below it: no cycle comes of it."""
    above = [set() if parent is None else {parent} for parent in nesting]
    extra: dict[int, list[int]] = defaultdict(list)
    numbers = st.integers(0, len(nesting) - 1)
    for child, parent in draw(st.lists(st.tuples(numbers, numbers), max_size=8)):
        after = parent > child or _is_below(above, child, parent)
        if after and parent not in above[child] and not _is_below(above, parent, child):
            above[child].add(parent)
            extra[parent].append(child)
    return extra


@st.composite
def tables(draw: st.DrawFn) -> Forest:
    """Draw a small table in which codes stand again and again, some rows in blocks."""
    cells = st.tuples(CODES, TEXTS, TEXTS, st.integers(0, 3))
    rows: Forest = []
    for code, display, definition, up in draw(st.lists(cells, min_size=2, max_size=12)):
        level = max(1, rows[-1].level + 1 - up) if rows else 1
        rows.append(Row(level, code, display, definition))
    if draw(st.booleans()):
        start = draw(st.integers(0, len(rows) - 1))
        block = rows[start : draw(st.integers(start + 1, len(rows)))]
        if block[0].level <= rows[-1].level + 1:
            rows += [replace(row, **draw(st.sampled_from(CHANGES))) for row in block]
    if draw(st.integers(0, 3)) == 0:
        rows = [row for row in rows for _ in range(2)]
    assert all(below.level <= above.level + 1 for above, below in pairwise(rows))
    return rows[:20]


def _blank(row: Row, level: int) -> Row:
    return Row(level, row.code, row.display)


def code_of(row: Row) -> str:
    """Return a row's code as it is read."""
    return cleaned_code(row.code) or ""


def _is_below(above: list[set[int]], row: int, other: int) -> bool:
    """Whether one row is another, or below it by any way."""
    return row == other or any(_is_below(above, parent, other) for parent in above[row])
