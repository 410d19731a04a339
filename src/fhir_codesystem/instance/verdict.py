"""The verdict on a resource, as the official HL7 validator would give it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fhir_codesystem.instance import fromjson, invariants, resource
from fhir_codesystem.instance.definitions import definitions_of
from fhir_codesystem.instance.issue import Issues, Spot
from fhir_codesystem.instance.jsonvalues import parse
from fhir_codesystem.instance.known import Known
from fhir_codesystem.instance.structure import Walk

if TYPE_CHECKING:
    from fhir_codesystem.codesystem.versions import FHIRVersion
    from fhir_codesystem.instance.issue import Issue
    from fhir_codesystem.instance.jsonvalues import Parsed

KINDS = frozenset(("CodeSystem",))


@dataclass(frozen=True, slots=True)
class Judged:
    """A resource's issues, with the text and its values, in which they have their places."""

    issues: list[Issue]
    text: str
    parsed: Parsed


def verdict(
    data: bytes, name: str, version: FHIRVersion, *, publication: bool = False
) -> list[Issue]:
    """Return the issues of a resource: JSON, or XML where it begins with <.

    ``publication`` asks for what holds for resources that are to be published as well. Bad
    content never raises.
    """
    return judge(data, name, version, publication=publication).issues


def judge(
    data: bytes,
    name: str,  # noqa: ARG001
    version: FHIRVersion,
    *,
    publication: bool = False,
) -> Judged:
    """Return the issues of a resource with what is needed to find their places."""
    issues = Issues()
    definitions = definitions_of(version)
    text = data.decode("utf-8-sig", "replace")
    parsed = parse(text)
    if parsed.broken is not None:
        spot = Spot(offset=parsed.broken.offset)
        message = parsed.broken.message
        issues.written("ERROR_PARSING_JSON_", "", message, spot, parsed.broken.hint)
        return Judged(issues.found, text, parsed)
    root = fromjson.read(parsed, definitions, KINDS, issues)
    if root is not None:
        year = datetime.datetime.now(tz=datetime.UTC).year
        known = Known(definitions)
        walk = Walk(version, definitions, issues, root, known, year, publication)
        resource.check(root, walk)
        walk.check(root)
        invariants.check(root, walk)
        resource.check_contained(root, walk)
        resource.check_ids(root, walk)
        resource.check_profiles(root, walk)
    return Judged(issues.found, text, parsed)
