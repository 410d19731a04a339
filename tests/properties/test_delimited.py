"""Whatever a writer of CSV writes is read back, and both grammars of quoted cells are one."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_codesystem.tables import delimited, splitting
from fhir_codesystem.tables.quoting import Grammar
from fhir_codesystem.tables.reading import read
from fhir_codesystem.tables.source import Source

from .profiles import examples

if TYPE_CHECKING:
    from fhir_codesystem.tables.table import Table


def cells_of(table: Table) -> list[list[str | None]]:
    names = [str(cell) for cell in range(len(table.header))]
    return [list(row) for row in table.frame.select(names).iter_rows()]


class Variant(csv.Dialect):
    lineterminator = "\n"
    quotechar = '"'
    doublequote = True


CELL = st.text(
    st.one_of(st.sampled_from('a"",;\t|\n\r ^"x=\\'), st.characters(exclude_categories=["Cs"])),
    max_size=8,
).map(lambda text: text.replace("\0", ""))


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, list[list[str]]]:
    width = draw(st.integers(2, 4))
    rows = draw(st.lists(st.lists(CELL, min_size=width, max_size=width), max_size=6))
    written = io.StringIO(newline="")
    writer = csv.writer(
        written,
        Variant,
        delimiter=draw(st.sampled_from(",;\t")),
        lineterminator=draw(st.sampled_from(["\n", "\r\n"])),
        quoting=csv.QUOTE_ALL if draw(st.booleans()) else csv.QUOTE_MINIMAL,
    )
    writer.writerow(["Code", "Display", "Definition", "Other"][:width])
    writer.writerows(rows)
    return written.getvalue(), rows


@given(tables())
@examples(60)
def test_what_a_csv_writer_writes_is_read_back(drawn: tuple[str, list[list[str]]]) -> None:
    text, rows = drawn
    reading = read(Source("table.csv", text.encode()))
    assert reading.diagnostics == ()
    assert reading.table is not None
    trimmed = [
        [cell.replace("\r\n", "\n").strip(" \t\r\n\x0b\x0c") or None for cell in row]
        for row in rows
    ]
    assert cells_of(reading.table) == [row for row in trimmed if any(row)]


RECORD = st.text(st.sampled_from('ab,,""" \t\n;'), max_size=30)


@given(RECORD, st.sampled_from(",;\t"), st.integers(1, 4))
@examples(150)
def test_columns_and_single_records_are_split_alike(text: str, delimiter: str, width: int) -> None:
    """The grammar is written twice; long records go a third way."""
    grammar = Grammar(delimiter)
    records = splitting.records_of(text.encode(), 0, grammar)
    expected = list(grammar.records(text.removesuffix("\n").split("\n")))
    if records.unclosed is not None:
        assert not list(grammar.cells(expected[-1].text))[-1].closed
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(splitting, "SPLIT_BY_COLUMN", 0)
        long = splitting.cells_of(records, grammar, width, 0)
    frame = splitting.cells_of(records, grammar, width, 0)
    assert frame.equals(long)
    broken = {record.line for record in expected if grammar.after_quote(record.text)}
    named = {record.line: record for record in expected}
    for line, *cells in frame.select("line", *map(str, range(width))).iter_rows():
        if line not in broken:
            alone = [cell.text or None for cell in grammar.split(named[line].text, width)]
            assert cells == alone + [None] * (width - len(alone))


@given(st.binary(max_size=200) | RECORD.map(str.encode), st.sampled_from(["t.csv", "t.txt"]))
@examples(60)
def test_no_bytes_raise(data: bytes, name: str) -> None:
    for head in (b"", b"Code,Display\n", b'Code;"Display\n'):
        source = Source(name, head + data)
        delimited.recognises(source)
        reading = delimited.read(source)
        assert reading.table is not None or reading.diagnostics
