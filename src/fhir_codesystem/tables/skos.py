"""SKOS, the Simple Knowledge Organization System, in Turtle or RDF/XML.

Defined at https://www.w3.org/TR/skos-reference/. The ConceptScheme says what the code system is,
every Concept of it is a concept: its code is the notation, else the last part of its IRI.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from fhir_codesystem.diagnostics import Location
from fhir_codesystem.rules.exchange import TOO_LARGE
from fhir_codesystem.tables.gathering import (
    DEFINITION,
    DISPLAY,
    SYNONYM,
    Gathered,
    chosen,
    coding,
    empty,
    left_out,
)
from fhir_codesystem.tables.table import Reading
from fhir_codesystem.tables.values import DATE_TIME, value_of
from fhir_codesystem.tables.xml import root

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.tables.rdf import Statements, Value
    from fhir_codesystem.tables.source import Source

SKOS = "http://www.w3.org/2004/02/skos/core#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
TERMS = "http://purl.org/dc/terms/"
ELEMENTS = "http://purl.org/dc/elements/1.1/"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"

MOST_BYTES = 2**25
TURTLE = re.compile(
    rb"(?:\s|#[^\n]*\n)*(?:@prefix\s|@base\s|(?i:prefix|base)\s|<[a-z][a-z0-9+.-]*:)"
)
GROUPS = {SKOS + "Collection", SKOS + "OrderedCollection", SKOS + "ConceptScheme"}
OF_CONCEPTS = {
    SKOS + name for name in ("broader", "narrower", "topConceptOf", "inScheme", "prefLabel")
}
STRUCTURE = {RDF + "type", *(SKOS + name for name in ("inScheme", "topConceptOf"))}
OF_SCHEMES = {RDF + "type", SKOS + "hasTopConcept"}
TYPES = {
    "boolean": "boolean",
    "date": "dateTime",
    "dateTime": "dateTime",
    "gYear": "dateTime",
    "gYearMonth": "dateTime",
    "decimal": "decimal",
    "double": "decimal",
    "float": "decimal",
    "integer": "integer",
    "int": "integer",
    "long": "integer",
    "short": "integer",
    "nonNegativeInteger": "integer",
    "positiveInteger": "integer",
}
"""The types of FHIR for those of XML Schema; all others are strings."""
STATED = {
    "title": (TERMS + "title", ELEMENTS + "title", SKOS + "prefLabel", RDFS + "label"),
    "description": (
        TERMS + "description",
        ELEMENTS + "description",
        SKOS + "definition",
        RDFS + "comment",
    ),
    "version": (OWL + "versionInfo",),
    "publisher": (TERMS + "publisher", ELEMENTS + "publisher"),
    "copyright": (TERMS + "rights", ELEMENTS + "rights", TERMS + "license"),
    "date": (TERMS + "modified", TERMS + "issued", TERMS + "created"),
}
"""Elements of a CodeSystem and what says them of a scheme, the best first."""


def recognises(source: Source) -> bool:
    """Whether this is RDF that speaks of SKOS: RDF/XML, or text that begins as Turtle does."""
    data = source.data
    if b"http://www.w3.org/2004/02/skos/core" not in data:
        return False
    return _is_xml(data) or TURTLE.match(data.removeprefix(b"\xef\xbb\xbf")) is not None


def _is_xml(data: bytes) -> bool:
    return root(data) == f"{RDF} RDF"


def read(source: Source) -> Reading:
    """Read the concepts of one scheme."""
    if len(source.data) > MOST_BYTES:
        message = f"RDF is read up to {MOST_BYTES >> 20} MiB"
        return Reading(None, (TOO_LARGE.at(Location(source.path), message),))
    from fhir_codesystem.tables.rdf import statements  # noqa: PLC0415 - rdflib is heavy

    graph, found = statements(source, xml=_is_xml(source.data))
    if graph is None:
        return Reading(None, tuple(found))
    scheme = _Schemes(graph).choose(source, found)
    if scheme is None:
        return Reading(None, tuple(found))
    found += left_out(source.path, scheme.others)
    table, told = scheme.concepts.table(scheme.stated)
    return Reading(table, (*found, *told))


class _Schemes:
    """The concept schemes of a graph, and the concepts of each."""

    def __init__(self, graph: Statements) -> None:
        self.graph = graph
        self.schemes = [iri for iri in graph.of if SKOS + "ConceptScheme" in self.types(iri)]
        self.concepts = [iri for iri in graph.of if self._is_concept(iri)]

    def types(self, iri: str) -> set[str]:
        """Return the classes of a subject."""
        return {value.text for value in self.graph.of[iri].get(RDF + "type", ())}

    def _is_concept(self, iri: str) -> bool:
        types = self.types(iri)
        return SKOS + "Concept" in types or (
            not types & GROUPS and not OF_CONCEPTS.isdisjoint(self.graph.of[iri])
        )

    def _members(self) -> list[set[str]]:
        """Return what is said to be in each scheme."""
        members: dict[str, set[str]] = {scheme: set() for scheme in self.schemes}
        for scheme, some in members.items():
            tops = self.graph.of[scheme].get(SKOS + "hasTopConcept", ())
            some |= {value.text for value in tops}
        for iri in self.concepts:
            for predicate in ("inScheme", "topConceptOf"):
                for value in self.graph.of[iri].get(SKOS + predicate, ()):
                    members.get(value.text, set()).add(iri)
        return list(members.values())

    def choose(self, source: Source, found: list[Diagnostic]) -> _Scheme | None:
        """Read the scheme that is asked for, or the first that has concepts."""
        path = source.path
        if not self.concepts:
            found.append(empty(path, "there is no skos:Concept"))
            return None
        members = self._members()
        names = [self._names(scheme) for scheme in self.schemes] or [[path]]
        first = next((part for part, some in enumerate(members) if some), 0)
        choice = chosen(source, "concept schemes", names, first)
        found += choice.found
        if choice.part is None:
            return None
        concepts, iri = self.concepts, None
        if self.schemes:
            iri = self.schemes[choice.part]
            if len(self.schemes) > 1 and any(members):
                concepts = [each for each in concepts if each in members[choice.part]]
        if not concepts:
            found.append(empty(path, f"no skos:Concept is in the scheme {iri}"))
            return None
        scheme = _Scheme(path, self.graph, iri, concepts)
        groups = [each for each in self.graph.of if self.types(each) & GROUPS]
        if others := len(groups) - len(self.schemes):
            scheme.others["skos:Collection"] += others
        rest = set(self.graph.of).difference(self.concepts, groups)
        if rest:
            scheme.others["subjects that are no concepts"] += len(rest)
        if others := len(self.concepts) - len(concepts):
            scheme.others["concepts of other schemes"] += others
        return scheme

    def _names(self, scheme: str) -> list[str]:
        said = self.graph.of[scheme]
        titles = [value.text for key in STATED["title"] for value in said.get(key, ())]
        return [*titles[:1], scheme, *titles[1:], _local(scheme)]


class _Scheme:
    """Gathers the concepts of one scheme."""

    def __init__(self, path: str, graph: Statements, iri: str | None, members: list[str]) -> None:
        self.graph = graph
        self.others: Counter[str] = Counter()
        self.concepts = Gathered(path)
        self.codes = {member: self._code(member) for member in members}
        self.language = self._main_language()
        self.stated = self._stated(iri) if iri is not None else {}
        if self.language:
            self.stated["language"] = self.language
        for member in members:
            self._concept(member)
        self.concepts.one_type_each()

    def _code(self, iri: str) -> str:
        notations = self.graph.of[iri].get(SKOS + "notation", ())
        return next((value.text for value in notations if value.text.strip()), _local(iri)).strip()

    def _main_language(self) -> str:
        """Return the language ("": none) in which most concepts have a label, or the first."""
        languages = Counter(
            language
            for iri in self.codes
            for language in dict.fromkeys(label.language for label in self._labels(iri))
        )
        return max(languages, key=lambda language: languages[language], default="")

    def _labels(self, iri: str) -> Iterable[Value]:
        return self.graph.of[iri].get(SKOS + "prefLabel", ())

    def _best_first(self, values: Iterable[Value]) -> list[Value]:
        ranks = {self.language: 0, "": 1}
        return sorted(values, key=lambda value: ranks.get(value.language, 2))

    def _stated(self, iri: str) -> dict[str, Any]:
        said = self.graph.of[iri]
        stated: dict[str, Any] = {}
        all_said = sum(len(said[key]) for key in said if key not in OF_SCHEMES)
        if ":" in iri:  # a relative one is no name for the world
            stated["url"] = iri.rstrip("#/")
        for element, predicates in STATED.items():
            values = [v for key in predicates for v in self._best_first(said.get(key, ()))]
            texts = [value.text.strip() for value in values if value.kind == "literal"]
            if element == "date":
                texts = [text for text in texts if DATE_TIME.fullmatch(text)]
            if any(texts):
                stated[element] = next(filter(None, texts))
        if _is_true(said.get(OWL + "deprecated", ())):
            stated["status"] = "retired"
            all_said -= 1
        if others := all_said - sum(element in stated for element in STATED):
            self.others["further statements on the scheme"] += others
        return stated

    def _concept(self, iri: str) -> None:
        row = self.concepts.concept(self.codes[iri], self.graph.spots[iri])
        for predicate, values in self.graph.of[iri].items():
            name = predicate.removeprefix(SKOS) if predicate.startswith(SKOS) else ""
            if name in {"prefLabel", "definition"}:
                self._text(row, name, values)
            elif name in {"altLabel", "hiddenLabel"}:
                use = SYNONYM if name == "altLabel" else {"system": SKOS[:-1], "code": name}
                for value in values:
                    self.concepts.designation(row, value.text, value.language, coding(**use))
            elif name in {"broader", "narrower"}:
                self._relatives(iri, name, values)
            elif predicate == OWL + "deprecated":
                self.concepts.property(row, "inactive", "boolean", str(_is_true(values)).lower())
            elif predicate not in STRUCTURE:
                code = self.codes[iri]
                others = [v for v in values if name != "notation" or v.text.strip() != code]
                self._other(row, _local(predicate), others)

    def _relatives(self, iri: str, name: str, values: Iterable[Value]) -> None:
        code, spot = self.codes[iri], self.graph.spots[iri]
        for value in values:
            other = self.codes.get(value.text, value.text)
            pair = (code, other) if name == "broader" else (other, code)
            self.concepts.parent(*pair, spot)

    def _text(self, row: int, name: str, values: Iterable[Value]) -> None:
        cell = DISPLAY if name == "prefLabel" else DEFINITION
        for value in self._best_first(values):
            if value.kind == "literal" and self.concepts.text(row, cell, value.text):
                continue
            if name == "prefLabel":
                self.concepts.designation(row, value.text, value.language)
            else:
                self._other(row, name, [value])

    def _other(self, row: int, name: str, values: Iterable[Value]) -> None:
        """Make properties of what else is said; a language but the main one goes to the name."""
        for value in values:
            if value.kind == "blank":
                self.others[f"{name} of several parts"] += 1
            elif value.kind == "iri":
                kind = "code" if value.text in self.codes else "string"
                self.concepts.property(row, name, kind, self.codes.get(value.text, value.text))
            else:
                language = value.language if value.language != self.language else ""
                kind = TYPES.get(value.datatype.removeprefix(XSD), "string")
                written = value_of(kind, value.text.strip())
                named = f"{name}-{language}" if language else name
                self.concepts.property(
                    row, named, kind if written else "string", written or value.text
                )


def _is_true(values: Iterable[Value]) -> bool:
    return any(value.text.strip().lower() in {"true", "1"} for value in values)


def _local(iri: str) -> str:
    return re.split(r"[#/:]", iri.rstrip("#/"))[-1] or iri
