"""White space of a page: collapsed as a browser does it, with breaks where it would break."""

from __future__ import annotations

import re

from fhir_codesystem.characters import BLANKS

SPACES = re.compile(r"[ \t\n\r\f]+")
LINE, BLOCK, PARAGRAPH = "\0l", "\0b", "\0p"
"""Breaks inside a text while it is gathered: a NUL is in no text."""
BREAKS = re.compile(r"(?: ?\0[lbp])+ ?")


def finished(text: str) -> str:
    """Collapse white space as a browser does; breaks become line feeds."""
    if "\n" in text or "  " in text or "\t" in text or "\r" in text or "\f" in text:
        text = SPACES.sub(" ", text)
    if "\0" in text:
        text = BREAKS.sub(_line_feeds, text)
    return text.strip(BLANKS)


def _line_feeds(breaks: re.Match[str]) -> str:
    found = breaks[0]
    return "\n\n" if PARAGRAPH in found or found.count(LINE) > 1 else "\n"
