"""Publishing to a real HAPI FHIR JPA server, R4 and R5: what it then has and answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import urllib3

from fhir_codesystem.publishing.applying import request_of
from fhir_codesystem.publishing.artifact import Artifact, read
from fhir_codesystem.publishing.capabilities import probe
from fhir_codesystem.publishing.client import Client
from fhir_codesystem.publishing.planning import Action, Step
from fhir_codesystem.publishing.profiles import target
from fhir_codesystem.publishing.publication import publication

from .conftest import colours

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fhir_codesystem.publishing.publication import Published

    from .conftest import Desk
    from .reader import Reader

FIRST_INPUT = Path(__file__).parents[2] / "output" / "CodeSystem-dicom-elements.json"


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
    assert reader.all_of(url)["1.0.0"]["meta"]["versionId"] == "1"
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
    stored = reader.all_of(url)["1.0.0"]
    assert stored["concept"] == changed["concept"]
    assert stored["meta"]["versionId"] == "2"


def test_an_answer_from_the_memory_of_the_server_is_told(
    desk: Desk, server: str, reader: Reader, url: str
) -> None:
    assert desk.publish(server, colours(url), seconds=60).code == 0
    changed = colours(url)
    changed["concept"][0]["concept"][0]["display"] = "Bright red"
    said = desk.publish(server, changed)
    assert said.code == 1
    assert "$lookup red: display Red, version 1.0.0, not display Bright red" in said.err
    assert reader.all_of(url)["1.0.0"]["concept"] == changed["concept"]


def test_a_changed_active_version_is_refused(
    desk: Desk, server: str, reader: Reader, url: str
) -> None:
    assert desk.publish(server, colours(url, status="active"), seconds=60).code == 0
    said = desk.publish(server, colours(url, status="active", title="Other"))
    assert said.code == 1
    assert "the server's is active and differs: raise the version" in said.err
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


def test_concepts_that_are_stored_in_the_background_are_waited_for(
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


def test_it_says_what_it_is(server: str) -> None:
    with Client(target(server, {"XDG_CONFIG_HOME": "/nowhere"})) as client:
        found = probe(client)
    assert found.software.startswith("HAPI FHIR Server")
    assert found.release in {"R4", "R5"}
    assert found.methods == ("put", "bundle", "upload")
    for kind in ("CodeSystem", "ValueSet"):
        assert found.of(kind).can_write
        assert found.of(kind).creates_conditionally
    assert {"lookup", "validate-code", "subsumes"} <= set(found.of("CodeSystem").operations)
    assert {"expand", "validate-code"} <= set(found.of("ValueSet").operations)


def test_two_of_the_same_are_not_chosen_between(desk: Desk, server: str, url: str) -> None:
    part = colours(url, content="fragment")
    for name in ("one", "two"):
        urllib3.request(
            "PUT",
            f"{server}/CodeSystem/{name}-{url[-12:]}",
            json=part | {"id": f"{name}-{url[-12:]}"},
            headers={"Content-Type": "application/fhir+json"},
        )
    said = desk.publish(server, part | {"title": "Other"})
    assert said.code == 1
    assert "the server has 2 of this url and version" in said.err


def test_what_searches_give_a_meaning_is_found_and_not_doubled(
    desk: Desk, server: str, reader: Reader, url: str
) -> None:
    odd = colours(f"{url}/red,blue$\\", version="1,0")
    server_id = reader.post(odd)
    said = desk.publish(server, odd, seconds=60)
    assert said.code == 0
    assert said.err.startswith(f"unchanged {odd['url']}|1,0 (CodeSystem/{server_id})")
    create = request_of(Step(Artifact("", odd), Action.CREATE, ""), odd)
    again = urllib3.request("POST", f"{server}/CodeSystem", json=odd, headers=create.guards)
    assert again.status == 200
