"""Extensions: https://hl7.org/fhir/R5/extensibility.html."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fhir_codesystem.diagnostics import quoted
from fhir_codesystem.instance.urls import is_absolute

if TYPE_CHECKING:
    from fhir_codesystem.instance.element import Element
    from fhir_codesystem.instance.structure import Walk


OTHER_VERSIONS = re.compile(r"http://hl7\.org/fhir/\d\.\d/StructureDefinition/extension-")
"""URLs of the elements of other FHIR versions, which are extensions in this one."""


def check(element: Element, walk: Walk) -> None:
    """Check one extension: what it is, whether it may stand here and hold what it holds."""
    url = element.text("url")
    if not url:
        message = "an extension has a url, which says what it is"
        walk.issues.error("EXTENSION_EXT_URL_NOTFOUND", element, message)
        return
    around = element.parent
    nested = around is not None and around.structure.name == "Extension"
    if not nested and not is_absolute(url):
        message = f"the url {quoted(url)} of the extension is not absolute"
        walk.issues.error("EXTENSION_EXT_URL_ABSOLUTE", element, message)
        return
    definition = walk.known.extensions.get(url.partition("|")[0])
    if definition is not None:
        if "|" in url:
            _versioned(element, url, walk)
        _known(element, url, definition, walk)
    elif nested and not is_absolute(url):
        _part(element, url, walk)
    elif OTHER_VERSIONS.match(url) is None:
        message = f"the extension {quoted(url)} is not known"
        walk.issues.information("EXTENSION_EXT_UNKNOWN", element, message)


def _versioned(element: Element, url: str, walk: Walk) -> None:
    same = url.partition("|")[2] == walk.version.number
    message = f"the url {quoted(url)} of the extension states a version"
    key = "EXT_VER_URL_NOT_ALLOWED" if same else "EXT_VER_URL_REVERSION"
    walk.issues.placed(key, f"{element.path}[url='{url}']", element, message)


def _part(element: Element, url: str, walk: Walk) -> None:
    """Check a part of an extension against the extension, where that is known."""
    around = element.parent
    whole = around.text("url") if around is not None else None
    definition = walk.known.extensions.get(whole or "")
    if definition is not None and url not in definition.get("slices", {}):
        message = f"the extension {whole} has no part {quoted(url)}"
        place = f"{element.path}[url='{url}']"
        walk.issues.placed("EXTENSION_EXT_SUBEXTENSION_INVALID", place, element, message)


def _known(element: Element, url: str, definition: dict[str, Any], walk: Walk) -> None:
    place = f"{element.path}[url='{url}']"
    modifier = element.name == "modifierExtension"
    if modifier != definition.get("modifier", False):
        key = "EXTENSION_EXT_MODIFIER_Y" if modifier else "EXTENSION_EXT_MODIFIER_N"
        message = f"the extension {url} is {'no' if modifier else 'a'} modifier extension"
        walk.issues.placed(key, place, element, message)
    around = element.parent
    if around is not None and not _allowed(around, definition):
        key = f"EXTENSION_EXT{'M' if modifier else 'P'}_CONTEXT_WRONG"
        message = f"the extension {url} may not stand at {around.name}"
        walk.issues.error(key, around, message)
    value = element.child("value")
    types = definition.get("types", [])
    inside = element.child("extension") is not None
    if value is not None:
        if value.structure.name not in types:
            message = f"the extension {url} has a value of {' or '.join(types) or 'no type'}"
            walk.issues.error("EXTENSION_EXT_TYPE", element, message)
        _bound(value, definition, walk)
    elif inside:
        if types and definition.get("min"):
            message = f"the extension {url} has a value, no further extensions"
            walk.issues.error("EXTENSION_EXT_SIMPLE_WRONG", element, message)
    elif types:
        message = f"the extension {url} has a value"
        walk.issues.error("EXTENSION_EXT_SIMPLE_ABSENT", element, message)
    if value is None and definition.get("min"):
        message = "value is missing; it must be there"
        walk.issues.error("VALIDATION_VAL_PROFILE_MINIMUM", element, message)
    if not types and value is not None:
        message = "value stands here, and the extension has parts only"
        walk.issues.error("VALIDATION_VAL_PROFILE_MAXIMUM", element, message)
    parts = [each.text("url") for each in element.all("extension")]
    for name, (least, most) in definition.get("slices", {}).items():
        if parts.count(name) < least:
            message = f"the part {name} is missing; it must be there"
            walk.issues.error("VALIDATION_VAL_PROFILE_MINIMUM_SLICE", element, message)
        if most != "*" and parts.count(name) > int(most):
            message = f"the part {name} stands {parts.count(name)} times, {most} at most"
            walk.issues.error("VALIDATION_VAL_PROFILE_MAXIMUM", element, message)


def _bound(value: Element, definition: dict[str, Any], walk: Walk) -> None:
    strength, value_set = definition.get("binding", (None, ""))
    codes = walk.definitions.codes(value_set) if strength == "required" else None
    code = value.value
    if codes is None or value.structure.name != "code":
        return
    if not code or not code.strip():
        message = "the extension has no code, and one of its value set is required"
        walk.issues.error("TERMINOLOGY_TX_CODE_VALUESET_MISSING", value, message)
        return
    if not any(code in each for each in codes.values()):
        message = f"{quoted(code)} is not in the value set of the extension"
        walk.issues.error("TERMINOLOGY_TX_NOVALID_16", value, message)
        walk.issues.error("UNABLE_TO_INFER_CODESYSTEM", value, message)
    elif value_set in walk.definitions.drafts:
        message = "the code system of the extension's codes is a draft"
        walk.issues.information("MSG_DRAFT", value, message)


def _allowed(around: Element, definition: dict[str, Any]) -> bool:
    """Whether an extension may stand in an element, as its definition says."""
    names = _names(around)
    for kind, expression in definition["contexts"]:
        if kind == "element" and (expression in names or expression in ("Element", "Any")):
            return True
        if kind == "extension" and around.text("url") == expression:
            return True
        if kind == "fhirpath":
            return True
    return not definition["contexts"]


def _names(element: Element) -> set[str]:
    """Return the names by which contexts may mean an element: paths and types."""
    path = re.sub(r"\[\d+\]|/\*.*?\*/", "", element.path)
    names = {path, element.structure.name}
    if element.definition is not None:
        names.add(element.definition.path)
    if element.structure.kind == "resource":
        names |= {"Resource", "DomainResource", "CanonicalResource", "MetadataResource"}
    return names
