"""The names of elements and attributes in XML: https://hl7.org/fhir/R5/xml.html."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fhir_codesystem.instance.element import Element

FHIR = "http://hl7.org/fhir"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
PREFIXES = {
    "": "",
    FHIR: "f:",
    "http://www.w3.org/1999/xhtml": "h:",
    "urn:hl7-org:v3": "v3:",
    "urn:hl7-org:sdtc": "sdtc:",
    "urn:ihe:pharm": "pharm:",
    "http://ns.electronichealth.net.au/Ci/Cda/Extensions/3.0": "ext:",
}
"""How the official parser abbreviates namespaces in its paths."""

OF_ELEMENTS = frozenset(("id",))
OF_PRIMITIVES = frozenset(("id", "value"))
OF_EXTENSIONS = frozenset(("id", "url"))
SEPARATOR = "\x01"
"""Stands between namespace, name and prefix; no XML holds it."""


def attributes_of(element: Element) -> frozenset[str]:
    """Return the elements that are written as attributes."""
    structure = element.structure
    if structure.kind == "resource":
        return frozenset()
    if structure.primitive:
        return OF_PRIMITIVES
    return OF_EXTENSIONS if structure.name == "Extension" else OF_ELEMENTS


def is_element(name: str, parent: Element) -> bool:
    """Whether an element of a name may stand in another: there is one, and it is no attribute."""
    return name in parent.structure.members and name not in attributes_of(parent)


def prefix(space: str) -> str:
    """Return what the official parser writes before the name of an element in a namespace."""
    return PREFIXES.get(space, "?:")


@lru_cache(1000)
def split(written: str) -> tuple[str, str]:
    """Return namespace and name of what expat gives as such (with a prefix behind, or none)."""
    parts = written.split(SEPARATOR)
    return ("", parts[0]) if len(parts) == 1 else (parts[0], parts[1])


def qualified(attributes: list[str]) -> dict[str, str | None]:
    """Return attributes by their names as they are written: ``xml:lang``."""
    named: dict[str, str | None] = {}
    for written, value in zip(attributes[::2], attributes[1::2], strict=True):
        name, *before = written.split(SEPARATOR)[1:] or (written,)
        named[f"{before[0]}:{name}" if before else name] = value
    return named
