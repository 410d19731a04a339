r"""CSV, TSV and their kin: cells between commas, tabs, semicolons or what else, some in quotes.

RFC 4180, and what people write beyond it: any delimiter, rows of unequal length, blank lines,
lines above the header, Excel's ``sep=;``. Records that hold no quote are split as lines; only the
others are taken apart by the grammar in `quoting`, both many at a time by Polars.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import polars as pl

from fhir_codesystem.characters import NEEDS_CARE
from fhir_codesystem.diagnostics import MOST, Location, Related
from fhir_codesystem.rules import reading as reading_rules
from fhir_codesystem.rules import text as rules
from fhir_codesystem.rules.rule import first_few
from fhir_codesystem.tables.cleaning import blank_to_null
from fhir_codesystem.tables.decoding import SAMPLE, decode
from fhir_codesystem.tables.delimiters import STATED, Dialect, dialect_of
from fhir_codesystem.tables.headers import left_out, only_table
from fhir_codesystem.tables.lines import MOST_COLUMNS, collected, ragged, scan
from fhir_codesystem.tables.quoting import SPLIT_BY_COLUMN, Grammar, Record, lines_of
from fhir_codesystem.tables.table import Reading, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.tables.source import Source

HINT = "put quotes around a cell that holds the delimiter"


def recognises(source: Source) -> bool:
    """Whether the beginning is a table of some delimiter, or the name says so."""
    text, _ = decode(source.path, source.data[:SAMPLE])
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
    found += [*left_out(source.path, above), *only_table(source, above)]
    records, unclosed = _records(layout)
    if unclosed is not None:
        return Reading(None, (*found, _unclosed(source.path, layout, unclosed)))
    if broken := _after_quotes(source.path, layout, records):
        return Reading(None, (*found, *broken))
    frame = _cells(records, layout)
    header_line = layout.header.line
    table = Table(source.path, layout.names, header_line, frame.drop("rest", "short"), layout)
    return Reading(table, (*found, *ragged(frame, table, HINT)))


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
        records, _ = _records(self)
        indents = _cells(records, self, pl.when(filled).then(before).alias("indent"))["indent"]
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


def _records(layout: Layout) -> tuple[pl.DataFrame, int | None]:
    """Join the lines below the header to records: ``line`` (its first) and ``text``.

    Returns also the line in which a record begins that never ends, if there is one.
    """
    lines = collected(scan(layout.data, layout.header.last), len(layout.data))
    spans, closed = _spans(lines["text"], layout.grammar)
    if not spans:
        return lines, None
    starts, ends = pl.Series([at for at, _ in spans]), pl.Series([at for _, at in spans])
    within = pl.int_ranges(starts + 1, ends + 1, eager=True).explode().drop_nulls()
    begins = pl.repeat(value=True, n=lines.height, eager=True).scatter(within, values=False)
    several = ~begins | ~begins.shift(-1, fill_value=True)
    joined = (
        lines.filter(several)
        .group_by(begins.filter(several).cum_sum().alias("record"), maintain_order=True)
        .agg(pl.col("line").first(), pl.col("text").str.strip_suffix("\r").str.join("\n"))
        .drop("record")
    )
    records = pl.concat([lines.filter(~several), joined]).sort("line")
    return records, None if closed else lines["line"][spans[-1][0]]


def _spans(text: pl.Series, grammar: Grammar) -> tuple[list[tuple[int, int]], bool]:
    """Find the records of several lines: the indices of their first and last lines.

    Returns also whether the last of them ends.
    """
    opening = text.str.contains(grammar.opens).arg_true().to_list()
    if not opening:
        return [], True
    quotes = text.str.contains('"', literal=True).arg_true().to_list()
    spans: list[tuple[int, int]] = []
    for start in opening:
        if spans and start <= spans[-1][1]:
            continue
        further = (quotes[at] for at in range(bisect_right(quotes, start), len(quotes)))
        end = next((at for at in further if not grammar.stays_open(text[at].rstrip("\r"))), None)
        spans.append((start, len(text) - 1 if end is None else end))
        if end is None:
            return spans, False
    return spans, True


def _unclosed(path: str, layout: Layout, line: int) -> Diagnostic:
    record = layout.numbered([line])[line]
    *_, last = layout.grammar.cells(record.text)
    message = "this quote is not closed: the cell goes on to the end of the file"
    place = Location(path, *layout.position(record, last.offset))
    return rules.UNCLOSED_QUOTE.at(place, message, hint=rules.UNCLOSED_QUOTE.fix)


def _after_quotes(path: str, layout: Layout, records: pl.DataFrame) -> list[Diagnostic]:
    """Find the records in which text follows the closing quote of a cell."""
    text = pl.col("text")
    unsound = records.filter(
        text.str.contains('"', literal=True) & ~text.str.contains(layout.grammar.sound)
    )
    found = []
    for line, record in unsound.head(MOST).iter_rows():
        whole = Record(line, record, line)
        if (offsets := layout.grammar.after_quote(record)) is not None:
            begin, at = (Location(path, *layout.position(whole, offset)) for offset in offsets)
            message = "text follows the quote that closes this cell"
            related = (Related(begin, "the cell begins here"),)
            hint = 'write a quote inside a quoted cell twice: ""'
            found.append(rules.TEXT_AFTER_QUOTE.at(at, message, hint=hint, related=related))
    return first_few(found, unsound.height)


def _cells(records: pl.DataFrame, layout: Layout, *further: pl.Expr) -> pl.DataFrame:
    """Read the cells of all records.

    Returns a column ``line``, a column for each cell (``0``, ``1``, ...), ``plain`` (Boolean:
    no character of the row needs care), ``short`` (Boolean: the row has fewer cells than the
    header), ``rest`` (what stands after the last column, null where nothing does), and what
    ``further`` makes of the cells as they stand, ``raw_0``, ``raw_1``, ...
    """
    quoted = records["text"].str.contains('"', literal=True)
    long = quoted & (records["text"].str.len_bytes() > SPLIT_BY_COLUMN)
    parts = [(_as_lines, ~quoted), (_by_pattern, quoted & ~long), (_one_by_one, long)]
    frames = [
        collected(_cleaned(split(records.filter(rows), layout), layout, *further), len(layout.data))
        for split, rows in parts
        if split is _as_lines or rows.any()
    ]
    return pl.concat(frames).sort("line") if len(frames) > 1 else frames[0]


def _as_lines(records: pl.DataFrame, layout: Layout) -> pl.LazyFrame:
    """Split records without quotes: ``line``, ``raw_0``, ..., ``short``, ``rest``."""
    width = len(layout.names)
    fields = pl.col("text").str.splitn(layout.grammar.delimiter, width + 1).alias("fields")
    return (
        records.lazy()
        .select("line", fields)
        .unnest("fields")
        .rename({f"field_{cell}": f"raw_{cell}" for cell in range(width)})
        .with_columns(pl.col(f"raw_{width - 1}").is_null().alias("short"))
        .rename({f"field_{width}": "rest"})
    )


def _by_pattern(records: pl.DataFrame, layout: Layout) -> pl.LazyFrame:
    """Split records with quotes, as `_as_lines` does those without."""
    width = len(layout.names)
    delimiter = layout.grammar.delimiter
    cells = pl.col("cells")
    return (
        records.lazy()
        .select(
            "line",
            (pl.lit(delimiter) + pl.col("text"))
            .str.extract_all(layout.grammar.cell)
            .alias("cells"),
        )
        .select(
            "line",
            *(
                cells.list.get(cell, null_on_oob=True)
                .str.strip_prefix(delimiter)
                .alias(f"raw_{cell}")
                for cell in range(width)
            ),
            (cells.list.len() < width).alias("short"),
            cells.list.slice(width).list.join("").alias("rest"),
        )
    )


def _one_by_one(records: pl.DataFrame, layout: Layout) -> pl.LazyFrame:
    """Split records with quotes that are so long that they may have any number of cells."""
    width = len(layout.names)
    rows = []
    for line, text in records.select("line", "text").iter_rows():
        bounds = list(islice(layout.grammar.bounds(text), width))
        raw = [text[start:end] for start, end in bounds]
        rest = text[bounds[-1][1] + 1 :]
        rows.append((line, *raw, *[None] * (width - len(raw)), len(raw) < width, rest))
    schema = {
        "line": pl.UInt32,
        **{f"raw_{cell}": pl.String for cell in range(width)},
        "short": pl.Boolean,
        "rest": pl.String,
    }
    return pl.DataFrame(rows, schema=schema, orient="row").lazy()


def _cleaned(split: pl.LazyFrame, layout: Layout, *further: pl.Expr) -> pl.LazyFrame:
    """Trim cells, undo their quotes, leave out blank rows."""
    blanks = layout.grammar.blanks
    names = [str(cell) for cell in range(len(layout.names))]
    rest = pl.col("rest").str.strip_chars(blanks + layout.grammar.delimiter)
    return (
        split.with_columns(
            *(blank_to_null(_bare(pl.col(f"raw_{name}"), blanks)).alias(name) for name in names),
            pl.when(rest.str.strip_chars(blanks + layout.grammar.delimiter + '"') != "")
            .then(rest)
            .alias("rest"),
        )
        .filter(pl.any_horizontal(pl.col(*names, "rest").is_not_null()))
        .select(
            "line",
            *names,
            (
                ~pl.concat_str(names, separator=" ", ignore_nulls=True).str.contains(NEEDS_CARE)
            ).alias("plain"),
            "short",
            "rest",
            *further,
        )
    )


def _bare(raw: pl.Expr, blanks: str) -> pl.Expr:
    """Undo the quotes of a cell and trim it, outside and inside of them."""
    cell = raw.str.strip_chars(blanks)
    inside = cell.str.slice(1).str.strip_suffix('"').str.replace_all('""', '"', literal=True)
    return (
        pl.when(cell.str.starts_with('"'))
        .then(inside.str.strip_chars(blanks + "\n"))
        .otherwise(cell)
    )
