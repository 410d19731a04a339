"""What the Helios Terminology Server does in its own way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from fhir_codesystem.cli import codesystem
from fhir_codesystem.publishing.capabilities import probe
from fhir_codesystem.publishing.client import Client
from fhir_codesystem.publishing.profiles import target

from . import helios
from .conftest import colours, real, require
from .reader import Reader
from .test_real_servers import FIRST_INPUT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .conftest import Desk


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run a real Helios Terminology Server; its base URL."""
    with real("Helios", tmp_path_factory) as url:
        yield url


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


def test_what_came_by_a_package_is_not_written(desk: Desk) -> None:
    require(helios.missing())
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


def test_what_is_too_large_is_told(desk: Desk, server: str, reader: Reader, url: str) -> None:
    concept = [{"code": f"c{at}", "definition": "x" * 1_000_000} for at in range(11)]
    said = desk.publish(server, colours(url, concept=concept))
    assert said.code == 1
    assert "bytes are too large for the server (413" in said.err
    assert reader.all_of(url) == {}


def test_what_searches_give_a_meaning_is_found(
    desk: Desk, server: str, reader: Reader, url: str
) -> None:
    odd = colours(f"{url}/red,blue$\\", version="1,0")
    server_id = reader.put(odd | {"id": f"odd-{url[-12:]}"})
    said = desk.publish(server, odd)
    assert said.code == 0
    assert said.err.startswith(f"unchanged {odd['url']}|1,0 (CodeSystem/{server_id})")
