"""What a server now serves: asked of itself, until it answers as it should or time is up."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from fhir_codesystem.publishing.client import ServerProblem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fhir_codesystem.publishing.client import Client
    from fhir_codesystem.publishing.questions import Question

LONGEST_PAUSE = 2.0
LEAST = 1.0
"""Seconds that an attempt has at least for an answer, also when the time is up."""


class Verdict(StrEnum):
    """Whether the answer was right; ``open`` where the server need not answer."""

    RIGHT = "right"
    WRONG = "wrong"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Check:
    """One question to a server: what was asked and expected, what it answered last.

    ``note`` says why it may be left open; with no ``attempts`` it was not asked.
    """

    asked: str
    expected: str
    answered: str
    verdict: Verdict
    attempts: int = 1
    note: str = ""


def verify(
    client: Client, questions: Iterable[Question], *, seconds: float = 60
) -> tuple[Check, ...]:
    """Ask a server for what it should have; wrong answers are asked for again for ``seconds``.

    The first is to read it back. Where that is wrong nothing else is asked: what HAPI answers of
    what it does not have it keeps for minutes, and says it of what is stored meanwhile.
    Never raises for what the server answers: a question that cannot be asked is a wrong answer.
    When the time is up each is asked once more, until one gets no answer in `LEAST` seconds.
    """
    end = time.monotonic() + seconds
    checks: list[Check] = []
    hangs = False
    for question in questions:
        check, hangs = (_not_asked(question), True) if hangs else _asked(client, question, end)
        checks.append(check)
        if checks[0].verdict is Verdict.WRONG:
            break
    return tuple(checks)


def _asked(client: Client, question: Question, end: float) -> tuple[Check, bool]:
    """Ask until the answer is right or the time is up; tell too whether the server hung then."""
    attempts, pause = 0, 0.2
    while True:
        attempts += 1
        began = time.monotonic()
        hasty = client.once(max(LEAST, round(end - began, 1)))
        answered, refused = _answer(hasty, question)
        if answered == question.expected:
            verdict = Verdict.RIGHT
        elif refused and question.unless:
            verdict = Verdict.OPEN
        else:
            verdict = Verdict.WRONG
        now = time.monotonic()
        left = end - now
        if verdict is not Verdict.WRONG or left <= 0:
            note = question.unless if verdict is Verdict.OPEN else ""
            check = Check(question.asked, question.expected, answered, verdict, attempts, note)
            return check, verdict is Verdict.WRONG and now - began >= LEAST
        time.sleep(min(pause, left))
        pause = min(pause * 1.5, LONGEST_PAUSE)


def _not_asked(question: Question) -> Check:
    return Check(question.asked, question.expected, "not asked", Verdict.WRONG, attempts=0)


def _answer(client: Client, question: Question) -> tuple[str, bool]:
    """Ask once: what was answered in short, and whether the server refused to answer."""
    try:
        answer = client.get(question.path, **question.query)
    except ServerProblem as problem:
        return str(problem), False
    if not answer.is_good:
        return f"{answer.status} {answer.said}".strip(), True
    return question.judge(answer), False
