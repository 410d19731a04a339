"""What is to be done with each artifact at a server, and why; nothing is written here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from fhir_codesystem.errors import EnvironmentProblem
from fhir_codesystem.publishing.client import ServerProblem
from fhir_codesystem.publishing.difference import Difference, difference

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fhir_codesystem.publishing.artifact import Artifact
    from fhir_codesystem.publishing.capabilities import Capabilities
    from fhir_codesystem.publishing.client import Client

PAGES = 100
"""Pages of one search that are read; more than that is no search for one code system."""


class Action(StrEnum):
    """What is to be done with an artifact."""

    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done with one artifact.

    ``server_id`` and ``etag`` are of the resource that the server has; for one that is to be
    created ``server_id`` is the id to put it under, or None where the server chooses.
    """

    artifact: Artifact
    action: Action
    reason: str
    server_id: str | None = None
    etag: str | None = None
    difference: Difference = field(default_factory=Difference)

    @property
    def writes(self) -> bool:
        """Whether the server is to be changed."""
        return self.action in {Action.CREATE, Action.UPDATE}


def plan(
    client: Client, capabilities: Capabilities, artifacts: Iterable[Artifact]
) -> tuple[Step, ...]:
    """Say what is to be done with each artifact.

    Raises ServerProblem where the server cannot be published to at all, and EnvironmentProblem
    where two artifacts are of the same url and version.
    """
    if capabilities.release is None:
        stated = capabilities.fhir or "none"
        raise ServerProblem(f"{client.target.address} states FHIR version {stated}, not R4 or R5")
    if not {"read", "search-type"} <= set(capabilities.interactions):
        raise ServerProblem(
            f"{client.target.address} cannot be asked for code systems; "
            f"it states {_stated(capabilities)}"
        )
    artifacts = tuple(artifacts)
    seen: dict[str, Artifact] = {}
    for each in artifacts:
        if (other := seen.setdefault(each.canonical, each)) is not each:
            raise EnvironmentProblem(
                f"{other.path} and {each.path} are both {each.canonical}; one can be published"
            )
    steps = tuple(plan_one(client, capabilities, each) for each in artifacts)
    if any(step.writes for step in steps) and not capabilities.can_write:
        raise ServerProblem(
            f"{client.target.address} takes no code systems over REST; "
            f"it states {_stated(capabilities)}"
        )
    return steps


def plan_one(client: Client, capabilities: Capabilities, artifact: Artifact) -> Step:
    """Say what is to be done with an artifact; raises ServerProblem."""
    found = tuple(_search(client, artifact))
    if len(found) > 1:
        ids = ", ".join(f"CodeSystem/{each}" for each in sorted(found))
        reason = f"the server has {len(found)} of this url and version: {ids}"
        return Step(artifact, Action.REFUSE, reason)
    if found:
        return _compared(client, artifact, found[0])
    if capabilities.conditional_create and "create" in capabilities.interactions:
        return Step(artifact, Action.CREATE, "the server has none of this url and version")
    return _under_own_id(client, artifact)


def _under_own_id(client: Client, artifact: Artifact) -> Step:
    """Plan to put what the search did not find under an id that is derived; look there first."""
    server_id = artifact.server_id
    there = client.get(f"CodeSystem/{server_id}")
    if there.status in {404, 410}:
        reason = "the server has none of this url and version"
        return Step(artifact, Action.CREATE, reason, server_id)
    if _is_of(artifact, there.value):
        return _compared(client, artifact, server_id)
    reason = f"CodeSystem/{server_id} is another code system"
    return Step(artifact, Action.REFUSE, reason, server_id)


def _compared(client: Client, artifact: Artifact, server_id: str) -> Step:
    """Compare an artifact with what the server has of its url and version."""
    answer = client.get(f"CodeSystem/{server_id}")
    stored = answer.value
    if not answer.is_good or not _is_of(artifact, stored):
        raise ServerProblem(
            f"{client.target.address}/CodeSystem/{server_id} is found by a search and is not there"
        )
    found = difference(stored, artifact.resource)
    etag = answer.etag or _weak(stored)
    if not found:
        reason = "the server has the same"
        return Step(artifact, Action.UNCHANGED, reason, server_id, etag)
    status = str(stored.get("status"))
    if status != "draft":
        reason = f"the server's is {status} and differs: raise the version"
        return Step(artifact, Action.REFUSE, reason, server_id, etag, found)
    return Step(artifact, Action.UPDATE, "the server's draft differs", server_id, etag, found)


def _search(client: Client, artifact: Artifact) -> Iterator[str]:
    """Yield the ids of the code systems of a url and version."""
    query = {"url": artifact.url, "_elements": "url,version,status"}
    if artifact.version:
        query["version"] = artifact.version
    bundle = client.json("CodeSystem", "Bundle", **query)
    for _ in range(PAGES):
        for entry in _list(bundle, "entry"):
            resource: Any = entry.get("resource")
            if _is_of(artifact, resource) and is_id(resource.get("id")):
                yield resource["id"]
        links = _list(bundle, "link")
        further = [each.get("url") for each in links if each.get("relation") == "next"]
        if not further:
            return
        bundle = client.following(str(further[0]))
    raise ServerProblem(f"{client.target.address} finds no end of code systems of {artifact.url}")


def is_id(value: object) -> bool:
    """Whether a value is an id (https://hl7.org/fhir/R4/datatypes.html#id)."""
    return isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9.-]{1,64}", value) is not None


def _is_of(artifact: Artifact, resource: Any) -> bool:
    return (
        isinstance(resource, dict)
        and resource.get("resourceType") == "CodeSystem"
        and resource.get("url") == artifact.url
        and (resource.get("version") or None) == (artifact.version or None)
    )


def _weak(resource: dict[str, Any]) -> str | None:
    """The entity tag that FHIR makes of a version id, where the server sent none."""
    meta = resource.get("meta")
    version = meta.get("versionId") if isinstance(meta, dict) else None
    return f'W/"{version}"' if version else None


def _list(holder: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found = holder.get(key)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _stated(capabilities: Capabilities) -> str:
    return ", ".join(capabilities.interactions) or "nothing of CodeSystem"
