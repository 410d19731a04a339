r"""CSV, TSV and their kin (RFC 4180 and what people write beyond it)."""

from __future__ import annotations

import codecs
import csv
import io
import time
from typing import TYPE_CHECKING

import pytest

from fhir_codesystem.tables import delimited
from fhir_codesystem.tables.reading import read
from fhir_codesystem.tables.source import Source

if TYPE_CHECKING:
    from conftest import Project
    from fhir_codesystem.tables.table import Reading, Table

TWO = [["a", "A, or\nso"], ["b", 'a "B"']]

SAME_TABLE = {
    "commas": 'Code,Display\na,"A, or\nso"\nb,"a ""B"""\n',
    "semicolons": 'Code;Display\na;"A, or\nso"\nb;"a ""B"""\n',
    "tabs": 'Code\tDisplay\na\t"A, or\nso"\nb\t"a ""B"""\n',
    "carets": 'Code^Display\na^"A, or\nso"\nb^"a ""B"""\n',
    "broken bars": 'Code¦Display\na¦"A, or\nso"\nb¦"a ""B"""\n',
    "unit separators": 'Code\x1fDisplay\na\x1f"A, or\nso"\nb\x1f"a ""B"""\n',
    "all quoted": '"Code","Display"\n"a","A, or\nso"\n"b","a ""B"""\n',
    "blanks around quotes": 'Code, Display\n "a" , "A, or\nso" \nb , "a ""B"""\n',
    "CR LF": 'Code,Display\r\na,"A, or\r\nso"\r\nb,"a ""B"""\r\n',
    "lone CR": 'Code,Display\ra,"A, or\rso"\rb,"a ""B"""\r',
    "LF in a cell, CR LF elsewhere": 'Code,Display\r\na,"A, or\nso"\r\nb,"a ""B"""\r\n',
    "no line end at the end": 'Code,Display\na,"A, or\nso"\nb,"a ""B"""',
    "Excel's first line": 'sep=;\r\nCode;Display\r\na;"A, or\nso"\r\nb;"a ""B"""\r\n',
    "Excel's first line with a bar": 'sep=|\nCode|Display\na|"A, or\nso"\nb|"a ""B"""\n',
    "blank lines and rows": '\n\nCode,Display\n\na,"A, or\nso"\n,\n  \n"",""\nb,"a ""B"""\n\n',
    "further delimiters": 'Code,Display,,,\na,"A, or\nso",,,\nb,"a ""B""",,\n',
    "a quote that is text": 'Code,Display\na,"A, or\nso"\nb,a "B"\n',
}


def table_of(text: str, name: str = "table.txt") -> Table:
    reading = read(Source(name, text.encode()))
    assert reading.diagnostics == ()
    assert reading.table is not None
    return reading.table


def cells_of(table: Table) -> list[list[str | None]]:
    names = [str(cell) for cell in range(len(table.header))]
    return [list(row) for row in table.frame.select(names).iter_rows()]


def brief(reading: Reading) -> list[str]:
    return [
        f"{each.rule.number} {each.location.line}:{each.location.column}"
        for each in reading.diagnostics
    ]


@pytest.mark.parametrize("text", SAME_TABLE.values(), ids=SAME_TABLE)
def test_every_form_is_the_same_table(text: str) -> None:
    table = table_of(text)
    assert table.header == ("Code", "Display")
    assert cells_of(table) == TWO


@pytest.mark.parametrize("text", SAME_TABLE.values(), ids=SAME_TABLE)
def test_rows_and_cells_know_their_places(text: str) -> None:
    table = table_of(text)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for cell, column in enumerate(zip(*TWO, strict=True)):
        places = table.locate(table.frame["line"].to_list(), cell)
        for place, value in zip(places, column, strict=True):
            assert place.line is not None
            assert place.column is not None
            rest = lines[place.line - 1][place.column - 1 :]
            first = value.split("\n")[0]
            assert rest.removeprefix('"').replace('""', '"').startswith(first)
    heading = table.heading(1)
    assert heading.line is not None
    assert heading.column is not None
    assert lines[heading.line - 1][heading.column - 1 :].strip('"').startswith("Display")


@pytest.mark.parametrize(
    "data",
    [
        codecs.BOM_UTF8 + "Code;Display\nä;Käse\n".encode(),
        codecs.BOM_UTF16_LE + "Code;Display\nä;Käse\n".encode("utf-16-le"),
        codecs.BOM_UTF16_BE + "Code;Display\nä;Käse\n".encode("utf-16-be"),
    ],
)
def test_marked_encodings_are_read(data: bytes) -> None:
    reading = read(Source("table.csv", data))
    assert reading.table is not None
    assert reading.diagnostics == ()
    assert cells_of(reading.table) == [["ä", "Käse"]]


def test_windows_1252_is_recognised_and_said() -> None:
    reading = read(Source("table.csv", "Code;Display\nä;Käse\n".encode("cp1252")))
    assert reading.table is not None
    assert cells_of(reading.table) == [["ä", "Käse"]]
    assert brief(reading) == ["CS102 2:1"]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ("Code;Display\nä;Käse\n".encode() + "b;Öl\n".encode("cp1252"), "CS103 3:3"),
        (b"%PDF-1.7\nCode;Display\na;A\n", "CS101 None:None"),
        (b"Code;Display\na;A\0x\n", "CS101 2:4"),
    ],
)
def test_what_is_no_text_is_told_once(data: bytes, found: str) -> None:
    reading = read(Source("table.csv", data))
    assert reading.table is None
    assert brief(reading) == [found]


@pytest.mark.parametrize("size", [65_533, 65_534, 65_535, 65_536])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_character_across_the_end_of_the_sample_hides_nothing(size: int, encoding: str) -> None:
    half = size // 2 if encoding == "utf-16" else size
    text = "Code;Display\na;" + "x" * (half - 16) + "\N{GRINNING FACE}" * 4 + "\n"
    reading = read(Source("table.txt", text.encode(encoding)))
    assert reading.table is not None
    assert reading.table.header == ("Code", "Display")


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ("a,x|y", ["a", "x|y"]),
        ('a,5" tube', ["a", '5" tube']),
        ('a,x "y" z', ["a", 'x "y" z']),
        ('a,""', ["a", None]),
        ('a,""""', ["a", '"']),
        ('a," x "', ["a", "x"]),
        ('a,"x,""y"",z"', ["a", 'x,"y",z']),
        ('a,"|"', ["a", "|"]),
        ("a,'x'", ["a", "'x'"]),
        ("0020000D,00080016", ["0020000D", "00080016"]),
        ("1e5,null", ["1e5", "null"]),
        ("# a,NA", ["# a", "NA"]),
        ("---,---", ["---", "---"]),
        ("a,x\u2028y", ["a", "x\u2028y"]),
        ("a,\N{NO-BREAK SPACE}x", ["a", "\N{NO-BREAK SPACE}x"]),
        (",x", [None, "x"]),
        ("a,", ["a", None]),
    ],
)
def test_cells_are_taken_as_they_are(line: str, cells: list[str | None]) -> None:
    table = table_of(f"Code,Display\nfirst,row\n{line}\nlast,row\n")
    assert cells_of(table)[1] == cells
    assert table.frame["line"].to_list() == [2, 3, 4]


def test_lines_are_counted_over_line_ends_in_cells() -> None:
    table = table_of('Code,Display\n\na,"1\n2\n\n3"\n\nb,"x\ny"\nc,z\n')
    assert table.frame["line"].to_list() == [3, 8, 10]
    assert [(each.line, each.column) for each in table.locate([10, 3], 0)] == [(10, 1), (3, 1)]


def test_a_cell_behind_a_line_end_stands_in_a_later_line() -> None:
    table = table_of('Code,Definition,Display\na,"1\n2","A"\n')
    assert [(each.line, each.column) for each in table.locate([2], 2)] == [(3, 4)]


def test_a_header_of_several_lines_is_read() -> None:
    table = table_of('Code,"Display\nname"\na,A\n')
    assert table.header == ("Code", "Display\nname")
    assert table.frame["line"].to_list() == [3]
    assert (table.heading(1).line, table.heading(1).column) == (1, 6)


def test_only_rows_without_odd_characters_are_plain() -> None:
    table = table_of('Code,Display\na,"A"\nb,"B ""x"""\nc,x_y\nd,"p,q"\n')
    assert table.frame["plain"].to_list() == [True, False, False, True]


@pytest.mark.parametrize(
    ("text", "name", "header"),
    [
        ("Code | Display\na | A, b\nc | C, d\n", "table.csv", ("Code", "Display")),
        ("Kürzel;Bezeichnung\na;A\nb;B\n", "table.txt", ("Kürzel", "Bezeichnung")),
        ("Kürzel | Text\na, b | A, B\n", "table.txt", ("Kürzel", "Text")),
        ("Code;Display\na;1,5\nb;2,5\nc;3,5\n", "table.txt", ("Code", "Display")),
        ("Code,Display|de\na,A\n", "table.txt", ("Code", "Display|de")),
        ("Code\na,b\nc,d\n", "table.txt", ("Code",)),
        ('"Code"\n"a"\n', "table.csv", ("Code",)),
        ("Code\tDisplay, long\na\tA\nb\tB\n", "table.txt", ("Code", "Display, long")),
        ("Code,Display,Display\na,A,B\n", "table.txt", ("Code", "Display", "Display")),
        (",Code,Display\n0,a,A\n", "table.txt", ("", "Code", "Display")),
    ],
)
def test_the_delimiter_is_recognised_from_the_content(
    text: str, name: str, header: tuple[str, ...]
) -> None:
    assert table_of(text, name).header == header


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "<html>\n<p>code, display</p>",
        '{"code": "a",\n"display": "b"}',
        "code, or so\nx\n",
        "\tCode\t\n\t---\t\n\ta\t\n",
    ],
)
def test_other_texts_are_left_to_other_readers(text: str) -> None:
    assert not delimited.recognises(Source("table.txt", text.encode()))


@pytest.mark.parametrize(
    ("table", "found"),
    [
        ("Codes of X\n# by me\nCode,Display\na,A\n", ["CS120 1:1"]),
        ("\nCodes of X,,\n\nCode,Display,\na,A,\n", ["CS120 2:1"]),
        ('Code,Display\na,"A\nb,B\n', ["CS121 2:3"]),
        ('Code,Display\na,"A\nb","B\nc,C\n', ["CS121 3:4"]),
        ('Code,"Display\na,A\n', ["CS121 1:6"]),
        ('Code,Display\nä, "A\n', ["CS121 2:4"]),
        ('Code,Display\na,"an "A" here"\n', ["CS122 2:8"]),
        ('Code,Display\na,"1\n2" x\nb,"B"y\n', ["CS122 3:4", "CS122 4:6"]),
        ('Code,"Display"s\na,A\n', ["CS122 1:15"]),
        ("Code,Display\na,A,x\n", ["CS108 2:5"]),
        ('Code,Display\na,"1\n2","x"\n', ["CS108 3:4"]),
        ("Code,Display,Definition\na,A\nb\nc,C,x\n", ["CS109 2:4", "CS109 3:2"]),
        ('Code,Display,Definition\n"a","1\n2"\n', ["CS109 3:3"]),
        ("Code,Display\n,A\n", ["CS110 2:1"]),
        ("Code,Display\na\N{NO-BREAK SPACE},A\n", ["CS111 2:1"]),
        ("Code" + ",x" * 10_000 + "\n", ["CS112 1:1"]),
        ("Code,Display,Name,Name\na,A,B,C\n", ["CS113 1:14", "CS113 1:19"]),
        ("Code,Term,Name\na,A,B\n", ["CS106 1:11"]),
    ],
)
def test_what_is_wrong_is_told_at_its_place(table: str, found: list[str], project: Project) -> None:
    assert project.found(table, of="CS1") == found


def test_text_after_a_quote_says_where_the_cell_begins(project: Project) -> None:
    built = project.build('Code,Display\na,"A\nb,"B"\n')
    (found,) = [each for each in built.diagnostics if each.rule.number == "CS122"]
    assert (found.location.line, found.location.column) == (3, 4)
    (related,) = found.related
    assert (related.location.line, related.location.column) == (2, 3)


def test_a_table_with_a_broken_quote_gives_no_rows() -> None:
    assert read(Source("t.csv", b'Code,Display\na,"A\n')).table is None
    assert read(Source("t.csv", b'Code,Display\na,"A"x\n')).table is None


def test_the_only_table_is_table_one(project: Project) -> None:
    table = "Codes of X\nCode,Display\na,A\n"
    assert "CS123 2:10" in project.found(table, "build:\n  table: Other\n", of="CS123")
    for wanted in ("1", "codes of  x"):
        assert project.found(table, f"build:\n  table: {wanted}\n", of="CS123") == []


def test_a_delimited_table_builds_what_a_table_with_bars_builds(project: Project) -> None:
    bars = project.build("Level | Code | Display\n1 | a | A, x\n2 | b | B\n")
    commas = project.build('Level,Code,Display\n1,a,"A, x"\n2,b,B\n')
    assert commas.json == bars.json


@pytest.mark.parametrize(
    ("text", "indents"),
    [
        ("Code,Display\na,A\n  b,B\n    c,C\n\n  d,D\n", [0, 2, 4, 2]),
        ('Code,Display\n"a",A\n"  b",B\n"  ",x\n   c,"C"\n', [0, 2, 0, 3]),
        (" Code,Display\n a,A\n   b,B\n", [0, 2]),
    ],
)
def test_blanks_before_a_text_are_its_indentation(text: str, indents: list[int]) -> None:
    table = table_of(text)
    found = table.places.indents(0)
    assert found is not None
    assert found.to_list() == indents


def in_seconds(data: bytes, most: float) -> Reading:
    begin = time.perf_counter()
    reading = read(Source("table.csv", data))
    assert time.perf_counter() - begin < most
    return reading


def test_many_rows_give_the_same_as_few() -> None:
    rows = [[f"c{row}", f'x, "{row}"\n' + "y" * 20] for row in range(40_000)]
    written = io.StringIO(newline="")
    csv.writer(written).writerows([["Code", "Display"], *rows])
    reading = in_seconds(written.getvalue().encode(), 60)
    assert reading.table is not None
    assert cells_of(reading.table) == rows
    assert reading.table.frame["line"].to_list() == list(range(2, 80_002, 2))


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b'Code,Display\na,"' + b"x,y\n" * 1_000_000, ["CS121 2:3"]),
        (b'Code,Display\na,"b",' + b"x," * 2_000_000 + b"\n", ["CS108 2:7"]),
        (b"Code,Display\na," + b"x," * 2_000_000 + b"\n", ["CS108 2:5"]),
        (b'Code,Display\na,"' + b'""' * 2_000_000 + b'"\n', []),
        (b"Code," * 1_000_000, ["CS112 1:1"]),
        (b'Code,Display\na,"b\n' + b'x,"y" z\n' * 100_000, ["CS122 3:4"]),
    ],
)
def test_huge_lines_and_cells_end_in_one_finding(data: bytes, found: list[str]) -> None:
    assert brief(in_seconds(data, 60))[:1] == found
