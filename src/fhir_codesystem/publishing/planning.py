"""What is to be done with each artifact at a server, and why; nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from fhir_codesystem.errors import EnvironmentProblem
from fhir_codesystem.publishing.client import ServerProblem
from fhir_codesystem.publishing.difference import Difference
from fhir_codesystem.publishing.external import compared, fingerprints, is_external, left_out
from fhir_codesystem.publishing.finding import is_of, named, overtaken, search, stored, versions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fhir_codesystem.publishing.artifact import Artifact
    from fhir_codesystem.publishing.capabilities import Capabilities
    from fhir_codesystem.publishing.client import Client


class Action(StrEnum):
    """What is to be done with an artifact."""

    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done with one artifact.

    ``server_id`` and ``etag`` are of the resource that the server has, ``fingerprints`` those of
    its concepts where they are kept apart; for one that is to be created ``server_id`` is the id
    to put it under, or None where the server chooses.
    """

    artifact: Artifact
    action: Action
    reason: str
    server_id: str | None = None
    etag: str | None = None
    difference: Difference = field(default_factory=Difference)
    fingerprints: tuple[str, ...] = ()

    @property
    def writes(self) -> bool:
        """Whether the server is to be changed."""
        return self.action in {Action.CREATE, Action.UPDATE}


def plan(
    client: Client, capabilities: Capabilities, artifacts: Iterable[Artifact]
) -> tuple[Step, ...]:
    """Say what is to be done with each artifact.

    Raises ServerProblem where the server cannot be asked, and EnvironmentProblem where two
    artifacts are of the same url and version.
    """
    artifacts = tuple(artifacts)
    require_server(client, capabilities, dict.fromkeys(each.resource_type for each in artifacts))
    seen: dict[tuple[str, str], Artifact] = {}
    for each in artifacts:
        if (other := seen.setdefault((each.resource_type, each.canonical), each)) is not each:
            raise EnvironmentProblem(
                f"{other.path} and {each.path} are both {each.canonical}; one can be published"
            )
    return tuple(plan_one(client, capabilities, each) for each in artifacts)


def require_server(
    client: Client, capabilities: Capabilities, resource_types: Iterable[str]
) -> None:
    """Raise ServerProblem where a server cannot be asked for what is published."""
    if capabilities.release is None:
        stated = capabilities.fhir or "none"
        raise ServerProblem(f"{client.target.address} states FHIR version {stated}, not R4 or R5")
    for kind in resource_types:
        if not capabilities.of(kind).can_be_asked:
            raise ServerProblem(
                f"{client.target.address} cannot be asked for a {kind}; it states "
                f"{_stated(capabilities, kind)}; {capabilities.advice}"
            )


def require_method(
    client: Client, capabilities: Capabilities, steps: Iterable[Step], method: str
) -> None:
    """Raise ServerProblem where a server does not take what is to be written, or not so."""
    kinds = dict.fromkeys(step.artifact.resource_type for step in steps if step.writes)
    for kind in kinds:
        if not capabilities.of(kind).can_write:
            raise ServerProblem(
                f"{client.target.address} takes no {kind} over REST; it states "
                f"{_stated(capabilities, kind)}; {capabilities.advice}"
            )
    able = capabilities.methods_for(kinds)
    if kinds and method not in able:
        raise ServerProblem(
            f"{client.target.address} cannot take {method}; it can take {', '.join(able)}"
        )


def plan_one(client: Client, capabilities: Capabilities, artifact: Artifact) -> Step:
    """Say what is to be done with an artifact; raises ServerProblem."""
    kind = artifact.resource_type
    found = search(client, kind, artifact.url, artifact.version)
    if len(found) > 1:
        ids = ", ".join(f"{kind}/{each}" for each in sorted(found))
        reason = f"the server has {len(found)} of this url and version: {ids}"
        return Step(artifact, Action.REFUSE, reason)
    if found:
        return _compared(client, artifact, found[0])
    if capabilities.of(kind).creates_conditionally:
        return Step(artifact, Action.CREATE, _none(client, artifact))
    return _under_own_id(client, artifact)


def _under_own_id(client: Client, artifact: Artifact) -> Step:
    """Plan to put what the search did not find under an id that is derived; look there first."""
    kind, server_id = artifact.resource_type, artifact.server_id
    path = f"{kind}/{server_id}"
    there = client.get(path)
    if there.status in {404, 410}:
        return Step(artifact, Action.CREATE, _none(client, artifact), server_id)
    if is_of(client.resource_in(there, path, kind), kind, artifact.url, artifact.version):
        return _compared(client, artifact, server_id)
    return Step(artifact, Action.REFUSE, f"{path} is another {kind}", server_id)


def _none(client: Client, artifact: Artifact) -> str:
    """Say that the server has none, and which other versions it has, as far as it tells."""
    none = "the server has none of this url and version"
    try:
        found = versions(client, artifact.resource_type, artifact.url)
    except ServerProblem:
        return none
    others = [each for each in found if each != artifact.version]
    if not others:
        return none
    return f"{none}, beside {named(others)}{overtaken(artifact.version, others)}"


def _compared(client: Client, artifact: Artifact, server_id: str) -> Step:
    """Compare an artifact with what the server has of its url and version."""
    theirs, etag = stored(client, artifact.resource_type, server_id)
    if not is_of(theirs, artifact.resource_type, artifact.url, artifact.version):
        raise ServerProblem(
            f"{client.target.address}/{artifact.resource_type}/{server_id} is not what a search "
            "says that it is"
        )
    found = compared(theirs, artifact.resource)
    if not found:
        reason = f"the server has the same{_apart(theirs, artifact)}"
        apart = fingerprints(theirs)
        return Step(artifact, Action.UNCHANGED, reason, server_id, etag, found, apart)
    status = str(theirs.get("status"))
    if status != "draft":
        reason = f"the server's is {status} and differs: raise the version"
        return Step(artifact, Action.REFUSE, reason, server_id, etag, found)
    reason = "the server's draft differs"
    return Step(artifact, Action.UPDATE, reason, server_id, etag, found, fingerprints(theirs))


def _apart(theirs: dict[str, Any], artifact: Artifact) -> str:
    """Say what a server does not have that keeps the concepts apart from the resource."""
    lost = left_out(artifact.resource) if is_external(theirs) else ""
    return f", its concepts apart and without {lost}" if lost else ""


def _stated(capabilities: Capabilities, resource_type: str) -> str:
    return ", ".join(capabilities.of(resource_type).interactions) or f"nothing of {resource_type}"
