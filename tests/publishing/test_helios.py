"""Publishing to a real Helios Terminology Server, another program than HAPI: what it has after."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from fhir_codesystem.cli import codesystem
from fhir_codesystem.publishing.artifact import read
from fhir_codesystem.publishing.capabilities import probe
from fhir_codesystem.publishing.client import Client
from fhir_codesystem.publishing.profiles import target
from fhir_codesystem.publishing.publication import publication

from . import hapi, helios
from .conftest import colours
from .reader import Reader
from .test_hapi import FIRST_INPUT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fhir_codesystem.publishing.publication import Published

    from .conftest import Desk


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Run a real Helios Terminology Server; its base URL."""
    require()
    with helios.running() as url:
        yield url


def require() -> None:
    """Skip a test where no real server is wanted, or none can be had and none is required."""
    if not hapi.wanted():
        pytest.skip("a real server: CI and FHIR_CODESYSTEM_SERVER=required run it")
    if (lack := helios.missing()) and not hapi.required():
        pytest.skip(lack)


def test_it_says_what_it_is(server: str) -> None:
    with Client(target(server, {"XDG_CONFIG_HOME": "/nowhere"})) as client:
        found = probe(client)
    assert found.software == f"Helios Terminology Server {helios.VERSION}"
    assert found.release == "R4"
    able = found.of("CodeSystem")
    assert able.can_write
    assert able.update_create
    assert not able.conditional_create
    assert set(able.operations) >= {"lookup", "validate-code", "subsumes"}
    assert found.terminology


def test_the_first_input_is_published_and_not_written_again(
    desk: Desk, server: str, reader: Reader, url: str
) -> None:
    resource = json.loads(FIRST_INPUT.read_bytes()) | {"url": url}
    first = desk.publish(server, resource, options=("--format", "json"))
    stored = reader.all_of(url)["1.0.0"]
    again = desk.publish(server, resource, options=("--format", "json"))
    assert (first.code, again.code) == (0, 0)
    (created,), (unchanged,) = first.values["artifacts"], again.values["artifacts"]
    assert (created["result"], unchanged["result"]) == ("created", "unchanged")
    assert stored["concept"] == resource["concept"]
    assert reader.get(f"CodeSystem/{created['id']}")["meta"]["versionId"] == "1"
    assert unchanged["etag"] == created["etag"] == 'W/"1"'


def test_every_question_is_answered(desk: Desk, server: str, url: str) -> None:
    said = desk.publish(server, colours(url), options=("--format", "json"))
    (artifact,) = said.values["artifacts"]
    checks = {each["asked"]: each["answered"] for each in artifact["checks"]}
    checks.pop(f"read CodeSystem/{artifact['id']}")
    assert said.code == 0
    assert checks == {
        "$subsumes colour colour": "any outcome",
        "$subsumes blue blue": "any outcome",
        "$subsumes red red": "any outcome",
        "$lookup colour": "display Colour, version 1.0.0",
        "$lookup blue": "display Blue, version 1.0.0",
        "$lookup red": "display Red, version 1.0.0",
        "$validate-code colour": "result true",
        "$validate-code no-such-code": "result false",
        "$subsumes colour red": "outcome subsumes",
    }


def test_a_dry_run_writes_nothing(desk: Desk, server: str, reader: Reader, url: str) -> None:
    said = desk.publish(server, colours(url), options=("--dry-run",))
    assert said.code == 0
    assert f"create {url}|1.0.0" in said.err
    assert reader.all_of(url) == {}


def test_a_changed_draft_is_updated_and_served_at_once(
    desk: Desk, server: str, reader: Reader, url: str
) -> None:
    assert desk.publish(server, colours(url)).code == 0
    changed = colours(url, title="Colours")
    changed["concept"][0]["concept"][0]["display"] = "Bright red"
    changed["concept"][0]["concept"].insert(1, {"code": "green"})
    said = desk.publish(server, changed)
    assert said.code == 0
    assert f"updated {url}|1.0.0" in said.err
    assert "1 added (green); 1 changed (red); title" in said.err
    assert reader.all_of(url)["1.0.0"]["concept"] == changed["concept"]


@pytest.mark.parametrize("status", ["active", "retired"])
def test_a_changed_published_version_is_refused(
    desk: Desk, server: str, reader: Reader, url: str, status: str
) -> None:
    assert desk.publish(server, colours(url, status=status)).code == 0
    said = desk.publish(server, colours(url, status=status, title="Other"))
    assert said.code == 1
    assert f"the server's is {status} and differs: raise the version" in said.err
    assert "title" not in reader.all_of(url)["1.0.0"]


def test_a_raised_version_stands_beside_the_old_one(
    desk: Desk, server: str, reader: Reader, url: str
) -> None:
    new = colours(url, status="active", version="2.0.0")
    del new["concept"][0]["concept"][0]
    assert desk.publish(server, colours(url, status="active")).code == 0
    assert desk.publish(server, new).code == 0
    assert set(reader.all_of(url)) == {"1.0.0", "2.0.0"}
    lookup = f"CodeSystem/$lookup?system={url}&code=red&version="
    assert reader.get(f"{lookup}1.0.0")["resourceType"] == "Parameters"
    assert reader.get(f"{lookup}2.0.0")["resourceType"] == "OperationOutcome"


def test_an_older_version_does_not_become_the_current_one(
    desk: Desk, server: str, reader: Reader, url: str
) -> None:
    for version in ("2.0.0", "1.0.0"):
        assert desk.publish(server, colours(url, version=version)).code == 0
    found = reader.get(f"CodeSystem/$lookup?system={url}&code=red")["parameter"]
    assert {"name": "version", "valueString": "2.0.0"} in found


def test_a_value_set_of_all_codes_expands(desk: Desk, server: str, url: str) -> None:
    values = {
        "resourceType": "ValueSet",
        "url": f"{url}/ValueSet",
        "version": "1.0.0",
        "name": "AllColours",
        "status": "draft",
        "compose": {"include": [{"system": url, "version": "1.0.0"}]},
    }
    said = desk.publish(server, colours(url), values, options=("--format", "json"))
    assert said.code == 0
    checks = {each["asked"]: each["answered"] for each in said.values["artifacts"][1]["checks"]}
    assert checks["$expand"] == "3 codes"
    assert checks["$validate-code no-such-code"] == "result false"


def test_what_is_retired_is_still_served(desk: Desk, server: str, reader: Reader, url: str) -> None:
    assert desk.publish(server, colours(url, status="active")).code == 0
    arguments = ["retire", f"{url}|1.0.0", "--server", server]
    assert CliRunner().invoke(codesystem, arguments, standalone_mode=False).return_value == 0
    assert reader.all_of(url)["1.0.0"]["status"] == "retired"
    found = reader.get(f"CodeSystem/$lookup?system={url}&version=1.0.0&code=red")
    assert found["resourceType"] == "Parameters"


def test_what_came_by_a_package_is_not_written(desk: Desk) -> None:
    require()
    table = FIRST_INPUT.parents[1] / "input" / "dicom-elements.yaml"
    arguments = ["package", str(table), "--output", str(desk.folder)]
    assert CliRunner().invoke(codesystem, arguments, standalone_mode=False).return_value == 0
    (package,) = desk.folder.glob("*.tgz")
    with helios.running(package) as server:
        said = desk.run(str(package), "--server", server, "--format", "json")
        (artifact,) = said.values["artifacts"]
        assert said.code == 0
        assert (artifact["result"], artifact["id"]) == ("unchanged", "dicom-elements")
        assert "meta" not in Reader(server).get("CodeSystem/dicom-elements")


def test_many_concepts_are_served(desk: Desk, server: str, reader: Reader, url: str) -> None:
    children = [{"code": f"c{at}", "display": f"Concept {at}"} for at in range(5000)]
    concept = [{"code": "top", "display": "Top", "concept": children}]
    said = desk.publish(server, colours(url, concept=concept), options=("--format", "json"))
    (artifact,) = said.values["artifacts"]
    assert said.code == 0, artifact["checks"]
    asked = {each["asked"] for each in artifact["checks"]}
    assert {"$lookup c4999", "$lookup c99", "$subsumes top c0"} <= asked
    assert len(reader.all_of(url)["1.0.0"]["concept"][0]["concept"]) == 5000


def test_what_is_too_large_is_told(desk: Desk, server: str, reader: Reader, url: str) -> None:
    concept = [{"code": f"c{at}", "definition": "x" * 1_000_000} for at in range(11)]
    said = desk.publish(server, colours(url, concept=concept))
    assert said.code == 1
    assert "bytes are too large for the server (413" in said.err
    assert reader.all_of(url) == {}


def test_of_two_publishers_at_once_one_wins(
    desk: Desk, server: str, reader: Reader, url: str
) -> None:
    def planned(**elements: Any) -> Iterator[Published]:
        path = desk.folder / "CodeSystem.json"
        path.write_text(json.dumps(colours(url, **elements)), "utf-8")
        return publication(client, [read(path)]).done(60)

    with Client(target(server, {"XDG_CONFIG_HOME": str(desk.folder)})) as client:
        for first, second, result in (("A", "B", "created"), ("C", "D", "updated")):
            one, two = planned(title=first), planned(title=second)
            assert next(one).applied.result == result
            assert next(two).applied.result == "conflict"
            assert reader.all_of(url)["1.0.0"]["title"] == first


def test_what_searches_give_a_meaning_is_found(
    desk: Desk, server: str, reader: Reader, url: str
) -> None:
    odd = colours(f"{url}/red,blue$\\", version="1,0")
    server_id = reader.put(odd | {"id": f"odd-{url[-12:]}"})
    said = desk.publish(server, odd)
    assert said.code == 0
    assert said.err.startswith(f"unchanged {odd['url']}|1,0 (CodeSystem/{server_id})")
