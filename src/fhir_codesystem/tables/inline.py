"""The text that cells of a Markdown table show, by columns.

Cells without markup stay as they are; code spans and backslash escapes, which pages have by the
thousand, are undone by Polars; whatever else there is, markdown-it reads cell by cell.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from fhir_codesystem.characters import BLANKS, treated
from fhir_codesystem.tables.cleaning import blank_to_null

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

MARKUP = r"[\\`*_<&~!\[]"
"""What a cell holds if there is any markup in it."""

SPACE = r"(?:&nbsp;|&ensp;|&emsp;|&#160;|&#[xX][aA]0;|[ \x{a0}\x{2002}\x{2003}])"
INDENTED = rf"^({SPACE}*)(?:`|<code>)"
"""A code span (or the HTML of one), and the spaces by which its author indented it."""

CODE_SPAN = rf"^{SPACE}*`([^`]+)`$"
ESCAPES = rf"^(?:\\[!-/:-@\[-`{{-~]|[^{MARKUP[1:]})*$"
BREAKS = rf"^(?:\\[!-;=-@\[-`{{-~]|<br */?>|[^{MARKUP[1:]})*$"
LINE_BREAK = r"<br */?>"
TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)\b[^>]*>|<!--.*-->", re.DOTALL)
TAGS = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "div", "em", "font", "i"}
    | {"img", "ins", "kbd", "mark", "p", "q", "s", "samp", "small", "span", "strike", "strong"}
    | {"sub", "sup", "tt", "u", "var", "wbr"}
)
"""Elements of HTML whose tags show nothing; others, like <none>, are text that looks like one."""


def unescaped(values: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Undo code spans, escapes and line breaks where there is no other markup.

    Returns the texts, and the indices of those that are left as they are, to be parsed.
    """
    marked = values.str.contains(MARKUP).fill_null(value=False).arg_true()
    text = pl.lit(values.gather(marked))
    plain = r"\\([!-/:-@\[-`{-~])", "$1"
    shown = pl.select(
        pl.when(text.str.contains(CODE_SPAN))
        .then(text.str.extract(CODE_SPAN))
        .when(text.str.contains(BREAKS))
        .then(text.str.replace_all(LINE_BREAK, "\n").str.replace_all(*plain))
        .when(text.str.contains(ESCAPES))
        .then(text.str.replace_all(*plain))
        .alias("shown"),
    )["shown"]
    left = marked.filter(shown.is_null())
    done = marked.filter(shown.is_not_null())
    return treated(values, done, lambda _: _trimmed(shown.drop_nulls())), left


def parsed(values: pl.Series, parser: MarkdownIt) -> pl.Series:
    """Return what texts show, whatever markup they hold; each different text is parsed once."""
    different = values.unique()
    texts = pl.Series([text_of(text, parser) for text in different], dtype=pl.String)
    return _trimmed(values.replace_strict(different, texts, return_dtype=pl.String))


def _trimmed(values: pl.Series) -> pl.Series:
    return pl.select(blank_to_null(pl.lit(values).str.strip_chars(BLANKS))).to_series()


def indents(values: pl.Series) -> pl.Series | None:
    """Return by how many spaces code spans are indented (Int32), if any is."""
    found = values.str.extract(INDENTED).str.count_matches(SPACE).fill_null(0).cast(pl.Int32)
    return found.rename("indent") if found.max() else None


def text_of(text: str, parser: MarkdownIt) -> str:
    """Return the text that a line of Markdown shows."""
    tokens = [child for token in parser.parseInline(text) for child in token.children or []]
    indent = next((at for at, token in enumerate(tokens) if _text(token).strip()), 0)
    if indent and (tokens[indent].type == "code_inline" or tokens[indent - 1].content == "<code>"):
        del tokens[:indent]
    return "".join(map(_text, tokens))


def _text(token: Token) -> str:
    return _SHOWN.get(token.type, _nothing)(token)


def _nothing(token: Token) -> str:  # noqa: ARG001
    return ""


def _content(token: Token) -> str:
    return token.content


def _break(token: Token) -> str:  # noqa: ARG001
    return "\n"


def _html(token: Token) -> str:
    tag = TAG.fullmatch(token.content)
    if tag is None:
        return token.content
    name = (tag[1] or "").lower()
    return "\n" if name == "br" else "" if not name or name in TAGS else token.content


_SHOWN: dict[str, Callable[[Token], str]] = {
    "text": _content,
    "text_special": _content,
    "code_inline": _content,
    "image": _content,
    "softbreak": _break,
    "hardbreak": _break,
    "html_inline": _html,
}
