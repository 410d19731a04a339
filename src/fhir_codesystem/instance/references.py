"""Where URLs lead: https://hl7.org/fhir/R5/references.html."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fhir_codesystem.diagnostics import quoted
from fhir_codesystem.instance.urls import CONTACTS, RFC, is_absolute, is_example, is_hl7_space

if TYPE_CHECKING:
    from fhir_codesystem.instance.element import Element
    from fhir_codesystem.instance.structure import Walk

KINDS = frozenset(("uri", "url", "canonical", "oid"))
NAMES = frozenset(
    (
        "urn:hl7-org:v3",
        "urn:hl7-org:sdtc",
        "urn:ietf:bcp:13",
    )
)
SIDS = frozenset(
    "http://hl7.org/fhir/sid/" + name
    for name in (
        *("ndc", "icpc-2", "icpc-1", "icpc-1-nl", "icd-9", "icd-10", "cvx", "srt", "icd-10-vn"),
        *("icd-10-cm", "icd-10-am", "icd-9-cm", "icf-nl", "ca-hc-npn", "ca-hc-din", "dsm5"),
        *("ex-icd-10-procedures", "us-ssn", "us-npi", "eui-48/bluetooth", "eui-48/ethernet"),
    )
)
"""Identifiers that HL7 made for code systems and identifiers of others."""


def check(element: Element, resource: Element, walk: Walk) -> None:
    """Check that what a URL names can be found."""
    url = element.value or ""
    kind = element.structure.name
    definition = element.definition
    if definition is None or definition.name == "url" and element.parent is resource:
        _own(element, walk)
        return
    if url.startswith("#"):
        walk.references.setdefault(id(resource), set()).add(url[1:])
        _internal(element, url[1:], walk)
        return
    if _found(url, kind, walk):
        return
    if kind == "canonical":
        if is_example(url):
            message = f"{element.name} {quoted(url)} is a URL of examples"
            walk.issues.error("TYPE_SPECIFIC_CHECKS_DT_URL_EXAMPLE", element, message)
        else:
            message = f"nothing here defines {element.name} {quoted(url)}"
            walk.issues.information("TYPE_SPECIFIC_CHECKS_DT_CANONICAL_RESOLVE", element, message)
        return
    if definition.path == "Extension.url" or _exempt(element):
        return
    message = f"nothing here defines {element.name} {quoted(url)}"
    if is_hl7_space(url):
        walk.issues.error("TYPE_SPECIFIC_CHECKS_DT_URL_RESOLVE", element, message)
    elif is_example(url):
        walk.issues.error("TYPE_SPECIFIC_CHECKS_DT_URL_EXAMPLE", element, message)
    else:
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
    if any(each.text("id") == fragment for each in walk.root.descendants()):
        return
    message = f"{element.name} refers to #{fragment}, and nothing in the resource has that id"
    kind = element.structure.name
    if kind == "canonical" or walk.publication:
        walk.issues.error("TYPE_SPECIFIC_CHECKS_DT_URL_INTERNAL", element, message)
    else:
        walk.issues.warning("TYPE_SPECIFIC_CHECKS_DT_URL_INTERNAL_WARN", element, message)


def _exempt(element: Element) -> bool:
    return False


def _found(url: str, kind: str, walk: Walk) -> bool:
    if url in NAMES or url in SIDS or url.startswith(CONTACTS) or RFC.fullmatch(url):
        return True
    if not is_absolute(url):
        return False
    bare = url.rpartition("|")[0] or url
    if bare.startswith("http://hl7.org/fhir") or kind == "canonical":
        return False
    parts = bare.split("/")
    at = next((i for i, part in enumerate(parts) if i and part in walk.definitions.resources), 0)
    return not at or "/".join(parts[:at]) != "http://terminology.hl7.org"
