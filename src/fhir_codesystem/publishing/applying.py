"""Doing what a plan says, and nothing else: one resource after the other."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import orjson

from fhir_codesystem.publishing.client import Answer, ServerProblem, UnknownFate
from fhir_codesystem.publishing.finding import escaped, is_id
from fhir_codesystem.publishing.planning import Action, Step, plan_one

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fhir_codesystem.publishing.artifact import Artifact
    from fhir_codesystem.publishing.capabilities import Capabilities
    from fhir_codesystem.publishing.client import Client

AGAIN = "run again for a new plan"


class Result(StrEnum):
    """What became of an artifact; planned is what a dry run leaves it at."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    CONFLICT = "conflict"
    REJECTED = "rejected"
    PLANNED = "planned"


STORED = {Result.CREATED, Result.UPDATED, Result.UNCHANGED}
"""Results after which the server has what the artifact says."""

DONE = {Action.CREATE: Result.CREATED, Action.UPDATE: Result.UPDATED}


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a step: where the resource is at the server, and its entity tag.

    ``message`` says why it is not as planned.
    """

    step: Step
    result: Result
    server_id: str | None = None
    etag: str | None = None
    message: str = ""


def apply(client: Client, capabilities: Capabilities, step: Step) -> Applied:
    """Do a step; raises ServerProblem where the server cannot be worked with.

    What the server has meanwhile got from others is not written over: that is a conflict, and
    asks for a new plan.
    """
    if not step.writes:
        return untouched(step)
    if _is_taken(client, step):
        message = f"somebody else has created it since the plan; {AGAIN}"
        taken = Applied(step, Result.CONFLICT, step.server_id, message=message)
        return agreed(client, capabilities, taken)
    request = request_of(step, step.artifact.sent(step.server_id))
    body = orjson.dumps(request.resource)
    try:
        answer = client.write(request.method, request.path, body, request.guards)
    except UnknownFate as problem:
        return settled(client, capabilities, step, problem)
    if not answer.is_good:
        return agreed(client, capabilities, not_done(client, step, answer, len(body)))
    if step.action is Action.CREATE and answer.status == 200:
        found = id_in(answer.headers, step.artifact.resource_type)
        return outrun(client, capabilities, step, found)
    server_id = step.server_id or id_in(answer.headers, step.artifact.resource_type)
    if server_id is None:
        return settled(client, capabilities, step, None)
    return Applied(step, DONE[step.action], server_id, answer.etag)


def _is_taken(client: Client, step: Step) -> bool:
    """Look whether an id that was free is free no more: some servers ignore If-None-Match."""
    if step.action is not Action.CREATE or step.server_id is None:
        return False
    return client.get(f"{step.artifact.resource_type}/{step.server_id}").is_good


def untouched(step: Step) -> Applied:
    """Tell of a step that writes nothing."""
    if step.action is Action.UNCHANGED:
        return Applied(step, Result.UNCHANGED, step.server_id, step.etag)
    return Applied(step, Result.REFUSED, step.server_id, step.etag, step.reason)


@dataclass(frozen=True, slots=True)
class Request:
    """A write that is guarded: it changes nothing where the server has changed since the plan.

    ``guards`` are headers; ``path`` is below the server's base.
    """

    method: str
    path: str
    resource: dict[str, Any]
    guards: dict[str, str]


def request_of(step: Step, resource: dict[str, Any]) -> Request:
    """Return the write that a step means, of a resource in place of what is there (or not)."""
    kind = step.artifact.resource_type
    if step.server_id is None:
        return Request("POST", kind, resource, {"If-None-Exist": _conditions(step.artifact)})
    if step.action is Action.CREATE:
        guards = {"If-None-Match": "*"}
    else:
        guards = {"If-Match": step.etag} if step.etag else {}
    return Request("PUT", f"{kind}/{step.server_id}", resource, guards)


def _conditions(artifact: Artifact) -> str:
    """The search by which a server knows that it has a resource already."""
    version = artifact.version
    stated = {"version": escaped(version)} if version else {"version:missing": "true"}
    return urlencode({"url": escaped(artifact.url), **stated})


def settled(
    client: Client, capabilities: Capabilities, step: Step, problem: ServerProblem | None
) -> Applied:
    """Look whether a write was done of which nothing was heard."""
    try:
        now = plan_one(client, capabilities, step.artifact)
    except ServerProblem:
        if problem is None:
            raise
        raise ServerProblem(f"{problem}; it is not known whether it was stored") from None
    if now.action is Action.UNCHANGED:
        return Applied(step, DONE[step.action], now.server_id, now.etag)
    told = problem or ServerProblem(f"{client.target.address} says that it has stored it")
    as_planned = (now.action, now.difference) == (step.action, step.difference)
    differs = f": {now.difference}" if now.difference else ""
    meanwhile = "" if as_planned else f" (by now: {now.reason}{differs})"
    raise ServerProblem(f"{told}; the server does not have it, run again{meanwhile}") from None


def agreed(client: Client, capabilities: Capabilities, applied: Applied) -> Applied:
    """Take back a conflict where the server has the same by now, from whomever.

    It may be our own write: a busy server that was asked again may have done it the first time.
    """
    if applied.result is not Result.CONFLICT:
        return applied
    try:
        now = plan_one(client, capabilities, applied.step.artifact)
    except ServerProblem:
        return applied
    if now.action is not Action.UNCHANGED:
        return applied
    message = "the server has got the same since the plan"
    return Applied(applied.step, Result.UNCHANGED, now.server_id, now.etag, message)


def outrun(
    client: Client, capabilities: Capabilities, step: Step, server_id: str | None
) -> Applied:
    """Tell of a create that found the resource there: somebody else was quicker.

    What was put was put over theirs, and stays a conflict though the server has ours now.
    """
    if step.server_id is not None:
        message = "it was created since the plan, and the server wrote over that"
        return Applied(step, Result.CONFLICT, step.server_id, message=message)
    message = f"somebody else created it at the same time; {AGAIN}"
    applied = Applied(step, Result.CONFLICT, server_id, message=message)
    return agreed(client, capabilities, applied)


def not_done(client: Client, step: Step, answer: Answer, size: int) -> Applied:
    """Tell of a write (of some bytes) that the server refused; raises ServerProblem."""
    said = f": {answer.said}" if answer.said else ""
    if answer.status in {409, 410, 412, 428}:
        message = f"the server has changed since the plan ({answer.status}{said}); {AGAIN}"
        return Applied(step, Result.CONFLICT, step.server_id, message=message)
    if answer.status in {404, 405}:
        raise ServerProblem(
            f"{client.target.address} does not take {step.artifact.canonical} "
            f"({answer.status}{said})"
        )
    if answer.status == 413:
        message = (
            f"{size:,} bytes are too large for the server (413{said}); raise its limit, or "
            "try --method upload, or give it the package that `codesystem package` makes"
        )
    else:
        message = f"the server rejects it ({answer.status}{said})"
    return Applied(step, Result.REJECTED, step.server_id, message=message)


def id_in(headers: Mapping[str, str], resource_type: str) -> str | None:
    """Find the id that a server has given: ``Location: BASE/CodeSystem/ID/_history/1``."""
    for name in ("Location", "Content-Location"):
        if found := id_at(headers.get(name, ""), resource_type):
            return found
    return None


def id_at(location: str, resource_type: str) -> str | None:
    """Find the id in the URL of a resource."""
    _, named, rest = location.rpartition(f"{resource_type}/")
    found = rest.partition("/")[0]
    return found if named and is_id(found) else None
