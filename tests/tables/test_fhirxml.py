"""FHIR resources as XML: the same as their JSON, and nothing that a file must not do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_codesystem.tables import fhirxml
from fhir_codesystem.tables.reading import read
from fhir_codesystem.tables.source import Source

if TYPE_CHECKING:
    from fhir_codesystem.tables.table import Reading, Table

SAMPLE = """\
<?xml version="1.0" encoding="UTF-8"?>
<!-- A code system. -->
<CodeSystem xmlns="http://hl7.org/fhir">
  <id value="x"/>
  <text><status value="generated"/>
    <div xmlns="http://www.w3.org/1999/xhtml"><p>Ä &amp; <b>b</b></p></div>
  </text>
  <extension url="http://example.org/e"><valueDecimal value="1.50"/></extension>
  <title value="T">
    <extension url="http://example.org/t"><valueString value="s"/></extension>
  </title>
  <experimental value="false"/>
  <contact><name value="n"/></contact>
  <count value="3"/>
  <property><code value="w"/><type value="decimal"/></property>
  <concept id="q">
    <code value="ä"/><display value="Ä😀&#10;&lt;A&gt;"/>
    <designation>
      <language value="de"/>
      <use><system value="http://example.org/s"/><code value="c"/></use>
      <value value="AA"/>
    </designation>
    <property><code value="w"/><valueDecimal value="1.50"/></property>
    <property><code value="n"/><valueInteger value="5"/></property>
    <property><code value="b"/><valueBoolean value="true"/></property>
    <concept><code value="b"/></concept>
  </concept>
  <concept><!-- no display --><code value="c"/></concept>
</CodeSystem>
"""


def read_text(text: str | bytes) -> Reading:
    return read(Source("x.xml", text.encode() if isinstance(text, str) else text))


def table_of(text: str | bytes) -> Table:
    reading = read_text(text)
    assert reading.table is not None, reading.diagnostics
    return reading.table


def brief(reading: Reading) -> list[str]:
    found = [(each.rule.number, each.location) for each in reading.diagnostics]
    return [f"{number} {place.line}:{place.column}" for number, place in found]


def test_a_code_system_is_read_with_the_types_of_the_model() -> None:
    table = table_of(SAMPLE)
    assert table.frame.select("0", "1", "2").rows() == [
        ("1", "ä", "Ä😀\n<A>"),
        ("2", "b", None),
        ("1", "c", None),
    ]
    assert table.links.properties.rows() == [
        (0, "w", "decimal", "1.50"),
        (0, "n", "integer", "5"),
        (0, "b", "boolean", "true"),
    ]
    use = '{"system":"http://example.org/s","code":"c"}'
    assert table.links.designations.rows() == [(0, "de", use, "AA")]
    assert table.stated == {
        "id": "x",
        "extension": [{"url": "http://example.org/e", "valueDecimal": 1.5}],
        "title": "T",
        "_title": {"extension": [{"url": "http://example.org/t", "valueString": "s"}]},
        "experimental": False,
        "contact": [{"name": "n"}],
        "count": 3,
        "property": [{"code": "w", "type": "decimal"}],
    }
    assert brief(read_text(SAMPLE)) == ["CS154 5:3", "CS154 16:3"]


def test_concepts_and_cells_know_their_places() -> None:
    table = table_of(SAMPLE)
    places = [table.locate([3, 2, 1], cell) for cell in (None, 1, 2)]
    assert [[(each.line, each.column) for each in row] for row in places] == [
        [(28, 3), (26, 5), (16, 3)],
        [(28, 31), (26, 14), (17, 5)],
        [(28, 3), (26, 5), (17, 22)],
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_the_encoding_is_the_one_that_the_file_names(encoding: str) -> None:
    text = SAMPLE.replace("UTF-8", encoding).replace("😀", "")
    assert table_of(text.encode(encoding)).frame["1"][0] == "ä"


def test_a_prefix_and_a_bundle_are_read() -> None:
    inside = SAMPLE.partition("?>\n")[2].partition("-->\n")[2]
    bundle = (
        f'<Bundle xmlns="http://hl7.org/fhir"><entry><resource>{inside}</resource></entry>'
        "<entry><resource><Patient><id value='p'/></Patient></resource></entry></Bundle>"
    )
    table = table_of(bundle)
    assert table.frame["1"].to_list() == ["ä", "b", "c"]
    assert table.links.properties["value"].to_list() == ["1.50", "5", "true"]
    concept = '<f:concept><f:code value="a"/></f:concept>'
    prefixed = f'<f:CodeSystem xmlns:f="http://hl7.org/fhir">{concept}</f:CodeSystem>'
    assert table_of(prefixed).frame["1"].to_list() == ["a"]


ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>\n'
LAST = '<!-- no display --><code value="c"/>'
EXTERNAL = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>\n'


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ("<!-- A", ENTITIES + "<!-- A", (2, 13), "a document type is declared"),
        ("<!-- A", EXTERNAL + "<!-- A", (2, 13), "a document type is declared"),
        ("<!-- A", "<!DOCTYPE x SYSTEM 'http://example.org/x'><!-- A", (2, 42), "a document type"),
        ("</CodeSystem>", "</Codesystem>", (29, 3), "this is no XML: mismatched tag"),
        ("</CodeSystem>\n", "", (29, 1), "this is no XML: no element found"),
        ('"ä"', "ä", (17, 17), "this is no XML: not well-formed (invalid token)"),
        ('"ä"', '"&a;"', (17, 5), "this is no XML: undefined entity"),
        ('"ä"', '"\x00"', (17, 18), "this is no XML: not well-formed (invalid token)"),
        (LAST, '<code value="c" x="y"/>', (28, 12), "FHIR has no attribute 'x'"),
        (LAST, "<code>c</code>", (28, 18), "'c' stands between elements"),
        (LAST, '<y xmlns="x"/>', (28, 12), "'y' is no element of FHIR"),
        (
            LAST,
            '<code value="c"/><code value="d"/>',
            (28, 29),
            "'code' stands twice",
        ),
        ("UTF-8", "foo", (1, 1), "the encoding that the file names is not known"),
        ("UTF-8", "UTF-16", (1, 31), "this is no XML: encoding specified"),
    ],
)
def test_what_is_no_xml_of_fhir_is_one_finding(
    old: str, new: str, place: tuple[int, int], message: str
) -> None:
    reading = read_text(SAMPLE.replace(old, new, 1))
    (found,) = reading.diagnostics
    assert reading.table is None
    assert found.rule.number == "CS151"
    assert (found.location.line, found.location.column) == place
    assert found.message.startswith(message)


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('valueInteger value="5"', 'valueInteger value="five"', "CS304 24:32"),
        ('valueBoolean value="true"', 'valueBoolean value="yes"', "CS304 25:32"),
        ('valueDecimal value="1.50"/></prop', 'valueDecimal value="1,5"/></prop', "CS304 23:32"),
        ('<code value="w"/><valueD', "<valueD", "CS306 23:5"),
        ("<display", "<dispaly", "CS302 17:22"),
    ],
)
def test_values_of_another_type_are_told_at_their_place(old: str, new: str, place: str) -> None:
    found = brief(read_text(SAMPLE.replace(old, new, 1)))
    assert place in found


def test_a_resource_whose_wrapper_says_the_same_is_refused() -> None:
    inside = '<extension url="u"/><CodeSystem><extension url="v"/></CodeSystem>'
    reading = read_text(
        f'<ValueSet xmlns="http://hl7.org/fhir"><contained>{inside}</contained></ValueSet>'
    )
    assert brief(reading) == ["CS151 1:82"]
    assert reading.table is None


def test_a_million_open_elements_end_at_once() -> None:
    reading = read_text('<CodeSystem xmlns="http://hl7.org/fhir">' + "<concept>" * 10**6)
    assert [each.message for each in reading.diagnostics] == [
        "more than 1,024 elements are open here"
    ]


@pytest.mark.parametrize(
    ("data", "recognised"),
    [
        (SAMPLE, True),
        (ENTITIES + '<ValueSet xmlns="http://hl7.org/fhir">', True),
        ("<f:CodeSystem xmlns:f='http://hl7.org/fhir'>", True),
        ('<html xmlns="http://hl7.org/fhir">', False),
        ('<!DOCTYPE html><html><pre><CodeSystem xmlns="http://hl7.org/fhir">', False),
        ('<CodeSystem xmlns="http://example.org/fhir">', False),
        ("<" * 60_000, False),
        ("<!-- " * 10_000, False),
        ("Code | Display", False),
        ("", False),
    ],
)
def test_fhir_is_recognised_by_its_first_element(data: str, recognised: bool) -> None:
    assert fhirxml.recognises(Source("x", data.encode())) == recognised
    assert fhirxml.recognises(Source("x", data.encode("utf-16"))) == recognised


@given(st.integers(0, len(SAMPLE.encode()) - 1), st.integers(0, 40), st.binary(max_size=6))
@settings(max_examples=150, deadline=None)
def test_no_bytes_raise(at: int, length: int, piece: bytes) -> None:
    data = SAMPLE.encode()
    reading = read_text(data[:at] + piece + data[at + length :])
    if reading.table is not None:
        reading.table.locate(reading.table.frame["line"].to_list(), 1)
