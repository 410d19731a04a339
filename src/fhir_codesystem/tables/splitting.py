"""Delimited text by columns: lines joined to records, records split into cells, many at a time."""

from __future__ import annotations

from bisect import bisect_right
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from fhir_codesystem.characters import BLANKS, NEEDS_CARE
from fhir_codesystem.tables.cleaning import blank_to_null
from fhir_codesystem.tables.lines import collected, scan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fhir_codesystem.tables.quoting import Grammar

SPLIT_BY_COLUMN = 2**20
"""Bytes of a record up to which Polars may split it: beyond, the number of cells is bounded."""


class Records(NamedTuple):
    """Records, each with the ``line`` it begins in and its ``text``, its line ends as LF.

    ``plain`` are those that hold no quote. ``unclosed`` are the lines, as far as they hold a
    quote, of a record that never ends, if there is one: then there are no others.
    """

    plain: pl.LazyFrame
    quoted: pl.DataFrame
    unclosed: pl.DataFrame | None = None


def records_of(data: bytes, below: int, grammar: Grammar) -> Records:
    """Join the lines of UTF-8 text below a line to records."""
    scanned = scan(data, below)
    none = pl.DataFrame(schema={"line": pl.UInt32, "text": pl.String})
    if b'"' not in data:
        return Records(scanned, none)
    lines = collected(scanned, len(data))
    open_after = _open_after(lines["text"], grammar)
    begins = ~open_after.shift(1, fill_value=False)
    quoted = pl.col("text").str.contains('"', literal=True)
    if lines.height and open_after[-1]:
        unclosed = lines.slice(begins.arg_true()[-1]).filter(quoted)
        return Records(none.lazy(), none, unclosed)
    records = _joined(lines, begins, open_after) if open_after.any() else lines
    return Records(records.filter(~quoted).lazy(), records.filter(quoted))


def _open_after(text: pl.Series, grammar: Grammar) -> pl.Series:
    """Say of each line whether it ends inside a quoted cell.

    Mostly that is so where the quotes up to there are odd; if each line confirms that, given how
    it begins, it is so. Else, as quotes may be text, line after line must be looked at.
    """
    odd = text.str.count_matches('"', literal=True).cum_sum() % 2 == 1
    lines = pl.DataFrame({"text": text, "odd": odd, "inside": odd.shift(1, fill_value=False)})
    confirmed = lines.select(
        pl.when("inside")
        .then(pl.col("text").str.contains(grammar.stays_open))
        .otherwise(pl.col("text").str.contains(grammar.opens))
        == pl.col("odd")
    ).to_series()
    if confirmed.all():
        return odd
    opening = text.str.contains(grammar.opens).arg_true().to_list()
    quotes = text.str.contains('"', literal=True).arg_true()
    found = pl.repeat(value=False, n=len(text), eager=True)
    spans = list(_spans(opening, quotes.to_list(), text.gather(quotes).to_list(), grammar))
    starts, ends = pl.Series([at for at, _ in spans]), pl.Series([at for _, at in spans])
    within = pl.int_ranges(starts, ends.fill_null(len(text)), eager=True).explode()
    return found.scatter(within, values=True) if spans else found


def _spans(
    opening: list[int], quotes: list[int], texts: list[str], grammar: Grammar
) -> Iterator[tuple[int, int | None]]:
    """Yield the first and the last line of each record of several lines (None: it never ends).

    ``opening`` are the lines that end inside a quoted cell if they begin outside, ``quotes`` those
    that hold quotes, with their ``texts``.
    """
    last = -1
    for start in opening:
        if start <= last:
            continue
        further = range(bisect_right(quotes, start), len(quotes))
        end = next((quotes[at] for at in further if not grammar.goes_on(texts[at])), None)
        yield start, end
        if end is None:
            return
        last = end


def _joined(lines: pl.DataFrame, begins: pl.Series, open_after: pl.Series) -> pl.DataFrame:
    """Join the lines of each record of several lines; the others are records as they are."""
    several = open_after | ~begins
    joined = (
        lines.filter(several)
        .group_by(begins.filter(several).cum_sum().alias("record"), maintain_order=True)
        .agg(pl.col("line").first(), pl.col("text").str.strip_suffix("\r").str.join("\n"))
        .drop("record")
    )
    return pl.concat([lines.filter(~several), joined]).sort("line")


def cells_of(
    records: Records, grammar: Grammar, width: int, size: int, *further: pl.Expr
) -> pl.DataFrame:
    """Read the first ``width`` cells of all records of a text of so many bytes.

    Returns a column ``line``, a column for each cell (``0``, ``1``, ...), ``plain`` (Boolean:
    no character of the row needs care), ``short`` (Boolean: the row has fewer cells), ``rest``
    (what stands after the last column, null where nothing does), and what ``further`` makes of
    the cells as they stand, ``raw_0``, ``raw_1``, ... Blank rows are left out.
    """
    long = pl.col("text").str.len_bytes() > SPLIT_BY_COLUMN
    parts = [_as_lines(records.plain, grammar, width)]
    if records.quoted.height:
        parts.append(_by_pattern(records.quoted.lazy().filter(~long), grammar, width))
        parts.append(_one_by_one(records.quoted.filter(long), grammar, width))
    frames = [collected(_cleaned(part, grammar, width, further), size) for part in parts]
    return pl.concat(frames).sort("line") if len(frames) > 1 else frames[0]


def _as_lines(records: pl.LazyFrame, grammar: Grammar, width: int) -> pl.LazyFrame:
    """Split records without quotes: ``line``, ``raw_0``, ..., ``short``, ``rest``."""
    fields = pl.col("text").str.splitn(grammar.delimiter, width + 1).alias("fields")
    names = {f"field_{cell}": f"raw_{cell}" for cell in range(width)}
    return (
        records.select("line", fields)
        .unnest("fields")
        .rename({**names, f"field_{width}": "rest"})
        .with_columns(pl.col(f"raw_{width - 1}").is_null().alias("short"))
    )


def _by_pattern(records: pl.LazyFrame, grammar: Grammar, width: int) -> pl.LazyFrame:
    """Split records with quotes, as `_as_lines` does those without."""
    text = pl.lit(grammar.delimiter) + pl.col("text")
    cells = pl.col("cells")
    raw = [
        cells.list.get(cell, null_on_oob=True)
        .str.strip_prefix(grammar.delimiter)
        .alias(f"raw_{cell}")
        for cell in range(width)
    ]
    return records.select("line", text.str.extract_all(grammar.cell).alias("cells")).select(
        "line",
        *raw,
        cells.list.slice(width).list.join("").alias("rest"),
        (cells.list.len() < width).alias("short"),
    )


def _one_by_one(records: pl.DataFrame, grammar: Grammar, width: int) -> pl.LazyFrame:
    """Split records with quotes that are so long that they may have any number of cells."""
    rows = []
    for line, text in records.select("line", "text").iter_rows():
        bounds = list(islice(grammar.bounds(text), width))
        raw = [text[start:end] for start, end in bounds]
        rest = text[bounds[-1][1] + 1 :]
        rows.append((line, *raw, *[None] * (width - len(raw)), rest, len(raw) < width))
    raw_cells = dict.fromkeys((f"raw_{cell}" for cell in range(width)), pl.String)
    schema = {"line": pl.UInt32, **raw_cells, "rest": pl.String, "short": pl.Boolean}
    return pl.DataFrame(rows, schema=schema, orient="row").lazy()


def _cleaned(
    split: pl.LazyFrame, grammar: Grammar, width: int, further: tuple[pl.Expr, ...]
) -> pl.LazyFrame:
    """Trim cells, undo their quotes, leave out blank rows."""
    names = [str(cell) for cell in range(width)]
    trim = grammar.blanks + grammar.delimiter
    rest = pl.col("rest").str.strip_chars(trim)
    row = pl.concat_str(names, separator=" ", ignore_nulls=True)
    return (
        split.with_columns(
            *(_bare(pl.col(f"raw_{name}"), grammar.blanks).alias(name) for name in names),
            pl.when(rest.str.strip_chars(trim + '"') != "").then(rest).alias("rest"),
        )
        .filter(pl.any_horizontal(pl.col(*names, "rest").is_not_null()))
        .select(
            "line",
            *names,
            (~row.str.contains(NEEDS_CARE)).alias("plain"),
            "short",
            "rest",
            *further,
        )
    )


def _bare(raw: pl.Expr, blanks: str) -> pl.Expr:
    """Undo the quotes of a cell and trim it, outside and inside of them."""
    cell = raw.str.strip_chars(blanks)
    inside = cell.str.slice(1).str.strip_suffix('"').str.replace_all('""', '"', literal=True)
    quoted = cell.str.starts_with('"')
    return blank_to_null(pl.when(quoted).then(inside.str.strip_chars(BLANKS)).otherwise(cell))
