"""Processes that publish: two at once, and one that is ended in the middle of its work."""

from __future__ import annotations

import signal
from threading import Barrier, Event
from typing import TYPE_CHECKING, Any

import pytest

from . import mishaps
from .conftest import colours
from .proxy import Rule, proxied

if TYPE_CHECKING:
    from .reader import Reader
    from .shell import Shell

SECONDS = ("--deadline", "60")


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_of_two_publishers_at_once_one_wins(
    method: str, shell: Shell, server: str, reader: Reader, url: str
) -> None:
    if method == "PUT":
        reader.post(colours(url))
    rule = Rule(method, "CodeSystem.*", mishaps.waits_for_all(Barrier(2)), nth=(1, 2))
    with proxied(server, rule) as proxy:
        running = [
            shell.start(proxy.url, colours(url, title=title), options=SECONDS, receipt=title)
            for title in ("A", "B")
        ]
        said = [shell.finish(each) for each in running]
    assert sorted(each.code for each in said) == [0, 1], said
    winner, loser = ("A", "B") if said[0].code == 0 else ("B", "A")
    won, lost = shell.receipt_of(winner), shell.receipt_of(loser)
    assert won["artifacts"][0]["result"] == ("updated" if method == "PUT" else "created")
    assert lost["artifacts"][0]["result"] == "conflict"
    assert "run again for a new plan" in lost["artifacts"][0]["message"]
    stored = reader.all_of(url)["1.0.0"]
    assert stored["title"] == winner
    assert stored["meta"]["versionId"] == ("2" if method == "PUT" else "1")

    again = shell.publish(server, colours(url, title=loser), options=SECONDS)
    assert again.code == 0, again
    assert reader.all_of(url)["1.0.0"]["title"] == loser


def test_two_publishers_of_the_same_are_both_content(
    shell: Shell, server: str, reader: Reader, url: str
) -> None:
    rule = Rule("POST", "CodeSystem", mishaps.waits_for_all(Barrier(2)), nth=(1, 2))
    with proxied(server, rule) as proxy:
        running = [
            shell.start(proxy.url, colours(url), options=SECONDS, receipt=name)
            for name in ("A", "B")
        ]
        said = [shell.finish(each) for each in running]
    assert [each.code for each in said] == [0, 0], said
    results = {shell.receipt_of(name)["artifacts"][0]["result"] for name in ("A", "B")}
    assert results == {"created", "unchanged"}
    assert reader.all_of(url)["1.0.0"]["meta"]["versionId"] == "1"


ENDS = {
    signal.SIGINT: (130, "codesystem: interrupted"),
    signal.SIGTERM: (143, "codesystem: terminated"),
    signal.SIGKILL: (-9, ""),
}


@pytest.mark.parametrize("stored", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("number", ENDS, ids=lambda number: number.name)
@pytest.mark.parametrize("server", ["R4"], indirect=True)
def test_a_run_that_is_ended_is_continued_by_the_next(
    number: signal.Signals, stored: bool, shell: Shell, server: str, reader: Reader, url: str
) -> None:
    three = [colours(f"{url}/{at}", title=str(at)) for at in range(3)]
    held = Event()
    rule = Rule("POST", "CodeSystem", mishaps.holds(held, stored=stored), nth=(2,))
    with proxied(server, rule) as proxy:
        running = shell.start(proxy.url, *three, options=SECONDS)
        assert held.wait(60)
        running.send_signal(number)
        said = shell.finish(running)
    code, line = ENDS[number]
    assert said.code == code, said
    if number == signal.SIGKILL:
        assert shell.receipt is None
    else:
        assert said.err.count("codesystem: ") == 1
        assert said.err.endswith(f"{line}\n")
        assert shell.receipt["problem"] == "interrupted"
        assert results(shell) == ["created"]
    assert not list(shell.folder.glob("*.part"))
    there = [len(reader.all_of(each["url"])) for each in three]
    assert there == [1, int(stored), 0]

    again = shell.publish(server, *three, options=SECONDS)
    assert again.code == 0, again
    assert results(shell) == ["unchanged", "unchanged" if stored else "created", "created"]
    assert [reader.all_of(each["url"])["1.0.0"]["title"] for each in three] == ["0", "1", "2"]


def results(shell: Shell) -> list[Any]:
    """Return what became of the artifacts in the last run, as its receipt tells it."""
    return [each["result"] for each in shell.receipt["artifacts"]]
