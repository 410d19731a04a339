"""Workbooks of ECMA-376: what cells hold, by whatever program they were written."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from openpyxl.styles import Alignment

from fhir_codesystem.diagnostics import Location
from fhir_codesystem.tables.reading import read
from fhir_codesystem.tables.source import Source, Wanted

from .sheets import (
    cells_of,
    found,
    indents_of,
    messages,
    reading_of,
    repacked,
    saved,
    table_of,
    xlsx,
)

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

HEAD = ("Code", "Display")
ZEROS, DAY, POINT = "0000", "yyyy-mm-dd", "0.00"


def number(value: object, style: int = 0) -> str:
    return f'<c r="{{}}" s="{style}"><v>{value}</v></c>'


def book(*rows: tuple[Any, ...]) -> tuple[openpyxl.Workbook, Worksheet]:
    """Return a workbook of openpyxl and its sheet."""
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    sheet.title = "Codes"
    for row in rows:
        sheet.append(row)
    return made, sheet


def test_rows_and_cells_know_their_places() -> None:
    made, sheet = book()
    sheet["B3"], sheet["C3"], sheet["B5"], sheet["C7"] = "Code", "Display", "a", "x"
    table = reading_of(saved(made)).table
    assert table is not None
    assert table.header == ("", "Code", "Display")
    assert (table.unit, table.sheet, table.header_line) == ("row", "Codes", 3)
    assert table.frame["line"].to_list() == [5, 7]
    assert cells_of(table) == [[None, "a", None], [None, None, "x"]]
    assert table.locate([7, 5], 2) == [
        Location("codes.bin", 7, 3, "Codes"),
        Location("codes.bin", 5, 3, "Codes"),
    ]
    assert table.heading(1).cell == "Codes!B3"


def test_values_are_text_as_a_person_sees_it() -> None:
    made, sheet = book(("Code", "value", "kind"))
    values: dict[str, Any] = {
        "whole": 10,
        "whole with a point": 10.0,
        "noise": 0.1 + 0.2,
        "small": 1.5e-7,
        "truth": True,
        "untruth": False,
        "date": dt.date(2024, 2, 29),
        "moment": dt.datetime(2024, 2, 29, 13, 5, 30),  # noqa: DTZ001 - as in a cell
        "time": dt.time(13, 5),
        "two lines": "a\nb",
    }
    for row in values.items():
        sheet.append(row)
    table = table_of(saved(made))
    assert {name: value for name, value, _ in cells_of(table) if name} == {
        "whole": "10",
        "whole with a point": "10",
        "noise": "0.3",
        "small": "0.00000015",
        "truth": "true",
        "untruth": "false",
        "date": "2024-02-29",
        "moment": "2024-02-29T13:05:30",
        "time": "13:05:00",
        "two lines": "a\nb",
    }


@pytest.mark.parametrize(
    ("form", "value", "text"),
    [
        ("General", "12", "12"),
        ("0", "12", "12"),
        ("0000", "12", "0012"),
        ("0000", "12345", "12345"),
        ("000-000", "1234", "001-234"),
        ('"A"00', "7", "A07"),
        ("\\A00", "7", "A07"),
        ('"ICD "0', "7", "ICD 7"),
        ("0.00", "1.1", "1.10"),
        ("0.00", "0", "0.00"),
        ("0.00", "1.125", "1.125"),
        ("00.0", "1.5", "01.5"),
        ("0000", "1.5", "1.5"),
        ("0000", "-5", "-5"),
        ("#,##0", "1000", "1000"),
        ("0%", "0.5", "0.5"),
        ("# ?/?", "0.5", "0.5"),
        ("[Red]0000;[Blue]0000", "12", "0012"),
        ("yyyy", "45352", "2024"),
        ("mmm yyyy", "45352", "2024-03"),
        ("dd.mm.yyyy", "45352.5", "2024-03-01"),
        ("dd.mm.yyyy hh:mm", "45352.5", "2024-03-01T12:00:00"),
        ("[$-409]d/m/yy;@", "45352", "2024-03-01"),
        ("[h]:mm", "0.75", "18:00:00"),
        ("yyyy-mm-dd", "1", "1900-01-01"),
        ("yyyy-mm-dd", "59", "1900-02-28"),
        ("yyyy-mm-dd", "61", "1900-03-01"),
        ("yyyy-mm-dd", "-1", "-1"),
        ("yyyy-mm-dd", "1e300", "1E+300"),
        ('"day "0', "3", "day 3"),
    ],
)
def test_a_number_is_as_its_format_shows_it(form: str, value: str, text: str) -> None:
    escaped = form.replace('"', "&quot;")
    data = xlsx(("Code", "value"), ("a", number(value, 1)), formats=(escaped,))
    assert cells_of(reading_of(data).table) == [["a", text]]


@pytest.mark.parametrize(
    ("id", "text"), [(14, "2024-03-01"), (17, "2024-03"), (22, "2024-03-01"), (2, "45352.00")]
)
def test_formats_that_have_only_a_number_are_known(id: int, text: str) -> None:  # noqa: A002
    def style(parts: dict[str, bytes]) -> None:
        xf = f'<xf numFmtId="{id}"/></cellXfs>'.encode()
        parts["xl/styles.xml"] = parts["xl/styles.xml"].replace(b"</cellXfs>", xf)

    data = repacked(xlsx(("Code", "value"), ("a", number(45352, 1))), style)
    assert cells_of(reading_of(data).table) == [["a", text]]


def test_dates_may_count_from_1904() -> None:
    def change(parts: dict[str, bytes]) -> None:
        parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(
            b"<sheets>", b'<workbookPr date1904="1"/><sheets>'
        )

    data = repacked(xlsx(("Code", "on"), ("a", number(1, 1)), formats=(DAY,)), change)
    assert cells_of(table_of(data)) == [["a", "1904-01-02"]]


def test_numbers_that_their_format_changes_are_told_once_a_column() -> None:
    rows = [(number(row, 1), "x", number(row, 2)) for row in (10, 20, 3000)]
    reading = reading_of(xlsx(("Code", "Display", "weight"), *rows, formats=(ZEROS, POINT)))
    assert cells_of(reading.table) == [
        ["0010", "x", "10.00"],
        ["0020", "x", "20.00"],
        ["3000", "x", "3000.00"],
    ]
    assert found(reading) == ["CS147 Codes!A2", "CS147 Codes!C2"]
    assert messages(reading) == [
        "2 numbers of the column 'Code' taken as shown: '0010'",
        "3 numbers of the column 'weight' taken as shown: '10.00'",
    ]


def test_numbers_among_codes_with_leading_zeros_are_told_with_a_proposal() -> None:
    rows = [("0010", "A"), (number(20), "B"), (number(1000), "C"), ("x", "D"), (number(3), "E")]
    reading = reading_of(xlsx(HEAD, *rows))
    assert found(reading) == ["CS148 Codes!A3", "CS148 Codes!A6"]
    assert [each.hint for each in reading.diagnostics] == ["probably '0020'", "probably '0003'"]


def test_there_is_no_proposal_where_codes_differ_in_length() -> None:
    reading = reading_of(xlsx(HEAD, ("010", "A"), ("0010", "B"), (number(20), "C")))
    assert [(each.rule.number, each.hint) for each in reading.diagnostics] == [("CS148", None)]


@pytest.mark.parametrize("codes", [[number(10), number(20)], ["10", "0020"], ["0x", number(10)]])
def test_numbers_are_codes_like_others_where_nothing_says_otherwise(codes: list[str]) -> None:
    assert found(reading_of(xlsx(HEAD, *((code, "x") for code in codes)))) == []


@pytest.mark.parametrize(
    ("cell", "form", "stored"),
    [
        (number("45352", 1), "d-mmm", "a date"),
        (number("100000", 1), "0.00E+00", "a number in scientific notation"),
        (number("7.3421100011910299E+17"), "", "a number of more than 15 digits"),
        (number("1234567890123456"), "", "a number of more than 15 digits"),
    ],
)
def test_a_code_that_the_spreadsheet_changed_is_an_error(cell: str, form: str, stored: str) -> None:
    reading = reading_of(xlsx(HEAD, ("a", "A"), (cell, "B"), formats=(form,)))
    assert found(reading) == ["CS149 Codes!A3"]
    assert stored in messages(reading)[0]
    elsewhere = reading_of(xlsx(HEAD, ("a", cell), formats=(form,)))
    assert found(elsewhere) == []


def test_a_number_of_15_digits_is_kept() -> None:
    assert cells_of(table_of(xlsx(HEAD, (number(10**15 - 1), "x"))))[0][0] == "9" * 15


def test_errors_and_formulas_without_a_result_are_told() -> None:
    made, _ = book(HEAD, ("a", "=UPPER(A2)"), ("b", "B"))
    reading = reading_of(saved(made))
    assert found(reading) == ["CS144 Codes!B2"]
    assert "not stored" in messages(reading)[0]
    cell = '<c r="{}" t="e"><v>#N/A</v></c>'
    reading = reading_of(xlsx(HEAD, ("a", cell), ("b", cell)))
    assert found(reading) == ["CS144 Codes!B2", "CS144 Codes!B3"]
    assert messages(reading)[0] == "this cell holds an error, #N/A"
    assert cells_of(reading.table) == [["a", None], ["b", None]]


def test_formulas_are_read_by_their_results() -> None:
    text = '<c r="{}" t="str"><f>A2&amp;"x"</f><v>ax</v></c>'
    blank = '<c r="{}" t="str"><f>""</f><v></v></c>'
    value = '<c r="{}"><f>1+1</f><v>2</v></c>'
    data = xlsx(("Code", "Display", "n"), ("a", text, value), ("b", blank, value))
    assert cells_of(table_of(data)) == [["a", "ax", "2"], ["b", None, "2"]]


def test_rich_text_is_joined_and_phonetic_text_left_out() -> None:
    runs = '<r><t>kanji </t></r><r><t>x</t></r><rPh sb="0" eb="1"><t>p</t></rPh>'
    rich = f'<c r="{{}}" t="inlineStr"><is>{runs}</is></c>'
    shared = (
        b"<si><r><t>a </t></r><r><t>b</t></r><rPh><t>no</t></rPh></si><si><t>_x0041_&lt;</t></si>"
    )

    def change(parts: dict[str, bytes]) -> None:
        space = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        parts["xl/sharedStrings.xml"] = space + shared + b"</sst>"
        related = parts["xl/_rels/workbook.xml.rels"]
        kind = b'Id="s" Type="x/sharedStrings" Target="/xl/sharedStrings.xml"'
        parts["xl/_rels/workbook.xml.rels"] = related.replace(
            b"</Relationships>", b"<Relationship " + kind + b"/></Relationships>"
        )

    strings = [f'<c r="{{}}" t="s"><v>{index}</v></c>' for index in (0, 1)]
    data = repacked(xlsx(HEAD, ("a", rich), (strings[1], strings[0])), change)
    assert cells_of(table_of(data)) == [["a", "kanji x"], ["A<", "a b"]]


def test_characters_that_xml_has_none_for_are_read() -> None:
    cell = (
        '<c r="{}" t="inlineStr"><is><t>a_x000B_b_x005F_x000B_ _xD83D__xDE00_ _xD83D_</t></is></c>'
    )
    assert cells_of(table_of(xlsx(HEAD, ("a", cell)))) == [
        ["a", "a\x0bb_x000B_ \N{GRINNING FACE} \N{REPLACEMENT CHARACTER}"]
    ]


def test_cells_and_rows_need_no_places() -> None:
    def change(parts: dict[str, bytes]) -> None:
        sheet = parts["xl/worksheets/sheet1.xml"]
        parts["xl/worksheets/sheet1.xml"] = re.sub(rb' r="[A-Z]*[0-9]+"', b"", sheet)

    table = table_of(repacked(xlsx(HEAD, ("a", "A"), ("b", "B")), change))
    assert table.header == HEAD
    assert cells_of(table) == [["a", "A"], ["b", "B"]]
    assert table.frame["line"].to_list() == [2, 3]


def test_names_of_elements_may_have_a_prefix_and_the_strict_namespace() -> None:
    def change(parts: dict[str, bytes]) -> None:
        sheet = re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", parts["xl/worksheets/sheet1.xml"])
        sheet = sheet.replace(b"xmlns=", b"xmlns:x=").replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        )
        parts["xl/worksheets/sheet1.xml"] = sheet

    assert cells_of(table_of(repacked(xlsx(HEAD, ("a", "A")), change))) == [["a", "A"]]


def test_hidden_rows_and_columns_are_read_and_told() -> None:
    made, sheet = book(("Code", "Display", "note"), ("a", "A", "x"), ("b", "B", "y"))
    sheet.append(("c", "C", "z"))
    sheet.row_dimensions[3].hidden = True
    sheet.row_dimensions[9].hidden = True
    sheet.column_dimensions["B"].hidden = True
    sheet.column_dimensions["G"].hidden = True
    reading = reading_of(saved(made))
    assert found(reading) == ["CS145 Codes!A3", "CS145 Codes!B1"]
    assert messages(reading) == [
        "hidden, but read like the others: a row",
        "hidden, but read like the others: the column 'Display'",
    ]
    assert len(cells_of(reading.table)) == 3


def test_merged_cells_hold_for_all_rows_that_hold_something() -> None:
    made, sheet = book(
        ("Level", "Code", "Display", "Definition"),
        ("1", "a", "A", "x"),
        (None, "b", "B", None),
        (None, None, None, None),
        ("2", "c", "C and more", None),
    )
    sheet.merge_cells("A2:A4")
    sheet.merge_cells("D2:D3")
    sheet.merge_cells("C5:D5")
    reading = reading_of(saved(made))
    assert cells_of(reading.table) == [
        ["1", "a", "A", "x"],
        ["1", "b", "B", "x"],
        ["2", "c", "C and more", None],
    ]
    assert found(reading) == ["CS146 Codes!A2", "CS146 Codes!C5"]
    assert [re.findall(r"\d+", text) for text in messages(reading)] == [["2"], ["1"]]


def test_a_header_of_two_rows_joins_its_names() -> None:
    made, sheet = book(
        ("Code", "Display", None, "status"), (None, "de", "fr", None), ("a", "A", "B", "x")
    )
    sheet.merge_cells("A1:A2")
    sheet.merge_cells("B1:C1")
    table = table_of(saved(made))
    assert table.header == ("Code", "Display:de", "Display:fr", "status")
    assert cells_of(table) == [["a", "A", "B", "x"]]


def test_indents_are_those_of_formats_then_blanks_then_the_outline() -> None:
    made, sheet = book(("Code", "Display", "Definition"))
    for level, row in enumerate([("a", "A", "x"), ("b", "  B", "x"), ("c", "    C", "x")], 2):
        sheet.append(row)
        sheet.row_dimensions[level].outlineLevel = level - 2
        sheet.cell(level, 1).alignment = Alignment(indent=(level - 2) * 3)
    table = table_of(saved(made))
    assert indents_of(table, 0) == [0, 3, 6]
    assert indents_of(table, 1) == [0, 2, 4]
    assert indents_of(table, 2) == [0, 1, 2]
    assert cells_of(table)[2] == ["c", "C", "x"]
    assert indents_of(table_of(xlsx(HEAD, ("a", "A"))), 0) is None


def test_the_sheet_with_a_code_is_read_whatever_its_place() -> None:
    made, sheet = book(("About", "this"), ("x", "y"))
    codes = made.create_sheet("Concept list")
    codes.append(("Code", "Display"))
    codes.append(("a", "A"))
    table = table_of(saved(made))
    assert table.sheet == "Concept list"
    sheet.append(("Code", None))
    reading = reading_of(saved(made))
    assert reading.table is not None
    assert reading.table.sheet == "Concept list"
    assert found(reading) == ["CS143"]
    assert "not read: 'Codes'" in messages(reading)[0]


@pytest.mark.parametrize("wanted", ["Other", "other", "2", " OTHER "])
def test_a_sheet_can_be_wanted_by_name_or_number(wanted: str) -> None:
    made, _ = book(HEAD, ("a", "A"))
    other = made.create_sheet("Other")
    other.append(("Kürzel", "Text"))
    other.append(("k", "T"))
    table = table_of(saved(made), wanted)
    assert table.header == ("Kürzel", "Text")


def test_a_name_is_a_name_before_it_is_a_number() -> None:
    made, _ = book(HEAD, ("a", "A"))
    made.create_sheet("1").append(("Code", "Term"))
    assert table_of(saved(made), "1").header == ("Code", "Term")


def test_a_sheet_that_is_not_there_is_told_where_it_was_wanted() -> None:
    made, _ = book(HEAD, ("a", "A"))
    place = Location("codes.yaml", 3, 10)
    for wanted in ("Nope", "0", "7", "-1", "²", "9" * 5000):
        reading = read(Source("x", saved(made), Wanted(sheet=wanted, sheet_place=place)))
        assert reading.table is None
        assert [(each.rule.number, each.location) for each in reading.diagnostics] == [
            ("CS142", place)
        ]
        assert "it has 'Codes'" in messages(reading)[0]


def test_a_table_that_is_wanted_by_a_heading_is_the_sheet_or_none() -> None:
    data = xlsx(HEAD, ("a", "A"))
    for wanted, numbers in (("Codes", []), ("1", []), ("Other", ["CS123"])):
        reading = read(Source("x", data, Wanted(table=wanted)))
        assert [each.rule.number for each in reading.diagnostics] == numbers
        assert (reading.table is None) == bool(numbers)


def test_several_sheets_without_a_code_are_named() -> None:
    made, _ = book(("Kürzel", "Text"), ("a", "A"))
    made.create_sheet("Other").append(("x", "y"))
    made.create_sheet("Empty")
    reading = reading_of(saved(made))
    assert found(reading) == ["CS142"]
    assert "'Codes', 'Other', 'Empty'" in messages(reading)[0]
    del made["Other"]
    assert reading_of(saved(made)).table is not None


def test_a_hidden_sheet_is_read_only_if_no_other_can_be() -> None:
    made, sheet = book(("Code", "Display", "Definition"), ("hidden", "A", "x"))
    sheet.sheet_state = "hidden"
    seen = made.create_sheet("Seen")
    seen.append(("Code",))
    seen.append(("a",))
    made.active = 1
    reading = reading_of(saved(made))
    assert reading.table is not None
    assert reading.table.sheet == "Seen"
    assert found(reading) == ["CS143"]
    assert table_of(saved(made), "Codes").sheet == "Codes"


def test_titles_above_the_header_are_told() -> None:
    made, _ = book(
        ("My codes", None, None),
        ("Code", "M-1", None),
        (),
        ("Level", "Code", "Display"),
        ("1", "a", "A"),
    )
    reading = reading_of(saved(made))
    assert reading.table is not None
    assert (reading.table.header_line, reading.table.header) == (4, ("Level", "Code", "Display"))
    assert found(reading) == ["CS143 Codes!A1"]
    assert messages(reading) == ["not read: 2 rows above the header, 'My codes'"]


def test_a_header_without_a_code_is_the_first_row_of_several_cells() -> None:
    made, _ = book(("A title",), ("Kürzel", "Text"), ("a", "A"))
    reading = reading_of(saved(made))
    assert reading.table is not None
    assert reading.table.header == ("Kürzel", "Text")
    assert found(reading) == ["CS143 Codes!A1"]


def test_a_column_without_a_name_is_kept_for_those_who_tell_of_it() -> None:
    table = table_of(xlsx((*HEAD, "", ""), ("a", "A", "", "note"), ("b", "B", "  ", "")))
    assert table.header == ("Code", "Display", "", "")
    assert cells_of(table)[0] == ["a", "A", None, "note"]


def test_a_sheet_without_a_cell_holds_no_table() -> None:
    made, _ = book()
    assert found(reading_of(saved(made))) == ["CS104"]


def test_the_workbook_of_the_ig_publisher() -> None:
    """As CodeSystemSpreadsheetGenerator of org.hl7.fhir.core writes it."""
    made, sheet = book(("Property", "Value"))
    sheet.title = "Metadata"
    for row in [
        ("URL", "http://example.org/CodeSystem/x"),
        ("Version", "1.0"),
        ("Title", "X"),
        ("Experimental", ""),
        ("Case Sensitive", "true"),
        ("Hierarchy", "is-a"),
        ("Version Needed?", "false"),
        ("Content", "complete"),
        ("Count", "2"),
        ("Contact", "HL7 International: http://hl7.org"),
    ]:
        sheet.append(row)
    properties = made.create_sheet("Properties")
    properties.append(("Code", "Uri", "Description", "Type"))
    properties.append(("status", "http://hl7.org/fhir/concept-properties#status", "S", "code"))
    filters = made.create_sheet("Filters")
    filters.append(("Code", "Description", "Operators", "Value"))
    filters.append(("root", None, "in, =", "true"))
    concepts = made.create_sheet("Concepts")
    concepts.append(("Level", "Code", "Display", "Definition"))
    concepts.append(("1", "a", "A", "An a."))
    concepts.append(("2", "b", "B", None))
    reading = reading_of(saved(made))
    assert reading.table is not None
    assert cells_of(reading.table) == [["1", "a", "A", "An a."], ["2", "b", "B", None]]
    assert reading.table.stated == {
        "url": "http://example.org/CodeSystem/x",
        "version": "1.0",
        "title": "X",
        "caseSensitive": True,
        "hierarchyMeaning": "is-a",
        "versionNeeded": False,
        "content": "complete",
        "count": 2,
        "property": [
            {
                "code": "status",
                "uri": "http://hl7.org/fhir/concept-properties#status",
                "description": "S",
                "type": "code",
            }
        ],
        "filter": [{"code": "root", "operator": ["in", "="], "value": "true"}],
    }
    assert found(reading) == ["CS143 Metadata!A1"]
    assert "'Contact'" in messages(reading)[0]
