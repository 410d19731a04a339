"""A write to a real server goes wrong: what is said, what the server has, and the next run."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from . import mishaps
from .conftest import colours
from .mishaps import answers
from .proxy import Rule, proxied
from .stub import stubbed

if TYPE_CHECKING:
    from .proxy import Fault
    from .reader import Reader
    from .shell import Shell

HTML = "<html><head><title>no</title></head><body><h1>Bad&nbsp;things</h1>SAID</body></html>"
SECONDS = ("--deadline", "30")


@dataclass(frozen=True)
class Case:
    """A fault of the write, and what is expected of the run that meets it.

    ``stored``: whether the server has the artifact then (None: half of it); ``writes``: how the
    proxy saw writes end. ``before``: the fault is one of the last request before the write.
    """

    name: str
    fault: Fault
    code: int
    told: str
    writes: tuple[str, ...]
    stored: bool | None = False
    nth: tuple[int, ...] = ()
    before: bool = False
    options: tuple[str, ...] = SECONDS

    def __str__(self) -> str:
        return self.name


NOT_THERE = "; the server does not have it, run again"
BUSY = ("503", "503", "503", "503", "503")
IN_TIME = ("--timeout", "4", *SECONDS)
AT_ONCE = ("--deadline", "0")

CASES = [
    Case(
        "refused", mishaps.closes_the_port, 2, "is not reached: Connection refused", (), before=True
    ),
    Case("reset in the request", mishaps.resets_in_the_request, 2, NOT_THERE, ("reset",)),
    Case("reset", mishaps.resets, 2, NOT_THERE, ("reset",)),
    Case("reset when stored", mishaps.resets_when_stored, 0, "", ("reset",), stored=True),
    Case("answer cut", mishaps.cuts_the_answer, 0, "", ("OK",), stored=True),
    Case("dies", mishaps.dies, 2, "; it is not known whether it was stored", ("reset",)),
    Case(
        "silent",
        mishaps.is_silent,
        2,
        f"gives no answer within 4 s{NOT_THERE}",
        ("silence",),
        options=IN_TIME,
    ),
    Case(
        "silent when stored",
        mishaps.is_silent_when_stored,
        0,
        "",
        ("silence",),
        stored=True,
        options=IN_TIME,
    ),
    Case("slow", mishaps.is_slow, 0, "", ("OK",), stored=True, options=IN_TIME),
    Case("401", answers(401), 2, "it knows nobody who signs in so (you sent Bearer ***)", ("401",)),
    Case("403", answers(403), 2, "it does not permit this (you sent Bearer ***)", ("403",)),
    Case("404", answers(404), 2, "(404: you sent Bearer ***)", ("404",)),
    Case("409", answers(409), 1, "the server has changed since the plan (409: you", ("409",)),
    Case("412", answers(412), 1, "the server has changed since the plan (412: you", ("412",)),
    Case("413", answers(413), 1, "are too large for the server (413: you sent", ("413",)),
    Case("422", answers(422), 1, "the server rejects it (422: you sent Bearer ***)", ("422",)),
    Case("429 once", answers(429, Retry_After="0"), 0, "", ("429", "OK"), stored=True, nth=(1,)),
    Case("429", answers(429, Retry_After="0"), 2, "it was asked too often", ("429",) * 5),
    Case("500", answers(500, HTML), 2, "answered 500 to WRITE (Bad things Bearer ***)", ("500",)),
    Case(
        "500 when stored",
        answers(500, HTML, stored=True),
        2,
        "answered 500 to WRITE",
        ("500",),
        stored=True,
    ),
    Case("502", answers(502, HTML), 2, f"(Bad things Bearer ***){NOT_THERE}", ("502",)),
    Case("502 when stored", answers(502, HTML, stored=True), 0, "", ("502",), stored=True),
    Case("503 once", answers(503), 0, "", ("503", "OK"), stored=True, nth=(1,)),
    Case("503", answers(503), 2, "it does not serve now (you sent Bearer ***)", BUSY),
    Case(
        "503 when stored", answers(503, stored=True), 0, "", ("503", "AGAIN"), stored=True, nth=(1,)
    ),
    Case("504", answers(504), 2, NOT_THERE, ("504",)),
    Case("504 when stored", answers(504, stored=True), 0, "", ("504",), stored=True),
    Case("malformed", answers(201, "{malformed SAID", stored=True), 0, "", ("201",), stored=True),
    Case(
        "error with 200", answers(200), 2, "answered 200 to WRITE (you sent Bearer ***)", ("200",)
    ),
    Case(
        "half",
        mishaps.keeps_half,
        1,
        "lacking or different: 2 added (green, blue)",
        ("OK",),
        stored=None,
        options=AT_ONCE,
    ),
]


SOME = {"reset in the request", "reset when stored", "silent when stored", "409", "503 when stored"}
"""Cases that are run with R5 too, and in a transaction."""


@pytest.fixture(params=["create", "update"])
def before(request: pytest.FixtureRequest, reader: Reader, url: str) -> dict[str, Any] | None:
    """Return what the server has when the fault comes; None: nothing, it is to be created."""
    if request.param == "create":
        return None
    old = colours(url)
    reader.post(old)
    return old


def changed(url: str) -> dict[str, Any]:
    """Return what is to be published: with a code in the middle, of which nobody asks."""
    new = colours(url, title="Changed")
    new["concept"][0]["concept"].insert(1, {"code": "green"})
    return new


def content(resource: dict[str, Any] | None) -> Any:
    """Return what a code system says, without what the server adds."""
    return resource and (resource.get("title"), resource["concept"])


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("server", ["R4"], indirect=True)
def test_a_write_goes_wrong(
    case: Case, before: dict[str, Any] | None, shell: Shell, server: str, reader: Reader, url: str
) -> None:
    goes_wrong(case, "put", before, shell, server, reader, url)


@pytest.mark.parametrize("case", [case for case in CASES if case.name in SOME], ids=str)
@pytest.mark.parametrize("way", ["put", "bundle"])
@pytest.mark.parametrize("server", ["R5"], indirect=True)
def test_a_write_or_a_transaction_goes_wrong(
    case: Case,
    way: str,
    before: dict[str, Any] | None,
    shell: Shell,
    server: str,
    reader: Reader,
    url: str,
) -> None:
    goes_wrong(case, way, before, shell, server, reader, url)


def goes_wrong(
    case: Case,
    way: str,
    before: dict[str, Any] | None,
    shell: Shell,
    server: str,
    reader: Reader,
    url: str,
) -> None:
    """Publish while a write goes wrong, and again when nothing does; look what the server has."""
    new = changed(url)
    method = "PUT" if before and way == "put" else "POST"
    rule = Rule(method, "CodeSystem.*" if way == "put" else "/fhir", case.fault, case.nth)
    if case.before:
        rule = Rule("GET", "CodeSystem/[^?$]*" if before else "CodeSystem[?].*", case.fault)
    with proxied(server, rule) as proxy:
        said = shell.publish(proxy.url, new, options=(*case.options, "--method", way))
    assert said.code == case.code, said
    assert case.told.replace("WRITE", method) in said.err
    if case.code == 2:
        assert said.err.count("\n") == 2, "one line, and the path of the receipt"
        assert shell.receipt["problem"] in said.err
    if case.code == 0:
        done = "updated" if before else "created"
        done = "unchanged" if "AGAIN" in case.writes else done
        assert [each["result"] for each in shell.receipt["artifacts"]] == [done]
    ends = {"OK": "200", "AGAIN": "409"} if before else {"OK": "201", "AGAIN": "200"}
    if way == "bundle":
        ends["OK"] = "200"
    assert [each.split()[-1] for each in proxy.writes] == [ends.get(e, e) for e in case.writes]

    stored = reader.all_of(url)
    assert len(stored) <= 1
    now = content(stored.get("1.0.0"))
    if case.stored is None:
        assert now not in (None, content(new), content(before))
    else:
        assert now == content(new if case.stored else before)

    again = shell.publish(server, new, options=SECONDS)
    assert again.code == 0, again
    result = "unchanged" if case.stored else "updated" if before or now else "created"
    assert [each["result"] for each in shell.receipt["artifacts"]] == [result]
    assert content(reader.all_of(url)["1.0.0"]) == content(new)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("server", ["R4"], indirect=True)
def test_a_redirect_to_another_host_is_not_followed(
    status: int, before: dict[str, Any] | None, shell: Shell, server: str, reader: Reader, url: str
) -> None:
    method = "PUT" if before else "POST"
    with stubbed() as other:
        fault = answers(status, Location=f"{other.url}/CodeSystem?token=SAID")
        with proxied(server, Rule(method, "CodeSystem.*", fault)) as proxy:
            said = shell.publish(proxy.url, changed(url))
        assert not other.asked
    assert said.code == 2
    assert f"redirects to {other.url}/CodeSystem?token=Bearer ***, which is not" in said.err
    assert len(proxy.writes) == 1
    assert content(reader.all_of(url).get("1.0.0")) == content(before)


@pytest.mark.parametrize("late", ["before the next run", "after the next run"])
@pytest.mark.parametrize("server", ["R4"], indirect=True)
def test_a_write_is_done_when_nobody_waits_for_it_any_more(
    late: str, before: dict[str, Any] | None, shell: Shell, server: str, reader: Reader, url: str
) -> None:
    go, done = Event(), Event()
    fault = mishaps.is_late(go, done)
    with proxied(server, Rule("PUT" if before else "POST", "CodeSystem.*", fault)) as proxy:
        said = shell.publish(proxy.url, changed(url), options=IN_TIME)
        assert said.code == 2
        assert NOT_THERE in said.err
        for each in ("before the next run", "after the next run"):
            if each == late:
                go.set()
                assert done.wait(60)
            if each == "before the next run":
                again = shell.publish(server, changed(url), options=SECONDS)
                assert again.code == 0, again
    stored = reader.all_of(url)
    assert content(stored["1.0.0"]) == content(changed(url))
    assert stored["1.0.0"]["meta"]["versionId"] == ("2" if before else "1")


@pytest.mark.parametrize("status", ["draft", "active"])
@pytest.mark.parametrize("server", ["R4"], indirect=True)
def test_what_others_store_after_a_lost_answer_stays(
    status: str, shell: Shell, server: str, reader: Reader, url: str
) -> None:
    theirs = colours(url, title="Theirs", status=status, id=reader.post(colours(url)))
    fault = mishaps.resets_after(lambda: reader.put(theirs))
    with proxied(server, Rule("PUT", "CodeSystem.*", fault)) as proxy:
        said = shell.publish(proxy.url, changed(url))
    assert said.code == 2
    assert NOT_THERE in said.err
    assert proxy.writes == [f"PUT CodeSystem/{theirs['id']} reset"]
    stored = reader.all_of(url)["1.0.0"]
    assert content(stored) == content(theirs)
    assert stored["meta"]["versionId"] == "3"
    again = shell.publish(server, changed(url), options=SECONDS)
    assert again.code == (0 if status == "draft" else 1)


@pytest.mark.parametrize("server", ["R4"], indirect=True)
def test_a_server_that_takes_no_more_is_understood(
    shell: Shell, server: str, reader: Reader, url: str
) -> None:
    concept = [{"code": f"c{at}", "display": f"{uuid4()} {uuid4()}"} for at in range(40_000)]
    with proxied(server, Rule("POST", "CodeSystem", mishaps.takes_no_more)) as proxy:
        said = shell.publish(proxy.url, colours(url, concept=concept))
    assert said.code == 1
    assert "are too large for the server (413)" in said.err
    assert len(proxy.writes) == 1
    assert reader.all_of(url) == {}
