"""Workbooks: .xlsx and .xlsm (ECMA-376), .ods (OpenDocument).

One sheet is the table: the one that the metadata names, else the one whose header names a code and
most of what else describes a concept. Rows above the header are titles. Cells are taken as people
see them; what a sheet hides, merges or counts otherwise is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fhir_codesystem.diagnostics import Location
from fhir_codesystem.tables.table import Reading

if TYPE_CHECKING:
    from fhir_codesystem.tables.sheets.grid import Book
    from fhir_codesystem.tables.source import Source

ZIP = b"PK\x03\x04"
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How .xls begins, and a workbook with a password (MS-CFB)."""
MARKS = (b"[Content_Types].xml", b"_rels/.rels", b"xl/workbook.", b"mimetype", b"content.xml")
"""Names of parts, one of which stands near the start or the end of an Office archive."""
SUFFIXES = (".xlsx", ".xlsm", ".xltx", ".xltm", ".xlsb", ".xls", ".ods", ".ots")
XML_KINDS = (
    b"urn:schemas-microsoft-com:office:spreadsheet",
    b'office:mimetype="application/vnd.oasis.opendocument.spreadsheet',
)
EDGE = 4096
"""Bytes from the start, and from the end, in which a file says what it is."""


def recognises(source: Source) -> bool:
    """Whether the bytes are those of a workbook, or an archive that is named as one."""
    data, head = source.data, source.data[:EDGE]
    if data.startswith(ZIP):
        edges = head + data[-EDGE:]
        return source.path.lower().endswith(SUFFIXES) or any(mark in edges for mark in MARKS)
    if data.startswith(COMPOUND):
        return _compound(data) is not None
    return head.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"<?xml") and any(
        kind in head for kind in XML_KINDS
    )


def read(source: Source) -> Reading:
    """Read the table of a workbook."""
    from fhir_codesystem.tables.headers import only_table  # noqa: PLC0415 - see Reader
    from fhir_codesystem.tables.sheets import choice, layout, package  # noqa: PLC0415

    try:
        book = _opened(source.data)
        chosen, found = choice.sheet_of(book, source)
        table, told = layout.table_of(book.grid(chosen.sheet), chosen, source.path)
    except package.Unreadable as unreadable:
        return Reading(None, (unreadable.at(Location(source.path)),))
    wanted = only_table(source, [(chosen.header, book.names[chosen.sheet])])
    return Reading(None if wanted else table, (*found, *told, *wanted))


def _opened(data: bytes) -> Book:
    """Open a workbook of any kind that is read; raises `Unreadable`."""
    from fhir_codesystem.rules.workbooks import UNREADABLE_WORKBOOK  # noqa: PLC0415
    from fhir_codesystem.tables.sheets import ods, package, xlsx  # noqa: PLC0415

    if data.startswith(COMPOUND):
        kind = _compound(data) or "an old Office document"
        if kind == ENCRYPTED:
            raise package.encrypted()
        raise package.Unreadable(UNREADABLE_WORKBOOK, f"this is {kind}", "save it as .xlsx")
    if not data.startswith(ZIP):
        message = "this is a workbook in a single XML file"
        raise package.Unreadable(UNREADABLE_WORKBOOK, message, "save it as .xlsx or .ods")
    parts = package.Package(data)
    if ods.CONTENT in parts or "mimetype" in parts:
        return ods.Workbook(parts)
    if "word/document.xml" in parts or "ppt/presentation.xml" in parts:
        message = "this is a Word document or a presentation, not a workbook"
        raise package.Unreadable(UNREADABLE_WORKBOOK, message)
    return xlsx.Workbook(parts)


ENCRYPTED = "encrypted"


def _compound(data: bytes) -> str | None:
    """Say what a compound file is, by the names of its streams; None where it is no workbook."""
    streams = {
        "EncryptedPackage": ENCRYPTED,
        "Workbook": "an old workbook (.xls)",
        "Book": "an old workbook (.xls)",
    }
    return next((kind for name, kind in streams.items() if name.encode("utf-16-le") in data), None)
