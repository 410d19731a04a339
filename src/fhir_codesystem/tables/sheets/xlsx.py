"""The parts of .xlsx and .xlsm (ECMA-376, SpreadsheetML): workbook, relationships, styles."""

from __future__ import annotations

import posixpath
from contextlib import suppress
from typing import TYPE_CHECKING

from fhir_codesystem.rules import workbooks as rules
from fhir_codesystem.tables.sheets.cells import TRUE, Cells, Enough, Strings
from fhir_codesystem.tables.sheets.grid import MOST_SHEETS
from fhir_codesystem.tables.sheets.numbers import BUILT_IN, Format, format_of
from fhir_codesystem.tables.sheets.package import Unreadable, too_large

if TYPE_CHECKING:
    from fhir_codesystem.tables.sheets.grid import Grid
    from fhir_codesystem.tables.sheets.package import Package

MAIN = "xl/workbook.xml"


class Workbook:
    """A workbook of which the sheets' names, the styles and the shared strings are known."""

    def __init__(self, package: Package) -> None:
        """Read all but the sheets; raises `Unreadable`."""
        self.package = package
        self.names: list[str] = []
        self.hidden: list[bool] = []
        self.from_1904 = False
        self.strings: list[str] | None = None
        main = _main(package)
        if main.endswith(".bin"):
            message = "this is a binary workbook (.xlsb)"
            raise Unreadable(rules.UNREADABLE_WORKBOOK, message, "save it as .xlsx")
        related = _related(package, main)
        self.parts: list[str] = []
        self._list(
            main, {key: part for key, (kind, part) in related.items() if kind == "worksheet"}
        )
        by_kind = dict(related.values())
        self.strings_part = by_kind.get("sharedStrings")
        self.styles = Styles(package, by_kind.get("styles"))
        if not self.parts:
            raise Unreadable(rules.UNREADABLE_WORKBOOK, "the workbook has no sheet")

    def _list(self, main: str, parts: dict[str, str]) -> None:
        def take(name: str, attributes: dict[str, str]) -> None:
            if name == "workbookPr":
                self.from_1904 = attributes.get("date1904") in TRUE
            elif name == "sheet" and (part := parts.get(attributes.get("id", ""))):
                if len(self.parts) == MOST_SHEETS:
                    raise too_large(f"it has more than {MOST_SHEETS:,} sheets")
                self.parts.append(part)
                self.names.append(attributes.get("name", ""))
                self.hidden.append(attributes.get("state", "visible") != "visible")

        self.package.each(main, take)

    def grid(self, sheet: int, most_rows: int | None = None) -> Grid:
        """Read a sheet by its index, of a long one ``most_rows`` at least; raises `Unreadable`."""
        if self.strings is None:
            strings = Strings()
            if self.strings_part and self.strings_part in self.package:
                self.package.parse(self.strings_part, strings)
            self.strings = strings.texts
        cells = Cells(self, self.names[sheet], self.strings, most_rows)
        with suppress(Enough):
            self.package.parse(self.parts[sheet], cells)
        return cells.grid


def _main(package: Package) -> str:
    """Return the name of the part that is the workbook (part 2, 9.3)."""
    if "_rels/.rels" not in package:
        return MAIN
    related = _related(package, "")
    return next((part for kind, part in related.values() if kind == "officeDocument"), MAIN)


def _related(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """Return the kinds and the names of the parts to which a part refers, by their ids."""
    folder, name = posixpath.split(part)
    related: dict[str, tuple[str, str]] = {}

    def take(element: str, attributes: dict[str, str]) -> None:
        if element == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.join("/", folder, attributes.get("Target", ""))
            kind = attributes.get("Type", "").rpartition("/")[2]
            related[attributes.get("Id", "")] = (kind, posixpath.normpath(target).lstrip("/"))

    package.each(posixpath.join(folder, "_rels", f"{name}.rels"), take)
    return related


class Styles:
    """The formats of numbers and the indents of cells, by the index that a cell names."""

    def __init__(self, package: Package, part: str | None) -> None:
        """Read the part; a workbook may have none."""
        self.formats: list[Format | None] = []
        self.indents: list[int] = []
        self._codes: dict[str, str] = {}
        self._of_cells = False
        if part is not None and part in package:
            package.each(part, self._take)

    def _take(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            self._codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name in {"cellStyleXfs", "cellXfs", "cellStyles", "dxfs"}:
            self._of_cells = name == "cellXfs"
        elif name == "xf" and self._of_cells:
            number = attributes.get("numFmtId", "0")
            known = BUILT_IN.get(int(number)) if number.isdigit() else None
            code = self._codes.get(number, known)
            self.formats.append(format_of(code) if code else None)
            self.indents.append(0)
        elif name == "alignment" and self._of_cells and self.indents:
            self.indents[-1] = min(int(attributes.get("indent", "0")), 250)
