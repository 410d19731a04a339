"""The generated narrative of the resource: ``CodeSystem.text.div``."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from fhir_codesystem.artifacts.templates import BrokenTemplate
from fhir_codesystem.diagnostics import Location
from fhir_codesystem.rules.templates import TEMPLATE_ERROR

if TYPE_CHECKING:
    from fhir_codesystem.artifacts.templates import Templates
    from fhir_codesystem.codesystem.resource import CodeSystem

DIV = "{http://www.w3.org/1999/xhtml}div"


def narrative(codesystem: CodeSystem, templates: Templates) -> str | None:
    """Return the narrative as one XHTML ``div``; None where it is switched off.

    Raises BrokenTemplate where a template gives no well-formed ``div``.
    """
    if not codesystem.narrative:
        return None
    text = templates.narrative(codesystem)
    place = Location("narrative.xhtml.jinja")
    try:
        root = ET.fromstring(text)  # noqa: S314 - our own template's output, no DTD
    except ET.ParseError as error:
        message = f"the narrative is not well-formed XHTML: {error}"
        raise BrokenTemplate(TEMPLATE_ERROR.at(place, message)) from error
    if root.tag != DIV:
        message = 'the narrative must be a <div xmlns="http://www.w3.org/1999/xhtml">'
        raise BrokenTemplate(TEMPLATE_ERROR.at(place, message))
    return text
