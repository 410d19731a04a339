"""JSON as tables: arrays of objects in all their forms, and what is no such thing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_codesystem.diagnostics import Location
from fhir_codesystem.tables import json as reader
from fhir_codesystem.tables.reading import read
from fhir_codesystem.tables.source import ANY, Source, Wanted

if TYPE_CHECKING:
    from fhir_codesystem.tables.table import Reading, Table


def read_text(text: str | bytes, wanted: Wanted = ANY, path: str = "x.json") -> Reading:
    data = text.encode() if isinstance(text, str) else text
    return read(Source(path, data, wanted))


def table_of(text: str | bytes, wanted: Wanted = ANY) -> Table:
    reading = read_text(text, wanted)
    assert reading.table is not None, reading.diagnostics
    return reading.table


def cells_of(table: Table) -> list[list[str | None]]:
    names = [str(cell) for cell in range(len(table.header))]
    return [list(row) for row in table.frame.select(names).iter_rows()]


def brief(reading: Reading) -> list[str]:
    found = [(each.rule.number, each.location) for each in reading.diagnostics]
    return [f"{number} {place.line}:{place.column}" for number, place in found]


SAME_TABLE = {
    "an array": '[{"code": "a", "display": "A"}, {"code": "b", "display": "B"}]',
    "in an object": '{"concepts": [{"code": "a", "display": "A"}, {"code": "b", "display": "B"}]}',
    "of any name": '{"rows": [{"code": "a", "display": "A"}, {"code": "b", "display": "B"}]}',
    "JSON Lines": '{"code": "a", "display": "A"}\n{"code": "b", "display": "B"}\n',
    "blank lines": '\n{"code": "a", "display": "A"}\r\n\r\n{"code": "b", "display": "B"}',
    "white space": '\t[\n{"code"\n:"a","display" : "A"\r\n} ,{"code":"b","display":"B"}]\n',
    "a mark": '\ufeff[{"code": "a", "display": "A"}, {"code": "b", "display": "B"}]',
    "escapes": '[{"c\\u006fde": "\\u0061", "display": "A"}, {"code": "b", "display": "B"}]',
    "blanks": '[{"code": " a\\n", "display": "A"}, {}, {"code": "b", "display": "B\\t"}]',
}


@pytest.mark.parametrize("text", SAME_TABLE.values(), ids=SAME_TABLE)
def test_every_form_is_the_same_table(text: str) -> None:
    reading = read_text(text)
    assert reading.diagnostics == ()
    table = reading.table
    assert table is not None
    assert (table.header, table.unit) == (("code", "display"), "item")
    assert cells_of(table) == [["a", "A"], ["b", "B"]]
    text = text.removeprefix("\ufeff")
    for cell in (0, 1):
        places = table.locate(table.frame["line"].to_list(), cell)
        for row, place in zip(cells_of(table), places, strict=True):
            line = text.split("\n")[(place.line or 0) - 1][(place.column or 0) - 1 :]
            assert line.startswith('"')
            assert (row[cell] or "") in line or "\\u0061" in line
    heading = table.heading(1)
    line = text.split("\n")[(heading.line or 0) - 1][(heading.column or 0) - 1 :]
    assert line.startswith('"display"')


def test_lines_and_arrays_encoded_as_utf_16_are_read() -> None:
    for encoding in ("utf-16", "utf-16-be", "utf-32"):
        text = '[{"code": "ä"}]'
        data = text.encode(encoding) if encoding[-1] != "e" else f"\ufeff{text}".encode(encoding)
        assert cells_of(table_of(data)) == [["ä"]]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("1.50", "1.50"),
        ("-0", "-0"),
        ("1e5", "1e5"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("true", "true"),
        ("false", "false"),
        ("null", None),
        ('""', None),
        ('"0010"', "0010"),
        ('"\\u0000"', "\x00"),
        ('"\\ud83d\\ude00"', "😀"),
        ("[]", None),
        ("[null]", None),
        ('["x"]', "x"),
        ("[1.0, null]", "1.0"),
    ],
)
def test_values_are_taken_as_they_are_written(value: str, cell: str | None) -> None:
    table = table_of(f'[{{"code": "a", "x": {value}}}]')
    assert cells_of(table) == [["a", cell]]
    assert table.frame["plain"].to_list() == ["\x00" not in (cell or "")]


def test_columns_stand_in_the_order_in_which_they_appear() -> None:
    text = '[{"b": "1"}, {"a": "2", "b": "3"}, {"c": "4"}, {"a": "5"}]'
    table = table_of(text)
    assert table.header == ("b", "a", "c")
    assert cells_of(table) == [
        ["1", None, None],
        ["3", "2", None],
        [None, None, "4"],
        [None, "5", None],
    ]
    assert table.heading(2).column == text.index('"c"') + 1


@pytest.mark.parametrize(
    ("values", "mark"),
    [
        (["x", "y"], "; "),
        (["x;", "y"], " | "),
        (["x;|", "y"], ", "),
        (["x;|,/", "y"], "\N{SYMBOL FOR UNIT SEPARATOR}"),
    ],
)
def test_several_values_are_joined_so_that_they_can_be_split(values: list[str], mark: str) -> None:
    text = json.dumps([{"code": "a", "parent": values}, {"code": "b", "parent": "z"}])
    reading = read_text(text)
    table = reading.table
    assert table is not None
    assert table.separators == {1: mark}
    assert cells_of(table) == [["a", mark.join(values)], ["b", "z"]]
    assert brief(reading) == ["CS155 1:16"]


TEXTS = st.text(st.sampled_from("ab;|,/ \N{SYMBOL FOR UNIT SEPARATOR}"), min_size=1, max_size=4)


@given(st.lists(st.lists(TEXTS, min_size=1, max_size=3), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_joined_values_split_again(lists: list[list[str]]) -> None:
    table = table_of(json.dumps([{"code": "a", "x": values} for values in lists]))
    mark = table.separators.get(1, "\n")
    split = [(cell or "").split(mark) for cell in table.frame["1"]]
    clean = [[each.strip() for each in values if each.strip()] or [""] for values in lists]
    assert split == clean


def test_objects_inside_objects_are_a_hierarchy() -> None:
    table = table_of(
        '[{"children": [{"code": "b", "children": [{"code": "c"}]}, {"code": "d"}], "code": "a"},'
        ' {"code": "e"}]'
    )
    assert table.header == ("Level", "code")
    assert cells_of(table) == [["1", "a"], ["2", "b"], ["3", "c"], ["2", "d"], ["1", "e"]]
    assert [each.column for each in table.locate([1, 2, 3, 4, 5], 1)] == [84, 25, 52, 69, 99]


def test_objects_below_under_several_names_stand_on_one_level() -> None:
    table = table_of('[{"code": "a", "concept": [{"code": "c"}], "children": [{"code": "b"}]}]')
    assert cells_of(table) == [["1", "a"], ["2", "c"], ["2", "b"]]


def test_an_object_of_texts_gives_a_column_for_each() -> None:
    text = '[{"code": "a", "display": {"en": "A", "de": ["Ä"]}}]'
    table = table_of(text)
    assert table.header == ("code", "display:en", "display:de")
    assert cells_of(table) == [["a", "A", "Ä"]]
    assert table.locate([1], 1)[0].column == text.index('"A"') + 1
    assert table.heading(2).column == text.index('"de"') + 1


def test_properties_and_designations_are_read_as_fhir_writes_them() -> None:
    table = table_of(
        '[{"code": "a", "designation": [{"language": "de", "value": "Ä"}],'
        ' "property": [{"code": "w", "valueDecimal": 1.50}, {"code": "n", "valueInteger": 3}]}]'
    )
    assert table.header == ("code",)
    assert table.links.designations.rows() == [(0, "de", None, "Ä")]
    assert table.links.properties.rows() == [
        (0, "w", "decimal", "1.50"),
        (0, "n", "integer", "3"),
    ]


def test_what_stands_around_the_array_is_stated_or_told() -> None:
    text = (
        '{"url": "http://example.org/x", "caseSensitive": true, "status": "ok", "count": 1,'
        ' "concepts": [{"code": "a"}]}'
    )
    reading = read_text(text)
    assert reading.table is not None
    assert reading.table.stated == {"url": "http://example.org/x", "caseSensitive": True}
    assert brief(reading) == ["CS154 1:56", "CS154 1:72"]


def test_one_of_several_arrays_is_chosen() -> None:
    text = '{"x": [{"code": "a"}], "y": [{"code": "b"}]}'
    assert cells_of(table_of(text, Wanted(table="y"))) == [["b"]]
    assert cells_of(table_of(text, Wanted(table="1"))) == [["a"]]
    assert brief(read_text(text)) == ["CS153 1:29"]
    assert cells_of(table_of(text.replace("y", "concepts"))) == [["b"]]
    place = Location("x.yaml", 2, 3)
    (found,) = read_text(text, Wanted("z", table_place=place)).diagnostics
    assert (found.location, found.rule.number) == (place, "CS153")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('[{"code": "a"}, 3]', ["CS304 1:17"]),
        ("[1, 2]", ["CS152 1:1"]),
        ("[{}, {}]", ["CS152 1:1"]),
        ("[]", ["CS152 1:1"]),
        (' {"a": "x"}', ["CS152 1:2"]),
        ("3", ["CS152 1:1"]),
        ("null", ["CS152 1:1"]),
        ("", ["CS104 None:None"]),
        ('[{"code": "a", "code": "b"}]', ["CS303 1:16"]),
        ('[{"code": "a",\n "c\\u006fde": "b"}]', ["CS303 2:2"]),
        ('{"code": "a"}\n{"code": "b", "x": 1, "x": 2}', ["CS303 2:23"]),
        ('[{"code": "a"},]', ["CS150 1:16"]),
        ('[{"code": "a"', ["CS150 1:14"]),
        ('[{"code": 0010}]', ["CS150 1:11"]),
        ('[{"code": NaN}]', ["CS150 1:11"]),
        ('[{"code": 1e999}]', ["CS150 1:11"]),
        ('[{"code": "\\ud800"}]', ["CS150 1:12"]),
        ('{"code": "a"}\n{"code": 0010}', ["CS150 2:10"]),
        ('{"code": "a"}\n{"code": "b"', ["CS150 2:13"]),
        ('{"code": "a"} {"code": "b"}', ["CS150 1:15"]),
        ('{"code": "a"}\n{"code": "b"} {"code": "c"}', ["CS150 2:15"]),
        ("{'code': 'a'}", ["CS150 1:2"]),
        ('[{"code": "a\x00"}]', ["CS101 1:13"]),
        (b'[{"code": "\xe4"}]', ["CS102 1:12"]),
        (b'[{"code": "\xe4\xc3\xa4"}]', ["CS103 1:12"]),
        (b"%PDF-1.4", ["CS101 None:None"]),
        ("[" * 10**6, ["CS150 1:1025"]),
        ('{"a":' * 10**6, ["CS150 1:5121"]),
        ('[{"a": {"b": {"c": 1}}, "code": "a"}]', ["CS154 1:14"]),
        ('[{"a": [[1]], "code": "a"}]', ["CS154 1:8"]),
        ('[{"property": [{}], "code": "a"}]', ["CS306 1:16"]),
    ],
)
def test_findings_stand_where_the_defect_is(text: str | bytes, found: list[str]) -> None:
    reading = read_text(text)
    assert brief(reading) == found
    told = ("CS102", "CS154")
    assert (reading.table is None) == (not found[0].startswith(told))


def test_what_is_open_is_told_with_its_place() -> None:
    (found,) = read_text('[\n{"code": "a"}').diagnostics
    assert [(str(each.location), each.message) for each in found.related] == [
        ("x.json:1:1", "what is open begins here")
    ]


def test_a_thousand_columns_are_the_most() -> None:
    names = [f"c{number}" for number in range(1001)]
    text = json.dumps([dict.fromkeys(names[:1000], "x")])
    assert len(table_of(text).header) == 1000
    text = json.dumps([dict.fromkeys(names[:500], "x"), dict.fromkeys(names, "x")])
    (found,) = read_text(text).diagnostics
    assert found.rule.number == "CS112"
    assert found.location.column == text.index('"c1000"') + 1


def test_a_file_that_is_too_large_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_BYTES", 10)
    (found,) = read_text('[{"code": "a"}]').diagnostics
    assert (found.rule.number, found.message) == ("CS150", "15 bytes; at most 10 are read")


@pytest.mark.parametrize(
    ("path", "data", "recognised"),
    [
        ("x.txt", b' [{"code": 1}]', True),
        ("x.txt", b'\xef\xbb\xbf{"code": 1}', True),
        ("x.txt", b"[]", True),
        ("x.json", b"{broken", True),
        ("x.NDJSON", b"{broken", True),
        ("x.json", b"<html>", False),
        ("x.json", b"| Code |", False),
        ("x.txt", b"[Code] | Display", False),
        ("x.txt", b"{Code} | Display", False),
        ("x.txt", b"Code | Display", False),
        ("x.txt", b"", False),
    ],
)
def test_json_is_recognised_by_content_then_by_name(
    path: str, data: bytes, recognised: bool
) -> None:
    assert reader.recognises(Source(path, data)) == recognised


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["code", "children", "concept", "property", "x", "resourceType"])
                | st.text(max_size=3),
                inner,
                max_size=4,
            )
        ),
        max_leaves=25,
    )
)
@settings(max_examples=150, deadline=None)
def test_no_json_raises(value: Any) -> None:
    data = json.dumps(value).encode()
    reading = read_text(data)
    if reading.table is not None:
        table = reading.table
        assert table.frame.width == len(table.header) + 2
        for cell in range(len(table.header)):
            table.locate(table.frame["line"].to_list(), cell)
            table.heading(cell)
