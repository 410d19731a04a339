"""The encodings of resources, and what XML says of its own: https://hl7.org/fhir/R5/xml.html."""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from typing import TYPE_CHECKING

from fhir_codesystem.instance.issue import Spot

if TYPE_CHECKING:
    from fhir_codesystem.instance.issue import Issues

SAMPLE = 4096
"""Bytes that may be white space before the first character tells JSON from XML."""
STATED = re.compile(rb"encoding=[\"']([^\"'>]*)")


def is_xml(data: bytes, name: str) -> bool:
    """Whether a resource is written in XML, not in JSON."""
    start = data[:SAMPLE].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")[:1]
    return start == b"<" or (start != b"{" and name.lower().endswith(".xml"))


def check(data: bytes, issues: Issues) -> None:
    """Check that a file begins as XML in UTF-8, and names no other encoding."""
    marked = data.startswith(BOM_UTF8)
    head = data[len(BOM_UTF8) if marked else 0 :].partition(b">")[0]
    if not marked and not data.startswith(b"<"):
        message = "the file does not begin with < in UTF-8: FHIR is written in it"
    else:
        stated = STATED.search(head) if marked or head.startswith(b"<?x") else None
        if stated is None or stated[1][:5].upper() == b"UTF-8":
            return
        name = stated[1].decode("ascii", "replace")
        message = f"the file says that it is in {name}; FHIR is written in UTF-8"
    issues.written("XML_ENCODING_INVALID", "XML", message, Spot(line=1, column=1))


def unmarked(data: bytes) -> tuple[bytes, str | None]:
    """Return a file without its byte-order mark, so that columns count characters from 1.

    The second is the encoding, where the mark says it. UTF-16 becomes UTF-8.
    """
    if data.startswith(BOM_UTF8):
        return data[len(BOM_UTF8) :], "utf-8"
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        try:
            return data.decode("utf-16").encode("utf-8"), "utf-8"
        except UnicodeDecodeError:
            return data, None
    return data, None


def decoded(data: bytes) -> str:
    """Return the text of a file in XML, as far as it can be read."""
    text, known = unmarked(data)
    stated = STATED.search(text.partition(b">")[0])
    try:
        return text.decode(known or (stated[1].decode("ascii") if stated else "utf-8"), "replace")
    except (LookupError, ValueError):
        return text.decode("utf-8", "replace")
