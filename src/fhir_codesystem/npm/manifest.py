"""What a package says of itself: ``package.json``, stated or derived from what is in it.

https://hl7.org/fhir/R5/packages.html
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from fhir_codesystem.diagnostics import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from fhir_codesystem.codesystem.resource import CodeSystem
    from fhir_codesystem.codesystem.versions import FHIRVersion

NAME = re.compile(r"[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+")
NUMBER = r"(0|[1-9][0-9]*)"
VERSION = re.compile(rf"{NUMBER}\.{NUMBER}\.{NUMBER}(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?")
WANTED = re.compile(r"[0-9A-Za-z][0-9A-Za-z.*-]*")
"""The version of a package that another one depends on: a version, 1.0.x, current."""

MOST_CHARACTERS = 214
"""The longest name that NPM allows."""
MOST_TITLES = 10
SETTINGS = (*("name", "version", "title", "description", "author", "license", "canonical"),)
"""What can be stated of a package, beside its dependencies."""
NEEDED = ("name", "version", "canonical", "author")
DEPENDENCIES = "dependencies."
"""Settings of dependencies begin so, before the name of the package."""


class Manifest(NamedTuple):
    """``package.json`` as values, in order; what was derived; what nobody states nor anything says.

    ``derived`` says, by name, what each derived value of those that a package needs comes from.
    """

    values: dict[str, Any]
    derived: dict[str, str]
    lacking: tuple[str, ...]


def problem(setting: str, value: str) -> str | None:
    """Say what is wrong with the value of a setting; None where nothing is.

    ``setting`` is one of `SETTINGS`, or a dependency: `DEPENDENCIES` and the name of a package.
    """
    if not value.strip():
        return f"{setting} is blank"
    if setting.startswith(DEPENDENCIES):
        name = setting.removeprefix(DEPENDENCIES)
        if problem("name", name) is not None:
            return f"{quoted(name)} is no name of a package"
        return None if WANTED.fullmatch(value) else f"{quoted(value)} is no version of a package"
    if setting == "name" and (NAME.fullmatch(value) is None or len(value) > MOST_CHARACTERS):
        return (
            f"{quoted(value)} is no name of a FHIR package: two or more parts with dots between,"
            " each a small letter and then small letters, digits and dashes: org.example.fruit"
        )
    if setting == "version" and VERSION.fullmatch(value) is None:
        return f"{quoted(value)} is no version of a package: three numbers, and -LABEL: 1.0.0-beta"
    if setting == "canonical" and not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:\S+", value):
        return f"{quoted(value)} is no absolute URL"
    return None


def manifest(systems: Sequence[CodeSystem], stated: Mapping[str, str]) -> Manifest:
    """Make the ``package.json`` of a package of code systems, all of one FHIR version.

    ``stated`` are settings without a problem; what they lack is derived where it can be.
    """
    derived: dict[str, str] = {}
    values: dict[str, Any] = {}
    for name, (derive, of) in DERIVED.items():
        if name in stated:
            values[name] = stated[name]
        elif (value := derive(systems)) is not None:
            values[name] = value
            if name in NEEDED:
                derived[name] = of
    if "license" in stated:
        values["license"] = stated["license"]
    version = systems[0].version
    values |= {
        "type": "Conformance",
        "fhirVersions": [version.number],
        "dependencies": _core(version)
        | {
            name.removeprefix(DEPENDENCIES): value
            for name, value in sorted(stated.items())
            if name.startswith(DEPENDENCIES)
        },
    }
    lacking = tuple(name for name in NEEDED if name not in values)
    return Manifest({name: values[name] for name in ORDER if name in values}, derived, lacking)


ORDER = (
    *("name", "version", "title", "description", "type", "license", "author", "canonical"),
    *("fhirVersions", "dependencies"),
)


def _core(version: FHIRVersion) -> dict[str, str]:
    """The package of the specification itself."""
    return {f"hl7.fhir.{version.lower()}.core": version.number}


def _canonical(systems: Sequence[CodeSystem]) -> str | None:
    """Return what the URLs of all begin with: whole steps, the host at least; else None."""
    urls = [each.elements.get("url", "") for each in systems]
    bases = [re.sub(r"(/CodeSystem)?/[^/]*$", "", url).split("/") for url in urls]
    same = takewhile(lambda steps: len(set(steps)) == 1, zip(*bases, strict=False))
    common = "/".join(steps[0] for steps in same)
    return common if re.fullmatch(r"https?://[^/?#\s]+(/[^?#\s]*)?", common) else None


def _name(systems: Sequence[CodeSystem]) -> str | None:
    """Return the host backwards and the id: ``org.example.fruit``; several are ``codesystems``."""
    canonical = _canonical(systems)
    host = (urlsplit(canonical or "").hostname or "").split(".")
    last = systems[0].id if len(systems) == 1 else "codesystems"
    parts = [*reversed(host), re.sub(r"[^a-z0-9]+", "-", last.lower()).strip("-")]
    name = ".".join(parts)
    return name if canonical and problem("name", name) is None else None


def _version(systems: Sequence[CodeSystem]) -> str | None:
    """Return the version of all, if it is one; 1 and 1.0 are 1.0.0."""
    versions = {each.elements.get("version", "") for each in systems}
    version = min(versions)
    while re.fullmatch(r"[0-9]+(\.[0-9]+)?", version):
        version += ".0"
    return version if len(versions) == 1 and problem("version", version) is None else None


def _title(systems: Sequence[CodeSystem]) -> str | None:
    return str(systems[0].elements["title"]) if len(systems) == 1 else None


def _description(systems: Sequence[CodeSystem]) -> str:
    if len(systems) == 1:
        elements = systems[0].elements
        return str(elements.get("description", elements["title"]))
    titles = [each.elements["title"] for each in systems]
    more = len(titles) - MOST_TITLES
    named = ", ".join(titles[:MOST_TITLES])
    return f"Code systems: {named}" + (f" and {more:,} more" if more > 0 else "")


def _author(systems: Sequence[CodeSystem]) -> str | None:
    publishers = [each.elements["publisher"] for each in systems if "publisher" in each.elements]
    contacts = [each.get("name") for every in systems for each in every.elements.get("contact", [])]
    named = dict.fromkeys(filter(None, publishers or contacts))
    return ", ".join(named) or urlsplit(_canonical(systems) or "").hostname


DERIVED: dict[str, tuple[Callable[[Sequence[CodeSystem]], str | None], str]] = {
    "name": (_name, "from the host and the id"),
    "version": (_version, "from the code system's"),
    "title": (_title, "from the code system's"),
    "description": (_description, "from the code system's"),
    "canonical": (_canonical, "from the URL"),
    "author": (_author, "from the publisher, a contact or the host"),
}
"""What can be derived: how, and what is told of it."""
