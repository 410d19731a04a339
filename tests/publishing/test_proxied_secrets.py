"""A server that repeats how one signs in wherever it can: nothing of it is said or written."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import colours
from .mishaps import answers
from .proxy import Rule, proxied
from .shell import Shell
from .stub import bundle

if TYPE_CHECKING:
    from .proxy import Exchange
    from .reader import Reader

PASSWORD = "p&ss <wörd>"
PAIR = b64encode(f"me:{PASSWORD}".encode()).decode()


@pytest.fixture(params=["bearer", "basic"])
def known(request: pytest.FixtureRequest, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Return a shell that signs in in one of two ways."""
    if request.param == "bearer":
        return shell
    monkeypatch.delenv("FHIR_CODESYSTEM_TOKEN")
    monkeypatch.setenv("FHIR_CODESYSTEM_USER", "me")
    monkeypatch.setenv("FHIR_CODESYSTEM_PASSWORD", PASSWORD)
    return Shell(shell.folder, monkeypatch, shell.capsys, (PASSWORD, PAIR))


def chatters(exchange: Exchange) -> None:
    """Do what is asked; repeat how one signs in in all headers and texts of the answer."""
    reply = exchange.forward()
    headers = {**reply.headers, "ETag": f'W/"{exchange.said}"'}
    packed = headers.pop("Content-Encoding", "") == "gzip"
    body = gzip.decompress(reply.body) if packed else reply.body
    value = json.loads(body) if body else None
    exchange.answer(reply.status, headers, json.dumps(talkative(value, exchange.said)).encode())


def talkative(value: Any, said: str) -> Any:
    """Put a text into the displays and errors of an answer, and into the name of the software."""
    if isinstance(value, list):
        return [talkative(each, said) for each in value]
    if not isinstance(value, dict):
        return value
    repeating = {"valueString", "diagnostics"}
    if "version" in value and "resourceType" not in value:
        repeating.add("name")
    return {
        key: said if key in repeating and isinstance(each, str) else talkative(each, said)
        for key, each in value.items()
    }


@pytest.mark.parametrize("server", ["R4"], indirect=True)
def test_a_server_that_repeats_secrets_everywhere(
    known: Shell, server: str, reader: Reader, url: str
) -> None:
    with proxied(server, Rule("GET", ".*", chatters), Rule("POST", ".*", chatters)) as proxy:
        said = known.publish(proxy.url, colours(url), options=("--deadline", "0"))
    assert said.code == 1
    assert "***, not display Colour" in said.err
    assert "***" in known.receipt["software"]
    assert len(reader.all_of(url)) == 1


@pytest.mark.parametrize(
    "rule",
    [
        Rule("GET", "metadata", answers(500, "<p>SAID</p>")),
        Rule("GET", "metadata", answers(403, "x" * 280 + " SAID")),
        Rule("GET", "metadata", answers(302, Location="https://localhost/?SAID")),
        Rule(
            "GET", "CodeSystem[?].*", answers(200, json.dumps(bundle(following="http://x/?SAID")))
        ),
        Rule("POST", "CodeSystem", answers(422)),
        Rule("POST", "CodeSystem", answers(201, "", Location="/CodeSystem/SAID/_history/SAID")),
    ],
    ids=["page", "cut", "redirect", "next", "outcome", "location"],
)
@pytest.mark.parametrize("server", ["R4"], indirect=True)
def test_a_fault_that_repeats_secrets(rule: Rule, known: Shell, server: str, url: str) -> None:
    with proxied(server, rule) as proxy:
        said = known.publish(proxy.url, colours(url), options=("--format", "json"))
    assert said.code in {1, 2}
    assert proxy.faults
