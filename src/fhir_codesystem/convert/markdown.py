r"""Tables of GitHub-flavoured Markdown.

Cells are written so that a page shows them as they are: characters that Markdown gives a meaning
have a backslash before them (``\|``), a line break is ``<br>``. A reader takes the backslash before
punctuation away and ``<br>`` for a line break.

What cannot be carried: the character NUL. CR LF and a lone CR come back as LF.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from fhir_codesystem.convert import CannotCarry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fhir_codesystem.convert import Rows

SPECIAL = re.compile(r"[\\`*_\[\]<>~&$#!@^|]|(?<=http)s?(?=:)|(?<=www)(?=\.)", re.IGNORECASE)
BREAK = re.compile(r"\r\n|\r|\n")


def write(header: Sequence[str], rows: Rows) -> bytes:
    """Return the table as Markdown."""
    lines = [_line(row, number) for number, row in enumerate(chain([header], rows), 1)]
    lines.insert(1, f"|{' --- |' * len(header)}\n")
    return "".join(lines).encode()


def _line(row: Sequence[str | None], number: int) -> str:
    return f"|{''.join(f' {_cell(text, number, at)} |' for at, text in enumerate(row, 1))}\n"


def _cell(text: str | None, row: int, column: int) -> str:
    if not text:
        return ""
    if "\0" in text:
        raise CannotCarry("text has no NUL characters", row, column)
    return BREAK.sub("<br>", SPECIAL.sub(lambda found: f"\\{found[0]}", text.strip()))
