"""Cells without what nobody sees: repaired where that is certain, and said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from fhir_codesystem import characters as chars

if TYPE_CHECKING:
    from collections.abc import Iterator


def blank_to_null(text: pl.Expr) -> pl.Expr:
    """Make an empty cell null."""
    return pl.when(text.str.len_bytes() > 0).then(text)


def repaired(text: pl.Expr, *, code: bool) -> pl.Expr:
    """Make odd spaces ordinary ones, take out what is invisible, trim the ends.

    In a code every such character goes. In other text those stay that some script or typography
    needs: joiners (Persian, Indic, emoji), directions, spaces of a certain width.
    """
    spaces = chars.ODD_SPACES + (chars.OTHER_SPACES if code else "")
    removed = chars.CONTROLS + chars.ZERO_WIDTH
    if code:
        removed += chars.C1_CONTROLS + chars.JOINERS + chars.DIRECTIONS
    plain = text.str.replace_all(f"[{spaces}]", " ").str.replace_all(f"[{removed}]", "")
    return blank_to_null(plain.str.strip_chars(chars.BLANKS))


def repair(frame: pl.DataFrame, column: str, *, code: bool) -> tuple[pl.Series, pl.DataFrame]:
    """Repair a column, looking only at rows that are not ``plain``.

    Returns the column, and the rows of which something must be said: ``line``, the cell
    ``before`` and ``after`` (String), which are the same where what was meant cannot be known.
    """
    values = frame[column]
    odd = (~frame["plain"]).arg_true()
    if not values.gather(odd).str.contains(f"[{chars.INVISIBLE}]").any():
        return values, frame.clear().select("line", before=column, after=column)
    mended = frame.select("line", pl.col(column).alias("before"))[odd].with_columns(
        repaired(pl.col("before"), code=code).alias("after")
    )
    changed = pl.col("before").ne_missing(pl.col("after"))
    unclear = pl.col("before").str.contains(f"[{chars.C1_CONTROLS}]")
    return chars.treated(values, odd, lambda _: mended["after"]), mended.filter(changed | unclear)


def characters_in(text: str) -> Iterator[str]:
    """Name the invisible characters of a text, each once, in the order they stand."""
    for character in dict.fromkeys(chars.INVISIBLE_IN_PYTHON.findall(text)):
        yield chars.name_of(character)
