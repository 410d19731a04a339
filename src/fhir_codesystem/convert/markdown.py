r"""Tables of GitHub-flavoured Markdown, below a heading.

The heading is what makes the file a document: a table alone is read as delimited by bars, in which
a backslash is a backslash.

Cells are written so that a page shows them as they are, by the escapes of all our Markdown: a
backslash before what Markdown gives a meaning (``\|``) or would make a link (``https\://``), and
``<br>`` for a line break. A reader takes away the backslash before punctuation, and takes ``<br>``
for a line break.

A carriage return, which no page shows either, is written as ``&#13;``: it comes back.

What cannot be carried: other control characters than tab and line end, which no page can show.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

import polars as pl

from fhir_codesystem.artifacts.markdown import escaped
from fhir_codesystem.characters import BLANKS, CONTROLS
from fhir_codesystem.convert import CannotCarry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fhir_codesystem.convert import Rows

HEADING = "# Concepts\n\n"
CARRIAGE_RETURN = "\r"
CONTROL = re.compile(f"[{CONTROLS}]")


def write(header: Sequence[str], rows: Rows) -> bytes:
    """Return the table as Markdown."""
    width = len(header)
    texts = [(text or "").strip(BLANKS) for row in chain([header], rows) for text in row]
    for at, text in enumerate(texts):
        if (control := CONTROL.search(text)) is not None:
            why = f"a page of Markdown cannot show the character U+{ord(control[0]):04X}"
            raise CannotCarry(why, at // width + 1, at % width + 1)
    pieces = pl.Series(texts, dtype=pl.String).str.split(CARRIAGE_RETURN)
    shown = pieces.list.eval(pl.element().map_batches(escaped))
    cells = [f" {text} |" for text in shown.list.join(f"&#{ord(CARRIAGE_RETURN)};")]
    lines = [f"|{''.join(cells[at : at + width])}\n" for at in range(0, len(cells), max(width, 1))]
    return "".join([HEADING, *lines[:1], f"|{' --- |' * width}\n", *lines[1:]]).encode()
