"""Doing what a plan says, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from fhir_codesystem.publishing.client import Answer, ServerProblem, UnknownFate
from fhir_codesystem.publishing.planning import Action, Step, is_id, plan_one

if TYPE_CHECKING:
    from fhir_codesystem.publishing.artifact import Artifact
    from fhir_codesystem.publishing.capabilities import Capabilities
    from fhir_codesystem.publishing.client import Client


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
    if step.action is Action.UNCHANGED:
        return Applied(step, Result.UNCHANGED, step.server_id, step.etag)
    if step.action is Action.REFUSE:
        return Applied(step, Result.REFUSED, step.server_id, step.etag, step.reason)
    try:
        answer = _write(client, step)
    except UnknownFate as problem:
        return _settled(client, capabilities, step, problem)
    if not answer.is_good:
        return _not_done(client, step, answer)
    if step.action is Action.CREATE and answer.status == 200:
        message = "somebody else created it at the same time; run again for a new plan"
        return Applied(step, Result.CONFLICT, _id_in(answer) or step.server_id, message=message)
    server_id = step.server_id or _id_in(answer)
    if server_id is None:
        return _settled(client, capabilities, step, None)
    return Applied(step, DONE[step.action], server_id, answer.etag)


def _write(client: Client, step: Step) -> Answer:
    body = step.artifact.body(step.server_id)
    if step.server_id is None:
        guards = {"If-None-Exist": _conditions(step.artifact)}
        return client.write("POST", "CodeSystem", body, guards)
    if step.action is Action.CREATE:
        guards = {"If-None-Match": "*"}
    else:
        guards = {"If-Match": step.etag} if step.etag else {}
    return client.write("PUT", f"CodeSystem/{step.server_id}", body, guards)


def _conditions(artifact: Artifact) -> str:
    """The search by which a server knows that it has a code system already."""
    version = {"version": artifact.version} if artifact.version else {"version:missing": "true"}
    return urlencode({"url": artifact.url, **version})


def _settled(
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
    told = problem or ServerProblem(f"{client.target.address} took it and does not have it")
    raise ServerProblem(f"{told}; it was not stored, run again") from None


def _not_done(client: Client, step: Step, answer: Answer) -> Applied:
    """Tell of a write that the server refused."""
    said = f": {answer.said}" if answer.said else ""
    if answer.status in {409, 410, 412, 428}:
        message = f"the server has changed since the plan ({answer.status}{said}); run again"
        return Applied(step, Result.CONFLICT, step.server_id, message=message)
    if answer.status in {404, 405}:
        raise ServerProblem(
            f"{client.target.address} does not take {step.artifact.canonical} "
            f"({answer.status}{said})"
        )
    if answer.status == 413:
        size = len(step.artifact.body(step.server_id)) / 1e6
        message = f"{size:.1f} MB are too large for the server (413{said})"
    else:
        message = f"the server rejects it ({answer.status}{said})"
    return Applied(step, Result.REJECTED, step.server_id, message=message)


def _id_in(answer: Answer) -> str | None:
    """Find the id that a server has given: ``Location: BASE/CodeSystem/ID/_history/1``."""
    for name in ("Location", "Content-Location"):
        parts = answer.headers.get(name, "").split("/")
        if "CodeSystem" in parts[:-1]:
            found = parts[parts.index("CodeSystem") + 1]
            return found if is_id(found) else None
    return None
