"""Tables as files that people edit; that any text comes back is a property."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pytest

from fhir_codesystem import formulas
from fhir_codesystem.convert import CannotCarry, delimited, markdown, ods, xlsx
from fhir_codesystem.convert import json as json_array
from fhir_codesystem.tables.reading import read
from fhir_codesystem.tables.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable


HEADER = ("Level", "Code", "Display", "Definition", "status", "display:de")


def as_read(data: bytes) -> list[list[str | None]]:
    reading = read(Source("table", data))
    assert reading.diagnostics == ()
    assert reading.table is not None
    assert reading.table.header == HEADER
    names = [str(cell) for cell in range(len(HEADER))]
    return [list(row) for row in reading.table.frame.select(names).iter_rows()]


def test_the_first_object_names_all_columns_in_their_order() -> None:
    data = json_array.write(("b", "a"), [(None, "1"), ("2", "3"), ("4", None)])
    assert [list(each.items()) for each in json.loads(data)] == [
        [("b", None), ("a", "1")],
        [("b", "2"), ("a", "3")],
        [("b", "4")],
    ]


@pytest.mark.parametrize(
    ("text", "guarded"),
    [
        ("=1+1", "'=1+1"),
        ("'=1", "''=1"),
        ("''=1", "'''=1"),
        ("'tis", "'tis"),
        ("'", "'"),
        ("-1", "'-1"),
        ("\t=1", "'\t=1"),
        ("a=1", "a=1"),
        ("", ""),
    ],
)
def test_one_apostrophe_guards_a_text(text: str, guarded: str) -> None:
    assert formulas.guarded(text) == guarded


def test_a_spreadsheet_sees_texts_and_marks_those_that_look_like_formulas() -> None:
    data = xlsx.write(("Code", "Display"), [("0010", "=1+1"), ("1e5", None)])
    sheet = openpyxl.load_workbook(io.BytesIO(data))["Concepts"]
    cells = {cell.coordinate: cell for row in sheet.iter_rows() for cell in row if cell.value}
    assert {place: cell.value for place, cell in cells.items()} == {
        "A1": "Code",
        "B1": "Display",
        "A2": "0010",
        "B2": "=1+1",
        "A3": "1e5",
    }
    assert all(cell.number_format == "@" for cell in cells.values())
    assert [place for place, cell in cells.items() if cell.quotePrefix] == ["B2"]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


WRITERS: dict[str, Callable[..., bytes]] = {
    "xlsx": xlsx.write,
    "ods": ods.write,
    "csv": delimited.write,
    "markdown": markdown.write,
    "json": json_array.write,
}


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_the_same_table_gives_the_same_bytes(write: Callable[..., bytes]) -> None:
    rows = [("1", "a", "A", None, "x", "ä")]
    assert write(HEADER, rows) == write(HEADER, iter(rows))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ods", "a\x0bb"),
        ("ods", "\uffff"),
        ("csv", "a\0b"),
        ("markdown", "a\x01b"),
        ("xlsx", "x" * 32_768),
        ("xlsx", "\N{GRINNING FACE}" * 16_384),
    ],
)
def test_what_a_format_cannot_carry_is_refused_at_its_place(name: str, text: str) -> None:
    with pytest.raises(CannotCarry) as refused:
        WRITERS[name](("Code", "Display"), [("a", "A"), ("b", text)])
    assert (refused.value.row, refused.value.column) == (3, 2)
    assert str(refused.value).startswith("row 3, column 2: ")


def test_json_cannot_carry_a_name_twice() -> None:
    with pytest.raises(CannotCarry, match="row 1, column 3: the name 'a' stands twice"):
        json_array.write(("a", "b", "a"), [])


@pytest.mark.parametrize("name", ["xlsx", "ods"])
def test_a_sheet_has_so_many_columns(name: str) -> None:
    with pytest.raises(CannotCarry, match="row 1, column 16385"):
        WRITERS[name](("x",) * 16_385, [])


def test_a_header_alone_can_be_written_in_every_format() -> None:
    assert as_read(xlsx.write(HEADER, [])) == []
    assert as_read(ods.write(HEADER, [])) == []
    assert delimited.write(("Code", "Display"), []) == b"\xef\xbb\xbfCode,Display\r\n"
    table = b"# Concepts\n\n| Code | Display |\n| --- | --- |\n"
    assert markdown.write(("Code", "Display"), []) == table
    assert json_array.write(("Code", "Display"), []) == b"[]\n"
