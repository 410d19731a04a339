"""Files that are damaged, made to harm, or no workbooks: one clear finding each, in no time."""

from __future__ import annotations

import io
import re
import time
import zipfile
import zlib
from typing import TYPE_CHECKING

import pytest

from fhir_codesystem.convert import ods
from fhir_codesystem.convert.archive import archive
from fhir_codesystem.convert.xlsx import MAIN
from fhir_codesystem.tables import workbook
from fhir_codesystem.tables.sheets import grid, package
from fhir_codesystem.tables.source import Source

from .sheets import cells_of, found, messages, reading_of, repacked, table_of, xlsx

if TYPE_CHECKING:
    from collections.abc import Callable

GOOD = xlsx(("Code", "Display"), ("a", "A"), ("b", "B"))
SHEET = "xl/worksheets/sheet1.xml"
OPEN = ods.write(("Code", "Display"), [("a", "A"), ("b", "B")])
SECONDS = 5.0


def sheet_of(xml: str) -> bytes:
    """Return a workbook whose sheet is this XML."""

    def change(parts: dict[str, bytes]) -> None:
        parts[SHEET] = xml.encode()

    return repacked(GOOD, change)


def open_of(rows: str) -> bytes:
    return archive({"mimetype": ods.KIND, "content.xml": f"{ods.START}{rows}{ods.END}"})


def cells(xml: str) -> str:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{xml}</sheetData></worksheet>'


def without(name: str) -> Callable[[dict[str, bytes]], object]:
    return lambda parts: parts.pop(name)


def lying() -> bytes:
    """Return an archive that states another size than a part has."""
    size = zlib.crc32(b"")
    info = zipfile.ZipFile(io.BytesIO(GOOD)).getinfo(SHEET)
    central = GOOD.rindex(SHEET.encode()) - 46
    return (
        GOOD[: central + 24]
        + (info.file_size // 2 + size).to_bytes(4, "little")
        + GOOD[central + 28 :]
    )


def many_sheets() -> bytes:
    """Return a workbook that names its sheet as many sheets."""

    def change(parts: dict[str, bytes]) -> None:
        sheets = re.search(b"<sheet .*/>(?=</sheets>)", parts["xl/workbook.xml"])
        assert sheets is not None
        parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(sheets[0], sheets[0] * 1001)

    return repacked(GOOD, change)


BOMB = f'<!DOCTYPE x [<!ENTITY a "{"x" * 100}"><!ENTITY b "{"&a;" * 100}">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
BLANK = '<row r="1"><c r="A1" t="inlineStr"><is><t>Code</t></is></c></row>'
REPEATED = (
    '<table:table-row table:number-rows-repeated="1048576">'
    '<table:table-cell table:number-columns-repeated="16384"><text:p>x</text:p>'
    "</table:table-cell></table:table-row>"
)

UNREADABLE = {
    "cut off": (GOOD[: len(GOOD) // 2], "damaged or cut off"),
    "cut off at the end": (GOOD[:-1], "damaged or cut off"),
    "a lie about a size": (lying(), "damaged or cut off"),
    "no workbook part": (repacked(GOOD, without("xl/workbook.xml")), "xl/workbook.xml is missing"),
    "no relationships": (repacked(GOOD, without("xl/_rels/workbook.xml.rels")), "is missing"),
    "no sheet": (repacked(GOOD, without(SHEET)), "sheet1.xml is missing"),
    "entities": (sheet_of(BOMB + cells("<c>&b;</c>")), "declares a document type"),
    "an external entity": (sheet_of(OUTSIDE + cells("<c>&a;</c>")), "declares a document type"),
    "no XML": (sheet_of("Code | Display"), "no well-formed XML at its line 1, column 1"),
    "XML that stops": (sheet_of(cells(BLANK)[:-9]), "no well-formed XML"),
    "an unknown entity": (sheet_of(cells("<c>&b;</c>")), "no well-formed XML"),
    "rows out of order": (sheet_of(cells('<row r="2"/><row r="1"/>')), "comes after"),
    "a cell twice": (
        sheet_of(cells('<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>')),
        "the same cell twice",
    ),
    "no such string": (
        sheet_of(cells('<row r="1"><c r="A1" t="s"><v>7</v></c></row>')),
        "a string that the workbook does not have",
    ),
    "no such column": (
        sheet_of(cells('<row r="1"><c r="XFE1"><v>1</v></c></row>')),
        "no column of a sheet",
    ),
    "no number of a row": (sheet_of(cells('<row r="x"/>')), "damaged"),
    "a number without end": (sheet_of(cells(f'<row r="{"9" * 5000}"/>')), "damaged"),
    "an old workbook": (COMPOUND + "Workbook".encode("utf-16-le"), "an old workbook (.xls)"),
    "a password": (COMPOUND + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    "a binary workbook": (
        archive(
            {
                "[Content_Types].xml": "<x/>",
                "_rels/.rels": '<R><Relationship Type="a/officeDocument" '
                'Target="xl/workbook.bin"/></R>',
            }
        ),
        "binary workbook (.xlsb)",
    ),
    "a Word document": (
        archive({"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>"}),
        "not a workbook",
    ),
    "a single XML file": (
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
        "a single XML file",
    ),
    "OpenDocument cut off": (OPEN[:-30], "damaged or cut off"),
    "OpenDocument of another kind": (
        repacked(OPEN, lambda parts: parts.update(mimetype=ods.KIND[:-11].encode() + b"text")),
        "not a workbook",
    ),
    "OpenDocument with a password": (
        repacked(
            OPEN, lambda parts: parts.update({"META-INF/manifest.xml": b"<x:encryption-data/>"})
        ),
        "encrypted",
    ),
    "an unknown encoding": (
        sheet_of(f'<?xml version="1.0" encoding="U0F-8"?>{cells(BLANK)}'),
        "unknown encoding",
    ),
    "a book": (archive({"mimetype": "application/epub+zip"}), "says that it is application/epub"),
    "OpenDocument without a sheet": (
        archive({"mimetype": ods.KIND, "content.xml": "<x/>"}),
        "has no sheet",
    ),
    "OpenDocument with entities": (
        archive({"mimetype": ods.KIND, "content.xml": BOMB + "<x>&b;</x>"}),
        "declares a document type",
    ),
}

LARGE = {
    "blanks without end": (sheet_of(" " * 40_000_000), "of almost nothing"),
    "many parts": (
        archive({f"xl/workbook.xml{part}": "" for part in range(10_001)}),
        "more than 10,000 files",
    ),
    "a sheet many times": (many_sheets(), "more than 1,000 sheets"),
    "errors without end": (
        sheet_of(cells('<row><c t="e"><v>x</v></c>' + '<c r="A1" t="e"><v>x</v></c>' * 100_001)),
        "cells",
    ),
    "OpenDocument of many sheets": (
        open_of('</table:table><table:table table:name="x">' * 1001),
        "more than 1,000 sheets",
    ),
    "repeated cells": (open_of(REPEATED), "cells"),
    "repeated rows": (
        open_of(REPEATED.replace("1048576", "9" * 30).replace("16384", "1")),
        "rows",
    ),
    "repeated columns": (
        open_of(REPEATED.replace("1048576", "1").replace("16384", "9" * 30)),
        "cells",
    ),
}


@pytest.mark.parametrize(("data", "why"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_one_finding(data: bytes, why: str) -> None:
    assert workbook.recognises(Source("codes.bin", data))
    reading = reading_of(data)
    assert reading.table is None
    assert found(reading) == ["CS140"]
    assert why in messages(reading)[0]


@pytest.mark.parametrize(("data", "why"), LARGE.values(), ids=LARGE)
def test_what_would_exhaust_a_computer_is_one_finding(
    data: bytes, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grid, "MOST_CELLS", 100_000)
    start = time.process_time()
    reading = reading_of(data)
    assert time.process_time() - start < SECONDS
    assert reading.table is None
    assert found(reading) == ["CS141"]
    assert why in messages(reading)[0]


@pytest.mark.parametrize("limit", ["MOST_BYTES", "MOST_DESCRIBING"])
def test_parts_that_are_too_large_are_not_inflated(
    limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, limit, 100)
    assert found(reading_of(GOOD)) == ["CS141"]


def test_a_name_that_leads_elsewhere_is_a_part_that_is_missing() -> None:
    def change(parts: dict[str, bytes]) -> None:
        related = parts["xl/_rels/workbook.xml.rels"]
        parts["xl/_rels/workbook.xml.rels"] = related.replace(
            b"worksheets/sheet1.xml", b"../../../../etc/passwd"
        )
        parts["../../etc/passwd"] = b"x"

    reading = reading_of(repacked(GOOD, change))
    assert found(reading) == ["CS140"]
    assert messages(reading) == ["the part etc/passwd is missing"]


def test_what_lies_outside_is_not_asked_for() -> None:
    def change(parts: dict[str, bytes]) -> None:
        related = parts["xl/_rels/workbook.xml.rels"]
        parts["xl/_rels/workbook.xml.rels"] = related.replace(
            b"</Relationships>",
            b'<Relationship Id="x" Type="a/sharedStrings" TargetMode="External" '
            b'Target="http://example.org/"/></Relationships>',
        )

    assert len(cells_of(table_of(repacked(GOOD, change)))) == 2


def test_many_empty_rows_cost_little_and_are_no_rows() -> None:
    """A million rows that only have a format, as whole formatted columns leave them."""
    empty = "".join(f'<row r="{row}"><c r="A{row}" s="1"/></row>' for row in range(2, 50_000))
    last = BLANK.replace("1", "1000000").replace("Code", "a")
    data = sheet_of(cells(BLANK + empty + last))
    start = time.process_time()
    table = table_of(data)
    assert time.process_time() - start < SECONDS
    assert table.frame["line"].to_list() == [1_000_000]


def test_many_columns_are_one_finding() -> None:
    data = xlsx(tuple(f"c{column}" for column in range(16_384)))
    assert found(reading_of(data)) == ["CS112 Codes!A1"]


def test_a_cell_far_off_is_a_column_and_a_row() -> None:
    far = BLANK + '<row r="1048576"><c r="ALL1048576"><v>1</v></c></row>'
    table = table_of(sheet_of(cells(far)))
    assert table.frame["line"].to_list() == [1_048_576]
    assert len(table.header) == 1000


def test_merged_cells_over_all_the_sheet_cost_little() -> None:
    merged = '<mergeCell ref="A2:XFD1048576"/>' * 20_000
    start = time.process_time()
    data = xlsx(("Code",), ("a",), ("b",), after=f"<mergeCells>{merged}</mergeCells>")
    assert cells_of(reading_of(data).table) == [["a"], ["b"]]
    assert time.process_time() - start < SECONDS


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK",
        b"PK\x03\x04",
        b"Code | Display\n",
        COMPOUND,
        b"%PDF-1.4",
        b"<?xml version='1.0'?>",
        archive({"concepts.csv": "CODE,DISPLAY"}),
    ],
)
def test_what_is_no_workbook_is_left_to_others(data: bytes) -> None:
    assert not workbook.recognises(Source("codes", data))


def test_an_archive_that_is_named_as_a_workbook_is_told_as_one() -> None:
    data = archive({"concepts.csv": "CODE,DISPLAY"})
    assert workbook.recognises(Source("codes.XLSX", data))
    assert found(workbook.read(Source("codes.xlsx", data))) == ["CS140"]
