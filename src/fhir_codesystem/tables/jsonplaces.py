"""Where the values of a JSON text stand, found by their paths."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from json import JSONDecoder
from typing import TYPE_CHECKING, NamedTuple

from fhir_codesystem.tables.jsontext import CHARACTERS, SPACE, TOKEN, Path, name_in, pieces

if TYPE_CHECKING:
    from collections.abc import Iterable

KEY = re.compile(rf'("{CHARACTERS}"){SPACE}:{SPACE}')
NEXT = re.compile(rf"{SPACE},?{SPACE}")
PARSER = JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)


class Spot(NamedTuple):
    """Where a value stands: the offsets of its name (if it has one) and of the value itself."""

    key: int | None
    start: int


@dataclass(slots=True)
class PathTree:
    """Paths as a tree: a value that is looked for, and those inside it by their next step."""

    path: Path = ()
    inside: dict[str | int, PathTree] = field(default_factory=dict)

    @classmethod
    def of(cls, paths: Iterable[Path]) -> PathTree:
        """Make one tree of all paths."""
        root = cls()
        for path in paths:
            node = root
            for length, step in enumerate(path, 1):
                if step not in node.inside:
                    node.inside[step] = cls(path[:length])
                node = node.inside[step]
        return root

    def size(self) -> int:
        """How many values there are, this one included."""
        waiting, size = [self], 0
        while waiting:
            node = waiting.pop()
            size += 1
            waiting += node.inside.values()
        return size


def spots(text: str, paths: Iterable[Path], *, lines: bool = False) -> dict[Path, Spot]:
    """Find values by their paths, and whatever stands around them.

    One pass over the text, and none over what stands behind the last of them. What is not there
    is missing from the answer.
    """
    wanted = PathTree.of(paths)
    found: dict[Path, Spot] = {}
    for path, start, _ in pieces(text, lines=lines):
        below: PathTree | None = wanted
        for step in path:
            below = below and below.inside.get(step)
        if below is not None:
            _find(text, _next(text, start), below, found)
    return found


def _find(text: str, at: int, wanted: PathTree, found: dict[Path, Spot]) -> None:
    """Find what is wanted of the value that begins at an offset; ends as soon as nothing more is.

    The text is known to be JSON. What is not wanted is skipped by the parser.
    """
    missing = wanted.size()
    around: list[tuple[PathTree, int | None]] = []
    below: PathTree | None = wanted
    key = None
    while True:
        if below is None or below.path in found:  # of a name that stands twice the first counts
            at = _skip(text, at)
        else:
            found[below.path] = Spot(key, at)
            missing -= 1
            if below.inside and text[at] in "{[":
                around.append((below, 0 if text[at] == "[" else None))
                at += 1
            else:
                missing -= below.size() - 1
                at = _skip(text, at) if missing else at
        at = _next(text, at)
        while missing and text[at] in "}]":
            node, _ = around.pop()
            missing -= sum(each.size() for each in node.inside.values() if each.path not in found)
            at = _next(text, at + 1)
        if not missing:
            return
        node, index = around[-1]
        if index is None:
            if (name := KEY.match(text, at)) is None:
                return
            below, key, at = node.inside.get(name_in(name.group(1))), at, name.end()
        else:
            below, key = node.inside.get(index), None
            around[-1] = node, index + 1


def _next(text: str, at: int) -> int:
    """Return the offset of the next value, name or closing bracket."""
    end = NEXT.match(text, at)
    return end.end() if end else at


def _skip(text: str, at: int) -> int:
    """Return the offset behind the value that begins at an offset."""
    try:
        return PARSER.raw_decode(text, at)[1]
    except RecursionError:
        depth = 0
        while token := TOKEN.match(text, at):
            mark = text[token.start(token.lastindex or 0)]
            depth += (mark in "{[") - (mark in "}]")
            at = token.end()
            if not depth:
                break
        return at
