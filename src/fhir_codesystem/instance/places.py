"""Where issues stand in the text of a resource: lines and columns."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from fhir_codesystem.instance.issue import VALUE
from fhir_codesystem.tables.jsonplaces import spots
from fhir_codesystem.tables.jsontext import Part, events, key_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fhir_codesystem.instance.issue import Path, Spot
    from fhir_codesystem.instance.jsonvalues import Parsed

TO_VALUE = re.compile(r"""<[^\s/>]+(?:\s+[^\s=]+\s*=\s*(?:"[^"]*"|'[^']*'))*?\s+value\s*=\s*["']""")
"""A tag of XML up to the text of its value."""

Place = tuple[int, int] | tuple[None, None]


def places_of(text: str, parsed: Parsed, wanted: Iterable[Spot]) -> dict[Spot, Place]:
    """Return line and column, from 1, of each spot; of a spot that is not found the nearest around.

    The column counts characters.
    """
    named = set(wanted)
    starts = parsed.starts
    if not starts and any(spot.line is None for spot in named):
        starts = _strict(text, named)
    lines = [0]
    for line in text.split("\n")[:-1]:
        lines.append(lines[-1] + len(line) + 1)
    found: dict[Spot, Place] = {}
    for spot in named:
        if spot.line is None:
            offset = spot.offset if spot.offset is not None else _start(spot, starts)
        else:
            known = _value(text, lines, spot) if spot.path == VALUE else None
            if known is None:
                found[spot] = spot.line, spot.column or 1
                continue
            offset = known
        number = bisect_right(lines, offset)
        found[spot] = number, offset - lines[number - 1] + 1
    return found


def _value(text: str, lines: list[int], spot: Spot) -> int | None:
    """Return where the value of an element in XML begins."""
    if spot.line is None or spot.column is None or spot.line > len(lines):
        return None
    tag = TO_VALUE.match(text, lines[spot.line - 1] + spot.column - 1)
    return tag.end() if tag is not None else None


def _start(spot: Spot, starts: dict[tuple[Path, bool, int], int]) -> int:
    path, name, repeat = spot.path, spot.name, spot.repeat
    while (path, name, repeat) not in starts and path:
        if name or repeat:
            name, repeat = False, 0
        else:
            path = path[:-1]
    return starts.get((path, name, repeat), 0)


def _strict(text: str, wanted: set[Spot]) -> dict[tuple[Path, bool, int], int]:
    """Find paths in a text that is JSON: once, and to the last of them only."""
    paths = {spot.path for spot in wanted if spot.offset is None and spot.line is None}
    starts: dict[tuple[Path, bool, int], int] = {}
    for path, spot in spots(text, paths).items():
        starts[path, False, 0] = spot.start
        if spot.key is not None:
            starts[path, True, 0] = spot.key
    repeated = {spot.path for spot in wanted if spot.repeat}
    if repeated:
        starts |= _repeats(text, repeated)
    return starts


def _repeats(text: str, wanted: set[Path]) -> dict[tuple[Path, bool, int], int]:
    """Find the names of members that stand more than once in their objects."""
    starts: dict[tuple[Path, bool, int], int] = {}
    around: list[str | int] = []
    opened: list[Part] = []
    for event in events(text):
        if opened and opened[-1] is Part.ARRAY and event.part not in (Part.END, Part.KEY):
            around[-1] = int(around[-1]) + 1
        if event.part is Part.KEY:
            around[-1] = key_of(text, event)
            path = tuple(around)
            if path in wanted:
                number = sum(known == path for known, _, _ in starts)
                starts[path, True, number] = event.start
        elif event.part in (Part.OBJECT, Part.ARRAY):
            opened.append(event.part)
            around.append("" if event.part is Part.OBJECT else -1)
        elif event.part is Part.END:
            opened.pop()
            around.pop()
    return starts
