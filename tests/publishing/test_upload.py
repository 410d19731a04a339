"""Concepts that are uploaded as tables: what the files hold, what a real server makes of it."""

from __future__ import annotations

import csv
import json
from base64 import b64decode
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import pytest

from fhir_codesystem.publishing.external import TAG, external
from fhir_codesystem.publishing.uploading import files

from .conftest import colours
from .stub import GONE, Reply, bundle, capability

if TYPE_CHECKING:
    from .conftest import Desk
    from .reader import Reader
    from .stub import Stub

UPLOADED = "/CodeSystem/$upload-external-code-system"
UPLOAD = ("--method", "upload", "--format", "json")


def rows(resource: dict[str, Any], name: str) -> list[list[str]]:
    """Return the rows of a file of an upload."""
    return list(csv.reader(dict(files(resource))[name].decode().splitlines()))


def shades() -> dict[str, Any]:
    """Return a code system with all that the files hold, and some that they do not."""
    resource = colours(status="active")
    resource["property"] = [
        {"code": "warm", "type": "boolean"},
        {"code": "isA", "uri": "http://hl7.org/fhir/concept-properties#parent", "type": "code"},
    ]
    root = resource["concept"][0]
    root["concept"] += [
        {
            "code": "pink",
            "display": 'A "pale", red',
            "definition": "Red and white.",
            "designation": [{"language": "de", "value": "Rosa"}],
            "property": [
                {"code": "warm", "valueBoolean": True},
                {"code": "isA", "valueCode": "red"},
            ],
        }
    ]
    return resource


def test_the_files_hold_concepts_links_and_properties() -> None:
    assert rows(shades(), "concepts.csv") == [
        ["CODE", "DISPLAY"],
        ["colour", "Colour"],
        ["red", "Red"],
        ["blue", "Blue"],
        ["pink", 'A "pale", red'],
    ]
    assert rows(shades(), "hierarchy.csv") == [
        ["PARENT", "CHILD"],
        ["colour", "red"],
        ["colour", "blue"],
        ["colour", "pink"],
        ["red", "pink"],
    ]
    assert rows(shades(), "properties.csv")[1:] == [["pink", "warm", "true", "string"]]


def test_what_has_no_links_and_no_properties_has_no_files_of_them() -> None:
    names = [name for name, _ in files(colours(concept=[{"code": "a"}]))]
    assert names == ["concepts.csv"]


def test_what_the_files_cannot_hold_is_told(desk: Desk, stub: Stub) -> None:
    operation = [{"name": "upload-external-code-system"}]
    stub.on("GET", "/metadata", Reply(200, capability(operation=operation)))
    said = desk.publish(stub.url, shades(), options=("--method", "upload", "--dry-run"))
    assert "an upload leaves out 1 definitions and 1 designations" in said.err


def uploading(stub: Stub, *answers: Reply, **stored: Any) -> None:
    """Let the stub take an upload, and have a draft without concepts under the id 7."""
    operation = [{"name": "upload-external-code-system"}]
    stub.on("GET", "/metadata", Reply(200, capability(operation=operation)))
    stub.on("POST", "/CodeSystem", Reply(201, "", {"Location": "CodeSystem/7", "ETag": 'W/"1"'}))
    stub.on("POST", UPLOADED, *answers)
    stub.on("PUT", "/CodeSystem/7", Reply(200, "", {"ETag": 'W/"2"'}))
    there = colours(id="7", content="not-present", **stored)
    del there["concept"]
    stub.on("GET", "/CodeSystem/7", Reply(200, there))


def counted(concepts: int) -> Reply:
    """Return the answer to an upload."""
    count = {"name": "conceptCount", "valueInteger": concepts}
    return Reply(200, {"resourceType": "Parameters", "parameter": [count]})


def test_the_resource_is_written_as_meant_after_the_upload(desk: Desk, stub: Stub) -> None:
    uploading(stub, counted(3), status="active")
    desk.publish(stub.url, colours(status="active"), options=UPLOAD)
    claim, upload, meant = stub.writes
    assert claim.body["status"] == "draft"
    assert "being uploaded" in claim.body["description"]
    assert "meta" not in claim.body
    packed = b64decode(upload.body["parameter"][1]["valueAttachment"]["data"])
    with ZipFile(BytesIO(packed)) as archive:
        stated = json.loads(archive.read("codesystem.json"))
        assert archive.namelist() == ["codesystem.json", "concepts.csv", "hierarchy.csv"]
    assert stated == claim.body | {"id": "7"}
    assert (meant.method, meant.path) == ("PUT", "/CodeSystem/7")
    assert meant.headers["If-Match"] == 'W/"1"'
    assert (meant.body["status"], "description" in meant.body) == ("active", False)
    assert [each["system"] for each in meant.body["meta"]["tag"]] == [TAG]


@pytest.mark.parametrize(
    ("answer", "code", "told"),
    [
        (counted(2), 1, "the server says that it stored 2 of 3 concepts"),
        (Reply(200, {"parameter": None}), 1, "the server says that it stored None of 3 concepts"),
        (Reply(413), 1, "bytes are too large for the server"),
        (Reply(422, "no"), 1, "the server rejects it (422: no)"),
        (Reply(500), 2, "answered 500 to POST"),
        (Reply(GONE), 2, "gives no whole answer"),
        (Reply(504), 2, "answered 504 to POST"),
    ],
)
def test_what_is_not_uploaded_whole_stays_a_draft_without_a_tag(
    desk: Desk, stub: Stub, answer: Reply, code: int, told: str
) -> None:
    uploading(stub, answer, status="draft")
    said = desk.publish(stub.url, colours(status="active"), options=("--method", "upload"))
    assert said.code == code
    assert told in said.err
    assert code == 2 or "the server has it as draft without all of its concepts" in said.err
    assert [each.method for each in stub.writes] == ["POST", "POST"]
    assert stub.writes[0].body["status"] == "draft"


def test_who_writes_meanwhile_wins(desk: Desk, stub: Stub) -> None:
    uploading(stub, counted(3), status="active", title="Theirs")
    stub.on("PUT", "/CodeSystem/7", Reply(412))
    said = desk.publish(stub.url, colours(status="active"), options=("--method", "upload"))
    assert said.code == 1
    assert "the server has changed since the plan (412)" in said.err


@pytest.mark.parametrize(("answer", "code"), [(counted(3), 0), (counted(2), 1), (Reply(500), 2)])
def test_what_is_uploaded_again_never_loses_its_status_or_tag(
    desk: Desk, stub: Stub, answer: Reply, code: int
) -> None:
    resource = colours(status="active")
    uploading(stub, answer)
    there = external(resource, tagged=True) | {"id": "7"}
    stub.on("GET", "/CodeSystem", Reply(200, bundle(there)))
    stub.on("GET", "/CodeSystem/7", Reply(200, there, {"ETag": 'W/"1"'}))
    said = desk.publish(stub.url, resource, options=("--method", "upload", "--again"))
    assert said.code == code
    upload, *meant = stub.writes
    assert upload.path == UPLOADED
    assert [each.body["status"] for each in meant] == ["active"] * (code == 0)


@pytest.mark.parametrize("content", ["fragment", "example"])
def test_a_part_is_not_uploaded(desk: Desk, stub: Stub, content: str) -> None:
    uploading(stub, counted(3))
    said = desk.publish(stub.url, colours(content=content), options=("--method", "upload"))
    assert (said.code, stub.writes) == (1, [])
    assert f"could not say that it is a {content}" in said.err


def test_what_the_server_has_not_is_told_of_what_is_unchanged(desk: Desk, stub: Stub) -> None:
    resource = shades()
    there = external(resource, tagged=True) | {"id": "7"}
    stub.on("GET", "/CodeSystem", Reply(200, bundle(there)))
    stub.on("GET", "/CodeSystem/7", Reply(200, there))
    said = desk.publish(stub.url, resource)
    assert "the server has the same, its concepts apart and without 1 definitions" in said.err


def test_a_server_without_the_operation_is_told(desk: Desk, stub: Stub) -> None:
    said = desk.publish(stub.url, colours(), options=("--method", "upload"))
    assert said.code == 2
    assert said.err.endswith("cannot take upload; it can take put")
    assert not stub.writes


def test_an_uploaded_code_system_is_served_and_not_uploaded_again(
    desk: Desk, server: str, reader: Reader, url: str
) -> None:
    resource = shades() | {"url": url}
    first = desk.publish(server, resource, options=UPLOAD, seconds=60)
    (created,) = first.values["artifacts"]
    assert first.code == 0, created["checks"]
    stored = reader.all_of(url)["1.0.0"]
    assert (stored["status"], stored["content"]) == ("active", "not-present")
    assert "concept" not in stored
    asked = {"system": url, "version": "1.0.0"}
    lookup = "CodeSystem/$lookup"
    assert reader.parameter(lookup, "display", code="pink", **asked) == 'A "pale", red'
    subsumes = "CodeSystem/$subsumes"
    assert reader.parameter(subsumes, "outcome", codeA="red", codeB="pink", **asked) == "subsumes"
    for method in ("upload", "put"):
        options = ("--method", method, "--format", "json")
        (again,) = desk.publish(server, resource, options=options).values["artifacts"]
        assert again["result"] == "unchanged"
    assert reader.all_of(url)["1.0.0"]["meta"]["versionId"] == stored["meta"]["versionId"]


def test_an_uploaded_draft_is_updated_and_back_again(
    desk: Desk, server: str, reader: Reader, url: str
) -> None:
    first, second = colours(url), colours(url, title="Fewer")
    second["concept"][0]["concept"].pop()
    for resource in (first, second, first):
        said = desk.publish(server, resource, options=UPLOAD, seconds=60)
        (artifact,) = said.values["artifacts"]
        assert artifact["result"] in {"created", "updated"}, said
        assert len(reader.all_of(url)) == 1
    (again,) = desk.publish(server, first, options=UPLOAD).values["artifacts"]
    assert again["result"] == "unchanged"


def test_an_uploaded_version_stands_beside_the_old_one(
    desk: Desk, server: str, reader: Reader, url: str
) -> None:
    new = colours(url, version="2.0.0", concept=[{"code": "red", "display": "Dark red"}])
    assert desk.publish(server, colours(url), options=UPLOAD, seconds=60).code == 0
    assert desk.publish(server, new, options=UPLOAD, seconds=60).code == 0
    assert set(reader.all_of(url)) == {"1.0.0", "2.0.0"}
    lookup = "CodeSystem/$lookup"
    for version, display in (("1.0.0", "Red"), ("2.0.0", "Dark red")):
        asked = {"system": url, "version": version, "code": "red"}
        assert reader.parameter(lookup, "display", **asked) == display


def test_what_is_there_is_uploaded_again_where_it_is_asked_for(
    desk: Desk, server: str, reader: Reader, url: str
) -> None:
    resource = colours(url, status="active")
    assert desk.publish(server, resource, options=UPLOAD, seconds=60).code == 0
    said = desk.publish(server, resource, options=(*UPLOAD, "--again"), seconds=60)
    (artifact,) = said.values["artifacts"]
    assert (said.code, artifact["result"]) == (0, "updated"), artifact
    assert "is to store it again" in artifact["plan"]["reason"]
    assert reader.all_of(url)["1.0.0"]["status"] == "active"
    (after,) = desk.publish(server, resource, options=UPLOAD).values["artifacts"]
    assert after["result"] == "unchanged"


def test_an_upload_that_was_interrupted_is_done_again(
    desk: Desk, server: str, reader: Reader, url: str
) -> None:
    whole = colours(url, status="active")
    claimed = {key: value for key, value in whole.items() if key != "concept"}
    claimed |= {"status": "draft", "content": "not-present"}
    assert desk.publish(server, claimed).code == 0
    said = desk.publish(server, whole, options=UPLOAD, seconds=60)
    (artifact,) = said.values["artifacts"]
    assert (said.code, artifact["result"]) == (0, "updated"), artifact
    assert reader.all_of(url)["1.0.0"]["status"] == "active"
