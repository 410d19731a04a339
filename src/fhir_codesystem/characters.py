"""Characters that need care: invisible ones, and those that JSON or Markdown give a meaning.

All expressions are for Rust's regex (Polars). A row of which no character needs care is *plain*:
reading finds that once, and nothing after it looks at the row's characters again.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

CONTROLS = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f"
C1_CONTROLS = r"\x{80}-\x{84}\x{86}-\x{9f}"
"""Mostly Windows-1252 taken for Latin-1: what was meant is lost, so texts keep them."""

ODD_SPACES = r"\x{85}\x{a0}\x{2028}\x{2029}"
OTHER_SPACES = r"\x{1680}\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}"
ZERO_WIDTH = r"\x{ad}\x{34f}\x{180e}\x{200b}\x{2060}-\x{2064}\x{feff}\x{fff9}-\x{fffb}"
JOINERS = r"\x{200c}\x{200d}"
DIRECTIONS = r"\x{61c}\x{200e}\x{200f}\x{202a}-\x{202e}\x{2066}-\x{206f}"
INVISIBLE = CONTROLS + C1_CONTROLS + ODD_SPACES + OTHER_SPACES + ZERO_WIDTH + JOINERS + DIRECTIONS
"""Inside a class: whatever is invisible, or looks like a blank and is none."""

IN_JSON = r'"\\\x00-\x1f'
"""Inside a class: what a JSON string must escape."""

IN_MARKDOWN = r"\\`*_\[\]<>~&$#!@^"
"""Inside a class: what Markdown (GitHub's too) may take for markup, but for the bar."""

ADDRESS = r"(?i:https?:|ftp:|mailto:|xmpp:|www\.)"
"""What GitHub makes a link without being asked: the beginning of an address."""

NEEDS_CARE = rf"[{INVISIBLE}{IN_JSON}{IN_MARKDOWN}]|{ADDRESS}"
"""A line that this does not match is plain. (A bar inside a cell was written with a backslash.)"""

INVISIBLE_IN_PYTHON = re.compile(
    re.sub(r"\\x\{(\w+)\}", lambda code: chr(int(code[1], 16)), f"[{INVISIBLE}]")
)

BLANKS = " \t\r\n\x0b\x0c"
"""White space that is trimmed from cells without a word."""

NAMES = {"\t": "tab", "\x7f": "delete", "\x85": "next line", "\xad": "soft hyphen"}


def name_of(character: str) -> str:
    """Name a character for a person: ``no-break space (U+00A0)``."""
    name = NAMES.get(character) or unicodedata.name(character, "control character").lower()
    return f"{name} (U+{ord(character):04X})"


def treated(
    values: pl.Series, odd: pl.Series, treat: Callable[[pl.Series], pl.Series]
) -> pl.Series:
    """Treat some texts of a column: those at the indices ``odd``."""
    if not len(odd):
        return values
    return values.clone().scatter(odd, treat(values.gather(odd)))
