"""What differs between two code systems as to their meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

UNSEEN = {"id", "meta", "text", "concept", "resourceType", "implicitRules"}
"""Elements that belong to one copy of a code system, or are compared in another way."""
KINDS = ("added", "removed", "changed", "moved", "doubled")
"""What may be with a concept, in the order in which it is told."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What one code system has and another has not; all are codes but ``elements``.

    ``changed`` concepts say something else, ``moved`` ones stand below another parent, ``doubled``
    ones are there more often in one of the two; the order of concepts, properties and designations
    means nothing.
    """

    elements: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any(getattr(self, kind) for kind in ("elements", *KINDS))

    def __str__(self) -> str:
        told = [
            f"{len(codes):,} {kind} ({_few(codes)})"
            for kind in KINDS
            if (codes := getattr(self, kind))
        ]
        if self.elements:
            told.append(", ".join(self.elements))
        return "; ".join(told) or "nothing"


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept in its place: its parent's code, what it says itself, how often it is there.

    Where it is there more than once, its place and what it says are those of the last.
    """

    parent: str | None
    said: dict[str, Any]
    times: int = 1


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> Difference:
    """Compare two CodeSystem resources; codes stand in the order of the later one."""
    old, new = concepts_of(before), concepts_of(after)
    both = [code for code in new if code in old]
    keys = dict.fromkeys((*before, *after))
    return Difference(
        elements=tuple(
            key
            for key in keys
            if key not in UNSEEN and plain(before.get(key)) != plain(after.get(key))
        ),
        added=tuple(code for code in new if code not in old),
        removed=tuple(code for code in old if code not in new),
        changed=tuple(code for code in both if plain(old[code].said) != plain(new[code].said)),
        moved=tuple(code for code in both if old[code].parent != new[code].parent),
        doubled=tuple(code for code in both if old[code].times != new[code].times),
    )


def concepts_of(resource: Mapping[str, Any]) -> dict[str, Concept]:
    """Return the concepts by code, in the order of the document, however deep they are nested."""
    found: dict[str, Concept] = {}
    for concept, parent, _ in walk(resource):
        code = str(concept.get("code"))
        times = found[code].times + 1 if code in found else 1
        found[code] = Concept(parent, _without_children(concept), times)
    return found


def walk(resource: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], str | None, int]]:
    """Yield each concept, the code of its parent, and its depth from 1, in document order."""
    waiting: list[tuple[dict[str, Any], str | None, int]]
    waiting = [(concept, None, 1) for concept in _reversed(resource)]
    while waiting:
        concept, parent, depth = waiting.pop()
        yield concept, parent, depth
        code = str(concept.get("code"))
        waiting += ((child, code, depth + 1) for child in _reversed(concept))


def _reversed(holder: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    concepts = holder.get("concept")
    found = concepts if isinstance(concepts, list) else []
    return [each for each in reversed(found) if isinstance(each, dict)]


def _without_children(concept: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in concept.items() if key not in {"concept", "id"}}


def plain(value: object) -> object:
    """Take the order out of the arrays of a value, in which it means nothing."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return sorted((plain(each) for each in value), key=_key)
    return value


def _key(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _few(codes: tuple[str, ...]) -> str:
    return ", ".join(codes[:3]) + (", …" if len(codes) > 3 else "")
