r"""Pipe-delimited tables: ``Lvl | Code | Display | Definition |``.

With or without outer bars, with a trailing bar, with the separator row of Markdown under the
header, with ``\|`` for a bar inside a cell, with a title above. Rows may be ragged, lines blank.
The lines are split by Polars, many at a time; single rows are split here only where a place must
be found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from typing import TYPE_CHECKING

import polars as pl

from fhir_codesystem.characters import BLANKS, NEEDS_CARE
from fhir_codesystem.diagnostics import Location
from fhir_codesystem.rules import reading as rules
from fhir_codesystem.tables.cleaning import blank_to_null
from fhir_codesystem.tables.decoding import decode
from fhir_codesystem.tables.headers import LINES_ABOVE, left_out, names_code, only_table
from fhir_codesystem.tables.lines import MOST_COLUMNS, Line, Lines, collected, ragged, scan
from fhir_codesystem.tables.table import Reading, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fhir_codesystem.tables.source import Source

BAR = re.compile(r"(?<!\\)\|")
SEPARATOR = re.compile(r":?-+:?")
NONCHARACTERS = "".join(map(chr, range(0xFDD0, 0xFDF0)))
"""Code points that no text holds: one of them stands for an escaped bar while lines are split."""

HINT = r"write \| for a bar inside a cell"


def recognises(source: Source) -> bool:  # noqa: ARG001 - the last resort, whatever the bytes
    """Every text is tried as a pipe-delimited table in the end."""
    return True


def read(source: Source) -> Reading:
    """Read a pipe-delimited table."""
    text, found = decode(source.path, source.data)
    if text is None:
        return Reading(None, tuple(found))
    above, header = _header(Lines(text.data))
    if header is None:
        found.append(rules.EMPTY_TABLE.at(Location(source.path), "the file holds no table"))
        return Reading(None, tuple(found))
    told = [(line.number, line.text.strip(BLANKS)) for line in above]
    found += [*left_out(source.path, told), *only_table(source, told)]
    layout = Layout.of(header, Lines(text.data))
    reading = table_of(source.path, layout.below_separator())
    return replace(reading, diagnostics=(*found, *reading.diagnostics))


def table_of(path: str, layout: Layout) -> Reading:
    """Read the one table that is laid out so."""
    place = Location(path, layout.header.number, 1)
    if len(layout.names) > MOST_COLUMNS:
        message = f"the first line has more than {MOST_COLUMNS:,} cells"
        return Reading(None, (rules.TOO_MANY_COLUMNS.at(place, message),))
    frame = _cells(layout)
    table = Table(path, layout.names, layout.header.number, frame.drop("rest", "short"), layout)
    return Reading(table, tuple(ragged(frame, table, HINT)))


def _header(lines: Lines) -> tuple[list[Line], Line | None]:
    """Find the header; returns also the lines above it.

    It is the first line, unless that has no bar and is not the code alone: then it is the first
    line with bars that names the code, else the first as wide as the line below it.
    """
    filled = (line for line in lines if line.text.strip(BLANKS))
    first = next(filled, None)
    if first is None or any(_bars(first.text)) or names_code([first.text]):
        return [], first
    above = [first, *islice(filled, LINES_ABOVE)]
    names = [Layout.of(line, lines).names for line in above]
    wide = [at for at, cells in enumerate(names) if len(cells) > 1]
    even = [at for at in wide if at + 1 < len(names) and len(names[at]) == len(names[at + 1])]
    at = next((at for at in wide if names_code(names[at])), next(iter(even), 0))
    return above[:at], above[at]


def split(line: str, *, leading_bar: bool, most: int) -> list[tuple[int, str]]:
    r"""Split a line at its bars; return each cell's 0-based offset and its trimmed text.

    ``\|`` is a bar inside a cell. The empty cell before a leading bar is none; that after a
    trailing bar is kept. Cells after the first ``most`` and one more are left out.
    """
    bars = [bar.start() for bar in islice(_bars(line), most + 2)]
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


def _bars(line: str) -> Iterable[re.Match[str]]:
    """Return the bars between cells; a line may be long and have none."""
    return BAR.finditer(line) if "|" in line else ()


@dataclass(frozen=True, slots=True)
class Layout:
    """How the rows of one table are laid out, as its header shows.

    They stand below the line ``below``, up to the line ``until`` (None: the last).
    """

    names: tuple[str, ...]
    leading_bar: bool
    header: Line
    lines: Lines
    below: int
    until: int | None = None

    @classmethod
    def of(cls, header: Line, lines: Lines) -> Layout:
        """Read the layout off the header line."""
        leading_bar = header.text.lstrip(BLANKS).startswith("|")
        cells = split(header.text, leading_bar=leading_bar, most=MOST_COLUMNS + 1)
        if len(cells) > 1 and not cells[-1][1]:
            del cells[-1]
        return cls(tuple(text for _, text in cells), leading_bar, header, lines, header.number)

    def below_separator(self) -> Layout:
        """Leave out the line below the header where it is the separator row of Markdown."""
        following = next(iter(islice(self.lines, self.below, None)), None)
        if following is None or not self._separates(following.text):
            return self
        return replace(self, below=following.number)

    def positions(self, lines: Sequence[int], cell: int | None) -> list[tuple[int, int]]:
        """Return the line and the 1-based character column of a cell in each of the lines."""
        if cell is None:
            return [(line, 1) for line in lines]
        texts = self.lines.numbered(lines)
        return [(line, self._column(texts[line], cell)) for line in lines]

    def indents(self, cell: int) -> pl.Series | None:
        """Return the blanks before the texts of a cell; none where they align its right edge."""
        raw = pl.col(f"field_{cell}").fill_null("")
        before = raw.str.len_chars() - raw.str.strip_chars_start(BLANKS).str.len_chars()
        measured = collected(
            _split(self, _escape(self.lines.data))
            .filter(_filled())
            .select(
                before.cast(pl.Int32).alias("before"),
                raw.str.strip_chars(BLANKS).str.len_chars().alias("length"),
            ),
            len(self.lines.data),
        )
        texts = measured.filter(pl.col("length") > 0)
        edges = (texts["before"] + texts["length"]).n_unique()
        if edges == 1 and texts["length"].n_unique() > 1:
            return None
        indents = measured["before"] - (texts["before"].min() or 0)
        return indents.clip(lower_bound=0).rename("indent")

    def _column(self, line: str, cell: int) -> int:
        cells = split(line, leading_bar=self.leading_bar, most=cell + 1)
        return cells[cell][0] + 1 if cell < len(cells) else len(line.rstrip()) + 1

    def _separates(self, line: str) -> bool:
        """Whether a line is the separator row of Markdown under this header."""
        most = len(self.names) + 1
        cells = [text for _, text in split(line, leading_bar=self.leading_bar, most=most)]
        if len(cells) > 1 and not cells[-1]:
            del cells[-1]
        certain = self.leading_bar or any(len(text) > 2 for text in cells)
        return certain and all(SEPARATOR.fullmatch(text) for text in cells)


def _split(layout: Layout, escape: str | None) -> pl.LazyFrame:
    """Split the lines of all rows: ``line``, ``text``, and ``field_0``, ... up to what is left.

    A bar inside a cell is a code point of its own: ``escape``, see `_escape`.
    """
    data = layout.lines.data
    line = pl.col("text")
    if layout.leading_bar:
        line = line.str.strip_chars_start(BLANKS).str.strip_prefix("|")
    if escape is not None:
        line = line.str.replace_all(r"\|", escape, literal=True)
    return (
        scan(data, layout.below, layout.until)
        .with_columns(line.str.splitn("|", len(layout.names) + 1).alias("fields"))
        .unnest("fields")
    )


def _cells(layout: Layout) -> pl.DataFrame:
    """Read the cells of all rows.

    Returns a column ``line``, a column for each cell (``0``, ``1``, ...), ``plain`` (Boolean:
    no character of the line needs care), ``short`` (Boolean: the line has fewer cells
    than the header) and ``rest`` (what stands after the last column, null where nothing does).
    """
    width = len(layout.names)
    data = layout.lines.data
    escape = _escape(data)
    cells = [pl.col(f"field_{cell}").str.strip_chars(BLANKS) for cell in range(width)]
    if escape is not None:
        cells = [cell.str.replace_all(escape, "|", literal=True) for cell in cells]
    frame = _split(layout, escape).select(
        "line",
        *(blank_to_null(cell).alias(str(index)) for index, cell in enumerate(cells)),
        (~pl.col("text").str.contains(NEEDS_CARE)).alias("plain"),
        pl.col(f"field_{width - 1}").is_null().alias("short"),
        blank_to_null(pl.col(f"field_{width}").str.strip_chars(BLANKS + "|")).alias("rest"),
    )
    filled = pl.any_horizontal(pl.col(*map(str, range(width)), "rest").is_not_null())
    return collected(frame.filter(filled), len(data))


def _filled() -> pl.Expr:
    """Whether a line that was split has anything but blanks and bars."""
    return pl.col("text").str.strip_chars(BLANKS + "|").str.len_bytes() > 0


def _escape(data: bytes) -> str | None:
    """Return what stands for an escaped bar while lines are split, if there is any in the text."""
    if b"\\" not in data or rb"\|" not in data:
        return None
    return next((char for char in NONCHARACTERS if char.encode() not in data), NONCHARACTERS[0])
