"""Characters that nobody sees: found, repaired where that is certain, and said."""

from __future__ import annotations

import re
import unicodedata

import polars as pl

CONTROLS = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f"
C1_CONTROLS = r"\x{80}-\x{84}\x{86}-\x{9f}"
"""Mostly Windows-1252 taken for Latin-1: what was meant is lost, so texts keep them."""

ODD_SPACES = r"\x{85}\x{a0}\x{2028}\x{2029}"
OTHER_SPACES = r"\x{1680}\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}"
ZERO_WIDTH = r"\x{ad}\x{34f}\x{180e}\x{200b}\x{2060}-\x{2064}\x{feff}\x{fff9}-\x{fffb}"
JOINERS = r"\x{200c}\x{200d}"
DIRECTIONS = r"\x{61c}\x{200e}\x{200f}\x{202a}-\x{202e}\x{2066}-\x{206f}"

SUSPECT = f"[{CONTROLS}{C1_CONTROLS}{ODD_SPACES}{OTHER_SPACES}{ZERO_WIDTH}{JOINERS}{DIRECTIONS}]"
"""Whatever this matches is invisible, or looks like a blank and is none (Rust regex)."""

SUSPECT_PYTHON = re.sub(r"\\x\{(\w+)\}", lambda m: chr(int(m[1], 16)), SUSPECT)
"""The same for Python's `re`."""

BLANKS = " \t\r\n\x0b\x0c"
"""White space that is trimmed from cells without a word."""

NAMES = {"\t": "tab", "\x7f": "delete", "\x85": "next line", "\xad": "soft hyphen"}


def blank_to_null(text: pl.Expr) -> pl.Expr:
    """Make an empty cell null."""
    return pl.when(text.str.len_bytes() > 0).then(text)


def repaired(text: pl.Expr, *, code: bool) -> pl.Expr:
    """Make odd spaces ordinary ones, take out what is invisible, trim the ends.

    In a code every such character goes. In other text those stay that some script or typography
    needs: joiners (Persian, Indic, emoji), directions, spaces of a certain width.
    """
    spaces = ODD_SPACES + (OTHER_SPACES if code else "")
    removed = CONTROLS + ZERO_WIDTH + (C1_CONTROLS + JOINERS + DIRECTIONS if code else "")
    plain = text.str.replace_all(f"[{spaces}]", " ").str.replace_all(f"[{removed}]", "")
    return blank_to_null(plain.str.strip_chars(BLANKS))


def repair(frame: pl.DataFrame, column: str, *, code: bool) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Repair a column.

    Returns the frame, and the rows of which something must be said: ``line``, the cell ``before``
    and ``after`` (String), which are the same where what was meant cannot be known.
    """
    mended = frame.with_columns(repaired(pl.col(column), code=code).alias("after"))
    changed = pl.col(column).ne_missing(pl.col("after"))
    unclear = pl.col(column).str.contains(f"[{C1_CONTROLS}]")
    told = mended.filter(changed | unclear).select("line", pl.col(column).alias("before"), "after")
    return mended.with_columns(pl.col("after").alias(column)).drop("after"), told


def character_name(character: str) -> str:
    """Name a character for a person: ``no-break space (U+00A0)``."""
    name = NAMES.get(character) or unicodedata.name(character, "control character").lower()
    return f"{name} (U+{ord(character):04X})"
