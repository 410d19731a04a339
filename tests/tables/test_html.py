"""Published pages: HTML of the IG Publisher and of the FHIR specification.

tests/corpus/html holds pages of both as they were published (packages hl7.fhir.r4b.core 4.3.0 and
hl7.terminology), and for each the rows that a person reads there: level, code, display, definition.
HTML is defined by https://html.spec.whatwg.org; tables, rows and spans in its section 4.9.
"""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fhir_codesystem.diagnostics import Location
from fhir_codesystem.tables import html
from fhir_codesystem.tables.source import Source, Wanted

if TYPE_CHECKING:
    from conftest import Project
    from fhir_codesystem.tables.table import Reading, Table

CORPUS = Path(__file__).parents[1] / "corpus" / "html"
PAGES = sorted(path.stem for path in CORPUS.glob("*.html"))
HEAD = "<table><tr><td>Code</td><td>Display</td></tr>"
PLACE = Location("table.yaml", 2, 10)


def reading_of(page: str | bytes, table: str | None = None, name: str = "page.html") -> Reading:
    data = page.encode() if isinstance(page, str) else page
    source = Source(name, data, Wanted(table=table, table_place=PLACE))
    assert html.recognises(source)
    return html.read(source)


def table_of(page: str | bytes, table: str | None = None) -> Table:
    reading = reading_of(page, table)
    assert reading.diagnostics == ()
    assert reading.table is not None
    return reading.table


def cells_of(table: Table) -> list[list[str | None]]:
    names = [str(cell) for cell in range(len(table.header))]
    return [list(row) for row in table.frame.select(names).iter_rows()]


def found_in(page: str | bytes, table: str | None = None) -> list[str]:
    return [
        f"{each.rule.number} {each.location.line}:{each.location.column}"
        for each in reading_of(page, table).diagnostics
    ]


def row(*cells: str) -> str:
    return f"{HEAD}<tr>{''.join(cells)}</tr></table>"


def page_of(name: str) -> Table:
    return table_of((CORPUS / f"{name}.html").read_bytes())


def folded(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "").strip()


@pytest.mark.parametrize("name", PAGES)
def test_a_published_page_gives_the_rows_that_it_shows(name: str) -> None:
    table = page_of(name)
    cell = {title: at for at, title in enumerate(table.header)}
    rows = [
        [
            int(row[cell["Lvl"]] or "") if "Lvl" in cell else 1,
            *(
                folded(row[cell[title]]) if title in cell else ""
                for title in ("Code", "Display", "Definition")
            ),
        ]
        for row in cells_of(table)
    ]
    shown = json.loads((CORPUS / f"{name}.json").read_text("utf-8"))
    assert rows == [[level, *map(folded, texts)] for level, *texts in shown]


@pytest.mark.parametrize("name", PAGES)
def test_every_cell_of_a_published_page_knows_its_place(name: str) -> None:
    table = page_of(name)
    lines = (CORPUS / f"{name}.html").read_text("utf-8").split("\n")
    numbers = table.frame["line"].to_list()[:50]
    for cell in range(len(table.header)):
        texts = [row[cell] for row in cells_of(table)]
        for place, text in zip(table.locate(numbers, cell), texts, strict=False):
            assert place.line is not None
            assert place.column is not None
            rest = re.sub(" +", " ", lines[place.line - 1][place.column - 1 :])
            rest = re.sub("<[^>]*>", "", rest).replace("&quot;", chr(34))
            if text is not None and not set(text) & set("&<\n"):
                assert rest.startswith(text.split("\n")[0][:20])


@pytest.mark.parametrize(
    ("name", "stated"),
    [
        (
            "account-status",
            {"url": "http://hl7.org/fhir/account-status", "content": "complete"},
        ),
        (
            "appointment-cancellation-reason",
            {
                "url": "http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason",
                "content": "example",
            },
        ),
        (
            "v2-0550",
            {
                "url": "http://terminology.hl7.org/CodeSystem/v2-0550",
                "caseSensitive": True,
                "hierarchyMeaning": "is-a",
                "content": "complete",
                "property": [
                    {
                        "code": "status",
                        "uri": "http://hl7.org/fhir/concept-properties#status",
                        "description": "A code that indicates the status of the concept",
                        "type": "code",
                    },
                    {
                        "code": "v2-table-deprecated",
                        "uri": "http://terminology.hl7.org/CodeSystem/utg-concept-properties"
                        "#v2-table-deprecated",
                        "description": "Version of HL7 in which the code was deprecated",
                        "type": "code",
                    },
                ],
            },
        ),
        ("example", {}),
    ],
)
def test_what_a_page_says_of_the_code_system_is_stated(name: str, stated: dict[str, Any]) -> None:
    assert page_of(name).stated == stated


def test_columns_of_properties_know_the_codes_of_the_properties() -> None:
    table = page_of("v3-CalendarCycle")
    assert table.header[4:] == (
        *("Deprecated", "internalId", "Not Selectable", "Status", "Deprecation Date"),
        *("Synonym", "Parent"),
    )
    assert table.properties == {
        6: "notSelectable",
        7: "status",
        8: "deprecationDate",
        9: "synonymCode",
        10: "subsumedBy",
    }
    assert table.stated["language"] == "en"
    first = cells_of(table)[0]
    assert first[4:9] == ["Deprecated", "21046", "true", "deprecated", "2013-06-29"]


def test_a_table_of_languages_below_is_joined_by_code() -> None:
    table = page_of("publication-status")
    assert table.header == (
        *("Code", "Display", "Definition", "Nederlands (Dutch, nl)", "Русский (Russian, ru)"),
    )
    assert [row[3:] for row in cells_of(table)] == [
        ["ontwerp", "черновик"],
        ["actief", "активный"],
        ["verouderd", "удалён"],
        [None, None],
    ]
    (place,) = table.locate([3], 3)
    lines = (CORPUS / "publication-status.html").read_text("utf-8").split("\n")
    assert lines[(place.line or 0) - 1][(place.column or 0) - 1 :].startswith("actief")


METADATA = (
    "<h2>CodeSystem: Kinds of Leave (Experimental)</h2><table class='colsi'><tr>"
    "<td><i>Official URL</i>: http://example.org/CodeSystem/leave</td><td><i>Version</i>: 1.0</td>"
    "</tr><tr><td><i>Draft</i> as of 2024-01-31</td><td><i>Computable Name</i>: Leave</td></tr>"
    "</table>"
)
SUMMARY = (
    "<table><tr><td>Defining URL:</td><td>http://example.org/CodeSystem/leave</td></tr>"
    "<tr><td>Version:</td><td>1.0</td></tr><tr><td>Name:</td><td>Leave</td></tr>"
    "<tr><td>Title:</td><td>Kinds of Leave</td></tr><tr><td>Status:</td>"
    "<td>Active as of 2024-01</td></tr><tr><td>Content:</td>"
    "<td>Fragment: a subset of the codes</td></tr></table>"
)


@pytest.mark.parametrize(
    ("before", "stated"),
    [
        (
            METADATA,
            {
                "url": "http://example.org/CodeSystem/leave",
                "version": "1.0",
                "name": "Leave",
                "title": "Kinds of Leave",
                "status": "draft",
                "date": "2024-01-31",
            },
        ),
        (
            SUMMARY,
            {
                "url": "http://example.org/CodeSystem/leave",
                "version": "1.0",
                "name": "Leave",
                "title": "Kinds of Leave",
                "status": "active",
                "date": "2024-01",
                "content": "fragment",
            },
        ),
        (
            SUMMARY + "<p>This code system http://other.org defines the following codes:</p>",
            {"url": "http://other.org", "content": "complete"},
        ),
        (METADATA.replace("/CodeSystem/", "/ValueSet/"), {}),
        (
            (
                "<table><tr><td>Official URL: http://a.org</td></tr><tr><td>Other Identifiers: "
                "OID:2.16.840.1</td></tr><tr><td>Value Set:</td><td>http://b.org (is the value set "
                "for all codes)</td></tr></table><p>version: 2; Language: de-CH</p>"
            ),
            {
                "url": "http://a.org",
                "identifier": [{"system": "urn:ietf:rfc:3986", "value": "urn:oid:2.16.840.1"}],
                "valueSet": "http://b.org",
                "language": "de-CH",
            },
        ),
        (
            (
                "<p>This  code system <code>http://a.org</code> provides <b>a fragment</b> that "
                "includes following codes in a grouped by hierarchy:</p>"
            ),
            {"url": "http://a.org", "content": "fragment", "hierarchyMeaning": "grouped-by"},
        ),
        (
            (
                "<p>This case-sensitive code system <code>http://a.org</code> provides some codes "
                "<b>that are example only</b>:</p>"
            ),
            {"url": "http://a.org", "content": "example", "caseSensitive": True},
        ),
        (
            (
                "<p>This case-insensitive code system <code>urn:oid:1.2.3</code> defines the "
                "following codes in a Grouped By hierarchy:</p>"
            ),
            {
                "url": "urn:oid:1.2.3",
                "caseSensitive": False,
                "hierarchyMeaning": "grouped-by",
                "content": "complete",
            },
        ),
        (
            (
                "<p>This code system <code>http://a.org</code> defines the following codes in an "
                "undefined hierarchy:</p>"
            ),
            {"url": "http://a.org", "content": "complete"},
        ),
    ],
)
def test_metadata_is_stated_where_it_is_of_this_code_system(
    before: str, stated: dict[str, Any]
) -> None:
    assert table_of(before + row("<td>a</td>")).stated == stated


def test_a_whole_page_of_the_ig_publisher_is_read() -> None:
    """Made after its templates: navigation, metadata, properties, filters, languages, scripts."""
    table = table_of((CORPUS / "whole" / "ig-publisher.html").read_bytes())
    assert table.header == (
        *("Lvl", "Code", "Display", "Definition", "Not Selectable", "Paid from", "Copy"),
        *("Deutsch (German, de)", "français (French (Switzerland), fr-CH)"),
    )
    assert [row[:7] for row in cells_of(table)] == [
        ["1", "A", "Absence", "Any absence.\n\nSee the rules.", "true", None, None],
        ["2", "\xa0\xa0A1", "Holiday & rest", None, None, "2020-01-01", None],
    ]
    assert [row[7:] for row in cells_of(table)] == [["Abwesenheit", None], ["Ferien", "Vacances"]]
    assert table.properties == {4: "notSelectable", 5: "paidFrom"}
    declared = table.stated["property"]
    assert [each["operator"] for each in table.stated["filter"]] == [["is-a"]]
    assert [(each["code"], each["type"]) for each in declared] == [
        ("notSelectable", "boolean"),
        ("paidFrom", "dateTime"),
    ]
    assert {
        key: value for key, value in table.stated.items() if key not in {"property", "filter"}
    } == {
        "url": "http://example.org/CodeSystem/leave",
        "identifier": [
            {"system": "urn:ietf:rfc:3986", "value": "urn:oid:2.16.756.5.30.1.999.5.1"},
        ],
        "version": "1.2.0",
        "name": "KindsOfLeave",
        "title": "Kinds of Leave",
        "status": "active",
        "date": "2024-05-02",
        "caseSensitive": False,
        "hierarchyMeaning": "classified-with",
        "content": "complete",
    }


def test_a_whole_page_of_the_fhir_specification_is_read() -> None:
    """Made after the pages of value sets of R4: the metadata there are not the code system's."""
    table = table_of((CORPUS / "whole" / "fhir-specification.html").read_bytes())
    assert table.header == ("Code", "Display", "Definition")
    assert cells_of(table) == [["sick", "Sick", "Away, and ill."]]
    assert table.stated == {"url": "http://hl7.org/fhir/leave", "content": "complete"}


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("<td>x</td>", "x"),
        ("<td>\n  two\n\twords \r\n</td>", "two words"),
        ("<td>x<br/>y<br>z</td>", "x\ny\nz"),
        ("<td>x<br><br><br>y</td>", "x\n\ny"),
        ("<td><p>x</p> <p>y</p></td>", "x\n\ny"),
        ("<td><div>x</div><div>y</div></td>", "x\ny"),
        ("<td><ul><li>x</li><li>y</li></ul></td>", "x\ny"),
        ("<td>a <b>b</b><i>c</i> <a href='javascript:alert(1)'>d</a></td>", "a bc d"),
        ("<td>x\n <a name='t-x'> </a></td>", "x"),
        ("<td>x<a name='t-x'/></td>", "x"),
        ("<td>a &amp;lt; &#228;&eacute;&#x1F600; &unknown;</td>", "a &lt; äé😀 &unknown;"),
        ("<td>&nbsp;&#160;x</td>", "\xa0\xa0x"),
        ("<td>x<!-- no --><script>'<td>'</script><style>td {}</style></td>", "x"),
        ("<td>x<span style='display: none'>no<b>no</b></span><i hidden>no</i>y</td>", "xy"),
        ("<td onclick='x(\"<td>\")' title='</td>'>x</td>", "x"),
        ("<td><input type='checkbox' checked></td>", "true"),
        ("<td><input type='checkbox'/></td>", "false"),
        ("<td>✓<button>Copy</button></td>", "✓"),
        ("<td>x<table><tr><td>in</td><td>side</td></tr><tr><td>it</td></tr></table></td>",
         "x\nin side\nit"),
        ("<td><div>unclosed<p>tags", "unclosed\n\ntags"),
        ("<td>&nbsp; &nbsp;</td>", None),
        ("<td/>", None),
        ("", None),
    ],
)  # fmt: skip
def test_a_cell_is_the_text_that_a_browser_shows(cell: str, text: str | None) -> None:
    assert cells_of(table_of(row("<td>a</td>", cell))) == [["a", text]]


def test_cells_may_span_rows_and_columns() -> None:
    table = table_of(
        "<table><thead><tr><th rowspan=2>Code</th><th colspan=2>Text</th><th rowspan=2>Kind</th>"
        "</tr><tr><th>de</th><th>fr</th></tr></thead>"
        "<tr><td>a<td>A<td>Â<td rowspan=2>x</tr><tr><td>b<td colspan=2>B</tr>"
        "<tr><td>c<td>C<td rowspan=0>Ĉ<td>y</tr><tr><td>d<td colspan=1000000000>D</tr></table>"
    )
    assert table.header == ("Code", "Text de", "fr", "Kind")
    assert cells_of(table) == [
        ["a", "A", "Â", "x"],
        ["b", "B", None, "x"],
        ["c", "C", "Ĉ", "y"],
        ["d", "D", "Ĉ", None],
    ]
    assert table.frame["line"].to_list() == [3, 4, 5, 6]
    assert table.header_line == 1


def test_a_span_leads_back_to_the_cell_that_spans() -> None:
    page = "<table>\n<tr><td>Code<td>Kind\n<tr><td>a<td rowspan=2>x\n<tr><td>b\n</table>"
    table = table_of(page)
    assert table.locate([2, 3], 1) == [Location("page.html", 3, 24)] * 2
    assert table.locate([3]) == [Location("page.html", 4, 1)]
    assert table.heading(1) == Location("page.html", 2, 17)


def test_places_are_found_where_all_is_on_one_line() -> None:
    table = table_of("<p>x</p>" + row("<td>a", "<td> <b>A</b>"))
    assert table.locate([2], 0) == [Location("page.html", 1, 62)]
    assert table.locate([2], 1) == [Location("page.html", 1, 71)]
    assert table.unit == "row"


def test_indents_by_style_are_counted_in_pixels() -> None:
    table = table_of(
        f"{HEAD}<tr><td style='padding-left: 10px'>a<td>A"
        "<tr><td style='padding-left:2em'>b<td>B"
        "<tr><td style='padding-left:10px'><span style='margin-left: 15pt'>c</span><td>C"
    )
    indents = table.places.indents(0)
    assert indents is not None
    assert indents.to_list() == [0, 22, 20]
    assert table.places.indents(1) is None
    assert table_of(row("<td>a")).places.indents(0) is None


@pytest.mark.parametrize("cells", [("a", "A"), ('"a"', "A"), ("a\xa0b", "A"), ("a", "x\ny")])
def test_a_row_is_plain_where_no_character_needs_care(cells: tuple[str, str]) -> None:
    code, display = cells
    text = display.replace("\n", "<br>")
    table = table_of(row(f"<td>{code}</td>", f"<td>{text}</td>"))
    assert table.frame["plain"].to_list() == [cells == ("a", "A")]


PROPERTIES = (
    "<p><b>Properties</b></p><table><tr><td>Code</td><td>Type</td></tr>"
    "<tr><td>p</td><td>datetime</td></tr></table>"
)
FILTERS = (
    "<table><tr><td>Code</td><td>Description</td><td>operator</td><td>Value</td></tr>"
    "<tr><td>f</td><td>F</td><td>= in</td><td>A string</td></tr></table>"
)


def test_the_table_of_concepts_is_found_among_others() -> None:
    layout = f"<table><tr><td>Menu</td><td>{PROPERTIES}{FILTERS}{row('<td>a', '<td>A')}</td></tr>"
    table = table_of(layout)
    assert table.header == ("Code", "Display")
    assert cells_of(table) == [["a", "A"]]
    assert table.stated == {
        "property": [{"code": "p", "type": "dateTime"}],
        "filter": [
            {"code": "f", "description": "F", "operator": ["=", "in"], "value": "A string"},
        ],
    }


def test_a_page_laid_out_by_tables_is_read_like_another() -> None:
    sentence = "<h2>Codes</h2><p>This code system http://a.org defines the following codes:</p>"
    inner = f"{sentence}{row('<td>a', '<td>A')}<p>after</p>"
    layout = f"<table><tr><td>Menu<td><table><tr><td>{inner}</table></table>"
    assert table_of(layout).stated == {"url": "http://a.org", "content": "complete"}
    line = "This code system http://a.org defines the following codes:"
    assert cells_of(table_of(layout, line)) == [["a", "A"]]


def test_each_of_two_code_systems_has_its_own_tables() -> None:
    german = "<table><tr><td>Code<td>Deutsch (de)<tr><td>a<td>{}</table>"
    first = PROPERTIES + row("<td>a", "<td>A") + german.format("Eins")
    second = PROPERTIES.replace(">p<", ">q<") + row("<td>a", "<td>A") + german.format("Zwei")
    for wanted, code, text in (("2", "p", "Eins"), ("5", "q", "Zwei")):
        table = reading_of(first + second, wanted).table
        assert table is not None
        assert table.stated["property"] == [{"code": code, "type": "dateTime"}]
        assert cells_of(table) == [["a", "A", text]]


def test_a_title_over_the_header_is_passed_over() -> None:
    table = table_of("<table><tr><td colspan=2>Codes</td></tr>" + row("<td>a", "<td>A")[7:])
    assert (table.header, table.header_line) == (("Code", "Display"), 2)


def test_a_table_without_a_code_is_read_for_settings_to_say_what_is_what() -> None:
    table = table_of("<table><tr><td>x</table><table><tr><td>K<td>T<tr><td>a<td>A</table>")
    assert table.header == ("K", "T")
    assert cells_of(table) == [["a", "A"]]


EXPLAINED = (
    "<table><tr><td>Level</td><td>A few code lists are hierarchical</td></tr><tr><td>Code</td>"
    "<td>The code (used as the code in the resource instance)</td></tr></table>"
)
TWO = (
    "<h2>First</h2><table><tr><td>Code<td>Display<tr><td>a<td>A</table>\n"
    "<h2>Second</h2>\n<p>below</p>"
    "<table><caption>Third</caption><tr><td>Code<td>Display<tr><td>b<td>B</table>"
)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [("1", "a"), ("2", "b"), ("First", "a"), ("second", "b"), ("below", "b"), ("Third", "b")],
)
def test_a_table_is_picked_by_number_or_by_the_heading_above(wanted: str, code: str) -> None:
    reading = reading_of(TWO, wanted)
    assert reading.table is not None
    assert cells_of(reading.table) == [[code, code.upper()]]


def test_a_wanted_table_that_is_not_there_is_told_where_it_is_wanted() -> None:
    reading = reading_of(TWO, "Fourth")
    assert reading.table is None
    (told,) = reading.diagnostics
    assert (told.rule.number, told.location) == ("CS123", PLACE)
    assert told.hint == (
        "its tables are 1 under 'First' ('Code, Display'); 2 under 'Third' ('Code, Display')"
    )


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("<html><p>x</p></html>", ["CS126 None:None"]),
        ("<html>", ["CS126 None:None"]),
        (TWO, ["CS125 3:13"]),
        (EXPLAINED + HEAD, []),
        (HEAD + "<tbody hidden>\n<tr><td>a</tbody>", ["CS133 2:1"]),
        (f"{HEAD}\n<tr hidden><td>a", ["CS133 2:1"]),
        (f"{HEAD}\n<tr><td style='display:none'>a", ["CS133 2:1"]),
        (f"{HEAD}\n<tr><td colspan=2>Group\n<tr><td>a", ["CS134 2:1"]),
        (f"{HEAD}\n<tr><td>a\n<tr><td>Code<td>Display", ["CS134 3:1"]),
        (f"{HEAD}<tr><td>a</table>\n<table><tr><td>Code<td>Deutsch (German, de)\n<tr><td>b<td>B",
         ["CS135 3:9"]),
        (f"{HEAD}\n" + "<tr><td rowspan=100000 colspan=1000>a" * 200, ["CS136 2:1"]),
        ("<table>\n<tr><td>Code" + "<td>x" * 10_000, ["CS112 2:1"]),
        (f"{HEAD}<tr>\n" + "<td>x" * 10_000, ["CS112 1:46"]),
        (b"<html>\0<table>", ["CS101 1:7"]),
        (("<html>\n" + row("<td>a", "<td>Käse")).encode("cp1252"), ["CS102 2:60"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_place(page: str | bytes, found: list[str]) -> None:
    assert found_in(page) == found


def test_a_hidden_row_is_read_and_a_title_is_not() -> None:
    reading = reading_of(f"{HEAD}<tr hidden><td>a<td>A<tr><td colspan=2>T<tr><td>b<td>B")
    assert reading.table is not None
    assert cells_of(reading.table) == [["a", "A"], ["b", "B"]]
    assert reading.table.frame["line"].to_list() == [2, 4]


@pytest.mark.parametrize(
    "data",
    [
        "{}".encode("utf-8-sig"),
        "<html>{}".encode("utf-16"),
        "<html>{}".encode("utf-16-be"),
    ],
)
def test_byte_order_marks_are_understood(data: bytes) -> None:
    encoding = "utf-8-sig" if data.startswith(b"\xef") else "utf-16"
    if data.startswith(b"\0"):
        data = b"\xfe\xff" + data
    page = data.decode(encoding).replace("{}", row("<td>a", "<td>Да"))
    encoded = page.encode("utf-8-sig" if encoding == "utf-8-sig" else "utf-16")
    assert cells_of(table_of(encoded)) == [["a", "Да"]]


@pytest.mark.parametrize(
    ("declaration", "encoding"),
    [
        ('<meta charset="iso-8859-1">', "cp1252"),
        ("<meta http-equiv=Content-Type content='text/html; charset=windows-1252'>", "cp1252"),
        ("<?xml version='1.0' encoding='ISO-8859-2'?><html>", "iso8859-2"),
        ("<meta charset=utf-8>", "utf-8"),
        ('<meta charset="iso-8859-1">', "utf-8"),
        ("<meta charset=koi8-r>", "koi8-r"),
        ("<meta charset=shift_jis>", "shift_jis"),
    ],
)
def test_a_declared_encoding_is_used_where_the_page_is_not_utf_8(
    declaration: str, encoding: str
) -> None:
    text = {"koi8-r": "Да", "shift_jis": "漢字"}.get(encoding, "Käse")
    page = (declaration + row("<td>a", f"<td>{text}")).encode(encoding)
    assert cells_of(table_of(page)) == [["a", text]]


@pytest.mark.parametrize("label", ["zip", "rot13", "idna", "unicode_escape", "nonsense"])
def test_a_declared_encoding_that_is_none_of_text_is_not_used(label: str) -> None:
    page = (f"<meta charset={label}>" + row("<td>a", "<td>Käse")).encode("cp1252")
    (found,) = reading_of(page).diagnostics
    assert found.rule.number == "CS102"


@pytest.mark.parametrize(
    ("name", "data", "is_page"),
    [
        ("a.html", b"<!DOCTYPE html>", True),
        ("a.txt", b"\n <!doctype HTML PUBLIC>", True),
        ("a.xls", b"<html xmlns:x='urn:schemas-microsoft-com:office:excel'>", True),
        ("a", b"<?xml version='1.0'?>\n<!-- x -->\n<html xmlns='x'>", True),
        ("a", b"\xef\xbb\xbf<table>", True),
        ("a", b"<tr><td>a", True),
        ("a.html", b"Codes of x: <table>", True),
        ("a.html", b"Code | Display", False),
        ("a.html", b"PK\x03\x04<html>", False),
        ("a.html", b"%PDF-<html>", False),
        ("a.xml", b"<?xml version='1.0'?><ClaML version='2.0'>", False),
        ("a.xml", b"<CodeSystem xmlns='http://hl7.org/fhir'>", False),
        ("a.md", b"<p align='center'>x</p>\n\n| Code |\n", False),
        ("a.txt", b"Code | Display\na | <table>", False),
        ("a.txt", b"<td | x", False),
        ("a.txt", b"<!---->" * 500 + b"x", False),
        ("", b"", False),
    ],
)  # fmt: skip
def test_pages_are_recognised_by_content_first(name: str, data: bytes, *, is_page: bool) -> None:
    assert html.recognises(Source(name, data)) is is_page


def test_tables_in_parts_that_are_hidden_at_first_are_read() -> None:
    tab = row("<td>a", "<td>A")
    assert cells_of(table_of(f"<div style='display:none'>{tab}</div>")) == [["a", "A"]]


def test_a_page_builds_a_code_system(project: Project) -> None:
    page = "<h1>x</h1>" + row("<td>a", "<td>A<br>B")
    assert project.build(page).resource["concept"] == [{"code": "a", "display": "A\nB"}]


def test_rows_without_their_table_are_read() -> None:
    assert cells_of(table_of("<tr><td>Code<td>Display<tr><td>a<td>A")) == [["a", "A"]]


@pytest.mark.parametrize(
    ("page", "rows"),
    [
        ("<div>" * 100_000 + row("<td>a", "<td>A"), 1),
        (HEAD + "<tr><td>a<td>" + "<table><tr><td>" * 50_000 + "x", 1),
        ("<table><tr><td>Code<td>" * 20_000, 0),
        ("".join(f"<b id={n}>" for n in range(5000)) + "<p>" * 5000 + row("<td>a"), 1),
        (HEAD + "<tr><td>a<td>" + "<" * 500_000, 1),
        (HEAD + "<tr><td>a<td>" + "&" * 500_000, 1),
        (HEAD + "<!--" + "<td>" * 200_000, 0),
        (HEAD + "<tr><td>a<td title='" + "x" * 1_000_000, 1),
        (HEAD + "</table>" * 200_000, 0),
        ("<p>" * 100_000 + row("<td>a"), 1),
        (HEAD + "<tr><td>a<td>" + "x <br>" * 200_000, 1),
        (HEAD + "<tr><td>a<td>" + "<i style='padding-left: 1px'></i> " * 100_000, 1),
        (HEAD + "<tr><td>a<td>" + "x<table></table>" * 20_000, 1),
    ],
    ids=[
        *("deep", "nested in a cell", "nested", "formatting", "less than", "ampersands"),
        *("an open comment", "an open value", "ends", "paragraphs", "breaks"),
        *("indents", "tables in a cell"),
    ],
)
def test_a_hostile_page_costs_little(page: str, rows: int) -> None:
    started = time.process_time()
    table = reading_of(page).table
    assert time.process_time() - started < 5
    assert table is None or len(table.frame) <= rows or not rows
