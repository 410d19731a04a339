"""The concept properties that a CodeSystem declares.

https://hl7.org/fhir/R5/codesystem-definitions.html#CodeSystem.property
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from fhir_codesystem.codesystem.versions import FHIRVersion
from fhir_codesystem.diagnostics import quoted
from fhir_codesystem.instance.urls import is_absolute
from fhir_codesystem.rules.properties import NAMESPACE, TYPES

if TYPE_CHECKING:
    from fhir_codesystem.instance.element import Element
    from fhir_codesystem.instance.structure import Walk

VALUE_SET = (
    "http://hl7.org/fhir/StructureDefinition/codesystem-property-valueset",
    "http://hl7.org/fhir/6.0/StructureDefinition/extension-CodeSystem.property.valueSet",
)
REFERENCES = frozenset(("parent", "child", "partOf", "synonym"))
LATER = frozenset((*TYPES, "alternateCode", "order", "definition"))
"""Properties of R6 that the official validator does not miss in R4."""


class Codes(Enum):
    """What the codes of a property are compared with."""

    NOTHING = "nothing"
    OWN = "own"
    OWN_GENTLY = "own, a warning"
    VALUE_SET = "a value set"


@dataclass(slots=True)
class Property:
    """A declared property: what the values of concepts must be."""

    code: str | None
    uri: str | None
    type: str | None
    codes: Codes = Codes.NOTHING
    value_set: str | None = None


def check(root: Element, walk: Walk) -> dict[str, Property]:
    """Check the declarations; returns them by code and by URI, as the official validator does."""
    declared: dict[str, Property] = {}
    for element in root.all("property"):
        _one(element, root, declared, walk)
    return declared


def _one(element: Element, root: Element, declared: dict[str, Property], walk: Walk) -> None:
    code, uri, kind = (element.text(name) for name in ("code", "uri", "type"))
    made = Property(code, uri, kind)
    by_uri = by_code = None
    led: tuple[Codes, str | None] = (Codes.OWN_GENTLY, None)
    if uri is not None and is_absolute(uri):
        led = _uri(element, made, root, declared, walk)
        standard = uri.removeprefix(NAMESPACE)
        by_uri = standard if standard in TYPES and standard != uri else None
    elif uri is not None:
        message = f"the URI {quoted(uri)} of the property {code} is not absolute"
        walk.issues.error("CODESYSTEM_PROPERTY_ABSOLUTE_URI", element, message)
    if code is not None:
        if code in declared:
            message = f"a property with the code {quoted(code)} is declared already"
            walk.issues.error("CODESYSTEM_PROPERTY_DUPLICATE_CODE", element, message)
        else:
            declared[code] = made
        by_code = code if code in TYPES else None
    if by_uri is not None:
        _standard(element, made, by_uri, by_code, walk)
    elif kind in ("code", "Coding"):
        _bound(element, made, *led, walk)
    if uri is None:
        _without_uri(element, made, by_code, walk)


def _bound(
    element: Element, made: Property, codes: Codes, value_set: str | None, walk: Walk
) -> None:
    """Find out with what the codes of a property are to be compared.

    ``codes`` and ``value_set`` say so by the definition to which the URI leads.
    """
    stated = _stated_value_set(element)
    if stated is not None:
        made.codes, made.value_set = Codes.VALUE_SET, _found(stated, element, walk)
    elif made.type == "code" and value_set is not None:
        made.codes, made.value_set = codes, _found(value_set, element, walk)
    elif made.type == "code":
        made.codes = codes
        message = f"nothing says of what value set the codes of {made.code} are"
        walk.issues.information("CODESYSTEM_PROPERTY_CODE_DEFAULT_WARNING", element, message)


def _uri(
    element: Element, made: Property, root: Element, declared: dict[str, Property], walk: Walk
) -> tuple[Codes, str | None]:
    """Check the URI; returns how codes are to be checked by what it leads to."""
    uri = made.uri or ""
    codes: tuple[Codes, str | None] = (Codes.OWN_GENTLY, None)
    if uri in declared:
        message = f"a property with the URI {quoted(uri)} is declared already"
        walk.issues.error("CODESYSTEM_PROPERTY_DUPLICATE_URI", element, message)
    else:
        declared[uri] = made
        codes = _definition(element, made, uri, walk)
    own = root.text("url") or ""
    if "://hl7.org/fhir" in uri and uri.removeprefix(NAMESPACE) not in TYPES:
        base = own.startswith("http://hl7.org/fhir/") and "/" not in own[20:]
        if not base and not (own and uri.startswith(own)):
            message = f"HL7 defines no concept property {quoted(uri)}"
            hint = "give your own property a URI of your own"
            walk.issues.error("CODESYSTEM_PROPERTY_BAD_HL7_URI", element, message, hint)
    return codes


def _definition(element: Element, made: Property, uri: str, walk: Walk) -> tuple[Codes, str | None]:
    base, mark, name = uri.partition("#")
    gentle: tuple[Codes, str | None] = (Codes.OWN_GENTLY, None)
    if not mark:
        message = f"the URI of the property {made.code} is of no known property"
        if made.type == "code":
            message += "; its codes are taken for codes of this code system"
            walk.issues.warning("CODESYSTEM_PROPERTY_URI_UNKNOWN_TYPE", element, message)
        else:
            walk.issues.information("CODESYSTEM_PROPERTY_URI_UNKNOWN", element, message)
        return gentle
    system = walk.known.system(base)
    if system is None:
        message = f"{quoted(base)}, which defines the property {made.code}, is not known"
        walk.issues.warning("CODESYSTEM_PROPERTY_URI_UNKNOWN_BASE", element, message)
        return gentle
    if uri in system.properties:
        bound = system.properties[uri]
    elif name in system.codes:
        bound = system.codes[name]
    else:
        later = walk.version is not FHIRVersion.R5 and base + "#" == NAMESPACE and name in LATER
        if not later:
            message = f"{quoted(base)} defines no property {quoted(name)}"
            walk.issues.warning("CODESYSTEM_PROPERTY_URI_INVALID", element, message)
        return gentle
    return (Codes.VALUE_SET, bound) if made.type == "code" and bound is not None else gentle


def _standard(
    element: Element, made: Property, by_uri: str, by_code: str | None, walk: Walk
) -> None:
    if by_code is not None and by_code != by_uri:
        message = f"the URI is that of {by_uri}, the code that of another, {made.code}"
        walk.issues.error("CODESYSTEM_PROPERTY_URI_CODE_MISMATCH", element, message)
    if made.type is not None and made.type != TYPES[by_uri]:
        message = f"the standard property {by_uri} has the type {TYPES[by_uri]}, not {made.type}"
        walk.issues.error("CODESYSTEM_PROPERTY_URI_TYPE_MISMATCH", element, message)
    if by_uri in REFERENCES:
        made.codes = Codes.OWN


def _without_uri(element: Element, made: Property, by_code: str | None, walk: Walk) -> None:
    if by_code is None:
        message = f"the property {made.code} has no URI, so nothing says what it means"
        walk.issues.information("CODESYSTEM_PROPERTY_UNKNOWN_CODE", element, message)
        return
    message = f"the property bears the standard code {by_code} without the standard URI"
    hint = f"state uri: {NAMESPACE}{by_code}"
    walk.issues.warning("CODESYSTEM_PROPERTY_KNOWN_CODE_SUGGESTIVE", element, message, hint)
    if made.type is not None and made.type != TYPES[by_code]:
        message = f"the standard property {by_code} has the type {TYPES[by_code]}, not {made.type}"
        walk.issues.warning("CODESYSTEM_PROPERTY_CODE_TYPE_MISMATCH", element, message)


def _stated_value_set(element: Element) -> str | None:
    for extension in element.extensions():
        if extension.text("url") in VALUE_SET:
            return extension.text("value")
    return None


def _found(url: str, element: Element, walk: Walk) -> str | None:
    if walk.known.value_set(url) is not None:
        return url
    message = f"the value set {quoted(url)} of the property's codes is not known"
    walk.issues.warning("CODESYSTEM_PROPERTY_VALUESET_NOT_FOUND", element, message)
    return None
