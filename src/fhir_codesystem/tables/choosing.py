"""Which of several things in one source is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fhir_codesystem.diagnostics import MOST, Location, quoted
from fhir_codesystem.rules.structured import SEVERAL_SOURCES
from fhir_codesystem.tables.document import locate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.tables.document import Located
    from fhir_codesystem.tables.jsontext import Path
    from fhir_codesystem.tables.source import Wanted


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several things that concepts may be read from: where it stands, how it is called."""

    path: Path
    names: tuple[str, ...]


def choose(
    document: Located, choices: Sequence[Choice], wanted: Wanted, kinds: str
) -> tuple[Choice | None, list[Diagnostic]]:
    """Take what is wanted of several things, or the only one; tell where that is not certain."""
    named = ", ".join(quoted(choice.names[0] if choice.names else "?") for choice in choices[:MOST])
    if wanted.table is not None:
        number = int(wanted.table) if wanted.table.isdecimal() and len(wanted.table) < 9 else 0
        if 0 < number <= len(choices):
            return choices[number - 1], []
        matching = [choice for choice in choices if wanted.table in choice.names]
        if len(matching) == 1:
            return matching[0], []
        message = f"{quoted(wanted.table)} is not among the {kinds}: {named}"
        if matching:
            message = f"{len(matching)} {kinds} are called {quoted(wanted.table)}; say a number"
        place = wanted.table_place or Location(document.path)
        return None, [SEVERAL_SOURCES.at(place, message, hint=SEVERAL_SOURCES.fix)]
    if len(choices) == 1:
        return choices[0], []
    place = locate(document, [choices[1].path])[0]
    message = f"there are {len(choices)} {kinds}: {named}"
    return None, [SEVERAL_SOURCES.at(place, message, hint=SEVERAL_SOURCES.fix)]
