"""Values of properties, as sources write them, to the form of FHIR JSON."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable

TYPES = ("code", "string", "integer", "decimal", "boolean", "dateTime", "Coding")
"""The types that the properties of a CodeSystem may have."""

DATE_TIME = re.compile(
    r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01])"
    r"(T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]\d\d:[0-5]\d))?)?)?"
)
DECIMAL = re.compile(r"-?(0|[1-9]\d{0,17})(\.\d{1,17})?([eE][+-]?\d{1,3})?")
INTEGER = re.compile(r"[+-]?\d{1,10}")


def type_named(name: str) -> str | None:
    """Return the type of a name, whatever its case (``CODING``, ``datetime``)."""
    return next((each for each in TYPES if each.lower() == name.strip().lower()), None)


def value_of(kind: str, text: str) -> str | None:
    """Write a text as a value of a type, as FHIR JSON does without quotes; None if it is none."""
    return READERS[kind](text)


def _integer(text: str) -> str | None:
    if not INTEGER.fullmatch(text) or not -(2**31) <= int(text) < 2**31:
        return None
    return str(int(text))


def _boolean(text: str) -> str | None:
    return {"true": "true", "1": "true", "false": "false", "0": "false"}.get(text.lower())


def _coding(text: str) -> str | None:
    """Read ``system^version^code^display^userSelected``, ``system|code`` or a JSON object."""
    parts: dict[str, Any]
    if text.startswith("{"):
        try:
            parts = orjson.loads(text)
        except orjson.JSONDecodeError:
            return None
        if not all(isinstance(part, str) for part in parts.values()):
            return None
    elif "^" in text:
        names = ("system", "version", "code", "display")
        parts = dict(zip(names, text.split("^"), strict=False))
    elif "|" in text:
        system, _, code = text.rpartition("|")
        parts = {"system": system, "code": code}
    else:
        parts = {"code": text}
    parts = {name: part.strip() for name, part in parts.items() if part.strip()}
    return orjson.dumps(parts).decode() if parts.get("code") else None


READERS: dict[str, Callable[[str], str | None]] = {
    "code": lambda text: " ".join(text.split()) or None,
    "string": lambda text: text,
    "integer": _integer,
    "decimal": lambda text: text if DECIMAL.fullmatch(text) else None,
    "boolean": _boolean,
    "dateTime": lambda text: text if DATE_TIME.fullmatch(text) else None,
    "Coding": _coding,
}
