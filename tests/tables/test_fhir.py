"""FHIR resources as tables: all that a CodeSystem says, wherever it stands, and its places.

The samples in fhir/ are code systems of FHIR R4B and R5 and of terminology.hl7.org.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_codesystem import build
from fhir_codesystem.diagnostics import Location
from fhir_codesystem.tables.reading import read
from fhir_codesystem.tables.source import ANY, Source, Wanted

from .resources import CODE_SYSTEMS, assert_same, rows_of, to_json, to_xml

if TYPE_CHECKING:
    from fhir_codesystem.tables.table import Reading, Table

SAMPLES = sorted((Path(__file__).parent / "fhir").glob("*.json"))
HEAD = '{"resourceType": "CodeSystem", '


def read_text(text: str | bytes, wanted: Wanted = ANY) -> Reading:
    data = text.encode() if isinstance(text, str) else text
    return read(Source("x.json", data, wanted))


def table_of(text: str | bytes, wanted: Wanted = ANY) -> Table:
    reading = read_text(text, wanted)
    assert reading.table is not None, reading.diagnostics
    return reading.table


def brief(reading: Reading) -> list[str]:
    found = [(each.rule.number, each.location) for each in reading.diagnostics]
    return [f"{number} {place.line}:{place.column}" for number, place in found]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("form", ["json", "xml"])
def test_published_code_systems_are_read_whole(path: Path, form: str) -> None:
    resource = json.loads(path.read_bytes())
    data = path.read_bytes() if form == "json" else to_xml(without_urls(resource))
    table = table_of(data)
    expected = rows_of(resource.get("concept", []))
    assert table.frame.select("0", "1", "2", "3").rows() == [row for row, _ in expected]
    values = [each for _, concept in expected for each in concept.get("property", [])]
    assert table.links.properties["code"].to_list() == [each["code"] for each in values]
    assert table.unit == "concept"
    if form == "json":
        assert_same(table, resource)


@pytest.mark.parametrize("name", ["item-type", "link-type"])
def test_a_code_system_that_is_built_again_is_the_same(name: str) -> None:
    path = Path(__file__).parent / f"fhir/{name}.json"
    built = build(path)
    assert built.ok
    made = {key: each for key, each in built.resource.items() if key not in ("text", "count")}
    expected = json.loads(path.read_bytes())
    expected.pop("text", None)
    assert made == expected


def without_urls(resource: dict[str, Any]) -> dict[str, Any]:
    """Leave out extensions and ids, which XML writes as attributes."""
    left_out = ("extension", "text")

    def kept(held: dict[str, Any]) -> dict[str, Any]:
        return {key: each for key, each in held.items() if key not in left_out}

    plain: dict[str, Any] = json.loads(json.dumps(resource), object_hook=kept)
    return plain


@given(CODE_SYSTEMS, st.sampled_from([None, 1]))
@settings(max_examples=60, deadline=None)
def test_json_says_the_same_as_the_table(resource: dict[str, Any], indent: int | None) -> None:
    reading = read_text(to_json(resource, indent=indent))
    assert reading.diagnostics == ()
    assert reading.table is not None
    assert_same(reading.table, resource)


@given(CODE_SYSTEMS)
@settings(max_examples=40, deadline=None)
def test_xml_says_the_same_as_the_table(resource: dict[str, Any]) -> None:
    reading = read_text(to_xml(resource))
    assert reading.diagnostics == ()
    assert reading.table is not None
    assert_same(reading.table, resource)


@given(CODE_SYSTEMS, st.booleans(), st.data())
@settings(max_examples=150, deadline=None)
def test_no_bytes_raise(resource: dict[str, Any], as_xml: bool, data: st.DataObject) -> None:
    text = bytearray(to_xml(resource) if as_xml else to_json(resource))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text) - 1))
        piece = data.draw(st.sampled_from([b"", b'"', b"{", b"]", b"<", b"&", b"1", b"\xff", b"n"]))
        text[at : at + data.draw(st.integers(0, 9))] = piece
    reading = read_text(bytes(text))
    for found in reading.diagnostics:
        assert found.location.line is None or found.location.line > 0
    if reading.table is not None:
        table = reading.table
        lines = table.frame["line"].to_list()
        for cell in range(len(table.header)):
            assert len(table.locate(lines, cell)) == len(lines)


CODED = """\
{
 "concept": [
  {"concept": [{"display": "B", "code": "b"}], "code": "ä😀", "display":
    "A"},
  {"code": "c"}
 ],
 "resourceType": "CodeSystem"
}
"""


def test_concepts_and_cells_know_their_places() -> None:
    table = table_of(CODED)
    assert table.frame["1"].to_list() == ["ä😀", "b", "c"]

    def places(lines: list[int], cell: int | None) -> list[str]:
        text = CODED.split("\n")
        found = table.locate(lines, cell)
        return [text[(each.line or 0) - 1][(each.column or 0) - 1 :][:6] for each in found]

    assert places([1, 2, 3], None) == ['{"conc', '{"disp', '{"code']
    assert places([3, 2, 1], 1) == ['"c"}', '"b"}],', '"ä😀", ']
    assert places([1, 2, 3], 2) == ['"A"},', '"B", "', '{"code']
    assert places([0], 1) == ['"conce']


def nested(levels: int) -> str:
    return HEAD + '"concept": ' + '[{"code": "a", "concept": ' * levels + "[]" + "}]" * levels + "}"


def test_two_hundred_levels_are_read_and_placed() -> None:
    table = table_of(nested(200))
    assert table.frame["0"].to_list() == [str(level) for level in range(1, 201)]
    assert table.locate([200], 1)[0].column == nested(200).rindex('"a"') + 1
    (found,) = read_text(nested(600)).diagnostics
    assert found.rule.number == "CS150"
    assert found.message == "more than 1,024 brackets are open here"


def test_a_decimal_below_many_levels_does_not_raise() -> None:
    text = nested(500).replace("[]", '[{"code": "b", "property": [{"valueDecimal": 1.0}]}]')
    read_text(text)


WRONG = [
    ('"code": "a", "id": ^"x"', "CS154"),
    ('"code": "a", "extension": ^[{"url": "u"}]', "CS154"),
    ('"code": "a", "_display": ^{"extension": []}', "CS154"),
    ('"code": "a", "designation": [{"value": "x", "additionalUse": ^[]}]', "CS154"),
    ('"code": "a", "property": [{"code": "p", "valueCode": "x", "id": ^"y"}]', "CS154"),
    ('"code": ^1', "CS304"),
    ('"code": "a", "display": ^["x"]', "CS304"),
    ('"code": "a", "concept": ^{}', "CS304"),
    ('"code": "a", "concept": [^3]', "CS304"),
    ('"code": "a", "designation": ^{}', "CS304"),
    ('"code": "a", "designation": [^"x"]', "CS304"),
    ('"code": "a", "designation": [^{}]', "CS306"),
    ('"code": "a", "designation": [{"value": ^1}]', "CS304"),
    ('"code": "a", "designation": [{"value": "x", "use": ^"y"}]', "CS304"),
    ('"code": "a", "designation": [{"value": "x", "language": ^1}]', "CS304"),
    ('"code": "a", "property": [^{"valueCode": "x"}]', "CS306"),
    ('"code": "a", "property": [^{"code": "x"}]', "CS306"),
    ('"code": "a", "property": [{"code": ^1, "valueCode": "x"}]', "CS304"),
    ('"code": "a", "property": [{"code": "x", "valueInteger": ^true}]', "CS304"),
    ('"code": "a", "property": [{"code": "x", "valueInteger": ^1.0}]', "CS304"),
    ('"code": "a", "property": [{"code": "x", "valueBoolean": ^"true"}]', "CS304"),
    ('"code": "a", "property": [{"code": "x", "valueDecimal": ^"1.0"}]', "CS304"),
    ('"code": "a", "property": [{"code": "x", "valueCode": "y", "valueString": ^"z"}]', "CS304"),
    ('"code": "a", "property": [^{"code": "x", "valueUri": ^"y"}]', "CS306 CS302"),
    ('"code": "a", "dispaly": ^"x"', "CS302"),
    ('"code": "a", "modifierExtension": ^[]', "CS156"),
]
"""What is wrong in a concept or left out of it; ^ stands before each place that is told."""


@pytest.mark.parametrize(("concept", "numbers"), WRONG)
def test_what_is_wrong_or_left_out_is_told_at_its_place(concept: str, numbers: str) -> None:
    text = HEAD + '"concept": [{' + concept + "}]}"
    reading = read_text(text.replace("^", ""))
    places = [at.start() + 1 - passed for passed, at in enumerate(re.finditer(r"\^", text))]
    found = zip(numbers.split(), places, strict=True)
    assert sorted(brief(reading)) == sorted(f"{number} 1:{column}" for number, column in found)
    assert (reading.table is None) == (numbers != "CS154")


def test_extensions_are_left_out_by_their_url() -> None:
    text = HEAD + '"concept": [{"code": "a", "extension": [{"url": "u"}, {"url": "v"}]}]}'
    messages = [each.message for each in read_text(text).diagnostics]
    assert messages == ["extension 'u' is left out", "extension 'v' is left out"]


def test_a_decimal_inside_a_coding_stays_as_it_is_written() -> None:
    coding = '{"code":"c","extension":[{"url":"u","valueDecimal":1.50}]}'
    concept = '{"code": "a", "property": [{"code": "p", "valueCoding": ' + coding + "}]}"
    table = table_of(HEAD + f'"concept": [{concept}]}}')
    assert table.links.properties["value"].to_list() == [coding]


def test_what_is_left_out_often_is_told_once() -> None:
    concepts = [{"code": f"c{number}", "id": "x"} for number in range(50)]
    reading = read_text(json.dumps({"resourceType": "CodeSystem", "concept": concepts}))
    assert [each.message for each in reading.diagnostics] == [
        "id is left out, 50 times; here first"
    ]


def test_the_text_is_left_out_and_all_else_is_stated() -> None:
    text = HEAD + '"id": "x", "text": {"status": "generated"}, "extension": [{"url": "u"}]}'
    reading = read_text(text)
    assert brief(reading) == [f"CS154 1:{text.index('{', 1) + 1}"]
    assert reading.table is not None
    assert reading.table.stated == {"id": "x", "extension": [{"url": "u"}]}
    assert reading.table.frame.height == 0


def held(*, entries: list[dict[str, Any]]) -> str:
    bundle = {"resourceType": "Bundle", "entry": [{"resource": each} for each in entries]}
    return json.dumps(bundle)


def code_system(name: str) -> dict[str, Any]:
    url = f"http://example.org/{name}"
    return {"resourceType": "CodeSystem", "id": name, "url": url, "concept": [{"code": name}]}


def test_the_only_code_system_of_a_bundle_or_value_set_is_read() -> None:
    bundle = held(entries=[{"resourceType": "Patient"}, code_system("a")])
    table = table_of(bundle)
    assert table.frame["1"].to_list() == ["a"]
    assert table.locate([1], 1)[0].column == bundle.index('"a"}') + 1
    assert table.stated["url"] == "http://example.org/a"
    contained = {"resourceType": "ValueSet", "contained": [code_system("b")]}
    assert table_of(json.dumps(contained)).frame["1"].to_list() == ["b"]


def test_one_of_the_resources_of_a_bulk_export_is_read() -> None:
    lines = [json.dumps(each) for each in ({"resourceType": "Patient"}, code_system("a"))]
    table = table_of("\n".join(lines))
    assert table.frame["1"].to_list() == ["a"]
    column = lines[1].rindex('"a"') + 1
    assert str(table.locate([1], 1)[0]) == f"x.json:2:{column}"
    assert brief(read_text("\n".join([lines[1]] * 2))) == ["CS153 2:1"]
    assert brief(read_text(f"[{lines[0]}]")) == ["CS152 1:1"]


@pytest.mark.parametrize("name", ["2", "b", "http://example.org/b"])
def test_one_of_several_code_systems_is_chosen_by_number_or_name(name: str) -> None:
    bundle = held(entries=[code_system("a"), code_system("b")])
    assert table_of(bundle, Wanted(table=name)).frame["1"].to_list() == ["b"]
    (found,) = read_text(bundle).diagnostics
    assert (found.rule.number, found.location.line) == ("CS153", 1)
    assert "'http://example.org/a', 'http://example.org/b'" in found.message
    place = Location("x.yaml", 3, 4)
    (found,) = read_text(bundle, Wanted("3", table_place=place)).diagnostics
    assert (found.rule.number, found.location) == ("CS153", place)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"resourceType": "Patient"}', ["CS152 1:18"]),
        ('{"resourceType": 3}', ["CS152 1:18"]),
        ('{"resourceType": "Bundle", "entry": {}}', ["CS152 1:18"]),
        ('{"resourceType": "Bundle", "entry": [3, {}]}', ["CS152 1:18"]),
        ('{"resourceType": "ValueSet", "compose": {}}', ["CS152 1:18"]),
        ('{"resourceType": "ValueSet", "expansion": {"total": 0}}', ["CS152 1:43"]),
        (HEAD + '"concept": {}}', ["CS304 1:43"]),
        (HEAD + '"concept": [], "concept": []}', ["CS303 1:47"]),
    ],
)
def test_what_holds_no_concepts_is_told(text: str, found: list[str]) -> None:
    reading = read_text(text)
    assert reading.table is None
    assert brief(reading) == found


EXPANSION = {
    "resourceType": "ValueSet",
    "expansion": {
        "property": [{"code": "w", "uri": "http://example.org/w"}],
        "contains": [
            {
                "abstract": True,
                "display": "Group",
                "contains": [{"system": "s", "version": "1", "code": "a", "display": "A"}],
            },
            {
                "system": "s",
                "code": "b",
                "abstract": True,
                "contains": [
                    {"system": "t", "code": "x", "contains": [{"system": "s", "code": "c"}]},
                    {
                        "system": "s",
                        "code": "d",
                        "inactive": True,
                        "designation": [{"language": "de", "value": "D"}],
                        "property": [{"code": "w", "valueDecimal": 1.5}],
                    },
                ],
            },
        ],
    },
}


def test_an_expansion_is_a_fragment_of_one_system() -> None:
    reading = read_text(json.dumps(EXPANSION), Wanted("s"))
    table = reading.table
    assert table is not None
    assert table.frame.select("0", "1", "2").rows() == [
        ("1", "a", "A"),
        ("1", "b", None),
        ("2", "c", None),
        ("2", "d", None),
    ]
    assert table.links.properties.rows() == [
        (1, "notSelectable", "boolean", "true"),
        (3, "inactive", "boolean", "true"),
        (3, "w", "decimal", "1.5"),
    ]
    assert table.links.designations.rows() == [(3, "de", None, "D")]
    standard = "http://hl7.org/fhir/concept-properties#"
    assert table.stated == {
        "url": "s",
        "version": "1",
        "content": "fragment",
        "property": [
            {"code": "notSelectable", "uri": f"{standard}notSelectable", "type": "boolean"},
            {"code": "inactive", "uri": f"{standard}inactive", "type": "boolean"},
            {"code": "w", "uri": "http://example.org/w", "type": "decimal"},
        ],
    }
    assert [each.message for each in reading.diagnostics] == [
        "a group without a code is left out",
        "a code of 't' is left out",
    ]


def test_an_expansion_of_several_systems_names_them() -> None:
    (found,) = read_text(json.dumps(EXPANSION)).diagnostics
    assert found.rule.number == "CS153"
    assert found.message == "there are 2 code systems: 's', 't'"
