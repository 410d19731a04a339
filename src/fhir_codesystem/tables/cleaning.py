"""Characters that nobody sees: found, repaired where that is certain, and said."""

from __future__ import annotations

import re
import unicodedata

import polars as pl

CONTROLS = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x{84}\x{86}-\x{9f}"
ODD_SPACES = r"\x{85}\x{a0}\x{2028}\x{2029}"
OTHER_SPACES = r"\x{1680}\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}"
ZERO_WIDTH = r"\x{ad}\x{34f}\x{180e}\x{200b}\x{2060}-\x{2064}\x{feff}\x{fff9}-\x{fffb}"
JOINERS = r"\x{200c}\x{200d}"
DIRECTIONS = r"\x{61c}\x{200e}\x{200f}\x{202a}-\x{202e}\x{2066}-\x{206f}"

SUSPECT = f"[{CONTROLS}{ODD_SPACES}{OTHER_SPACES}{ZERO_WIDTH}{JOINERS}{DIRECTIONS}]"
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
    spaces = f"[{ODD_SPACES}{OTHER_SPACES}]" if code else f"[{ODD_SPACES}]"
    removed = (
        f"[{CONTROLS}{ZERO_WIDTH}{JOINERS}{DIRECTIONS}]" if code else f"[{CONTROLS}{ZERO_WIDTH}]"
    )
    plain = text.str.replace_all(spaces, " ").str.replace_all(removed, "")
    return blank_to_null(plain.str.strip_chars(BLANKS))


def repair(frame: pl.DataFrame, column: str, *, code: bool) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Repair a column; return the frame and its changed rows (line, before, after)."""
    mended = frame.with_columns(repaired(pl.col(column), code=code).alias("after"))
    changed = mended.filter(pl.col(column).ne_missing(pl.col("after"))).select(
        "line", pl.col(column).alias("before"), "after"
    )
    mended = mended.with_columns(pl.col("after").alias(column)).drop("after")
    return mended, changed


def character_name(character: str) -> str:
    """Name a character for a person: ``no-break space (U+00A0)``."""
    name = NAMES.get(character) or unicodedata.name(character, "control character").lower()
    return f"{name} (U+{ord(character):04X})"
