"""The generated narrative of the resource: ``CodeSystem.text.div``."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from fhir_codesystem.artifacts.templates import BrokenTemplate
from fhir_codesystem.diagnostics import Location
from fhir_codesystem.rules.templates import BAD_NARRATIVE, NARRATIVE

if TYPE_CHECKING:
    from fhir_codesystem.artifacts.templates import Templates
    from fhir_codesystem.codesystem.resource import CodeSystem

NAMESPACE = "{http://www.w3.org/1999/xhtml}"
ELEMENTS = """
    a abbr acronym b big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3
    h4 h5 h6 hr i img li ol p pre q samp small span strong sub sup table tbody td tfoot th thead
    tr tt ul var
"""
ATTRIBUTES = """
    abbr accesskey align alt axis bgcolor border cellpadding cellspacing char charoff charset cite
    class colspan compact coords dir frame headers height href hreflang hspace id lang longdesc
    name nowrap rel rev rowspan rules scope shape span src start style summary tabindex title type
    valign value vspace width {http://www.w3.org/XML/1998/namespace}lang
"""
"""Elements and attributes that the invariant txt-1 of Narrative allows."""


def narrative(codesystem: CodeSystem, templates: Templates) -> str | None:
    """Return the narrative as one XHTML ``div``; None where it is switched off.

    Raises BrokenTemplate where a template gives what FHIR does not allow.
    """
    if not codesystem.narrative:
        return None
    text = templates.narrative(codesystem)
    if (problem := _problem(text)) is not None:
        raise BrokenTemplate(BAD_NARRATIVE.at(Location(NARRATIVE), problem))
    return text


def _problem(text: str) -> str | None:
    """Say what is wrong with a narrative (https://hl7.org/fhir/R4/narrative.html#xhtml)."""
    try:
        root = ET.fromstring(text)  # noqa: S314 - a template's output; expat expands no entities
    except ET.ParseError as error:
        return f"the narrative is not well-formed XHTML: {error}"
    if root.tag != f"{NAMESPACE}div":
        return 'the narrative must be a <div xmlns="http://www.w3.org/1999/xhtml">'
    elements, attributes = set(ELEMENTS.split()), set(ATTRIBUTES.split())
    for element in root.iter():
        name = str(element.tag).removeprefix(NAMESPACE)
        if name not in elements:
            return f"the element {name} is not allowed in a narrative"
        if odd := sorted(set(element.attrib) - attributes):
            return f"the attribute {odd[0]} of {name} is not allowed in a narrative"
    if not "".join(root.itertext()).strip() and root.find(f".//{NAMESPACE}img") is None:
        return "the narrative says nothing"
    return None
