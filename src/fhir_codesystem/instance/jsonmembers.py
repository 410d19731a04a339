"""The members of an object in JSON: which elements they are, and which are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from fhir_codesystem.diagnostics import quoted
from fhir_codesystem.instance.issue import Issues, Spot
from fhir_codesystem.metadata.document import did_you_mean

if TYPE_CHECKING:
    from fhir_codesystem.instance.definitions import Definition, Structure
    from fhir_codesystem.instance.element import Element
    from fhir_codesystem.instance.issue import Path

Pairs = tuple[tuple[str, Any], ...]
"""The members of an object as they stand: names and values."""


class Member(NamedTuple):
    """A member of an object by its plain name: whose it is, what it is.

    ``around`` is the expression of the object, ``inside`` that of what stands in the member.
    """

    name: str
    element: Element
    definition: Definition
    structure: Structure
    around: str
    inside: str

    @property
    def path(self) -> Path:
        """The way to its value."""
        return (*self.element.json_path, self.name)

    @property
    def fork(self) -> Path:
        """The way to what stands beside its value (``_name``)."""
        return (*self.element.json_path, f"_{self.name}")


def by_name(
    pairs: Pairs, element: Element, expression: str, issues: Issues
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Sort the members into values and what stands beside them (``_name``), by plain names."""
    mains: dict[str, Any] = {}
    forks: dict[str, Any] = {}
    members = element.structure.members
    seen: dict[str, int] = {}
    chosen: dict[str, str] = {}
    root = element.structure.kind == "resource"
    for name, value in pairs:
        plain = name[1:] if name[:1] == "_" else name
        known = members.get(plain)
        if known is None or (plain is not name and not known[1].primitive):
            if not (root and name in ("resourceType", "resourceDefinition")):
                _unknown(name, element, expression, issues)
            continue
        if name in seen:
            spot = Spot((*element.json_path, name), name=True, repeat=seen[name])
            seen[name] += 1
            message = f"{quoted(name)} stands here again; the first one counts"
            issues.written("DUPLICATE_JSON_PROPERTY_KEY", expression, message, spot)
            continue
        seen[name] = 1
        definition = known[0]
        if definition.choice and chosen.setdefault(definition.name, plain) != plain:
            _unknown(name, element, expression, issues)
            continue
        (forks if plain is not name else mains)[plain] = value
    return mains, forks


def _unknown(name: str, element: Element, expression: str, issues: Issues) -> None:
    structure = element.structure
    spot = Spot((*element.json_path, name), name=True)
    known = [*structure.members, *(["resourceType"] if element.parent is None else [])]
    hint = did_you_mean(name, known)
    message = f"{structure.name} has no element {quoted(name)}"
    issues.written("UNRECOGNISED_PROPERTY_", expression, message, spot, hint)
