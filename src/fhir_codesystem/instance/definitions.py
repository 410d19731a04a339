"""The definitions of a FHIR version: what a CodeSystem and the types in it are made of.

The files in ``data/`` are made of the official ones by tests/official/definitions.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from fhir_codesystem.codesystem.versions import FHIRVersion

CORE = "http://hl7.org/fhir/StructureDefinition/"


@dataclass(frozen=True, slots=True)
class Definition:
    """An element's definition: ``most`` is None where there may be any number.

    ``name`` is the element's own (``value[x]``), ``path`` the whole (``CodeSystem.concept.code``).
    """

    name: str
    path: str
    least: int
    most: int | None
    types: tuple[str, ...]
    strength: str | None = None
    value_set: str | None = None
    targets: tuple[str, ...] = ()

    @property
    def many(self) -> bool:
        """Whether JSON writes an array."""
        return self.most is None or self.most > 1

    @property
    def choice(self) -> bool:
        """Whether the type is part of the name: ``valueString``."""
        return self.name.endswith("[x]")


@dataclass(slots=True)
class Structure:
    """A type: its kind as StructureDefinition has it, its elements by name.

    ``members`` are the elements by their names in JSON, with the type of each; ``order`` gives the
    place of each element among them, which XML holds to.
    """

    name: str
    kind: str
    elements: dict[str, Definition]
    regex: re.Pattern[str] | None = None
    members: dict[str, tuple[Definition, Structure]] = field(default_factory=dict)
    required: tuple[Definition, ...] = ()
    order: dict[str, int] = field(default_factory=dict)

    @property
    def primitive(self) -> bool:
        """Whether its JSON is a single value."""
        return self.kind == "primitive-type"


class Definitions:
    """All definitions of one version."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._data = data
        self.resources: frozenset[str] = frozenset(data["resources"])
        self.extensions: dict[str, dict[str, Any]] = data["extensions"]
        self.structures = {name: _structure(name, of) for name, of in data["structures"].items()}
        for structure in self.structures.values():
            structure.members = dict(self._members(structure))

    @cached_property
    def systems(self) -> dict[str, dict[str, Any]]:
        """The code systems that the specification brings, as `described` keeps them."""
        systems: dict[str, dict[str, Any]] = orjson.loads(_file(f"{self._data['version']}-codes"))
        return systems

    @property
    def value_sets(self) -> dict[str, list[list[Any]]]:
        """The value sets that the specification brings, as `described` keeps them."""
        sets: dict[str, list[list[Any]]] = self._data["valueSets"]
        return sets

    @property
    def deprecated(self) -> list[str]:
        """The URLs of bound value sets that HL7 has deprecated."""
        urls: list[str] = self._data["deprecated"]
        return urls

    @property
    def unresolved(self) -> list[str]:
        """The URLs of bound value sets that are made of others which are not there."""
        urls: list[str] = self._data["unresolved"]
        return urls

    @property
    def drafts(self) -> list[str]:
        """The URLs of value sets of extensions whose code system is a draft."""
        urls: list[str] = self._data["drafts"]
        return urls

    @property
    def number(self) -> str:
        """The number of the FHIR version, which all that it brings bears."""
        return {"R4": "4.0.1", "R4B": "4.3.0", "R5": "5.0.0"}[self._data["version"]]

    @cached_property
    def urls(self) -> frozenset[str]:
        """The canonical URLs of all that the specification brings."""
        return frozenset((*self._data["urls"], *self._data["valueSets"]))

    @property
    def profiles(self) -> dict[str, dict[str, list[str]]]:
        """The profiles of CodeSystem: what they require, by the path of the element it is in."""
        required: dict[str, dict[str, list[str]]] = self._data["profiles"]
        return required

    def members(self, url: str) -> frozenset[str] | None:
        """Return the names of the elements directly in a type of the specification, by its URL."""
        names = self._data["members"].get(url.removeprefix(CORE))
        return None if names is None or not url.startswith(CORE) else frozenset(names)

    def foreign(self, name: str) -> Structure:
        """Return a resource type of which no more is known than all resources have."""
        base = self.structures["Resource"]
        return Structure(name, "resource", base.elements, members=base.members)

    def holder(self, name: str) -> Structure:
        """Return a resource type of which no more is looked at than what it contains."""
        contained = self.structures["CodeSystem"].members["contained"]
        return Structure(name, "resource", {}, members={"contained": contained})

    def codes(self, value_set: str) -> dict[str | None, frozenset[str]] | None:
        """Return the codes of a bound value set by system; None where they are not listed."""
        listed = self._data["codes"].get(value_set)
        if listed is None:
            return None
        systems: dict[str | None, frozenset[str]] = {}
        for system, codes in listed:
            systems[system] = systems.get(system, frozenset()) | frozenset(codes)
        return systems

    def _members(self, structure: Structure) -> list[tuple[str, tuple[Definition, Structure]]]:
        named = []
        for definition in structure.elements.values():
            for kind in definition.types:
                of = self.structures.get(kind)
                if of is not None:
                    named.append((json_name(definition, kind), (definition, of)))
        return named


def json_name(definition: Definition, kind: str) -> str:
    """Return the name of an element's member in JSON: ``valueString``."""
    if not definition.choice:
        return definition.name
    return definition.name[:-3] + kind[0].upper() + kind[1:]


@cache
def definitions_of(version: FHIRVersion) -> Definitions:
    """Read the definitions of a version."""
    return Definitions(orjson.loads(_file(version.value)))


def _file(name: str) -> bytes:
    return (files("fhir_codesystem.instance") / "data" / f"{name}.json").read_bytes()


def _structure(name: str, of: dict[str, Any]) -> Structure:
    elements = {}
    for own, each in of["elements"].items():
        if each["max"] == "0":
            continue
        binding = each.get("binding", (None, None))
        elements[own] = Definition(
            name=own,
            path=f"{name}.{own}",
            least=each["min"],
            most=None if each["max"] == "*" else int(each["max"]),
            types=(each["same"],) if "same" in each else tuple(each["types"]),
            strength=binding[0],
            value_set=binding[1],
            targets=tuple(each.get("targets", ())),
        )
    regex = re.compile(of["regex"], re.ASCII) if "regex" in of else None
    required = tuple(each for each in elements.values() if each.least)
    order = {own: at for at, own in enumerate(elements)}
    return Structure(name, of["kind"], elements, regex, required=required, order=order)
