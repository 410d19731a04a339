r"""Pipe-delimited tables: ``Lvl | Code | Display | Definition |``.

With or without outer bars, with a trailing bar, with the separator row of Markdown under the
header, with ``\|`` for a bar inside a cell. Rows may be ragged, lines blank. The lines are split
by Polars, many at a time; single rows are split here only where a place must be found.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import TYPE_CHECKING

import polars as pl

from fhir_codesystem.characters import BLANKS, NEEDS_CARE
from fhir_codesystem.diagnostics import MOST, Location, quoted
from fhir_codesystem.rules import reading as rules
from fhir_codesystem.rules.rule import first_few
from fhir_codesystem.tables.cleaning import blank_to_null
from fhir_codesystem.tables.decoding import Text, decode
from fhir_codesystem.tables.table import Reading, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.tables.source import Source

BAR = re.compile(r"(?<!\\)\|")
SEPARATOR = re.compile(r":?-+:?")
MOST_COLUMNS = 1000
LARGE = 2**20
"""Bytes from which on lines are split a piece at a time on all cores; the result is the same."""
NONCHARACTERS = "".join(map(chr, range(0xFDD0, 0xFDF0)))
"""Code points that no text holds: one of them stands for an escaped bar while lines are split."""


def recognises(source: Source) -> bool:  # noqa: ARG001 - the last resort, whatever the bytes
    """Every text is tried as a pipe-delimited table in the end."""
    return True


def read(source: Source) -> Reading:
    """Read a pipe-delimited table."""
    text, found = decode(source.path, source.data)
    if text is None:
        return Reading(None, tuple(found))
    lines = Lines(text.data)
    header = next((row for row in lines if row.text.strip(BLANKS)), None)
    if header is None:
        found.append(rules.EMPTY_TABLE.at(Location(source.path), "the file holds no table"))
        return Reading(None, tuple(found))
    layout = Layout.of(header, lines)
    if len(layout.names) > MOST_COLUMNS:
        message = f"the first line has more than {MOST_COLUMNS:,} cells"
        found.append(rules.TOO_MANY_COLUMNS.at(Location(source.path, header.number, 1), message))
        return Reading(None, tuple(found))
    frame = _cells(text, layout)
    table = Table(source.path, layout.names, header.number, frame.drop("rest", "short"), layout)
    found += _ragged(frame, table)
    return Reading(table, tuple(found))


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the source: its 1-based number, its text without the line end."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a text, one after the other or by number."""

    data: bytes

    def __iter__(self) -> Iterator[Line]:
        for number, line in enumerate(io.BytesIO(self.data), 1):
            yield Line(number, line.decode().rstrip("\r\n"))

    def numbered(self, numbers: Sequence[int]) -> dict[int, str]:
        """Return the text of some lines; one pass over the bytes, whatever their order."""
        wanted = set(numbers)
        last = max(wanted, default=0)
        lines = enumerate(islice(io.BytesIO(self.data), last), 1)
        return {number: line.decode().rstrip("\r\n") for number, line in lines if number in wanted}


def split(line: str, *, leading_bar: bool, most: int) -> list[tuple[int, str]]:
    r"""Split a line at its bars; return each cell's 0-based offset and its trimmed text.

    ``\|`` is a bar inside a cell. The empty cell before a leading bar is none; that after a
    trailing bar is kept. Cells after the first ``most`` and one more are left out.
    """
    bars = [bar.start() for bar in islice(BAR.finditer(line), most + 2)]
    bounds = [-1, *bars, *([len(line)] if len(bars) < most + 2 else [])]
    cells = []
    for start, end in pairwise(bounds):
        raw = line[start + 1 : end]
        text = raw.strip(BLANKS)
        offset = start + 1 + (len(raw) - len(raw.lstrip(BLANKS)) if text else 0)
        cells.append((offset, text.replace(r"\|", "|")))
    if leading_bar and len(cells) > 1 and not cells[0][1]:
        del cells[0]
    return cells


@dataclass(frozen=True, slots=True)
class Layout:
    """How the rows of one table are laid out, as its header shows."""

    names: tuple[str, ...]
    leading_bar: bool
    header: Line
    lines: Lines

    @classmethod
    def of(cls, header: Line, lines: Lines) -> Layout:
        """Read the layout off the header line."""
        leading_bar = header.text.lstrip(BLANKS).startswith("|")
        cells = split(header.text, leading_bar=leading_bar, most=MOST_COLUMNS + 1)
        if len(cells) > 1 and not cells[-1][1]:
            del cells[-1]
        return cls(tuple(text for _, text in cells), leading_bar, header, lines)

    def positions(self, lines: Sequence[int], cell: int | None) -> list[tuple[int, int]]:
        """Return the line and the 1-based character column of a cell in each of the lines."""
        if cell is None:
            return [(line, 1) for line in lines]
        texts = self.lines.numbered(lines)
        return [(line, self._column(texts[line], cell)) for line in lines]

    def indents(self, cell: int) -> pl.Series | None:  # noqa: ARG002
        """Return nothing: blanks around the bars of a table only set it out."""
        return None

    def _column(self, line: str, cell: int) -> int:
        cells = split(line, leading_bar=self.leading_bar, most=cell + 1)
        return cells[cell][0] + 1 if cell < len(cells) else len(line.rstrip()) + 1

    def separates(self, line: str) -> bool:
        """Whether a line is the separator row of Markdown under this header."""
        most = len(self.names) + 1
        cells = [text for _, text in split(line, leading_bar=self.leading_bar, most=most)]
        if len(cells) > 1 and not cells[-1]:
            del cells[-1]
        certain = self.leading_bar or any(len(text) > 2 for text in cells)
        return certain and all(SEPARATOR.fullmatch(text) for text in cells)


def _cells(text: Text, layout: Layout) -> pl.DataFrame:
    """Split all lines below the header.

    Returns a column ``line``, a column for each cell (``0``, ``1``, ...), ``plain`` (Boolean:
    no character of the line needs care), ``short`` (Boolean: the line has fewer cells
    than the header) and ``rest`` (what stands after the last column, null where nothing does).
    """
    below = layout.header.number
    following = next((line for line in islice(layout.lines, below, None)), None)
    if following is not None and layout.separates(following.text):
        below = following.number
    width = len(layout.names)
    names = [str(cell) for cell in range(width)]
    blanks = "".join(blank for blank in BLANKS if blank.encode() in text.data)
    escaped = b"\\" in text.data and rb"\|" in text.data

    line = pl.col("text")
    if layout.leading_bar:
        line = line.str.strip_chars_start(blanks).str.strip_prefix("|")
    fields = [pl.col(f"field_{cell}") for cell in range(width + 1)]
    cells = [field.str.strip_chars(blanks) for field in fields]
    if escaped:
        escape = next((c for c in NONCHARACTERS if c.encode() not in text.data), NONCHARACTERS[0])
        line = line.str.replace_all(r"\|", escape, literal=True)
        cells = [cell.str.replace_all(escape, "|", literal=True) for cell in cells]
    rest = pl.col(f"field_{width}").str.strip_chars(blanks + "|")
    return (
        pl.scan_lines(io.BytesIO(text.data))
        .select(pl.col("line").alias("text"))
        .with_row_index("line", 1)
        .slice(below)
        .with_columns(
            (~pl.col("text").str.contains(NEEDS_CARE)).alias("plain"),
            line.str.splitn("|", width + 1).alias("fields"),
        )
        .unnest("fields")
        .select(
            "line",
            *(blank_to_null(cell).alias(name) for cell, name in zip(cells, names, strict=False)),
            "plain",
            fields[width - 1].is_null().alias("short"),
            blank_to_null(rest).alias("rest"),
        )
        .filter(pl.any_horizontal(pl.col(*names, "rest").is_not_null()))
        .collect(engine="streaming" if len(text.data) > LARGE else "in-memory")
    )


def _ragged(frame: pl.DataFrame, table: Table) -> Iterator[Diagnostic]:
    """Find the rows with more or fewer cells than the header."""
    width = len(table.header)
    long = frame.filter(pl.col("rest").is_not_null())
    lines = long["line"].head(MOST).to_list()
    rests = long["rest"].head(MOST).to_list()
    yield from first_few(
        [
            rules.LONG_ROW.at(
                place,
                f"this row goes on after the column {quoted(table.header[-1])}: {quoted(rest)}",
                hint=r"write \| for a bar inside a cell",
            )
            for place, rest in zip(table.locate(lines, width), rests, strict=True)
        ],
        long.height,
    )
    short = frame.filter("short")
    lines = short["line"].head(MOST).to_list()
    yield from first_few(
        [
            rules.SHORT_ROW.at(
                place,
                f"this row ends before the column {quoted(table.header[-1])}",
                hint="its missing cells are taken as blank",
            )
            for place in table.locate(lines, width - 1)
        ],
        short.height,
    )
