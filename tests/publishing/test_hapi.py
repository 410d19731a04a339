"""What a HAPI FHIR JPA server, R4 and R5, does in its own way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import urllib3

from fhir_codesystem.publishing.applying import request_of
from fhir_codesystem.publishing.artifact import Artifact
from fhir_codesystem.publishing.capabilities import probe
from fhir_codesystem.publishing.client import Client
from fhir_codesystem.publishing.planning import Action, Step
from fhir_codesystem.publishing.profiles import target

from .conftest import colours

if TYPE_CHECKING:
    from .conftest import Desk
    from .reader import Reader


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
