"""The parts of .ods (OpenDocument 1.3, part 3): all sheets stand in one part, content.xml."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from fhir_codesystem.diagnostics import printable
from fhir_codesystem.rules import workbooks as rules
from fhir_codesystem.tables.sheets.grid import (
    LAST_COLUMN,
    LAST_ROW,
    MOST_SHEETS,
    Fault,
    Grid,
    Range,
)
from fhir_codesystem.tables.sheets.numbers import EXACT_DIGITS, Doubt, Shown, plain
from fhir_codesystem.tables.sheets.package import Unreadable, encrypted, too_large

if TYPE_CHECKING:
    from collections.abc import Callable

    from fhir_codesystem.tables.sheets.package import Package

OPEN = "urn:oasis:names:tc:opendocument:xmlns:"
OFFICE = f"{OPEN}office:1.0 "
TABLE = f"{OPEN}table:1.0 "
TEXT = f"{OPEN}text:1.0 "
STYLE = f"{OPEN}style:1.0 "
MARGIN = f"{OPEN}xsl-fo-compatible:1.0 margin-left"
CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 value-type"

SPREADSHEET = "application/vnd.oasis.opendocument.spreadsheet"
CONTENT = "content.xml"
BLANKS = re.compile(r"[ \t\r\n]+")
ERROR = re.compile(r"#(?:REF!|NAME\?|VALUE!|DIV/0!|N/A|NULL!|NUM!)|Err:\d{3}")
NO_RESULT = "a formula whose result is not stored: open the workbook in a spreadsheet and save it"
SCIENTIFIC = re.compile(r"\dE[+-]?\d", re.IGNORECASE)
LAID_OUT = re.compile(r"[\w :()-]*\d[\d :()-]*", re.ASCII)
MOST_SPACES = 1000
MOST_STYLES = 100_000
ASIDE = frozenset(
    {f"{OFFICE}annotation", f"{TEXT}ruby-text", f"{TEXT}note", f"{TABLE}shapes", f"{TEXT}tracked"}
)
"""Elements in a cell whose text is not the cell's."""


class Workbook:
    """A workbook, read whole: what stands in one part cannot be read sheet by sheet."""

    def __init__(self, package: Package) -> None:
        """Read all sheets; raises `Unreadable`."""
        _check(package)
        content = _Content()
        package.parse(CONTENT, content)
        if not content.grids:
            raise Unreadable(rules.UNREADABLE_WORKBOOK, "the document has no sheet")
        self.grids = content.grids
        self.names = [grid.name for grid in content.grids]
        self.hidden = content.hidden

    def grid(self, sheet: int, most_rows: int | None = None) -> Grid:  # noqa: ARG002
        """Return a sheet by its index."""
        return self.grids[sheet]


def _check(package: Package) -> None:
    if "mimetype" in package:
        kind = package.bytes("mimetype", 200).decode("ascii", "replace").strip()
        if not kind.startswith(SPREADSHEET):
            message = f"the document says that it is {printable(kind)}, not a workbook"
            raise Unreadable(rules.UNREADABLE_WORKBOOK, message)
    manifest = "META-INF/manifest.xml"
    if manifest in package and b"encryption-data" in package.bytes(manifest, 2**20):
        raise encrypted()


class _Cell(NamedTuple):
    """A cell that holds something, as often as it is repeated in its row."""

    first: int
    last: int
    value: str | Shown | Fault
    indent: int


class _Content:
    """The sheets of a document."""

    def __init__(self) -> None:
        self.grids: list[Grid] = []
        self.hidden: list[bool] = []
        self._styles: dict[str, tuple[int, bool]] = {}
        self._style = ""
        self._grid: Grid | None = None
        self._tables = 0
        self._level = 0
        self._row = 0
        self._rows = 1
        self._hidden = False
        self._column = 0
        self._columns = 0
        self._cells: list[_Cell] = []
        self._cell: dict[str, str] | None = None
        self._text: list[str] = []
        self._paragraphs = 0
        self._in_paragraph = 0
        self._aside = 0
        self._starts: dict[str, Callable[[dict[str, str]], None]] = {
            f"{STYLE}style": self._start_style,
            f"{STYLE}table-properties": self._shown,
            f"{STYLE}paragraph-properties": self._indented,
            f"{TABLE}table": self._start_table,
            f"{TABLE}table-column": self._start_column,
            f"{TABLE}table-row-group": self._start_group,
            f"{TABLE}table-row": self._start_row,
            f"{TABLE}table-cell": self._start_cell,
            f"{TABLE}covered-table-cell": self._start_cell,
            f"{TEXT}p": self._start_paragraph,
            f"{TEXT}s": self._spaces,
            f"{TEXT}tab": lambda _: self._text.append("\t"),
            f"{TEXT}line-break": lambda _: self._text.append("\n"),
        }
        self._ends: dict[str, Callable[[], None]] = {
            f"{TABLE}table": self._end_table,
            f"{TABLE}table-row-group": self._end_group,
            f"{TABLE}table-row": self._end_row,
            f"{TABLE}table-cell": self._end_cell,
            f"{TABLE}covered-table-cell": self._end_cell,
            f"{TEXT}p": self._end_paragraph,
        }

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in ASIDE:
            self._aside += 1
        elif name == f"{TABLE}table" and self._tables:
            self._tables += 1
        elif not self._aside and self._tables < 2 and (take := self._starts.get(name)):
            take(attributes)

    def end(self, name: str) -> None:
        if name in ASIDE:
            self._aside -= 1
        elif name == f"{TABLE}table" and self._tables > 1:
            self._tables -= 1
        elif not self._aside and self._tables < 2 and (take := self._ends.get(name)):
            take()

    def text(self, text: str) -> None:
        if self._in_paragraph and not self._aside and self._tables == 1:
            self._text.append(BLANKS.sub(" ", text))

    def _start_style(self, attributes: dict[str, str]) -> None:
        self._style = attributes.get(f"{STYLE}name", "")

    def _shown(self, attributes: dict[str, str]) -> None:
        if attributes.get(f"{TABLE}display") == "false":
            self._describe(0, hidden=True)

    def _indented(self, attributes: dict[str, str]) -> None:
        if (indent := _points(attributes.get(MARGIN, ""))) > 0:
            self._describe(indent, hidden=False)

    def _describe(self, indent: int, *, hidden: bool) -> None:
        if len(self._styles) == MOST_STYLES:
            raise too_large(f"it has more than {MOST_STYLES:,} styles")
        self._styles[self._style] = (indent, hidden)

    def _start_table(self, attributes: dict[str, str]) -> None:
        if len(self.grids) == MOST_SHEETS:
            raise too_large(f"it has more than {MOST_SHEETS:,} sheets")
        self._tables = 1
        self._grid = Grid(attributes.get(f"{TABLE}name", ""))
        _, hidden = self._styles.get(attributes.get(f"{TABLE}style-name", ""), (0, False))
        self.grids.append(self._grid)
        self.hidden.append(hidden)
        self._row = self._columns = self._level = 0

    def _end_table(self) -> None:
        self._tables = 0
        self._grid = None

    def _start_column(self, attributes: dict[str, str]) -> None:
        first = self._columns + 1
        self._columns += _repeated(attributes, "columns")
        if self._grid and attributes.get(f"{TABLE}visibility", "visible") != "visible":
            self._grid.hide_columns(first, self._columns)

    def _start_group(self, _: dict[str, str]) -> None:
        self._level += 1

    def _end_group(self) -> None:
        self._level -= 1

    def _start_row(self, attributes: dict[str, str]) -> None:
        self._rows = _repeated(attributes, "rows")
        self._hidden = attributes.get(f"{TABLE}visibility", "visible") != "visible"
        self._column = 0
        self._cells = []

    def _end_row(self) -> None:
        grid = self._grid
        if grid is not None and self._cells:
            if self._row + self._rows > LAST_ROW:
                raise too_large(f"it has more than {LAST_ROW:,} rows")
            for row in range(self._row + 1, self._row + self._rows + 1):
                self._put(grid, row)
        self._row += self._rows

    def _put(self, grid: Grid, row: int) -> None:
        for first, last, value, indent in self._cells:
            for column in range(first, last + 1):
                if isinstance(value, Fault):
                    grid.fault(row, column, value.why)
                    continue
                if isinstance(value, Shown):
                    cells = grid.put_number(row, column, value)
                else:
                    cells = grid.put(row, column, value)
                if indent:
                    cells.indents[row] = indent
        if self._hidden:
            grid.hidden_rows.add(row)
        if self._level:
            grid.levels[row] = self._level

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._cell = attributes
        self._text = []
        self._paragraphs = 0

    def _end_cell(self) -> None:
        cell = self._cell
        self._cell = None
        if cell is None or self._grid is None:
            return
        first = self._column + 1
        self._column += _repeated(cell, "columns")
        if f"{TABLE}number-rows-spanned" in cell or f"{TABLE}number-columns-spanned" in cell:
            self._merge(cell, first)
        value = _value(cell, "".join(self._text))
        if value:
            if first > LAST_COLUMN:
                raise too_large(f"it has more than {LAST_COLUMN:,} columns")
            indent, _ = self._styles.get(cell.get(f"{TABLE}style-name", ""), (0, False))
            self._cells.append(_Cell(first, self._column, value, indent))

    def _merge(self, cell: dict[str, str], column: int) -> None:
        height = int(cell.get(f"{TABLE}number-rows-spanned", 1))
        width = int(cell.get(f"{TABLE}number-columns-spanned", 1))
        top = self._row + 1
        if self._grid and (height > 1 or width > 1):
            self._grid.merge(Range(top, column, top + height - 1, column + width - 1))

    def _start_paragraph(self, _: dict[str, str]) -> None:
        if self._paragraphs:
            self._text.append("\n")
        self._paragraphs += 1
        self._in_paragraph += 1

    def _end_paragraph(self) -> None:
        self._in_paragraph -= 1

    def _spaces(self, attributes: dict[str, str]) -> None:
        self._text.append(" " * min(int(attributes.get(f"{TEXT}c", 1)), MOST_SPACES))


def _repeated(attributes: dict[str, str], what: str) -> int:
    return max(1, int(attributes.get(f"{TABLE}number-{what}-repeated", 1)))


def _points(length: str) -> int:
    """Return a length in whole points: ``0.353cm`` is 10."""
    match = re.fullmatch(r"(\d{1,6}(?:\.\d{1,20})?)(cm|mm|in|pt|pc)", length)
    units = {"cm": 28.35, "mm": 2.835, "in": 72.0, "pt": 1.0, "pc": 12.0}
    return round(float(match[1]) * units[match[2]]) if match else 0


def _value(cell: dict[str, str], text: str) -> str | Shown | Fault:
    """Return what a cell holds: a text, or a number as it is shown."""
    kind = cell.get(f"{OFFICE}value-type", "")
    formula = f"{TABLE}formula" in cell
    if cell.get(CALC) == "error" or (formula and ERROR.fullmatch(text.strip())):
        return Fault(0, 0, f"an error, {text.strip()[:20]}")
    if formula and not kind and not text:
        return Fault(0, 0, NO_RESULT)
    if kind in {"float", "percentage", "currency"}:
        return _number(plain(cell.get(f"{OFFICE}value", "")), text if kind == "float" else "")
    if kind == "date":
        date = cell.get(f"{OFFICE}date-value", "").removesuffix("T00:00:00")
        return Shown(date, doubt=Doubt.DATE)
    if kind == "time":
        return Shown(_clock(cell.get(f"{OFFICE}time-value", "")), doubt=Doubt.DATE)
    if kind == "boolean":
        return cell.get(f"{OFFICE}boolean-value", "")
    return text or cell.get(f"{OFFICE}string-value", "")


def _number(number: str, text: str) -> Shown:
    """Return a number as its cell shows it where that is the same number, with more characters."""
    text = text.strip()
    if SCIENTIFIC.search(text):
        return Shown(number, doubt=Doubt.SCIENTIFIC)
    if number.isdigit() and len(number) > EXACT_DIGITS:
        return Shown(number, doubt=Doubt.DIGITS)
    if text == number or not text:
        return Shown(number)
    digits = "".join(re.findall(r"[0-9]+", text)).lstrip("0")
    same = digits == number.lstrip("0") and LAID_OUT.fullmatch(text)
    if same and not re.fullmatch(r"\d{1,3}( \d{3})+", text):
        return Shown(text, formatted=True)
    if re.fullmatch(r"[0-9]+[.,][0-9]+", text):
        decimal = text.replace(",", ".")
        if plain(decimal) == number:
            return Shown(decimal, formatted=decimal != number)
    return Shown(number)


def _clock(duration: str) -> str:
    """Return a time of day: ``PT14H30M00S`` is 14:30:00."""
    match = re.fullmatch(r"PT(\d{1,4})H(\d{1,2})M(\d{1,2})(?:[.,]\d+)?S", duration)
    return ":".join(part.zfill(2) for part in match.groups()) if match else duration
