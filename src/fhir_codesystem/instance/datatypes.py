"""What holds for elements of certain types beyond their cardinalities: their invariants.

Each check is named by its invariant's key: https://hl7.org/fhir/R5/datatypes.html.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fhir_codesystem.codesystem.versions import FHIRVersion
from fhir_codesystem.diagnostics import quoted
from fhir_codesystem.instance import bindings
from fhir_codesystem.instance.primitives import DATES
from fhir_codesystem.instance.urls import SCHEME

if TYPE_CHECKING:
    from collections.abc import Callable

    from fhir_codesystem.instance.element import Element
    from fhir_codesystem.instance.structure import Walk


def _contact_point(element: Element, walk: Walk) -> None:
    if element.exists("value") and not element.exists("system"):
        message = "a contact with a value states its system: phone, email, url (cpt-2)"
        walk.issues.error("cpt-2", element, message)


def _coding(element: Element, walk: Walk) -> None:
    around = element.parent
    if around is None or around.structure.name != "CodeableConcept":
        bindings.check_coding(element, walk)
    if walk.version is FHIRVersion.R5 and not element.exists("code"):
        if element.exists("display"):
            message = "a display without a code says nothing (cod-1)"
            walk.issues.warning("cod-1", element, message)


def _quantity(element: Element, walk: Walk) -> None:
    bindings.check_quantity(element, walk)
    if element.exists("code") and not element.exists("system"):
        walk.issues.error("qty-3", element, "a unit's code has no system (qty-3)")


def _period(element: Element, walk: Walk) -> None:
    start, end = element.text("start"), element.text("end")
    if not (start and end):
        return
    dates = DATES["dateTime"]
    r5 = walk.version is FHIRVersion.R5
    start, end = start.strip(), end.strip()
    good = dates.fullmatch(start) and dates.fullmatch(end)
    if not good or not _in_order(start, end, r5):
        message = f"the period ends, {end}, before it starts, {start} (per-1)"
        walk.issues.error("per-1", element, message)


def _in_order(start: str, end: str, r5: bool) -> bool:
    """Compare two dates as FHIRPath does: those of different precision may not be comparable."""
    length = min(len(start), len(end))
    if r5:
        return start[:length] <= end[:length]
    if start[:length] != end[:length]:
        return start[:length] < end[:length]
    return len(start) == len(end)


def _identifier(element: Element, walk: Walk) -> None:
    value = element.text("value")
    if walk.version is FHIRVersion.R5 and not element.exists("value"):
        walk.issues.warning("ident-1", element, "an identifier has a value (ident-1)")
    system = element.text("system")
    if system and not system.startswith(("http:", "https:", "urn:", "ldap:")):
        message = f"the system {quoted(system)} of the identifier is not absolute"
        walk.issues.error("TYPE_SPECIFIC_CHECKS_DT_IDENTIFIER_SYSTEM", element, message)
    uri = system == "urn:ietf:rfc:3986"
    scheme = (value or "").partition(":")
    if uri and value and not (scheme[1] and SCHEME.fullmatch(scheme[0])):
        message = f"the identifier {quoted(value)} is to be a whole URI, as its system says"
        key = "TYPE_SPECIFIC_CHECKS_DT_IDENTIFIER_IETF_SYSTEM_VALUE"
        walk.issues.error(key, element, message)


def _attachment(element: Element, walk: Walk) -> None:
    if element.exists("data") and not element.exists("contentType"):
        walk.issues.error("att-1", element, "data has a contentType (att-1)")


def _designation(element: Element, walk: Walk) -> None:
    if element.exists("additionalUse") and not element.exists("use"):
        message = "a designation with a further use has a use (csd-5)"
        walk.issues.error("csd-5", element, message)


def _extension(element: Element, walk: Walk) -> None:
    inside = any(each.name == "extension" and each.children for each in element.children)
    if inside == element.exists("value"):
        message = "an extension has either a value or further extensions (ext-1)"
        walk.issues.error("ext-1", element, message)


CHECKS: dict[str, Callable[[Element, Walk], None]] = {
    "ContactPoint": _contact_point,
    "Coding": _coding,
    "Attachment": _attachment,
    "CodeableConcept": bindings.check_concept,
    "Quantity": _quantity,
    "Period": _period,
    "Identifier": _identifier,
    "CodeSystem.concept.designation": _designation,
    "Extension": _extension,
}
"""The checks by the name of the type."""
