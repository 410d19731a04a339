"""Reads from a real server go wrong: which are repeated, and that nothing is written for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from urllib3.util import retry

from . import mishaps
from .conftest import colours
from .mishaps import answers
from .proxy import Rule, proxied
from .stub import bundle

if TYPE_CHECKING:
    from .proxy import Fault
    from .reader import Reader
    from .shell import Shell

SEARCH = "CodeSystem[?].*"
STORED = "CodeSystem/[^?$]*"
NOW = 1_445_412_480.0
"""Wed, 21 Oct 2015 07:28:00 GMT, which the publisher takes for now."""


class Clock:
    """The time as the client sees it: pauses are noted, not waited for."""

    def __init__(self) -> None:
        self.pauses: list[float] = []

    def time(self) -> float:
        return NOW

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return a clock that stands still between attempts."""
    clock = Clock()
    monkeypatch.setattr(retry, "time", clock)
    return clock


@pytest.mark.parametrize("path", ["metadata", SEARCH, STORED])
@pytest.mark.parametrize(
    ("fault", "told", "tries"),
    [
        (mishaps.resets, "gives no whole answer: Connection reset by peer", 3),
        (mishaps.cuts_the_answer, "gives no whole answer: it ended after", 3),
        (answers(401), "answered 401 to GET: it knows nobody who signs in so (you sent", 1),
        (answers(403), "answered 403 to GET: it does not permit this (you sent", 1),
        (answers(429), "answered 429 to GET: it was asked too often (you sent Bearer ***)", 5),
        (answers(500), "answered 500 to GET (you sent Bearer ***)", 1),
        (answers(502), "answered 502 to GET (you sent Bearer ***)", 5),
        (answers(503), "answered 503 to GET: it does not serve now (you sent", 5),
        (answers(504), "answered 504 to GET (you sent Bearer ***)", 5),
        (answers(200, "{malformed SAID"), "answered 200 with no JSON ({malformed Bearer ***)", 1),
        (answers(200), "answered 200 to GET (you sent Bearer ***)", 1),
        (answers(302, Location="http://localhost:9/SAID"), "9/Bearer ***, which is not", 1),
    ],
    ids=lambda each: getattr(each, "__name__", "") if callable(each) else str(each)[:30],
)
@pytest.mark.parametrize("server", ["R4"], indirect=True)
def test_a_read_goes_wrong_until_the_end(
    path: str,
    fault: Fault,
    told: str,
    tries: int,
    shell: Shell,
    server: str,
    reader: Reader,
    url: str,
) -> None:
    reader.post(colours(url))
    with proxied(server, Rule("GET", path, fault)) as proxy:
        said = shell.publish(proxy.url, colours(url, title="Changed"))
    assert said.code == 2
    assert told in said.err
    assert said.err.count("\n") == 1
    assert proxy.faults == tries
    assert not proxy.writes
    assert reader.all_of(url)["1.0.0"]["meta"]["versionId"] == "1"


@pytest.mark.parametrize("path", ["metadata", SEARCH, STORED])
@pytest.mark.parametrize(
    "fault",
    [
        mishaps.resets,
        mishaps.cuts_the_answer,
        answers(429),
        answers(502),
        answers(503),
        answers(504),
    ],
    ids=lambda each: each.__name__,
)
@pytest.mark.parametrize("server", ["R4"], indirect=True)
def test_a_read_goes_wrong_once(
    path: str, fault: Fault, shell: Shell, server: str, reader: Reader, url: str
) -> None:
    reader.post(colours(url))
    with proxied(server, Rule("GET", path, fault, nth=(1,))) as proxy:
        said = shell.publish(proxy.url, colours(url))
    assert said.code == 0, said
    assert shell.receipt["artifacts"][0]["result"] == "unchanged"
    assert not proxy.writes


@pytest.mark.parametrize(
    ("after", "pause"),
    [
        ("7", 7.0),
        ("Wed, 21 Oct 2015 07:28:09 GMT", 9.0),
        ("Wed, 21 Oct 2015 07:27:00 GMT", None),
        ("100000", 60.0),
        ("soon", None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("server", ["R4"], indirect=True)
def test_a_busy_server_says_when_to_come_again(
    after: str,
    pause: float | None,
    status: int,
    shell: Shell,
    server: str,
    reader: Reader,
    url: str,
    clock: Clock,
) -> None:
    busy = answers(status, Retry_After=after)
    rules = (Rule("GET", SEARCH, busy, nth=(1,)), Rule("POST", "CodeSystem", busy, nth=(1,)))
    with proxied(server, *rules) as proxy:
        said = shell.publish(proxy.url, colours(url), options=("--deadline", "30"))
    assert said.code == 0, said
    assert clock.pauses == ([] if pause is None else [pause, pause])
    assert proxy.writes == [f"POST CodeSystem {status}", "POST CodeSystem 201"]
    assert proxy.log.count(f"GET CodeSystem {status}") == 1
    assert len(reader.all_of(url)) == 1


@pytest.mark.parametrize("server", ["R4"], indirect=True)
def test_pauses_grow_where_a_server_does_not_say_how_long(
    shell: Shell, server: str, url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fhir_codesystem.publishing.patience.PAUSE", 1)
    with proxied(server, Rule("POST", "CodeSystem", answers(503))) as proxy:
        assert shell.publish(proxy.url, colours(url)).code == 2
    assert len(proxy.writes) == 5
    assert len(clock.pauses) == 3
    assert all(
        least <= each <= least + 1 for each, least in zip(clock.pauses, (2, 4, 8), strict=True)
    )


def empty(*_: Any) -> str:
    """Return a search that has found nothing."""
    return str(bundle()).replace("'", '"')


@pytest.mark.parametrize("status", ["draft", "active"])
@pytest.mark.parametrize("server", ["R4", "R5"], indirect=True)
def test_a_search_that_does_not_find_what_is_there_doubles_nothing(
    status: str, shell: Shell, server: str, reader: Reader, url: str
) -> None:
    reader.post(colours(url, status=status))
    with proxied(server, Rule("GET", SEARCH, answers(200, empty()))) as proxy:
        said = shell.publish(proxy.url, colours(url, status=status, title="Changed"))
    assert said.code == 1
    assert f"conflict {url}|1.0.0" in said.err
    assert proxy.writes == ["POST CodeSystem 200"]
    assert "title" not in reader.all_of(url)["1.0.0"]


@pytest.mark.parametrize("server", ["R4"], indirect=True)
def test_what_is_asked_for_proof_goes_wrong_for_a_while(
    shell: Shell, server: str, url: str
) -> None:
    broken = answers(500, "<h1>SAID</h1>")
    rules = (
        Rule("GET", STORED, broken, nth=(1,)),
        Rule("GET", r"CodeSystem/\$lookup.*", answers(200, "{malformed"), nth=(1, 2)),
        Rule("GET", r"CodeSystem/\$validate-code.*", mishaps.cuts_the_answer, nth=(1,)),
    )
    with proxied(server, *rules) as proxy:
        said = shell.publish(proxy.url, colours(url), options=("--deadline", "60"))
    assert said.code == 0, said
    assert "10 of 10 right" in said.out


@pytest.mark.parametrize("server", ["R4"], indirect=True)
def test_what_is_asked_for_proof_goes_wrong_until_the_end(
    shell: Shell, server: str, reader: Reader, url: str
) -> None:
    with proxied(server, Rule("GET", r"CodeSystem/\$lookup.*", answers(500))) as proxy:
        said = shell.publish(proxy.url, colours(url), options=("--deadline", "2"))
    assert said.code == 1
    assert "7 of 10 right" in said.out
    assert "answered 500 to GET (you sent Bearer ***), not display Red" in said.err
    assert len(reader.all_of(url)) == 1
