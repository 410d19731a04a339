"""Supplements: https://hl7.org/fhir/R5/codesystem.html#supplements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fhir_codesystem.diagnostics import quoted

if TYPE_CHECKING:
    from fhir_codesystem.instance.element import Element
    from fhir_codesystem.instance.known import System
    from fhir_codesystem.instance.structure import Walk

MOST_CONCEPTS = 1000
"""The concepts at the top beyond which the official validator looks at none."""


def check(root: Element, content: str | None, walk: Walk) -> System | None:
    """Check a supplement against what it supplements; returns that, where it is known."""
    supplements = root.text("supplements")
    if content != "supplement" and supplements is None:
        return None
    if not supplements:
        message = "the code system is a supplement, and nothing says of what"
        hint = "state supplements: its canonical URL"
        walk.issues.error("CODESYSTEM_CS_SUPP_NO_SUPP", root, message, hint)
        return None
    base = walk.known.system(supplements)
    tops = root.all("concept")
    if base is None:
        if tops:
            message = f"{quoted(supplements)} is not known, so its codes cannot be compared"
            walk.issues.warning("CODESYSTEM_CS_SUPP_CANT_CHECK", root, message)
        return None
    meaning = root.text("hierarchyMeaning")
    if meaning and base.hierarchy_meaning and meaning != base.hierarchy_meaning:
        message = f"hierarchyMeaning is {meaning}, that of the code system {base.hierarchy_meaning}"
        walk.issues.error("CODESYSTEM_CS_SUPP_HIERARCHY_MEANING", root, message)
    if len(tops) > MOST_CONCEPTS:
        message = f"{len(tops):,} concepts are too many for the official validator to compare"
        walk.issues.information("CODESYSTEM_CS_SUPP_TOO_MANY_CODES", root, message)
        return base
    for concept in tops:
        code = concept.text("code")
        if code and base.complete and code not in base.codes:
            message = f"the code {quoted(code)} is none of {supplements}"
            walk.issues.error("CODESYSTEM_CS_SUPP_INVALID_CODE", concept, message)
    return base
