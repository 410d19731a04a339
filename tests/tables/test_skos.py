"""SKOS in Turtle and RDF/XML: https://www.w3.org/TR/skos-reference/."""

from __future__ import annotations

import json
import logging
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fhir_codesystem.tables import skos
from fhir_codesystem.tables.skos import read, recognises
from fhir_codesystem.tables.source import Source, Wanted

if TYPE_CHECKING:
    from fhir_codesystem.tables.table import Reading, Table

BULK = Path(__file__).parents[1] / "corpus" / "bulk"
PREFIXES = (
    "@prefix skos: <http://www.w3.org/2004/02/skos/core#> . "
    "@prefix owl: <http://www.w3.org/2002/07/owl#> . "
    "@prefix dct: <http://purl.org/dc/terms/> . "
    "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . "
    "@prefix : <http://example.org/c/> .\n"
)
RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns:skos="http://www.w3.org/2004/02/skos/core#">\n{}\n</rdf:RDF>\n'
)


def reading(text: str, table: str | None = None) -> Reading:
    data = text if text.startswith("<") else PREFIXES + text
    source = Source("codes.ttl", data.encode(), Wanted(table=table))
    assert recognises(source)
    return read(source)


def table_of(text: str) -> Table:
    made = reading(text)
    assert made.table is not None
    assert made.diagnostics == ()
    return made.table


def found(text: str, table: str | None = None) -> list[str]:
    return [f"{each.rule.number} {each.location}" for each in reading(text, table).diagnostics]


def test_labels_notes_and_other_statements_are_read() -> None:
    made = read(Source("codes.ttl", (BULK / "colours.ttl").read_bytes()))
    table = made.table
    assert table is not None
    assert [each.message for each in made.diagnostics] == [
        "further statements on the scheme: 1 left out",
        "skos:Collection: 1 left out",
    ]
    assert table.frame.rows()[4] == (30, "011", "Red", "Like blood.", True)
    assert [row[1:] for row in table.links.properties.rows() if row[0] == 4] == [
        ("definition-de", "string", "Wie Blut."),
        ("scopeNote", "string", "Avoid."),
        ("inactive", "boolean", "true"),
        ("related", "code", "012"),
        ("exactMatch", "string", "http://www.wikidata.org/entity/Q3142"),
        ("created", "dateTime", "2020-01-02"),
        ("wavelength", "integer", "650"),
    ]
    designations = [row[1:] for row in table.links.designations.rows() if row[0] == 4]
    assert [(language, value) for language, _, value in designations] == [
        ("de", "Rot"),
        ("en", "Scarlet"),
        ("en", "Rde"),
    ]
    uses = [json.loads(use)["code"] if use else None for _, use, _ in designations]
    assert uses == [None, "900000000000013009", "hiddenLabel"]
    assert table.stated == {
        "url": "http://example.org/colours",
        "title": "Colours",
        "version": "1.0",
        "date": "2024-05-01",
        "language": "en",
    }


def test_the_code_is_the_notation_as_it_is_written_or_the_end_of_the_iri() -> None:
    table = table_of(
        ':a a skos:Concept ; skos:notation "007"^^xsd:integer , "7" .\n'
        "<http://example.org/v#b> a skos:Concept .\n"
        "<http://example.org/v/c/> a skos:Concept .\n"
        "<urn:oid:1.2.3> a skos:Concept .\n"
        "<#d> a skos:Concept .\n"
    )
    assert table.frame["0"].to_list() == ["007", "b", "c", "1.2.3", "d"]
    assert table.links.properties.rows() == [(0, "notation", "string", "7")]
    assert table.stated == {}


def test_relative_iris_stay_as_they_are_written() -> None:
    table = table_of("\n<> a skos:ConceptScheme .\n<#a> a skos:Concept ; skos:exactMatch <x/b> .")
    assert table.stated == {}
    assert table.frame["0"].to_list() == ["a"]
    assert table.links.properties.rows() == [(0, "exactMatch", "string", "x/b")]


def test_what_says_that_something_is_a_concept_is_enough() -> None:
    table = table_of(":a skos:prefLabel 'A' . :b skos:broader :a .\n:s a skos:ConceptScheme .")
    assert table.frame["0"].to_list() == ["a", "b"]
    assert table.unit == "concept"


def test_narrower_is_the_inverse_of_broader_and_counts_once() -> None:
    table = table_of(
        ":a a skos:Concept ; skos:narrower :b , :c .\n"
        ":b a skos:Concept ; skos:broader :a .\n"
        ":c a skos:Concept ; skos:broader :c .\n"
    )
    assert table.links.parents.rows() == [(1, "a"), (2, "a"), (2, "c")]


def test_the_first_language_wins_a_tie() -> None:
    table = table_of(":a a skos:Concept ; skos:prefLabel 'x'@nl , 'y'@de .\n")
    assert table.frame["1"].to_list() == ["x"]
    assert table.links.designations.rows() == [(0, "de", None, "y")]


def test_a_property_of_several_types_is_one_of_strings() -> None:
    table = table_of(":a a skos:Concept ; :p 1 , true .\n:b a skos:Concept ; :p 'x' ; :q 1.5 .\n")
    assert table.links.properties.rows() == [
        (0, "p", "string", "1"),
        (0, "p", "string", "true"),
        (1, "p", "string", "x"),
        (1, "q", "decimal", "1.5"),
    ]


def test_a_value_that_is_not_of_its_type_is_a_string(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        table = table_of(
            ":a a skos:Concept ; dct:created 'May'^^xsd:date ; :n 'x'^^xsd:integer .\n"
        )
    assert table.links.properties.rows() == [
        (0, "created", "string", "May"),
        (0, "n", "string", "x"),
    ]


def test_concepts_stand_where_their_statement_begins() -> None:
    table = table_of("\n:a a skos:Concept ;\n  skos:prefLabel 'A' .\n # x\n  :b a skos:Concept .\n")
    assert (table.unit, table.frame["line"].to_list()) == ("line", [3, 6])
    assert [(each.line, each.column) for each in table.locate([3, 6], 1)] == [(3, 1), (6, 3)]


def test_one_of_several_schemes_is_read() -> None:
    text = (
        ":none a skos:ConceptScheme .\n"
        ":s1 a skos:ConceptScheme ; dct:title 'One' .\n"
        ":s2 a skos:ConceptScheme ; dct:title 'Two' ; skos:hasTopConcept :b .\n"
        ":a a skos:Concept ; skos:inScheme :s1 .\n"
        ":b a skos:Concept .\n"
        ":c a skos:Concept ; skos:topConceptOf :s2 .\n"
    )
    expected = {None: ["a"], "2": ["a"], "3": ["b", "c"], "two": ["b", "c"], "S1": ["a"]}
    for table, codes in expected.items():
        made = reading(text, table)
        assert made.table is not None
        assert made.table.frame["0"].to_list() == codes
        told = [each.rule.number for each in made.diagnostics]
        assert told == [*(["CS167"] if table is None else []), "CS164"]
    assert found(text, "1") == ["CS166 codes.ttl"]
    assert found(text, "4") == ["CS168 codes.ttl"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (":a skos:member :b .", ["CS166 codes.ttl"]),
        (":a a skos:Concept ; skos:broader :b .", ["CS163 codes.ttl:2:1"]),
        (":a a skos:Concept .\n:b a skos:Concept ;; skos:narrower :x .", ["CS163 codes.ttl:3:1"]),
        (":a a skos:Concept ; :p [ :q 1 ] .", ["CS164 codes.ttl"]),
        (":a a skos:Concept .\n:x :y :z .", ["CS164 codes.ttl"]),
        (":a a skos:Concept .\n:s a skos:ConceptScheme ; dct:creator 'me' .", ["CS164 codes.ttl"]),
        (":a a skos:Concept ;\n  skos:prefLabel 'x .", ["CS160 codes.ttl:2:1"]),
        (":a a skos:Concept ;\n  skos:prefLabel ] .", ["CS160 codes.ttl:3:17"]),
        (":a a unknown:Concept .", ["CS160 codes.ttl:2:6"]),
        (r":a a skos:Concept ; skos:prefLabel '\uD800' .", ["CS160 codes.ttl:2:1"]),
        (":a a skos:Concept ; :p " + "[ :p " * 5000, ["CS160 codes.ttl:2:1"]),
        (RDF.format("<skos:Concept"), ["CS160 codes.ttl:3:1"]),
        (RDF.format("<rdf:li/>\n<skos:Concept/>"), ["CS160 codes.ttl:2:1"]),
        (RDF.format('<skos:Concept rdf:about="a" rdf:ID="b"/>'), ["CS160 codes.ttl:2:1"]),
        (RDF.format("<skos:Concept>" * 1200), ["CS161 codes.ttl:2:13987"]),
    ],
)
def test_what_is_wrong_is_told_at_its_place(text: str, expected: list[str]) -> None:
    assert found(text) == expected


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refused)
    declared = '<!DOCTYPE rdf:RDF SYSTEM "http://127.0.0.1:9/rdf.dtd">'
    concept = '<skos:Concept rdf:about="http://127.0.0.1:9/a"/>'
    assert found(declared + RDF.format(concept)) == []
    entity = '<!DOCTYPE rdf:RDF [<!ENTITY e SYSTEM "http://127.0.0.1:9/">]>'
    assert [each[:5] for each in found(entity + RDF.format(concept))] == ["CS162"]
    assert found("@base <http://127.0.0.1:9/> . <a> a skos:Concept ; owl:imports <b> .") == []


def test_a_large_file_is_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(skos, "MOST_BYTES", 100)
    assert found(":a a skos:Concept .") == ["CS161 codes.ttl"]
