"""What the columns of a table mean, and how their cells are repaired."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fhir_codesystem import check
from fhir_codesystem.concepts.headers import folded

if TYPE_CHECKING:
    from conftest import Project

FULL = {"code": "a", "display": "A", "definition": "x"}
SETTINGS = "id: x\nurl: http://example.org/x\nstatus: draft\ncontent: complete\nbuild:\n  columns: "


def cells(line: str) -> str:
    """Write a line of words as a row with bars."""
    return " | ".join(line.split()) + "\n"


@pytest.mark.parametrize(
    "header",
    [
        "Code | Display | Definition",
        "code | display | definition",
        "CODE | DISPLAY | DEFINITION",
        "  Code|Display|Definition  ",
        "C o d e | Dis play | Def\u00a0inition",
        "\u200bCode\u200b | Dis\u00adplay | \ufeffDefinition",
        "**Code** | _Display_ | `Definition`",
        "Concept Code | Display Name | Description",
        "concept_code | display-name | description:",
        "code | Name | definition",
        "Code | Term | Description",
    ],
)
def test_the_name_of_a_column_may_be_written_in_many_ways(header: str, project: Project) -> None:
    table = f"{header}\na | A | x\n"
    assert project.build(table).resource["concept"] == [FULL]
    assert project.found(table, of="CS1") == []


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Display Code Definition", "A a x"),
        ("Definition Display Code", "x A a"),
        ("Definition Code Display Lvl", "x a A 1"),
        ("Level Definition Code Display", "1 x a A"),
        ("Term Lvl Description Code", "A 1 x a"),
    ],
)
def test_columns_stand_in_any_order(header: str, row: str, project: Project) -> None:
    table = cells(header) + cells(row)
    assert project.build(table).resource["concept"] == [FULL]
    assert project.found(table, of="CS1") == []


@pytest.mark.parametrize(
    ("header", "row", "concept"),
    [
        ("Code", "a", {"code": "a"}),
        ("Code Display", "a A", {"code": "a", "display": "A"}),
        ("Code Definition", "a x", {"code": "a", "definition": "x"}),
        ("Lvl Code", "1 a", {"code": "a"}),
    ],
)
def test_only_the_code_is_needed(
    header: str, row: str, concept: dict[str, str], project: Project
) -> None:
    assert project.build(cells(header) + cells(row)).resource["concept"] == [concept]


@pytest.mark.parametrize(
    ("table", "found"),
    [
        ("Code | Name | Display\na | n | A\n", ["CS113 1:8"]),
        ("Code | Display | Term | Definition\na | A | t | x\n", ["CS113 1:18"]),
        ("Code | Description | Definition\na | d | x\n", ["CS113 1:8"]),
        ("| # | Code | Status |\n| 1 | a | s |\n", ["CS107 1:3", "CS113 1:14"]),
        ("Code | Term | Name\na | A | B\n", ["CS106 1:15"]),
        ("Code | Display | display\na | A | B\n", ["CS106 1:18"]),
        ("Lvl | Level | Code\n1 | 1 | a\n", ["CS113 1:1"]),
        ("Lvl | LVL | Code\n1 | 1 | a\n", ["CS106 1:7"]),
        ("Code | CODE | Display\na | b | A\n", ["CS106 1:8"]),
        ("Display | Definition\nA | x\n", ["CS105 1:1"]),
        ("Term | Name\nA | B\n", ["CS105 1:1", "CS106 1:8"]),
        ("Code:Display\na:A\n", ["CS105 1:1"]),
        ("Kürzel\na\n", ["CS105 1:1"]),
    ],
)
def test_headers_that_are_not_clear_are_told(
    table: str, found: list[str], project: Project
) -> None:
    assert project.found(table, of="CS1") == found


def test_the_exact_name_wins_over_a_synonym(project: Project) -> None:
    built = project.build("Code | Name | Display | Term\na | n | A | t\n")
    (concept,) = built.resource["concept"]
    assert concept["display"] == "A"
    inferred = [each for each in built.diagnostics if each.rule.number == "CS113"]
    assert [each.message for each in inferred] == [
        "the column 'Name' became the property name (string)",
        "the column 'Term' became the property term (string)",
    ]


def test_a_repeated_column_names_the_first(project: Project) -> None:
    built = project.build("Code | Term | Name\na | A | B\n")
    (found,) = [each for each in built.diagnostics if each.rule.number == "CS106"]
    assert found.message == "the columns 'Term' and 'Name' are both the display"
    assert [(each.location.line, each.location.column) for each in found.related] == [(1, 8)]
    assert not built.ok


def test_columns_that_are_not_used_are_counted_beyond_twenty(project: Project) -> None:
    found = project.build(f"Code {'| ' * 30}\na {'| x ' * 30}\n").diagnostics
    unused = [each for each in found if each.rule.number == "CS107"]
    assert [each.more for each in unused] == [0] * 19 + [9]


@pytest.mark.parametrize(
    ("columns", "header", "concept"),
    [
        ("{Kürzel: code}", "Kürzel | Display", {"code": "a", "display": "A"}),
        ("{kürzel: code, TEXT: definition}", "KÜRZEL | Text", {"code": "a", "definition": "A"}),
        ("{Display: code, Code: display}", "Code | Display", {"code": "A", "display": "a"}),
        ("{Term: display}", "Code | Term", {"code": "a", "display": "A"}),
        ("{Display: definition}", "Code | Display", {"code": "a", "definition": "A"}),
        ("{Display: ignore}", "Code | Display", {"code": "a"}),
    ],
)
def test_the_settings_say_what_a_column_is(
    columns: str, header: str, concept: dict[str, str], project: Project
) -> None:
    table, metadata = f"{header}\na | A\n", f"{SETTINGS}{columns}\n"
    assert project.build(table, metadata).resource["concept"] == [concept]
    assert project.found(table, metadata, of="CS1") == []


@pytest.mark.parametrize(
    ("columns", "header", "found"),
    [
        ("{Gone: display}", "Code | Display", ["CS309 6:13"]),
        ("{Code: ignore}", "Code | Display", ["CS105 1:1"]),
        ("{Name: display}", "Code | Term | Name", ["CS113 1:8"]),
        ("{Term: ignore}", "Code | Term | Name", []),
        ("{X: display, Y: display}", "Code | X | Y", ["CS106 1:12"]),
        ("{Gone: display, Away: code}", "Code | Display", ["CS309 6:13", "CS309 6:28"]),
    ],
)
def test_settings_that_do_not_fit_the_table_are_told(
    columns: str, header: str, found: list[str], project: Project
) -> None:
    row = " | ".join("abc"[: header.count("|") + 1])
    metadata = f"{SETTINGS}{columns}\n"
    told = project.found(f"{header}\n{row}\n", metadata)
    assert [each for each in told if each.startswith(("CS1", "CS309"))] == found


def test_two_settings_of_one_column_are_told(project: Project) -> None:
    metadata = f"{SETTINGS}{{Term: display, TERM: definition}}\n"
    built = project.build("Code | Term\na | A\n", metadata)
    errors = [each for each in built.diagnostics if each.severity.value == "error"]
    assert [str(each.location).rpartition("table.yaml")[2] for each in errors] == [":6:28"]


def test_an_unknown_column_is_told_with_those_there_are(project: Project) -> None:
    built = project.build("Code | Display\na | A\n", f"{SETTINGS}{{Displya: display}}\n")
    (found,) = [each for each in built.diagnostics if each.rule.number == "CS309"]
    assert found.message == "the table has no column 'Displya'; it has 'Code', 'Display'"


@pytest.mark.parametrize(
    ("cell", "code", "display"),
    [
        ("a\u00a0b", "a b", "a b"),
        ("\u00a0ab\u00a0", "ab", "ab"),
        ("a\u200bb", "ab", "ab"),
        ("a\u00adb", "ab", "ab"),
        ("\ufeffab", "ab", "ab"),
        ("ab\u2060", "ab", "ab"),
        ("a\u2028b", "a b", "a b"),
        ("a\u034fb", "ab", "ab"),
        ("a\u180eb", "ab", "ab"),
        ("a\ufff9b", "ab", "ab"),
        ("a\x07b", "ab", "ab"),
        ("a\x7fb", "ab", "ab"),
        ("a\u2003b", "a b", None),
        ("a\u202fb", "a b", None),
        ("a\u3000b", "a b", None),
        ("a\u200db", "ab", None),
        ("a\u200cb", "ab", None),
        ("a\u200eb", "ab", None),
        ("a\u202eb", "ab", None),
    ],
    ids=ascii,
)
def test_what_nobody_sees_is_repaired_and_said(
    cell: str, code: str, display: str | None, project: Project
) -> None:
    """None: the character stays in texts, some script or typography needs it there."""
    table = f"Code | Display\n{cell} | A\nc | {cell}\n"
    first, second = project.build(table).resource["concept"]
    assert first["code"] == code
    assert second["display"] == (display or cell)
    assert project.found(table, of="CS1") == ["CS111 2:1"] + ["CS111 3:5"] * (display is not None)


def test_the_character_is_named(project: Project) -> None:
    built = project.build("Code | Display\na\u00a0b | A\u200bB\nc\u00add | x\x07y\n")
    told = [each.message for each in built.diagnostics if each.rule.number == "CS111"]
    names = ["no-break space (U+00A0)", "zero width space (U+200B)"]
    names += ["soft hyphen (U+00AD)", "control character (U+0007)"]
    assert len(told) == len(names)
    assert [name for name, message in zip(names, told, strict=True) if name not in message] == []


def test_a_cell_of_nothing_visible_is_blank(project: Project) -> None:
    table = "Code | Display\na | \u00a0\u200b\n\u200b | B\n\u00a0 | \u00a0\n"
    assert project.found(table, of="CS11") == [
        "CS111 2:5",
        "CS110 3:1",
        "CS111 3:1",
        "CS111 4:1",
        "CS111 4:5",
    ]


def test_codes_that_are_equal_after_the_repair_are_one(project: Project) -> None:
    built = project.build("Code | Display\nab | A\na\u200bb | A\n")
    assert built.resource["concept"] == [{"code": "ab", "display": "A"}]
    assert project.found("Code | Display\nab | A\na\u200bb | A\n", of="CS2") == ["CS211 3:1"]


@pytest.mark.parametrize("code", ["a  b", "a\tb", "a   b c"])
def test_blanks_in_a_code_are_not_guessed(code: str, project: Project) -> None:
    table = f"Code | Display\n{code} | A\n"
    assert project.found(table, of="CS441") == ["CS441 2:1"]
    assert not project.build(table).ok


def test_a_level_is_repaired_too(project: Project) -> None:
    table = "Lvl | Code | Display\n1\u00a0 | a | A\n\u200b2 | b | B\n"
    assert project.outline(project.build(table).resource) == ["a", ".b"]
    assert project.found(table, of="CS1") == ["CS111 2:1", "CS111 3:1"]


@pytest.mark.parametrize(
    ("name", "fold"),
    [
        ("Display Name", "displayname"),
        ("ÜBER_x-1", "überx1"),
        ("\u00a0#\u200b", ""),
        ("Straße", "strasse"),
    ],
)
def test_names_are_folded(name: str, fold: str) -> None:
    assert folded(name) == fold


def test_a_cell_of_an_odd_space_alone_is_no_indentation(project: Project) -> None:
    built = project.build("Code | Display\na | A\nb | \x85\n")
    assert "CS206" not in [each.rule.number for each in built.diagnostics]
    assert built.resource["concept"] == [{"code": "a", "display": "A"}, {"code": "b"}]


def test_concepts_without_a_definition_are_counted_as_the_source_counts() -> None:
    text = '[{"Code": "a", "Definition": "A"}, {"Code": "b"}]'
    told = [each.message for each in check(text.encode()) if each.rule.number == "CS444"]
    assert told == ["1 of 2 concept has no definition: 'b' (item 2)"]
