"""What holds for every resource: its id, what it says of itself, its language, its labels."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fhir_codesystem.codesystem.versions import FHIRVersion
from fhir_codesystem.diagnostics import Severity, quoted
from fhir_codesystem.instance import codesystem, narrative, workgroups

if TYPE_CHECKING:
    from fhir_codesystem.instance.element import Element
    from fhir_codesystem.instance.structure import Walk

MOST_OF_ID = 64
MENTIONED = "DESCRIPTION_SAYS_DEPRECATED"
"""Our name for the only message of the official validator that has no key."""
STANDARDS_STATUS = "http://hl7.org/fhir/StructureDefinition/structuredefinition-standards-status"
ANY = ("draft", "active", "retired")
STATUSES = {
    "draft": (("draft",), ("draft",)),
    "normative": (("active",), ("active",)),
    "trial-use": (("draft", "active"), ("active",)),
    "informative": (ANY, ("draft", "active")),
    "deprecated": (("retired",), ("retired",)),
    "withdrawn": (("retired",), ("retired",)),
    "external": (ANY, ("draft", "active")),
}
"""The status that goes with each standards status, and that which goes with it well."""


def check(root: Element, walk: Walk) -> None:
    """Check a resource as such: the one that is judged, or one that it contains."""
    identity = root.child("id")
    if identity is not None:
        _id(identity, identity.value, walk)
    elif root.parent is not None:
        message = "a contained resource has an id, by which it is referred to"
        walk.issues.error("RESOURCE_RES_ID_MISSING", root, message)
    narrative.check_language(root, walk)
    _labels(root, walk)
    if root.structure.name == "CodeSystem":
        _statements(root, walk)
        codesystem.check(root, walk)


def _id(element: Element, value: str | None, walk: Walk) -> None:
    if value is not None and len(value) > MOST_OF_ID:
        message = f"the id has {len(value)} characters; at most 64 are allowed"
        walk.issues.error("RESOURCE_RES_ID_MALFORMED_LENGTH", element, message)
    elif value is None or re.fullmatch(r"[A-Za-z0-9.-]+", value) is None:
        message = f"the id {quoted(value or '')} may hold letters, digits, - and . only"
        walk.issues.error("RESOURCE_RES_ID_MALFORMED_CHARS", element, message)


def _labels(root: Element, walk: Walk) -> None:
    meta = root.child("meta")
    seen = set()
    for index, label in enumerate(meta.all("security") if meta is not None else ()):
        named = label.text("system"), label.text("code")
        if named in seen:
            message = f"the security label {quoted('|'.join(each or '' for each in named))} again"
            place = f"{root.path}.meta.profile[{index}]"  # so the official validator says
            walk.issues.placed("META_RES_SECURITY_DUPLICATE", place, label, message)
        seen.add(named)


def _statements(root: Element, walk: Walk) -> None:
    version = root.text("version")
    if version and "#" in version:
        message = f"version {quoted(version)} holds #, which begins the fragment of a URL"
        walk.issues.warning("VALIDATION_VAL_VERSION_NOHASH", root, message)
    standards, status = _extension(root, STANDARDS_STATUS), root.text("status")
    if standards and status:
        good, well = STATUSES.get(standards, ((status,), (status,)))
        message = f"the status {status} does not go with the standards status {standards}"
        if status not in good:
            walk.issues.warning("VALIDATION_VAL_STATUS_INCONSISTENT", root, message)
        elif status not in well:
            walk.issues.information("VALIDATION_VAL_STATUS_INCONSISTENT_HINT", root, message)
    description = root.text("description")
    if description and standards != "deprecated" and "deprecated" in description.lower():
        message = "the description speaks of deprecated, and the code system is not"
        walk.issues.information(MENTIONED, root, message)
    url = root.text("url") or ""
    if url.startswith("http://hl7.org/fhir/"):
        workgroups.check(root, walk)


def _extension(root: Element, url: str) -> str | None:
    for each in root.extensions():
        if each.text("url") == url:
            return each.text("value")
    return None


def check_contained(root: Element, walk: Walk) -> None:
    """Check contained resources: dom-2 to dom-5."""
    contained = root.all("contained")
    inner = [each for outer in contained for each in outer.all("contained")]
    metas = [each.child("meta") for each in contained]
    if inner:
        walk.issues.error("dom-2", root, "a contained resource contains another one (dom-2)")
    if any(m and (m.child("versionId") or m.child("lastUpdated")) for m in metas):
        message = "a contained resource states a version or a date of change (dom-4)"
        walk.issues.error("dom-4", root, message)
    if any(m and m.child("security") for m in metas):
        message = "a contained resource states security labels (dom-5)"
        walk.issues.error("dom-5", root, message)
    seen: set[str | None] = set()
    for each in contained:
        named = each.text("id")
        if named is not None and named in seen:
            message = f"another contained resource has the id {quoted(named)} too"
            walk.issues.error("RESOURCE_DUPLICATE_CONTAINED_ID", each, message)
        seen.add(named)
    for each in contained:
        named = each.text("id")
        by_root = named in walk.references.get(id(root), set())
        if not by_root and "" not in walk.references.get(id(each), set()):
            message = f"nothing refers to the contained resource {quoted(named or '')} (dom-3)"
            place = each.path.partition("/*")[0]
            walk.issues.placed("CONTAINED_ORPHAN_DOM3", place, each, message)


def check_ids(root: Element, walk: Walk) -> None:
    """Check that no id of an element stands twice."""
    seen: set[str] = set()
    for element in root.descendants():
        if element.structure.kind == "resource":
            continue
        named = element.text("id")
        if named:
            if named in seen:
                walk.issues.error("DUPLICATE_ID", element, f"the id {quoted(named)} stands twice")
            seen.add(named)


def check_profiles(root: Element, walk: Walk) -> None:
    """Check the profiles that the resource claims to follow."""
    meta = root.child("meta")
    seen: set[str] = set()
    for profile in meta.all("profile") if meta is not None else ():
        url, _, version = (profile.value or "").partition("|")
        known = not version or version == walk.version.number
        needed = walk.known.profiles.get(url) if known else None
        of_type = walk.definitions.members(url) if known else None
        if needed is not None:
            if url in seen:
                continue
            seen.add(url)
            if walk.version is FHIRVersion.R5:
                _shareable(root, walk)
            for element in root.descendants():
                _required(element, needed, walk)
        elif of_type is not None:
            _of_type(root, of_type, url, walk)
        elif url and not (known and walk.known.defines(url)):
            message = f"the profile {quoted(url)} is not known, so it is not looked at"
            place = "VALIDATION_VAL_PROFILE_UNKNOWN_ERROR_NETWORK"
            walk.issues.add(place, Severity.WARNING, profile, message)


def _of_type(root: Element, names: frozenset[str], url: str, walk: Walk) -> None:
    """Check the elements of a resource that claims to be of a type, of which there are others."""
    for each in root.children:
        definition = each.definition
        if definition is not None and definition.name not in names:
            message = f"{each.name} is no element of {url}, which the resource claims to follow"
            walk.issues.error("VALIDATION_VAL_PROFILE_NOTALLOWED", each, message)


def _shareable(root: Element, walk: Walk) -> None:
    """Check what ShareableCodeSystem asks besides its elements: scs-1, scs-2."""
    concepts = root.all("concept")
    nested = any(each.child("concept") is not None for each in concepts)
    if nested and root.child("hierarchyMeaning") is None:
        message = "concepts are nested, and hierarchyMeaning is not stated (scs-1)"
        walk.issues.error("scs-1", root, message)
    if root.text("content") in ("example", "fragment", "complete") and not concepts:
        message = "there is content, and there is no concept (scs-2)"
        walk.issues.error("scs-2", root, message)


def _required(element: Element, needed: dict[str, list[str]], walk: Walk) -> None:
    least = {each.name for each in element.structure.required}
    for name in needed.get(element.structure.name, ()):
        if name not in least and element.child(name.removesuffix("[x]")) is None:
            message = f"{name.removesuffix('[x]')} is missing; the profile requires it"
            key = "VALIDATION_VAL_PROFILE_MINIMUM"
            walk.issues.add(key, Severity.ERROR, element, message, part="profile")
