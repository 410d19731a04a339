"""Concepts that are uploaded as tables, where one resource would be too large for a server.

HAPI FHIR's operation ``$upload-external-code-system`` takes them in files of its own form
(https://hapifhir.io/hapi-fhir/docs/server_jpa/terminology.html); it is not guarded. So a draft
without concepts is written first, as everything is, and claims the url and version. After the
upload, and only if all concepts are said to be stored, the resource is written as it is meant, with
its status and the tag that tells of its concepts. What is interrupted stays a draft without that
tag, and the next run does it again.
"""

from __future__ import annotations

import csv
import zipfile
from base64 import b64encode
from dataclasses import replace
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import orjson

from fhir_codesystem.publishing import applying
from fhir_codesystem.publishing.applying import AGAIN, DONE, STORED, Applied, Result, not_done
from fhir_codesystem.publishing.capabilities import UPLOAD
from fhir_codesystem.publishing.client import ServerProblem, UnknownFate
from fhir_codesystem.publishing.difference import walk
from fhir_codesystem.publishing.external import TAG, external, left_out
from fhir_codesystem.publishing.finding import stored as found
from fhir_codesystem.publishing.planning import Action
from fhir_codesystem.publishing.values import dicts, parameter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from fhir_codesystem.publishing.capabilities import Capabilities
    from fhir_codesystem.publishing.client import Answer, Client
    from fhir_codesystem.publishing.planning import Step

CONCEPTS = ("CODE", "DISPLAY")
HIERARCHY = ("PARENT", "CHILD")
PROPERTIES = ("CODE", "KEY", "VALUE", "TYPE")
RELATIVES = ("parent", "child")
"""Properties by which a concept names others (https://hl7.org/fhir/R4/codesystem.html#properties)."""


def apply(client: Client, capabilities: Capabilities, step: Step) -> Applied:
    """Do a step of a CodeSystem with concepts; raises ServerProblem as `applying.apply` does."""
    whole = step.artifact.resource
    if not step.writes or not has_concepts(step):
        return applying.apply(client, capabilities, step)
    tables = dict(files(whole))
    claimed = _claimed(client, capabilities, step)
    if claimed.result not in STORED or claimed.server_id is None:
        return replace(claimed, step=step)
    server_id = claimed.server_id
    claim = claimed.step.artifact.sent(server_id)
    refused = _uploaded(client, step, claim, tables)
    if refused is not None:
        left = f"; the server has it as {claim['status']} without all of its concepts"
        return replace(refused, server_id=server_id, message=f"{refused.message}{left}")
    ready = replace(
        step,
        artifact=replace(step.artifact, resource=external(whole, tagged=True)),
        action=Action.UPDATE,
        server_id=server_id,
        etag=claimed.etag or found(client, "CodeSystem", server_id)[1],
    )
    done = applying.apply(client, capabilities, ready)
    result = DONE[step.action] if done.result in STORED else done.result
    return replace(done, step=step, result=result)


def has_concepts(step: Step) -> bool:
    """Whether there is something to upload: a CodeSystem with concepts."""
    return bool(step.artifact.resource.get("concept"))


def _claimed(client: Client, capabilities: Capabilities, step: Step) -> Applied:
    """Write a draft that nobody else writes, so that of two who upload one finds it changed.

    What was uploaded before, and is to be once more, is left as it is, with its status.
    """
    whole = step.artifact.resource
    if step.fingerprints and not step.difference:
        same = replace(step.artifact, resource=external(whole, tagged=False))
        return Applied(replace(step, artifact=same), Result.UNCHANGED, step.server_id, step.etag)
    mark = f"Its concepts are being uploaded by fhir-codesystem ({uuid4()})."
    draft = external(whole, tagged=False) | {"status": "draft", "description": mark}
    claim = replace(step, artifact=replace(step.artifact, resource=draft))
    return applying.apply(client, capabilities, claim)


def _uploaded(
    client: Client, step: Step, claim: dict[str, Any], tables: Mapping[str, bytes]
) -> Applied | None:
    """Take away the tags of other concepts, and upload; None if all is said to be stored.

    The tag of the same concepts stays: what is active would else be left without one, and be
    refused, where the upload is interrupted.
    """
    server_id = claim["id"]
    if step.fingerprints and step.difference:
        tags = [{"system": TAG, "code": each} for each in step.fingerprints]
        answer = _operate(client, step, f"CodeSystem/{server_id}/$meta-delete", _meta(tags))
        if isinstance(answer, Applied):
            return answer
    answer = _operate(client, step, f"CodeSystem/${UPLOAD}", _parameters(claim, tables))
    if isinstance(answer, Applied):
        return answer
    stored = parameter(answer.value, "conceptCount")
    expected = len({concept["code"] for concept, _, _ in walk(step.artifact.resource)})
    if stored != expected:
        message = f"the server says that it stored {stored} of {expected} concepts; {AGAIN}"
        return Applied(step, Result.REJECTED, server_id, message=message)
    return None


def planned(step: Step) -> Step:
    """Say in the reason of a step what an upload cannot hold; refuse what it would not be told of.

    What is uploaded says that its concepts are not present: that it is a part is not said then.
    """
    if not step.writes or not has_concepts(step):
        return step
    content = step.artifact.resource.get("content")
    if content != "complete":
        reason = f"what is uploaded could not say that it is a {content}; try --method put"
        return replace(step, action=Action.REFUSE, reason=reason)
    lost = left_out(step.artifact.resource)
    told = f"{step.reason}; an upload leaves out {lost}" if lost else step.reason
    return replace(step, reason=told)


def _operate(client: Client, step: Step, path: str, parameters: dict[str, Any]) -> Answer | Applied:
    """Call an operation that changes the server; an answer that is not good ends the step."""
    body = orjson.dumps(parameters)
    try:
        answer = client.write("POST", path, body)
    except UnknownFate as problem:
        raise ServerProblem(f"{problem}; run again, it is then done anew") from None
    return answer if answer.is_good else not_done(client, step, answer, len(body))


def _meta(tags: list[dict[str, str]]) -> dict[str, Any]:
    meta = {"name": "meta", "valueMeta": {"tag": tags}}
    return {"resourceType": "Parameters", "parameter": [meta]}


def _parameters(claim: Mapping[str, Any], tables: Mapping[str, bytes]) -> dict[str, Any]:
    """Return what the operation is called with: the tables, and the resource that they belong to.

    The resource bears the id that it has at the server: without one HAPI writes over whatever
    version of its url it finds, and drops the concepts of that one.
    """
    packed = b64encode(_zipped({"codesystem.json": orjson.dumps(claim), **tables})).decode()
    attachment = {"contentType": "application/zip", "url": "file:codesystem.zip", "data": packed}
    return {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "system", "valueUri": claim["url"]},
            {"name": "file", "valueAttachment": attachment},
        ],
    }


def files(resource: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Yield the tables of HAPI's form, by name: concepts, hierarchy, properties."""
    concepts: dict[str, str] = {}
    links: dict[tuple[str, str], None] = {}
    properties: list[tuple[str, str, str, str]] = []
    relatives = _relatives(resource)
    for concept, parent, _ in walk(resource):
        code = concept["code"]
        concepts.setdefault(code, concept.get("display", ""))
        if parent is not None:
            links[parent, code] = None
        for each in dicts(concept, "property"):
            key, value = str(each.get("code")), _value(each)
            if key in relatives:
                links[(code, value) if relatives[key] == "child" else (value, code)] = None
            else:
                properties.append((code, key, value, "string"))
    yield "concepts.csv", _csv(CONCEPTS, concepts.items())
    if links:
        yield "hierarchy.csv", _csv(HIERARCHY, links)
    if properties:
        yield "properties.csv", _csv(PROPERTIES, properties)


def _relatives(resource: Mapping[str, Any]) -> dict[str, str]:
    """Return the properties that mean a parent or a child, by their own codes."""
    found = {each: each for each in RELATIVES}
    for declared in dicts(resource, "property"):
        meaning = str(declared.get("uri", "")).rpartition("concept-properties#")[2]
        if meaning in RELATIVES:
            found[str(declared.get("code"))] = meaning
    return found


def _value(held: Mapping[str, Any]) -> str:
    value = next((held[key] for key in held if key.startswith("value")), "")
    if isinstance(value, dict):
        return str(value.get("code", ""))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _csv(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> bytes:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


def _zipped(named: Mapping[str, bytes]) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in named.items():
            archive.writestr(name, data)
    return packed.getvalue()
