"""What a server now serves: asked of itself, until it answers as it should or time is up."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from fhir_codesystem.publishing.client import ServerProblem
from fhir_codesystem.publishing.difference import difference, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fhir_codesystem.publishing.artifact import Artifact
    from fhir_codesystem.publishing.capabilities import Capabilities
    from fhir_codesystem.publishing.client import Answer, Client

BEYOND = 100
"""HAPI stores more concepts than this in the background, so one beyond it is asked for."""
LONGEST_PAUSE = 2.0


class Verdict(StrEnum):
    """Whether the answer was right; ``open`` where the server need not answer."""

    RIGHT = "right"
    WRONG = "wrong"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Check:
    """One question to a server: what was asked and expected, what it answered last."""

    asked: str
    expected: str
    answered: str
    verdict: Verdict
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and what the answer must say; ``optional`` where it may be refused."""

    asked: str
    path: str
    query: dict[str, str]
    expected: str
    judge: Callable[[Answer], str]
    optional: bool = False


def verify(
    client: Client,
    capabilities: Capabilities,
    artifact: Artifact,
    server_id: str,
    *,
    seconds: float = 60,
) -> tuple[Check, ...]:
    """Ask a server for what it should have; wrong answers are asked for again for ``seconds``.

    Never raises for what the server answers: a question that cannot be asked is a wrong answer.
    """
    end = time.monotonic() + seconds
    return tuple(
        _asked(client, question, end)
        for question in questions(artifact, server_id, capabilities.operations)
    )


def questions(
    artifact: Artifact, server_id: str, operations: tuple[str, ...]
) -> Iterator[Question]:
    """Yield what is to be asked: read back, $subsumes, $lookup, $validate-code.

    An operation that the server does not state is not asked for. $subsumes comes first, and waits
    until the concepts are stored: what HAPI answers to the others too early it keeps for minutes.
    """
    yield Question(
        f"read CodeSystem/{server_id}",
        f"CodeSystem/{server_id}",
        {},
        "no difference",
        lambda answer: _read_back(answer, artifact),
    )
    chosen, pair = _sample(artifact.resource)
    version = {"version": artifact.version} if artifact.version else {}
    query = {"system": artifact.url, **version}
    if "subsumes" in operations:
        yield from _subsumptions(artifact, chosen, pair, query)
    if "lookup" in operations:
        for concept in chosen:
            yield _lookup(artifact, concept, query)
    if "validate-code" in operations and chosen:
        for code, result in ((chosen[0]["code"], "true"), (_unused(artifact.resource), "false")):
            yield Question(
                f"$validate-code {code}",
                "CodeSystem/$validate-code",
                {"url": artifact.url, **version, "code": code},
                f"result {result}",
                lambda answer: f"result {_lower(_parameter(answer, 'result'))}",
            )


def _subsumptions(
    artifact: Artifact,
    chosen: list[dict[str, Any]],
    pair: tuple[str, str] | None,
    query: dict[str, str],
) -> Iterator[Question]:
    """Ask how each concept and itself are related, and whether the parent subsumes the child.

    The first is but a way to ask whether a concept is known: HAPI says not-subsumed there. Servers
    need not do this with a part of a code system, so there only the pair is asked for.
    """
    whole = artifact.resource.get("content") == "complete"
    path = "CodeSystem/$subsumes"
    for code in [each["code"] for each in chosen if whole]:
        yield Question(
            f"$subsumes {code} {code}",
            path,
            {**query, "codeA": code, "codeB": code},
            "any outcome",
            lambda answer: "any outcome" if _parameter(answer, "outcome") else "none",
        )
    if pair:
        yield Question(
            f"$subsumes {pair[0]} {pair[1]}",
            path,
            {**query, "codeA": pair[0], "codeB": pair[1]},
            "outcome subsumes",
            lambda answer: f"outcome {_parameter(answer, 'outcome')}",
            optional=not whole,
        )


def _lookup(artifact: Artifact, concept: dict[str, Any], query: dict[str, str]) -> Question:
    display = concept.get("display")
    parts = [f"display {display}"] if display else ["found"]
    if artifact.version:
        parts.append(f"version {artifact.version}")

    def judge(answer: Answer) -> str:
        seen = _parameter(answer, "version")
        told = [f"display {_parameter(answer, 'display')}"] if display else ["found"]
        if artifact.version:
            told.append(f"version {artifact.version if seen is None else seen}")
        return ", ".join(told)

    return Question(
        f"$lookup {concept['code']}",
        "CodeSystem/$lookup",
        {**query, "code": concept["code"]},
        ", ".join(parts),
        judge,
    )


def _asked(client: Client, question: Question, end: float) -> Check:
    """Ask until the answer is right or the time is up."""
    attempts, pause = 0, 0.2
    while True:
        attempts += 1
        answered, refused = _answer(client, question)
        if answered == question.expected:
            verdict = Verdict.RIGHT
        elif refused and question.optional:
            verdict = Verdict.OPEN
        else:
            verdict = Verdict.WRONG
        left = end - time.monotonic()
        if verdict is not Verdict.WRONG or left <= 0:
            return Check(question.asked, question.expected, answered, verdict, attempts)
        time.sleep(min(pause, left))
        pause = min(pause * 1.5, LONGEST_PAUSE)


def _answer(client: Client, question: Question) -> tuple[str, bool]:
    """Ask once: what was answered in short, and whether the server refused to answer."""
    try:
        answer = client.get(question.path, **question.query)
    except ServerProblem as problem:
        return str(problem), False
    if not answer.is_good:
        return f"{answer.status} {answer.said}".strip(), True
    return question.judge(answer), False


def _read_back(answer: Answer, artifact: Artifact) -> str:
    stored = answer.value
    if not isinstance(stored, dict):
        return "no JSON"
    found = difference(stored, artifact.resource)
    return f"lacking or different: {found}" if found else "no difference"


def _sample(
    resource: dict[str, Any],
) -> tuple[list[dict[str, Any]], tuple[str, str] | None]:
    """Choose the first, the last, the deepest concept and one beyond the hundredth.

    With them comes a parent and its child, the deepest, where the hierarchy means is-a.
    """
    chosen: dict[str, dict[str, Any]] = {}
    deepest: tuple[int, dict[str, Any], str | None] = (0, {}, None)
    last: dict[str, Any] = {}
    for at, (concept, parent, depth) in enumerate(walk(resource)):
        last = concept
        if at in {0, BEYOND}:
            chosen[concept["code"]] = concept
        if depth > deepest[0]:
            deepest = (depth, concept, parent)
    for concept in (last, deepest[1]):
        if concept:
            chosen.setdefault(concept["code"], concept)
    parent = deepest[2]
    is_a = resource.get("hierarchyMeaning") == "is-a"
    return list(chosen.values()), (parent, deepest[1]["code"]) if parent and is_a else None


def _unused(resource: dict[str, Any]) -> str:
    """A code that no concept has."""
    codes = {concept["code"].casefold() for concept, _, _ in walk(resource)}
    made_up = "no-such-code"
    while made_up in codes:
        made_up += "-"
    return made_up


def _parameter(answer: Answer, name: str) -> Any:
    value = answer.value
    parameters = value.get("parameter") if isinstance(value, dict) else None
    for each in parameters if isinstance(parameters, list) else ():
        if isinstance(each, dict) and each.get("name") == name:
            return next((each[key] for key in each if key.startswith("value")), None)
    return None


def _lower(value: object) -> str:
    return str(value).lower()
