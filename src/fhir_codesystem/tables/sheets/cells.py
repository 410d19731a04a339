"""The cells and the shared strings of .xlsx (ECMA-376 part 1, 18.3 and 18.4)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fhir_codesystem.diagnostics import letters, quoted
from fhir_codesystem.rules import workbooks as rules
from fhir_codesystem.tables.sheets.grid import LAST_COLUMN, MOST_CELLS, Grid, Range
from fhir_codesystem.tables.sheets.numbers import Doubt, Shown, shown
from fhir_codesystem.tables.sheets.package import Unreadable, too_large

if TYPE_CHECKING:
    from collections.abc import Callable

    from fhir_codesystem.tables.sheets.xlsx import Workbook

NAMESPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
TRUE = frozenset({"1", "true", "on"})
ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
DIGITS = "0123456789"
CELL, VALUE, ROW, ITEM = "c", "v", "row", "si"
FORMULA, PHONETIC, COLUMN, MERGED = "f", "rPh", "col", "mergeCell"
KINDS = {kind: kind for kind in (CELL, VALUE, ROW, ITEM, FORMULA, PHONETIC, COLUMN, MERGED)}
KINDS["t"] = VALUE
"""The elements that matter, by name; texts are values."""

NO_RESULT = "a formula whose result is not stored: open the workbook in a spreadsheet and save it"


def _unescaped(text: str) -> str:
    """Return a text with the characters that XML has none for (22.9.2.19)."""
    if "_x" not in text:
        return text
    plain = ESCAPED.sub(lambda code: chr(int(code[1], 16)), text)
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


class Strings:
    """The shared strings: the runs of each joined, without phonetic ones."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._runs: list[str] = []
        self._taken = False
        self._phonetic = False
        self._kinds = _named(KINDS)

    def start(self, name: str, _: dict[str, str]) -> None:
        """Take the start of an element."""
        kind = self._kinds.get(name)
        if kind == VALUE:
            self._taken = not self._phonetic
        elif kind == ITEM:
            self._runs = []
        elif kind == PHONETIC:
            self._phonetic = True

    def end(self, name: str) -> None:
        """Take the end of an element."""
        kind = self._kinds.get(name)
        if kind == VALUE:
            self._taken = False
        elif kind == ITEM:
            self._end_item()
        elif kind == PHONETIC:
            self._phonetic = False

    def text(self, text: str) -> None:
        """Take characters, where they are those of a value."""
        if self._taken:
            self._runs.append(text)

    def _end_item(self) -> None:
        if len(self.texts) == MOST_CELLS:
            raise too_large(f"it has more than {MOST_CELLS:,} strings")
        self.texts.append(_unescaped("".join(self._runs)))


def _named(kinds: dict[str, str]) -> dict[str, str]:
    return {f"{space} {name}": kind for space in NAMESPACES for name, kind in kinds.items()}


class Enough(Exception):
    """As many rows are read as were wanted."""


class Cells:
    """The cells of a sheet, and what is said of its rows and columns."""

    def __init__(
        self, book: Workbook, name: str, strings: list[str], most_rows: int | None
    ) -> None:
        self.grid = Grid(name)
        self._strings = strings
        self._styles = book.styles
        self._from_1904 = book.from_1904
        self._most_rows = most_rows
        self._rows = 0
        self._row = 0
        self._of_row: dict[str, str] = {}
        self._begun = False
        self._columns: dict[str, int] = {}
        self._cell: dict[str, str] = {}
        self._runs: list[str] = []
        self._taken = False
        self._phonetic = False
        self._formula = False
        self._kinds = _named(KINDS)
        self._starts: dict[str, Callable[[dict[str, str]], None]] = {
            ROW: self._start_row,
            FORMULA: self._start_formula,
            PHONETIC: self._start_phonetic,
            COLUMN: self._hide,
            MERGED: self._merge,
        }

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""
        kind = self._kinds.get(name)
        if kind == CELL:
            if "r" not in attributes:
                attributes["r"] = self._next()
            self._cell = attributes
            self._runs = []
            self._formula = False
        elif kind == VALUE:
            self._taken = not self._phonetic
        elif kind is not None:
            self._starts[kind](attributes)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        kind = self._kinds.get(name)
        if kind == CELL:
            if self._runs or self._formula:
                self._end_cell()
        elif kind == VALUE:
            self._taken = False
        elif kind == PHONETIC:
            self._phonetic = False

    def text(self, text: str) -> None:
        """Take characters, where they are those of a value."""
        if self._taken:
            self._runs.append(text)

    def _next(self) -> str:
        """Return the place of a cell that does not name it: after the one before it."""
        before = self._cell.get("r", "").rstrip(DIGITS)
        return letters(number_of(before) + 1 if before else 1)

    def _start_row(self, attributes: dict[str, str]) -> None:
        if self._rows == self._most_rows:
            raise Enough
        row = int(attributes.get("r", self._row + 1))
        if row <= self._row:
            message = f"row {row} of the sheet comes after row {self._row}"
            raise Unreadable(rules.UNREADABLE_WORKBOOK, message)
        self._row, self._of_row, self._begun, self._cell = row, attributes, False, {}

    def _start_formula(self, _: dict[str, str]) -> None:
        self._formula = True

    def _start_phonetic(self, _: dict[str, str]) -> None:
        self._phonetic = True

    def _column(self) -> int:
        """Return the number of the cell's column."""
        name = self._cell["r"].rstrip(DIGITS)
        column = self._columns.get(name)
        if column is None:
            column = self._columns[name] = number_of(name)
        return column

    def _end_cell(self) -> None:
        kind = self._cell.get("t", "n")
        text = "".join(self._runs)
        column = self._column()
        if not text or kind == "e":
            if text or kind != "str":
                why = f"an error, {text[:20]}" if text else NO_RESULT
                self.grid.fault(self._row, column, why)
            return
        style = int(self._cell.get("s", 0))
        if kind == "n":
            formats = self._styles.formats
            form = formats[style] if style < len(formats) else None
            number = shown(text.strip(), form, from_1904=self._from_1904)
            cells = self.grid.put_number(self._row, column, number)
        elif kind == "d":
            date = Shown(text.strip().removesuffix("T00:00:00"), doubt=Doubt.DATE)
            cells = self.grid.put_number(self._row, column, date)
        else:
            cells = self.grid.put(self._row, column, self._text_of(kind, text))
        if style and style < len(self._styles.indents) and self._styles.indents[style]:
            cells.indents[self._row] = self._styles.indents[style]
        if not self._begun:
            self._begin()

    def _text_of(self, kind: str, text: str) -> str:
        if kind == "s":
            return self._shared(text)
        if kind == "b":
            return "true" if text in TRUE else "false"
        return _unescaped(text)

    def _shared(self, index: str) -> str:
        try:
            return self._strings[int(index)]
        except IndexError:
            message = f"a cell of row {self._row} names a string that the workbook does not have"
            raise Unreadable(rules.UNREADABLE_WORKBOOK, message) from None

    def _begin(self) -> None:
        """Take what is said of a row that holds something."""
        self._begun = True
        self._rows += 1
        if self._of_row.get("hidden") in TRUE:
            self.grid.hidden_rows.add(self._row)
        if (level := self._of_row.get("outlineLevel")) is not None:
            self.grid.levels[self._row] = min(int(level), 250)

    def _hide(self, attributes: dict[str, str]) -> None:
        if attributes.get("hidden") in TRUE:
            first = int(attributes.get("min", 0))
            self.grid.hide_columns(first, int(attributes.get("max", first)))

    def _merge(self, attributes: dict[str, str]) -> None:
        first, _, last = attributes.get("ref", "").partition(":")
        (top, left), (bottom, right) = _place(first), _place(last or first)
        self.grid.merge(Range(top, left, bottom, right))


def number_of(name: str) -> int:
    """Return the number of a column, A is 1; raises `Unreadable` where it is none."""
    number = 0
    for letter in name[:4].upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    if not name.isascii() or not name.isalpha() or not 0 < number <= LAST_COLUMN:
        message = f"{quoted(name, 10)} is no column of a sheet"
        raise Unreadable(rules.UNREADABLE_WORKBOOK, message)
    return number


def _place(name: str) -> tuple[int, int]:
    column = name.rstrip(DIGITS)
    return int(name[len(column) :]), number_of(column.strip("$"))
