"""OBO Graphs (https://github.com/geneontology/obographs) and OBO text (1.2, 1.4)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fhir_codesystem.tables import obo, obographs
from fhir_codesystem.tables.source import Source, Wanted

if TYPE_CHECKING:
    from fhir_codesystem.tables.table import Reading, Table

BULK = Path(__file__).parents[1] / "corpus" / "bulk"
PURL = "http://purl.obolibrary.org/obo/"
TOP = "format-version: 1.2\n\n[Term]\nid: a\n"


def of_graphs(*graphs: Any, wanted: str | None = None) -> Reading:
    source = Source("codes.json", json.dumps({"graphs": graphs}).encode(), Wanted(table=wanted))
    assert obographs.recognises(source)
    return obographs.read(source)


def of_text(text: str) -> Reading:
    source = Source("codes.obo", text.encode())
    assert obo.recognises(source)
    return obo.read(source)


def found(made: Reading) -> list[str]:
    return [f"{each.rule.number} {each.location}" for each in made.diagnostics]


def uses(table: Table) -> list[tuple[str, str]]:
    rows = table.links.designations.rows()
    return [(json.loads(use)["code"], value) for _, _, use, value in rows]


def graph(*nodes: dict[str, Any], edges: list[dict[str, str]] | None = None) -> dict[str, Any]:
    return {"id": "http://example.org/g", "nodes": nodes, "edges": edges or []}


def test_what_a_graph_says_of_a_node_is_read() -> None:
    made = obographs.read(Source("codes.json", (BULK / "colours.obographs.json").read_bytes()))
    table = made.table
    assert table is not None
    assert [each.message for each in made.diagnostics] == [
        "cross-references of definitions and synonyms: 1 left out",
        "nodes that are properties: 1 left out",
    ]
    assert table.frame.rows()[4] == (5, "011", "Red", "Like blood.", True)
    assert [row[1:] for row in table.links.properties.rows()] == [
        ("inactive", "boolean", "true"),
        ("comment", "string", "Avoid."),
        ("subset", "string", "COL:slim"),
        ("xref", "string", "Wikidata:Q3142"),
        ("IAO:0100001", "string", "COL:1"),
        ("BFO:0000050", "code", "012"),
    ]
    assert uses(table) == [("900000000000013009", "Scarlet"), ("hasRelatedSynonym", "Blood")]
    assert table.stated == {
        "url": "http://example.org/colours.owl",
        "title": "Colours",
        "version": "http://example.org/colours/2024-05-01/colours.owl",
        "hierarchyMeaning": "is-a",
    }


def test_iris_of_the_foundry_become_short() -> None:
    nodes = [{"id": iri} for iri in (f"{PURL}HP_0000118", f"{PURL}hp#x", "http://a.org/b/c", "X:1")]
    table = of_graphs(graph(*nodes)).table
    assert table is not None
    assert table.frame["0"].to_list() == ["HP:0000118", "x", "c", "X:1"]


def test_one_of_several_graphs_is_read() -> None:
    graphs = graph(), graph({"id": "a"}) | {"lbl": "First"}, graph({"id": "b"}) | {"lbl": "Second"}
    for wanted, code in {None: "a", "2": "a", "3": "b", "second": "b"}.items():
        made = of_graphs(*graphs, wanted=wanted)
        assert made.table is not None
        assert made.table.frame["0"].to_list() == [code]
        assert found(made) == (["CS167 codes.json"] if wanted is None else [])
    assert found(of_graphs(*graphs, wanted="4")) == ["CS168 codes.json"]
    assert found(of_graphs(*graphs, wanted="1")) == ["CS166 codes.json"]


def test_nodes_are_found_in_the_text_when_they_must_be_told() -> None:
    nodes = {"id": "http://a.org/é"}, {"id": "http://a.org/b"}
    text = json.dumps({"graphs": [graph(*nodes)]}, ensure_ascii=False, indent=1)
    table = obographs.read(Source("codes.json", text.encode())).table
    assert table is not None
    places = [(each.line, each.column) for each in table.locate([2, 1], 0)]
    lines = text.split("\n")
    found_there = [lines[line - 1][column - 1 :] for line, column in places if line and column]
    assert found_there == ['"http://a.org/b"', '"http://a.org/é"']
    assert (table.heading(0).line, table.unit) == (1, "concept")


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ([graph()], ["CS166 codes.json"]),
        ([], ["CS166 codes.json"]),
        (["x", 1, None], ["CS166 codes.json"]),
        ([graph({"id": "p", "type": "PROPERTY"})], ["CS164 codes.json", "CS166 codes.json"]),
        (
            [graph({"id": "a"}, edges=[{"sub": "a", "pred": "is_a", "obj": "b"}])],
            ["CS163 codes.json:1:61"],
        ),
        ([graph({"id": "a"}, edges=[{"sub": "b", "pred": "x", "obj": "a"}])], ["CS164 codes.json"]),
        ([graph({"id": "a"}) | {"equivalentNodesSets": [{}]}], ["CS164 codes.json"]),
    ],
)
def test_what_is_wrong_in_a_graph_is_told(made: list[Any], expected: list[str]) -> None:
    source = Source("codes.json", json.dumps({"graphs": made}).encode())
    assert found(obographs.read(source)) == expected


def test_values_of_the_wrong_kind_are_passed_over() -> None:
    odd = {"id": 1, "lbl": [], "meta": {"synonyms": {}, "xrefs": [1], "definition": "x"}}
    made = of_graphs(graph(odd, {"id": "a", "meta": 3}, edges=[{"sub": "a"}]))
    assert made.table is not None
    assert made.table.frame["0"].to_list() == [None, "a"]


def test_json_that_is_broken_or_deep_is_one_finding() -> None:
    for data in (b'{"graphs": [{"nodes": [}]}', b'{"graphs": [' + b'{"nodes":[' * 100_000):
        made = obographs.read(Source("codes.json", data))
        assert [each.rule.number for each in made.diagnostics] == ["CS160"]


def test_what_a_stanza_says_is_read() -> None:
    made = obo.read(Source("codes.obo", (BULK / "colours.obo").read_bytes()))
    table = made.table
    assert table is not None
    assert [each.message for each in made.diagnostics] == [
        "cross-references of definitions and synonyms: 1 left out",
        "intersection_of: 1 left out",
        "[Typedef]: 1 left out",
    ]
    assert table.frame.rows()[4] == (26, "011", "Red", 'Like "blood".', False)
    assert [row[1:] for row in table.links.properties.rows()] == [
        ("comment", "string", "Avoid."),
        ("xref", "string", "Wikidata:Q3142"),
        ("part_of", "code", "012"),
        ("wavelength", "integer", "650"),
        ("inactive", "boolean", "true"),
    ]
    assert uses(table) == [("900000000000013009", "Scarlet"), ("hasRelatedSynonym", "Blood")]
    assert [(each.line, each.column) for each in table.locate([26], 2)] == [(28, 6)]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("name: plain", "plain"),
        ("name:tight", "tight"),
        ("name: a ! comment", "a"),
        ('name: a {source="x"}', "a"),
        ('name: a {source="x"} ! comment', "a"),
        (r"name: a \! b", "a ! b"),
        (r"name: tab\tline\nback\\slash\Wspace", "tab\tline\nback\\slash space"),
    ],
)
def test_comments_modifiers_and_escapes_are_understood(line: str, name: str) -> None:
    table = of_text(f"{TOP}{line}\n").table
    assert table is not None
    assert table.frame["1"].to_list() == [name]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{TOP}nonsense\n", ["CS160 codes.obo:5:1"]),
        (f"{TOP}is_a: b\n", ["CS163 codes.obo:5:7"]),
        (f"remark: x\n{TOP}".replace("remark", "! remark"), []),
        (f"{TOP}disjoint_from: b\n", ["CS164 codes.obo"]),
        (TOP.replace("\n\n", "\nauto-generated-by: x\n\n"), ["CS164 codes.obo"]),
        (TOP.replace("[Term]", "[Instance]\nname: [Term]"), ["CS164 codes.obo", "CS166 codes.obo"]),
    ],
)
def test_what_is_wrong_in_a_text_is_told(text: str, expected: list[str]) -> None:
    assert found(of_text(text)) == expected
