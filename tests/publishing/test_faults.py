"""What the command says and does when a server does not answer as it should."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest
from urllib3.exceptions import (
    ConnectTimeoutError,
    DecodeError,
    HTTPError,
    ProtocolError,
    ProxyError,
    SSLError,
    TimeoutError,  # noqa: A004 - urllib3's
)

from fhir_codesystem.publishing.client import Client, ServerProblem, UnknownFate
from fhir_codesystem.publishing.profiles import target

from .conftest import colours
from .stub import CUT, GONE, Reply, bundle, capability, outcome

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Desk
    from .stub import Stub

MADE = Reply(201, "", {"Location": "http://elsewhere/fhir/CodeSystem/7/_history/1", "ETag": '"x"'})
PACKED = Reply(201, "no gzip", {**MADE.headers, "Content-Encoding": "gzip"})
HTML = "<html><head><title>no</title></head><body><h1>Bad&nbsp;things</h1></body></html>"


def stored(stub: Stub, **elements: Any) -> None:
    """Let the stub have the colours, under the id 7, where they can be read and found."""
    resource = colours(**elements) | {"id": "7", "meta": {"versionId": "3"}}
    stub.on("GET", "/CodeSystem", Reply(200, bundle(resource)))
    stub.on("GET", "/CodeSystem/7", Reply(200, resource, {"ETag": 'W/"3"'}))


def test_nobody_listens(desk: Desk) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        said = desk.publish(f"http://127.0.0.1:{taken.getsockname()[1]}/fhir", colours())
    assert said.code == 2
    assert said.err.endswith("/fhir/metadata is not reached: Connection refused")


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(401), "answered 401 to GET: it asks to sign in"),
        (Reply(403, outcome("not you")), "answered 403 to GET: it does not permit this (not you)"),
        (Reply(404, "none"), "answered 404 to GET (none)"),
        (Reply(429), "answered 429 to GET: it was asked too often"),
        (Reply(500, HTML), "answered 500 to GET (Bad things)"),
        (Reply(502, HTML), "answered 502 to GET (Bad things)"),
        (Reply(503), "answered 503 to GET: it does not serve now"),
        (Reply(200, "{"), "answered 200 with no JSON ({)"),
        (Reply(200, []), "answered 200 with no CapabilityStatement"),
        (Reply(200, outcome("broken")), "answered 200 to GET (broken)"),
        (
            Reply(302, "", {"Location": "https://elsewhere.example/"}),
            "redirects to https://elsewhere.example/, which is not followed",
        ),
        (Reply(GONE), "gives no whole answer"),
        (Reply(CUT, "{"), "gives no whole answer"),
        (PACKED, "/metadata gives an answer that cannot be unpacked"),
    ],
)
def test_a_server_that_cannot_be_worked_with(
    desk: Desk, stub: Stub, reply: Reply, told: str
) -> None:
    stub.on("GET", "/metadata", reply)
    said = desk.publish(stub.url, colours())
    assert said.code == 2
    assert told in said.err
    assert "\n" not in said.err
    assert not stub.writes


@pytest.mark.parametrize(
    ("status", "code", "told"),
    [
        (400, 1, "the server rejects it (400: because)"),
        (401, 2, "answered 401 to POST: it asks to sign in (because)"),
        (403, 2, "answered 403 to POST: it does not permit this (because)"),
        (405, 2, "does not take http://example.org/colours|1.0.0 (405: because)"),
        (408, 2, "answered 408 to POST: it takes longer than the server waits (because); the"),
        (409, 1, "the server has changed since the plan (409: because); run again"),
        (412, 1, "the server has changed since the plan (412: because); run again"),
        (413, 1, "bytes are too large for the server (413: because); raise its limit"),
        (422, 1, "the server rejects it (422: because)"),
        (429, 2, "answered 429 to POST: it was asked too often (because)"),
        (500, 2, "answered 500 to POST (because)"),
        (502, 2, "answered 502 to POST (because); the server does not have it, run again"),
        (503, 2, "answered 503 to POST: it does not serve now (because)"),
        (504, 2, "answered 504 to POST (because); the server does not have it, run again"),
        (200, 2, "answered 200 to POST (because)"),
    ],
)
def test_a_write_that_is_refused(desk: Desk, stub: Stub, status: int, code: int, told: str) -> None:
    stub.on("POST", "/CodeSystem", Reply(status, outcome("because")))
    said = desk.publish(stub.url, colours())
    assert said.code == code
    assert told in said.err
    tries = 5 if status in {429, 503} else 1
    assert len(stub.writes) == tries


@pytest.mark.parametrize("status", [409, 412])
def test_what_others_have_changed_is_not_written_over(desk: Desk, stub: Stub, status: int) -> None:
    stored(stub, title="Other")
    stub.on("PUT", "/CodeSystem/7", Reply(status))
    said = desk.publish(stub.url, colours())
    assert said.code == 1
    assert f"conflict {colours()['url']}|1.0.0 (CodeSystem/7): the server has changed" in said.err
    (write,) = stub.writes
    assert write.headers["If-Match"] == 'W/"3"'
    assert write.body["id"] == "7"


def test_what_somebody_else_creates_at_the_same_time_is_a_conflict(desk: Desk, stub: Stub) -> None:
    stub.on("POST", "/CodeSystem", Reply(200, "", MADE.headers))
    said = desk.publish(stub.url, colours())
    assert said.code == 1
    assert "somebody else created it at the same time; run again" in said.err
    assert stub.writes[0].headers["If-None-Exist"] == (
        "url=http%3A%2F%2Fexample.org%2Fcolours&version=1.0.0"
    )


@pytest.mark.parametrize("after", ["0", "Wed, 21 Oct 2015 07:28:00 GMT"])
def test_a_busy_server_is_asked_again(desk: Desk, stub: Stub, after: str) -> None:
    busy = Reply(429, "", {"Retry-After": after})
    stub.on("GET", "/metadata", busy, Reply(503), Reply(200, capability()))
    stub.on("POST", "/CodeSystem", busy, MADE)
    stub.on("GET", "/CodeSystem/7", Reply(200, colours()))
    said = desk.publish(stub.url, colours())
    assert said.code == 0
    assert len(stub.writes) == 2


@pytest.mark.parametrize("lost", [Reply(GONE), Reply(408), Reply(502, HTML), Reply(504), PACKED])
def test_a_write_whose_answer_is_lost_is_looked_for(desk: Desk, stub: Stub, lost: Reply) -> None:
    resource = colours() | {"id": "7"}
    stub.on("POST", "/CodeSystem", lost)
    stub.on("GET", "/CodeSystem", Reply(200, bundle()), Reply(200, bundle(resource)))
    stub.on("GET", "/CodeSystem/7", Reply(200, resource))
    said = desk.publish(stub.url, colours())
    assert said.code == 0
    assert "created http://example.org/colours|1.0.0 (CodeSystem/7)" in said.err
    assert len(stub.writes) == 1


NOBODY = [ConnectTimeoutError(), ProxyError("", OSError())]
BEGUN = [DecodeError(), ProtocolError(), SSLError(), TimeoutError(), HTTPError()]


@pytest.mark.parametrize("error", [*NOBODY, *BEGUN], ids=repr)
def test_what_was_begun_may_have_been_done(
    error: HTTPError, stub: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise error

    with Client(target(stub.url, {"XDG_CONFIG_HOME": str(tmp_path)})) as client:
        monkeypatch.setattr(client, "_exchanged", fails)
        with pytest.raises(ServerProblem) as raised:
            client.write("POST", "CodeSystem", b"{}")
        assert isinstance(raised.value, UnknownFate) is (error in BEGUN)
        with pytest.raises(ServerProblem) as raised:
            client.get("CodeSystem")
        assert not isinstance(raised.value, UnknownFate)


def test_a_server_that_stores_half_is_found_out(desk: Desk, stub: Stub) -> None:
    half = colours()
    del half["concept"][0]["concept"]
    stub.on("POST", "/CodeSystem", MADE)
    stub.on("GET", "/CodeSystem/7", Reply(200, half))
    said = desk.publish(stub.url, colours())
    assert said.code == 1
    assert "lacking or different: 2 added (red, blue)" in said.err


def test_the_artifacts_that_were_done_are_told_where_one_is_not(desk: Desk, stub: Stub) -> None:
    stub.on("POST", "/CodeSystem", MADE, Reply(500, HTML))
    stub.on("GET", "/CodeSystem/7", Reply(200, colours()))
    other = colours("http://example.org/other")
    said = desk.publish(stub.url, colours(), other, options=("--format", "json"))
    assert said.code == 2
    assert [each["result"] for each in said.values["artifacts"]] == ["created"]
    assert "answered 500 to POST" in said.values["problem"]


def test_a_page_of_another_server_is_not_read(desk: Desk, stub: Stub) -> None:
    stub.on("GET", "/CodeSystem", Reply(200, bundle(following="http://elsewhere.example/fhir?p=2")))
    said = desk.publish(stub.url, colours())
    assert said.code == 2
    assert "names a page of another server: http://elsewhere.example/fhir?p=2" in said.err


def test_a_server_that_is_only_read_is_said_to_be_so(desk: Desk, stub: Stub) -> None:
    names = [{"code": "read"}, {"code": "search-type"}]
    stub.on("GET", "/metadata", Reply(200, capability(interaction=names)))
    said = desk.publish(stub.url, colours())
    assert said.code == 2
    assert "takes no CodeSystem over REST; it states read, search-type" in said.err


def test_what_is_to_be_written_again_needs_a_server_that_takes_it(desk: Desk, stub: Stub) -> None:
    stored(stub)
    names = [{"code": "read"}, {"code": "search-type"}]
    stub.on("GET", "/metadata", Reply(200, capability(interaction=names)))
    assert desk.publish(stub.url, colours(), options=("--dry-run",)).err.startswith("unchanged ")
    said = desk.publish(stub.url, colours(), options=("--dry-run", "--again"))
    assert said.code == 2
    assert "takes no CodeSystem over REST; it states read, search-type" in said.err


def test_another_fhir_version_is_said(desk: Desk, stub: Stub) -> None:
    stub.on("GET", "/metadata", Reply(200, capability() | {"fhirVersion": "3.0.2"}))
    said = desk.publish(stub.url, colours())
    assert said.code == 2
    assert "states FHIR version 3.0.2, not R4 or R5" in said.err
