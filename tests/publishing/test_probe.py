"""``codesystem probe``: what a server says of itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from fhir_codesystem.cli import codesystem
from fhir_codesystem.publishing.outcome import said

from .stub import Reply, capability, outcome

if TYPE_CHECKING:
    from .conftest import Desk
    from .stub import Stub


def probed(url: str) -> dict[str, Any]:
    """Run the command; what it says as JSON."""
    arguments = ["probe", url, "--format", "json"]
    result = CliRunner().invoke(codesystem, arguments, standalone_mode=False)
    assert result.return_value == 0
    values: dict[str, Any] = json.loads(result.stdout)
    return values


@pytest.mark.usefixtures("desk")
def test_a_server_that_can_be_published_to(stub: Stub) -> None:
    operations = [{"name": "$lookup"}, {"name": "subsumes"}, {"name": "meta"}]
    stub.on("GET", "/metadata", Reply(200, capability(operation=operations)))
    assert probed(stub.url) == {
        "server": stub.url,
        "software": "Stub 1",
        "fhirVersion": "4.0.1",
        "publishable": True,
        "methods": ["put"],
        "CodeSystem": {
            "interactions": ["read", "search-type", "create", "update"],
            "operations": ["lookup", "subsumes"],
            "conditionalCreate": True,
            "updateCreate": None,
            "versioning": "versioned-update",
        },
        "ValueSet": {
            "interactions": [],
            "operations": [],
            "conditionalCreate": False,
            "updateCreate": None,
            "versioning": None,
        },
        "terminologyCapabilities": False,
        "codeSystems": 0,
    }


@pytest.mark.usefixtures("desk")
def test_a_server_that_tells_of_its_terminology(stub: Stub) -> None:
    terminology = {"resourceType": "TerminologyCapabilities", "codeSystem": [{"uri": "http://x"}]}
    stub.on("GET", "/metadata", Reply(200, capability()), Reply(200, terminology))
    found = probed(stub.url)
    assert (found["terminologyCapabilities"], found["codeSystems"]) == (True, 1)


@pytest.mark.parametrize(
    "resource",
    [
        {"interaction": [{"code": "read"}, {"code": "search-type"}]},
        {"interaction": []},
        {"interaction": "read"},
        {"type": "Patient"},
    ],
)
@pytest.mark.usefixtures("desk")
def test_a_server_that_cannot_be_published_to(stub: Stub, resource: dict[str, Any]) -> None:
    stub.on("GET", "/metadata", Reply(200, capability(**resource)))
    assert probed(stub.url)["publishable"] is False


def test_it_is_told_to_a_person(desk: Desk, stub: Stub) -> None:
    assert desk.folder.is_dir()
    said_to_us = CliRunner().invoke(codesystem, ["probe", stub.url]).stdout
    rows = dict(line.split("  ", 1) for line in said_to_us.splitlines())
    values = {name: value.strip() for name, value in rows.items()}
    assert values["publishable"] == "yes"
    assert values["CodeSystem operations"] == "none"
    assert values["CodeSystem updateCreate"] == "not stated"


@pytest.mark.parametrize("stated", [["a", 1], {"a": 1}, 7])
def test_what_is_stated_in_another_form_is_not_stated(
    desk: Desk, stub: Stub, stated: object
) -> None:
    assert desk.folder.is_dir()
    resource = capability(versioning=stated, updateCreate=stated)
    stub.on("GET", "/metadata", Reply(200, resource))
    result = CliRunner().invoke(codesystem, ["probe", stub.url])
    assert result.exception is None
    for name in ("versioning", "updateCreate"):
        row = next(each for each in result.stdout.splitlines() if f"CodeSystem {name}" in each)
        assert row.endswith("  not stated")


def test_a_severity_in_another_form_is_no_error(stub: Stub, desk: Desk) -> None:
    stated = outcome("odd") | {"issue": [{"severity": ["error"], "diagnostics": "odd"}]}
    stub.on("GET", "/metadata", Reply(200, stated))
    said_to_us = desk.run(stub.url, command="probe")
    assert said_to_us.code == 2
    assert said_to_us.err.endswith("answered 200 with no CapabilityStatement (odd)")


@pytest.mark.parametrize(
    ("value", "text", "line"),
    [
        (outcome("broken"), b"", "broken"),
        ({**outcome(""), "issue": [{"code": "invalid", "details": {"text": "T"}}]}, b"", "T"),
        ({**outcome(""), "issue": "none"}, b"", ""),
        ({"resourceType": "Patient"}, b"", ""),
        (None, b"<style>p {}</style><p>a &lt;b&gt;\n c</p>", "a <b> c"),
        (None, b"\xff", "\ufffd"),
        (None, b"x" * 1000, "x" * 299 + "…"),
    ],
)
def test_what_an_answer_says_is_one_line(value: object, text: bytes, line: str) -> None:
    assert said(value, text) == line
