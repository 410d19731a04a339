"""FHIR packages that are at hand: what they define goes before the specification's own.

A package is an archive (.tgz) with its resources in ``package/``, or a folder with them:
https://hl7.org/fhir/R5/packages.html.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from fhir_codesystem.diagnostics import shown
from fhir_codesystem.errors import EnvironmentProblem
from fhir_codesystem.instance import described
from fhir_codesystem.npm.reading import files

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

KINDS = frozenset(("CodeSystem", "ValueSet", "StructureDefinition"))
NO_DEFINITION = (KeyError, TypeError, AttributeError, ValueError, IndexError)
"""What reading a resource that is no definition ends in: it is not known then."""


@dataclass(slots=True)
class Brought:
    """What packages bring, by URL, as `described` keeps it; of two of a URL the first stands."""

    systems: dict[str, dict[str, Any]] = field(default_factory=dict)
    value_sets: dict[str, list[list[Any]]] = field(default_factory=dict)
    expanded: dict[str, int] = field(default_factory=dict)
    extensions: dict[str, dict[str, Any]] = field(default_factory=dict)
    profiles: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    urls: set[str] = field(default_factory=set)


def read(paths: Iterable[Path]) -> Brought:
    """Read packages; raises EnvironmentProblem for what is none."""
    brought = Brought()
    for path in paths:
        found = 0
        for _, data in files(path):
            try:
                resource = orjson.loads(data)
                found += _add(resource, brought)
            except NO_DEFINITION:
                continue
        if not found:
            message = f"{shown(path)} is no FHIR package: there is no definition in it"
            raise EnvironmentProblem(message)
    return brought


def add(resources: Iterable[Any], brought: Brought) -> None:
    """Add resources that are at hand without a package."""
    for resource in resources:
        with suppress(*NO_DEFINITION):
            _add(resource, brought)


def _add(resource: Any, brought: Brought) -> bool:
    """Add a resource; returns whether it is one that is looked at."""
    kind, url = resource.get("resourceType"), resource.get("url")
    if kind is None:
        return False
    if not isinstance(url, str) or url in brought.urls:
        return kind in KINDS
    if kind == "CodeSystem":
        brought.systems[url] = described.system(resource)
    elif kind == "ValueSet":
        brought.value_sets[url] = described.value_set(resource)
        if "expansion" in resource:
            brought.expanded[url] = len(resource["expansion"].get("contains", []))
    elif kind == "StructureDefinition" and resource.get("derivation") == "constraint":
        if resource["type"] == "Extension":
            brought.extensions[url] = described.extension(resource)
        elif resource["type"] == "CodeSystem":
            brought.profiles[url] = described.profile(resource)
    brought.urls.add(url)
    return True
