"""propCSV: https://termgit.elga.gv.at/file_formats_en.html, "Proprietary CSV (propCSV)"."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from fhir_codesystem.diagnostics import Location
from fhir_codesystem.tables.propcsv import read, recognises
from fhir_codesystem.tables.source import Source

if TYPE_CHECKING:
    from fhir_codesystem.tables.table import Reading, Table

TOP = "resource;id\nCodeSystem;codes\n"


def reading(text: str | bytes) -> Reading:
    source = Source("codes.csv", text.encode() if isinstance(text, str) else text)
    assert recognises(source)
    return read(source)


def table_of(text: str) -> Table:
    made = reading(text)
    assert made.table is not None
    assert made.diagnostics == ()
    return made.table


def found(text: str | bytes) -> list[str]:
    return [f"{each.rule.number} {each.location}" for each in reading(text).diagnostics]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("blank", ["", "{0}", '{0}""'])
def test_every_delimiter_is_understood(delimiter: str, blank: str) -> None:
    text = f"{TOP}{blank.format(';')}\ncode;display\na;A\n".replace(";", delimiter)
    table = table_of(text)
    assert table.frame.rows() == [(5, "a", "A", None, True)]
    assert table.stated == {"id": "codes"}


def test_elements_of_the_code_system_are_stated_in_the_form_of_fhir() -> None:
    names = "experimental;caseSensitive;contact;property;property;count;identifier;resource"
    values = (
        "TRUE;false;|phone^1^work^2^2020-01-01^2021-01-01|email^x@y.z;a|u|d|code;b|||string"
        ";3;urn:oid:1.2;CodeSystem"
    )
    assert table_of(f"{names}\n{values}\n\ncode\na\n").stated == {
        "experimental": True,
        "caseSensitive": False,
        "contact": [
            {
                "telecom": [
                    {
                        "system": "phone",
                        "value": "1",
                        "use": "work",
                        "rank": 2,
                        "period": {"start": "2020-01-01", "end": "2021-01-01"},
                    },
                    {"system": "email", "value": "x@y.z"},
                ]
            }
        ],
        "property": [
            {"code": "a", "uri": "u", "description": "d", "type": "code"},
            {"code": "b", "type": "string"},
        ],
        "identifier": [{"system": "urn:ietf:rfc:3986", "value": "urn:oid:1.2"}],
    }


def test_designations_have_a_language_and_a_use() -> None:
    cells = ["de|^^^^|Bär", "|http://s^2^c^D^true|x", "plain", "en||a|b", ""]
    table = table_of(f"{TOP}\ncode;{'designation;' * 4}designation\na;{';'.join(cells)}\n")
    use = json.dumps({"system": "http://s", "version": "2", "code": "c", "display": "D"})
    assert table.links.designations.rows() == [
        (0, "de", None, "Bär"),
        (0, None, use.replace(" ", ""), "x"),
        (0, None, None, "plain"),
        (0, "en", None, "a|b"),
    ]


def test_properties_have_their_types_and_may_hold_bars() -> None:
    cells = ["n|7|integer", "s|a|b|string", "c|http://s^^x^X^|Coding", "child|b|code"]
    table = table_of(f"{TOP}\nproperty;{'property;' * 3}code\n{';'.join(cells)};a\n;;;;b\n")
    assert table.links.properties.rows() == [
        (0, "n", "integer", "7"),
        (0, "s", "string", "a|b"),
        (0, "c", "Coding", '{"system":"http://s","code":"x","display":"X"}'),
    ]
    assert table.links.parents.rows() == [(1, "a")]


def test_columns_of_other_names_are_properties() -> None:
    table = table_of(f"{TOP}\ncode;Quelle\na;x\n")
    assert table.links.properties.rows() == [(0, "Quelle", "string", "x")]


def test_cells_are_placed_where_they_stand() -> None:
    table = table_of(f'{TOP}\ndefinition;code;display\n"x\ny";a; A\nz;b;"B"\n')
    assert table.frame.rows() == [(5, "a", "A", "x\ny", False), (7, "b", "B", "z", True)]
    places = [table.locate([5, 7], cell) for cell in (0, 1, 2, None)]
    assert [[(place.line, place.column) for place in each] for each in places] == [
        [(5, 3), (7, 3)],
        [(5, 3), (7, 5)],
        [(5, 1), (7, 1)],
        [(5, 1), (7, 1)],
    ]
    assert table.heading(0) == Location("codes.csv")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("resource;id\nValueSet;v\n\ncode\na\n", ["CS166 codes.csv"]),
        (TOP, ["CS166 codes.csv"]),
        (f"{TOP}\ncode;display\n", ["CS166 codes.csv"]),
        (f"{TOP}\nKürzel;display\na;A\n", ["CS160 codes.csv:4:1"]),
        (f"{TOP}\ncode;property\na;x\n", ["CS165 codes.csv:5:3"]),
        (f"{TOP}\ncode;;display\na;x;A\n", ["CS165 codes.csv:5:3"]),
        ("resource\nCodeSystem;x\n\ncode\na\n", ["CS164 codes.csv"]),
        (f"{TOP}\ncode;property\na;x|1|number\n", ["CS165 codes.csv:5:3"]),
        (f'{TOP}\ncode;property\n"a";"x|1.5|integer"\n', ["CS165 codes.csv:5:5"]),
        (f"{TOP}\ncode;property\na;|1|integer\n", ["CS165 codes.csv:5:3"]),
        (f"{TOP}\ncode;property\na;parent|b|code\n", ["CS163 codes.csv:5:1"]),
        (f"{TOP}\ncode;display\na;A;rest\n", ["CS108 codes.csv:5:5"]),
        (f"{TOP}\ncode;display\na;Käse\n".encode("cp1252"), ["CS102 codes.csv:5:4"]),
        ("resource;approvalDate\nCodeSystem;2020\n\ncode\na\n", ["CS164 codes.csv"]),
    ],
)
def test_what_is_wrong_is_told_at_its_place(text: str | bytes, expected: list[str]) -> None:
    assert found(text) == expected


def test_a_property_that_cannot_be_read_is_told_with_what_is_wrong() -> None:
    cells = "x;x|1|number;|1|integer;x|1.5|integer;odd"
    told = reading(f"{TOP}\ncode{';property' * 4};\na;{cells}\n").diagnostics
    assert [each.message for each in told] == [
        "'x' is not of the form code|value|type",
        "'number' is no type of a property",
        "the value '1' is of no property: its code is blank",
        "the value '1.5' of 'x' is no integer",
        "'odd' stands in a column without a name",
    ]
