"""What is a resource, to be judged as it is, and no table: said by its first bytes."""

from __future__ import annotations

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from typing import TYPE_CHECKING

from fhir_codesystem.instance.acceptance import MOST_BYTES, too_large

if TYPE_CHECKING:
    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.sources import Input
    from fhir_codesystem.tables.source import Source

KIND = re.compile(rb'"resourceType"\s*:\s*"(CodeSystem|ValueSet)"')
CONTAINED = re.compile(rb'"contained"\s*:')
MEMBERS = (b'"url"', b'"status"', b'"content"', b'"concept"')
XML = re.compile(rb"<(?:[\w.-]+:)?(CodeSystem|ValueSet)[\s>/]")
SYSTEM = re.compile(rb"<(?:[\w.-]+:)?CodeSystem[\s>/]")
NAMESPACE = b"http://hl7.org/fhir"
HEAD = 100_000
"""Bytes at the start of a file that say what it is."""


def is_resource(source: Source) -> bool:
    """Whether a source is a CodeSystem, or a ValueSet with one in it, in JSON or XML.

    An object that says of itself nothing and has the members of a CodeSystem is one that lacks
    its resourceType.
    """
    data = source.data
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        data = data.decode("utf-16", "ignore").encode("utf-8", "ignore")
    head = data[:HEAD]
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"<":
        kind = XML.search(head)
        if kind is None or NAMESPACE not in head:
            return False
        return kind[1] == b"CodeSystem" or SYSTEM.search(data) is not None
    if start not in (b"{", b"/"):
        return False
    kind = KIND.search(head)
    if kind is None:
        return b'"resourceType"' not in head and sum(name in head for name in MEMBERS) > 2
    if kind[1] == b"ValueSet" or CONTAINED.search(head[: kind.start()]):
        return KIND.search(head) is not None and b'"CodeSystem"' in data
    return True


def refused(source: Input) -> Diagnostic | None:
    """Tell that a source is a resource too large to be judged; only its beginning is read.

    Raises EnvironmentProblem where that cannot be done.
    """
    size = source.size()
    if size <= MOST_BYTES:
        return None
    beginning = source.beginning(HEAD)
    known = beginning is not None and is_resource(beginning)
    return too_large(source.path, size) if known else None
