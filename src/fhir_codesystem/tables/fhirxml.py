"""FHIR resources as XML (https://hl7.org/fhir/R5/xml.html), read as the JSON that says the same.

The model says which elements repeat and of what type they are. Document types are refused, and
with them every entity that a file could declare.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.parsers import expat

from fhir_codesystem.diagnostics import Location, quoted
from fhir_codesystem.rules.structured import XML_SYNTAX
from fhir_codesystem.tables import fhir
from fhir_codesystem.tables.decoding import BYTE_ORDER_MARKS, SAMPLE
from fhir_codesystem.tables.document import Number, Place
from fhir_codesystem.tables.jsonplaces import PathTree
from fhir_codesystem.tables.jsontext import MOST_DEPTH
from fhir_codesystem.tables.table import Reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fhir_core.fhirabstractmodel import FHIRAbstractModel

    from fhir_codesystem.tables.jsontext import Path
    from fhir_codesystem.tables.source import Source

    Models = tuple[type[FHIRAbstractModel], ...]

FHIR = "http://hl7.org/fhir"
XHTML = "http://www.w3.org/1999/xhtml"
MOST_BYTES = 512 * 2**20
BEGINNING = re.compile(
    rb"\s*+(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*+(?:\[.*?\]\s*)?>|\s+)*+"
    rb"<(?:\w+:)?[A-Z]\w*\s[^>]*\bxmlns(?::\w+)?\s*=\s*[\"']http://hl7\.org/fhir[\"']",
    re.DOTALL,
)
INTEGERS = {"integer", "unsignedInt", "positiveInt"}
INTEGER = re.compile(r"[-+]?[0-9]{1,15}")
DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,3})?")


def recognises(source: Source) -> bool:
    """Whether the first element is one of FHIR's resources."""
    head = source.data[:SAMPLE]
    for mark, encoding in BYTE_ORDER_MARKS:
        if head.startswith(mark):
            head = head[len(mark) :].decode(encoding, "ignore").encode("utf-8", "ignore")
            break
    return BEGINNING.match(head) is not None


def read(source: Source) -> Reading:
    """Read what a FHIR resource says of concepts."""
    if len(source.data) > MOST_BYTES:
        message = f"{len(source.data):,} bytes; at most {MOST_BYTES:,} are read"
        return Reading(None, (XML_SYNTAX.at(Location(source.path), message),))
    builder = Builder()
    try:
        builder.parse(source.data)
    except RefusedError as error:
        place = Location(source.path, error.line, error.column)
        return Reading(None, (XML_SYNTAX.at(place, str(error)),))
    document = XMLDocument(source.path, source.data, builder.value, builder.decimals)
    return fhir.read(document, source.wanted)


class RefusedError(ValueError):
    """The file is no XML that is read: why, and where (1-based line and column)."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


@dataclass(frozen=True, slots=True)
class XMLDocument:
    """A resource that was parsed (see `Document`)."""

    path: str
    data: bytes
    value: Any
    decimals: bool

    def written(self) -> Any:
        """Return the value with each decimal as a `Number`."""
        builder = Builder(written=True)
        builder.parse(self.data)
        return builder.value

    def places(self, paths: Iterable[Path]) -> Mapping[Path, Place]:
        """Find elements by their paths, and what stands around them."""
        builder = Builder(wanted=PathTree.of(paths))
        builder.parse(self.data)
        return builder.found

    def without_value(self) -> XMLDocument:
        """Return the document without what was parsed: it only finds places."""
        return replace(self, value=None)


@dataclass(slots=True)
class Open:
    """An element that is open: its JSON object, the models it may follow.

    ``into`` and ``name`` say where a primitive value goes (its extensions are the object).
    """

    value: dict[str, Any]
    models: Models
    node: PathTree | None
    into: dict[str, Any] | None = None
    name: str = ""


@dataclass(slots=True)
class Builder:
    """Builds the JSON of a resource while it is parsed, or finds the places of some elements."""

    written: bool = False
    wanted: PathTree | None = None
    value: dict[str, Any] = field(default_factory=dict)
    decimals: bool = False
    found: dict[Path, Place] = field(default_factory=dict)
    opened: list[Open] = field(default_factory=list)
    foreign: int = 0
    parser: expat.XMLParserType = field(init=False)

    def parse(self, data: bytes) -> None:
        """Parse a file; raises RefusedError where it is no XML of FHIR."""
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        try:
            self.parser.Parse(data, True)  # noqa: FBT003 - the last piece; expat takes no name
        except expat.ExpatError as error:
            message = f"this is no XML: {expat.ErrorString(error.code)}"
            raise RefusedError(message, error.lineno, error.offset + 1) from None
        except (LookupError, ValueError) as error:
            if isinstance(error, RefusedError):
                raise
            raise RefusedError("the encoding that the file names is not known", 1, 1) from None

    def _refuse(self, message: str) -> RefusedError:
        return RefusedError(message, *self._place())

    def _place(self) -> tuple[int, int]:
        return self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1

    def _doctype(self, *_: object) -> None:
        raise self._refuse("a document type is declared; FHIR has none, and it is not read")

    def _text(self, text: str) -> None:
        if not self.foreign and text.strip():
            message = f"{quoted(text.strip(), 30)} stands between elements; values are attributes"
            raise self._refuse(message)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        space, _, name = tag.rpartition(" ")
        if self.foreign or (space == XHTML and self.opened):
            self.foreign += 1
            return
        if space != FHIR:
            raise self._refuse(f"{quoted(name, 30)} is no element of FHIR")
        if len(self.opened) >= MOST_DEPTH:
            raise self._refuse(f"more than {MOST_DEPTH:,} elements are open here")
        if not self.opened:
            self.value["resourceType"] = name
            self._open(Open(self.value, _resources(name), self.wanted), attributes)
        elif name[:1].isupper():
            around = self.opened[-1]
            around.value["resourceType"] = name
            self._open(replace(around, models=_resources(name)), attributes)
        else:
            self._element(name, attributes)

    def _element(self, name: str, attributes: dict[str, str]) -> None:
        around = self.opened[-1]
        declared = _declared(around.models, name)
        node = around.node and around.node.inside.get(name)
        if declared.repeats:
            held = around.value.setdefault(name, [])
            if not isinstance(held, list):
                raise self._refuse(f"{quoted(name, 30)} stands before and is no list there")
            node = node and node.inside.get(len(held))
            if len(held) == 0 and around.node and (listed := around.node.inside.get(name)):
                self.found[listed.path] = Place(*self._place())
        elif name in around.value:
            raise self._refuse(f"{quoted(name, 30)} stands twice")
        value: dict[str, Any] = {}
        if declared.models or (not declared.kind and "value" not in attributes):
            if declared.repeats:
                held.append(value)
            else:
                around.value[name] = value
            self._open(Open(value, declared.models, node), attributes)
            return
        told = self._typed(attributes.pop("value", None), declared.kind)
        if declared.repeats:
            held.append(told)
        elif told is not None:
            around.value[name] = told
        self._open(Open(value, _models("Element"), node, around.value, name), attributes)

    def _open(self, element: Open, attributes: dict[str, str]) -> None:
        self.opened.append(element)
        for name, value in attributes.items():
            if name in {"id", "url"}:
                element.value[name] = value
            elif " " not in name:
                raise self._refuse(f"FHIR has no attribute {quoted(name, 30)} here")
        if element.node is not None:
            self.found.setdefault(element.node.path, Place(*self._place()))

    def _typed(self, text: str | None, kind: str) -> Any:
        """Return a primitive value as JSON has it; what is not of its type stays text."""
        if text is None:
            return None
        if kind == "boolean" and text in {"true", "false"}:
            return text == "true"
        if kind in INTEGERS and INTEGER.fullmatch(text):
            return int(text)
        if kind == "decimal" and DECIMAL.fullmatch(text):
            self.decimals = True
            return Number(text) if self.written else float(text)
        return text

    def _end(self, _: str) -> None:
        if self.foreign:
            self.foreign -= 1
            return
        element = self.opened.pop()
        if element.into is None or not element.value:
            return
        held = element.into.get(element.name)
        extended = f"_{element.name}"
        if isinstance(held, list):
            beside = element.into.setdefault(extended, [])
            beside += [None] * (len(held) - 1 - len(beside))
            beside.append(element.value)
        else:
            element.into[extended] = element.value


def _resources(name: str) -> Models:
    """Return the models of a resource; none where the resource is not looked into."""
    return _models(name) if name in {"CodeSystem", "ValueSet", "Bundle"} else ()


@cache
def _models(name: str) -> Models:
    """Return the models of a type, R5's first."""
    packages = ("fhir.resources", "fhir.resources.R4B")
    return tuple(getattr(import_module(f"{package}.{name.lower()}"), name) for package in packages)


class Declared(NamedTuple):
    """How an element is declared: the models of a complex type, the name of a primitive one."""

    repeats: bool
    models: Models
    kind: str


@cache
def _declared(models: Models, name: str) -> Declared:
    """Return how the first of the models that knows an element declares it."""
    from fhir_codesystem.codesystem.versions import elements_of  # noqa: PLC0415 - heavy

    known = [element for model in models if (element := elements_of(model).get(name))]
    if not known:
        return Declared(repeats=False, models=(), kind="")
    complex_types = tuple(model for each in known if (model := each.complex_type) is not None)
    kind = "" if complex_types else known[0].type_name
    return Declared(known[0].repeats, complex_types, kind)
