"""Coded values against the value sets they are bound to.

https://hl7.org/fhir/R5/terminologies.html#strength
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fhir_codesystem.diagnostics import quoted
from fhir_codesystem.metadata.document import did_you_mean

if TYPE_CHECKING:
    from fhir_codesystem.instance.element import Element
    from fhir_codesystem.instance.structure import Walk

KINDS = frozenset(("code", "string", "uri", "url", "canonical"))


def check_code(element: Element, *, usable: bool, walk: Walk) -> None:
    """Check a primitive value that is bound."""
    definition = element.definition
    assert definition is not None  # noqa: S101 - the caller has looked
    strength, value_set = definition.strength, definition.value_set or ""
    if not usable:
        if strength == "required":
            message = f"{element.name} has no code, and one of its value set is required"
            walk.issues.error("TERMINOLOGY_TX_CODE_VALUESET_MISSING", element, message)
        return
    if element.structure.name not in KINDS:
        return
    value = element.value or ""
    codes = walk.definitions.codes(value_set)
    if codes is None:
        return
    known = [code for each in codes.values() for code in sorted(each)]
    if value in known:
        return
    hint = did_you_mean(value, known)
    if strength == "required":
        shown = f": one of {', '.join(known)}" if len(known) <= 12 else ""
        message = f"{quoted(value)} is no {element.name}{shown}"
        walk.issues.error("TERMINOLOGY_TX_NOVALID_16", element, message, hint)
        walk.issues.error("UNABLE_TO_INFER_CODESYSTEM", element, message, hint)


def check_coded(element: Element, walk: Walk) -> None:
    """Check a Coding or a CodeableConcept that is bound."""
