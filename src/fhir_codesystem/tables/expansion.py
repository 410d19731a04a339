"""The expansion of a ValueSet, as far as it says what a code system holds.

https://hl7.org/fhir/R5/valueset-definitions.html#ValueSet.expansion. An expansion may hold the
codes of several systems, and groups without a code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fhir_codesystem.diagnostics import quoted
from fhir_codesystem.tables.choosing import Choice, choose
from fhir_codesystem.tables.document import value_at
from fhir_codesystem.tables.fhirconcepts import EXPANSION, Concepts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.tables.document import Document
    from fhir_codesystem.tables.jsontext import Path
    from fhir_codesystem.tables.source import Wanted

STANDARD = "http://hl7.org/fhir/concept-properties#"


def entries(listed: list[Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Walk all entries of an expansion in pre-order, each with its path from ``contains`` on."""
    waiting: list[tuple[Path, Iterator[tuple[int, Any]]]] = [((), enumerate(listed))]
    while waiting:
        around, rest = waiting[-1]
        step = next(rest, None)
        if step is None:
            waiting.pop()
            continue
        index, entry = step
        path = (*around, "contains", index)
        if isinstance(entry, dict):
            yield path, entry
            below = entry.get("contains")
            if isinstance(below, list):
                waiting.append((path, enumerate(below)))


def system_of(
    document: Document, listed: list[Any], wanted: Wanted
) -> tuple[str | None, list[Diagnostic]]:
    """Return the system whose codes are read: the only one, or the one that is wanted."""
    first: dict[str, Path] = {}
    for path, entry in entries(listed):
        system = entry.get("system")
        if isinstance(system, str) and system not in first:
            first[system] = ("expansion", *path, "system")
    if not first:
        first[""] = ("expansion", "contains")
    choices = [Choice(path, (system,)) for system, path in first.items()]
    choice, found = choose(document, choices, wanted, "code systems")
    return (choice.names[0] if choice else None), found


def concepts_of(system: str) -> Concepts:
    """Return what collects the codes of one system and notes what else there is."""

    def refused(entry: dict[str, Any]) -> str | None:
        if "code" not in entry:
            return "a group without a code"
        other = entry.get("system", "")
        return None if other == system else f"a code of {quoted(str(other))}"

    return Concepts(EXPANSION, refused)


def stated(system: str, resource: dict[str, Any], concepts: Concepts) -> dict[str, Any]:
    """Return what an expansion says of a code system: its URL, its version, its properties."""
    listed = value_at(resource, ("expansion", "contains"))
    mine = (entry for _, entry in entries(listed) if entry.get("system", "") == system)
    versions = {entry["version"] for entry in mine if isinstance(entry.get("version"), str)}
    elements: dict[str, Any] = {"url": system} if system else {}
    if len(versions) == 1:
        elements["version"] = versions.pop()
    elements["content"] = "fragment"
    if declared := _declared(resource, concepts):
        elements["property"] = declared
    return elements


def _declared(resource: dict[str, Any], concepts: Concepts) -> list[dict[str, str]]:
    """Declare the properties that the concepts have, each by the type it has first."""
    uris = {code: STANDARD + code for code in EXPANSION.flags.values()}
    listed = value_at(resource, ("expansion", "property"))
    for each in listed if isinstance(listed, list) else ():
        code, uri = value_at(each, ("code",)), value_at(each, ("uri",))
        if isinstance(code, str) and isinstance(uri, str):
            uris.setdefault(code, uri)
    types: dict[str, str] = {}
    for _, code, kind, _ in concepts.properties:
        types.setdefault(code, kind)
    return [
        {"code": code, **({"uri": uris[code]} if code in uris else {}), "type": kind}
        for code, kind in types.items()
    ]
