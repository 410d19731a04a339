r"""Changes of cells as edits of the text they were read from; all else stays as it is.

A cell is found in the text from the place that its reader tells. It may be written there in the
ways of its format: with ``\|`` for a bar, doubled quotes, entities and tags of HTML, line ends and
blanks of any kind. Only the characters that change are replaced. Whether that was right is not
believed but seen: the changed text is read again, and must give the same table but for the cells.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from html import unescape
from itertools import pairwise
from typing import TYPE_CHECKING

import polars as pl

from fhir_codesystem.tables.decoding import encoding_of
from fhir_codesystem.tables.reading import read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fhir_codesystem.tables.source import Source
    from fhir_codesystem.tables.table import Table

QUOTES = ('"', '""', r"\"", None)
"""How a straight double quote may have to be written; None: not at all, such changes are left."""

ESCAPE = re.compile(
    r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});|\\u[0-9A-Fa-f]{4}"
)
BLANKS = re.compile(r"(?:[ \t\r\n]|<br ?/?>|\\n)+")
MARKUP = re.compile(r"<[^<>]{1,1000}>|\]\([^()\s]{0,1000}\)|[\s\"*_`~!\[]")
"""What may stand between the characters of a cell and is none of them."""

WORD = re.compile("[!-~]+")


@dataclass(frozen=True, slots=True)
class Text:
    """A text with its encoding, as a file holds it, and where its lines begin."""

    content: str
    mark: bytes
    codec: str
    starts: tuple[int, ...]

    @classmethod
    def of(cls, data: bytes) -> Text | None:
        """Decode a file; None where it is no text that could be written back as it was."""
        encoding = encoding_of(data)
        if encoding is None:
            return None
        mark, codec = encoding
        try:
            content = data[len(mark) :].decode(codec)
        except UnicodeDecodeError:
            return None
        end = "\n" if "\n" in content else "\r"
        starts = (0, *(found.end() for found in re.finditer(end, content)))
        text = cls(content, mark, codec, starts)
        return text if text.encoded(content) == data else None

    def encoded(self, content: str) -> bytes:
        """Encode another content as this text is."""
        return self.mark + content.encode(self.codec)

    def takes(self, edit: Edit) -> bool:
        """Whether an edit stays in its line, and the encoding has the new characters."""
        try:
            edit.new.encode(self.codec)
        except UnicodeEncodeError:
            return False
        return not {"\n", "\r"} & {*self.content[edit.start : edit.end]}

    def offset(self, line: int, column: int) -> int:
        """Return the offset of a place (both count from 1)."""
        return self.starts[line - 1] + column - 1 if line <= len(self.starts) else len(self.content)

    @property
    def height(self) -> int:
        """How many lines there are."""
        return len(self.starts) - (self.starts[-1] == len(self.content))

    def line(self, number: int) -> str:
        """Return a line (they count from 1) with its line end."""
        end = self.starts[number] if number < len(self.starts) else None
        return self.content[self.starts[number - 1] : end]

    def line_of(self, offset: int) -> int:
        """Return the number of the line (from 1) in which an offset is."""
        return bisect_right(self.starts, offset)


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters of a text, from one offset to another, that become others.

    ``change`` is the index of the change that it belongs to.
    """

    start: int
    end: int
    new: str
    change: int


def edited(content: str, edits: Iterable[Edit]) -> str:
    """Make edits, which come in order and do not overlap."""
    pieces = []
    done = 0
    for edit in edits:
        pieces += [content[done : edit.start], edit.new]
        done = edit.end
    return "".join([*pieces, content[done:]])


@dataclass(frozen=True, slots=True)
class Revision:
    """The bytes of a source after some changes, the edits made, which changes could be made."""

    data: bytes
    edits: tuple[Edit, ...]
    made: frozenset[int]


def revise(source: Source, text: Text, table: Table, changes: pl.DataFrame) -> Revision:
    """Make as many of the changes in the text as can be made.

    ``changes`` has the columns ``row`` (an index of the table's frame), ``cell``, ``before`` and
    ``after``. Changes whose cell is not found, or of which reading shows something else than was
    wanted, are not made.
    """
    located = sorted(_located(text, table, changes), key=lambda edit: (edit.start, edit.end))
    best = Revision(source.data, (), frozenset())
    every = frozenset(edit.change for edit in located)
    for quote in QUOTES:
        edits = _quoted(located, quote)
        for _ in range(2):  # what was not as wanted is left out, and then all must be
            made = frozenset(edit.change for edit in edits)
            data = text.encoded(edited(text.content, edits))
            wrong = _wrong(replace(source, data=data), table, changes, made)
            if not wrong:
                best = max(
                    best, Revision(data, tuple(edits), made), key=lambda each: len(each.made)
                )
                break
            edits = [edit for edit in edits if edit.change not in wrong]
        if best.made == every or not any('"' in edit.new for edit in located):
            break
    return best


def _quoted(edits: list[Edit], quote: str | None) -> list[Edit]:
    """Write straight double quotes in some way; or leave out the changes that would."""
    if quote is not None:
        return [replace(edit, new=edit.new.replace('"', quote)) for edit in edits]
    out = {edit.change for edit in edits if '"' in edit.new}
    return [edit for edit in edits if edit.change not in out]


def _wrong(
    source: Source, table: Table, changes: pl.DataFrame, made: frozenset[int]
) -> frozenset[int]:
    """Return the changes that did not become what they should; all where the table is another."""
    again = read(source).table
    if again is None or again.header != table.header or again.frame.height != table.frame.height:
        return made
    wanted = table.frame
    index = changes.with_row_index("change").filter(pl.col("change").is_in(made))
    for (cell,), mine in index.group_by("cell"):
        values = wanted[str(cell)].clone().scatter(mine["row"], mine["after"])
        wanted = wanted.with_columns(values.alias(str(cell)))
    other = pl.Series([], dtype=pl.UInt32)
    for name in wanted.drop("plain").columns:
        other = other.append(wanted[name].ne_missing(again.frame[name]).arg_true())
    if not len(other):
        return frozenset()
    return frozenset(index.filter(pl.col("row").is_in(other.implode()))["change"]) or made


def _located(text: Text, table: Table, changes: pl.DataFrame) -> Iterator[Edit]:
    """Find the changes in the text; those of cells that are not found are left out."""
    index = changes.with_row_index("change")
    done: set[int] = set()
    for (cell,), mine in index.group_by("cell", maintain_order=True):
        lines = table.frame["line"].gather(mine["row"]).to_list()
        places = table.locate(lines, int(str(cell)))
        for place, (change, before, after) in zip(
            places, mine.select("change", "before", "after").iter_rows(), strict=True
        ):
            at = text.offset(place.line or 1, place.column or 1)
            edits = _edits(text.content, at, before, after, change)
            if at in done or not all(text.takes(edit) for edit in edits):
                continue
            done.add(at)
            yield from edits


def _edits(content: str, at: int, before: str, after: str, change: int) -> list[Edit]:
    """Find a cell at its place, and what of it must become something else; nothing where it is not.

    Nor is anything returned where markup stands amid what would be replaced.
    """
    at += content.startswith('"' + before, at)
    if content.startswith(before, at):
        return [Edit(at + start, at + end, new, change) for start, end, new in parts(before, after)]
    spans = _spans(content, at, before)
    edits = []
    for start, end, new in parts(before, after) if spans else ():
        own = spans[start:end]
        if any(one[1] != other[0] for one, other in pairwise(own)):
            return []
        first = spans[start][0] if start < len(spans) else spans[-1][1]
        edits.append(Edit(first, own[-1][1] if own else first, new, change))
    return edits


def parts(before: str, after: str) -> list[tuple[int, int, str]]:
    """Return which parts of a text (from, to) become what, so that it becomes the other.

    Where the texts are not equally long, the words of ASCII that are in both stay.
    """
    if len(before) == len(after):
        pairs = enumerate(zip(before, after, strict=True))
        return [(at, at + 1, new) for at, (old, new) in pairs if old != new]
    made = []
    done, told = 0, 0
    for word in WORD.finditer(before):
        found = after.find(word[0], told)
        if found < 0:
            return [(0, len(before), after)]
        made.append((done, word.start(), after[told:found]))
        done, told = word.end(), found + len(word[0])
    made.append((done, len(before), after[told:]))
    return [each for each in made if before[each[0] : each[1]] != each[2]]


def _spans(content: str, at: int, text: str) -> list[tuple[int, int]]:
    """Return where each character of a cell is written, from a place on; nothing if it is not.

    What comes first is taken, so that this takes no longer than the text is long.
    """
    spans = []
    for character in text:
        while (end := _written(content, at, character)) is None:
            markup = MARKUP.match(content, at)
            if markup is None:
                return []
            at = markup.end()
        spans.append((at, end))
        at = end
    return spans


def _written(content: str, at: int, character: str) -> int | None:
    """Return where a character ends that is written at a place in some way, if it is."""
    if character in " \n" and (blanks := BLANKS.match(content, at)):
        return blanks.end()
    if character == '"' and content.startswith('""', at):
        return at + 2
    for form in (character, "\\" + character):
        if content.startswith(form, at):
            return at + len(form)
    escape = ESCAPE.match(content, at)
    return escape.end() if escape and character == _unescaped(escape[0]) else None


def _unescaped(escape: str) -> str:
    return unescape(escape) if escape.startswith("&") else chr(int(escape.removeprefix("\\u"), 16))
