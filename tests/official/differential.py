"""Our verdict beside the official one: the same issues, at the same places, as grave."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fhir_codesystem.codesystem.versions import FHIRVersion
from fhir_codesystem.instance.verdict import verdict

from .official import Official

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .case import Case
    from .official import Answer

TABLE = Path(__file__).parent / "differences.toml"
INVARIANT = re.compile(r"[a-z]+-\d+")
NO_XML = "ERROR_PARSING_XML_"
"""Our key for what stops its parser of XML, which has no key but a text of its own."""
BROKEN = "(breaks down)"
"""The key of what stands where the official validator ends with an exception."""

RAISES = "(raises)"
"""The key of what stands where our verdict ends with an exception."""


class Said(NamedTuple):
    """What is compared of an issue; a fatal one is an error."""

    key: str
    severity: str
    place: str


class Difference(NamedTuple):
    """An issue on which the validators differ.

    ``side`` is ``missing`` (we do not give it), ``extra`` (we alone do), ``place`` or
    ``severity`` (both give it, ``ours`` says how we do).
    """

    side: str
    said: Said
    case: str
    ours: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """Differences that are meant, and why; ``source`` is a line of the validator that errs."""

    key: str
    reason: str
    side: str = ".*"
    files: str = ".*"
    place: str = ".*"
    source: str = ""

    def covers(self, each: Difference) -> bool:
        """Whether a difference is one of these."""
        return all(
            re.fullmatch(pattern, text)
            for pattern, text in (
                (self.key, each.said.key),
                (self.side, each.side),
                (self.files, each.case),
                (self.place, each.said.place),
            )
        )


def accepted() -> tuple[Accepted, ...]:
    """Read the table of differences that are meant."""
    table = tomllib.loads(TABLE.read_text("utf-8"))
    return tuple(Accepted(**each) for each in table.get("difference", ()))


def compare(version: str, cases: Iterable[Case]) -> Iterator[Difference]:
    """Put cases before both validators; yield on what they differ."""
    for case, answer in Official(version).judge(cases):
        try:
            we = ours(case, version)
        except Exception as problem:  # noqa: BLE001 - a defect of ours, told with the case
            yield Difference("extra", Said(RAISES, "error", ""), case.name, repr(problem))
            continue
        yield from differences(case, we, answer)


def ours(case: Case, version: str) -> set[Said]:
    """Return what we say of a case."""
    found = verdict(case.data, case.name, FHIRVersion(version), publication=case.publication)
    return {
        Said(_key(each.key), str(each.severity.value), each.expression)
        for each in found
        if not each.key.startswith("own-")
    }


def theirs(answer: Answer) -> set[Said]:
    """Return what the official validator says, in the same terms."""
    return {
        Said(
            NO_XML if each.place == "(xml)" else _key(each.key),
            "error" if each.severity == "fatal" else each.severity,
            each.place,
        )
        for each in answer.issues
    }


def differences(case: Case, we: set[Said], answer: Answer) -> Iterator[Difference]:
    """Compare what is said of one case.

    Where the official validator breaks down, no more is asked of us than an error.
    """
    if answer.failure is not None:
        if not any(each.severity == "error" for each in we):
            yield Difference("missing", Said(BROKEN, "error", ""), case.name, answer.failure)
        return
    they = theirs(answer)
    missing, extra = sorted(they - we), sorted(we - they)
    for said in missing:
        twin = next((each for each in extra if _alike(each, said)), None)
        if twin is None:
            yield Difference("missing", said, case.name)
            continue
        extra.remove(twin)
        side = "severity" if twin.place == said.place else "place"
        yield Difference(side, said, case.name, f"{twin.severity} at {twin.place}")
    for said in extra:
        yield Difference("extra", said, case.name)


def unexplained(found: Iterable[Difference]) -> tuple[list[Difference], Counter[Accepted]]:
    """Return the differences that are not meant, and how often each that is meant was met."""
    table = accepted()
    left: list[Difference] = []
    met: Counter[Accepted] = Counter()
    for each in found:
        known = next((entry for entry in table if entry.covers(each)), None)
        if known is None:
            left.append(each)
        else:
            met[known] += 1
    return left, met


def _alike(one: Said, other: Said) -> bool:
    """Whether two issues are one but for the place, or but for the severity."""
    if one.key != other.key:
        return False
    return (one.place == other.place) or (one.severity == other.severity)


def _key(key: str) -> str:
    if "mentions deprecated" in key.lower():  # the one message that has no key
        return "DESCRIPTION_SAYS_DEPRECATED"
    return key if INVARIANT.fullmatch(key) else key.upper()
