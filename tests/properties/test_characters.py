"""A row that is taken for plain is one that no stage would change."""

from __future__ import annotations

import re

import polars as pl
from hypothesis import example, given
from hypothesis import strategies as st

from fhir_codesystem import characters
from fhir_codesystem.artifacts import markdown, members
from fhir_codesystem.tables.cleaning import repaired

from .profiles import examples
from .texts import CHARACTERS, PIECES, any_text, cleaned, cleaned_code

LINKED = re.compile(r"(https?|ftp)://|www\.", re.IGNORECASE)


def changed(text: str) -> str:
    """Return a text after all that the stages do to those that need care."""
    values = pl.Series([text], dtype=pl.String)
    frame = pl.DataFrame({"text": members.escaped(markdown.escaped(values))})
    code = repaired(pl.col("text"), code=True)
    return str(frame.select(repaired(code, code=False)).item())


@given(
    (st.sampled_from(PIECES) | CHARACTERS | any_text())
    .map(lambda text: text.replace("|", "").strip(characters.BLANKS))
    .filter(bool)
)
@examples(600)
@example("a&lt;b")
@example("see www.example.org")
@example("1HTTPS://example.org")
def test_what_is_taken_for_plain_needs_no_care(text: str) -> None:
    plain = not pl.Series([text]).str.contains(characters.NEEDS_CARE).item()
    if plain:
        assert changed(text) == text
        assert cleaned(text) == cleaned_code(text) == text


@given(any_text())
@examples(200)
@example("1https://a.example/b_c")
@example("\N{LATIN SMALL LETTER E WITH ACUTE}WWW.a_b.example")
def test_no_address_is_left_to_be_linked(text: str) -> None:
    """GitHub would take the backslashes behind it for a part of it."""
    assert not LINKED.search(markdown.cell(text))


@given(st.one_of(any_text(), CHARACTERS))
@examples(200)
def test_cells_are_mended_as_is_told(text: str) -> None:
    frame = pl.DataFrame({"text": [text]})
    mended = [frame.select(repaired(pl.col("text"), code=code)).item() for code in (False, True)]
    assert mended == [cleaned(text), cleaned_code(text)]
