"""Which tables a document in Markdown holds, and below which headings they stand.

What is a table, and what is code, a comment or a quotation, markdown-it says. It is not given the
rows of long tables: only those lines that can begin or end anything.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from fhir_codesystem.characters import BLANKS
from fhir_codesystem.diagnostics import quoted
from fhir_codesystem.tables import inline
from fhir_codesystem.tables.lines import Line, Lines
from fhir_codesystem.tables.pipe import Layout

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

DASHES = r"[ \t]*:?-+:?[ \t]*"
SEPARATOR = rf"^[ \t>]*(?:\|{DASHES}(?:\|{DASHES})*\|?|{DASHES}(?:\|{DASHES})+\|?)\r?$"
"""The row below the header, which makes a table of some lines."""

ROW = r"^ {0,3}(?:\||\pL|[0-9]+(?:[^0-9.)]|[.)]\S)).*$"
"""A line that begins no other block, if there is a bar in it."""

ENDS_HTML = r"(?:--|\?|\]\])>|</"
"""What may end a block of HTML inside a line."""

PREFIX = re.compile(r"[ \t]*(?:(?:>|[-+*]|\d+[.)])[ \t]+)*(?:>[ \t]*)*")
"""What stands before the lines of a table inside a quotation or a list."""


class Found(NamedTuple):
    """A table of a document: its number from 1, its columns, the headings above it, its lines.

    ``header`` is the line of the header, ``until`` the last; ``nested`` whether the table stands
    inside a quotation or a list.
    """

    number: int
    names: tuple[str, ...]
    headings: tuple[str, ...]
    header: int
    until: int
    nested: bool

    def __str__(self) -> str:
        heading = f" {quoted(self.headings[-1])}" if self.headings else ""
        return f"{self.number}{heading} (line {self.header})"


def outline(lines: pl.DataFrame) -> pl.DataFrame:
    """Leave out rows between rows: lines (``line``, ``text``) that neither begin nor end anything.

    The line ends that may be left of CR LF go too.
    """
    text = pl.col("text")
    row = text.str.contains("|", literal=True) & text.str.contains(ROW)
    separator = text.str.contains(SEPARATOR)
    inner = row & ~separator & ~text.str.contains(ENDS_HTML)
    marked = lines.select("line", "text", inner=inner, row=row, separator=separator)
    between = (
        pl.col("inner")
        & pl.col("row").shift(1, fill_value=False)
        & pl.col("row").shift(2, fill_value=False)
        & ~pl.col("separator").shift(1, fill_value=False)
        & ~pl.col("separator").shift(-1, fill_value=False)
        & pl.col("row").shift(-1, fill_value=False)
    )
    return marked.filter(~between).select("line", text.str.strip_suffix("\r"))


def tables_of(outlined: pl.DataFrame, last: int, parser: MarkdownIt) -> list[Found]:
    """Find the tables of a document of ``last`` lines, given its outline."""
    walk = _Walk(outlined, last, parser)
    tokens: list[Token] = []
    parser.block.parse("\n".join(walk.texts), parser, {}, tokens)
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            walk.heading(int(token.tag[1]), tokens[at + 1].content)
        elif token.map is not None and token.type == "table_open":
            walk.table(*token.map, nested=token.level > 0)
        elif token.map is not None and token.type not in INSIDE:
            walk.other(*token.map, paragraph=token.type == "paragraph_open")
    return walk.tables


INSIDE = {"inline", "thead_open", "tbody_open", "tr_open", "th_open", "td_open"}
"""Parts of a block: tokens that begin no block of their own."""


class _Walk:
    """Goes through the blocks of a document and takes down its tables."""

    def __init__(self, outlined: pl.DataFrame, last: int, parser: MarkdownIt) -> None:
        self.numbers = [*outlined["line"].to_list(), last + 1]
        self.texts = outlined["text"].to_list()
        self.parser = parser
        self.headings: dict[int, str] = {}
        self.tables: list[Found] = []
        self.goes_on = False

    def heading(self, level: int, content: str) -> None:
        """Take down a heading; it ends the sections of its level and of those below."""
        kept = {above: text for above, text in self.headings.items() if above < level}
        self.headings = {**kept, level: inline.text_of(content, self.parser)}
        self.goes_on = False

    def table(self, begin: int, end: int, *, nested: bool) -> None:
        """Take down a table, given where it begins and ends in the outline."""
        header = unnested(self.texts[begin]) if nested else self.texts[begin]
        names = Layout.of(Line(1, header), Lines(b"")).names
        found = Found(
            number=len(self.tables) + 1,
            names=tuple(inline.text_of(name, self.parser).strip(BLANKS) for name in names),
            headings=tuple(self.headings.values()),
            header=self.numbers[begin],
            until=self.numbers[end] - 1,
            nested=nested,
        )
        self.tables.append(found)
        self.goes_on = True

    def other(self, begin: int, end: int, *, paragraph: bool) -> None:
        """Go past another block; rows that a blank line parts from their table belong to it."""
        self.goes_on &= paragraph and all("|" in text for text in self.texts[begin:end])
        if self.goes_on:
            self.tables[-1] = self.tables[-1]._replace(until=self.numbers[end] - 1)


def unnested(line: str) -> str:
    """Make blanks of what stands before the row of a table inside a quotation or a list."""
    return PREFIX.sub(lambda match: " " * len(match[0]), line, count=1)
