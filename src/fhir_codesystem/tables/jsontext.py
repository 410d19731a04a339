"""The text of JSON: what breaks it, and which names stand twice.

A scanner of RFC 8259 that keeps places. It is slower than a parser and is asked only where
something must be told. It holds one offset for each bracket that is open, and never recurses.
"""

from __future__ import annotations

import re
from enum import Enum
from json import loads
from typing import TYPE_CHECKING, NamedTuple

from fhir_codesystem.characters import INVISIBLE_IN_PYTHON, name_of
from fhir_codesystem.diagnostics import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

Path = tuple[str | int, ...]
"""The way to a value: ``("concept", 0, "code")``."""

MOST_DEPTH = 1024
"""Brackets that may be open at once; orjson reads no more."""

SPACE = r"[ \t\n\r]*+"
HEX = "[0-9a-fA-F]"
CHARACTERS = (
    r'(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u(?:'
    rf"(?![dD][89a-fA-F]){HEX}{{4}}|[dD][89abAB]{HEX}{{2}}\\u[dD][c-fC-F]{HEX}{{2}})))*+"
)
"""What stands between the quotes; a surrogate only as the first or second of its pair."""

NUMBER = r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?"
TOKEN = re.compile(
    rf'{SPACE}(?:([{{}}\[\],:])|("{CHARACTERS}")|((?:{NUMBER}|true|false|null)(?![\w.+-])))'
)
BLANK = re.compile(SPACE)
INSIDE = re.compile(f'"{CHARACTERS}')
WORD = re.compile(r"[\w.+-]+")
LINE = re.compile(r"[ \t\r\n]*+([^\n]+)")


class Part(Enum):
    """What the scanner comes by."""

    KEY = "key"
    SCALAR = "scalar"
    OBJECT = "{"
    ARRAY = "["
    END = "end"


class Event(NamedTuple):
    """A part of the text and the offsets of its first character and of that behind it."""

    part: Part
    start: int
    end: int


class BrokenError(ValueError):
    """The text is no JSON from an offset on: what was expected, what would help.

    ``opened`` is the offset of the bracket that was open last.
    """

    def __init__(self, offset: int, message: str, hint: str | None, opened: int | None) -> None:
        super().__init__(message)
        self.offset = offset
        self.message = message
        self.hint = hint
        self.opened = opened


class Expected(Enum):
    """What must come next, as a finding says it."""

    VALUE = "a value"
    FIRST_VALUE = "a value or ]"
    KEY = "a name in quotes"
    FIRST_KEY = "a name in quotes or }"
    COLON = "a colon"
    IN_OBJECT = "a comma or }"
    IN_ARRAY = "a comma or ]"
    NOTHING = "nothing more"


def events(text: str, at: int = 0, end: int | None = None) -> Iterator[Event]:
    """Go through one JSON text, or the part of a text between two offsets.

    Raises BrokenError where it is no JSON, after the events of all that stands before.
    """
    end = len(text) if end is None else end
    opened: list[int] = []
    expected = Expected.VALUE
    while expected is not Expected.NOTHING:
        token = TOKEN.match(text, at, end)
        if token is None:
            raise _broken(text, at, end, expected, opened)
        kind = token.lastindex or 0
        start, stop = token.span(kind)
        mark = text[start] if kind == 1 else ""
        if expected in (Expected.VALUE, Expected.FIRST_VALUE) and (kind > 1 or mark in "{["):
            if kind > 1:
                yield Event(Part.SCALAR, start, stop)
                expected = _after(text, opened)
            else:
                expected = _inside(text, start, opened)
                yield Event(Part(mark), start, stop)
        elif expected in (Expected.KEY, Expected.FIRST_KEY) and kind == 2:
            yield Event(Part.KEY, start, stop)
            expected = Expected.COLON
        elif expected is Expected.COLON and mark == ":":
            expected = Expected.VALUE
        elif expected in (Expected.IN_OBJECT, Expected.IN_ARRAY) and mark == ",":
            expected = Expected.KEY if expected is Expected.IN_OBJECT else Expected.VALUE
        elif mark and expected.value.endswith(f" or {mark}"):
            opened.pop()
            yield Event(Part.END, start, stop)
            expected = _after(text, opened)
        else:
            raise _broken(text, start, end, expected, opened)
        at = stop
    if (blank := BLANK.match(text, at, end)) and blank.end() < end:
        raise _broken(text, blank.end(), end, expected, opened)


def _inside(text: str, start: int, opened: list[int]) -> Expected:
    opened.append(start)
    if len(opened) > MOST_DEPTH:
        message = f"more than {MOST_DEPTH:,} brackets are open here"
        raise BrokenError(start, message, None, None)
    return Expected.FIRST_KEY if text[start] == "{" else Expected.FIRST_VALUE


def _after(text: str, opened: list[int]) -> Expected:
    if not opened:
        return Expected.NOTHING
    return Expected.IN_OBJECT if text[opened[-1]] == "{" else Expected.IN_ARRAY


def _broken(text: str, at: int, end: int, expected: Expected, opened: list[int]) -> BrokenError:
    """Say what is wrong at the first character that is not white space."""
    blank = BLANK.match(text, at, end)
    at = blank.end() if blank else at
    last = opened[-1] if opened else None
    if at >= end:
        kind = "the text" if last is None else "an object" if text[last] == "{" else "an array"
        whole = "the text ends" if end == len(text) else "the line ends"
        return BrokenError(
            at,
            f"{whole} where {expected.value} is expected: {kind} is not complete",
            "a part of the file may be missing",
            last,
        )
    if text[at] == '"':
        inside = INSIDE.match(text, at, end)
        if inside and not text.startswith('"', inside.end()):
            return _broken_string(text, at, inside.end(), end, last)
    word = WORD.match(text, at, end)
    shown = quoted(word.group() if word else text[at], 30)
    if INVISIBLE_IN_PYTHON.match(text, at):
        shown = f"a {name_of(text[at])}"
    message = f"expected {expected.value}, not {shown}"
    return BrokenError(at, message, _hint(text, at, word.group() if word else "", expected), last)


def _hint(text: str, at: int, word: str, expected: Expected) -> str | None:
    """Say what helps against the ways in which JSON is mostly broken."""
    if text.startswith(("//", "/*", "#"), at):
        return "JSON has no comments"
    if text[at] in "}]" and text[:at].rstrip().endswith(","):
        return "take out the comma before it"
    if not expected.value.startswith("a value") and not expected.value.startswith("a name"):
        return None
    if text[at] in "'`\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}":
        return 'JSON quotes with " only'
    if re.fullmatch(r"[-+]?(nan|inf|infinity)", word, re.IGNORECASE):
        return "JSON has no such number; write null, or a text in quotes"
    if word.lower() in {"none", "nil", "undefined", "true", "false", "null"}:
        return "JSON writes null, true and false"
    return f'a text stands in quotes: "{word[:30]}"' if word else None


def _broken_string(text: str, start: int, at: int, end: int, last: int | None) -> BrokenError:
    """Say what breaks the string that begins at ``start``: what stands at ``at``."""
    if at >= end:
        return BrokenError(start, "this text in quotes does not end", "its quote is missing", last)
    if text[at] == "\\":
        escape = text[at : at + (6 if text.startswith("\\u", at) else 2)]
        if re.fullmatch(rf"\\u[dD][89a-fA-F]{HEX}{{2}}", escape):
            message = f"{quoted(escape)} is half a character: the other half is missing"
            return BrokenError(at, message, "write the character itself", last)
        hint = r"write \\ for a backslash"
        return BrokenError(at, f"{quoted(escape)} is no escape of JSON", hint, last)
    message = f"a {name_of(text[at])} stands in a text"
    if text[at] in "\r\n":
        message = "the line ends inside a text"
    return BrokenError(at, message, r"write \n for a line end, \t for a tab", last)


def pieces(text: str, *, lines: bool) -> Iterator[tuple[Path, int, int]]:
    """Return the paths and offsets of the values at the top: one, or one a line that is not blank.

    The lines are the items of an array that has no brackets.
    """
    if not lines:
        yield (), 0, len(text)
        return
    for number, line in enumerate(LINE.finditer(text)):
        yield (number,), line.start(1), line.end()


def key_of(text: str, event: Event) -> str:
    """Return the name that an event of a key stands for."""
    return name_in(text[event.start : event.end])


def name_in(quoted_name: str) -> str:
    """Return what stands in quotes, its escapes resolved."""
    return str(loads(quoted_name)) if "\\" in quoted_name else quoted_name[1:-1]


def repeated_keys(text: str, *, lines: bool = False) -> Iterator[tuple[str, int, int]]:
    """Return each name that stands in its object before: it, its offset, that of the first."""
    for _, start, end in pieces(text, lines=lines):
        objects: list[dict[str, int]] = []
        for event in events(text, start, end):
            if event.part is Part.KEY:
                name = key_of(text, event)
                first = objects[-1].setdefault(name, event.start)
                if first != event.start:
                    yield name, event.start, first
            elif event.part in (Part.OBJECT, Part.ARRAY):
                objects.append({})
            elif event.part is Part.END:
                objects.pop()
