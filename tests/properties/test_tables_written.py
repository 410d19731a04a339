"""Tables that are written and read again: the same cells, whatever the text."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from fhir_codesystem import formulas
from fhir_codesystem.characters import BLANKS
from fhir_codesystem.convert import delimited, markdown, ods, xlsx
from fhir_codesystem.convert import json as json_array
from fhir_codesystem.tables.reading import read
from fhir_codesystem.tables.source import Source

if TYPE_CHECKING:
    from fhir_codesystem.convert import Row

HEADER = ("Level", "Code", "Display", "Definition", "status", "display:de")
RUNS = ["=1+1", "'=1", "''@x", "'tis", "+1", "-", "@A1", "\t=1"]
MARKUP = ["<br>", "**x**", "&amp;", "]]>", "https://x.org/_a_", "a|b", "\\|", "\\", "_x000D_"]
LOOSE = ["a\nb", '"', "a,b;c", "a  b", "  a", "0010"]
RISKY = st.sampled_from([*RUNS, *MARKUP, *LOOSE])


def rows_of(text: st.SearchStrategy[str]) -> st.SearchStrategy[list[Row]]:
    """Rows of a table: the code is never blank, other cells may be."""
    solid = text.filter(lambda each: each.strip(BLANKS) != "")
    cells = st.none() | text | RISKY
    return st.lists(st.tuples(cells, solid | RISKY, cells, cells, cells, cells), max_size=6)


def trimmed(rows: list[Row]) -> list[list[str | None]]:
    return [[(text or "").strip(BLANKS) or None for text in row] for row in rows]


def as_read(data: bytes) -> list[list[str | None]]:
    reading = read(Source("table", data))
    assert reading.diagnostics == ()
    assert reading.table is not None
    assert reading.table.header == HEADER
    names = [str(cell) for cell in range(len(HEADER))]
    return [list(row) for row in reading.table.frame.select(names).iter_rows()]


ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
IN_XML = st.text(
    st.characters(
        exclude_categories=["Cs"], exclude_characters="\r\ufffe\uffff" + "".join(map(chr, range(9)))
    ).filter(lambda char: char in "\t\n" or char >= " "),
    max_size=12,
)


@given(rows=rows_of(ANY))
def test_a_workbook_carries_any_text(rows: list[Row]) -> None:
    assert as_read(xlsx.write(HEADER, rows)) == trimmed(rows)


@given(rows=rows_of(IN_XML))
def test_a_workbook_of_opendocument_carries_any_text_that_xml_has(rows: list[Row]) -> None:
    assert as_read(ods.write(HEADER, rows)) == trimmed(rows)


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@given(rows=rows_of(ANY.filter(lambda text: "\0" not in text)))
def test_delimited_text_carries_any_text_but_nul(delimiter: str, rows: list[Row]) -> None:
    text = delimited.write(HEADER, rows, delimiter).decode("utf-8-sig")
    read_back = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    plain = [[formulas.plain(cell) for cell in row] for row in read_back]
    assert plain == [list(HEADER), *([text or "" for text in row] for row in rows)]


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@given(rows=rows_of(IN_XML))
def test_our_reader_of_delimited_text_gives_any_text(delimiter: str, rows: list[Row]) -> None:
    assert as_read(delimited.write(HEADER, rows, delimiter)) == trimmed(rows)


@given(rows=rows_of(ANY))
def test_json_carries_any_text(rows: list[Row]) -> None:
    objects = json.loads(json_array.write(HEADER, rows))
    assert [[each.get(name) for name in HEADER] for each in objects] == [
        [text or None for text in row] for row in rows
    ]


@given(rows=rows_of(ANY).filter(len))
def test_our_reader_of_json_gives_any_text(rows: list[Row]) -> None:
    assert as_read(json_array.write(HEADER, rows)) == trimmed(rows)


@given(rows=rows_of(st.text(st.characters(exclude_categories=["C", "Z"]), max_size=12)))
def test_markdown_shows_any_text_as_it_is(rows: list[Row]) -> None:
    page = MarkdownIt("commonmark").enable("table").parse(markdown.write(HEADER, rows).decode())
    cells = [
        "".join(
            "\n" if child.content == "<br>" and child.type == "html_inline" else child.content
            for child in token.children or ()
        )
        for token in page
        if token.type == "inline"
    ]
    assert cells == [
        "Concepts",
        *HEADER,
        *((text or "").strip(BLANKS) for row in rows for text in row),
    ]


@given(rows=rows_of(IN_XML.filter(lambda text: "\x7f" not in text)))
def test_our_reader_of_markdown_gives_any_text(rows: list[Row]) -> None:
    assert as_read(markdown.write(HEADER, rows)) == trimmed(rows)


@given(texts=st.lists(ANY | RISKY))
def test_guards_are_taken_away_by_columns_too(texts: list[str]) -> None:
    guarded = pl.Series([formulas.guarded(text) for text in texts], dtype=pl.String)
    assert guarded.str.replace(formulas.GUARD, "$1").to_list() == texts


@given(text=ANY | RISKY)
@example("'")
@example("'=")
@example("=")
@example("\n")
@example("'\n")
def test_a_guarded_text_never_runs_and_comes_back(text: str) -> None:
    guarded = formulas.guarded(text)
    assert not guarded.strip(BLANKS) or guarded[:1] not in tuple("=+-@\t\r\n")
    assert formulas.plain(guarded) == text
