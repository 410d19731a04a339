"""A code system beside its reference: which codes, which displays differ, and what was meant."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

import polars as pl

from fhir_codesystem.concepts.folding import folded

if TYPE_CHECKING:
    from fhir_codesystem.concepts.table import ConceptTable
    from fhir_codesystem.reference.reference import Reference

NEAR = 0.8
"""How much of a text must be the same for it to be a slip of the other (0 to 1)."""


SLIPS = r"[\s'`\x{2019}\x{b4}]"


def compared(concepts: ConceptTable, reference: Reference) -> pl.DataFrame:
    """Put beside each concept what the reference has under its code.

    Returns a row a concept, in order: ``row`` (of the concepts' frame), ``code``, ``display``,
    ``leaf`` (Boolean: nothing stands below it), ``known`` (Boolean), ``theirs`` (the reference's
    display), ``retired`` (Boolean), and ``alike`` (Boolean: both displays are there and differ in
    case, white space and apostrophes at most).
    """
    frame = concepts.frame
    below = pl.col("depth").shift(-1, fill_value=0) > pl.col("depth")
    own = frame.with_row_index("row").select(
        *("row", "code", "display"),
        leaf=~below & ~pl.col("code").is_in(concepts.parents["value"].implode()),
        key=reference.keys(frame["code"]),
    )
    theirs = reference.frame.select("key", "retired", theirs="display", known=pl.lit(value=True))
    both = own.join(theirs, on="key", how="left", maintain_order="left").with_columns(
        pl.col("known", "retired").fill_null(value=False)
    )
    return both.with_columns(alike=bare(both["display"]) == bare(both["theirs"]))


def bare(texts: pl.Series) -> pl.Series:
    """Return texts without what a slip of the pen changes: case, white space, apostrophes."""
    return folded(texts).str.replace_all(SLIPS, "")


def under_another_code(display: str, reference: Reference) -> tuple[str, str] | None:
    """Return the code under which the reference has a display, or nearly, and how it is there."""
    names = reference.frame.select("code", "display", bare=bare(reference.frame["display"]))
    wanted = bare(pl.Series([display]))[0]
    found = _nearest(wanted, names["bare"])
    if found is None:
        return None
    code, theirs = names.row(int((names["bare"] == found).arg_true()[0]))[:2]
    return code, theirs


def nearest_code(code: str, reference: Reference) -> str | None:
    """Return the code of the reference that differs least, if any is near."""
    key = reference.keys(pl.Series([code]))[0]
    found = _nearest(key, reference.frame["key"])
    return reference.frame.filter(pl.col("key") == found)["code"][0] if found else None


def _nearest(text: str, among: pl.Series) -> str | None:
    """Find a text, or one that shares a half with it: a slip changes only one of the halves."""
    if not text:
        return None
    if (among == text).any():
        return text
    first, second = text[: len(text) // 2], text[len(text) // 2 :]
    halves = among.str.starts_with(first) | among.str.ends_with(second)
    matches = get_close_matches(text, among.filter(halves).to_list(), n=1, cutoff=NEAR)
    return matches[0] if matches else None
