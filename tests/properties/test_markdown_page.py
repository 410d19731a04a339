"""Any text in any cell stays text on the page, as a parser of Markdown sees it."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from .builds import built, table
from .forests import Forest, Row, as_read, flattened, forests
from .metadata import Metadata, metadata
from .pages import INDENT, Page, as_shown, parsed, seen
from .profiles import examples
from .reprints import ODD, Polyhierarchy, polyhierarchies
from .texts import cleaned, raw_code, raw_text

ELEMENTS = {"display": "Display", "definition": "Definition"}


def expected_rows(rows: Forest) -> tuple[list[str], list[list[str]]]:
    """Return the header and the cells that the table of concepts should have."""
    nested = any(row.level > 1 for row in rows)
    filled = [name for name in ELEMENTS if any(getattr(row, name) for row in rows)]
    header = [*["Level"] * nested, "Code", *(ELEMENTS[name] for name in filled)]
    cells = [
        [
            *[str(row.level)] * nested,
            INDENT * (row.level - 1) + row.code,
            *(as_shown(getattr(row, name)) for name in filled),
        ]
        for row in rows
    ]
    return header, cells


@given(forests())
@examples(80)
def test_the_table_of_concepts_has_the_cells_of_the_resource(rows: Forest) -> None:
    page = parsed(built(table(rows)).markdown)
    concepts = page.table("Concepts")
    assert (concepts.header, concepts.rows) == expected_rows(as_read(rows))
    assert page.headings == [("h1", "Table"), ("h2", "Concepts")]


@given(forests(3), metadata())
@examples(80)
def test_metadata_stays_text(rows: Forest, stated: Metadata) -> None:
    result = built(table(rows), stated)
    page = parsed(result.markdown)
    assert page.headings[0] == ("h1", as_shown(stated.get("title", "Metadata")))
    facts = page.tables[0]
    assert _values(page, "Code system") == [result.resource["name"]]
    assert _values(page, "Canonical URL") == [stated["url"]]
    for label, name in (("Version", "version"), ("Publisher", "publisher")):
        texts = [as_shown(text) for key, text in stated.items() if key == name]
        assert _values(page, label) == texts
    identifiers = [as_shown(e["value"]) for e in stated.get("identifier", []) if "value" in e]
    assert _values(page, "Identifier") == identifiers
    contacts = [_contact(each) for each in stated.get("contact", [])]
    assert _values(page, "Contact") == contacts
    assert len(facts.header) == 2
    properties = [_property(each) for each in stated.get("property", [])]
    assert [row for each in page.tables if each.heading == "Properties" for row in each.rows] == (
        properties
    )
    concepts = page.table("Concepts")
    assert (concepts.header, concepts.rows) == expected_rows(as_read(rows))


def _values(page: Page, label: str) -> list[str]:
    """Return the values of a label in the table at the top of the page."""
    facts = page.tables[0]
    return [value for name, value in (facts.header, *facts.rows) if name == label]


def _contact(contact: Metadata) -> str:
    values = [contact.get("name"), *(each["value"] for each in contact.get("telecom", []))]
    return " ".join(as_shown(value) for value in values).strip()


def _property(declared: Metadata) -> list[str]:
    names = ("code", "type", "uri", "description")
    return [as_shown(declared.get(name)) for name in names]


@given(forests(3), metadata())
@examples(40)
def test_the_structure_of_the_page_does_not_hang_on_texts(rows: Forest, stated: Metadata) -> None:
    """The blocks are those of the same page with an x for every text."""
    plain_rows = [
        Row(row.level, f"c{number}", row.display and "x", row.definition and "x")
        for number, row in enumerate(as_read(rows))
    ]
    page = parsed(built(table(rows), stated).markdown)
    plain = parsed(built(table(plain_rows), _plain(stated)).markdown)
    assert page.shape == plain.shape
    assert page.headings[1:] == plain.headings[1:]
    assert page.paragraphs == plain.paragraphs


def _plain(value: Any, name: str | int = "") -> Any:
    if isinstance(value, dict):
        return {key: _plain(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each, number) for number, each in enumerate(value)]
    texts = {"title", "version", "publisher", "description", "purpose", "copyright", "value"}
    return "x" if name in {*texts, "name"} else value


@given(
    st.lists(
        st.sampled_from(["x", ODD]) | raw_text().filter(lambda text: bool(cleaned(text))),
        min_size=2,
        max_size=4,
    ),
    st.just("c") | raw_code(),
    st.sampled_from(["keep-first", "keep-last", "designation"]),
)
@examples(60)
def test_displays_that_contradict_stay_text(raw: list[str], code: str, policy: str) -> None:
    how = {"duplicates": {"conflict": {"display": policy}}, "narrative": False}
    stated = {"status": "draft", "content": "complete", "url": "http://x.example", "build": how}
    result = built(table([Row(1, code, text) for text in raw]), stated)
    texts = [str(cleaned(text)) for text in raw]
    first, *others = dict.fromkeys(texts)
    kept = texts[-1] if policy == "keep-last" else first
    also = others if policy == "designation" else []
    (concept,) = result.resource["concept"]
    assert concept["display"] == kept
    assert [each["value"] for each in concept.get("designation", [])] == also
    concepts = parsed(result.markdown).table("Concepts")
    assert concepts.header == ["Code", "Display", *["Also called"] * bool(also)]
    shown = [as_shown(kept), "; ".join(map(seen, also)).strip()]
    assert concepts.rows[0][1:] == shown[: len(concepts.header) - 1]


@given(polyhierarchies())
@examples(40)
def test_further_parents_stay_text(drawn: Polyhierarchy) -> None:
    result = built(table(drawn.printed))
    concepts = parsed(result.markdown).table("Concepts")
    rows = flattened(result.resource["concept"])
    header, cells = expected_rows(rows)
    if drawn.further:
        header.append("Also below" if "Level" in header else "Below")
        for row, cell in zip(rows, cells, strict=True):
            cell.append(", ".join(drawn.further.get(row.code, [])))
    assert (concepts.header, concepts.rows) == (header, cells)
