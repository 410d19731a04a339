"""The values of a JSON text, with all that another reader might lose.

Objects are tuples of pairs, so repeated names stay; numbers keep their digits. What is nearly JSON
(comments, commas too many or too few, no quotes) is read as the official validator reads it, and
told: https://hl7.org/fhir/R5/json.html.
"""

from __future__ import annotations

import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from json import JSONDecodeError, JSONDecoder, loads
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from fhir_codesystem.tables.jsonplaces import PathTree
from fhir_codesystem.tables.jsontext import CHARACTERS, BrokenError, events

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fhir_codesystem.instance.issue import Path

MOST_DEPTH = 500
"""Brackets that may be open at once; the official validator reads no more."""

BLANK = re.compile(r"[ \t\r\n]*+")
COMMENT = re.compile(r"//[^\r\n]*+")
STRING = re.compile(f'"{CHARACTERS}"')
BRACKET = re.compile(rf"{STRING.pattern}|([{{\[])|([}}\]])")
LOOSE_STRING = re.compile(r'"((?:[^"\\]++|\\.)*+)"', re.DOTALL)
CONTROL = re.compile(r"[\x00-\x1f]")
NUMBER = re.compile(r"[0-9-][0-9.eE+-]*+")
WORD = re.compile(r"[^\W\d][\w.-]*+")
WORDS = {"true": True, "false": False, "null": None}


class Number(str):
    """A number as it is written."""

    __slots__ = ()


class Slip(NamedTuple):
    """What is no JSON and can be read all the same: the message key, where, the offset.

    ``path`` is that of the value before which a comment stands, of the object or array with a
    comma too many, of the member whose name or value lacks quotes or which lacks a comma.
    """

    key: str
    path: Path
    offset: int


@dataclass(slots=True)
class Parsed:
    """A value and the slips in its text; or why there is none."""

    value: Any = None
    slips: list[Slip] = field(default_factory=list)
    broken: BrokenError | None = None


Starts = dict[tuple["Path", bool, int], int]
"""The offsets of values, or (true) of their names, of which 0 is the first of its object."""


def parse(text: str) -> Parsed:
    """Parse a JSON text; never raises."""
    try:
        value = STRICT.decode(text)
        if isinstance(value, tuple):
            return Parsed(value) if _is_flat(value) else Parsed(broken=_too_deep(text))
    except (JSONDecodeError, _NoNumberError):
        pass
    except RecursionError:
        return Parsed(broken=_too_deep(text))
    loose = _Loose(text)
    try:
        value = loose.whole()
    except BrokenError as broken:
        return Parsed(broken=_explained(text, broken) if not loose.slips else broken)
    except RecursionError:
        message = "too many brackets are open for a text that is not quite JSON"
        return Parsed(broken=BrokenError(deepest(text), message, None, None))
    return Parsed(value, loose.slips)


def starts_of(text: str, paths: Iterable[Path]) -> Starts:
    """Find some values, and those around them, in a text that was read though it is no JSON."""
    loose = _Loose(text, PathTree.of(paths))
    with suppress(BrokenError, RecursionError):
        loose.whole()
    return loose.starts


class _NoNumberError(ValueError):
    pass


def _no_number(_: str) -> NoReturn:
    raise _NoNumberError


STRICT = JSONDecoder(
    object_pairs_hook=tuple, parse_int=Number, parse_float=Number, parse_constant=_no_number
)


def _is_flat(value: Any) -> bool:
    """Whether no more brackets are open at once than may be."""
    level = [value]
    for _ in range(MOST_DEPTH):
        inside = [
            each
            for holder in level
            for each in (holder if type(holder) is list else [pair[1] for pair in holder])
            if type(each) in {list, tuple}
        ]
        if not inside:
            return True
        level = inside
    return False


def _too_deep(text: str) -> BrokenError:
    return BrokenError(deepest(text), f"more than {MOST_DEPTH} brackets are open", None, None)


def deepest(text: str) -> int:
    """Return the offset of the bracket at which one too many, or the most of all, are open."""
    depth = most = offset = 0
    for bracket in BRACKET.finditer(text):
        depth += (bracket.lastindex == 1) - (bracket.lastindex == 2)
        if depth > most:
            most, offset = depth, bracket.start()
        if depth > MOST_DEPTH:
            break
    return offset


def _explained(text: str, broken: BrokenError) -> BrokenError:
    """Say what breaks the text as the table reader of JSON says it, where it stops there too."""
    try:
        for _ in events(text):
            pass
    except BrokenError as better:
        return better
    return broken


class _Loose:
    """Reads one text, a token after the other."""

    def __init__(self, text: str, wanted: PathTree | None = None) -> None:
        self.text = text
        self.at = 0
        self.depth = 0
        self.slips: list[Slip] = []
        self.wanted = wanted
        self.starts: Starts = {}
        self.comments: list[int] = []

    def whole(self) -> Any:
        """Read an object and nothing behind it."""
        self._skip()
        if not self.text.startswith("{", self.at):
            self._fail("an object is expected: {")
        self._comments(())
        self._found((), self.wanted, self.at)
        value = self._object((), self.wanted)
        self._skip()
        if self.at < len(self.text):
            self._fail("nothing more is expected")
        return value

    def _skip(self) -> None:
        while True:
            blank = BLANK.match(self.text, self.at)
            self.at = blank.end() if blank else self.at
            comment = COMMENT.match(self.text, self.at)
            if comment is None:
                return
            self.comments.append(self.at)
            self.at = comment.end()

    def _comments(self, path: Path) -> None:
        self.slips += [Slip("JSON_COMMENTS_NOT_ALLOWED", path, at) for at in self.comments]
        self.comments.clear()

    def _fail(self, message: str) -> NoReturn:
        if self.at >= len(self.text):
            message = f"the text ends: {message}"
        raise BrokenError(self.at, message, None, None)

    def _found(
        self, path: Path, wanted: PathTree | None, at: int, *, name: bool = False, repeat: int = 0
    ) -> None:
        if wanted is not None:
            self.starts[path, name, repeat] = at

    def _deeper(self) -> None:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            self._fail(f"more than {MOST_DEPTH} brackets are open")

    def _object(self, path: Path, wanted: PathTree | None) -> tuple[tuple[str, Any], ...]:
        self._deeper()
        self.at += 1
        pairs: list[tuple[str, Any]] = []
        count: Counter[str] = Counter()
        comma = True
        self._skip()
        while not self.text.startswith("}", self.at):
            start = self.at
            name = self._name()
            inside = (*path, name)
            below = wanted.inside.get(name) if wanted else None
            repeat = count[name]
            count[name] += 1
            self._found(inside, below, start, name=True, repeat=repeat)
            if not self.text.startswith('"', start):
                self.slips.append(Slip("JSON_PROPERTY_NO_QUOTES", inside, start))
            if not comma:
                self.slips.append(Slip("JSON_COMMA_MISSING", inside, start))
            self._skip()
            if not self.text.startswith(":", self.at):
                self._fail("a colon is expected")
            self.at += 1
            pairs.append((name, self._value(inside, below, repeat)))
            comma = self._comma(path, "}")
        self.at += 1
        self.depth -= 1
        return tuple(pairs)

    def _array(self, path: Path, wanted: PathTree | None) -> list[Any]:
        self._deeper()
        self.at += 1
        items: list[Any] = []
        self._skip()
        while not self.text.startswith("]", self.at):
            below = wanted.inside.get(len(items)) if wanted else None
            items.append(self._value((*path, len(items)), below))
            self._comma(path, "]")
        self.at += 1
        self.depth -= 1
        return items

    def _comma(self, path: Path, end: str) -> bool:
        self._skip()
        if not self.text.startswith(",", self.at):
            return False
        comma = self.at
        self.at += 1
        self._skip()
        if self.text.startswith(end, self.at):
            self.slips.append(Slip("JSON_COMMA_EXTRA", path, comma))
        return True

    def _name(self) -> str:
        if self.text.startswith('"', self.at):
            return self._string()
        word = WORD.match(self.text, self.at)
        if word is None or word.group() in WORDS:
            self._fail("a name in quotes is expected")
        self.at = word.end()
        return word.group()

    def _string(self) -> str:
        string = STRING.match(self.text, self.at)
        if string is not None:
            self.at = string.end()
            return str(loads(string.group()))
        string = LOOSE_STRING.match(self.text, self.at)
        if string is None:
            self._fail("this text in quotes does not end")
        try:
            value = str(loads(string.group(), strict=False))
        except ValueError:
            self._fail("the text in quotes has an escape that JSON does not know")
        control = CONTROL.search(self.text, self.at)
        self.slips.append(Slip("own-control", (), control.start() if control else self.at))
        self.at = string.end()
        return value

    def _value(self, path: Path, wanted: PathTree | None, repeat: int = 0) -> Any:
        self._skip()
        self._comments(path)
        self._found(path, wanted, self.at, repeat=repeat)
        mark = self.text[self.at : self.at + 1]
        if mark == "{":
            return self._object(path, wanted)
        if mark == "[":
            return self._array(path, wanted)
        if mark == '"':
            return self._string()
        number = NUMBER.match(self.text, self.at)
        if number is not None:
            self.at = number.end()
            return Number(number.group())
        word = WORD.match(self.text, self.at)
        if word is None:
            self._fail("a value is expected")
        if word.group() not in WORDS:
            self.slips.append(Slip("JSON_PROPERTY_VALUE_NO_QUOTES", path, self.at))
        self.at = word.end()
        return WORDS.get(word.group(), word.group())
