r"""Texts that a spreadsheet would run as a formula, made safe in CSV and TSV and made plain again.

A spreadsheet that opens a CSV file runs a cell that begins with ``= + - @``, a tab or a line end.
Such a text is written with an apostrophe before it, by which people mark a text in a spreadsheet
too; so is a text that has apostrophes before such a character already. Therefore exactly one
apostrophe goes when such a cell is read, and every text comes back as it was: ``=1`` as ``'=1``,
``'=1`` as ``''=1``; ``'tis`` stays as it is both ways. Blanks at the end do not count: readers trim
them.

What runs is listed at https://owasp.org/www-community/attacks/CSV_Injection.
"""

from __future__ import annotations

import re

from fhir_codesystem.characters import BLANKS

START = r"'*[=+\-@\t\r\n]"
RUNS = re.compile(START)
GUARD = rf"^'({START})"
"""A guarded cell, for Rust's regex (Polars): ``str.replace(GUARD, "$1")`` makes it plain."""


def guarded(text: str) -> str:
    """Return a text as a spreadsheet may open it in CSV."""
    return f"'{text}" if RUNS.match(text.rstrip(BLANKS)) else text


def plain(text: str) -> str:
    """Return the text that was guarded."""
    return text[1:] if text[:1] == "'" and RUNS.match(text.rstrip(BLANKS), 1) else text
