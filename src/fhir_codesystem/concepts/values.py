"""The types of the values of concept properties: told by the values, and how JSON writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable

DATE = r"\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]){TIME}?)?"
TIME = r"(T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d{1,9})?(Z|[+-](0\d|1[0-4]):[0-5]\d))"
PATTERNS = {
    "boolean": r"(?i:true|false)",
    "integer": r"[+-]?(0|[1-9]\d{0,9})",
    "decimal": r"[+-]?(0|[1-9]\d{0,17})(\.\d{1,17})?([eE][+-]?\d{1,4})?",
    "dateTime": DATE.replace("{TIME}", TIME),
    "Coding": r"(https?://|urn:)[^|\s]+\|[^|\s]+( [^|]*)?",
}
"""How values of a type are written in a cell (Rust regex); a year alone is an integer.

A Coding is written ``system|code``, with the display behind a blank. Sources: the regular
expressions of https://hl7.org/fhir/R4/datatypes.html#primitive.
"""
SEPARATORS = (",", ";", "|", "\n", " ")
"""What may stand between several values in a cell."""
LARGEST = 2**31 - 1
"""The largest integer of FHIR."""


def fits(values: pl.Series, kind: str, codes: pl.Series) -> pl.Series:
    """Say which values (String, none null) can be of a type; a code is one of ``codes``."""
    if kind == "string":
        return values.is_not_null()
    if kind == "code":
        return values.is_in(codes.implode())
    pattern = rf"\d{{4}}|{PATTERNS[kind]}" if kind == "dateTime" else PATTERNS[kind]
    fitting = values.str.contains(f"^(?:{pattern})$")
    if kind == "integer":
        number = values.cast(pl.Int64, strict=False)
        fitting &= number.is_between(-LARGEST - 1, LARGEST).fill_null(value=False)
    return fitting


def separator(values: pl.Series, codes: pl.Series) -> str | None:
    """Find what stands between several codes in a cell, where that is certain.

    All values are codes if they are split by it, and not all are if they are not.
    """
    if fits(values, "code", codes).all():
        return None
    for mark in SEPARATORS:
        parts = values.str.split(mark).explode().str.strip_chars()
        if fits(parts.filter(parts != ""), "code", codes).all():
            return mark
    return None


def inferred(values: pl.Series, codes: pl.Series) -> str:
    """Return the narrowest type that all values can be of."""
    for kind, pattern in PATTERNS.items():
        if values.str.contains(f"^(?:{pattern})$").all() and fits(values, kind, codes).all():
            return kind
    return "code" if fits(values, "code", codes).all() else "string"


def written(values: pl.Series, kind: str) -> pl.Series:
    """Write values as JSON does, but for the quotes of texts."""
    change: dict[str, Callable[[pl.Series], pl.Series]] = {
        "boolean": lambda each: each.str.to_lowercase(),
        "integer": lambda each: each.str.strip_prefix("+"),
        "decimal": lambda each: each.str.strip_prefix("+"),
        "Coding": lambda each: pl.Series([_coding(text) for text in each], dtype=pl.String),
    }
    return change[kind](values) if kind in change else values


def _coding(text: str) -> str:
    system, _, rest = text.partition("|")
    code, _, display = rest.partition(" ")
    coding = {"system": system, "code": code} | ({"display": display} if display else {})
    return orjson.dumps(coding).decode()
