"""From levels to a tree: what the levels may be, what is told, and how the tree is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from fhir_codesystem.concepts.hierarchy import arrange, find_cycle, parents

if TYPE_CHECKING:
    from conftest import Project

PARENT = "http://hl7.org/fhir/concept-properties#parent"
BY_PROPERTY = "build:\n  hierarchy: {as: parent-property}\n"
METADATA = """\
id: table
url: http://example.org/table
name: Table
title: Table
status: draft
caseSensitive: true
hierarchyMeaning: is-a
content: complete
"""


def rows(*lines: str) -> str:
    """Write rows of ``level code``, each code its own display."""
    return "Lvl | Code | Display\n" + "".join(
        f"{level} | {code} | {code}\n"
        for level, _, code in (line.rpartition(" ") for line in lines)
    )


@pytest.mark.parametrize(
    ("lines", "outline"),
    [
        (["1 a"], ["a"]),
        (["1 a", "1 b"], ["a", "b"]),
        (["1 a", "2 b", "3 c", "2 d", "1 e"], ["a", ".b", "..c", ".d", "e"]),
        (["1 a", "2 b", "3 c", "4 d", "1 e"], ["a", ".b", "..c", "...d", "e"]),
        (["1 z", "2 y", "2 x", "1 w", "2 v"], ["z", ".y", ".x", "w", ".v"]),
        (["01 a", "02 b"], ["a", ".b"]),
    ],
)
def test_levels_are_a_tree(lines: list[str], outline: list[str], project: Project) -> None:
    assert project.outline(project.build(rows(*lines)).resource) == outline
    assert project.found(rows(*lines), of="CS2") == []


def test_a_table_without_levels_is_flat(project: Project) -> None:
    built = project.build("Code | Display\na | A\nb | B\n")
    assert project.outline(built.resource) == ["a", "b"]


def test_levels_from_zero_are_raised_and_that_is_said_once(project: Project) -> None:
    table = rows("0 a", "1 b", "2 c", "0 d")
    assert project.outline(project.build(table).resource) == ["a", ".b", "..c", "d"]
    assert project.found(table, of="CS2") == ["CS205 2:1"]


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["2 a", "2 b"], ["CS202 2:1"]),
        (["7 a", "1 b"], ["CS202 2:1"]),
        (["1 a", "3 b"], ["CS203 3:1"]),
        (["1 a", "3 b", "4 c", "2 d", "4 e"], ["CS203 3:1", "CS203 6:1"]),
        (["0 a", "2 b"], ["CS205 2:1", "CS203 3:1"]),
        (["1 a", "x b", "2 c"], ["CS201 3:1"]),
        (["1 a", " b"], ["CS201 3:1"]),
        ([" a"], ["CS201 2:1"]),
        (["-1 a"], ["CS201 2:1"]),
        (["1 a", "0 b"], ["CS201 3:1"]),
        (["0 a", "-1 b"], ["CS205 2:1", "CS201 3:1"]),
        (["1.0 a", "1,5 b", "1e0 c", "I d", "½ e"], [f"CS201 {line}:1" for line in range(2, 7)]),
        (["99999999999 a"], ["CS201 2:1"]),
        (["1 a", "2147483648 b"], ["CS201 3:1"]),
        (["1 a", "2147483647 b"], ["CS203 3:1"]),
    ],
)
def test_levels_that_make_no_tree_are_told(
    lines: list[str], found: list[str], project: Project
) -> None:
    assert project.found(rows(*lines), of="CS2") == found
    assert not project.build(rows(*lines)).ok


def test_a_jump_says_what_is_missing(project: Project) -> None:
    built = project.build(rows("1 a", "3 b"))
    (found,) = [each for each in built.diagnostics if each.rule.number == "CS203"]
    assert found.message == "level 3 follows level 1: the one between is missing"


def test_after_a_bad_level_the_other_rows_are_still_checked(project: Project) -> None:
    table = "Lvl | Code | Display\n1 | a | A\nx | b | B\n1 | a  b | C\n9 | d | D\n"
    told = project.found(table)
    assert [each for each in told if each.startswith(("CS2", "CS441"))] == [
        "CS201 3:1",
        "CS441 4:5",
        "CS203 5:1",
    ]


def test_after_a_jump_the_row_stands_at_the_nearest_level(project: Project) -> None:
    table = rows("1 a", "3 b", "1 a", "2 b")
    assert project.found(table, of="CS2") == ["CS203 3:1", "CS211 4:5"]


@pytest.mark.parametrize(("levels", "ok"), [(100, True), (101, False)])
def test_a_hundred_levels_can_be_nested(levels: int, ok: bool, project: Project) -> None:
    table = rows(*(f"{level} c{level}" for level in range(1, levels + 1)))
    built = project.build(table)
    assert built.ok == ok
    assert project.found(table, of="CS2") == ([] if ok else ["CS204 102:1"])
    if ok:
        assert project.outline(built.resource) == [
            "." * depth + f"c{depth + 1}" for depth in range(100)
        ]


def test_ten_thousand_levels_are_one_finding_or_properties(project: Project) -> None:
    table = rows(*(f"{level} c{level}" for level in range(1, 10_001)))
    assert project.found(table, of="CS2") == ["CS204 102:1"]
    built = project.build(table, METADATA + BY_PROPERTY)
    assert len(built.resource["concept"]) == 10_000
    assert built.resource["concept"][-1]["property"] == [{"code": "parent", "valueCode": "c9999"}]


def test_the_hierarchy_can_be_stated_by_properties(project: Project) -> None:
    table = rows("1 a", "2 b", "3 c", "1 d", "2 e")
    resource = project.build(table, METADATA + BY_PROPERTY).resource
    assert project.outline(resource) == ["a", "b", "c", "d", "e"]
    values = {
        concept["code"]: [(each["code"], each["valueCode"]) for each in concept["property"]]
        for concept in resource["concept"]
        if "property" in concept
    }
    assert values == {"b": [("parent", "a")], "c": [("parent", "b")], "e": [("parent", "d")]}
    (declared,) = resource["property"]
    assert (declared["code"], declared["uri"], declared["type"]) == ("parent", PARENT, "code")
    assert project.found(table, METADATA + BY_PROPERTY, of="CS4") == ["CS444 1:1"]


def test_further_parents_join_the_first_in_properties(project: Project) -> None:
    table = rows("1 a", "2 c", "1 b", "2 c")
    resource = project.build(table, METADATA + BY_PROPERTY).resource
    assert [each["valueCode"] for each in resource["concept"][1]["property"]] == ["a", "b"]


def test_a_flat_table_declares_no_property(project: Project) -> None:
    for metadata in (METADATA, METADATA + BY_PROPERTY):
        resource = project.build(rows("1 a", "1 b"), metadata).resource
        assert "property" not in resource
        assert project.outline(resource) == ["a", "b"]


def test_a_declared_parent_property_is_used_under_its_own_code(project: Project) -> None:
    declared = f"property:\n- {{code: up, uri: '{PARENT}', type: code}}\n"
    resource = project.build(rows("1 a", "2 b"), METADATA + declared + BY_PROPERTY).resource
    assert [each["code"] for each in resource["property"]] == ["up"]
    assert resource["concept"][1]["property"] == [{"code": "up", "valueCode": "a"}]


@pytest.mark.parametrize("build", ["", BY_PROPERTY])
def test_a_property_of_another_meaning_cannot_hold_parents(build: str, project: Project) -> None:
    declared = "property:\n- {code: parent, uri: 'http://example.org/p#parent', type: string}\n"
    table = rows("1 a", "2 c", "1 b", "2 c")
    assert not project.build(table, METADATA + declared + build).ok
    assert project.build(rows("1 a"), METADATA + declared + build).ok


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([], []),
        ([1], [None]),
        ([1, 2, 3, 2, 1, 2], [None, 0, 1, 0, None, 4]),
        ([1, 1, 2, 2, 3, 3, 2], [None, None, 1, 1, 3, 3, 1]),
    ],
)
def test_the_parent_is_the_last_row_one_level_higher(
    levels: list[int], expected: list[int | None]
) -> None:
    assert parents(pl.Series(levels, dtype=pl.Int32)).to_list() == expected


def test_nodes_are_put_before_their_children_and_stay_in_order() -> None:
    #   0      3
    #   1 4    2 6
    #          5
    order, depths = arrange([None, 0, 3, None, 0, 2, 3])
    assert order == [0, 1, 4, 3, 2, 5, 6]
    assert depths == [1, 2, 2, 1, 2, 3, 2]


@pytest.mark.parametrize(
    ("above", "cycle"),
    [
        ({}, []),
        ({0: [1], 1: [2], 2: []}, []),
        ({0: [1, 2], 1: [3], 2: [3], 3: []}, []),
        ({0: [0]}, [0, 0]),
        ({0: [1], 1: [0]}, [0, 1, 0]),
        ({0: [1], 1: [2], 2: [3], 3: [1]}, [1, 2, 3, 1]),
        ({0: [1, 2], 1: [], 2: [3], 3: [0]}, [0, 2, 3, 0]),
    ],
)
def test_a_cycle_is_found_with_its_path(above: dict[int, list[int]], cycle: list[int]) -> None:
    assert find_cycle(sorted(above), lambda node: above[node]) == cycle


def test_a_long_chain_is_no_cycle() -> None:
    assert find_cycle([0], lambda node: [node + 1] if node < 100_000 else []) == []
