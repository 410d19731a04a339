"""HAPI's bulk format: https://smilecdr.com/docs/terminology/uploading.html, "CSV Input Files"."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_codesystem.characters import BLANKS
from fhir_codesystem.tables import hapi, records
from fhir_codesystem.tables.hapi import read, recognises
from fhir_codesystem.tables.source import Source

if TYPE_CHECKING:
    from fhir_codesystem.tables.table import Reading

CONCEPTS = "CODE,DISPLAY\na,A\nb,B\n"


def archive(**members: str | bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packing:
        for name, content in members.items():
            ending = "json" if name == "codesystem" else "csv"
            packing.writestr(f"{name}.{ending}", content)
    return made.getvalue()


def reading(**members: str | bytes) -> Reading:
    source = Source("codes.zip", archive(**({"concepts": CONCEPTS} | members)))
    assert recognises(source)
    return read(source)


def found(**members: str | bytes) -> list[str]:
    """Tell findings in short; members are named without the archive."""
    told = reading(**members).diagnostics
    places = [str(each.location).removeprefix("codes.zip/") for each in told]
    return [f"{each.rule.number} {place}" for each, place in zip(told, places, strict=True)]


def test_concepts_alone_are_a_table() -> None:
    table = reading().table
    assert table is not None
    assert table.header == ("CODE", "DISPLAY")
    assert table.frame.rows() == [(2, "a", "A", True), (3, "b", "B", True)]
    assert (table.path, table.unit, table.stated) == ("codes.zip/concepts.csv", "line", {})
    assert str(table.heading(1)) == "codes.zip/concepts.csv:1:6"
    assert [str(place) for place in table.locate([3, 2], 1)] == [
        "codes.zip/concepts.csv:3:3",
        "codes.zip/concepts.csv:2:3",
    ]
    assert table.places.indents(0) is None


def test_lines_are_counted_over_blank_rows_and_lines_inside_cells() -> None:
    table = reading(concepts='\nCODE,DISPLAY\n\n"a","A\n ""and"" B"\n,\nb , B\n').table
    assert table is not None
    assert table.header_line == 2
    assert table.frame.rows() == [(4, "a", 'A\n "and" B', False), (7, "b", "B", True)]
    assert [place.column for place in table.locate([4, 7], 1)] == [5, 5]


def test_further_columns_stay_as_they_are_named_and_other_orders_are_read() -> None:
    table = reading(concepts="Display,Sinn,code\nA,x,a\nB\n").table
    assert table is not None
    assert table.header == ("Display", "Sinn", "code")
    assert table.frame.select("0", "1", "2").rows() == [("A", "x", "a"), ("B", None, None)]


def test_parents_are_read_in_any_order_and_counted_once() -> None:
    members = {
        "concepts": "CODE,DISPLAY\nc,\na,A\nb,B\n",
        "hierarchy": "CHILD,PARENT\nb,a\nc,b\nc,a\nb,a\nc,c\n",
    }
    table = reading(**members).table
    assert table is not None
    assert table.links.parents.rows() == [(0, "b"), (0, "a"), (0, "c"), (2, "a")]


def test_the_types_of_properties_are_those_that_are_stated() -> None:
    rows = [
        ("a,text,some text,STRING", "string", "some text"),
        ("a,text,no type,", "string", "no type"),
        ("a,code,x  y,code", "code", "x y"),
        ("a,number,007,Integer", "integer", "7"),
        ("a,share,-1.50,DECIMAL", "decimal", "-1.50"),
        ("a,on,TRUE,boolean", "boolean", "true"),
        ("a,when,2024-05-01,DATETIME", "dateTime", "2024-05-01"),
        (
            "a,see,http://loinc.org|1-8,CODING",
            "Coding",
            '{"system":"http://loinc.org","code":"1-8"}',
        ),
    ]
    properties = "CODE,KEY,VALUE,TYPE\n" + "".join(f"{row}\n" for row, _, _ in rows)
    made = reading(properties=properties)
    assert made.table is not None
    assert made.diagnostics == ()
    assert made.table.links.properties.select("row", "type", "value").rows() == [
        (0, kind, value) for _, kind, value in rows
    ]


def test_properties_need_no_type_and_blank_values_are_none() -> None:
    made = reading(properties="CODE,KEY,VALUE\nb,k,v\na,k,\n")
    assert made.table is not None
    assert made.table.links.properties.rows() == [(1, "k", "string", "v")]
    assert made.diagnostics == ()


def test_codesystem_json_is_stated_but_for_what_is_built() -> None:
    stated = {"url": "http://example.org", "status": "active", "versionNeeded": False}
    built = {"resourceType": "CodeSystem", "content": "not-present", "count": 7, "text": {}}
    table = reading(codesystem=json.dumps(stated | built)).table
    assert table is not None
    assert table.stated == stated
    assert reading(codesystem='{"content": "fragment"}').table.stated == {"content": "fragment"}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"concepts": "Code;Display\na;A\n"}, ["CS160 concepts.csv:1:1"]),
        ({"concepts": "\n\n"}, ["CS104 concepts.csv"]),
        ({"concepts": "CODE,DISPLAY\n,A\n"}, ["CS166 concepts.csv"]),
        ({"concepts": "CODE,DISPLAY\na,A,rest\n"}, ["CS108 concepts.csv:2:5"]),
        ({"concepts": b"CODE,DISPLAY\na,\0\n"}, ["CS101 concepts.csv:2:3"]),
        ({"concepts": "CODE,DISPLAY\na,Käse\n".encode("cp1252")}, ["CS102 concepts.csv:2:4"]),
        ({"concepts": "CODE,DISPLAY\na," + "x" * 200_000}, ["CS160 concepts.csv:2:1"]),
        ({"hierarchy": "PARENT,CHILD\na,b\nx,b\n"}, ["CS163 hierarchy.csv:3:1"]),
        ({"hierarchy": "PARENT,CHILD\na,x\n"}, ["CS163 hierarchy.csv:2:3"]),
        ({"hierarchy": "PARENT\na\n"}, ["CS160 hierarchy.csv:1:1"]),
        ({"properties": "CODE,KEY,VALUE,TYPE\nx,k,v,\n"}, ["CS163 properties.csv:2:1"]),
        ({"properties": "CODE,KEY,VALUE,TYPE\na,k,v,TEXT\n"}, ["CS165 properties.csv:2:7"]),
        ({"properties": "CODE,KEY,VALUE,TYPE\na,k,1.5,INTEGER\n"}, ["CS165 properties.csv:2:5"]),
        ({"properties": "CODE,KEY,VALUE,TYPE\na,,v,\n"}, ["CS165 properties.csv:2:3"]),
        ({"codesystem": "{\n  no"}, ["CS160 codesystem.json:2:3"]),
        ({"codesystem": "[]"}, ["CS160 codesystem.json"]),
        ({"codesystem": '{"resourceType":"ValueSet"}'}, ["CS160 codesystem.json"]),
        ({"codesystem": '{"concept":[{"code":"a"}]}'}, ["CS164 codesystem.json"]),
        ({"concepts": "CODE," * 1001 + "\n"}, ["CS112 concepts.csv:1:1"]),
        ({"hierarchy": "PARENT,CHILD,ORDER\na,b,1\n"}, ["CS164 hierarchy.csv"]),
        ({"properties": "CODE,KEY,VALUE,TYPE,BY\na,k,v,,me\n"}, ["CS164 properties.csv"]),
        ({"readme": "Read me."}, ["CS164 codes.zip"]),
    ],
)
def test_what_is_wrong_is_told_at_its_place(members: dict[str, str], expected: list[str]) -> None:
    assert found(**members) == expected


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@given(st.dictionaries(TEXT.filter(lambda text: text.strip(BLANKS)), TEXT, min_size=1))
def test_what_is_written_as_csv_is_read_again(displays: dict[str, str]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([("CODE", "DISPLAY"), *displays.items()])
    table = reading(concepts=text.getvalue()).table
    assert table is not None
    expected = [
        (code.strip(BLANKS), display.strip(BLANKS) or None) for code, display in displays.items()
    ]
    assert table.frame.select("0", "1").rows() == expected


def test_twenty_unknown_codes_are_told_and_the_rest_is_counted() -> None:
    rows = "".join(f"a,x{row}\n" for row in range(33))
    told = reading(hierarchy=f"PARENT,CHILD\n{rows}").diagnostics
    assert [each.location.line for each in told] == list(range(2, 22))
    assert [each.more for each in told] == [0] * 19 + [13]


def test_members_in_a_folder_and_of_another_case_are_found() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packing:
        packing.mkdir("codes")
        packing.writestr("codes/Concepts.CSV", CONCEPTS)
    source = Source("codes.zip", made.getvalue())
    assert recognises(source)
    assert read(source).diagnostics == ()


def test_a_zip_bomb_is_one_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hapi, "MOST_UNPACKED", 1 << 20)
    bomb = archive(concepts="CODE\n" + "a\n" * (1 << 20))
    assert len(bomb) < 10_000
    assert [each.rule.number for each in read(Source("codes.zip", bomb)).diagnostics] == ["CS161"]


def test_rows_without_end_are_one_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MOST_CELLS", 100)
    assert found(concepts="CODE,DISPLAY\n" + "a\n" * 60) == ["CS161 concepts.csv:52:1"]


def test_a_zip_bomb_that_lies_about_its_size_is_one_finding() -> None:
    bomb = archive(concepts=CONCEPTS * 1000)
    size = (len(CONCEPTS) * 1000).to_bytes(4, "little")
    lying = bomb.replace(size, (20).to_bytes(4, "little"))
    assert lying != bomb
    assert [each.rule.number for each in read(Source("c.zip", lying)).diagnostics] == ["CS160"]


def test_an_encrypted_archive_is_one_finding() -> None:
    data = bytearray(archive(concepts=CONCEPTS))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert [each.rule.number for each in read(Source("c.zip", bytes(data))).diagnostics] == [
        "CS160"
    ]
