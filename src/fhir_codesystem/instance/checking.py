"""A resource that somebody wrote, checked as it is: from its bytes to findings."""

from __future__ import annotations

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from typing import TYPE_CHECKING

from fhir_codesystem.diagnostics import Diagnostic, Location, Related
from fhir_codesystem.instance.acceptance import MOST_BYTES, in_utf8, too_large, too_many
from fhir_codesystem.instance.places import places_of
from fhir_codesystem.instance.verdict import judge
from fhir_codesystem.rules.registry import official
from fhir_codesystem.rules.structured import JSON_SYNTAX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fhir_codesystem.codesystem.versions import FHIRVersion
    from fhir_codesystem.instance.packages import Brought
    from fhir_codesystem.instance.verdict import Judged
    from fhir_codesystem.sources import Input
    from fhir_codesystem.tables.source import Source

KIND = re.compile(rb'"resourceType"\s*:\s*"(CodeSystem|ValueSet)"')
CONTAINED = re.compile(rb'"contained"\s*:')
MEMBERS = (b'"url"', b'"status"', b'"content"', b'"concept"')
XML = re.compile(rb"<(?:[\w.-]+:)?(CodeSystem|ValueSet)[\s>/]")
SYSTEM = re.compile(rb"<(?:[\w.-]+:)?CodeSystem[\s>/]")
NAMESPACE = b"http://hl7.org/fhir"
HEAD = 100_000
"""Bytes at the start of a file that say what it is."""
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


def is_resource(source: Source) -> bool:
    """Whether a source is a CodeSystem, or a ValueSet with one in it, in JSON or XML.

    An object that says of itself nothing and has the members of a CodeSystem is one that lacks
    its resourceType.
    """
    data = source.data
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        data = data.decode("utf-16", "ignore").encode("utf-8", "ignore")
    head = data[:HEAD]
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"<":
        kind = XML.search(head)
        if kind is None or NAMESPACE not in head:
            return False
        return kind[1] == b"CodeSystem" or SYSTEM.search(data) is not None
    if start not in (b"{", b"/"):
        return False
    kind = KIND.search(head)
    if kind is None:
        return b'"resourceType"' not in head and sum(name in head for name in MEMBERS) > 2
    if kind[1] == b"ValueSet" or CONTAINED.search(head[: kind.start()]):
        return KIND.search(head) is not None and b'"CodeSystem"' in data
    return True


def refused(source: Input) -> Diagnostic | None:
    """Tell that a source is a resource too large to be judged; only its beginning is read.

    Raises EnvironmentProblem where that cannot be done.
    """
    size = source.size()
    if size <= MOST_BYTES:
        return None
    beginning = source.beginning(HEAD)
    known = beginning is not None and is_resource(beginning)
    return too_large(source.path, size) if known else None


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
