r"""Workbooks (.xlsx, ECMA-376) with one sheet, in which every cell is text.

The sheet is called Concepts, as in the workbooks of the IG Publisher. Cells and columns have the
format of text, so that a program keeps ``0010`` when somebody edits it; a text that could be taken
for a formula has the mark of a text besides (``quotePrefix``) and is never run.

All characters come back, those that XML has none for too (as ``_x000B_``, 22.9.2.19). What cannot
be carried: texts of more than 32,767 UTF-16 units, 1,048,576 rows, 16,384 columns.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from fhir_codesystem.convert import CannotCarry
from fhir_codesystem.convert.archive import archive
from fhir_codesystem.diagnostics import letters
from fhir_codesystem.formulas import RUNS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fhir_codesystem.convert import Row, Rows

MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
MOST_UNITS = 32_767
TEXT, MARKED = 1, 2
"""Formats of cells, by their place in `STYLES`."""

NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
STYLES = (
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" '
    'quotePrefix="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
)


def write(header: Sequence[str], rows: Rows) -> bytes:
    """Return the table as a workbook."""
    width = len(header)
    if width > MOST_COLUMNS:
        raise CannotCarry(f"a sheet has {MOST_COLUMNS:,} columns at most", 1, MOST_COLUMNS + 1)
    columns = f'<cols><col min="1" max="{width}" width="24" style="{TEXT}"/></cols>'
    names = [letters(column) for column in range(1, width + 1)]
    lines = [_row(number, names, row) for number, row in enumerate(chain([header], rows), 1)]
    sheet = f"{columns if width else ''}<sheetData>{''.join(lines)}</sheetData>"
    return workbook({"Concepts": sheet}, STYLES)


def _row(number: int, names: list[str], row: Row) -> str:
    if number > MOST_ROWS:
        raise CannotCarry(f"a sheet has {MOST_ROWS:,} rows at most", number, 1)
    cells = []
    for name, text in zip(names, row, strict=True):
        if text:
            if len(text) > MOST_UNITS // 2 and len(text.encode("utf-16-le")) // 2 > MOST_UNITS:
                why = f"a cell of a workbook holds {MOST_UNITS:,} characters at most"
                raise CannotCarry(why, number, names.index(name) + 1)
            cells.append(cell(f"{name}{number}", text))
    return f'<row r="{number}">{"".join(cells)}</row>'


def cell(place: str, text: str) -> str:
    """Return a cell that holds a text."""
    style = MARKED if RUNS.match(text) else TEXT
    written = escape(NOT_IN_XML.sub(lambda char: f"_x{ord(char[0]):04X}_", text))
    return (
        f'<c r="{place}" s="{style}" t="inlineStr">'
        f'<is><t xml:space="preserve">{written}</t></is></c>'
    )


def workbook(sheets: Mapping[str, str], styles: str) -> bytes:
    """Return a workbook of sheets by name, each the XML inside ``worksheet``."""
    numbers = range(1, len(sheets) + 1)
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"/>'
        for number, name in enumerate(sheets, 1)
    )
    related = "".join(
        _relationship(number, "worksheet", f"worksheets/sheet{number}.xml") for number in numbers
    ) + _relationship(len(sheets) + 1, "styles", "styles.xml")
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" '
        f'ContentType="{TYPES}.worksheet+xml"/>'
        for number in numbers
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{TYPES}.styles+xml"/>'
        f"{overrides}</Types>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f"{_relationship(1, 'officeDocument', 'xl/workbook.xml')}</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f"{related}</Relationships>",
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>',
    } | {
        f"xl/worksheets/sheet{number}.xml": f'<worksheet xmlns="{MAIN}">{sheet}</worksheet>'
        for number, sheet in enumerate(sheets.values(), 1)
    }
    return archive({name: DECLARATION + content for name, content in parts.items()})


def _relationship(number: int, kind: str, target: str) -> str:
    return f'<Relationship Id="rId{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'
