"""Where issues stand in the text of a resource: lines and columns."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from typing import TYPE_CHECKING

from fhir_codesystem.instance.issue import VALUE
from fhir_codesystem.instance.jsonvalues import starts_of
from fhir_codesystem.tables.jsonplaces import spots
from fhir_codesystem.tables.jsontext import Part, events, key_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fhir_codesystem.instance.issue import Path, Spot
    from fhir_codesystem.instance.jsonvalues import Parsed, Starts

TO_VALUE = re.compile(r"""<[^\s/>]+(?:\s+[^\s=]+\s*=\s*(?:"[^"]*"|'[^']*'))*?\s+value\s*=\s*["']""")
"""A tag of XML up to the text of its value."""

Place = tuple[int, int] | tuple[None, None]


def places_of(text: str, parsed: Parsed, wanted: Iterable[Spot]) -> dict[Spot, Place]:
    """Return line and column, from 1, of each spot; of a spot that is not found the nearest around.

    The column counts characters.
    """
    named = set(wanted)
    paths = {spot.path for spot in named if spot.offset is None and spot.line is None}
    starts: Starts = {}
    if paths:
        starts = starts_of(text, paths) if parsed.loose else _strict(text, named, paths)
    lines = _lines(text, "\n" if "\n" in text else "\r")
    parsed_lines = lines
    if "\r" in text and any(spot.line is not None for spot in named):
        parsed_lines = _lines(text, r"\r\n?|\n")
    found: dict[Spot, Place] = {}
    for spot in named:
        if spot.line is None:
            offset = spot.offset if spot.offset is not None else _start(spot, starts)
        else:
            offset = _parsed(text, parsed_lines, spot)
        number = bisect_right(lines, offset)
        found[spot] = number, offset - lines[number - 1] + 1
    return found


def _lines(text: str, ends: str) -> list[int]:
    """Return the offsets at which lines begin."""
    return [0, *(end.end() for end in re.finditer(ends, text))]


def _parsed(text: str, lines: list[int], spot: Spot) -> int:
    """Return the offset of what the parser of XML has given a line and a column.

    Of an element with a value that is where the value begins.
    """
    if spot.line is None or spot.line > len(lines):
        return len(text)
    start = min(lines[spot.line - 1] + (spot.column or 1) - 1, len(text))
    tag = TO_VALUE.match(text, start) if spot.path == VALUE else None
    return tag.end() if tag is not None else start


def _start(spot: Spot, starts: Starts) -> int:
    path, name, repeat = spot.path, spot.name, spot.repeat
    while (path, name, repeat) not in starts and path:
        if name or repeat:
            name, repeat = False, 0
        else:
            path = path[:-1]
    return starts.get((path, name, repeat), 0)


def _strict(text: str, wanted: set[Spot], paths: set[Path]) -> Starts:
    """Find paths in a text that is JSON: once, and to the last of them only."""
    starts: Starts = {}
    for path, spot in spots(text, paths).items():
        starts[path, False, 0] = spot.start
        if spot.key is not None:
            starts[path, True, 0] = spot.key
    repeated = {spot.path for spot in wanted if spot.repeat}
    if repeated:
        starts |= _repeats(text, repeated)
    return starts


def _repeats(text: str, wanted: set[Path]) -> Starts:
    """Find the names of members that stand more than once in their objects."""
    starts: Starts = {}
    count: Counter[Path] = Counter()
    around: list[str | int] = []
    opened: list[Part] = []
    for event in events(text):
        if opened and opened[-1] is Part.ARRAY and event.part not in (Part.END, Part.KEY):
            around[-1] = int(around[-1]) + 1
        if event.part is Part.KEY:
            around[-1] = key_of(text, event)
            path = tuple(around)
            if path in wanted:
                starts[path, True, count[path]] = event.start
                count[path] += 1
        elif event.part in (Part.OBJECT, Part.ARRAY):
            opened.append(event.part)
            around.append("" if event.part is Part.OBJECT else -1)
        elif event.part is Part.END:
            opened.pop()
            around.pop()
    return starts
