"""Tables inside a document in Markdown.

The format: https://github.github.com/gfm/#tables-extension-
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from fhir_codesystem.tables import markdown, pipe
from fhir_codesystem.tables.reading import read
from fhir_codesystem.tables.source import Source, Wanted

if TYPE_CHECKING:
    from conftest import Project
    from fhir_codesystem.tables.table import Reading, Table

PROSE = "# Codes\n\nThese are the codes, and what they mean.\n\n"
TABLE = "| Code | Display |\n| --- | --- |\n| a | A |\n| b | B |\n"
TWO = [["a", "A"], ["b", "B"]]
COLOURS = "## Colours\n\n| Code | Display |\n| --- | --- |\n| r | red |\n\n"
SIZES = "## *Sizes* of `things`\n\n| Code | Display |\n| --- | --- |\n| s | small |\n\n"
PEOPLE = "People\n------\n\n| Who | When |\n| --- | --- |\n| me | now |\n\n"
PROPERTIES = (
    "## Properties\n\n| Code | URI | Type | Description |\n|---|---|---|---|\n"
    "| x | u:x | code | |\n\n"
)


def reading_of(text: str, wanted: str | None = None) -> Reading:
    source = Source("table.txt", text.encode(), Wanted(table=wanted))
    assert markdown.recognises(source)
    return read(source)


def table_of(text: str, wanted: str | None = None) -> Table:
    reading = reading_of(text, wanted)
    assert [each.message for each in reading.diagnostics] == []
    assert reading.table is not None
    return reading.table


def cells_of(table: Table) -> list[list[str | None]]:
    names = [str(cell) for cell in range(len(table.header))]
    return [list(row) for row in table.frame.select(names).iter_rows()]


SAME_TABLE = {
    "below prose": PROSE + TABLE,
    "above prose": TABLE + "\nThese were the codes.\n",
    "above a heading": TABLE + "## The end\n",
    "right below a paragraph": "# Codes\n\nThey are:\n" + TABLE,
    "no outer bars": PROSE + "Code | Display\n--- | ---\na | A\nb | B\n",
    "alignment": PROSE + "|Code|Display|\n|:-|-:|\n|a|A|\n|b|B|\n",
    "blank lines between rows": PROSE + TABLE.replace("| b", "\n| b") + "\nMore.\n",
    "blank lines between rows without outer bars": (
        PROSE + "Code | Display\n--- | ---\na | A\n\nb | B\n\nMore.\n\nx | y\n"
    ),
    "in a quotation": PROSE + "> " + TABLE.strip().replace("\n", "\n> ") + "\n",
    "in a list": PROSE + "1. First\n\n   " + TABLE.strip().replace("\n", "\n   ") + "\n",
    "as an item of a list": PROSE + "- " + TABLE.strip().replace("\n", "\n  ") + "\n",
    "CR LF": (PROSE + TABLE).replace("\n", "\r\n"),
    "front matter": "---\ntitle: Codes\n---\n\n" + TABLE,
    "a fence above": PROSE + "```\n| Code | X |\n| --- | --- |\n| c | C |\n```\n\n" + TABLE,
    "tildes above": PROSE + "~~~ md\n| Code | X |\n|---|---|\n~~~\n\n" + TABLE,
    "indented code above": PROSE + "    | Code | X |\n    | --- | --- |\n\n" + TABLE,
    "a comment above": PROSE + "<!--\n| Code | X |\n| --- | --- |\n| c | C |\n-->\n\n" + TABLE,
    "markup": PROSE
    + "|**Code**|[Display](x)|\n|---|---|\n|`a`|*A*|\n|&#98;|\\B|\n".replace("\\B", "B"),
}


@pytest.mark.parametrize("text", SAME_TABLE.values(), ids=SAME_TABLE)
def test_every_form_is_the_same_table(text: str) -> None:
    table = table_of(text)
    assert table.header == ("Code", "Display")
    assert cells_of(table) == TWO


@pytest.mark.parametrize("name", [name for name in SAME_TABLE if name != "markup"])
def test_rows_and_cells_know_their_places(name: str) -> None:
    table = table_of(SAME_TABLE[name])
    lines = SAME_TABLE[name].replace("\r\n", "\n").split("\n")
    for cell in (0, 1):
        places = table.locate(table.frame["line"].to_list(), cell)
        for place, row in zip(places, TWO, strict=True):
            assert place.line is not None
            assert place.column is not None
            assert lines[place.line - 1][place.column - 1 :].startswith(row[cell])
    heading = table.heading(1)
    assert heading.line is not None
    assert heading.column is not None
    assert lines[heading.line - 1][heading.column - 1 :].startswith("Display")


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("A", "A"),
        ("", None),
        ("`A`", "A"),
        ("`` A`B ``", "A`B"),
        (r"`A\|B`", "A|B"),
        (r"`A\*B`", r"A\*B"),
        (r"A\|B", "A|B"),
        (r"A\*B\*", "A*B*"),
        (r"A\\B", "A\\B"),
        (r"A\B", r"A\B"),
        (r"\<br>", "<br>"),
        (r"\`A\`", "`A`"),
        ("A &lt; B &amp; C", "A < B & C"),
        ("A & B", "A & B"),
        ("&nbsp;A", "\N{NO-BREAK SPACE}A"),
        ("&bogus;", "&bogus;"),
        ("A<br>B<br/>C <br /> D", "A\nB\nC \n D"),
        ("*A* **B** ***C*** _D_ ~~E~~", "A B C D E"),
        ("4 * 5 * 6", "4 * 5 * 6"),
        ("snake_case_name", "snake_case_name"),
        ("[A *b*](http://x.example 'title') c", "A b c"),
        ("![A](x.png)", "A"),
        ("<http://x.example>", "http://x.example"),
        ("http://x.example/a_b_c", "http://x.example/a_b_c"),
        ("<b>A</b><sup>2</sup><a name='x'></a>", "A2"),
        ("<none> of <value>", "<none> of <value>"),
        ("A <!-- hidden --> B", "A  B"),
        ("< 5", "< 5"),
        ("<=", "<="),
        ("[x] y", "[x] y"),
        ("A  B", "A  B"),
        ("😀 漢字", "😀 漢字"),
        ("&nbsp;\N{NO-BREAK SPACE}`A`", "A"),
        ("&emsp;<code>A\\|B</code>", "A|B"),
    ],
)
def test_cells_are_what_they_show(cell: str, shown: str | None) -> None:
    table = table_of(f"{PROSE}| Code | Display |\n| --- | --- |\n| first | {cell} |\n| b | B |\n")
    assert cells_of(table)[0] == ["first", shown]


def test_only_rows_without_odd_characters_are_plain() -> None:
    table = table_of(PROSE + "|Code|Display|\n|---|---|\n|`a`|*A*|\n|`b`|x\\_y|\n|`c`|C<br>D|\n")
    assert table.frame["plain"].to_list() == [True, False, False]


def test_indented_code_spans_are_counted() -> None:
    rows = "|1|`a`|\n|2|&nbsp;\N{NO-BREAK SPACE}`b`|\n|3|&nbsp;&nbsp;&nbsp; <code>c</code>|\n"
    table = table_of(PROSE + "| Level | Code |\n|---|---|\n" + rows)
    found = table.places.indents(1)
    assert found is not None
    assert found.to_list() == [0, 2, 4]
    assert cells_of(table) == [["1", "a"], ["2", "b"], ["3", "c"]]
    assert table.places.indents(0) is None


@pytest.mark.parametrize(
    ("text", "wanted", "code", "found"),
    [
        (COLOURS + PEOPLE, None, "r", ["CS125 10:1"]),
        (PEOPLE + COLOURS, None, "r", ["CS125 4:1"]),
        (PROPERTIES + COLOURS, None, "r", ["CS125 3:1"]),
        (PEOPLE, None, "me", []),
        (COLOURS + SIZES, None, None, ["CS124 3:1"]),
        (PEOPLE + PEOPLE, None, None, ["CS124 4:1"]),
        (COLOURS + SIZES, "1", "r", []),
        (COLOURS + SIZES, "2", "s", []),
        (COLOURS + SIZES, "sizes of  things", "s", []),
        (COLOURS + SIZES + PEOPLE, "People", "me", []),
        ("# All\n\n" + COLOURS + PEOPLE, "All", "r", []),
        (COLOURS + SIZES, "3", None, ["CS123"]),
        (COLOURS + SIZES, "0", None, ["CS123"]),
        (COLOURS + SIZES, "Shapes", None, ["CS123"]),
        (COLOURS + COLOURS, "Colours", None, ["CS124"]),
        (PROSE + "```\n" + TABLE + "```\n", None, None, ["CS126"]),
        (PROSE + "word " * 900_000 + "\n\n" + TABLE, None, None, ["CS126"]),
        (PROSE + TABLE + "| c | " + "*x* " * 1_100_000 + "|\n", None, None, ["CS126"]),
    ],
)
def test_the_table_of_the_codes_or_the_one_asked_for_is_read(
    text: str, wanted: str | None, code: str | None, found: list[str]
) -> None:
    reading = reading_of(text, wanted)
    assert (None if reading.table is None else cells_of(reading.table)[0][0]) == code
    assert [
        f"{each.rule.number} {each.location.line}:{each.location.column}".removesuffix(" None:None")
        for each in reading.diagnostics
    ] == found


def test_the_tables_of_a_document_are_named() -> None:
    (found,) = reading_of(COLOURS + SIZES, "Shapes").diagnostics
    assert "1 'Colours' (line 3), 2 'Sizes of things' (line 9)" in found.message


def test_a_table_that_is_not_there_is_told_where_it_is_asked_for(project: Project) -> None:
    metadata = "build:\n  table: Shapes\n"
    assert "CS123 2:10" in project.found(COLOURS + SIZES, metadata, of="CS123")


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ("| a | A | x |\n", ["CS108 7:11"]),
        ("a\n", ["CS109 7:2"]),
        ("|  | A |\n", ["CS110 7:2"]),
        ("| `a\N{NO-BREAK SPACE}b` | A |\n", ["CS111 7:3"]),
        ("| a | A<br/>\N{ZERO WIDTH SPACE} |\n", ["CS111 7:7"]),
    ],
)
def test_what_is_wrong_with_rows_is_told(rows: str, found: list[str], project: Project) -> None:
    table = f"{PROSE}| Code | Display |\n| --- | --- |\n{rows}"
    assert project.found(table, of="CS1") == found


@pytest.mark.parametrize(
    "text",
    [
        TABLE,
        "\n\n" + TABLE,
        TABLE + "| --- | --- |\n",
        TABLE.replace("| b", "\n| b"),
        "Code | Display\n--- | ---\na | A\n\nb\n",
        "Code | Display\na | A\n\n--- | ---\n",
        "Codes of X\nCode | Display\na | A\n",
    ],
)
def test_a_table_alone_is_read_as_one_with_bars(text: str) -> None:
    assert not markdown.recognises(Source("table.txt", text.encode()))
    reading = read(Source("table.txt", text.encode()))
    assert reading.table is not None
    assert isinstance(reading.table.places, pipe.Layout)


def test_a_table_alone_is_markdown_if_its_name_says_so() -> None:
    text = "Code | Display\n--- | ---\n`a` | *A*\n\n`b` | B\n"
    reading = read(Source("table.md", text.encode()))
    assert reading.table is not None
    assert cells_of(reading.table) == TWO


def test_a_long_table_gives_the_same_as_a_short_one() -> None:
    rows = [[str(1 + (row > 0)), f"c{row}", f"*N* {row % 9}"] for row in range(40_000)]
    text = PROSE + "| Level | Code | Display |\n| --: | --- | --- |\n"
    text += "".join(f"| {level} | `{code}` | {display} |\n" for level, code, display in rows)
    begin = time.perf_counter()
    table = table_of(text + "\n## The end\n\nNo more | of this.\n")
    assert time.perf_counter() - begin < 60
    assert cells_of(table) == [[*cells, display.replace("*", "")] for *cells, display in rows]
    assert table.frame["line"].to_list() == list(range(7, 40_007))
