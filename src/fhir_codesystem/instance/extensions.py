"""Extensions: https://hl7.org/fhir/R5/extensibility.html."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fhir_codesystem.instance.element import Element
    from fhir_codesystem.instance.structure import Walk


def check(element: Element, walk: Walk) -> None:
    """Check one extension."""
