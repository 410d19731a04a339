"""ClaML: EN 14463:2007 (2.0) and ISO 13120:2019 (3.0)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fhir_codesystem.tables.claml import read, recognises
from fhir_codesystem.tables.source import Source

if TYPE_CHECKING:
    from fhir_codesystem.tables.table import Reading, Table

BULK = Path(__file__).parents[1] / "corpus" / "bulk"


def document(body: str, attributes: str = 'version="2.0.0"') -> bytes:
    return f"<ClaML {attributes}>\n{body}\n</ClaML>\n".encode()


def reading(data: bytes) -> Reading:
    source = Source("codes.xml", data)
    assert recognises(source)
    return read(source)


def table_of(data: bytes) -> Table:
    table = reading(data).table
    assert table is not None
    return table


def found(data: bytes) -> list[str]:
    return [f"{each.rule.number} {each.location}" for each in reading(data).diagnostics]


def rubric(kind: str, *labels: str) -> str:
    return f'<Rubric kind="{kind}">{"".join(labels)}</Rubric>'


def test_texts_properties_and_designations_come_from_rubrics() -> None:
    table = table_of((BULK / "colours.2.claml.xml").read_bytes())
    assert table.frame.rows()[4] == (33, "011", "Red", "The colour of H2O at sunset.", True)
    assert [row for row in table.links.properties.rows() if row[0] == 4] == [
        (4, "kind", "code", "category"),
        (4, "wavelength", "string", "650"),
        (4, "exclusion", "string", "violet (012)"),
        (4, "exclusion-de", "string", "Farbe: violett"),
    ]
    assert table.links.designations.rows() == [(0, "de", None, "Violett"), (4, "de", None, "Rot")]
    assert (2, "usage", "code", "optional") in table.links.properties.rows()


def test_title_and_identifier_are_stated() -> None:
    assert table_of((BULK / "colours.2.claml.xml").read_bytes()).stated == {
        "identifier": [{"value": "1.2.3", "assigner": {"display": "Example"}}],
        "name": "Colours",
        "title": "A classification of colours",
        "version": "2024",
        "date": "2024-05-01",
        "language": "en",
    }
    body = '<Title name="ICD-10-GM" version="2024" date="May"/><Class code="a"/>'
    assert table_of(document(body)).stated == {"title": "ICD-10-GM", "version": "2024"}


def test_what_is_not_expanded_is_told() -> None:
    told = reading((BULK / "colours.2.claml.xml").read_bytes()).diagnostics
    assert [(each.rule.number, each.message) for each in told] == [
        ("CS164", "Meta of the classification: 1 left out"),
        ("CS164", "Modifier, not expanded: 1 left out"),
        ("CS164", "ModifierClass, not expanded: 1 left out"),
        ("CS164", "ModifiedBy, not expanded: 1 left out"),
    ]


def test_places_are_those_of_the_elements() -> None:
    table = table_of((BULK / "colours.2.claml.xml").read_bytes())
    cells = [table.locate([33], cell)[0] for cell in (0, 1, 2)]
    assert [(each.line, each.column) for each in cells] == [(33, 3), (38, 7), (41, 31)]


def test_classes_in_one_line_are_counted_as_concepts() -> None:
    classes = '<Class code="a"/><Class code="b"/>'
    table = table_of(f"<ClaML>{classes}</ClaML>".encode())
    assert (table.unit, table.frame["line"].to_list()) == ("concept", [1, 2])
    assert [(each.line, each.column) for each in table.locate([1, 2], 0)] == [(1, 8), (1, 25)]


def test_displays_are_of_the_language_that_most_have() -> None:
    label = '<Label xml:lang="{}">{}</Label>'
    body = "".join(
        f'<Class code="{code}">{rubric("preferred", *labels)}</Class>\n'
        for code, labels in {
            "a": [label.format("fr", "A fr"), label.format("nl", "A nl")],
            "b": [label.format("nl", "B nl")],
            "c": [label.format("fr", "C fr")],
            "d": [label.format("nl", "D nl")],
            "e": ["<Label>E</Label>"],
        }.items()
    )
    table = table_of(document(body))
    assert table.frame["1"].to_list() == ["A nl", "B nl", "C fr", "D nl", "E"]
    assert table.stated["language"] == "nl"
    assert table.links.designations.rows() == [(0, "fr", None, "A fr")]


def test_a_second_definition_is_a_property() -> None:
    texts = rubric("definition", "<Label>one</Label>") + rubric("definition", "<Label>two</Label>")
    table = table_of(document(f'<Class code="a">{texts}</Class>'))
    assert table.frame["2"].to_list() == ["one"]
    assert table.links.properties.rows() == [(0, "definition", "string", "two")]


def test_a_class_without_a_code_stays_a_row_for_the_rules_to_find() -> None:
    assert table_of(document('<Class kind="block"/>')).frame["0"].to_list() == [None]


def test_utf_16_and_a_byte_order_mark_are_understood() -> None:
    text = '<?xml version="1.0" encoding="UTF-16"?><ClaML><Class code="ä"/></ClaML>'
    assert table_of(text.encode("utf-16")).frame["0"].to_list() == ["ä"]
    marked = b"\xef\xbb\xbf" + document('<Class code="a"/>')
    assert table_of(marked).frame["0"].to_list() == ["a"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (document(""), ["CS166 codes.xml"]),
        (document('<Class code="a">'), ["CS160 codes.xml:3:3"]),
        (document('<Class code="a"><SuperClass code="b"/></Class>'), ["CS163 codes.xml:2:17"]),
        (document('<Class code="a"><SubClass code="b"/></Class>'), ["CS163 codes.xml:2:17"]),
        (document('<Class code="a"><History>x</History></Class>'), ["CS164 codes.xml"]),
        (
            document('<RubricKind name="x"><Display>X</Display></RubricKind><Class code="a"/>'),
            ["CS164 codes.xml"],
        ),
        (document("<p>" * 2000), ["CS161 codes.xml:2:2998"]),
        (document('<Class code="&x;"/>'), ["CS160 codes.xml:2:1"]),
    ],
)
def test_what_is_wrong_is_told_at_its_place(data: bytes, expected: list[str]) -> None:
    assert found(data) == expected


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ('<!DOCTYPE ClaML SYSTEM "file:///dev/random">', []),
        ('<!DOCTYPE ClaML PUBLIC "x" "http://127.0.0.1:9/ClaML.dtd">', []),
        ('<!DOCTYPE ClaML [<!ENTITY e "short">]>', []),
        ('<!DOCTYPE ClaML [<!ENTITY e SYSTEM "/etc/passwd">]>', ["CS162"]),
        ('<!DOCTYPE ClaML [<!ENTITY % e SYSTEM "http://127.0.0.1:9/"> %e;]>', ["CS162"]),
        ('<!DOCTYPE ClaML [<!ENTITY a "x"><!ENTITY e "&a;&a;">]>', ["CS162"]),
        (f'<!DOCTYPE ClaML [<!ENTITY e "{"x" * 2000}">]>', ["CS162"]),
    ],
)
def test_a_doctype_is_tolerated_but_entities_are_not_followed(
    declared: str, expected: list[str]
) -> None:
    made = reading(declared.encode() + document('<Class code="a"/>'))
    assert [each.rule.number for each in made.diagnostics] == expected
    assert (made.table is None) == bool(expected)


def test_a_short_entity_that_is_used_again_and_again_is_bounded() -> None:
    declared = f'<!DOCTYPE ClaML [<!ENTITY e "{"x" * 1000}">]>'.encode()
    for used in (f"<Label>{'&e;' * 10_000}</Label>", f'<Label x="{"&e;" * 5_000}"/>'):
        body = f'<Class code="a"><Rubric kind="x">{used}</Rubric></Class>'
        told = reading(declared + document(body)).diagnostics
        assert [each.rule.number for each in told] == ["CS161"]
