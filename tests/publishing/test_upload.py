"""Concepts that are uploaded as tables: what the files hold, what a real server makes of it."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

from fhir_codesystem.publishing.external import TAG
from fhir_codesystem.publishing.uploading import files

from .conftest import colours
from .stub import Reply, capability

if TYPE_CHECKING:
    from .conftest import Desk
    from .reader import Reader
    from .stub import Stub

UPLOAD = ("--method", "upload", "--format", "json")


def rows(resource: dict[str, Any], name: str) -> list[list[str]]:
    """Return the rows of a file of an upload."""
    return list(csv.reader(dict(files(resource, "7"))[name].decode().splitlines()))


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
    named = dict(files(shades(), "7"))
    stated = json.loads(named["codesystem.json"])
    assert stated["content"] == "not-present"
    assert stated["status"] == "active"
    assert stated["id"] == "7"
    assert "concept" not in stated
    assert [each["system"] for each in stated["meta"]["tag"]] == [TAG]
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
    names = [name for name, _ in files(colours(concept=[{"code": "a"}]), "7")]
    assert names == ["codesystem.json", "concepts.csv"]


def test_what_the_files_cannot_hold_is_told(desk: Desk, stub: Stub) -> None:
    operation = [{"name": "upload-external-code-system"}]
    stub.on("GET", "/metadata", Reply(200, capability(operation=operation)))
    said = desk.publish(stub.url, shades(), options=("--method", "upload", "--dry-run"))
    assert "an upload leaves out 1 definitions and 1 designations" in said.err


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
