"""What holds for elements of certain types beyond their cardinalities: their invariants.

Each check is named by its invariant's key: https://hl7.org/fhir/R5/datatypes.html.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from fhir_codesystem.instance.element import Element
    from fhir_codesystem.instance.structure import Walk


def _contact_point(element: Element, walk: Walk) -> None:
    if element.child("value") is not None and element.child("system") is None:
        message = "a contact with a value states its system: phone, email, url (cpt-2)"
        walk.issues.error("cpt-2", element, message)


CHECKS: dict[str, Callable[[Element, Walk], None]] = {
    "ContactPoint": _contact_point,
}
"""The checks by the name of the type."""
