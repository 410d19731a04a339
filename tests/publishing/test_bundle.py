"""All in one transaction: what is sent, what is made of each entry's answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .conftest import colours, value_set
from .stub import Reply, bundle, capability, outcome

if TYPE_CHECKING:
    from .conftest import Desk
    from .reader import Reader
    from .shell import Said
    from .stub import Stub

OPTIONS = ("--method", "bundle", "--format", "json")
OTHER = "http://example.org/shapes"


def able() -> dict[str, Any]:
    """Return the statement of a server that takes transactions."""
    stated = capability()
    stated["rest"][0]["interaction"] = [{"code": "transaction"}]
    return stated


def answered(*statuses: str, kind: str = "transaction-response") -> dict[str, Any]:
    """Return the answer to a transaction, an entry for each status."""
    entries = [
        {"response": {"status": status, "location": f"CodeSystem/{at}/_history/1"}}
        for at, status in enumerate(statuses, 7)
    ]
    return {"resourceType": "Bundle", "type": kind, "entry": entries}


@pytest.fixture
def taking(stub: Stub) -> Stub:
    """Let the stub say that it takes transactions."""
    stub.on("GET", "/metadata", Reply(200, able()))
    return stub


def sent(desk: Desk, stub: Stub, reply: Reply) -> Said:
    """Publish two code systems, of which the server then has the first."""
    stub.on("POST", "", reply)
    stub.on("GET", "/CodeSystem/7", Reply(200, colours(id="7")))
    stub.on("GET", "/CodeSystem/8", Reply(200, colours(OTHER, id="8")))
    return desk.publish(stub.url, colours(), colours(OTHER), options=OPTIONS)


def test_entries_are_guarded_and_stored(desk: Desk, taking: Stub) -> None:
    said = sent(desk, taking, Reply(200, answered("201 Created", "201")))
    assert said.code == 0
    results = [(each["result"], each["id"]) for each in said.values["artifacts"]]
    assert results == [("created", "7"), ("created", "8")]
    (write,) = taking.writes
    assert write.body["type"] == "transaction"
    assert [each["request"] for each in write.body["entry"]] == [
        {
            "method": "POST",
            "url": "CodeSystem",
            "ifNoneExist": f"url=http%3A%2F%2Fexample.org%2F{name}&version=1.0.0",
        }
        for name in ("colours", "shapes")
    ]


def test_what_somebody_else_created_is_a_conflict(desk: Desk, taking: Stub) -> None:
    said = sent(desk, taking, Reply(200, answered("201 Created", "200 OK")))
    assert said.code == 1
    results = [each["result"] for each in said.values["artifacts"]]
    assert results == ["created", "conflict"]


@pytest.mark.parametrize(
    ("status", "result"),
    [(409, "conflict"), (412, "conflict"), (413, "rejected"), (422, "rejected")],
)
def test_a_transaction_is_refused_whole(desk: Desk, taking: Stub, status: int, result: str) -> None:
    said = sent(desk, taking, Reply(status, outcome("because")))
    assert said.code == 1
    assert [each["result"] for each in said.values["artifacts"]] == [result] * 2


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, answered("201", "201", kind="batch-response")),
        Reply(200, answered("201")),
        Reply(200, answered("201", "404 Not Found")),
        Reply(200, outcome("stored, or not", "information")),
        Reply(504, ""),
    ],
)
def test_an_answer_that_is_none_is_not_believed(desk: Desk, taking: Stub, reply: Reply) -> None:
    assert sent(desk, taking, reply).code == 2


def test_nothing_is_sent_where_nothing_is_to_be_written(desk: Desk, taking: Stub) -> None:
    there = colours(id="7")
    taking.on("GET", "/CodeSystem", Reply(200, bundle(there)))
    taking.on("GET", "/CodeSystem/7", Reply(200, there))
    assert desk.publish(taking.url, colours(), options=OPTIONS).code == 0
    assert not taking.writes


def test_a_real_server_stores_all_and_updates_some(
    desk: Desk, server: str, reader: Reader, url: str
) -> None:
    values = value_set(f"{url}/vs", compose={"include": [{"system": url}]})
    first = desk.publish(server, colours(url), values, options=OPTIONS, seconds=60)
    assert first.code == 0, first
    changed = colours(url, title="Colours")
    second = desk.publish(server, changed, values, options=OPTIONS, seconds=60)
    assert [each["result"] for each in second.values["artifacts"]] == ["updated", "unchanged"]
    assert reader.all_of(url)["1.0.0"]["title"] == "Colours"
    assert set(reader.all_of(f"{url}/vs", "ValueSet")) == {"1.0.0"}
