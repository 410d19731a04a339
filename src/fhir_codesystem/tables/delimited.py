r"""CSV, TSV and their kin: cells between commas, tabs, semicolons or what else, some in quotes.

RFC 4180, and what people write beyond it: any delimiter, rows of unequal length, blank lines,
lines above the header, Excel's ``sep=;``. Records that hold no quote are split as lines; only the
others are taken apart by the grammar in `quoting`, both many at a time by Polars.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from fhir_codesystem import formulas
from fhir_codesystem.characters import BLANKS
from fhir_codesystem.diagnostics import MOST, Location, Related
from fhir_codesystem.rules import reading as reading_rules
from fhir_codesystem.rules import text as rules
from fhir_codesystem.rules.rule import first_few
from fhir_codesystem.tables.decoding import beginning, decode
from fhir_codesystem.tables.delimiters import STATED, Dialect, dialect_of
from fhir_codesystem.tables.headers import left_out, only_table
from fhir_codesystem.tables.lines import MOST_COLUMNS, ragged
from fhir_codesystem.tables.quoting import Grammar, Record, lines_of
from fhir_codesystem.tables.splitting import Records, cells_of, records_of
from fhir_codesystem.tables.table import Reading, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.tables.source import Source

HINT = "put quotes around a cell that holds the delimiter"


def recognises(source: Source) -> bool:
    """Whether the beginning is a table of some delimiter, or the name says so."""
    text = beginning(source.path, source.data)
    return text is not None and dialect_of(source.path, text.data) is not None


def read(source: Source) -> Reading:
    """Read a delimited table."""
    text, found = decode(source.path, source.data)
    if text is None:
        return Reading(None, tuple(found))
    dialect = dialect_of(source.path, text.data) or Dialect(",", 1)
    layout, above = Layout.of(dialect, text.data)
    if not any(layout.names):
        found.append(reading_rules.EMPTY_TABLE.at(Location(source.path), "the file holds no table"))
        return Reading(None, tuple(found))
    if len(layout.names) > MOST_COLUMNS:
        place = Location(source.path, layout.header.line, 1)
        message = f"the header has more than {MOST_COLUMNS:,} cells"
        return Reading(None, (*found, reading_rules.TOO_MANY_COLUMNS.at(place, message)))
    if broken := _header_quotes(source.path, layout):
        return Reading(None, (*found, *broken))
    found += [*left_out(source.path, above), *only_table(source, above)]
    records = layout.records()
    if records.unclosed is not None:
        return Reading(None, (*found, _unclosed(source.path, layout, records.unclosed)))
    if broken := _after_quotes(source.path, layout, records.quoted):
        return Reading(None, (*found, *broken))
    frame = layout.cells(records)
    names = layout.names
    if b"'" in text.data:
        frame, names = _unguarded(frame, names)
    header_line = layout.header.line
    table = Table(source.path, names, header_line, frame.drop("rest", "short"), layout)
    return Reading(table, (*found, *ragged(frame, table, HINT)))


def _unguarded(frame: pl.DataFrame, names: tuple[str, ...]) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Take away the apostrophes by which texts are kept from being run as formulas."""
    cells = pl.col(*(str(cell) for cell in range(len(names))))
    plain = cells.str.replace(formulas.GUARD, "$1").str.strip_chars(BLANKS)
    return frame.with_columns(plain), tuple(formulas.plain(name) for name in names)


@dataclass(frozen=True, slots=True)
class Layout:
    """How the rows of one table are laid out, as its header shows."""

    names: tuple[str, ...]
    grammar: Grammar
    header: Record
    data: bytes

    @classmethod
    def of(cls, dialect: Dialect, data: bytes) -> tuple[Layout, list[tuple[int, str]]]:
        """Read the layout off the header; returns also the lines above it that are not blank."""
        grammar = Grammar(dialect.delimiter)
        above: list[tuple[int, str]] = []
        header = Record(1, "", 1)
        for header in grammar.records(lines_of(data)):
            if header.line >= dialect.header and header.text.strip(grammar.blanks):
                break
            text = header.text.strip(grammar.blanks + grammar.delimiter)
            if text and not STATED.fullmatch(header.text):
                above.append((header.line, text))
        names = [cell.text for cell in grammar.split(header.text, MOST_COLUMNS + 1)]
        while names and not names[-1]:
            del names[-1]
        return cls(tuple(names), grammar, header, data), above

    def records(self) -> Records:
        """Return the records below the header."""
        return records_of(self.data, self.header.last, self.grammar)

    def cells(self, records: Records, *further: pl.Expr) -> pl.DataFrame:
        """Return the cells of records, see `cells_of`."""
        return cells_of(records, self.grammar, len(self.names), len(self.data), *further)

    def positions(self, lines: Sequence[int], cell: int | None) -> list[tuple[int, int]]:
        """Return the line and the 1-based character column of a cell in each of the records."""
        if cell is None:
            return [(line, 1) for line in lines]
        records = self.numbered(lines)
        return [self.position(records[line], self._offset(records[line], cell)) for line in lines]

    def indents(self, cell: int) -> pl.Series | None:
        """Return the blanks before the texts of a cell, inside its quotes where it has some."""
        blanks = self.grammar.blanks
        raw = pl.col(f"raw_{cell}").fill_null("")
        outer = raw.str.strip_chars_start(blanks)
        inner = pl.when(outer.str.starts_with('"')).then(outer.str.strip_prefix('"')).otherwise(raw)
        text = inner.str.strip_chars_start(blanks)
        before = (inner.str.len_chars() - text.str.len_chars()).cast(pl.Int32)
        filled = text.str.strip_chars_end(blanks + '"').str.len_bytes() > 0
        indent = pl.when(filled).then(before).alias("indent")
        indents = self.cells(self.records(), indent)["indent"]
        least = indents.min()
        return (indents - least).fill_null(0) if isinstance(least, int) else None

    def numbered(self, lines: Sequence[int]) -> dict[int, Record]:
        """Return the records that begin in some lines; one pass over the bytes."""
        wanted = set(lines)
        last = max(wanted, default=0)
        found = {}
        for record in self.grammar.records(lines_of(self.data)):
            if record.line > last:
                break
            if record.line in wanted:
                found[record.line] = record
        return found

    @staticmethod
    def position(record: Record, offset: int) -> tuple[int, int]:
        """Return the line and the 1-based column of a character of a record."""
        begin = record.text.rfind("\n", 0, offset) + 1
        return record.line + record.text.count("\n", 0, offset), offset - begin + 1

    def _offset(self, record: Record, cell: int) -> int:
        cells = self.grammar.split(record.text, cell + 1)
        return cells[cell].offset if cell < len(cells) else len(record.text.rstrip())


def _unclosed(path: str, layout: Layout, lines: pl.DataFrame) -> Diagnostic:
    """Find the quote that is not closed, among the lines of its record that hold quotes."""
    record = Record(0, lines["text"].str.strip_suffix("\r").str.join("\n").item(), 0)
    *_, last = layout.grammar.cells(record.text)
    at, column = layout.position(record, last.offset)
    message = "this quote is not closed: the cell goes on to the end of the file"
    place = Location(path, lines["line"][at], column)
    return rules.UNCLOSED_QUOTE.at(place, message, hint=rules.UNCLOSED_QUOTE.fix)


def _header_quotes(path: str, layout: Layout) -> list[Diagnostic]:
    """Find what is wrong with the quotes of the header."""
    record = layout.header
    last = layout.grammar.split(record.text, MOST_COLUMNS + 1)[-1]
    if not last.closed:
        texts = record.text.split("\n")
        lines = pl.DataFrame({"text": texts}).with_row_index("line", record.line)
        return [_unclosed(path, layout, lines)]
    found = _text_after(path, layout, record)
    return [found] if found else []


def _after_quotes(path: str, layout: Layout, records: pl.DataFrame) -> list[Diagnostic]:
    """Find the records in which text follows the closing quote of a cell."""
    unsound = records.filter(~pl.col("text").str.contains(layout.grammar.sound))
    found = [
        _text_after(path, layout, Record(line, text, line))
        for line, text in unsound.select("line", "text").head(MOST).iter_rows()
    ]
    return first_few([each for each in found if each is not None], unsound.height)


def _text_after(path: str, layout: Layout, record: Record) -> Diagnostic | None:
    offsets = layout.grammar.after_quote(record.text)
    if offsets is None:
        return None
    begin, at = (Location(path, *layout.position(record, offset)) for offset in offsets)
    related = (Related(begin, "the cell begins here"),)
    hint = 'write a quote inside a quoted cell twice: ""'
    message = "text follows the quote that closes this cell"
    return rules.TEXT_AFTER_QUOTE.at(at, message, hint=hint, related=related)
