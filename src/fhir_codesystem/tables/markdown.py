"""Tables inside a document in Markdown (GitHub-flavoured): the one that holds the concepts.

The rows of that table are split as those of any table with bars; then each cell becomes the text
that it shows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING

import polars as pl

from fhir_codesystem.characters import BLANKS, NEEDS_CARE, treated
from fhir_codesystem.concepts.headers import folded
from fhir_codesystem.diagnostics import MOST, Location, quoted
from fhir_codesystem.rules import text as rules
from fhir_codesystem.tables import inline
from fhir_codesystem.tables.decoding import SAMPLE, beginning, decode
from fhir_codesystem.tables.documents import SEPARATOR, Found, outline, tables_of, unnested
from fhir_codesystem.tables.headers import names_code, same_heading
from fhir_codesystem.tables.lines import Line, Lines, collected, scan
from fhir_codesystem.tables.pipe import Layout, table_of
from fhir_codesystem.tables.table import Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.tables.source import Source

FURTHER_SEPARATOR = re.compile(SEPARATOR.encode(), re.MULTILINE)

NAMES = (".md", ".markdown")
MOST_CELLS = 50
HEADINGS = ("# ", "## ", "### ", "#### ")

LONGEST = 2**22
"""Bytes that are parsed: of a document without the plain rows of its tables, and of its cells."""


def recognises(source: Source) -> bool:
    """Whether there is a table with its separator row, and something else, or a name that says so.

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
    named = PurePath(source.path).suffix.lower() in NAMES
    if named or any(line and "|" not in line for line in lines[:header]):
        return True
    bars = lines[header].startswith("|")
    end = (
        source.data[max(SAMPLE, len(source.data) - SAMPLE) :].decode("utf-8", "replace").split("\n")
    )
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
    outlined = outline(lines)
    if outlined["text"].str.len_bytes().sum() > LONGEST:
        return Reading(None, (*found, _too_long(source.path)))
    chosen, told = _chosen(source, tables_of(outlined, lines.height, parser))
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


def _layout(data: bytes, table: Found) -> Layout:
    """Return the layout of one table."""
    if table.nested:
        lines = data.decode().split("\n")
        rows = slice(table.header - 1, table.until)
        lines[rows] = map(unnested, lines[rows])
        data = "\n".join(lines).encode()
    text = Lines(data).numbered([table.header])[table.header]
    layout = Layout.of(Line(table.header, text), Lines(data))
    return replace(layout, below=table.header + 1, until=table.until)


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
