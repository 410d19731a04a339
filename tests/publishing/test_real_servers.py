"""Publishing to real servers, HAPI FHIR (R4, R5) and Helios: what they then have and answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fhir_codesystem.publishing.artifact import read
from fhir_codesystem.publishing.client import Client
from fhir_codesystem.publishing.profiles import target
from fhir_codesystem.publishing.publication import publication
from fhir_codesystem.publishing.questions import DEFINED

from .conftest import colours, real, value_set

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fhir_codesystem.publishing.publication import Published

    from .conftest import Desk
    from .reader import Reader

FIRST_INPUT = Path(__file__).parents[2] / "output" / "CodeSystem-dicom-elements.json"


@pytest.fixture(scope="session", params=["R4", "R5", "Helios"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Run a real server; its base URL."""
    with real(request.param, tmp_path_factory) as url:
        yield url


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


def test_a_whole_code_system_answers_every_question(desk: Desk, server: str, url: str) -> None:
    said = desk.publish(server, colours(url), options=("--format", "json"), seconds=60)
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


def test_what_a_server_may_call_invalid_is_not_asked_for(desk: Desk, server: str, url: str) -> None:
    inactive = {"code": "status", "valueCode": "inactive"}
    retired = {"code": "status", "valueCode": "retired"}
    declared = [{"code": "status", "uri": f"{DEFINED}status", "type": "code"}]
    concept = [
        {"code": "any", "property": [inactive]},
        {"code": "old", "property": [retired]},
        {"code": "new"},
    ]
    system = colours(url, property=declared, concept=concept)
    more = colours(f"{url}/more", content="supplement", supplements=f"{url}|1.0.0")
    more["concept"] = [{"code": "new", "designation": [{"language": "de", "value": "neu"}]}]
    compose = {"inactive": False, "include": [{"system": url, "version": "1.0.0"}]}
    published = (system, more, value_set(f"{url}/vs", compose=compose))
    options = ("--format", "json", "--unchecked")
    said = desk.publish(server, *published, options=options, seconds=30)
    (_, supplement, values) = artifacts = said.values["artifacts"]
    checks = [check for each in artifacts for check in each["checks"]]
    assert [check for check in checks if check["verdict"] != "right"] == []
    assert said.code == 0
    assert len(supplement["checks"]) == 1
    assert [each["asked"] for each in values["checks"]][1:] == [
        "$validate-code new",
        "$validate-code no-such-code",
    ]


def test_a_dry_run_writes_nothing(desk: Desk, server: str, reader: Reader, url: str) -> None:
    said = desk.publish(server, colours(url), options=("--dry-run",))
    assert said.code == 0
    assert said.err.startswith(f"create {url}|1.0.0")
    assert reader.all_of(url) == {}


def test_a_changed_draft_is_updated(desk: Desk, server: str, reader: Reader, url: str) -> None:
    desk.publish(server, colours(url), seconds=60)
    changed = colours(url, title="Colours")
    changed["concept"][0]["concept"].insert(1, {"code": "green"})
    said = desk.publish(server, changed, seconds=60)
    assert said.code == 0
    assert f"updated {url}|1.0.0" in said.err
    assert "1 added (green); title" in said.err
    assert reader.all_of(url)["1.0.0"]["concept"] == changed["concept"]


@pytest.mark.parametrize("status", ["active", "retired"])
def test_a_changed_published_version_is_refused(
    desk: Desk, server: str, reader: Reader, url: str, status: str
) -> None:
    assert desk.publish(server, colours(url, status=status), seconds=60).code == 0
    said = desk.publish(server, colours(url, status=status, title="Other"))
    assert said.code == 1
    assert f"the server's is {status} and differs: raise the version" in said.err
    assert "title" not in reader.all_of(url)["1.0.0"]


def test_a_raised_version_stands_beside_the_old_one(
    desk: Desk, server: str, reader: Reader, url: str
) -> None:
    new = colours(url, status="active", version="2.0.0")
    del new["concept"][0]["concept"][0]
    assert desk.publish(server, colours(url, status="active"), seconds=60).code == 0
    assert desk.publish(server, new, seconds=60).code == 0
    assert set(reader.all_of(url)) == {"1.0.0", "2.0.0"}
    lookup = f"CodeSystem/$lookup?system={url}&code=red&version="
    assert reader.get(f"{lookup}1.0.0")["resourceType"] == "Parameters"
    assert reader.get(f"{lookup}2.0.0")["resourceType"] == "OperationOutcome"


def test_many_concepts_are_served_in_the_end(
    desk: Desk, server: str, reader: Reader, url: str
) -> None:
    children = [{"code": f"c{at}", "display": f"Concept {at}"} for at in range(5000)]
    concept = [{"code": "top", "display": "Top", "concept": children}]
    said = desk.publish(
        server, colours(url, concept=concept), options=("--format", "json"), seconds=120
    )
    (artifact,) = said.values["artifacts"]
    assert said.code == 0, artifact["checks"]
    asked = {each["asked"] for each in artifact["checks"]}
    assert {"$lookup c4999", "$lookup c99", "$subsumes top c0"} <= asked
    assert len(reader.all_of(url)["1.0.0"]["concept"][0]["concept"]) == 5000


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
