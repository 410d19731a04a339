"""Our verdict is the official validator's; what we build it finds no fault with.

Needs Java and Maven, and minutes: runs where ``CI`` or ``FHIR_CODESYSTEM_OFFICIAL`` is set, of
which ``required`` fails without them (CI), and ``whole`` puts all cases before both validators
(``make test-official``), not a sample.
"""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

import pytest

from . import corpus, mutations, official
from .differential import accepted, compare, unexplained

if TYPE_CHECKING:
    from pathlib import Path

    from .differential import Difference

pytestmark = [pytest.mark.official, pytest.mark.usefixtures("validator")]
SAMPLE = 140
"""Cases of a FHIR version that CI puts before both."""


@pytest.mark.parametrize("version", mutations.VERSIONS)
def test_the_verdict_is_the_same(version: str) -> None:
    if official.whole():
        cases = chain(mutations.cases(version), corpus.cases(version))
        left, met = unexplained(compare(version, cases))
        unused = [each for each in accepted() if not met[each]] if version == "R5" else []
        assert not unused, "differences that are meant and do not exist"
    else:
        left, _ = unexplained(compare(version, mutations.sample(version, SAMPLE)))
    assert not left, told(left)


@pytest.mark.parametrize("version", mutations.VERSIONS)
def test_cases_are_what_they_were_made_for(version: str) -> None:
    cases = mutations.cases(version) if official.whole() else mutations.sample(version, SAMPLE)
    made = [case for case in cases if case.keys]
    wrong = [
        f"{case.name} is not {key}"
        for case, answer in official.Official(version).judge(made)
        for key in set(case.keys) - {issue.key for issue in answer.issues}
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("version", mutations.VERSIONS)
def test_what_we_build_passes(version: str) -> None:
    turn = mutations.VERSIONS.index(version)
    sources = corpus.SOURCES if official.whole() else corpus.SOURCES[turn::3]
    by_case = {f"corpus/{source.stem}.json": source for source in sources}
    wrong = [
        f"{case.name}: {issue.severity} {issue.key} at {issue.place}: {issue.message}"
        for case, answer in official.Official(version).judge(corpus.cases(version, sources))
        for issue in answer.issues
        if issue.severity in {"fatal", "error", "warning"}
        and issue.key not in told_by_us(by_case[case.name], version)
    ]
    assert not wrong, "\n".join(wrong)


def told_by_us(source: Path, version: str) -> set[str]:
    """Return the message keys that the findings of a build stand for."""
    found = corpus.built(source, version).diagnostics
    keys = chain.from_iterable(each.rule.keys for each in found)
    return {key if key[0].islower() else key.upper() for key in keys}


def told(left: list[Difference]) -> str:
    """Tell differences so that they can be looked up: ``python -m tests.official --only NAME``."""
    lines = (
        f"{each.side} {each.said.severity} {each.said.key}: {each.case} @ {each.said.place}"
        f" {each.ours}"
        for each in islice(left, 40)
    )
    return "\n".join([f"{len(left)} differences", *lines])
