"""OBO Graphs: ontologies in JSON, as ROBOT and the OWL tools of the OBO Foundry write them.

Defined at https://github.com/geneontology/obographs. The nodes that are classes or individuals
are concepts; ``is_a`` says what stands below what, every other edge is a property.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from fhir_codesystem.tables.gathering import (
    DEFINITION,
    DISPLAY,
    SYNONYM,
    Gathered,
    broken,
    chosen,
    coding,
    empty,
    left_out,
    shortened,
)
from fhir_codesystem.tables.table import Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from fhir_codesystem.tables.gathering import Spot
    from fhir_codesystem.tables.source import Source

HEAD = 4096
GRAPHS = re.compile(rb'\s*\{(?:[^\[]{0,2000})?"graphs"\s*:\s*\[')
PURL = re.compile(r"http://purl\.obolibrary\.org/obo/([A-Za-z][A-Za-z0-9]*)_([A-Za-z0-9]+)")
OBO_IN_OWL = "http://www.geneontology.org/formats/oboInOwl"
STATED = {
    "http://purl.org/dc/terms/title": "title",
    "http://purl.org/dc/elements/1.1/title": "title",
    "http://purl.org/dc/terms/description": "description",
    "http://purl.org/dc/elements/1.1/description": "description",
    "http://www.w3.org/2002/07/owl#versionInfo": "version",
    "http://purl.org/dc/terms/license": "copyright",
    "http://purl.org/dc/elements/1.1/rights": "copyright",
}
XREFS = "cross-references of definitions and synonyms"
AXIOMS = (
    "equivalentNodesSets",
    "logicalDefinitionAxioms",
    "domainRangeAxioms",
    "propertyChainAxioms",
)


def recognises(source: Source) -> bool:
    """Whether this is a JSON object with ``graphs``, near its start, that have nodes."""
    head = source.data[:HEAD].removeprefix(b"\xef\xbb\xbf")
    return GRAPHS.match(head) is not None and b'"nodes"' in source.data


def read(source: Source) -> Reading:
    """Read the nodes of one graph."""
    try:
        document = orjson.loads(source.data.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        place = (error.lineno, error.colno)
        message = f"this is no JSON: {shortened(error.msg)}"
        return Reading(None, (broken(source.path, message, place),))
    graphs = _maps(document.get("graphs"))
    sizes = [len(_maps(graph.get("nodes"))) for graph in graphs]
    names = [
        [str(graph.get("lbl") or graph.get("id") or ""), str(graph.get("id"))] for graph in graphs
    ]
    first = next((part for part, size in enumerate(sizes) if size), 0)
    choice = chosen(source, "graphs", names or [[""]], first)
    if choice.part is None or not graphs:
        return Reading(None, choice.found or (empty(source.path, "there is no graph"),))
    graph = _Graph(source, graphs[choice.part])
    found = [*choice.found, *left_out(source.path, graph.others)]
    if not len(graph.concepts):
        found.append(empty(source.path, "the graph has no node that is a class"))
        return Reading(None, tuple(found))
    graph.concepts.one_type_each()
    table, told = graph.concepts.table(graph.stated, Nodes(source.data, tuple(graph.ids)))
    return Reading(table, (*found, *told))


@dataclass(frozen=True, slots=True)
class Nodes:
    """Finds the nodes of a graph in its text: ``line`` is the number of a node, from 1."""

    data: bytes
    ids: tuple[str, ...]

    def positions(self, lines: Sequence[int], cell: int | None) -> list[Spot]:  # noqa: ARG002
        """Return where the ids of the nodes stand; (1, 1) where they cannot be found."""
        return [self._spot(self.ids[line - 1]) if line else (1, 1) for line in lines]

    def indents(self, cell: int) -> pl.Series | None:  # noqa: ARG002
        """Return nothing: the indentation of JSON says nothing."""
        return None

    def _spot(self, node: str) -> Spot:
        written = re.escape(orjson.dumps(node)).replace(b"/", rb"\\?/")
        found = re.search(rb'"id"\s*:\s*(' + written + rb")", self.data)
        if found is None:
            return 1, 1
        before = self.data[: found.start(1)]
        line = before[before.rfind(b"\n") + 1 :]
        return before.count(b"\n") + 1, len(line.decode(errors="replace")) + 1


class _Graph:
    """Gathers the nodes of a graph; parts that are not of the right kind are passed over."""

    def __init__(self, source: Source, graph: dict[str, Any]) -> None:
        self.concepts = Gathered(source.path)
        self.others: Counter[str] = Counter()
        self.ids: list[str] = []
        self.rows: dict[str, int] = {}
        self.stated = _stated(graph)
        for node in _maps(graph.get("nodes")):
            if node.get("type") == "PROPERTY":
                self.others["nodes that are properties"] += 1
            else:
                self._node(node)
        for said in _maps(_map(graph.get("meta")).get("basicPropertyValues")):
            if _text(said.get("val")) not in self.stated.values():
                self.others["statements on the ontology"] += 1
        for edge in _maps(graph.get("edges")):
            self._edge(*(_text(edge.get(part)) for part in ("sub", "pred", "obj")))
        for name in AXIOMS:
            if axioms := _maps(graph.get(name)):
                self.others[name] += len(axioms)

    def _node(self, node: dict[str, Any]) -> None:
        iri = _text(node.get("id"))
        row = self.concepts.concept(curie(iri) or None)
        self.ids.append(iri)
        self.rows.setdefault(iri, row)
        self.concepts.text(row, DISPLAY, _text(node.get("lbl")))
        meta = _map(node.get("meta"))
        definition = _map(meta.get("definition"))
        self.concepts.text(row, DEFINITION, _text(definition.get("val")))
        for text in (definition, *_maps(meta.get("synonyms"))):
            if xrefs := _list(text.get("xrefs")):
                self.others[XREFS] += len(xrefs)
        for synonym in _maps(meta.get("synonyms")):
            kind = _text(synonym.get("pred"))
            exact = kind in {"", "hasExactSynonym"}
            use = coding(**SYNONYM) if exact else coding(system=OBO_IN_OWL, code=kind)
            self.concepts.designation(row, _text(synonym.get("val")), None, use)
        if meta.get("deprecated") is True:
            self.concepts.property(row, "inactive", "boolean", "true")
        for name, key in (("comment", "comments"), ("subset", "subsets")):
            for value in _list(meta.get(key)):
                self.concepts.property(row, name, "string", _short(_text(value)))
        for xref in _maps(meta.get("xrefs")):
            self.concepts.property(row, "xref", "string", _text(xref.get("val")))
        for said in _maps(meta.get("basicPropertyValues")):
            name, value = curie(_text(said.get("pred"))), _text(said.get("val"))
            self.concepts.property(row, name, "string", _short(value))

    def _edge(self, child: str, kind: str, parent: str) -> None:
        if kind == "is_a":
            self.concepts.parent(curie(child), curie(parent))
        elif child in self.rows:
            self.concepts.property(self.rows[child], curie(kind), "code", curie(parent))
        else:
            self.others["edges between nodes that are no concepts"] += 1


def _stated(graph: dict[str, Any]) -> dict[str, Any]:
    meta = _map(graph.get("meta"))
    stated = {"url": _text(graph.get("id")), "title": _text(graph.get("lbl"))}
    for said in _maps(meta.get("basicPropertyValues")):
        element = STATED.get(_text(said.get("pred")), "")
        if element and not stated.get(element):
            stated[element] = _text(said.get("val"))
    stated.setdefault("version", _text(meta.get("version")))
    return {element: text for element, text in stated.items() if text} | {
        "hierarchyMeaning": "is-a"
    }


def curie(iri: str) -> str:
    """Return the short form of an IRI of the OBO Foundry, ``HP:0000118``, else its last part."""
    found = PURL.fullmatch(iri)
    return f"{found[1]}:{found[2]}" if found else re.split(r"[#/]", iri.rstrip("#/"))[-1]


def _short(text: str) -> str:
    return curie(text) if PURL.fullmatch(text) else text


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _map(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _maps(value: object) -> list[dict[str, Any]]:
    return [each for each in _list(value) if isinstance(each, dict)]
