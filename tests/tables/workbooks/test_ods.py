"""Workbooks of OpenDocument: what cells hold, as LibreOffice and odfpy write them."""

from __future__ import annotations

from typing import Any

import pytest
from odf.opendocument import OpenDocumentSpreadsheet
from odf.style import ParagraphProperties, Style, TableProperties
from odf.table import CoveredTableCell, Table, TableCell, TableColumn, TableRow, TableRowGroup
from odf.text import LineBreak, P, S, Span, Tab

from fhir_codesystem.convert import archive, ods

from .sheets import cells_of, found, indents_of, messages, reading_of, saved, table_of

HEAD = ("Code", "Display")


def texts(*rows: tuple[str, ...]) -> list[Any]:
    made = []
    for row in rows:
        line = TableRow()
        for text in row:
            line.addElement(cell(text))
        made.append(line)
    return made


def cell(*paragraphs: Any, **attributes: Any) -> Any:
    """Return a cell of paragraphs, each a text or what stands in it."""
    made = TableCell(**attributes)
    for paragraph in paragraphs:
        block = P()
        for part in paragraph if isinstance(paragraph, tuple) else (paragraph,):
            if isinstance(part, str):
                block.addText(part)
            else:
                block.addElement(part)
        made.addElement(block)
    return made


def line(*cells: Any, **attributes: Any) -> Any:
    made = TableRow(**attributes)
    for each in cells:
        made.addElement(cell(each) if isinstance(each, str) else each)
    return made


def document(*content: Any, name: str = "Codes") -> Any:
    made = OpenDocumentSpreadsheet()
    made.spreadsheet.addElement(sheet(*content, name=name))
    return made


def sheet(*content: Any, name: str, **attributes: Any) -> Any:
    table = Table(name=name, **attributes)
    for each in content:
        table.addElement(each)
    return table


def content(rows: str, styles: str = "") -> bytes:
    """Return a workbook of the XML of its rows."""
    start = ods.START.replace("<office:body>", f"{styles}<office:body>").replace(
        "<office:document-content",
        '<office:document-content xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
        'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"',
    )
    return archive.archive({"mimetype": ods.KIND, "content.xml": f"{start}{rows}{ods.END}"})


def test_rows_and_cells_know_their_places() -> None:
    rows = [
        line(TableCell(numbercolumnsrepeated=2), numberrowsrepeated=3),
        line(TableCell(numbercolumnsrepeated=1), *map(cell, HEAD)),
        line(TableCell(numbercolumnsrepeated=1), "a", "A"),
        line(TableCell(numbercolumnsrepeated=16384), numberrowsrepeated=2),
        line(TableCell(numbercolumnsrepeated=2), "x"),
        line(TableCell(numbercolumnsrepeated=16384), numberrowsrepeated=1048569),
    ]
    table = table_of(saved(document(*rows)))
    assert table.header == ("", "Code", "Display")
    assert (table.unit, table.sheet, table.header_line) == ("row", "Codes", 4)
    assert table.frame["line"].to_list() == [5, 8]
    assert table.locate([8], 2)[0].cell == "Codes!C8"


def test_repeated_rows_and_cells_are_read_each() -> None:
    rows = [*texts(("Code", "Display", "Definition"))]
    rows.append(line("a", cell("x", numbercolumnsrepeated=2), numberrowsrepeated=2))
    table = table_of(saved(document(*rows)))
    assert cells_of(table) == [["a", "x", "x"], ["a", "x", "x"]]
    assert table.frame["line"].to_list() == [2, 3]


@pytest.mark.parametrize(
    ("attributes", "shown", "text"),
    [
        ({"valuetype": "float", "value": "10"}, "10", "10"),
        ({"valuetype": "float", "value": "10"}, "0010", "0010"),
        ({"valuetype": "float", "value": "10"}, "A-10", "A-10"),
        ({"valuetype": "float", "value": "1234"}, "001-234", "001-234"),
        ({"valuetype": "float", "value": "1000"}, "1,000", "1000"),
        ({"valuetype": "float", "value": "1000"}, "1 000", "1000"),
        ({"valuetype": "float", "value": "1.1"}, "1,10", "1.10"),
        ({"valuetype": "float", "value": "1.125"}, "1.13", "1.125"),
        ({"valuetype": "percentage", "value": "0.5"}, "50%", "0.5"),
        ({"valuetype": "currency", "value": "3", "currency": "EUR"}, "3,00 €", "3"),
        ({"valuetype": "date", "datevalue": "2024-02-29"}, "29.02.24", "2024-02-29"),
        ({"valuetype": "date", "datevalue": "2024-02-29T00:00:00"}, "29.02.24", "2024-02-29"),
        ({"valuetype": "date", "datevalue": "2024-02-29T13:05:00"}, "x", "2024-02-29T13:05:00"),
        ({"valuetype": "time", "timevalue": "PT13H05M00S"}, "13:05", "13:05:00"),
        ({"valuetype": "boolean", "booleanvalue": "true"}, "WAHR", "true"),
        ({"valuetype": "string"}, "x", "x"),
        ({"valuetype": "string", "stringvalue": "y"}, "", "y"),
    ],
)
def test_values_are_text_as_a_person_sees_it(
    attributes: dict[str, str], shown: str, text: str
) -> None:
    rows = [*texts(("Code", "value")), line("a", cell(shown, **attributes))]
    reading = reading_of(saved(document(*rows)))
    assert cells_of(reading.table) == [["a", text]]
    assert [each for each in found(reading) if each != "CS147 Codes!B2"] == []


def test_paragraphs_spaces_and_breaks_are_those_of_the_cell() -> None:
    mixed = cell(
        ("a ", Span(text="bold"), S(c=3), "x", Tab(), "y", LineBreak(), "z"),
        "second",
        valuetype="string",
    )
    table = table_of(saved(document(*texts(HEAD), line("a", mixed))))
    assert cells_of(table) == [["a", "a bold   x\ty\nz\nsecond"]]


def test_comments_and_reading_aids_are_not_the_text_of_a_cell() -> None:
    row = (
        "<table:table-row><table:table-cell><text:p>a</text:p></table:table-cell>"
        "<table:table-cell><office:annotation><text:p>a comment</text:p></office:annotation>"
        "<text:p>x<text:ruby><text:ruby-base>base</text:ruby-base>"
        "<text:ruby-text>aid</text:ruby-text></text:ruby>\n   y</text:p>"
        "</table:table-cell></table:table-row>"
    )
    head = "".join(f"<table:table-cell><text:p>{name}</text:p></table:table-cell>" for name in HEAD)
    data = content(f"<table:table-row>{head}</table:table-row>{row}")
    assert cells_of(table_of(data)) == [["a", "xbase y"]]


def test_numbers_as_shown_and_codes_that_changed_are_told() -> None:
    rows = [
        *texts(HEAD, ("00001", "x")),
        line(cell("0010", valuetype="float", value="10"), "A"),
        line(cell("20", valuetype="float", value="20"), "B"),
        line(cell("1.3.", valuetype="date", datevalue="2024-03-01"), "C"),
        line(cell("1E+05", valuetype="float", value="100000"), "D"),
        line(cell("1234567890123460", valuetype="float", value="1234567890123460"), "E"),
    ]
    reading = reading_of(saved(document(*rows)))
    assert sorted(found(reading)) == [
        "CS147 Codes!A3",
        "CS148 Codes!A4",
        "CS149 Codes!A5",
        "CS149 Codes!A6",
        "CS149 Codes!A7",
    ]


def test_errors_and_formulas_without_a_result_are_told() -> None:
    calc = 'calcext:value-type="error" office:value-type="string" table:formula="x"'
    old = 'office:value-type="string" table:formula="x"'
    cells = [
        f"<table:table-cell {calc}><text:p>#NAME?</text:p></table:table-cell>",
        f"<table:table-cell {old}><text:p>Err:502</text:p></table:table-cell>",
        '<table:table-cell table:formula="x"/>',
        f"<table:table-cell {old}><text:p>fine</text:p></table:table-cell>",
    ]
    head = "".join(f"<table:table-cell><text:p>{name}</text:p></table:table-cell>" for name in HEAD)
    code = "<table:table-cell><text:p>a</text:p></table:table-cell>"
    rows = "".join(f"<table:table-row>{code}{each}</table:table-row>" for each in cells)
    reading = reading_of(content(f"<table:table-row>{head}</table:table-row>{rows}"))
    assert found(reading) == [
        f"CS144 Codes!B{row}".replace("Codes", "Concepts") for row in (2, 3, 4)
    ]
    assert "#NAME?" in messages(reading)[0]
    assert "not stored" in messages(reading)[2]
    assert cells_of(reading.table)[3] == ["a", "fine"]


def test_hidden_rows_and_columns_are_read_and_told() -> None:
    rows = [
        TableColumn(),
        TableColumn(visibility="collapse"),
        *texts(HEAD, ("a", "A")),
        line("b", "B", visibility="filter"),
    ]
    reading = reading_of(saved(document(*rows)))
    assert found(reading) == ["CS145 Codes!A3", "CS145 Codes!B1"]
    assert cells_of(reading.table) == [["a", "A"], ["b", "B"]]


def test_merged_cells_hold_for_all_rows_that_hold_something() -> None:
    rows = [
        *texts(("Level", *HEAD)),
        line(cell("1", numberrowsspanned=2, numbercolumnsspanned=1), "a", "A"),
        line(CoveredTableCell(), "b", cell("B", numberrowsspanned=1, numbercolumnsspanned=2)),
    ]
    reading = reading_of(saved(document(*rows)))
    assert cells_of(reading.table) == [["1", "a", "A"], ["1", "b", "B"]]
    assert found(reading) == ["CS146 Codes!A2", "CS146 Codes!C3"]


def test_indents_are_those_of_formats_then_blanks_then_groups() -> None:
    made = OpenDocumentSpreadsheet()
    style = Style(name="in", family="table-cell")
    style.addElement(ParagraphProperties(marginleft="0.353cm"))
    made.automaticstyles.addElement(style)
    group = TableRowGroup()
    group.addElement(line(cell("b", stylename="in"), cell((S(c=2), "B")), "x"))
    table = sheet(*texts(("Code", "Display", "note"), ("a", "A", "x")), group, name="Codes")
    made.spreadsheet.addElement(table)
    read = table_of(saved(made))
    assert indents_of(read, 0) == [0, 10]
    assert indents_of(read, 1) == [0, 2]
    assert indents_of(read, 2) == [0, 1]


def test_the_sheet_with_a_code_is_read_and_hidden_ones_last() -> None:
    made = OpenDocumentSpreadsheet()
    hidden = Style(name="gone", family="table")
    hidden.addElement(TableProperties(display="false"))
    made.automaticstyles.addElement(hidden)
    for each in (
        sheet(*texts(("About", "x")), name="About"),
        sheet(*texts(("Code", "Display"), ("h", "H")), name="Old", stylename="gone"),
        sheet(*texts(("Code",), ("a",)), name="New"),
    ):
        made.spreadsheet.addElement(each)
    reading = reading_of(saved(made))
    assert reading.table is not None
    assert reading.table.sheet == "New"
    assert found(reading) == ["CS143"]
    assert table_of(saved(made), "2").sheet == "Old"
