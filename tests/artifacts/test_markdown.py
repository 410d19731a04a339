"""The page: GitHub-flavoured Markdown that shows the table as it is, whatever a cell holds."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from markdown_it.token import Token

    from conftest import Project

METADATA = """\
id: t
url: http://example.org/t
name: Tt
title: Title
status: draft
content: complete
build:
  duplicates: {conflict: {display: designation, definition: keep-first}}
"""
GFM = MarkdownIt("commonmark").enable(["table", "strikethrough"])

CELLS = {
    "emphasis": "*a* **b** _c_ __d__ ~~e~~ ~f~",
    "links": "[a](http://example.org) ![b](c) [d]: e <http://example.org>",
    "bare addresses": "http://x.org https://x.org www.x.org ftp://x.org mailto:a@x.org a@x.org",
    "addresses in capitals": "HTTP://EXAMPLE.ORG WWW.EXAMPLE.ORG",
    "HTML": "<b>a</b> <script>alert(1)</script> <!-- c --> <br> </td></table> &lt;",
    "entities": "&amp; &copy; &#65; &#x41; &nbsp &emsp;",
    "code": "`a` ``b`` ``` `",
    "bars": r"a \| b \|\| c",
    "backslashes": r"a\ b\* c\\ \n",
    "headings and lists": "# a",
    "a list": "- a",
    "a number": "1. a",
    "a quotation": "> a",
    "a rule": "---",
    "formulas": "$a$ $$b$$ a^2 x_1",
    "references": "@user #123 !x ^note [^1]",
    "quotes": "\"a\" 'b' … -- (c)",
    "a tab": "a\tb",
    "other scripts": "Käse 漢字 مرحبا 😀",
    "a replacement": "\ufffd",
}


def tables(page: str) -> list[list[list[Token]]]:
    """Parse a page; return the tables' rows, each row the inline tokens of its cells."""
    found: list[list[list[Token]]] = []
    for token in GFM.parse(page):
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            found[-1].append([])
        elif token.type == "inline" and found and token.level >= 4:
            found[-1][-1].append(token)
    return found


def shown(cell: Token) -> str:
    """Return the text that a reader sees in a cell; fails if anything in it is markup."""
    text = ""
    for token in cell.children or []:
        assert token.type in {"text", "text_special", "code_inline", "html_inline"}, token
        if token.type == "html_inline":
            assert token.content in {"<br>", "<code>", "</code>"}
        else:
            text += token.content
    return text.replace("\u00a0", "").replace("\u2003", "")


def concept_rows(page: str) -> list[list[str]]:
    return [[shown(cell) for cell in row] for row in tables(page)[-1][1:]]


@pytest.mark.parametrize("text", CELLS.values(), ids=CELLS)
def test_a_text_is_shown_as_it_is(text: str, project: Project) -> None:
    table = f"Code | Display | Definition\na | {text} | x\nb | B | {text}\nc | {text} | {text}\n"
    plain = text.replace("\\|", "|")
    page = project.build(table, METADATA).markdown
    assert concept_rows(page) == [["a", plain, "x"], ["b", "B", plain], ["c", plain, plain]]


@pytest.mark.parametrize("text", [CELLS["bare addresses"], CELLS["addresses in capitals"]])
def test_no_address_in_a_text_becomes_a_link(text: str, project: Project) -> None:
    """GitHub links them unasked: the colon or the dot that would make one is escaped."""
    page = project.build(f"Code | Display\na | {text}\n", METADATA).markdown
    (row,) = [line for line in page.splitlines() if line.startswith("| `a` |")]
    assert re.findall(r"(?i)\b(?:https?:|ftp:|mailto:|www\.)", row) == []


@pytest.mark.parametrize(
    "code",
    [
        "*a*",
        "a`b",
        "`",
        "``a``",
        r"a\|b",
        r"a\b",
        "<b>",
        "&amp;",
        "[a](b)",
        "#1",
        "$x$",
        "1.",
        "~~a~~",
    ],
)
def test_a_code_is_shown_as_it_is(code: str, project: Project) -> None:
    table = f"Lvl | Code | Display\n1 | {code} | A\n2 | b | B\n1 | c | C\n2 | b | B\n"
    table += f"1 | d | D\n2 | {code} | A\n"
    page = project.build(table, METADATA).markdown
    rows = concept_rows(page)
    plain = code.replace("\\|", "|")
    assert [row[:3] for row in rows] == [
        ["1", plain, "A"],
        ["2", "b", "B"],
        ["1", "c", "C"],
        ["1", "d", "D"],
    ]
    assert [row[3] for row in rows] == ["d", "c", "", ""]
    kinds = {token.type for row in tables(page)[-1][1:] for token in row[1].children or []}
    assert kinds & {"code_inline", "html_inline"}


@pytest.mark.parametrize("text", CELLS.values(), ids=CELLS)
def test_metadata_stays_in_its_cell(text: str, project: Project) -> None:
    quoted = text.replace("'", "''").replace("\t", " ")
    plain = quoted.replace("''", "'")
    page = project.build(
        "Code\na\n", f"{METADATA}publisher: '{quoted}'\nversion: '{quoted}'\n"
    ).markdown
    facts = {shown(row[0]): shown(row[1]) for row in tables(page)[0][1:]}
    assert facts["Publisher"] == plain
    assert facts["Version"] == plain


@pytest.mark.parametrize("text", CELLS.values(), ids=CELLS)
def test_the_title_is_one_heading(text: str, project: Project) -> None:
    quoted = text.replace("'", "''").replace("\t", " ")
    page = project.build("Code\na\n", METADATA.replace("Title", f"'{quoted}'")).markdown
    tokens = GFM.parse(page)
    assert [token.type for token in tokens[:3]] == ["heading_open", "inline", "heading_close"]
    assert tokens[0].tag == "h1"
    assert shown(tokens[1]) == quoted.replace("''", "'")
    assert sum(token.tag == "h1" and token.nesting == 1 for token in tokens) == 1


@pytest.mark.parametrize(
    "text",
    ["a\n\n# b", "- a\n- b", "```\na", "<div>\na", "| a |\n|---|\n| b |", "a\r\nb\rc", "<!-- a"],
)
def test_a_description_does_not_reach_beyond_its_quotation(text: str, project: Project) -> None:
    plain = "description: " + '"' + text.replace("\n", "\\n").replace("\r", "\\r") + '"\n'
    for element in ("description", "purpose", "copyright"):
        page = project.build("Code\na\n", METADATA + plain.replace("description", element)).markdown
        tokens = GFM.parse(page)
        top = [token.type for token in tokens if token.level == 0 and token.nesting >= 0]
        assert top.count("blockquote_open") == 1
        assert top.count("table_open") == 2
        assert [token for token in tokens if token.level == 0 and token.type == "html_block"] == []
        headings = [
            tokens[i + 1].content
            for i, token in enumerate(tokens)
            if token.type == "heading_open" and token.level == 0
        ]
        assert headings[0] == "Title"
        assert "b" not in headings


def test_the_hierarchy_shows_by_level_and_by_indentation(project: Project) -> None:
    table = "Lvl | Code | Display\n1 | a | A\n2 | b | B\n3 | c | C\n1 | d | D\n"
    page = project.build(table, METADATA).markdown
    cells = [row[1].content for row in tables(page)[-1][1:]]
    indents = [len(unescape(cell.split("`")[0])) for cell in cells]
    assert [row[0] for row in concept_rows(page)] == ["1", "2", "3", "1"]
    assert indents == [0, indents[1], 2 * indents[1], 0]
    assert indents[1] > 0
    assert "| Concepts | 4 on 3 levels (2, 1, 1) |" in page


def test_a_flat_table_has_no_levels(project: Project) -> None:
    page = project.build("Code | Display\na | A\n", METADATA).markdown
    assert [cell.content for cell in tables(page)[-1][0]] == ["Code", "Display"]
    assert "| Concepts | 1 |" in page


@pytest.mark.parametrize(
    ("table", "header"),
    [
        ("Code\na\n", ["Code"]),
        ("Code | Display\na |\n", ["Code"]),
        ("Code | Definition\na | x\n", ["Code", "Definition"]),
        ("Code | Display | Definition\na | A |\nb | | y\n", ["Code", "Display", "Definition"]),
    ],
)
def test_columns_that_no_concept_fills_are_left_out(
    table: str, header: list[str], project: Project
) -> None:
    page = project.build(table, METADATA).markdown
    assert [cell.content for cell in tables(page)[-1][0]] == header


def test_other_parents_and_names_have_a_column_each(project: Project) -> None:
    table = (
        "Lvl | Code | Display\n1 | a | A\n2 | c | C\n1 | b | B\n2 | c | D*\n1 | e | E\n2 | c | F\n"
    )
    page = project.build(table, METADATA).markdown
    header = [cell.content for cell in tables(page)[-1][0]]
    assert header == ["Level", "Code", "Display", "Also called", "Also below"]
    assert concept_rows(page)[1] == ["2", "c", "C", "D*; F", "b, e"]


def test_the_page_says_what_a_reader_expects(project: Project) -> None:
    text = METADATA + (
        "version: 1.2\ndate: 2020-01-01\npublisher: ACME\nexperimental: true\n"
        "identifier: [{value: 'urn:oid:1.2.3'}]\n"
        "contact: [{name: N, telecom: [{value: 'n@x.org'}]}]\n"
        "language: de\nhierarchyMeaning: part-of\ncaseSensitive: false\ncopyright: C\npurpose: P\n"
        "valueSet: http://example.org/vs\ndescription: D\n"
        "property: [{code: p, uri: 'http://example.org/p#p', type: string, description: d}]\n"
    )
    page = project.build("Code | Display\na | A\n", text, fhir_version="R4B").markdown
    facts = {shown(row[0]): shown(row[1]) for row in tables(page)[0]}
    assert {name: facts[name] for name in facts if name != "Hierarchy"} == {
        "Code system": "Tt",
        "Canonical URL": "http://example.org/t",
        "Identifier": "urn:oid:1.2.3",
        "Version": "1.2",
        "Status": "draft, experimental",
        "Date": "2020-01-01",
        "Publisher": "ACME",
        "Contact": "N n@x.org",
        "Language": "de",
        "Content": "complete",
        "Concepts": "1",
        "Case of codes": "does not matter",
        "Value set of all codes": "http://example.org/vs",
        "FHIR version": "R4B (4.3.0)",
    }
    assert facts["Hierarchy"].startswith("part-of")
    headings = re.findall(r"^## (.*)$", page, re.MULTILINE)
    assert headings == [
        "Purpose",
        "Properties",
        "Concepts",
        "How to refer to a concept",
        "Copyright",
    ]
    assert [shown(cell) for cell in tables(page)[1][1]] == [
        "p",
        "string",
        "http://example.org/p#p",
        "d",
    ]


def test_without_concepts_there_is_no_table_of_them(project: Project) -> None:
    page = project.build("Code\n", METADATA.replace("complete", "not-present")).markdown
    assert len(tables(page)) == 1
    assert "## Concepts" not in page


def test_lines_end_in_a_line_feed_and_the_last_one_too(project: Project) -> None:
    page = project.build(
        "Code | Display\r\na | x\r\n", METADATA + 'description: "a\\r\\nb"\n'
    ).markdown
    assert "\r" not in page
    assert page.endswith("\n")
    assert not page.endswith("\n\n")
    assert "\n\n\n" not in page
