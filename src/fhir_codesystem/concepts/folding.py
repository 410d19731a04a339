"""Texts as people compare them: without regard to case, width of characters and white space."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unicodedata import normalize

from fhir_codesystem.characters import treated

if TYPE_CHECKING:
    import polars as pl


def folded(texts: pl.Series, odd: pl.Series | None = None) -> pl.Series:
    """Fold a column (String): small letters, NFKC, single blanks, none at the ends.

    ``odd`` are the indices of the texts that hold more than ASCII letters, signs and single
    blanks between them; without it all are taken to be such, which takes longer.
    """
    small = texts.str.to_lowercase()
    return _normal(small) if odd is None else treated(small, odd, _normal)


def folded_text(text: str) -> str:
    """Fold a text as `folded` does; Latin letters, for Python may know an older Unicode."""
    small = text.lower()
    if not small.isascii():
        small = normalize("NFKC", normalize("NFKC", small).lower())
    return " ".join(small.split())


def _normal(texts: pl.Series) -> pl.Series:
    small = texts.str.normalize("NFKC").str.to_lowercase().str.normalize("NFKC")
    return small.str.replace_all(r"\s+", " ").str.strip_chars(" ")
