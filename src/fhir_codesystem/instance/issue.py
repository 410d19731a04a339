"""What is wrong with a resource, in the terms of the official validator."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from fhir_codesystem.diagnostics import Severity

if TYPE_CHECKING:
    from fhir_codesystem.instance.element import Element

Path = tuple[str | int, ...]
"""The way to a value in JSON: ``("concept", 0, "code")``."""


VALUE: Path = ("value",)
"""The way to the attribute with the value of an element in XML."""


class Spot(NamedTuple):
    """Where an issue stands: a path in JSON, an offset in its text, or a line and a column.

    Line and column are those of an element in XML; with the path `VALUE` its value is meant.
    ``name`` says that the name of the member is meant, not its value; ``repeat`` which of the
    members of that name, 0 the first.
    """

    path: Path = ()
    name: bool = False
    repeat: int = 0
    line: int | None = None
    column: int | None = None
    offset: int | None = None


class Issue(NamedTuple):
    """One issue: the validator's message key or invariant, and where it is.

    ``expression`` is the place as the validator writes it: ``CodeSystem.concept[0].code``;
    ``part`` what the key is about where several of our rules share it (``caseSensitive``);
    ``first`` where what is repeated stands first.
    """

    key: str
    severity: Severity
    expression: str
    message: str
    spot: Spot
    hint: str | None = None
    part: str = ""
    first: Spot | None = None


ABOUT = {
    "CODESYSTEM_CS_COMPLETE_AND_EMPTY": "content",
    "CODESYSTEM_CS_SUPP_CANT_CHECK": "supplements",
    "CODESYSTEM_CS_SUPP_HIERARCHY_MEANING": "hierarchyMeaning",
    "CODESYSTEM_CS_SUPP_NO_SUPP": "content",
    "CODESYSTEM_CS_SUPP_TOO_MANY_CODES": "supplements",
    "CODESYSTEM_CS_VS_EXP_MISMATCH": "valueSet",
    "CODESYSTEM_CS_VS_INCLUDEDETAILS": "valueSet",
    "CODESYSTEM_CS_VS_INVALID": "valueSet",
    "CODESYSTEM_CS_VS_WRONGSYSTEM": "valueSet",
    "CODESYSTEM_THO_CHECK": "url",
    "DESCRIPTION_SAYS_DEPRECATED": "description",
    "VALIDATION_HL7_PUBLISHER_MISMATCH": "publisher",
    "VALIDATION_HL7_PUBLISHER_MISMATCH2": "publisher",
    "VALIDATION_VAL_STATUS_INCONSISTENT": "status",
    "VALIDATION_VAL_STATUS_INCONSISTENT_HINT": "status",
    "VALIDATION_VAL_VERSION_NOHASH": "version",
    "cnl-0": "name",
    "csd-0": "name",
    "csd-2": "concept",
    "csd-3": "concept",
    "csd-4": "content",
    "scs-1": "concept",
    "scs-2": "content",
}
"""What the validator tells of the whole, and the element it is about, at which it is told."""


@dataclass(slots=True)
class Issues:
    """The issues of one resource, as they are found."""

    found: list[Issue] = field(default_factory=list)

    def error(self, key: str, at: Element, message: str, hint: str | None = None) -> None:
        """Add an error at an element."""
        self.found.append(Issue(key, Severity.ERROR, at.path, message, _spot(key, at), hint))

    def again(self, key: str, at: Element, first: Element, message: str) -> None:
        """Add an error at an element that repeats what stands first at another one."""
        found = Issue(key, Severity.ERROR, at.path, message, at.spot, first=first.spot)
        self.found.append(found)

    def warning(self, key: str, at: Element, message: str, hint: str | None = None) -> None:
        """Add a warning at an element."""
        self.found.append(Issue(key, Severity.WARNING, at.path, message, _spot(key, at), hint))

    def information(self, key: str, at: Element, message: str, hint: str | None = None) -> None:
        """Add an information at an element."""
        self.found.append(Issue(key, Severity.INFORMATION, at.path, message, _spot(key, at), hint))

    def add(
        self, key: str, severity: Severity, at: Element, message: str, *, part: str = ""
    ) -> None:
        """Add an issue of a severity at an element."""
        self.found.append(Issue(key, severity, at.path, message, _spot(key, at), part=part))

    def placed(self, key: str, expression: str, at: Element, message: str) -> None:
        """Add an error at an element whose place the validator writes in a way of its own."""
        self.found.append(Issue(key, Severity.ERROR, expression, message, at.spot))

    def inside(
        self,
        key: str,
        severity: Severity,
        at: Element,
        name: str,
        message: str,
        hint: str | None = None,
    ) -> None:
        """Add an issue at a child of an element, which need not be there."""
        child = at.child(name) or at
        self.found.append(Issue(key, severity, f"{at.path}.{name}", message, child.spot, hint))

    def written(
        self, key: str, expression: str, message: str, spot: Spot, hint: str | None = None
    ) -> None:
        """Add an error in how the resource is written: of what may be no element."""
        self.found.append(Issue(key, Severity.ERROR, expression, message, spot, hint))


def _spot(key: str, at: Element) -> Spot:
    child = at.child(ABOUT[key]) if key in ABOUT else None
    return (child or at).spot
