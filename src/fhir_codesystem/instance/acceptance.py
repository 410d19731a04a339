"""What is judged at all: a resource of a certain size, of so many values at most, in UTF-8."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fhir_codesystem.diagnostics import Location, Severity
from fhir_codesystem.instance import encoding
from fhir_codesystem.rules.exchange import TOO_LARGE
from fhir_codesystem.rules.reading import GUESSED_ENCODING
from fhir_codesystem.tables.decoding import decode, is_utf8

if TYPE_CHECKING:
    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.tables.source import Source

MOST_BYTES = 300 << 20
"""The largest resource that is judged: a million concepts with all that is said of them."""

MOST_VALUES = 10_000_000
"""Values that are judged, each of which takes some 600 bytes; a million concepts have half."""


def too_large(path: str, size: int) -> Diagnostic | None:
    """Tell that a resource of a size in bytes is not read."""
    if size <= MOST_BYTES:
        return None
    most = MOST_BYTES >> 20
    message = f"the resource has {size >> 20:,} MB; at most {most} MB are read"
    hint = "check the table that it was made of, or split the code system"
    return TOO_LARGE.at(Location(path), message, hint=hint)


def too_many(source: Source) -> Diagnostic | None:
    """Tell that a resource has too many values to be judged, counted by the marks around them."""
    marks = b"<=" if encoding.is_xml(source.data, source.path) else b"{,"
    if sum(source.data.count(mark) for mark in marks) <= MOST_VALUES:
        return None
    message = f"the resource has more than {MOST_VALUES:,} values, which are not read"
    return TOO_LARGE.at(Location(source.path), message, hint="split the code system")


def in_utf8(source: Source) -> tuple[Source | None, list[Diagnostic]]:
    """Return a resource in UTF-8, with an error where it is in another encoding.

    There is none where it is no text. XML is returned as it is: its parser tells the same.
    """
    if encoding.is_xml(source.data, source.path) or is_utf8(source.data):
        return source, []
    text, found = decode(source.path, source.data)
    if text is None:
        return None, found
    if not found:
        message = "the first bytes say that the file is in UTF-16 or UTF-32"
        found = [GUESSED_ENCODING.at(Location(source.path, 1, 1), message)]
    hint = "FHIR is written in UTF-8: save the file so"
    told = [replace(each, severity=Severity.ERROR, hint=hint) for each in found]
    return replace(source, data=text.data), told
