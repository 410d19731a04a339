"""Bodies that are large: sent in parts, and compressed where the server takes that."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from fhir_codesystem.publishing.client import Client
from fhir_codesystem.publishing.profiles import target

from .conftest import colours
from .stub import Reply

if TYPE_CHECKING:
    from .conftest import Desk
    from .stub import Stub

MADE = Reply(201, "", {"Location": "CodeSystem/7/_history/1"})


def large(**elements: Any) -> dict[str, Any]:
    """Return a code system of some 150 kB."""
    concept = [{"code": f"c{at}", "display": "Colour " * 8 + str(at)} for at in range(1500)]
    return colours(concept=concept, **elements)


def test_a_large_body_is_compressed(desk: Desk, stub: Stub) -> None:
    stub.on("POST", "/CodeSystem", MADE)
    stub.on("GET", "/CodeSystem/7", Reply(200, large(id="7")))
    assert desk.publish(stub.url, large()).code == 0
    (write,) = stub.writes
    assert write.headers["Content-Encoding"] == "gzip"
    assert int(write.headers["Content-Length"]) < 50_000
    assert write.body["concept"] == large()["concept"]


@pytest.mark.parametrize("status", [400, 415, 501])
def test_a_server_that_does_not_unpack_gets_it_plain(desk: Desk, stub: Stub, status: int) -> None:
    stub.on("POST", "/CodeSystem", Reply(status), MADE)
    stub.on("GET", "/CodeSystem/7", Reply(200, large(id="7")))
    assert desk.publish(stub.url, large()).code == 0
    packed, plain = stub.writes
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert plain.body == packed.body


def test_such_a_server_is_sent_nothing_compressed_again(desk: Desk, stub: Stub) -> None:
    stub.on("POST", "/CodeSystem", Reply(415), Reply(422), Reply(422))
    desk.publish(stub.url, large(), large(version="2.0.0"))
    assert [each.headers.get("Content-Encoding") for each in stub.writes] == ["gzip", None, None]


def test_a_small_body_is_sent_as_it_is(desk: Desk, stub: Stub) -> None:
    stub.on("POST", "/CodeSystem", MADE)
    desk.publish(stub.url, colours())
    (write,) = stub.writes
    assert "Content-Encoding" not in write.headers


def test_a_body_is_sent_in_parts(desk: Desk, stub: Stub) -> None:
    stub.on("POST", "/CodeSystem", Reply(415), MADE)
    shares: list[float] = []
    body = json.dumps(large()).encode()
    with Client(
        target(stub.url, {"XDG_CONFIG_HOME": str(desk.folder)}), 10, shares.append
    ) as client:
        assert client.write("POST", "CodeSystem", body).is_good
    plain = shares[shares.index(1.0) + 2 :]
    assert len(plain) > len(body) // 20_000
    assert plain == sorted(plain)
    assert plain[-1] == 1.0
