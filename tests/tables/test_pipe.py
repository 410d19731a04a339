r"""Pipe-delimited tables: every form in which people write them, and where their rows stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fhir_codesystem.tables.reading import read
from fhir_codesystem.tables.source import Source

if TYPE_CHECKING:
    from conftest import Project
    from fhir_codesystem.tables.table import Table

TWO = [["a", "A"], ["b", "B"]]

SAME_TABLE = {
    "no outer bars": "Code | Display\na | A\nb | B\n",
    "outer bars": "| Code | Display |\n| a | A |\n| b | B |\n",
    "a trailing bar": "Code | Display |\na | A |\nb | B |\n",
    "a leading bar": "| Code | Display\n| a | A\n| b | B\n",
    "no blanks": "Code|Display\na|A\nb|B\n",
    "no line end at the end": "Code | Display\na | A\nb | B",
    "tabs and blanks around cells": "Code \t|\t Display\n\ta\t|\tA\t\n  b  |  B  \n",
    "some rows with a trailing bar": "Code | Display\na | A |\nb | B\n",
    "the header alone with a trailing bar": "Code | Display |\na | A\nb | B\n",
    "some rows with outer bars": "| Code | Display |\na | A\n| b | B |\n",
    "several trailing bars": "Code | Display\na | A | | |\nb | B ||\n",
    "a separator row": "| Code | Display |\n| --- | --- |\n| a | A |\n| b | B |\n",
    "a separator row with alignment": "|Code|Display|\n|:-|-:|\n|a|A|\n|b|B|\n",
    "a separator row without outer bars": "Code | Display\n--- | :---:\na | A\nb | B\n",
    "blank lines": "\n \t\nCode | Display\n\na | A\n   \n\nb | B\n\n",
    "rows of bars only": "Code | Display\n|\na | A\n | |\nb | B\n||\n",
    "CR LF": "Code | Display\r\na | A\r\nb | B\r\n",
    "CR LF with a trailing bar": "Code | Display |\r\na | A |\r\nb | B |\r\n",
    "lone CR": "Code | Display\ra | A\rb | B\r",
    "CR LF and blank lines": "\r\nCode | Display\r\n\r\na | A\r\nb | B\r\n\r\n",
    "LF and CR LF": "Code | Display\na | A\r\nb | B\n",
}


def table_of(text: str) -> Table:
    reading = read(Source("table.txt", text.encode()))
    assert reading.table is not None
    assert reading.diagnostics == ()
    return reading.table


def cells_of(table: Table) -> list[list[str | None]]:
    names = [str(cell) for cell in range(len(table.header))]
    return [list(row) for row in table.frame.select(names).iter_rows()]


@pytest.mark.parametrize("text", SAME_TABLE.values(), ids=SAME_TABLE)
def test_every_form_is_the_same_table(text: str) -> None:
    table = table_of(text)
    assert table.header == ("Code", "Display")
    assert cells_of(table) == TWO


@pytest.mark.parametrize("text", SAME_TABLE.values(), ids=SAME_TABLE)
def test_rows_and_cells_know_their_places(text: str) -> None:
    table = table_of(text)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for cell in (0, 1):
        numbers = table.frame["line"].to_list()
        for place, row in zip(table.locate(numbers, cell), cells_of(table), strict=True):
            assert place.line is not None
            assert place.column is not None
            shown = row[cell]
            assert shown is not None
            assert lines[place.line - 1][place.column - 1 :].startswith(shown)
    heading = table.heading(1)
    assert heading.line is not None
    assert heading.column is not None
    assert lines[heading.line - 1][heading.column - 1 :].startswith("Display")


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        (r"a | x\|y", ["a", "x|y"]),
        (r"a | \|x", ["a", "|x"]),
        (r"a | x\|", ["a", "x|"]),
        (r"a | \|", ["a", "|"]),
        (r"a\|b | x\|y\|z", ["a|b", "x|y|z"]),
        (r"a | x\y", ["a", r"x\y"]),
        (r"a | x\\", ["a", "x\\\\"]),
        (r"a | x\\|y", ["a", r"x\|y"]),
        ("a | x\ufdd0y", ["a", "x\ufdd0y"]),
        ("a\ufdd0 | \ufdd1x\\|y", ["a\ufdd0", "\ufdd1x|y"]),
        ("\"a\" | 'x'", ['"a"', "'x'"]),
        ("a, b | x; y", ["a, b", "x; y"]),
        ("0020000D | 00080016", ["0020000D", "00080016"]),
        ("1e5 | 1,000.50", ["1e5", "1,000.50"]),
        ("null | NA", ["null", "NA"]),
        ("true | 2020-01-01", ["true", "2020-01-01"]),
        ("# a | # x", ["# a", "# x"]),
        ("--- | ---", ["---", "---"]),
        ("a\tb | x\ty", ["a\tb", "x\ty"]),
        ("a | x\u2028y", ["a", "x\u2028y"]),
        ("a | x\x0by\x0cz\x1cw", ["a", "x\x0by\x0cz\x1cw"]),
        ("😀 | 漢字 مرحبا", ["😀", "漢字 مرحبا"]),
        ("a | ", ["a", None]),
        (" | x", [None, "x"]),
    ],
)
def test_cells_are_taken_as_they_are(line: str, cells: list[str | None]) -> None:
    table = table_of(f"Code | Display\nfirst | row\n{line}\nlast | row\n")
    assert cells_of(table)[1] == cells
    assert table.frame["line"].to_list() == [2, 3, 4]
    for cell, text in enumerate(cells):
        (place,) = table.locate([3], cell)
        assert place.column is not None
        assert line[place.column - 1 :].replace("\\|", "|").startswith(text or "")


def test_a_leading_bar_keeps_a_blank_first_cell() -> None:
    table = table_of("| Lvl | Code | Display |\n| | a | A |\n|1|b||\n")
    assert cells_of(table) == [[None, "a", "A"], ["1", "b", None]]


@pytest.mark.parametrize(
    "text", ["Code\na\nb\n", "Code |\na |\nb |\n", "| Code |\n|---|\n| a |\n| b |\n"]
)
def test_a_single_column_needs_no_bar(text: str) -> None:
    table = table_of(text)
    assert table.header == ("Code",)
    assert cells_of(table) == [["a"], ["b"]]


def test_a_single_column_may_be_underlined() -> None:
    assert cells_of(table_of("Code\n----\na\n")) == [["a"]]


@pytest.mark.parametrize("codes", ["-", ":-", "--"])
def test_a_short_dash_below_a_header_without_outer_bars_is_a_code(codes: str) -> None:
    assert cells_of(table_of(f"Code\n{codes}\na\n")) == [[codes], ["a"]]


def test_only_the_line_below_the_header_can_be_a_separator() -> None:
    table = table_of("| Code | Display |\n| a | A |\n| --- | --- |\n")
    assert cells_of(table) == [["a", "A"], ["---", "---"]]


def test_the_header_alone_is_a_table_without_rows() -> None:
    table = table_of("Code | Display\n")
    assert cells_of(table) == []
    assert table.header_line == 1


def test_lines_are_counted_over_blank_ones() -> None:
    table = table_of("\n\nCode | Display\n\na | A\n | \n\nb | B\n")
    assert table.header_line == 3
    assert table.frame["line"].to_list() == [5, 8]


def test_columns_are_counted_in_characters() -> None:
    table = table_of("Code | Display\n😀é | x\n")
    assert [place.column for place in table.locate([2], 1)] == [6]


def test_the_order_of_the_lines_asked_for_is_that_of_the_places() -> None:
    table = table_of("Code | Display\na | A\nbbb | B\n")
    assert [(each.line, each.column) for each in table.locate([3, 2, 3], 1)] == [
        (3, 7),
        (2, 5),
        (3, 7),
    ]


@pytest.mark.parametrize(
    ("table", "found"),
    [
        ("Code | Display\na | A\n", []),
        ("Code | Display\na\n", ["CS109 2:2"]),
        ("Code | Display | Definition\na | A\nb\nc | C | x\n", ["CS109 2:6", "CS109 3:2"]),
        ("| Code | Display |\n| a |\n", []),
        ("Code | Display\na | A | x\n", ["CS108 2:9"]),
        ("Code | Display\na | A || x | y\n", ["CS108 2:8"]),
        ("| Code | Display |\n| a | A | x |\n", ["CS108 2:11"]),
        (
            "Code | Display |\na | A | x\n\nb\nc | C | D |\n",
            ["CS108 2:9", "CS109 4:2", "CS108 5:9"],
        ),
        ("Code | Display\na | A | |\n", []),
        ("\n\n", ["CS104"]),
        ("", ["CS104"]),
        (" \t\r\n", ["CS104"]),
        ("\ufeff\n", ["CS104"]),
        ("Code | Display\n | A\n", ["CS110 2:1"]),
        ("| Code | Display |\n| | A |\n| b | B |\n", ["CS110 2:2"]),
        ("Display | Code\nA |\n", ["CS110 2:4"]),
    ],
)
def test_ragged_and_blank_rows_are_told(table: str, found: list[str], project: Project) -> None:
    assert project.found(table, of="CS10") + project.found(table, of="CS11") == found


def test_a_short_row_builds_with_blank_cells_and_a_long_one_does_not(project: Project) -> None:
    short = project.build("Code | Display | Definition\na | A\n")
    assert short.resource["concept"] == [{"code": "a", "display": "A"}]
    assert not project.build("Code | Display\na | A | x\n").ok


def test_what_is_left_over_is_quoted_and_bars_are_explained(project: Project) -> None:
    built = project.build("Code | Display\na | left | right | end\n")
    (found,) = [each for each in built.diagnostics if each.rule.number == "CS108"]
    assert found.message.endswith(": 'right | end'")
    assert found.hint is not None
    assert r"\|" in found.hint


def test_twenty_findings_of_a_rule_are_told_and_the_rest_is_counted(project: Project) -> None:
    rows = "".join(f"c{row} | x | {row}\n" for row in range(33))
    found = project.build(f"Code | Display\n{rows}").diagnostics
    long = [each for each in found if each.rule.number == "CS108"]
    assert [each.location.line for each in long] == list(range(2, 22))
    assert [each.more for each in long] == [0] * 19 + [13]


def test_a_column_without_a_name_is_not_dropped_silently(project: Project) -> None:
    assert project.found("Code | | Display\na | x | A\n", of="CS10") == ["CS107 1:7"]
    assert project.found("Code | | Display\na | | A\n", of="CS10") == []


def test_bars_at_the_ends_of_rows_alone_are_understood_or_refused(project: Project) -> None:
    """Under a header without outer bars: no code may come out in the wrong column."""
    built = project.build("Code | Display\n| a | A |\n")
    if built.ok:
        assert built.resource["concept"] == [{"code": "a", "display": "A"}]
    else:
        assert "CS110 2:1" in project.brief(built.diagnostics)
        assert "CS425 8:10" not in project.brief(built.diagnostics)


def test_many_lines_give_the_same_as_few() -> None:
    """Above a size lines are split on all cores: rows, order and line numbers stay."""
    rows = [[f"c{row}", f"x{row} \\| " + "y" * 30] for row in range(40_000)]
    text = "Code | Display\n" + "".join(f"{code} | {display}\n\n" for code, display in rows)
    assert len(text) > 2**20
    table = table_of(text)
    assert table.frame["line"].to_list() == list(range(2, 80_002, 2))
    assert table.frame["0"].to_list() == [code for code, _ in rows]
    assert table.frame["1"].to_list() == [display.replace("\\|", "|") for _, display in rows]


def test_a_line_of_many_cells_is_no_header(project: Project) -> None:
    assert project.found("a|" * 20_000 + "\n", of="CS1") == ["CS112 1:1"]


@pytest.mark.parametrize(
    ("text", "line", "above"),
    [
        ("Codes of X\n\nCode | Display\na | A\nb | B\n", 3, ["CS120 1:1"]),
        ("Codes of X,\nas of 2024.\nCode | Display\na | A\nb | B\n", 3, ["CS120 1:1"]),
        ("# Codes\nTerm | Code | or\n", 2, ["CS120 1:1"]),
        ("Kürzel\n\nId | Text\na | A\nb | B\n", 3, ["CS120 1:1"]),
        ("Code\na\nCode | Display\n", 1, ["CS108 3:8"]),
        ("Kürzel | Text\nCode | Display\n", 1, []),
    ],
)
def test_lines_above_the_header_are_left_out_and_told(
    text: str, line: int, above: list[str], project: Project
) -> None:
    reading = read(Source("table.txt", text.encode()))
    assert reading.table is not None
    assert reading.table.header_line == line
    assert project.brief(reading.diagnostics) == above


def test_the_only_table_is_table_one(project: Project) -> None:
    table = "Codes of X\n\nCode | Display\na | A\n"
    assert "CS123 2:10" in project.found(table, "build:\n  table: Other\n", of="CS123")
    for wanted in ("1", "codes of  x"):
        assert project.found(table, f"build:\n  table: {wanted}\n", of="CS123") == []


@pytest.mark.parametrize(
    ("text", "cell", "indents"),
    [
        ("Code | Display\na | A\n  b | B\n    c | C\n\n  d | D\n", 0, [0, 2, 4, 2]),
        ("| Code | Display |\n| a | A |\n|   b | B |\n", 0, [0, 2]),
        ("Code | Display\na | A\nb |  B\nc |\n", 1, [0, 1, 0]),
        ("Code | Display\n  a | A\n  b | B\n", 0, [0, 0]),
        ("Code | Display\n  1 | A\n 10 | B\n100 | C\n", 0, None),
    ],
)
def test_blanks_before_a_text_are_its_indentation(
    text: str, cell: int, indents: list[int] | None
) -> None:
    found = table_of(text).places.indents(cell)
    assert (None if found is None else found.to_list()) == indents
