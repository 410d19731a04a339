"""FHIR resources as XML, written as plainly as can be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lxml import etree

if TYPE_CHECKING:
    from .case import Case, Json

from .case import Case as _Case

FHIR = "http://hl7.org/fhir"


def tree_of(resource: Json) -> etree._Element:
    """Return a resource as XML; its elements must stand in FHIR's order."""
    root = etree.Element(f"{{{FHIR}}}{resource['resourceType']}", nsmap={None: FHIR})
    _fill(root, {name: value for name, value in resource.items() if name != "resourceType"}, "id")
    return root


def xml_of(root: etree._Element) -> bytes:
    """Return XML as bytes, a line an element."""
    etree.indent(root, " ")
    data: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return data


def xml_case(name: str, root: etree._Element, *keys: str) -> Case:
    """Make a case of a resource as XML."""
    return _Case(f"{name}.xml", xml_of(root), keys)


def _fill(parent: etree._Element, members: Json, *elements: str) -> None:
    """Add members to an element; ``id`` and ``url`` are attributes but where named."""
    for name, value in members.items():
        own = name.removeprefix("_")
        if name.startswith("_") and own in members:
            continue
        beside = members.get(f"_{name}")
        attribute = name == "id" or (name == "url" and _is_extension(parent))
        if attribute and name not in elements:
            parent.set(name, value)
            continue
        values = value if isinstance(value, list) else [value]
        aside = beside if isinstance(beside, list) else [beside] * len(values)
        for each, further in zip(values, aside, strict=True):
            _add(parent, own, None if name.startswith("_") else each, further or {})
            if name.startswith("_"):
                _fill(parent[-1], each)


def _add(parent: etree._Element, name: str, value: Any, further: Json) -> None:
    if name == "div":
        parent.append(etree.fromstring(value.replace("&nbsp;", "&#160;")))
        return
    element = etree.SubElement(parent, f"{{{FHIR}}}{name}")
    if isinstance(value, dict) and name == "contained":
        element.append(tree_of(value))
    elif isinstance(value, dict):
        _fill(element, value)
    elif value is not None:
        element.set("value", str(value).lower() if isinstance(value, bool) else str(value))
    _fill(element, further)


def _is_extension(element: etree._Element) -> bool:
    return etree.QName(element).localname in {"extension", "modifierExtension"}
