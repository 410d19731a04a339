"""The FHIR elements of a metadata file: read by the model of the chosen version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml
from pydantic import ValidationError

from fhir_codesystem.codesystem.resource import VALUE_SET
from fhir_codesystem.codesystem.versions import FHIRVersion, elements_of, model_of
from fhir_codesystem.diagnostics import MOST, Location, quoted
from fhir_codesystem.metadata.document import MOST_NODES, Path, did_you_mean, nearest
from fhir_codesystem.metadata.settings import PIN, SCHEMA
from fhir_codesystem.rules import metadata as rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fhir_core.fhirabstractmodel import FHIRAbstractModel

    from fhir_codesystem.codesystem.versions import Element
    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.metadata.document import Document

BUILT = {
    "concept": "the concepts come from the table",
    "contained": "a code system that is built contains no other resources",
    "text": "the narrative is generated (build: narrative: false leaves it out)",
}
"""Elements of CodeSystem that the tool makes itself."""

BUILT_VALUE_SET = {
    "compose": "the value set has all codes of the code system",
    "expansion": "what the value set expands to, a server says",
    "contained": "a value set that is built contains no other resources",
    "text": "the narrative is generated (build: narrative: false leaves it out)",
}
"""Elements of ValueSet that the tool makes itself."""

PLAIN_TAGS = {"str", "bool", "int", "float", "null", "timestamp", "merge", "value"}
"""The tags that YAML gives a value by itself."""

MEANT = dict.fromkeys(("y", "yes", "on"), "true") | dict.fromkeys(("n", "no", "off"), "false")
"""What authors write for a boolean that FHIR's JSON does not know."""

_INVALID: Any = object()


def read_elements(document: Document, version: FHIRVersion) -> dict[str, Any]:
    """Return the elements as FHIR JSON has them, in the order of the specification.

    What is unknown, of the wrong type or no allowed code is told at its place and left out.
    """
    if document.root is None:
        return {}
    return _read(_Reader(document, version), document.root)


def read_value_set(document: Document, node: yaml.Node, version: FHIRVersion) -> dict[str, Any]:
    """Return the elements of ValueSet that `build: valueSet:` states, as `read_elements` does.

    There are none where it only says true. What is said of its making (`PIN`) is read as a
    setting.
    """
    document.places[VALUE_SET] = document.place(node)
    if not isinstance(node, yaml.MappingNode):
        return {}
    return _read(_Reader(document, version, "ValueSet", VALUE_SET, (PIN,)), node)


def _read(reader: _Reader, node: yaml.MappingNode) -> dict[str, Any]:
    document = reader.document
    try:
        values = reader.mapping(node, model_of(reader.version, reader.resource), reader.top)
    except RecursionError:
        place = document.place(node)
        document.found.append(rules.YAML_SYNTAX.at(place, "the document refers to itself"))
        return {}
    if document.visited > MOST_NODES:
        place = document.place(node)
        message = f"more than {MOST_NODES:,} values, counting what aliases (*name) repeat"
        document.found.append(rules.YAML_SYNTAX.at(place, message))
    return values


class _Reader:
    """Walks the nodes of a document along the elements of a model.

    ``top`` is the path below which the elements of the resource stand, ``own`` are names there
    that are none of its elements and are read elsewhere.
    """

    def __init__(
        self,
        document: Document,
        version: FHIRVersion,
        resource: str = "CodeSystem",
        top: Path = (),
        own: Sequence[str] = ("build",),
    ) -> None:
        self.document = document
        self.version = version
        self.resource = resource
        self.top = top
        self.own = own
        self.built = BUILT if resource == "CodeSystem" else BUILT_VALUE_SET
        self.unknown = 0

    def mapping(
        self, node: yaml.MappingNode, model: type[FHIRAbstractModel], path: Path
    ) -> dict[str, Any]:
        elements = elements_of(model)
        values: dict[str, Any] = {}
        for key, value in self.document.entries(node):
            name = key.value
            at = (*path, name)
            if path == self.top and name in self.own:
                continue
            if path == self.top and name == "resourceType":
                if value.value != self.resource:
                    self._wrong(value, f"resourceType is {self.resource} here")
                continue
            if (element := elements.get(name)) is None:
                self._unknown(key, model, path)
                continue
            if path == self.top and name in self.built:
                place = self.document.place(key)
                message = f"{_name(at)} stands here: {self.built[name]}"
                self._tell(rules.BUILT_ELEMENT.at(place, message))
                continue
            self.document.places[at] = self.document.place(value)
            read = self._element(value, element, at)
            if read is not _INVALID:
                values[name] = read
        return {name: values[name] for name in elements if name in values}

    def _element(self, node: yaml.Node, element: Element, path: Path) -> Any:
        if not element.repeats:
            return self._one(node, element, path)
        if not isinstance(node, yaml.SequenceNode):
            message = f"{_name(path)} is a list: its items begin with a dash"
            return self._wrong(node, message)
        items = []
        for index, item in enumerate(node.value):
            self.document.visited += 1
            at = (*path, index)
            self.document.places[at] = self.document.place(item)
            items.append(self._one(item, element, at))
        if not items:
            return self._wrong(node, f"{_name(path)} is an empty list; leave it out instead")
        return _INVALID if any(item is _INVALID for item in items) else items

    def _one(self, node: yaml.Node, element: Element, path: Path) -> Any:
        if self.document.visited > MOST_NODES:
            return _INVALID
        model = element.complex_type
        if model is not None:
            if not isinstance(node, yaml.MappingNode):
                kind = model.get_resource_type()
                return self._wrong(node, f"{_name(path)} is a {kind}: names and values below it")
            if not node.value:
                return self._wrong(node, f"{_name(path)} is empty; leave it out instead")
            return self.mapping(node, model, path) or _INVALID
        if not isinstance(node, yaml.ScalarNode):
            kind = "a list" if isinstance(node, yaml.SequenceNode) else "a mapping"
            return self._wrong(node, f"{_name(path)} is one {element.type_name}, not {kind}")
        return self._scalar(node, element, path)

    def _scalar(self, node: yaml.ScalarNode, element: Element, path: Path) -> Any:
        text, kind = node.value, node.tag.removeprefix("tag:yaml.org,2002:")
        if kind not in PLAIN_TAGS:
            return self._wrong(
                node, f"{_name(path)} bears the tag {quoted(node.tag)}; leave it out"
            )
        if self.document.is_null(node) or not text:
            return self._wrong(node, f"{_name(path)} has no value; give it one or leave it out")
        if element.type is bool:
            if kind == "bool" and text.lower() in {"true", "false"}:
                return text.lower() == "true"
            hint = f"write {MEANT[text.lower()]}" if text.lower() in MEANT else None
            message = f"{_name(path)} is true or false, not {quoted(text)}"
            return self._wrong(node, message, hint)
        if element.codes and text not in element.codes:
            message = f"{quoted(text)} is no {_name(path)}; it is one of {', '.join(element.codes)}"
            hint = did_you_mean(text, element.codes)
            return self._tell(rules.UNKNOWN_CODE.at(self.document.place(node), message, hint=hint))
        numeric = element.type_name in {"integer", "unsignedInt", "positiveInt", "decimal"}
        try:
            value = float(text) if element.type_name == "decimal" else text
            value = int(text) if numeric and element.type_name != "decimal" else value
            element.adapter().validate_python(value)
        except ValidationError as error:
            reason = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
            message = f"{quoted(text)} is no {element.type_name} for {_name(path)}: {reason}"
            return self._tell(rules.INVALID_VALUE.at(self.document.place(node), message))
        except ValueError:
            return self._wrong(node, f"{_name(path)} is a number, not {quoted(text)}")
        return value

    def _unknown(self, key: yaml.ScalarNode, model: type[FHIRAbstractModel], path: Path) -> Any:
        name = key.value
        self.unknown += 1
        if self.unknown > MOST:  # it will be counted, not told
            return self._tell(rules.UNKNOWN_KEY.at(self.document.place(key), "unknown"))
        top = path == self.top
        known = [*elements_of(model), *(self.own if top else ())]
        owner = f"{_name(path)} ({model.get_resource_type()})" if path else self.resource
        hint = did_you_mean(name, known)
        if not path and name in SCHEMA:
            hint = "that is a setting of the tool: it stands under build:"
        elif top and self.version is not FHIRVersion.R5:
            newer = elements_of(model_of(FHIRVersion.R5, self.resource))
            if name in newer:
                hint = f"FHIR R5 has it, {self.version} has not: build: fhirVersion: R5"
        if not path and nearest(name, known) is None and hint is None:
            hint = "the tool's own settings stand under build:"
        message = f"{owner} has no element {quoted(name)}"
        return self._tell(rules.UNKNOWN_KEY.at(self.document.place(key), message, hint=hint))

    def _wrong(self, node: yaml.Node, message: str, hint: str | None = None) -> Any:
        return self._tell(rules.WRONG_TYPE.at(self.document.place(node), message, hint=hint))

    def _tell(self, diagnostic: Diagnostic) -> Any:
        self.document.found.append(diagnostic)
        return _INVALID


def missing_elements(
    elements: dict[str, Any],
    version: FHIRVersion,
    document: Document,
    resource: str = "CodeSystem",
    top: Path = (),
) -> Iterator[Diagnostic]:
    """Validate the elements as the model of the version, and tell what it refuses.

    Metadata that states no element at all (settings only) is none: all will be derived. ``top`` is
    the path below which the elements of the resource stand.
    """
    if not elements:
        return
    try:
        model_of(version, resource).model_validate(elements)
    except ValidationError as error:
        for problem in error.errors(include_url=False):
            path: Path = (*top, *problem["loc"])
            if path in document.places:
                continue  # what is wrong with it was told when it was read
            place = _place(document, path)
            expression = _name((resource, *problem["loc"]))
            if problem["type"] == "model_field_validation.missing":
                message = f"{_name(path)} is missing; it must be stated"
                yield rules.MISSING_ELEMENT.at(place, message, expression=expression)
            else:
                message = f"{_name(path)}: {problem['msg']}"
                yield rules.INVALID_VALUE.at(place, message, expression=expression)


def _place(document: Document, path: Path) -> Location:
    """Return the place of an element, or of the nearest one above it that was stated."""
    while path:
        if path in document.places:
            return document.places[path]
        path = path[:-1]
    return Location(document.path, 1, 1)


def _name(path: Path) -> str:
    """Write a path as FHIRPath does: ``contact[0].name``."""
    name = ""
    for step in path:
        name += f"[{step}]" if isinstance(step, int) else f".{step}"
    return name.removeprefix(".")
