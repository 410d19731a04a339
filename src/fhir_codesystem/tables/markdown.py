"""Tables inside a document in Markdown (GitHub-flavoured): the one that holds the concepts.

What is a table, and what is code, a comment or a quotation, markdown-it says. It is not given the
rows of long tables: only those lines that can begin or end anything. The rows are then split as
those of any table with bars.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from fhir_codesystem.characters import BLANKS, NEEDS_CARE, treated
from fhir_codesystem.concepts.headers import folded
from fhir_codesystem.diagnostics import MOST, Location, quoted
from fhir_codesystem.rules import text as rules
from fhir_codesystem.tables import inline
from fhir_codesystem.tables.decoding import SAMPLE, beginning, decode
from fhir_codesystem.tables.headers import names_code, same_heading
from fhir_codesystem.tables.lines import Line, Lines, collected, scan
from fhir_codesystem.tables.pipe import Layout, table_of
from fhir_codesystem.tables.table import Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.tables.source import Source

DASHES = r"[ \t]*:?-+:?[ \t]*"
SEPARATOR = rf"^[ \t>]*(?:\|{DASHES}(?:\|{DASHES})*\|?|{DASHES}(?:\|{DASHES})+\|?)\r?$"
"""The row below the header, which makes a table of some lines."""

FURTHER_SEPARATOR = re.compile(SEPARATOR.encode(), re.MULTILINE)

ROW = r"^ {0,3}(?:\||\pL|[0-9]+(?:[^0-9.)]|[.)]\S)).*$"
ENDS_HTML = r"(?:--|\?|\]\])>|</"
"""What may end a block of HTML inside a line."""

MOST_CELLS = 50
HEADINGS = ("# ", "## ", "### ", "#### ")

PREFIX = re.compile(rb"[ \t]*(?:(?:>|[-+*]|\d+[.)])[ \t]+)*(?:>[ \t]*)*")
"""What stands before the lines of a table inside a quotation or a list."""

LONGEST = 2**22
"""Bytes that are parsed: of a document without the plain rows of its tables, and of its cells."""


def recognises(source: Source) -> bool:
    """Whether there is a table with its separator row, and something else above or below it.

    The beginning and the end are looked at; all of it only where it begins with much prose.
    """
    text = beginning(source.path, source.data)
    if text is None:
        return False
    lines = [line.strip(BLANKS) for line in text.data.decode("utf-8", "replace").split("\n")]
    rows = (at for at, line in enumerate(lines) if re.match(SEPARATOR, line))
    header = next((at - 1 for at in rows if at and lines[at - 1]), None)
    first = next((at for at, line in enumerate(lines) if line), 0)
    names = lines[first].split("|", MOST_CELLS)
    if header is None:
        long = len(names) == 1 and not names_code(names) and len(source.data) > SAMPLE
        return long and FURTHER_SEPARATOR.search(source.data, SAMPLE) is not None
    if header > first and names_code(names):
        return False
    if any(line and "|" not in line for line in lines[:header]):
        return True
    bars = lines[header].startswith("|")
    end = source.data[SAMPLE:][-SAMPLE:].decode("utf-8", "replace").split("\n")
    return _has_more(lines[header + 1 :], bars=bars) or _has_more(end[1:], bars=bars)


def _has_more(lines: Sequence[str], *, bars: bool) -> bool:
    """Whether there is more than rows: a heading, or after a blank line prose or another table.

    Where rows begin with bars, a line without one is prose; else it may be a row of one cell.
    """
    texts = ["|", *(line.strip(BLANKS) for line in lines), ""]
    return any(
        (not above and re.match(SEPARATOR, below))
        or ("|" not in text and (text.startswith(HEADINGS) or (bars and not above)))
        for above, text, below in zip(texts, texts[1:], texts[2:], strict=False)
        if text
    )


def read(source: Source) -> Reading:
    """Read the table of a document that holds the concepts, or that is asked for."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 - heavy, and seldom needed

    text, found = decode(source.path, source.data)
    if text is None:
        return Reading(None, tuple(found))
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    lines = collected(scan(text.data, 0), len(text.data))
    outline = _outline(lines)
    if outline["text"].str.len_bytes().sum() > LONGEST:
        return Reading(None, (*found, _too_long(source.path)))
    chosen, told = _chosen(source, _tables(outline, lines.height, parser))
    found += told
    if chosen is None:
        return Reading(None, tuple(found))
    reading = table_of(source.path, layout := _layout(text.data, chosen))
    found += reading.diagnostics
    if reading.table is None:
        return Reading(None, tuple(found))
    raw = reading.table.frame
    names = [str(cell) for cell in range(len(chosen.names))]
    cells = {name: inline.unescaped(raw[name]) for name in names}
    marked = {name: values.gather(left) for name, (values, left) in cells.items()}
    if sum(values.unique().str.len_bytes().sum() for values in marked.values()) > LONGEST:
        return Reading(None, (*found, _too_long(source.path)))
    frame = raw.with_columns(
        treated(values, left, partial(inline.parsed, parser=parser)).alias(name)
        for name, (values, left) in cells.items()
    )
    row = pl.concat_str(names, separator=" ", ignore_nulls=True)
    frame = frame.with_columns((~row.str.contains(NEEDS_CARE)).alias("plain"))
    filled = frame.select(pl.any_horizontal(pl.col(names).is_not_null())).to_series()
    places = Places(layout, raw.filter(filled))
    table = replace(reading.table, header=chosen.names, frame=frame.filter(filled), places=places)
    return Reading(table, tuple(found))


def _too_long(path: str) -> Diagnostic:
    message = f"the document has more than {LONGEST >> 20} MB beside plain rows of tables"
    return rules.NO_TABLE.at(Location(path), message, hint=rules.NO_TABLE.fix)


@dataclass(frozen=True, slots=True)
class Places:
    """Knows where cells stand, and how far their code spans were indented."""

    layout: Layout
    raw: pl.DataFrame

    def positions(self, lines: Sequence[int], cell: int | None) -> list[tuple[int, int]]:
        """Return the line and the 1-based character column of a cell in each of the lines."""
        return self.layout.positions(lines, cell)

    def indents(self, cell: int) -> pl.Series | None:
        """Return the spaces before code spans: what Markdown shows of spaces are no-break ones."""
        return inline.indents(self.raw[str(cell)])


class Found(NamedTuple):
    """A table of a document: its number from 1, its columns, the headings above it, its lines.

    ``header`` is the line of the header, ``until`` the last; ``nested`` whether the table stands
    inside a quotation or a list.
    """

    number: int
    names: tuple[str, ...]
    headings: tuple[str, ...]
    header: int
    until: int
    nested: bool

    def __str__(self) -> str:
        heading = f" {quoted(self.headings[-1])}" if self.headings else ""
        return f"{self.number}{heading} (line {self.header})"


def _tables(outline: pl.DataFrame, last: int, parser: MarkdownIt) -> list[Found]:
    """Find the tables of a document, of which the lines that matter are given.

    Rows that a blank line parts from their table belong to it nevertheless.
    """
    numbers = [*outline["line"].to_list(), last + 1]
    texts = outline["text"].to_list()
    headings: dict[int, str] = {}
    tables: list[Found] = []
    before = ""
    for at, token in enumerate(tokens := _blocks("\n".join(texts), parser)):
        if token.type == "heading_open":
            level = int(token.tag[1])
            headings = {above: text for above, text in headings.items() if above < level}
            headings[level] = inline.text_of(tokens[at + 1].content, parser)
        elif token.type == "table_open" and token.map is not None:
            begin, end = token.map
            header = _unnested(texts[begin].encode()) if token.level else texts[begin].encode()
            names = Layout.of(Line(1, header.decode()), Lines(b"")).names
            shown = tuple(inline.text_of(name, parser).strip(BLANKS) for name in names)
            lines = numbers[begin], numbers[end] - 1
            nested = token.level > 0
            tables.append(Found(len(tables) + 1, shown, tuple(headings.values()), *lines, nested))
        elif token.type == "paragraph_open" and before == "table_close" and token.map is not None:
            if not all(text.lstrip(BLANKS).startswith("|") for text in texts[slice(*token.map)]):
                before = ""
                continue
            tables[-1] = tables[-1]._replace(until=numbers[token.map[1]] - 1)
        if token.type not in {"paragraph_open", "inline", "paragraph_close"}:
            before = token.type
    return tables


def _layout(data: bytes, table: Found) -> Layout:
    """Return the layout of one table."""
    if table.nested:
        lines = data.split(b"\n")
        rows = slice(table.header - 1, table.until)
        lines[rows] = map(_unnested, lines[rows])
        data = b"\n".join(lines)
    rows_of = Lines(data)
    header = Line(table.header, rows_of.numbered([table.header])[table.header])
    layout = Layout.of(header, rows_of)
    return replace(layout, below=table.header + 1, until=table.until)


def _unnested(line: bytes) -> bytes:
    """Make blanks of what stands before the row of a table inside a quotation or a list."""
    return PREFIX.sub(lambda match: b" " * len(match[0]), line, count=1)


def _blocks(text: str, parser: MarkdownIt) -> list[Token]:
    """Parse the blocks of a document, not what stands inside of them."""
    tokens: list[Token] = []
    parser.block.parse(text, parser, {}, tokens)
    return tokens


def _outline(lines: pl.DataFrame) -> pl.DataFrame:
    """Leave out rows between rows: lines that neither begin nor end anything."""
    text = pl.col("text")
    row = text.str.contains("|", literal=True) & text.str.contains(ROW)
    separator = text.str.contains(SEPARATOR)
    inner = row & ~separator & ~text.str.contains(ENDS_HTML)
    marked = lines.select("line", "text", inner=inner, row=row, separator=separator)
    between = (
        pl.col("inner")
        & pl.col("row").shift(1, fill_value=False)
        & pl.col("row").shift(2, fill_value=False)
        & ~pl.col("separator").shift(1, fill_value=False)
        & ~pl.col("separator").shift(-1, fill_value=False)
        & pl.col("row").shift(-1, fill_value=False)
    )
    return marked.filter(~between).select("line", pl.col("text").str.strip_suffix("\r"))


def _chosen(source: Source, tables: Sequence[Found]) -> tuple[Found | None, list[Diagnostic]]:
    """Choose the table that is asked for, else the only one that names the code."""
    if not tables:
        message = "there is no table in this document but in code or comments"
        return None, [rules.NO_TABLE.at(Location(source.path), message, hint=rules.NO_TABLE.fix)]
    if source.wanted.table is not None:
        return _wanted(source, source.wanted.table, tables)
    fitting = [table for table in tables if _holds_concepts(table)]
    if len(tables) == 1:
        return tables[0], []
    if len(fitting) != 1:
        told = f"{len(fitting)} tables have" if fitting else f"none of {len(tables)} tables has"
        place = Location(source.path, (fitting or tables)[0].header, 1)
        message = f"{told} a column of codes: {_listed(fitting or tables)}"
        return None, [rules.WHICH_TABLE.at(place, message, hint="build: table: 1")]
    others = [table for table in tables if table is not fitting[0]]
    place = Location(source.path, others[0].header, 1)
    message = f"table {fitting[0]} is read; left out: {_listed(others)}"
    return fitting[0], [rules.OTHER_TABLE.at(place, message)]


def _wanted(
    source: Source, wanted: str, tables: Sequence[Found]
) -> tuple[Found | None, list[Diagnostic]]:
    """Choose the table of a number or below a heading."""
    place = source.wanted.table_place or Location(source.path)
    fitting = [table for table in tables if wanted == str(table.number)]
    fitting = fitting or [
        table for table in tables if any(same_heading(wanted, each) for each in table.headings)
    ]
    if len(fitting) > 1:
        fitting = [table for table in fitting if _holds_concepts(table)] or fitting
    if len(fitting) == 1:
        return fitting[0], []
    if not fitting:
        message = f"there is no table {quoted(wanted)}; there are {_listed(tables)}"
        return None, [rules.NO_SUCH_TABLE.at(place, message, hint=rules.NO_SUCH_TABLE.fix)]
    message = f"{len(fitting)} tables stand below {quoted(wanted)}: {_listed(fitting)}"
    return None, [rules.WHICH_TABLE.at(place, message, hint="give the number of one")]


def _holds_concepts(table: Found) -> bool:
    """Whether a table names the code, and is not one that declares properties."""
    return names_code(table.names) and not {"uri", "type"} <= set(map(folded, table.names))


def _listed(tables: Sequence[Found]) -> str:
    more = f" and {len(tables) - MOST} more" if len(tables) > MOST else ""
    return ", ".join(map(str, tables[:MOST])) + more
