"""Workbooks (.ods, OpenDocument 1.3) with one sheet, in which every cell is text.

What cannot be carried: characters that XML has none for (controls other than tab and line end,
U+FFFE, U+FFFF), 1,048,576 rows, 16,384 columns. CR LF and a lone CR come back as LF.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from fhir_codesystem.convert import CannotCarry
from fhir_codesystem.convert.archive import archive

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fhir_codesystem.convert import Row, Rows

MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
KIND = "application/vnd.oasis.opendocument.spreadsheet"
OPEN = "urn:oasis:names:tc:opendocument:xmlns:"
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
MANIFEST = (
    f'<manifest:manifest xmlns:manifest="{OPEN}manifest:1.0" manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{KIND}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    "</manifest:manifest>"
)
START = (
    f'<office:document-content xmlns:office="{OPEN}office:1.0" xmlns:table="{OPEN}table:1.0" '
    f'xmlns:text="{OPEN}text:1.0" office:version="1.3">'
    '<office:body><office:spreadsheet><table:table table:name="Concepts">'
)
END = "</table:table></office:spreadsheet></office:body></office:document-content>"
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
BREAK = re.compile(r"\r\n|\r|\n")
SPACES = re.compile("^ +| {2,}|\t")


def write(header: Sequence[str], rows: Rows) -> bytes:
    """Return the table as a workbook."""
    if len(header) > MOST_COLUMNS:
        raise CannotCarry(f"a sheet has {MOST_COLUMNS:,} columns at most", 1, MOST_COLUMNS + 1)
    lines = [_row(number, row) for number, row in enumerate(chain([header], rows), 1)]
    columns = f'<table:table-column table:number-columns-repeated="{max(len(header), 1)}"/>'
    content = f"{DECLARATION}{START}{columns}{''.join(lines)}{END}"
    return archive(
        {
            "mimetype": KIND,
            "content.xml": content,
            "META-INF/manifest.xml": DECLARATION + MANIFEST,
        }
    )


def _row(number: int, row: Row) -> str:
    if number > MOST_ROWS:
        raise CannotCarry(f"a sheet has {MOST_ROWS:,} rows at most", number, 1)
    cells = (_cell(text, number, column) for column, text in enumerate(row, 1))
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def _cell(text: str | None, row: int, column: int) -> str:
    if not text:
        return "<table:table-cell/>"
    if (found := NOT_IN_XML.search(text)) is not None:
        why = f"XML has no character U+{ord(found[0]):04X}"
        raise CannotCarry(why, row, column)
    lines = (SPACES.sub(_blank, escape(line)) for line in BREAK.split(text))
    paragraphs = "".join(f"<text:p>{line}</text:p>" for line in lines)
    return f'<table:table-cell office:value-type="string">{paragraphs}</table:table-cell>'


def _blank(found: re.Match[str]) -> str:
    """Write a tab, or spaces that XML would make one or none."""
    blanks = found[0]
    return "<text:tab/>" if blanks == "\t" else f'<text:s text:c="{len(blanks)}"/>'
