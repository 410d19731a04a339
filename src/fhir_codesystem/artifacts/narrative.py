"""The generated narratives of the resources: ``CodeSystem.text.div``, ``ValueSet.text.div``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from fhir_codesystem.artifacts.templates import BrokenTemplate
from fhir_codesystem.diagnostics import Location
from fhir_codesystem.rules.templates import BAD_NARRATIVE, NARRATIVE, VALUE_SET_NARRATIVE

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
    return _allowed(templates.narrative(codesystem), NARRATIVE)


def value_set_narrative(codesystem: CodeSystem, templates: Templates) -> str | None:
    """Return the narrative of the value set of all codes, as `narrative` does."""
    if not codesystem.narrative:
        return None
    return _allowed(templates.value_set(codesystem), VALUE_SET_NARRATIVE)


def _allowed(text: str, template: str) -> str:
    """Return a narrative; raise BrokenTemplate where it is none that FHIR allows."""
    if (problem := _problem(text)) is not None:
        raise BrokenTemplate(BAD_NARRATIVE.at(Location(template), problem))
    return text


def _problem(text: str) -> str | None:
    """Say what is wrong with a narrative (https://hl7.org/fhir/R4/narrative.html#xhtml)."""
    if not text.startswith("<div") or re.search(r"<\?|<!(?!--)", text):
        return 'the narrative must be one <div xmlns="http://www.w3.org/1999/xhtml"> and no more'
    try:
        root = ET.fromstring(text)  # noqa: S314 - a template's output, without declarations
    except ET.ParseError as error:
        return f"the narrative is not well-formed XHTML: {error}"
    for element in root.iter():
        if (problem := _not_allowed(element)) is not None:
            return problem
    if not "".join(root.itertext()).strip() and root.find(f".//{NAMESPACE}img") is None:
        return "the narrative says nothing"
    return None


def _not_allowed(element: ET.Element) -> str | None:
    """Say what of one element FHIR does not allow."""
    namespace, _, name = element.tag.rpartition("}")
    if f"{namespace}}}" != NAMESPACE:
        return f"the element {name} is not of XHTML's namespace"
    if name not in ELEMENTS.split():
        return f"the element {name} is not allowed in a narrative"
    for attribute, value in element.attrib.items():
        if attribute not in ATTRIBUTES.split():
            return f"the attribute {attribute} of {name} is not allowed in a narrative"
        if re.match(r"\s*(javascript|vbscript)\s*:", value, re.IGNORECASE):
            return f"the {attribute} of {name} is a script"
    return None
