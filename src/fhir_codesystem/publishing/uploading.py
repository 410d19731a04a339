"""Concepts that are uploaded as tables, where one resource would be too large for a server.

HAPI FHIR's operation ``$upload-external-code-system`` takes them in files of its own form
(https://hapifhir.io/hapi-fhir/docs/server_jpa/terminology.html); it is not guarded. So a draft
without concepts is written first, as everything is, and claims the url and version; the upload
then brings the concepts, the status and the tag that tells of them. What is interrupted stays a
draft without that tag, and the next run does it again.
"""

from __future__ import annotations

import csv
import zipfile
from base64 import b64encode
from dataclasses import replace
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any

import orjson

from fhir_codesystem.publishing import applying
from fhir_codesystem.publishing.applying import AGAIN, DONE, STORED, Applied, Result, not_done
from fhir_codesystem.publishing.capabilities import UPLOAD
from fhir_codesystem.publishing.client import ServerProblem, UnknownFate
from fhir_codesystem.publishing.difference import walk
from fhir_codesystem.publishing.external import TAG, external
from fhir_codesystem.publishing.values import parameter

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
    if not step.writes or not step.artifact.resource.get("concept"):
        return applying.apply(client, capabilities, step)
    whole = step.artifact.resource
    draft = external(whole, tagged=False) | {"status": "draft"}
    claimed = applying.apply(
        client, capabilities, replace(step, artifact=replace(step.artifact, resource=draft))
    )
    if claimed.result is Result.UNCHANGED:
        message = f"somebody else uploads it at the same time; {AGAIN}"
        return Applied(step, Result.CONFLICT, claimed.server_id, message=message)
    if claimed.result not in STORED:
        return replace(claimed, step=step)
    server_id = claimed.server_id
    if step.fingerprints:
        tags = [{"system": TAG, "code": each} for each in step.fingerprints]
        _operate(client, step, f"CodeSystem/{server_id}/$meta-delete", _meta(tags))
    answer = _operate(client, step, f"CodeSystem/${UPLOAD}", _parameters(whole, str(server_id)))
    if isinstance(answer, Applied):
        return answer
    stored = parameter(answer.value, "conceptCount")
    expected = len({concept["code"] for concept, _, _ in walk(whole)})
    if stored != expected:
        raise ServerProblem(
            f"{client.target.address} says that it stored {stored} of {expected} concepts"
        )
    return Applied(step, DONE[step.action], server_id)


def planned(step: Step) -> Step:
    """Say in the reason of a step what of the concepts an upload cannot hold."""
    if not step.writes:
        return step
    definitions = designations = 0
    for concept, _, _ in walk(step.artifact.resource):
        definitions += "definition" in concept
        designations += len(concept.get("designation", ()))
    counts = {"definitions": definitions, "designations": designations}
    lost = " and ".join(f"{n:,} {name}" for name, n in counts.items() if n)
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


def _parameters(resource: Mapping[str, Any], server_id: str) -> dict[str, Any]:
    packed = b64encode(_zipped(dict(files(resource, server_id)))).decode()
    attachment = {"contentType": "application/zip", "url": "file:codesystem.zip", "data": packed}
    return {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "system", "valueUri": resource["url"]},
            {"name": "file", "valueAttachment": attachment},
        ],
    }


def files(resource: Mapping[str, Any], server_id: str) -> Iterator[tuple[str, bytes]]:
    """Yield the files of HAPI's form, by name: the resource, concepts, hierarchy, properties.

    The resource bears the id that it has at the server: without one HAPI writes over whatever
    version of its url it finds, and drops the concepts of that one.
    """
    concepts: dict[str, str] = {}
    links: dict[tuple[str, str], None] = {}
    properties: list[tuple[str, str, str, str]] = []
    relatives = _relatives(resource)
    for concept, parent, _ in walk(resource):
        code = concept["code"]
        concepts.setdefault(code, concept.get("display", ""))
        if parent is not None:
            links[parent, code] = None
        for each in concept.get("property", ()):
            key, value = str(each.get("code")), _value(each)
            if key in relatives:
                links[(code, value) if relatives[key] == "child" else (value, code)] = None
            else:
                properties.append((code, key, value, "string"))
    stated = {"resourceType": "CodeSystem"} | external(resource, tagged=True) | {"id": server_id}
    yield "codesystem.json", orjson.dumps(stated)
    yield "concepts.csv", _csv(CONCEPTS, concepts.items())
    if links:
        yield "hierarchy.csv", _csv(HIERARCHY, links)
    if properties:
        yield "properties.csv", _csv(PROPERTIES, properties)


def _relatives(resource: Mapping[str, Any]) -> dict[str, str]:
    """Return the properties that mean a parent or a child, by their own codes."""
    found = {each: each for each in RELATIVES}
    for declared in resource.get("property", ()):
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
