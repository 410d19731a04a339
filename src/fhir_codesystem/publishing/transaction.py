"""All that is to be written in one Bundle, which a server does whole or not at all.

https://hl7.org/fhir/R4/http.html#transaction
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from fhir_codesystem.publishing.applying import (
    DONE,
    Applied,
    Request,
    agreed,
    id_at,
    not_done,
    outrun,
    request_of,
    settled,
    untouched,
)
from fhir_codesystem.publishing.client import ServerProblem, UnknownFate
from fhir_codesystem.publishing.planning import Action
from fhir_codesystem.publishing.values import dicts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fhir_codesystem.publishing.capabilities import Capabilities
    from fhir_codesystem.publishing.client import Client
    from fhir_codesystem.publishing.planning import Step

GUARDS = {"If-None-Exist": "ifNoneExist", "If-None-Match": "ifNoneMatch", "If-Match": "ifMatch"}


def apply(client: Client, capabilities: Capabilities, steps: Sequence[Step]) -> Iterator[Applied]:
    """Do all steps at once; raises ServerProblem where the server cannot be worked with."""
    writing = [step for step in steps if step.writes]
    done = _written(client, capabilities, writing) if writing else iter(())
    for step in steps:
        yield next(done) if step.writes else untouched(step)


def _written(
    client: Client, capabilities: Capabilities, steps: Sequence[Step]
) -> Iterator[Applied]:
    requests = [request_of(step, step.artifact.sent(step.server_id)) for step in steps]
    sent = [_entry(each) for each in requests]
    body = orjson.dumps({"resourceType": "Bundle", "type": "transaction", "entry": sent})
    try:
        answer = client.write("POST", "", body)
    except UnknownFate as problem:
        for step in steps:
            yield settled(client, capabilities, step, problem)
        return
    if not answer.is_good:
        for step in steps:
            yield agreed(client, capabilities, not_done(client, step, answer, len(body)))
        return
    entries = dicts(answer.value, "entry")
    kind = answer.value.get("type") if isinstance(answer.value, dict) else None
    if kind == "transaction-response" and len(entries) == len(steps):
        for step, entry in zip(steps, entries, strict=True):
            yield _outcome(client, capabilities, step, entry)
        return
    told = ServerProblem(f"{client.target.address} answers a transaction with no such response")
    for step in steps:
        yield settled(client, capabilities, step, told)


def _entry(request: Request) -> dict[str, Any]:
    guards = {GUARDS[name]: value for name, value in request.guards.items()}
    asked = {"method": request.method, "url": request.path, **guards}
    return {"resource": request.resource, "request": asked}


def _outcome(
    client: Client, capabilities: Capabilities, step: Step, entry: dict[str, Any]
) -> Applied:
    """Read what became of an entry: its status, and where the resource is."""
    response = entry.get("response")
    told = response if isinstance(response, dict) else {}
    status = str(told.get("status", "")).partition(" ")[0]
    server_id = step.server_id or id_at(str(told.get("location", "")), step.artifact.resource_type)
    if step.action is Action.CREATE and status == "200":
        return outrun(client, capabilities, step, server_id)
    if status not in {"200", "201"} or server_id is None:
        problem = ServerProblem(
            f"{client.target.address} answers {status or 'nothing'} to an entry"
        )
        return settled(client, capabilities, step, problem)
    return Applied(step, DONE[step.action], server_id)
