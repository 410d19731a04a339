"""Levels, trees and cycles, against implementations that are slow and plain."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

import fhir_codesystem
from fhir_codesystem.concepts import hierarchy
from fhir_codesystem.concepts.table import ConceptTable, links

from .forests import flattened, levels
from .forests import parents as plain_parents
from .profiles import examples

Parents = list[int | None]
Graph = list[list[int]]


@st.composite
def trees(draw: st.DrawFn) -> Parents:
    """Draw trees whose nodes stand in any order: each names its parent, none is above itself."""
    size = draw(st.integers(0, 12))
    order = draw(st.permutations(range(size)))
    parent: Parents = [None] * size
    for place, node in enumerate(order):
        if place and draw(st.integers(0, 4)):
            parent[node] = order[draw(st.integers(0, place - 1))]
    return parent


def graphs() -> st.SearchStrategy[Graph]:
    """Draw graphs, with cycles or without: a list of parents for each node."""
    return st.integers(1, 8).flatmap(
        lambda size: st.lists(
            st.lists(st.integers(0, size - 1), max_size=2), min_size=size, max_size=size
        )
    )


@given(levels(40))
@examples(150)
def test_parents_are_the_last_rows_one_level_higher(depths: list[int]) -> None:
    found = hierarchy.parents(pl.Series(depths, dtype=pl.Int32))
    assert found.to_list() == plain_parents(depths)
    assert found.dtype == pl.UInt32


@given(trees())
@examples(150)
def test_arranged_nodes_stand_in_pre_order(parent: Parents) -> None:
    expected: list[tuple[int, int]] = []

    def visit(below: int | None, depth: int) -> None:
        for node, above in enumerate(parent):
            if above == below:
                expected.append((node, depth))
                visit(node, depth + 1)

    visit(None, 1)
    order, depths = hierarchy.arrange(parent)
    assert list(zip(order, depths, strict=True)) == expected
    assert sorted(order) == list(range(len(parent)))


def above(graph: Graph, start: list[int]) -> set[int]:
    """Return the nodes above some nodes, by any number of steps, they themselves left out."""
    found: set[int] = set()
    waiting = [other for node in start for other in graph[node]]
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += graph[node]
    return found


@given(graphs(), st.data())
@examples(200)
def test_a_cycle_is_found_where_there_is_one(graph: Graph, data: st.DataObject) -> None:
    start = data.draw(st.lists(st.integers(0, len(graph) - 1), unique=True))
    cycle = hierarchy.find_cycle(start, graph.__getitem__)
    cyclic = [node for node in {*start, *above(graph, start)} if node in above(graph, [node])]
    assert bool(cycle) == bool(cyclic)
    if cycle:
        assert cycle[0] == cycle[-1]
        assert len(set(cycle)) == len(cycle) - 1
        assert all(parent in graph[node] for node, parent in pairwise(cycle))
        assert set(cycle) <= {*start, *above(graph, start)}


@given(levels(30))
@examples(100)
def test_an_expression_leads_to_its_concept(depths: list[int]) -> None:
    codes = [f"c{number}" for number in range(len(depths))]
    resource: dict[str, Any] = {"concept": []}
    way = [resource["concept"]]
    for code, depth in zip(codes, depths, strict=True):
        concept: dict[str, Any] = {"code": code, "concept": []}
        del way[depth:]
        way[-1].append(concept)
        way.append(concept["concept"])
    blank = pl.Series([None] * len(codes), dtype=pl.String)
    frame = pl.DataFrame(
        {
            "line": pl.Series(range(2, len(codes) + 2), dtype=pl.UInt32),
            "code": codes,
            "display": blank,
            "definition": blank,
            "depth": pl.Series(depths, dtype=pl.Int32),
            "plain": [True] * len(codes),
        }
    )
    table = ConceptTable(frame, links([], []), links([], []))
    assert [resolved(resource, table.expression(row)) for row in range(len(codes))] == codes
    assert table.levels == max(depths)


def resolved(resource: dict[str, Any], expression: str) -> str:
    """Follow a path of names and numbers; return the code at its end."""
    first, *steps = expression.split(".")
    assert first == "CodeSystem"
    at: Any = resource
    for step in steps:
        name, number = step.removesuffix("]").split("[")
        at = at[name][int(number)]
    return str(at["code"])


@given(levels(12), st.data())
@examples(100)
def test_levels_that_make_no_tree_are_found_at_their_lines(
    depths: list[int], data: st.DataObject
) -> None:
    rows = st.integers(0, len(depths) - 1)
    odd = st.sampled_from(["", "x", "0", "-1", "1,5", "2", "3", "4", "9", "99999999999"])
    told = list(map(str, depths))
    for row, level in data.draw(st.dictionaries(rows, odd, max_size=3)).items():
        told[row] = level
    lines = [f"{level} | c{row} | C" for row, level in enumerate(told)]
    built = fhir_codesystem.build("\n".join(["Lvl | Code | Display", *lines]).encode())
    found = {(each.rule.number, each.location.line) for each in built.diagnostics}
    raised = told[0] == "0"
    numbers = [int(level) + raised if level in NUMBERS else 0 for level in told]
    wrong = {row for row, level in enumerate(numbers) if level < 1}
    steps = {
        row for row, (above, level) in enumerate(pairwise(numbers), 1) if level > above + 1 > 1
    }
    first = {0} if numbers[0] > 1 else set()
    for rule, expected in (("CS201", wrong), ("CS202", first), ("CS203", steps)):
        assert {line for number, line in found if number == rule} == {row + 2 for row in expected}
    assert built.ok == (not wrong | first | steps)
    if built.ok:
        levels_ = [row.level for row in flattened(built.resource["concept"])]
        assert levels_ == numbers


NUMBERS = {*map(str, range(-1, 61))}
