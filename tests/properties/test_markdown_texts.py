"""The filters that make a text safe for Markdown, each for itself."""

from __future__ import annotations

import polars as pl
from hypothesis import assume, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from fhir_codesystem.artifacts import markdown

from .pages import Page, as_shown, parsed, parser, seen
from .profiles import examples
from .texts import any_text

TEXTS = st.lists(any_text(), min_size=1, max_size=3)
SEEN = any_text().filter(lambda text: bool(text.strip()))


def cells(texts: list[str]) -> list[str]:
    """Return what a reader sees of cells that stand in one row, between plain ones."""
    columns = len(texts) + 2
    lines = [
        "| " + " | ".join(["h"] * columns) + " |",
        "| " + " | ".join(["---"] * columns) + " |",
        "| " + " | ".join(["before", *texts, "after"]) + " |",
        "| " + " | ".join(["below"] * columns) + " |",
    ]
    page = parsed("\n".join([*lines, "", "The end.", ""]))
    (table,) = page.tables
    assert page.paragraphs == ["The end."]
    row, below = table.rows
    assert below == ["below"] * columns
    assert (row[0], row[-1]) == ("before", "after")
    return row[1:-1]


@given(TEXTS)
@examples(200)
def test_a_cell_shows_the_text(texts: list[str]) -> None:
    assert cells([markdown.cell(text) for text in texts]) == [as_shown(text) for text in texts]


@given(TEXTS)
@examples(150)
def test_a_column_is_escaped_as_its_cells_are(texts: list[str]) -> None:
    trimmed = [text.strip() for text in texts]
    values = pl.Series([*trimmed, None], dtype=pl.String)
    assert markdown.escaped(values).to_list() == [*map(markdown.cell, trimmed), None]


@given(TEXTS.filter(all))
@examples(200)
def test_a_code_span_shows_the_text(texts: list[str]) -> None:
    trimmed = [text.strip() or "x" for text in texts]
    spans = [markdown.code_span(text) for text in trimmed]
    assert cells(spans) == [as_shown(text) for text in trimmed]
    assert markdown.code(pl.Series(trimmed, dtype=pl.String)).to_list() == spans
    for span in spans:
        (paragraph, inline, _) = parser().parse(span)
        assert paragraph.type == "paragraph_open"
        kinds = [(token.type, token.content) for token in inline.children or []]
        marks = [kinds[0], kinds[-1]]
        assert kinds[0][0] == "code_inline" or marks == [
            ("html_inline", "<code>"),
            ("html_inline", "</code>"),
        ]


@given(SEEN.map(str.strip))
@examples(200)
def test_a_cell_is_text_in_headings_too(text: str) -> None:
    page = parsed(f"# {markdown.cell(text)}\n\n## A text: {markdown.cell(text)}.\n")
    assert page.headings == [("h1", as_shown(text)), ("h2", f"A text: {as_shown(text)}.")]


BLOCKS = (
    *("x", "# x", "---", "===", "- x", "1. x", "> x", "| a |", "| --- |", "```", "~~~", "    x"),
    *(
        "<div>",
        "</blockquote>",
        "<!--",
        "[x]: y",
        "\n",
        "\n",
        "\n\n",
        "\r",
        "\r",
        "\r\n",
        "\r\n\r\n",
    ),
    *("\x0b", "\x0c", "\x85", "\u2028", "\t", " "),
)


def quoted(text: str) -> Page:
    """Parse a page with a quotation between two paragraphs."""
    return parsed(f"Before.\n\n{markdown.quote(text)}\n\nAfter.\n")


@given(any_text(15) | st.lists(st.sampled_from(BLOCKS)).map("".join))
@examples(300)
def test_a_quotation_ends_where_it_should(text: str) -> None:
    page = quoted(text)
    assert page.paragraphs == ["Before.", "After."]
    assert [kind for kind, _, _, _ in page.shape] == [
        *("paragraph_open", "paragraph_close"),
        *("blockquote_open", "blockquote_close"),
        *("paragraph_open", "paragraph_close"),
    ]


@given(any_text(15))
@examples(200)
def test_a_quotation_holds_no_html(text: str) -> None:
    """HTML that is left open would reach beyond the quotation, whatever Markdown says."""
    for token in parser().parse(markdown.quote(text)):
        for each in (token, *(token.children or [])):
            assert each.type not in {"html_block", "html_inline"}


def read(source: str, *, html: bool) -> list[str]:
    """Return the texts that a reader sees, block by block; None of them are links by themselves."""
    parser = MarkdownIt("commonmark", {"html": html}).enable("table").enable("strikethrough")
    texts = []
    for block in parser.parse(source):
        if block.type == "inline":
            children = block.children or []
            assume(not any(token.markup == "autolink" for token in children))
            texts.append("".join(token.content or token.type for token in children))
        elif not block.nesting:
            texts.append(block.content)
    return texts


HTML = (
    "<b>",
    "</b>",
    "<b",
    "<",
    ">",
    "<!--",
    "-->",
    "<?",
    "\\",
    "\\",
    "&lt;",
    "a",
    " ",
    "\n",
    "*",
    "[",
)
NO_CODE = str.maketrans("`~\t", "'-.") | {ord("\N{NO-BREAK SPACE}"): " "}


@given(
    st.lists(st.sampled_from(HTML)).map("".join) | any_text().map(lambda t: t.translate(NO_CODE))
)
@examples(200)
def test_a_quotation_shows_what_was_written(text: str) -> None:
    """But for code, in which entities stay as they are written, and links in angle brackets."""
    assume("](<" not in text)
    plain = "\n".join(f"> {line}".rstrip() for line in seen(text.strip()).split("\n"))
    expected = read(plain, html=False)
    assert read(markdown.quote(text), html=True) == expected
