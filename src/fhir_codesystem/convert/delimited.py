"""Text with delimiters (RFC 4180): .csv with commas, .tsv with tabs.

UTF-8 with a byte-order mark, by which spreadsheet programs know it; lines end in CR LF. A text that
a spreadsheet would run as a formula has an apostrophe before it (`fhir_codesystem.formulas`).

What cannot be carried: the character NUL. CR LF inside a text comes back as LF.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from fhir_codesystem.convert import CannotCarry
from fhir_codesystem.formulas import guarded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fhir_codesystem.convert import Rows

MARK = "\ufeff"


def write(header: Sequence[str], rows: Rows, delimiter: str = ",") -> bytes:
    """Return the table as CSV, or as TSV where the delimiter is a tab."""
    to_quote = frozenset(f'{delimiter}"\r\n{MARK}')
    lines = []
    for number, row in enumerate(chain([header], rows), 1):
        cells = [_cell(text, to_quote) for text in row]
        if any("\0" in text for text in cells):
            column = next(i for i, text in enumerate(cells, 1) if "\0" in text)
            raise CannotCarry("text has no NUL characters", number, column)
        lines.append(delimiter.join(cells))
    return (MARK + "".join(f"{line}\r\n" for line in lines)).encode()


def _cell(text: str | None, to_quote: frozenset[str]) -> str:
    if not text:
        return ""
    safe = guarded(text)
    if to_quote.isdisjoint(safe) and safe == safe.strip():
        return safe
    return '"' + safe.replace('"', '""') + '"'
