"""What holds for every resource: its id, its language, its labels."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fhir_codesystem.diagnostics import quoted
from fhir_codesystem.instance import narrative

if TYPE_CHECKING:
    from fhir_codesystem.instance.element import Element
    from fhir_codesystem.instance.structure import Walk

MOST_OF_ID = 64


def check(root: Element, walk: Walk) -> None:
    """Check a resource as such."""
    identity = root.child("id")
    if identity is not None:
        _id(identity, identity.value or "", walk)
    elif root.parent is not None:
        message = "a contained resource has an id: nothing can refer to it else"
        walk.issues.error("RESOURCE_RES_ID_MISSING", root, message)
    narrative.check_language(root, walk)
    _labels(root, walk)
    version = root.text("version")
    if version and "#" in version:
        message = f"version {quoted(version)} holds #, which begins the fragment of a URL"
        walk.issues.warning("VALIDATION_VAL_VERSION_NOHASH", root, message)


def _id(element: Element, value: str, walk: Walk) -> None:
    if len(value) > MOST_OF_ID:
        message = f"the id has {len(value)} characters; at most 64 are allowed"
        walk.issues.error("RESOURCE_RES_ID_MALFORMED_LENGTH", element, message)
    elif re.fullmatch(r"[A-Za-z0-9.-]+", value) is None:
        message = f"the id {quoted(value)} may hold letters, digits, - and . only"
        walk.issues.error("RESOURCE_RES_ID_MALFORMED_CHARS", element, message)


def _labels(root: Element, walk: Walk) -> None:
    meta = root.child("meta")
    seen = set()
    for label in meta.all("security") if meta is not None else ():
        named = label.text("system"), label.text("code")
        if named in seen:
            message = f"the security label {quoted('|'.join(each or '' for each in named))} again"
            walk.issues.error("META_RES_SECURITY_DUPLICATE", label, message)
        seen.add(named)
