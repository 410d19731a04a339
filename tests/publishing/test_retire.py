"""``codesystem retire``: a status that changes, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import colours, value_set
from .stub import Reply, bundle

if TYPE_CHECKING:
    from .conftest import Desk
    from .reader import Reader
    from .shell import Said
    from .stub import Stub

JSON = ("--format", "json")


def retire(desk: Desk, *arguments: str) -> Said:
    """Run the command."""
    return desk.run(*arguments, command="retire")


def has(stub: Stub, *resources: dict[str, Any]) -> None:
    """Let the stub have resources by their ids."""
    stub.on("GET", "/CodeSystem", Reply(200, bundle(*resources)))
    for each in resources:
        stub.on("GET", f"/CodeSystem/{each['id']}", Reply(200, each, {"ETag": 'W/"3"'}))
        stub.on("PUT", f"/CodeSystem/{each['id']}", Reply(200))


def test_only_the_status_and_its_date_are_changed(desk: Desk, stub: Stub) -> None:
    there = colours(id="7", status="active", date="2020-01-01", experimental=False)
    has(stub, there)
    retire(desk, "http://example.org/colours|1.0.0", "--server", stub.url, "--deadline", "0")
    (write,) = stub.writes
    today = datetime.now(UTC).date().isoformat()
    assert write.body == there | {"status": "retired", "date": today}
    assert write.headers["If-Match"] == 'W/"3"'


def test_what_is_retired_is_not_written(desk: Desk, stub: Stub) -> None:
    has(stub, colours(id="7", status="retired"))
    said = retire(desk, "http://example.org/colours|1.0.0", "--server", stub.url)
    assert (said.code, stub.writes) == (0, [])
    assert "it is retired already" in said.err


def test_a_dry_run_writes_nothing(desk: Desk, stub: Stub) -> None:
    has(stub, colours(id="7", status="active"))
    said = retire(desk, "http://example.org/colours|1.0.0", "--server", stub.url, "--dry-run")
    assert (said.code, stub.writes) == (0, [])
    assert "differs: status, date" in said.err


def test_of_two_none_is_chosen(desk: Desk, stub: Stub) -> None:
    has(stub, colours(id="7"), colours(id="8"))
    said = retire(desk, "http://example.org/colours|1.0.0", "--server", stub.url)
    assert (said.code, stub.writes) == (1, [])
    assert "the server has 2 of this url and version" in said.err


@pytest.mark.parametrize(
    ("canonical", "told"),
    [
        (
            "http://example.org/colours|9",
            "has no version '9' of http://example.org/colours; it has",
        ),
        ("http://example.org/colours", "has no http://example.org/colours without a version"),
    ],
)
def test_what_is_not_there_is_said(desk: Desk, stub: Stub, canonical: str, told: str) -> None:
    has(stub, colours(id="7"))
    said = retire(desk, canonical, "--server", stub.url)
    assert (said.code, stub.writes) == (2, [])
    assert told in said.err


@pytest.mark.parametrize(
    ("elements", "told"),
    [
        ({"meta": {"tag": [{"code": "SUBSETTED"}]}}, "gives a part of it (SUBSETTED)"),
        ({"count": 4}, "gives 3 of 4 concepts"),
        ({"count": ["4"]}, "gives 3 of ['4'] concepts"),
        ({"count": 3, "meta": {"tag": ["SUBSETTED"]}}, ""),
        ({"count": 4, "content": "fragment"}, ""),
    ],
)
def test_what_a_server_gives_in_part_is_not_written_back(
    desk: Desk, stub: Stub, elements: dict[str, Any], told: str
) -> None:
    has(stub, colours(id="7", status="active", **elements))
    said = retire(desk, "http://example.org/colours|1.0.0", "--server", stub.url, "--dry-run")
    assert said.code == bool(told)
    assert (told or "the server's is active") in said.err


@pytest.mark.parametrize(
    ("elements", "told"),
    [
        ({"concept": [{"display": "Red"}]}, "CodeSystem/7: a concept has no code"),
        ({"meta": "mine"}, "CodeSystem/7: meta is no object"),
        ({"version": "2.0.0"}, "/CodeSystem/7 is not what a search says that it is"),
    ],
)
@pytest.mark.parametrize("status", ["active", "retired"])
def test_what_cannot_be_worked_with_is_said(
    desk: Desk, stub: Stub, elements: dict[str, Any], told: str, status: str
) -> None:
    has(stub, colours(id="7"))
    odd = colours(id="7", status=status, **elements)
    stub.on("GET", "/CodeSystem/7", Reply(200, odd, {"ETag": 'W/"3"'}))
    said = retire(desk, "http://example.org/colours|1.0.0", "--server", stub.url)
    assert (said.code, stub.writes) == (2, [])
    assert said.err.endswith(told)


def test_an_older_version_is_warned_of(desk: Desk, stub: Stub) -> None:
    has(stub, colours(id="7"), colours(id="8", version="1.10.0"))
    said = retire(desk, "http://example.org/colours|1.0.0", "--server", stub.url, "--dry-run")
    assert "1.10.0 is later, and servers may answer with what was written last" in said.err


def test_a_real_server_serves_what_is_retired(
    desk: Desk, server: str, reader: Reader, url: str
) -> None:
    values = value_set(url, status="active", compose={"include": [{"system": url}]})
    assert desk.publish(server, colours(url, status="active"), values, seconds=60).code == 0
    said = retire(desk, f"{url}|1.0.0", "--server", server, *JSON)
    assert said.code == 0, said
    assert [each["result"] for each in said.values["artifacts"]] == ["updated", "updated"]
    for kind in ("CodeSystem", "ValueSet"):
        stored = reader.all_of(url, kind)["1.0.0"]
        assert (stored["status"], stored["meta"]["versionId"]) == ("retired", "2")
    asked = {"system": url, "version": "1.0.0", "code": "red"}
    assert reader.parameter("CodeSystem/$lookup", "display", **asked) == "Red"
    refused = desk.publish(server, colours(url, status="active"))
    assert refused.code == 1
    assert "the server's is retired and differs" in refused.err
    assert reader.all_of(url)["1.0.0"]["status"] == "retired"


def test_an_uploaded_code_system_keeps_its_concepts(
    desk: Desk, server: str, reader: Reader, url: str
) -> None:
    resource = colours(url, status="active")
    assert desk.publish(server, resource, options=("--method", "upload"), seconds=60).code == 0
    assert retire(desk, f"{url}|1.0.0", "--server", server).code == 0
    assert reader.all_of(url)["1.0.0"]["status"] == "retired"
    asked = {"url": url, "version": "1.0.0", "code": "blue"}
    assert reader.parameter("CodeSystem/$validate-code", "result", **asked) is True
