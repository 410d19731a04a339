"""RDF as statements by subject, in the order of the source, with the place of each subject.

Turtle (https://www.w3.org/TR/turtle/) and RDF/XML (https://www.w3.org/TR/rdf-syntax-grammar/) are
parsed by rdflib, which is given the text alone and fetches nothing.
"""

from __future__ import annotations

import io
import logging
import re
from bisect import bisect_right
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.sax import make_parser
from xml.sax.handler import feature_external_ges, feature_namespaces
from xml.sax.xmlreader import InputSource

import rdflib
from rdflib.plugins.parsers.notation3 import BadSyntax, RDFSink, SinkParser
from rdflib.plugins.parsers.rdfxml import RDFXMLHandler

from fhir_codesystem.tables.decoding import decode
from fhir_codesystem.tables.gathering import broken, shortened
from fhir_codesystem.tables.xml import Document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.tables.gathering import Spot
    from fhir_codesystem.tables.source import Source

BASE = "http://relative.invalid/"
"""What relative IRIs are relative to, where the source does not say."""

logging.getLogger("rdflib").addHandler(logging.NullHandler())


class Value(NamedTuple):
    """What is said of a subject: an IRI, a blank node or a literal; all but the text may be "".

    ``kind`` is ``iri``, ``blank`` or ``literal``, ``datatype`` an IRI.
    """

    kind: str
    text: str
    language: str = ""
    datatype: str = ""


class Statements(rdflib.Graph):
    """A graph that only remembers what is said of each IRI: values by predicate, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.of: dict[str, dict[str, dict[Value, None]]] = {}
        self.spots: dict[str, Any] = {}
        self.here: Any = (1, 1)

    def add(self, triple: tuple[Any, Any, Any]) -> Statements:
        """Remember a statement; the first one of a subject is its place."""
        subject, predicate, value = triple
        for node in triple:
            str(node).encode()  # an escape may stand for half a character: no text
        if isinstance(subject, rdflib.URIRef):
            said = self.of.get(iri := _iri(subject))
            if said is None:
                said = self.of[iri] = {}
                self.spots[iri] = self.here
            said.setdefault(str(predicate), {})[_value(value)] = None
        return self

    def bind(self, *_: object, **__: object) -> None:
        """Forget prefixes: IRIs are whole."""


def _value(node: object) -> Value:
    if isinstance(node, rdflib.Literal):
        return Value("literal", str(node), node.language or "", str(node.datatype or ""))
    return Value("iri" if isinstance(node, rdflib.URIRef) else "blank", _iri(node))


def _iri(node: object) -> str:
    """Return an IRI, a relative one as it is written."""
    return str(node).removeprefix(BASE)


def statements(source: Source, *, xml: bool) -> tuple[Statements | None, list[Diagnostic]]:
    """Read a source; there are no statements where it is broken."""
    graph = Statements()
    with _lexical_forms_kept():
        found = _of_xml(source, graph) if xml else _of_turtle(source, graph)
    return (None if graph.here is None else graph), found


@contextmanager
def _lexical_forms_kept() -> Iterator[None]:
    """Keep literals as they are written: rdflib would make the code "007" 7."""
    before = rdflib.NORMALIZE_LITERALS
    rdflib.NORMALIZE_LITERALS = False
    try:
        yield
    finally:
        rdflib.NORMALIZE_LITERALS = before


class _Turtle(SinkParser):
    """Notes the offset at which each statement begins."""

    def __init__(self, graph: Statements) -> None:
        super().__init__(RDFSink(graph), baseURI=BASE, turtle=True)
        self.graph = graph

    def statement(self, argstr: str, i: int) -> int:
        """Read a subject and all that is said of it."""
        self.graph.here = i
        return super().statement(argstr, i)


def _of_turtle(source: Source, graph: Statements) -> list[Diagnostic]:
    text, found = decode(source.path, source.data)
    if text is None:
        graph.here = None
        return found
    content = text.data.decode()
    starts = [0, *(end.end() for end in re.finditer("\n", content))]

    def spot(offset: int) -> Spot:
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    graph.here = 0
    try:
        _Turtle(graph).loadBuf(content)
    except BadSyntax as error:
        at = spot(error._i)  # noqa: SLF001 - rdflib tells the offset nowhere else
        found.append(broken(source.path, f"this is no Turtle: {shortened(error._why)}", at))  # noqa: SLF001
        graph.here = None
    except Exception as error:  # noqa: BLE001 - bad input ends rdflib in any of a dozen ways
        message = f"this is no Turtle: {shortened(error) if str(error) else 'it cannot be parsed'}"
        found.append(broken(source.path, message, spot(graph.here or 0)))
        graph.here = None
    graph.spots = {subject: spot(offset) for subject, offset in graph.spots.items()}
    return found


class _RDFXML(RDFXMLHandler):
    """Notes where each node element begins."""

    store: Statements

    def node_element_start(self, name: Any, qname: Any, attrs: Any) -> None:
        """Begin the description of a subject."""
        line, column = self.locator.getLineNumber(), self.locator.getColumnNumber()
        self.store.here = (line or 1, (column or 0) + 1)
        super().node_element_start(name, qname, attrs)


def _of_xml(source: Source, graph: Statements) -> list[Diagnostic]:
    problem = Document(source.path).read(source.data)  # entities, depth, well-formed or not
    if problem is not None:
        graph.here = None
        return [problem]
    parser = make_parser()  # noqa: S317 - looked over above
    parser.setFeature(feature_namespaces, True)  # noqa: FBT003
    parser.setFeature(feature_external_ges, False)  # noqa: FBT003
    parser.setContentHandler(_RDFXML(graph))  # type: ignore[arg-type]
    given = InputSource(BASE)
    given.setByteStream(io.BytesIO(source.data))
    try:
        parser.parse(given)
    except Exception as error:  # noqa: BLE001 - bad input ends rdflib in any of a dozen ways
        message = str(error).rpartition(": ")[2] or "it cannot be parsed"
        found = [broken(source.path, f"this is no RDF/XML: {shortened(message)}", graph.here)]
        graph.here = None
        return found
    return []
