"""Quoted cells of delimited text (RFC 4180): where a record ends, and what its cells are.

Quotes are quotes only where a cell begins with one (blanks before it do not count); inside, a
doubled quote is one quote, and delimiters and line ends are text. A quote anywhere else is text:
``5" tube``. The same grammar is written for Rust's regex (columns) and for Python's (places).
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from fhir_codesystem.characters import BLANKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Cell(NamedTuple):
    """A cell of a record: the 0-based offset of its text (or quote), its text, whether it ends."""

    offset: int
    text: str
    closed: bool


class Record(NamedTuple):
    """A record: the number of its first line, its text with all line ends as LF, its last line."""

    line: int
    text: str
    last: int


@dataclass(frozen=True, slots=True)
class Grammar:
    """The patterns of one delimiter (a single character).

    ``blanks`` are those trimmed from cells. The patterns that are text are for Rust's regex.
    ``opens`` matches a line that ends inside a quoted cell, given that it begins outside, and
    ``stays_open`` one that does, given that it begins inside; ``sound`` a record in which nothing
    follows a closing quote; ``cell`` the next cell with the delimiter before it, in a record that
    has one in front.
    """

    delimiter: str
    blanks: str = field(init=False)
    opens: str = field(init=False)
    stays_open: str = field(init=False)
    sound: str = field(init=False)
    cell: str = field(init=False)
    _next: re.Pattern[str] = field(init=False)
    _opens: re.Pattern[str] = field(init=False)
    _goes_on: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        rust = _Pieces.of(self.delimiter, possessive="")
        python = _Pieces.of(self.delimiter, possessive="+")
        made = {
            "blanks": "".join(each for each in BLANKS if each != self.delimiter),
            "opens": f"^{rust.opening}$",
            "stays_open": f"^{rust.staying}$",
            "sound": f"^{rust.sound}(?:{rust.delimiter}{rust.sound})*$",
            "cell": rf"{rust.delimiter}(?:{rust.blank}*{rust.quoted}|{rust.any})",
            "_next": re.compile(
                rf"(?P<blank>{python.blank}*+)"
                rf'(?:"(?P<quoted>{python.inside})(?P<close>"{python.after}|\Z)|(?P<plain>{python.any}))'
            ),
            "_opens": re.compile(python.opening),
            "_goes_on": re.compile(python.staying),
        }
        for name, value in made.items():
            object.__setattr__(self, name, value)

    def records(self, lines: Iterable[str], first: int = 1) -> Iterator[Record]:
        """Join lines (without LF) to records; the first line has the number ``first``."""
        numbered = iter(enumerate(lines, first))
        for number, line in numbered:
            if '"' not in line or not self._opens.fullmatch(line):
                yield Record(number, line, number)
                continue
            parts = [line]
            for _, further in numbered:
                parts.append(further)
                if not self.goes_on(further):
                    break
            yield Record(number, "\n".join(parts), number + len(parts) - 1)

    def goes_on(self, line: str) -> bool:
        """Whether a line that begins inside a quoted cell ends inside one."""
        return self._goes_on.fullmatch(line) is not None

    def split(self, record: str, most: int) -> list[Cell]:
        """Return the first ``most`` cells of a record."""
        return list(islice(self.cells(record), most))

    def cells(self, record: str) -> Iterator[Cell]:
        """Yield the cells of a record, trimmed, their quotes undone."""
        for match in self._matches(record):
            if (inside := match["quoted"]) is None:
                yield Cell(match.start("plain"), match["plain"].strip(self.blanks), closed=True)
            else:
                text = inside.replace('""', '"') + match["close"][1:]
                text = text.strip(BLANKS)
                yield Cell(match.end("blank"), text, closed=bool(match["close"]))

    def bounds(self, record: str) -> Iterator[tuple[int, int]]:
        """Yield where the cells of a record begin and end, with their quotes and blanks."""
        return (match.span() for match in self._matches(record))

    def after_quote(self, record: str) -> tuple[int, int] | None:
        """Return the offsets of a cell's opening quote and of text after its closing one."""
        for match in self._matches(record):
            after = (match["close"] or "")[1:]
            if after.strip(self.blanks):
                blank = len(after) - len(after.lstrip(self.blanks))
                return match.end("blank"), match.start("close") + 1 + blank
        return None

    def _matches(self, record: str) -> Iterator[re.Match[str]]:
        at = 0
        while at <= len(record) and (match := self._next.match(record, at)) is not None:
            yield match
            at = match.end() + 1


class _Pieces(NamedTuple):
    """Parts of the patterns; ``possessive`` (a plus in Python) keeps them from going back."""

    delimiter: str
    blank: str
    inside: str
    after: str
    quoted: str
    sound: str
    any: str
    opening: str
    staying: str

    @classmethod
    def of(cls, character: str, possessive: str) -> _Pieces:
        delimiter = rf"\U{ord(character):08x}"
        blank = (
            "[" + "".join(rf"\x{ord(b):02x}" for b in BLANKS if b not in {character, "\n"}) + "]"
        )
        blanks = f"{blank}*{possessive}"
        inside = f'(?:[^"]+{possessive}|"")*{possessive}'
        anything = f"[^{delimiter}]*{possessive}"
        after = f'(?:[^"{delimiter}]{anything})?'
        plain = f'(?:[^"{delimiter}{blank[1:-1]}]{anything})?'
        quoted = f'"{inside}"{after}'
        cell = f"{blanks}(?:{quoted}|{plain})"
        opening = f'(?:{cell}{delimiter})*{possessive}{blanks}"{inside}'
        return cls(
            delimiter=delimiter,
            blank=blank,
            inside=inside,
            after=after,
            quoted=quoted,
            sound=f'{blanks}(?:"{inside}"{blanks}|{plain})',
            any=anything,
            opening=opening,
            staying=f'{inside}(?:"{after}{delimiter}{opening})?',
        )


def lines_of(data: bytes) -> Iterator[str]:
    """Yield the lines of UTF-8 text without their ends."""
    return (line.decode().removesuffix("\n").removesuffix("\r") for line in io.BytesIO(data))
