"""Where URLs lead: https://hl7.org/fhir/R5/references.html."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fhir_codesystem.codesystem.versions import FHIRVersion
from fhir_codesystem.diagnostics import quoted
from fhir_codesystem.instance.urls import RFC, is_absolute, is_example, is_hl7_space

if TYPE_CHECKING:
    from fhir_codesystem.instance.element import Element
    from fhir_codesystem.instance.structure import Walk

KINDS = frozenset(("uri", "url", "canonical", "oid"))
KNOWN = frozenset(
    "http://hl7.org/fhir/sid/" + name
    for name in (
        *("ndc", "icpc-2", "icpc-1", "icpc-1-nl", "icd-9", "icd-10", "cvx", "srt", "icd-10-vn"),
        *("icd-10-cm", "icd-10-am", "icd-9-cm", "icf-nl", "ca-hc-npn", "ca-hc-din", "dsm5"),
        *("ex-icd-10-procedures", "us-ssn", "us-npi", "eui-48/bluetooth", "eui-48/ethernet"),
    )
) | {
    *("http://loinc.org", "http://unitsofmeasure.org", "http://snomed.info/sct"),
    "http://hl7.org/fhir/w5",
    "http://hl7.org/fhir/fivews",
    "http://hl7.org/fhir/workflow",
    "http://hl7.org/fhir/ConsentPolicy/opt-out",
    "http://hl7.org/fhir/ConsentPolicy/opt-in",
}
"""Identifiers that HL7 made for code systems and identifiers of others, and some more."""

TYPES_OF_FHIRPATH = frozenset(
    "http://hl7.org/fhirpath/System." + name
    for name in ("Boolean", "String", "Integer", "Decimal", "Date", "Time", "DateTime", "Quantity")
)


def check(element: Element, resource: Element, walk: Walk) -> None:
    """Check that what a URL names can be found."""
    url = element.value or ""
    kind = element.structure.name
    definition = element.definition
    if definition is None or (definition.name == "url" and element.parent is resource):
        _own(element, walk)
        return
    if url.startswith("#"):
        walk.references.setdefault(id(resource), set()).add(url[1:])
        _internal(element, url[1:], walk)
        return
    if _found(url, kind, walk):
        return
    if url.startswith("https:") and _found(url.replace("https://", "http://"), kind, walk):
        message = f"{element.name} {quoted(url)} is known with http:, not with https:"
        walk.issues.information("TYPE_SPECIFIC_CHECKS_DT_URL_WRONG_HTTPS", element, message)
    _unresolved(element, url, definition.path, walk)


def _unresolved(element: Element, url: str, path: str, walk: Walk) -> None:
    """Tell that nothing is known by a URL; ``path`` is that of the element's definition."""
    message = f"nothing here defines {element.name} {quoted(url)}"
    if element.structure.name == "canonical":
        if is_example(url):
            message += ", a URL of examples"
            walk.issues.error("TYPE_SPECIFIC_CHECKS_DT_URL_EXAMPLE", element, message)
        else:
            walk.issues.information("TYPE_SPECIFIC_CHECKS_DT_CANONICAL_RESOLVE", element, message)
        return
    if path.startswith("Extension.value") or path == "Attachment.url":
        return
    if is_hl7_space(url):
        walk.issues.error("TYPE_SPECIFIC_CHECKS_DT_URL_RESOLVE", element, message)
    elif is_example(url):
        message += ", a URL of examples"
        walk.issues.error("TYPE_SPECIFIC_CHECKS_DT_URL_EXAMPLE", element, message)
    elif path == "Meta.source":
        walk.issues.information("TYPE_SPECIFIC_CHECKS_DT_URL_RESOLVE", element, message)
    elif path != "Coding.system":
        walk.issues.warning("TYPE_SPECIFIC_CHECKS_DT_URL_RESOLVE", element, message)


def _own(element: Element, walk: Walk) -> None:
    """Check the canonical URL of a resource itself."""
    url = element.value or ""
    if not is_absolute(url):
        inside = element.parent is not None and element.parent.parent is not None
        key = "CONTAINED" if inside else "ABSOLUTE"
        message = f"{element.name} {quoted(url)} is not absolute: it begins with no scheme"
        walk.issues.error(f"TYPE_SPECIFIC_CHECKS_CANONICAL_{key}", element, message)


def _internal(element: Element, fragment: str, walk: Walk) -> None:
    if fragment in walk.ids:
        return
    message = f"{element.name} refers to #{fragment}, and nothing in the resource has that id"
    kind = element.structure.name
    if kind == "canonical" or walk.publication:
        walk.issues.error("TYPE_SPECIFIC_CHECKS_DT_URL_INTERNAL", element, message)
    else:
        walk.issues.warning("TYPE_SPECIFIC_CHECKS_DT_URL_INTERNAL_WARN", element, message)


def _found(url: str, kind: str, walk: Walk) -> bool:
    """Whether the official validator finds what a URL names, without a network."""
    if not url.startswith(("http://", "https://")):
        return True
    bare, _, version = url.partition("#")[0].partition("|")
    ours = not version or version == walk.version.number
    if url in KNOWN or (ours and bare in walk.definitions.urls) or bare in TYPES_OF_FHIRPATH:
        return True
    if bare in walk.known.brought.urls or RFC.fullmatch(url):
        return True
    if "example.org" in url or "acme.com" in url or not is_absolute(url):
        return False
    if url.startswith("http://hl7.org/fhir") or kind == "canonical":
        return False
    parts = bare.split("/")
    at = next((i for i, part in enumerate(parts) if i and part in walk.definitions.resources), 0)
    terminology = at and "/".join(parts[:at]) == "http://terminology.hl7.org"
    return not (terminology and walk.version is FHIRVersion.R5)


def check_reference(element: Element, around: Element, walk: Walk) -> None:
    """Check a Reference: https://hl7.org/fhir/R5/references.html#Reference."""
    reference = element.text("reference")
    if not reference:
        parts = ("reference", "identifier", "display", "extension")
        if walk.version is FHIRVersion.R5 and not any(element.exists(part) for part in parts):
            message = "a reference has a reference, an identifier or a display (ref-2)"
            walk.issues.error("ref-2", element, message)
        identified = element.child("identifier") is not None
        if not identified and not element.text("display"):
            message = "the reference names nothing: no reference, identifier or display"
            walk.issues.warning("REFERENCE_REF_NODISPLAY", element, message)
        return
    if re.search(r"\s", reference, re.ASCII):
        message = f"the reference {quoted(reference)} holds white space"
        walk.issues.error("REFERENCE_REF_INVALID_REF", element, message)
    if reference.startswith("#"):
        walk.references.setdefault(id(around), set()).add(reference[1:])
        inside = reference == "#" and around is not walk.root
        if reference[1:] not in walk.contained_ids and not inside:
            message = f"nothing contained has the id {quoted(reference[1:])} (ref-1)"
            if reference != "#":
                walk.issues.error("ref-1", element, message)
            walk.issues.error("REFERENCE_REF_CANTRESOLVE", element, message)
