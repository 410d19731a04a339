"""The scanner of JSON: what it refuses and where, and where it finds values (RFC 8259)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_codesystem.tables.jsonplaces import Spot, spots
from fhir_codesystem.tables.jsontext import (
    MOST_DEPTH,
    BrokenError,
    Part,
    events,
    repeated_keys,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fhir_codesystem.tables.jsontext import Path

SPACES = st.text(" \t\n\r", max_size=3)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
SCALARS = st.none() | st.booleans() | st.integers(-(2**60), 2**60) | TEXTS | st.sampled_from([0.5])
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4)
)


class Writer:
    """Writes JSON with any white space between its parts, and notes where values begin."""

    def __init__(self, spaces: st.DataObject) -> None:
        self.spaces = spaces
        self.text = ""
        self.spots: dict[Path, Spot] = {}

    def space(self) -> None:
        self.text += self.spaces.draw(SPACES)

    def write(self, value: Any, path: Path = (), key: int | None = None) -> None:
        self.space()
        self.spots[path] = Spot(key, len(self.text))
        if isinstance(value, dict):
            self.text += "{"
            for number, (name, held) in enumerate(value.items()):
                self.text += "," if number else ""
                self.space()
                at = len(self.text)
                self.text += json.dumps(name, ensure_ascii=self.spaces.draw(st.booleans()))
                self.space()
                self.text += ":"
                self.write(held, (*path, name), at)
            self.space()
            self.text += "}"
        elif isinstance(value, list):
            self.text += "["
            for number, held in enumerate(value):
                self.text += "," if number else ""
                self.write(held, (*path, number))
            self.space()
            self.text += "]"
        else:
            self.text += json.dumps(value, ensure_ascii=self.spaces.draw(st.booleans()))
        self.space()


@given(value=VALUES, data=st.data())
@settings(max_examples=80, deadline=None)
def test_every_value_is_found_where_it_was_written(value: Any, data: st.DataObject) -> None:
    writer = Writer(data)
    writer.write(value)
    assert spots(writer.text, writer.spots) == writer.spots
    some = data.draw(st.lists(st.sampled_from(list(writer.spots)), min_size=1, max_size=3))
    found = spots(writer.text, [*some, (*some[0], "not there"), ("nor", 7)])
    assert found.items() <= writer.spots.items()
    assert set(some) <= found.keys()
    assert list(repeated_keys(writer.text)) == []


def accepted(text: str) -> bool:
    try:
        list(events(text))
    except BrokenError:
        return False
    return True


PIECES = (
    *"{}[],:\" \n-+.0159eEaux\\/bfnrt'#",
    *("true", "false", "null", "NaN", '"a"', '"a":', "1.5", "-0", "1e5", "\\u0041", "\\ud83d"),
    *("\\ude00", "\x00", "\x1f", "\x7f", "\ufeff", "\xa0", "é", "😀", "[[", "]]", '{"a":1}', "//"),
)


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
@settings(max_examples=300, deadline=None)
def test_what_is_json_is_what_orjson_reads(text: str) -> None:
    try:
        orjson.loads(text)
        expected = True
    except orjson.JSONDecodeError as error:
        if "infinity" in str(error):
            return  # JSON, but no number that Python could hold
        expected = False
    assert accepted(text) == expected


BROKEN = [
    ("", 0, "the text ends where a value is expected"),
    ("[1,]", 3, "expected a value, not ']'"),
    ('{"a":1,}', 7, "expected a name in quotes, not '}'"),
    ('{"a":1', 6, "the text ends where a comma or } is expected: an object is not complete"),
    ("[[1]", 4, "the text ends where a comma or ] is expected: an array is not complete"),
    ("[0010]", 1, "expected a value or ], not '0010'"),
    ("[1.]", 1, "expected a value or ], not '1.'"),
    ("[+1]", 1, "expected a value or ], not '+1'"),
    ('["a" "b"]', 5, "expected a comma or ], not '\"'"),
    ("{a:1}", 1, "expected a name in quotes or }, not 'a'"),
    ('{"a" 1}', 5, "expected a colon, not '1'"),
    ('{"a":1]', 6, "expected a comma or }, not ']'"),
    ("['a']", 1, "expected a value or ], not '''"),
    ("[NaN]", 1, "expected a value or ], not 'NaN'"),
    ("[-Infinity]", 1, "expected a value or ], not '-Infinity'"),
    ("[True]", 1, "expected a value or ], not 'True'"),
    ('["\\ud800"]', 2, "'\\ud800' is half a character: the other half is missing"),
    ('["\\udc00"]', 2, "'\\udc00' is half a character: the other half is missing"),
    ('["\\ud83dx"]', 2, "'\\ud83d' is half a character: the other half is missing"),
    ('["\\x"]', 2, "'\\x' is no escape of JSON"),
    ('["a\nb"]', 3, "the line ends inside a text"),
    ('["a\tb"]', 3, "a tab (U+0009) stands in a text"),
    ('["abc', 1, "this text in quotes does not end"),
    ("// x\n[]", 0, "expected a value, not '/'"),
    ("[1 /* x */]", 3, "expected a comma or ], not '/'"),
    ("[1] x", 4, "expected nothing more, not 'x'"),
    ("[1]]", 3, "expected nothing more, not ']'"),
    ("[\xa01]", 1, "expected a value or ], not a no-break space (U+00A0)"),
    ("[" * 2000, MOST_DEPTH, "more than 1,024 brackets are open here"),
]


@pytest.mark.parametrize(("text", "offset", "message"), BROKEN)
def test_what_is_wrong_is_told_where_it_stands(text: str, offset: int, message: str) -> None:
    with pytest.raises(BrokenError) as caught:
        list(events(text))
    assert caught.value.offset == offset
    assert caught.value.message.startswith(message)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("[1,]", "take out the comma before it"),
        ("[0010]", 'a text stands in quotes: "0010"'),
        ("['a']", 'JSON quotes with " only'),
        ("[nan]", "JSON has no such number; write null, or a text in quotes"),
        ("[None]", "JSON writes null, true and false"),
        ("[1 # x\n]", "JSON has no comments"),
        ("[1", "a part of the file may be missing"),
        ('{"a" 1}', None),
    ],
)
def test_what_helps_is_said(text: str, hint: str | None) -> None:
    with pytest.raises(BrokenError) as caught:
        list(events(text))
    assert caught.value.hint == hint


def test_a_million_brackets_and_a_long_open_text_end_at_once() -> None:
    for text in ("[" * 10**6, '["' + "a" * 10**6, '["' + "\\" * (10**6 + 1), '{"a":' * 10**6):
        assert not accepted(text)


def test_parts_come_in_order() -> None:
    parts = [(part, start) for part, start, _ in events('{"a": [1, "x"]}')]
    assert parts == [
        (Part.OBJECT, 0),
        (Part.KEY, 1),
        (Part.ARRAY, 6),
        (Part.SCALAR, 7),
        (Part.SCALAR, 10),
        (Part.END, 13),
        (Part.END, 14),
    ]


def test_names_that_stand_twice_are_found_however_they_are_written() -> None:
    text = '{"a": {"a": 1}, "b": [{"c": 1}, {"c": 2}], "\\u0061": 2, "b": 3}'
    assert list(repeated_keys(text)) == [("a", 43, 1), ("b", 56, 16)]


def test_values_are_found_in_lines() -> None:
    text = '\n{"a": 1}\n\n  {"b": 2}\n'
    found = spots(text, [(0, "a"), (1, "b"), (2, "c")], lines=True)
    assert found == {
        (0,): Spot(None, 1),
        (0, "a"): Spot(2, 7),
        (1,): Spot(None, 13),
        (1, "b"): Spot(14, 19),
    }


def test_values_are_found_behind_others_that_are_nested_deep() -> None:
    deep = "[" * 1000 + "]" * 1000
    assert spots(f'{{"a": {deep}, "b": 1}}', [("b",)])[("b",)] == Spot(2008, 2013)


def paths_of(value: Any, path: Path = ()) -> Iterator[Path]:
    yield path
    items = value.items() if isinstance(value, dict) else ()
    for step, held in items or enumerate(value if isinstance(value, list) else ()):
        yield from paths_of(held, (*path, step))


@given(VALUES)
@settings(max_examples=40, deadline=None)
def test_lines_of_orjson_are_found_too(value: Any) -> None:
    text = orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
    assert spots(text, paths_of(value)).keys() == set(paths_of(value))
