"""How long a server is asked whether it serves what it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fhir_codesystem.publishing import verification
from fhir_codesystem.publishing.client import Client
from fhir_codesystem.publishing.profiles import target
from fhir_codesystem.publishing.questions import Question
from fhir_codesystem.publishing.verification import verify

from .stub import SILENT, Reply

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .stub import Stub

RIGHT, WRONG = Reply(200, ["right"]), Reply(200, ["wrong"])


@pytest.fixture
def client(stub: Stub, tmp_path: Path) -> Iterator[Client]:
    """Return a client of the stub; the stub has what is read first."""
    stub.on("GET", "/read", RIGHT)
    with Client(target(stub.url, {"XDG_CONFIG_HOME": str(tmp_path)})) as client:
        yield client


def asked(client: Client, *paths: str, seconds: float) -> list[tuple[str, int]]:
    """Return what was answered to questions, and how often each was asked."""
    questions = [
        Question(path, path, {}, "right", lambda answer: str(answer.value[0])) for path in paths
    ]
    return [(e.answered, e.attempts) for e in verify(client, questions, seconds=seconds)]


@pytest.mark.parametrize("seconds", [0, 0.1])
def test_a_server_that_hangs_is_not_asked_for_the_rest(
    client: Client, stub: Stub, seconds: float
) -> None:
    stub.on("GET", "/hangs", Reply(SILENT))
    said = asked(client, "read", "hangs", "a", "b", seconds=seconds)
    late = f"{stub.url}/hangs gives no answer within 1 s"
    assert said == [("right", 1), (late, 1), ("not asked", 0), ("not asked", 0)]
    assert [each.path for each in stub.asked] == ["/read", "/hangs"]


def test_an_answer_has_no_more_time_than_there_is(client: Client, stub: Stub) -> None:
    stub.on("GET", "/hangs", Reply(SILENT))
    ((said, _),) = asked(client, "hangs", seconds=1.2)
    assert f"{stub.url}/hangs gives no answer within 1" in said
    assert (client.once(5).timeout, client.once(500).timeout, client.timeout) == (5, 120, 120)


@pytest.mark.parametrize("wrong", [WRONG, Reply(500), Reply(503, "", {"Retry-After": "60"})])
def test_what_answers_is_asked_to_the_end(client: Client, stub: Stub, wrong: Reply) -> None:
    stub.on("GET", "/wrong", wrong)
    stub.on("GET", "/right", RIGHT)
    said = asked(client, "read", "wrong", "right", seconds=0)
    assert [attempts for _, attempts in said] == [1, 1, 1]
    assert said[2][0] == "right"
    assert [each.path for each in stub.asked] == ["/read", "/wrong", "/right"]


@pytest.mark.parametrize("wrong", [WRONG, Reply(500), Reply(503, "", {"Retry-After": "60"})])
def test_a_wrong_answer_is_asked_for_again(
    client: Client, stub: Stub, wrong: Reply, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "LONGEST_PAUSE", 0)
    stub.on("GET", "/late", wrong, wrong, RIGHT)
    assert asked(client, "read", "late", seconds=60) == [("right", 1), ("right", 3)]
