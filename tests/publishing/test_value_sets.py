"""Value sets, and packages of them with their code systems."""

from __future__ import annotations

import json
import tarfile
from typing import TYPE_CHECKING, Any

import pytest

import fhir_codesystem
from fhir_codesystem.errors import EnvironmentProblem
from fhir_codesystem.publishing.artifact import read_all
from fhir_codesystem.publishing.capabilities import Ability, Capabilities
from fhir_codesystem.publishing.questions import questions

from .conftest import colours, value_set
from .stub import Reply, bundle, capability, outcome

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Desk
    from .reader import Reader
    from .stub import Stub

JSON = ("--format", "json")
ABLE = Capabilities("", "4.0.1", {"ValueSet": Ability(operations=("expand", "validate-code"))})


def asked(folder: Path, **elements: Any) -> list[str]:
    """Return what is asked of a server that has a value set and its code system."""
    paths = [folder / "a.json", folder / "b.json"]
    paths[0].write_text(json.dumps(colours()), "utf-8")
    paths[1].write_text(json.dumps(value_set(**elements)), "utf-8")
    system, values = read_all(paths)
    known = {system.url: system, system.canonical: system}
    return [each.asked for each in questions(values, "7", ABLE, known)]


def test_code_systems_go_before_value_sets(tmp_path: Path) -> None:
    for name, resource in (("a", value_set()), ("b", colours())):
        (tmp_path / f"{name}.json").write_text(json.dumps(resource), "utf-8")
    read = read_all([tmp_path / "a.json", tmp_path / "b.json"])
    assert [each.resource_type for each in read] == ["CodeSystem", "ValueSet"]


def test_a_folder_is_read_as_a_package(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(colours()), "utf-8")
    (tmp_path / "b.json").write_text("{}", "utf-8")
    assert [each.path for each in read_all([tmp_path])] == [f"{tmp_path}/a.json"]


@pytest.mark.parametrize("version", ["", "|1.0.0"])
def test_a_value_set_of_a_whole_code_system_is_expanded(tmp_path: Path, version: str) -> None:
    include = {"system": "http://example.org/colours"}
    if version:
        include["version"] = "1.0.0"
    assert asked(tmp_path, compose={"include": [include]}) == [
        "read ValueSet/7",
        "$expand",
        "$validate-code colour",
        "$validate-code no-such-code",
    ]


def test_codes_are_not_counted_where_inactive_ones_are_left_out(tmp_path: Path) -> None:
    compose = {"inactive": False, "include": [{"system": "http://example.org/colours"}]}
    assert "$expand" not in asked(tmp_path, compose=compose)
    assert "$expand" in asked(tmp_path, compose=compose | {"inactive": True})


@pytest.mark.parametrize(
    "compose",
    [
        {"include": [{"system": "http://example.org/others"}]},
        {"include": [{"system": "http://example.org/colours", "version": "9"}]},
        {"include": [{"system": "http://example.org/colours", "concept": [{"code": "red"}]}]},
        {"include": [{"system": "http://example.org/colours"}], "exclude": [{"system": "x"}]},
        {"include": "all"},
        "all",
    ],
)
def test_of_other_value_sets_it_is_not_known_what_they_hold(tmp_path: Path, compose: Any) -> None:
    assert asked(tmp_path, compose=compose) == ["read ValueSet/7"]


def test_a_package_is_published_whole(
    desk: Desk, server: str, reader: Reader, url: str, tmp_path: Path
) -> None:
    table = tmp_path / "colours.csv"
    table.write_text("code,display\nred,Red\nblue,Blue\n", "utf-8")
    metadata = tmp_path / "colours.yaml"
    stated: dict[str, Any] = {
        "id": "colours",
        "url": f"{url}/CodeSystem/colours",
        "version": "2.0.0",
    }
    stated |= {"name": "Colours", "status": "draft", "content": "complete", "caseSensitive": True}
    build = {"valueSet": {"url": f"{url}/ValueSet/colours"}}
    metadata.write_text(json.dumps({**stated, "build": build}), "utf-8")
    packed = fhir_codesystem.package(
        [metadata], name="org.example.colours", version="2.0.0", output=tmp_path
    )
    assert packed.file is not None
    said = desk.run(str(packed.file), "--server", server, "--deadline", "60", *JSON)
    assert said.code == 0, said
    system, values = said.values["artifacts"]
    assert system["path"].endswith(".tgz/CodeSystem-colours.json")
    assert (system["result"], values["result"]) == ("created", "created")
    answers = {each["asked"]: each["answered"] for each in values["checks"]}
    assert answers["$expand"] == "2 codes"
    assert answers["$validate-code red"] == "result true"
    assert answers["$validate-code no-such-code"] == "result false"
    assert set(reader.all_of(f"{url}/ValueSet/colours", "ValueSet")) == {"2.0.0"}
    again = desk.run(str(packed.file), "--server", server, *JSON)
    assert [each["result"] for each in again.values["artifacts"]] == ["unchanged"] * 2


@pytest.mark.parametrize(
    ("replies", "told"),
    [
        ([Reply(200)], ("done", "right")),
        ([Reply(422, outcome("busy"))], ("422 busy", "wrong")),
        ([Reply(500)], ("URL/ValueSet/8/$invalidate-expansion answered 500 to POST", "wrong")),
    ],
)
def test_a_value_set_is_expanded_anew_when_its_code_system_changes(
    desk: Desk, stub: Stub, replies: list[Reply], told: tuple[str, str]
) -> None:
    told = (told[0].replace("URL", stub.url), told[1])
    system, values = colours(id="7", title="Old"), value_set(id="8")
    stated = capability()
    able = stated["rest"][0]["resource"][0]
    operations = {"operation": [{"name": "invalidate-expansion"}]}
    stated["rest"][0]["resource"].append({**able, "type": "ValueSet", **operations})
    stub.on("GET", "/metadata", Reply(200, stated))
    for each in (system, values):
        kind = each["resourceType"]
        stub.on("GET", f"/{kind}", Reply(200, bundle(each)))
        stub.on("GET", f"/{kind}/{each['id']}", Reply(200, each, {"ETag": 'W/"1"'}))
    stub.on("PUT", "/CodeSystem/7", Reply(200))
    anew = "/ValueSet/8/$invalidate-expansion"
    stub.on("POST", anew, *replies)
    said = desk.publish(stub.url, colours(title="New"), values, options=JSON)
    assert [each.path for each in stub.writes] == ["/CodeSystem/7", anew]
    updated, unchanged = said.values["artifacts"]
    assert (said.code, updated["result"], unchanged["result"]) == (1, "updated", "unchanged")
    checks = {each["asked"]: (each["answered"], each["verdict"]) for each in unchanged["checks"]}
    assert checks == {"$invalidate-expansion": told, "read ValueSet/8": ("no difference", "right")}


@pytest.mark.parametrize(
    ("method", "code", "told"),
    [
        ("put", 0, "create http://example.org/colours/vs|1.0.0: the server has none"),
        ("bundle", 2, "cannot take bundle; it can take put"),
        ("upload", 2, "cannot take upload; it can take put"),
    ],
)
def test_a_server_of_value_sets_alone_is_given_value_sets(
    desk: Desk, stub: Stub, method: str, code: int, told: str
) -> None:
    stub.on("GET", "/metadata", Reply(200, capability(type="ValueSet")))
    stub.on("GET", "/ValueSet", Reply(200, bundle()))
    said = desk.publish(stub.url, value_set(), options=("--method", method, "--dry-run"))
    assert said.code == code
    assert told in said.err


def test_a_package_without_any_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "package.json").write_text("{}", "utf-8")
    with tarfile.open(tmp_path / "empty.tgz", "w:gz") as archive:
        archive.add(folder, "package")
    with pytest.raises(EnvironmentProblem, match="holds no CodeSystem and no ValueSet"):
        read_all([tmp_path / "empty.tgz"])


def test_a_server_that_takes_no_value_sets_is_told(desk: Desk, stub: Stub) -> None:
    said = desk.publish(stub.url, colours(), value_set())
    assert said.code == 2
    assert "cannot be asked for a ValueSet; it states nothing of ValueSet" in said.err
    assert not stub.writes
