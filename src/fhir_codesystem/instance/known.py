"""Code systems and value sets that are known besides the resource that is checked.

The specification's own, and those of packages that were named.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fhir_codesystem.instance.definitions import Definitions


@dataclass(frozen=True, slots=True)
class System:
    """A code system that is known: what is asked of it.

    ``properties`` are the URIs of its properties, with the value set of their codes where one is
    stated. ``codes`` have the value set to which a concept binds, or None. ``complete`` is false
    where not all codes are here.
    """

    properties: Mapping[str, str | None] = field(default_factory=dict)
    codes: Mapping[str, str | None] = field(default_factory=dict)
    displays: Mapping[str, str] = field(default_factory=dict)
    complete: bool = True
    count: int = 0
    hierarchy_meaning: str | None = None
    value_set: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class ValueSet:
    """A value set that is known: its includes as (system, whether it is the whole of it)."""

    includes: tuple[tuple[str | None, bool], ...] = ()
    expanded: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known; what packages bring goes before the specification's own."""

    definitions: Definitions
    systems: Mapping[str, System] = field(default_factory=dict)
    value_sets: Mapping[str, ValueSet] = field(default_factory=dict)

    def system(self, url: str) -> System | None:
        """Return a code system by its URL (of a version: after |), if it is known."""
        bare, _, version = url.partition("|")
        if bare in self.systems:
            return self.systems[bare]
        if version and version != self.definitions.number:
            return None
        return self.definitions.system(bare)

    def value_set(self, url: str) -> ValueSet | None:
        """Return a value set by its URL, if it is known."""
        bare = url.partition("|")[0]
        if bare in self.value_sets:
            return self.value_sets[bare]
        return self.definitions.value_set(bare)
