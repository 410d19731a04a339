"""A resource that somebody wrote, checked as it is: from its bytes to findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fhir_codesystem.diagnostics import Diagnostic, Location, Related
from fhir_codesystem.instance.acceptance import in_utf8, too_large, too_many
from fhir_codesystem.instance.places import places_of
from fhir_codesystem.instance.verdict import judge
from fhir_codesystem.rules.registry import official
from fhir_codesystem.rules.structured import JSON_SYNTAX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fhir_codesystem.codesystem.versions import FHIRVersion
    from fhir_codesystem.instance.packages import Brought
    from fhir_codesystem.instance.verdict import Judged
    from fhir_codesystem.tables.source import Source

BETTER_SAID = {
    "csd-1": "CODESYSTEM_DUPLICATE_CODE",
    "csd-4": "CODESYSTEM_CS_HL7_PRESENT_ELEMENT_SUPPL_MISSING",
    "CODESYSTEM_CS_SUPP_NO_SUPP": "CODESYSTEM_CS_HL7_PRESENT_ELEMENT_SUPPL_MISSING",
}
"""What says of the whole what another key says of the same defect at its place."""
OWN = {"own-control": JSON_SYNTAX}
"""The rules of what the official validator lets pass, and other programs do not."""
MOST_CHARACTERS = 1000
"""Characters of a message: names and values of the resource in it may be of any length."""


def findings(
    source: Source,
    version: FHIRVersion,
    *,
    packages: Brought | None = None,
    publication: bool = False,
) -> list[Diagnostic]:
    """Return what the official validator would find, each at its line and column.

    JSON in another encoding than UTF-8 is an error, and is read all the same where it can be.
    """
    large = too_large(source.path, len(source.data)) or too_many(source)
    if large is not None:
        return [large]
    readable, found = in_utf8(source)
    if readable is None:
        return found
    data, path = readable.data, source.path
    judged = judge(data, path, version, packages=packages, publication=publication)
    return [*found, *_told(judged, path)]


def _told(judged: Judged, path: str) -> Iterator[Diagnostic]:
    spots = (spot for each in judged.issues for spot in (each.spot, each.first) if spot)
    places = places_of(judged.text, judged.parsed, spots)
    keys = {issue.key for issue in judged.issues}
    seen = set()
    for issue in judged.issues:
        if BETTER_SAID.get(issue.key) in keys:
            continue
        rule = OWN.get(issue.key) or official(issue.key, issue.part)
        message, hint = _short(issue.message), issue.hint and _short(issue.hint)
        line, column = places[issue.spot]
        first = issue.first and Location(path, *places[issue.first])
        told = (rule.number, line, column, message)
        if told in seen:
            continue
        seen.add(told)
        yield rule.at(
            Location(path, line, column),
            message,
            severity=issue.severity,
            hint=hint,
            related=(Related(first, "first here"),) if first else (),
            expression=issue.expression or None,
            official=issue.key not in OWN,
        )


def _short(text: str) -> str:
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "…"
