"""Where the hierarchy of a table stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Project

NBSP = "\N{NO-BREAK SPACE}"
COMPLETE = (
    "id: table\nurl: http://example.org/table\nstatus: draft\ncaseSensitive: true\n"
    "hierarchyMeaning: is-a\ncontent: complete\n"
)


def by(setting: str) -> str:
    return f"{COMPLETE}build:\n  hierarchy: {setting}\n"


@pytest.mark.parametrize(
    ("table", "setting", "tree"),
    [
        ("Lvl | Code\n1 | a\n2 | b\n", "auto", ["a", ".b"]),
        ("Lvl | Code\n1 | a\n1.1 | b\n1.1.1 | c\n1.2. | d\n2 | e\n", "auto", "a .b ..c .d e"),
        ("Lvl | Code\n1 | a\n2.7 | b\n", "outline", "a .b"),
        (f"Code | Display\na | A\n{NBSP}b | B\n{NBSP}{NBSP}c | C\n", "auto", "a .b ..c"),
        (f"Code | Display\na | A\nb | {NBSP}B\nc | {NBSP}C\n", "auto", "a .b .c"),
        ("Code | Display\na | A\n..b | B\n....c | C\n..d | D\n", "indent", "a .b ..c .d"),
        ("Code | Display\na | A\n- b | B\n-- c | C\n", "indent", "a .b ..c"),
        ("Code | Display | Parent\nb | B | a\na | A |\nc | C | b\n", "auto", "a .b ..c"),
        ("Code\nA\nA1\nA12\nB\nA2\n", "prefix", "A .A1 ..A12 .A2 B"),
        ("Code\nA\nA1\n", "auto", "A A1"),
        ("Lvl | Code\n1 | a\n2 | b\n", "none", "a b"),
    ],
)
def test_the_hierarchy_is_found(
    table: str, setting: str, tree: str | list[str], project: Project
) -> None:
    built = project.build(table, by(setting))
    assert built.ok, built.diagnostics
    wanted = tree.split() if isinstance(tree, str) else tree
    assert project.outline(built.resource) == wanted


def test_the_marks_of_an_indentation_are_no_part_of_the_texts(project: Project) -> None:
    built = project.build(f"Code | Display\na | A\n{NBSP}{NBSP}b | B\n")
    assert built.resource["concept"][0]["concept"] == [{"code": "b", "display": "B"}]
    assert "CS111" not in {each.rule.number for each in built.diagnostics}


def test_several_parents_are_split_where_that_is_certain(project: Project) -> None:
    built = project.build("Code | Parent\na |\nb |\nc | a, b\n")
    assert project.outline(built.resource) == ["a", ".c", "b"]
    assert project.concepts(built.resource)["c"]["property"] == [
        {"code": "parent", "valueCode": "b"}
    ]


def test_a_repeated_row_can_name_a_second_parent(project: Project) -> None:
    built = project.build("Code | Display | Parent\na | A |\nb | B |\nc | C | a\nc | C | b\n")
    assert project.outline(built.resource) == ["a", ".c", "b"]
    assert project.concepts(built.resource)["c"]["property"] == [
        {"code": "parent", "valueCode": "b"}
    ]
    (found,) = [each for each in built.diagnostics if each.rule.number == "CS213"]
    assert (found.location.line, found.location.column) == (5, 1)


def test_parents_in_any_case_where_case_does_not_count(project: Project) -> None:
    metadata = COMPLETE.replace("caseSensitive: true", "caseSensitive: false")
    built = project.build("Code | Parent\nAa |\nb | AA\naa |\n", metadata)
    assert project.outline(built.resource) == ["Aa", ".b"]


def test_a_parent_that_is_no_code_is_told_at_its_cell(project: Project) -> None:
    assert project.found("Code | Parent\na |\nb | x\n", of="CS20") == ["CS207 3:5"]


@pytest.mark.parametrize("table", ["a | a\n", "a | b\nb | c\nc | a\n"])
def test_a_cycle_of_parents_is_told(table: str, project: Project) -> None:
    assert project.found(f"Code | Parent\nz |\n{table}", of="CS217") == ["CS217 3:1"]


def test_a_chain_of_parents_can_be_too_long(project: Project) -> None:
    rows = "".join(f"c{n} | {f'c{n - 1}' if n else ''}\n" for n in range(102))
    assert project.found(f"Code | Parent\n{rows}", of="CS204") == ["CS204 102:1"]
    flat = by("{by: parent, as: parent-property}")
    built = project.build(f"Code | Parent\n{rows}", flat)
    assert len(built.resource["concept"]) == 102


def test_beside_levels_a_column_of_parents_is_a_property(project: Project) -> None:
    built = project.build("Lvl | Code | Parent\n1 | a |\n1 | b |\n2 | c | a\n")
    assert project.outline(built.resource) == ["a", "b", ".c"]
    assert project.concepts(built.resource)["c"]["property"] == [
        {"code": "parent", "valueCode": "a"}
    ]
