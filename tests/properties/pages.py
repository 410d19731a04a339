"""What a parser of Markdown sees on a page: its headings, its tables, the texts of their cells."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from fhir_codesystem.artifacts import markdown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

    Shape = list[tuple[str, str, int, str]]
    """Blocks in order: type, HTML tag, level, what stands behind a fence."""

CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
INDENT = html.unescape(markdown.indent(2))
"""One level of indentation, as a reader sees it."""


@cache
def parser() -> MarkdownIt:
    """Return a parser of CommonMark with the tables and the strikethrough of GitHub."""
    return MarkdownIt("commonmark").enable("table").enable("strikethrough")


@dataclass(slots=True)
class Table:
    """A table: the heading above it, its header, its rows."""

    heading: str
    header: list[str]
    rows: list[list[str]] = field(default_factory=list)


@dataclass(slots=True)
class Page:
    """A page as a parser sees it; what stands in block quotes is left out."""

    shape: Shape = field(default_factory=list)
    headings: list[tuple[str, str]] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    paragraphs: list[str] = field(default_factory=list)

    def take(self, block: str, inline: Token) -> None:
        """Take in the text of a block."""
        if block in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            self.headings.append((block, shown(inline)))
        elif block == "th":
            self.tables[-1].header.append(shown(inline))
        elif block == "td":
            self.tables[-1].rows[-1].append(shown(inline))
        else:
            self.paragraphs.append(inline.content)

    def table(self, heading: str) -> Table:
        """Return the only table below a heading."""
        found = [table for table in self.tables if table.heading == heading]
        assert len(found) == 1
        return found[0]


def parsed(text: str) -> Page:
    """Parse a page. Fails where a text came to be more than text."""
    page = Page()
    block = ""
    for token in _outside_quotes(parser().parse(text)):
        if token.type == "inline":
            page.take(block, token)
            continue
        page.shape.append((token.type, token.tag, token.level, token.info))
        if token.nesting == 1:
            block = token.tag
        if token.type == "table_open":
            page.tables.append(Table(page.headings[-1][1] if page.headings else "", []))
        elif token.type == "tr_open" and page.tables[-1].header:
            page.tables[-1].rows.append([])
    return page


def _outside_quotes(tokens: list[Token]) -> Iterator[Token]:
    depth = 0
    for token in tokens:
        depth -= token.type == "blockquote_close"
        if not depth:
            yield token
        depth += token.type == "blockquote_open"


def shown(inline: Token) -> str:
    """Return the text that a reader sees; fails where there is more than text."""
    text = ""
    for token in inline.children or []:
        if token.type in {"text", "code_inline"}:
            text += token.content
        elif token.type == "html_inline" and token.content in {"<br>", "<code>", "</code>"}:
            text += "\n" if token.content == "<br>" else ""
        else:
            raise AssertionError(f"{token.type} {token.content!r} in {inline.content!r}")
    return text


def as_shown(text: object) -> str:
    """Return what a reader should see of a text: its ends trimmed, controls as U+FFFD."""
    return seen(str(text or "").strip())


def seen(text: str) -> str:
    """Return what a reader should see of a text that stands between others."""
    return CONTROLS.sub("\N{REPLACEMENT CHARACTER}", re.sub(r"\r\n|\r", "\n", text))
