"""From levels to a tree, and from a tree to the order of nested JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from fhir_codesystem.diagnostics import MOST, quoted
from fhir_codesystem.rules import hierarchy as rules
from fhir_codesystem.rules.rule import first_few

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.rules.rule import Rule
    from fhir_codesystem.tables.table import Table


def with_levels(
    table: Table, rows: pl.DataFrame, cell: int | None, *, nested: bool
) -> tuple[pl.DataFrame, list[Diagnostic]]:
    """Make the column ``level`` a number (Int32, 1 is the top), each at most one below the last.

    A table without a level column is flat. Where a level is no good, the finding says so and the
    row goes on at the nearest level that is, so that all that follows can be looked at too.
    ``nested`` says whether the concepts will be nested in each other: only then is there a limit.
    """
    if cell is None:
        return rows.with_columns(pl.lit(1, pl.Int32).alias("level")), []
    found: list[Diagnostic] = []
    told = rows["level"]
    level = told.cast(pl.Int32, strict=False)

    def tell(rule: Rule, at: Sequence[int] | pl.Series, message: Callable[[int], str]) -> None:
        few = list(at[:MOST])
        places = table.locate(rows["line"].gather(few).to_list(), cell)
        told_of = zip(places, few, strict=True)
        found.extend(first_few([rule.at(place, message(row)) for place, row in told_of], len(at)))

    if level.len() and level[0] == 0:
        message = "the levels count from 0; every level is raised by one"
        tell(rules.LEVELS_FROM_ZERO, [0], lambda _: message)
        level = level + 1
    bad = level.is_null() | (level < 1).fill_null(value=False)
    tell(
        rules.BAD_LEVEL,
        bad.arg_true(),
        lambda row: (
            "the row has no level" if told[row] is None else f"{quoted(told[row])} is no level"
        ),
    )
    level = level.set(bad, None)
    if level.len() and (level[0] or 1) > 1:
        message = f"the first row stands at level {told[0]}, with nothing above it"
        tell(rules.FIRST_ROW_BELOW_TOP, [0], lambda _: message)
    tell(
        rules.LEVEL_JUMP,
        (level > level.shift(1) + 1).arg_true(),
        lambda row: f"level {told[row]} follows level {told[row - 1]}: the one between is missing",
    )
    stepwise = all(each.rule is rules.LEVELS_FROM_ZERO for each in found)
    if nested and stepwise and level.len():
        most = level.max()
        found += too_deep(most if isinstance(most, int) else 0, table, rows["line"], level, cell)
    if not stepwise:
        level = pl.Series(list(_stepwise(level.to_list())), dtype=pl.Int32)
    return rows.with_columns(level.alias("level")), found


def too_deep(
    most: int, table: Table, lines: pl.Series, level: pl.Series, cell: int | None = None
) -> list[Diagnostic]:
    """Tell of more levels than can be nested, at the first row that stands too deep."""
    if most <= rules.MOST_LEVELS:
        return []
    place = table.locate([lines.filter(level > rules.MOST_LEVELS)[0]], cell)[0]
    message = f"{most:,} levels are more than the {rules.MOST_LEVELS} that can be nested"
    hint = "build: hierarchy: {as: parent-property}"
    return [rules.NESTED_TOO_DEEP.at(place, message, hint=hint)]


def _stepwise(levels: list[int | None]) -> Iterator[int]:
    last = 0
    for level in levels:
        last = max(1, min(level or last, last + 1))
        yield last


def parents(level: pl.Series) -> pl.Series:
    """Return the index of each row's parent: the last row before it that is one level higher.

    ``level`` (Int32) must step down by one at most; the result (UInt32) is null at the top.
    """
    rows = (
        pl.DataFrame({"level": level})
        .with_row_index("row")
        .with_columns(pl.col("row").set_sorted())
    )
    above = rows.select(
        "level", pl.col("row").alias("parent"), pl.col("row").alias("at").set_sorted()
    )
    return rows.with_columns(pl.col("level") - 1).join_asof(
        above, left_on="row", right_on="at", by="level", check_sortedness=False
    )["parent"]


def arrange(parent: Sequence[int | None]) -> tuple[list[int], list[int]]:
    """Put nodes in pre-order: each parent before its children, siblings in their given order.

    ``parent`` names each node's parent by index; it must hold no cycle. Returns the nodes in
    order and the depth of each in that order (1 is the top).
    """
    children: dict[int | None, list[int]] = {}
    for node, above in enumerate(parent):
        children.setdefault(above, []).append(node)
    order: list[int] = []
    depths: list[int] = []
    stack = [(node, 1) for node in reversed(children.get(None, []))]
    while stack:
        node, depth = stack.pop()
        order.append(node)
        depths.append(depth)
        stack.extend((child, depth + 1) for child in reversed(children.get(node, [])))
    return order, depths


def find_cycle(start: Sequence[int], parents_of: Callable[[int], Sequence[int]]) -> list[int]:
    """Walk upwards from some nodes; return a cycle (first node repeated at its end), or nothing."""
    done: set[int] = set()
    for node in start:
        path: list[int] = []
        on_path: set[int] = set()
        stack = [(node, iter(parents_of(node)))] if node not in done else []
        while stack:
            at, above = stack[-1]
            if at not in on_path:
                path.append(at)
                on_path.add(at)
            following = next((other for other in above if other not in done), None)
            if following is None:
                done.add(at)
                on_path.discard(path.pop())
                stack.pop()
            elif following in on_path:
                return [*path[path.index(following) :], following]
            else:
                stack.append((following, iter(parents_of(following))))
    return []
