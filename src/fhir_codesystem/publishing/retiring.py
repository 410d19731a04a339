"""Retiring what a server has: its status becomes retired, and nothing else; nothing is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fhir_codesystem.diagnostics import quoted
from fhir_codesystem.errors import EnvironmentProblem
from fhir_codesystem.publishing.artifact import RESOURCE_TYPES, held
from fhir_codesystem.publishing.client import ServerProblem
from fhir_codesystem.publishing.difference import difference, walk
from fhir_codesystem.publishing.finding import is_of, overtaken, search, stored, versions
from fhir_codesystem.publishing.planning import Action, Step, require_server
from fhir_codesystem.publishing.values import dicts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from fhir_codesystem.publishing.capabilities import Capabilities
    from fhir_codesystem.publishing.client import Client

SUBSETTED = "SUBSETTED"
"""The tag of what a server gives in part (https://hl7.org/fhir/R4/search.html#elements)."""


def plan(
    client: Client, capabilities: Capabilities, canonicals: Sequence[str], today: date
) -> tuple[Step, ...]:
    """Say what is to be done with each of some URLs with versions (``URL|VERSION``).

    What is retired gets the date of ``today``: that of the last change of the status
    (https://hl7.org/fhir/R4/codesystem-definitions.html#CodeSystem.date). Raises ServerProblem,
    and EnvironmentProblem where the server has none of a URL and version.
    """
    require_server(client, capabilities, RESOURCE_TYPES[:1])
    kinds = [each for each in RESOURCE_TYPES if capabilities.of(each).can_be_asked]
    steps: list[Step] = []
    for canonical in dict.fromkeys(canonicals):
        url, _, version = canonical.partition("|")
        found = [
            step for kind in kinds for step in _retired(client, kind, url, version or None, today)
        ]
        if not found:
            raise EnvironmentProblem(_missing(client, kinds, url, version))
        steps += found
    for kind in dict.fromkeys(step.artifact.resource_type for step in steps if step.writes):
        if not capabilities.of(kind).can_write:
            raise ServerProblem(f"{client.target.address} lets nobody change a {kind}")
    return tuple(steps)


def _retired(
    client: Client, kind: str, url: str, version: str | None, today: date
) -> Iterator[Step]:
    """Yield what is to be done with a resource; more than one of a version are refused."""
    ids = sorted(search(client, kind, url, version))
    for server_id in ids:
        theirs, etag = stored(client, kind, server_id)
        place = f"{kind}/{server_id}"
        if not is_of(theirs, kind, url, version):
            raise ServerProblem(
                f"{client.target.address}/{place} is not what a search says that it is"
            )
        ours = theirs | {"status": "retired", "date": today.isoformat()}
        artifact = held(place, ours)
        if len(ids) > 1:
            reason = f"the server has {len(ids)} of this url and version"
            yield Step(artifact, Action.REFUSE, reason, server_id, etag)
        elif theirs.get("status") == "retired":
            same = held(place, theirs)
            yield Step(same, Action.UNCHANGED, "it is retired already", server_id, etag)
        elif lack := _lack(theirs):
            reason = f"the server gives {lack}, and would store no more"
            yield Step(artifact, Action.REFUSE, reason, server_id, etag)
        else:
            found = difference(theirs, ours)
            warning = overtaken(version, versions(client, kind, url))
            reason = f"the server's is {theirs.get('status')}{warning}"
            yield Step(artifact, Action.UPDATE, reason, server_id, etag, found)


def _lack(theirs: dict[str, Any]) -> str:
    """Say what of a resource a server keeps to itself, as far as it tells."""
    if any(tag.get("code") == SUBSETTED for tag in dicts(theirs.get("meta"), "tag")):
        return f"a part of it ({SUBSETTED})"
    stated, found = theirs.get("count"), sum(1 for _ in walk(theirs))
    if theirs.get("content") != "complete" or stated is None or stated == found:
        return ""
    return f"{found:,} of {stated} concepts"


def _missing(client: Client, kinds: Sequence[str], url: str, version: str) -> str:
    has = dict.fromkeys(each for kind in kinds for each in versions(client, kind, url))
    which = f"version {quoted(version)} of {url}" if version else f"{url} without a version"
    beside = f"; it has {', '.join(has)}" if has else ""
    return f"{client.target.address} has no {which}{beside}"
