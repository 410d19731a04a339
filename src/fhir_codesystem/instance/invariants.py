"""The invariants of CodeSystem and of all resources.

https://hl7.org/fhir/R5/codesystem.html#invs and https://hl7.org/fhir/R5/domainresource.html#invs;
the expressions as the official validator evaluates them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fhir_codesystem.codesystem.versions import FHIRVersion
from fhir_codesystem.diagnostics import quoted
from fhir_codesystem.instance import narrative

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fhir_codesystem.instance.element import Element
    from fhir_codesystem.instance.structure import Walk

NAME = {
    FHIRVersion.R4: re.compile(r"^[A-Z]([A-Za-z0-9_]){0,254}$"),
    FHIRVersion.R4B: re.compile(r"[A-Z]"),
    FHIRVersion.R5: re.compile(r"^[A-Z]([A-Za-z0-9_]){1,254}$"),
}
"""What name must match somewhere; R4B's expression has no anchors."""


def check(root: Element, walk: Walk) -> None:
    """Check the invariants of a CodeSystem, the resource itself or a contained one."""
    r5 = walk.version is FHIRVersion.R5
    names = [each.value or "" for each in root.all("name") if _is_said(each)]
    name = names[0] if names else ""
    if names and (len(names) > 1 or NAME[walk.version].search(name) is None):
        key = "cnl-0" if r5 else "csd-0"
        message = f"name {quoted(name)} is no name for programs: a capital, then letters, digits, _"
        walk.issues.warning(key, root, f"{message} ({key})")
    if not r5 and root.parent is None and not narrative.is_read(root):
        walk.issues.warning("dom-6", root, "the resource has no narrative (dom-6)")
    _unique(root, walk)
    if r5:
        _r5(root, walk)


def _is_said(element: Element) -> bool:
    return element.value is not None or bool(element.children)


def _unique(root: Element, walk: Walk) -> None:
    r5 = walk.version is FHIRVersion.R5
    codes = list(_codes(root, 1, 2 if r5 else 0))
    for each in root.all("contained") if not r5 else ():
        codes += _codes(each, 1, 0)
    if len(set(codes)) < len(codes):
        message = "a code stands twice: each code of a code system stands once (csd-1)"
        walk.issues.error("csd-1", root, message)


def _codes(element: Element, depth: int, left_out: int) -> Iterator[str]:
    """List the codes of concepts but for those of one depth, which R5's expression misses."""
    for concept in element.all("concept"):
        code = concept.text("code")
        if code is not None and depth != left_out:
            yield code
        yield from _codes(concept, depth + 1, left_out)


def _r5(root: Element, walk: Walk) -> None:
    url = root.child("url") if root.exists("url") else None
    if url is not None and re.search(r"^[^|# ]+$", url.value or "") is None:
        message = f"url {quoted(url.value or '')} holds | or # or a blank (cnl-1)"
        walk.issues.warning("cnl-1", url, message)
    meaning = root.child("hierarchyMeaning") is not None
    tops = root.all("concept")
    if not meaning and any(each.all("concept") for each in tops):
        message = "concepts are nested, and hierarchyMeaning is not stated (csd-2)"
        walk.issues.warning("csd-2", root, message)
    if not meaning and any(_only_parent(each) for each in tops):
        message = "concepts state parents, and hierarchyMeaning is not stated (csd-3)"
        walk.issues.warning("csd-3", root, message)
    content = root.text("content") if root.child("content") is not None else "supplement"
    if content == "supplement" and not root.exists("supplements"):
        message = "content is supplement, and nothing says what is supplemented (csd-4)"
        walk.issues.error("csd-4", root, message)


def _only_parent(concept: Element) -> bool:
    codes = [each.text("code") for each in concept.all("property")]
    return codes in (["parent"], ["child"])
