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
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import polars as pl

from fhir_codesystem.tables.decoding import encoding_of
from fhir_codesystem.tables.reading import read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fhir_codesystem.tables.source import Source
    from fhir_codesystem.tables.table import Table

LONGEST = 10_000
"""Characters of a cell that is looked for in other ways than as it is."""

QUOTES = ('"', '""', r"\"")
"""How a straight double quote may have to be written; tried one after the other."""

ESCAPE = (
    r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
    r"|\\u[0-9A-Fa-f]{4}|\\n"
)
"""A character as HTML and JSON may write it; which one it is, reading again will show."""

BETWEEN = "(?:<[^<>]{1,1000}>)*"
BEFORE = r'(?:\s|"|<[^<>]{1,1000}>)*?'


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
    quotes = QUOTES if any('"' in edit.new for edit in located) else QUOTES[:1]
    for quote in quotes:
        edits = [replace(edit, new=edit.new.replace('"', quote)) for edit in located]
        for _ in range(2):  # what was not as wanted is left out, and then all must be
            made = frozenset(edit.change for edit in edits)
            data = text.encoded(edited(text.content, edits))
            wrong = _wrong(replace(source, data=data), table, changes, made)
            if not wrong:
                return Revision(data, tuple(edits), made)
            edits = [edit for edit in edits if edit.change not in wrong]
    return Revision(source.data, (), frozenset())


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
            edits = list(_edits(text.content, at, before, after, change))
            if at in done or not all(text.takes(edit) for edit in edits):
                continue
            done.add(at)
            yield from edits


def _edits(content: str, at: int, before: str, after: str, change: int) -> Iterator[Edit]:
    """Find a cell at its place, and what of it must become something else."""
    changed = parts(before, after)
    at += content.startswith('"' + before, at)
    if content.startswith(before, at):
        for start, end, new in changed:
            yield Edit(at + start, at + end, new, change)
    elif len(before) <= LONGEST and (match := _pattern(before, changed).match(content, at)):
        for group, (_, _, new) in enumerate(changed, 1):
            yield Edit(*match.span(group), new, change)


def parts(before: str, after: str) -> list[tuple[int, int, str]]:
    """Return which parts of a text (from, to) become what, so that it becomes the other."""
    if len(before) == len(after):
        pairs = enumerate(zip(before, after, strict=True))
        return [(at, at + 1, new) for at, (old, new) in pairs if old != new]
    if len(before) > LONGEST:
        return [(0, len(before), after)]
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return [
        (start, end, after[first:last])
        for tag, start, end, first, last in matcher.get_opcodes()
        if tag != "equal"
    ]


def _pattern(before: str, changed: list[tuple[int, int, str]]) -> re.Pattern[str]:
    """Make an expression for a cell as its format may write it, a group for each changed part."""
    pieces = [BEFORE]
    done = 0
    for start, end, _ in changed:
        pieces += [_written(each) + BETWEEN for each in before[done:start]]
        pieces += ["(", *map(_written, before[start:end]), ")", BETWEEN]
        done = end
    return re.compile("".join([*pieces, BETWEEN.join(map(_written, before[done:]))]))


def _written(character: str) -> str:
    if character == "\n":
        return rf"(?:\s+|<br ?/?>\s*|{ESCAPE})"
    if character == " ":
        return rf"(?:\s+|{ESCAPE})"
    if character == '"':
        return rf'(?:""?|\\"|{ESCAPE})'
    return rf"(?:\\?{re.escape(character)}|{ESCAPE})"
