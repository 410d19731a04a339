"""Pages of any shape: nothing raises, every cell has a place, and what was written comes back."""

from __future__ import annotations

from html import escape

from hypothesis import given
from hypothesis import strategies as st

from fhir_codesystem.tables import html
from fhir_codesystem.tables.source import Source

HEAD = "<table><tr><td>Code</td><td>Display</td></tr>"
TAGS = ("table", "tr", "td", "th", "b", "p", "caption", "div", "br", "script", "input", "h2")
TEXTS = ("Code", "Display", " ", "a", "\n", "&amp;", "This code system http://a.b defines x")
PIECES = st.one_of(
    st.sampled_from([f"<{tag}>" for tag in TAGS] + [f"</{tag}>" for tag in TAGS]),
    st.sampled_from(TEXTS),
    st.builds("<td colspan={} rowspan={}>".format, st.integers(-1, 9), st.integers(-1, 9)),
    st.text(max_size=5),
    st.sampled_from(["<td style='display:none;padding-left:3px'>", "<!--", "-->", "<td/>", "<"]),
)


@given(st.lists(PIECES, max_size=60))
def test_no_page_raises_and_every_cell_has_a_place(pieces: list[str]) -> None:
    page = "<html>" + "".join(pieces)
    source = Source("page.html", page.encode("utf-8", "replace"))
    table = html.read(source).table
    if table is None:
        return
    assert table.frame.columns == ["line", *map(str, range(len(table.header))), "plain"]
    numbers = table.frame["line"].to_list()
    assert numbers == sorted(set(numbers))
    for cell in (None, *range(len(table.header))):
        assert all(place.line for place in table.locate(numbers, cell))
        if cell is not None:
            table.heading(cell)
            table.places.indents(cell)


CELL = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), max_size=8)


@given(st.lists(st.tuples(CELL.filter(bool), CELL), max_size=8))
def test_cells_written_as_html_come_back(rows: list[tuple[str, str]]) -> None:
    lines = (f"<tr><td>{escape(code)}</td><td>{escape(text)}</td></tr>" for code, text in rows)
    page = HEAD + "\n".join(lines) + "</table>"
    table = html.read(Source("page.html", page.encode())).table
    assert table is not None
    kept = [[code, text or None] for code, text in rows if (code, text) != ("Code", "Display")]
    assert [list(row) for row in table.frame.select("0", "1").iter_rows()] == kept
