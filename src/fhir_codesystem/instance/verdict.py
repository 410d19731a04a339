"""The verdict on a resource, as the official HL7 validator would give it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fhir_codesystem.instance import encoding, fromjson, fromxml, invariants, narrative, resource
from fhir_codesystem.instance.definitions import definitions_of
from fhir_codesystem.instance.issue import Issues, Spot
from fhir_codesystem.instance.jsonvalues import Parsed, deepest, parse
from fhir_codesystem.instance.known import Known
from fhir_codesystem.instance.packages import Brought
from fhir_codesystem.instance.structure import Walk

if TYPE_CHECKING:
    from fhir_codesystem.codesystem.versions import FHIRVersion
    from fhir_codesystem.instance.definitions import Definitions
    from fhir_codesystem.instance.element import Element
    from fhir_codesystem.instance.issue import Issue

KINDS = frozenset(("CodeSystem", "ValueSet"))


@dataclass(frozen=True, slots=True)
class Judged:
    """A resource's issues, with the text and its values, in which they have their places."""

    issues: list[Issue]
    text: str
    parsed: Parsed


def verdict(
    data: bytes,
    name: str,
    version: FHIRVersion,
    *,
    packages: Brought | None = None,
    publication: bool = False,
) -> list[Issue]:
    """Return the issues of a resource: JSON, or XML where it begins with <.

    ``packages`` are at hand besides the specification. ``publication`` asks for what holds for
    resources that are to be published as well. Bad content never raises.
    """
    return judge(data, name, version, packages=packages, publication=publication).issues


def judge(
    data: bytes,
    name: str,
    version: FHIRVersion,
    *,
    packages: Brought | None = None,
    publication: bool = False,
) -> Judged:
    """Return the issues of a resource with what is needed to find their places."""
    issues = Issues()
    definitions = definitions_of(version)
    parsed = Parsed()
    root: Element | None = None
    of_xml = encoding.is_xml(data, name)
    if of_xml:
        text = encoding.decoded(data)
        root = fromxml.read(data, definitions, KINDS, issues)
    else:
        text = data.decode("utf-8-sig", "replace")
        parsed = parse(text)
    year = dt.datetime.now(tz=dt.UTC).year
    known = Known(definitions, packages or Brought())
    try:
        if not of_xml:
            root = _from_json(parsed, definitions, issues)
        if root is not None:
            _check(root, Walk(version, definitions, issues, root, known, year, publication))
    except RecursionError:
        issues = Issues()
        message = "so many elements stand inside each other that they are not judged"
        issues.written("ERROR_PARSING_JSON_", "", message, Spot(offset=deepest(text)))
    return Judged(issues.found, text, parsed)


def _from_json(parsed: Parsed, definitions: Definitions, issues: Issues) -> Element | None:
    if parsed.broken is None:
        return fromjson.read(parsed, definitions, KINDS, issues)
    spot = Spot(offset=parsed.broken.offset)
    issues.written("ERROR_PARSING_JSON_", "", parsed.broken.message, spot, parsed.broken.hint)
    return None


def _check(root: Element, walk: Walk) -> None:
    """Check a CodeSystem with all in it; of another resource the code systems it contains."""
    contained = root.all("contained")
    for each in (root, *contained):
        narrative.read(each, walk.issues)
    if root.type != "CodeSystem":
        for each in contained:
            if each.type == "CodeSystem":
                walk.check_contained(each)
        return
    resource.check(root, walk)
    walk.check(root)
    invariants.check(root, walk)
    resource.check_contained(root, walk)
    resource.check_ids(root, walk)
    resource.check_profiles(root, walk)
