"""Code systems, value sets, extensions and profiles that are known besides the resource.

The specification's own, and those of packages that are at hand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from fhir_codesystem.instance.described import DISPLAYS
from fhir_codesystem.instance.packages import Brought

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


@dataclass(frozen=True)
class Known:
    """All that is known; what packages bring goes before the specification's own."""

    definitions: Definitions
    brought: Brought = field(default_factory=Brought)

    def system(self, url: str) -> System | None:
        """Return a code system by its URL (of a version: after |), if it is known."""
        bare, _, version = url.partition("|")
        described = self.brought.systems.get(bare)
        if described is None and (not version or version == self.definitions.number):
            described = self.definitions.systems.get(bare)
        return None if described is None else _system(described)

    def value_set(self, url: str) -> ValueSet | None:
        """Return a value set by its URL, if it is known."""
        bare = url.partition("|")[0]
        includes = self.includes(bare)
        if includes is None:
            return None
        whole = tuple((system, all_of) for system, all_of, _ in includes)
        return ValueSet(whole, self.brought.expanded.get(bare))

    def includes(self, url: str) -> list[tuple[str | None, bool, str | None]] | None:
        """List what a value set includes: system, whether the whole of it, version."""
        found = self.brought.value_sets.get(url)
        if found is None:
            found = self.definitions.value_sets.get(url)
        return None if found is None else [(each[0], each[1], each[2]) for each in found]

    @cached_property
    def extensions(self) -> dict[str, dict[str, Any]]:
        """The definitions of extensions by URL."""
        return self.definitions.extensions | self.brought.extensions

    @cached_property
    def profiles(self) -> dict[str, dict[str, list[str]]]:
        """The profiles of CodeSystem by URL: what they require, by the path of the element."""
        return self.definitions.profiles | self.brought.profiles

    def defines(self, url: str) -> bool:
        """Whether a canonical URL is of something that is known."""
        return url in self.brought.urls or url in self.definitions.urls


def _system(described: dict[str, Any]) -> System:
    return System(
        properties=described.get("properties", {}),
        codes=described.get("codes", {}),
        displays=described.get(DISPLAYS, {}),
        complete=described.get("content") == "complete",
        count=described.get("count", 0),
        hierarchy_meaning=described.get("hierarchyMeaning"),
        value_set=described.get("valueSet"),
        language=described.get("language"),
    )
