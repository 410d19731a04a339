"""Pages read back as the code system they show; documents give the tables of the whole."""

from __future__ import annotations

import polars as pl
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

import fhir_codesystem
from fhir_codesystem.tables import documents, markdown
from fhir_codesystem.tables.reading import read
from fhir_codesystem.tables.source import Source

from .builds import built, concepts, table
from .forests import Forest, Row, forests
from .profiles import examples


def shown(text: str | None) -> str | None:
    """Return what is read of a text that a page shows."""
    return text and text.replace("\r\n", "\n").replace("\r", "\n")


@given(forests())
@examples(40)
def test_a_page_reads_back_as_the_code_system_it_shows(rows: Forest) -> None:
    first = built(table(rows))
    page = first.markdown.encode()
    reading = read(Source("CodeSystem-table.md", page))
    assert reading.table is not None
    assert {each.rule.number for each in reading.diagnostics} <= {"CS125"}
    again = fhir_codesystem.build(page)
    assert again.ok, [each.message for each in again.diagnostics]
    assert concepts(again) == [
        Row(row.level, row.code, shown(row.display), shown(row.definition))
        for row in concepts(first)
    ]


LINES = st.sampled_from(
    [
        *("| a | b |", "| a | b |", "| a | b |", "| - | - |", "|---|:-:|", "|-|", "- | -", "a | b"),
        *("", "", " ", "x", "# x", "---", "===", "```", "~~~", "    | a | b |", "<!--", "-->", "|"),
        *("<div>", "</div> |", "| --> |", "| ?> |", "> | a | b |", "> | - | - |", "- | a | b |"),
        *("  | a | b |", "  | - | - |", "1. | a", "1.5 | a", "<script>", "| </script> |", "* | *"),
        *(
            "| a \\| b |",
            "`|`",
            "_ | _",
            "[x]: y",
            "\t| a | b |",
            "<?x",
            "+ | x",
            "3) | x",
            "é | x",
        ),
    ]
)


@given(st.lists(st.tuples(LINES, st.integers(1, 4)), max_size=15))
@example([("| a | b |", 4), ("| - | - |", 1), ("| a | b |", 4)])
@examples(150)
def test_rows_that_are_left_out_change_no_table(drawn: list[tuple[str, int]]) -> None:
    """The parser is not given rows between rows; what it finds is what it finds in the whole."""
    lines = [line for line, times in drawn for _ in range(times)]
    frame = pl.DataFrame(
        {"line": range(1, len(lines) + 1), "text": lines},
        schema={"line": pl.UInt32, "text": pl.String},
    )
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    kept, whole = (
        [table._replace(headings=()) for table in documents.tables_of(text, len(lines), parser)]
        for text in (documents.outline(frame), frame)
    )
    assert kept == whole


@given(st.lists(LINES | st.text(max_size=5), max_size=20).map("\n".join), st.binary(max_size=20))
@examples(100)
def test_no_document_raises(text: str, end: bytes) -> None:
    for head in (b"", b"# x\n\n| Code | x |\n|---|---|\n"):
        source = Source("t.md", head + text.encode("utf-8", "replace") + end)
        markdown.recognises(source)
        reading = markdown.read(source)
        assert reading.table is not None or reading.diagnostics
