"""JSON (RFC 8259) and JSON Lines: a FHIR resource, or objects in an array.

orjson parses. It says little of what is wrong, keeps one of several values of a name and changes
numbers; where that matters the text itself is asked (`jsontext`), or parsed once more.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import orjson

from fhir_codesystem.diagnostics import MOST, Location, Related, quoted
from fhir_codesystem.rules.metadata import REPEATED_KEY
from fhir_codesystem.rules.reading import EMPTY_TABLE
from fhir_codesystem.rules.rule import first_few
from fhir_codesystem.rules.structured import JSON_SYNTAX
from fhir_codesystem.tables import fhir, objects
from fhir_codesystem.tables.decoding import BYTE_ORDER_MARKS, SAMPLE, decode
from fhir_codesystem.tables.document import Number, Place
from fhir_codesystem.tables.jsonplaces import spots
from fhir_codesystem.tables.jsontext import BrokenError, events, pieces, repeated_keys
from fhir_codesystem.tables.reading import ENDINGS
from fhir_codesystem.tables.table import Reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.tables.decoding import Text
    from fhir_codesystem.tables.jsontext import Path
    from fhir_codesystem.tables.source import Source

MOST_BYTES = 512 * 2**20
"""Bytes that are read; what is parsed takes some ten times as many."""

BEGINNING = re.compile(rb'\s*(?:\{\s*["}]|\[\s*[{\]])')


def recognises(source: Source) -> bool:
    """Whether the bytes begin as an object or an array of them; or the name says JSON."""
    data = source.data
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            data = data[len(mark) : SAMPLE].decode(encoding, "ignore").encode("utf-8", "ignore")
            break
    if BEGINNING.match(data):
        return True
    markup = re.match(rb"\s*[<|]", data)
    return source.path.lower().endswith(ENDINGS["json"]) and not markup


def read(source: Source) -> Reading:
    """Read what a JSON text says of concepts."""
    document, found = load(source.path, source.data)
    if document is None:
        return Reading(None, tuple(found))
    reader = fhir if fhir.holds_resources(document.value) else objects
    reading = reader.read(document, source.wanted)
    return Reading(reading.table, (*found, *reading.diagnostics))


@dataclass(frozen=True)
class JSONDocument:
    """A JSON text that was parsed (see `Document`); ``lines``: it is JSON Lines."""

    path: str
    data: bytes
    value: Any
    lines: bool

    @cached_property
    def text(self) -> str:
        """The text in characters."""
        return self.data.decode()

    @cached_property
    def line_starts(self) -> list[int]:
        """The offset of the first character of each line."""
        return [0, *(end.end() for end in re.finditer("\n", self.text))]

    @property
    def decimals(self) -> bool:
        """Whether there is a property whose value is a decimal."""
        return b"valueDecimal" in self.data

    def written(self, *, integers: bool = False) -> Any:
        """Return the value with each decimal (or each number) as a `Number`.

        Raises RecursionError where it is too deep for the parser of the standard library.
        """
        whole = Number if integers else int
        parse = json.JSONDecoder(parse_float=Number, parse_int=whole).decode
        if not self.lines:
            return parse(self.text)
        return [parse(self.text[start:end]) for _, start, end in pieces(self.text, lines=True)]

    def without_value(self) -> JSONDocument:
        """Return the document without what was parsed: it only finds places."""
        return replace(self, value=None)

    def place(self, offset: int) -> tuple[int, int]:
        """Return the 1-based line and column of a character."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def location(self, offset: int) -> Location:
        """Return the place of a character in a finding."""
        return Location(self.path, *self.place(offset))

    def places(self, paths: Iterable[Path]) -> Mapping[Path, Place]:
        """Find values, and whatever stands around them; what is not there is missing."""
        found = spots(self.text, paths, lines=self.lines)
        return {
            path: Place(*self.place(spot.start), None if spot.key is None else self.place(spot.key))
            for path, spot in found.items()
        }


def load(path: str, data: bytes) -> tuple[JSONDocument | None, list[Diagnostic]]:
    """Parse JSON or JSON Lines; what is broken becomes findings, as do names that stand twice."""
    if len(data) > MOST_BYTES:
        message = f"{len(data):,} bytes; at most {MOST_BYTES:,} are read"
        return None, [JSON_SYNTAX.at(Location(path), message, official=False)]
    text, found = decode(path, data)
    if text is None:
        return None, found
    if not text.data.strip():
        return None, [*found, EMPTY_TABLE.at(Location(path), "the file holds no table")]
    document, broken = _parsed(text)
    found += broken
    if document is not None and (repeated := _repeated(document)):
        return None, [*found, *repeated]
    return document, found


def _parsed(text: Text) -> tuple[JSONDocument | None, list[Diagnostic]]:
    try:
        return JSONDocument(text.path, text.data, orjson.loads(text.data), lines=False), []
    except orjson.JSONDecodeError as error:
        problem = error
    records = (record for line in text.data.split(b"\n") if (record := line.strip(b" \t\r")))
    values: list[Any] = []
    try:
        for record in records:
            values.append(orjson.loads(record))
            if not isinstance(values[0], dict):
                break
        else:
            return JSONDocument(text.path, text.data, values, lines=True), []
    except orjson.JSONDecodeError as error:
        problem = error if values else problem
    unread = JSONDocument(text.path, text.data, None, bool(values) and isinstance(values[0], dict))
    return None, [_broken(unread, problem)]


def _broken(document: JSONDocument, problem: orjson.JSONDecodeError) -> Diagnostic:
    """Say where and why a text is no JSON: by the scanner, or else as the parser says it."""
    try:
        for _, start, end in pieces(document.text, lines=document.lines):
            for _ in events(document.text, start, end):
                pass
    except BrokenError as error:
        related = []
        if error.opened is not None:
            related = [Related(document.location(error.opened), "what is open begins here")]
        place = document.location(error.offset)
        return JSON_SYNTAX.at(
            place, error.message, hint=error.hint, related=tuple(related), official=False
        )
    place = Location(document.path)
    if not document.lines:
        place = Location(document.path, problem.lineno, problem.colno)
    return JSON_SYNTAX.at(place, problem.msg.split(":")[0], official=False)


def _repeated(document: JSONDocument) -> list[Diagnostic]:
    """Find names that stand twice in their object.

    Of such names the parser keeps one, so what it would write has fewer colons than the text. Only
    where that is so, or cannot be said, the text is searched.
    """
    data = document.data
    try:
        alike = orjson.dumps(document.value).count(b":") == data.count(b":")
    except TypeError:  # more levels than orjson writes
        alike = False
    if alike and b"\\u003a" not in data and b"\\u003A" not in data:
        return []
    repeated = list(repeated_keys(document.text, lines=document.lines))
    return first_few([_repeat(document, *each) for each in repeated[:MOST]], len(repeated))


def _repeat(document: JSONDocument, name: str, offset: int, first: int) -> Diagnostic:
    before = document.location(first)
    message = f"{quoted(name)} stands twice, first in line {before.line}"
    related = (Related(before, "the first"),)
    at = document.location(offset)
    return REPEATED_KEY.at(at, message, related=related, official=False)
