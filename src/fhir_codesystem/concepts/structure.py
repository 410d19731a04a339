"""Where the hierarchy of a table stands: in levels, an outline, an indentation, in parents."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from fhir_codesystem.concepts.hierarchy import with_levels
from fhir_codesystem.concepts.indentation import levels
from fhir_codesystem.concepts.values import separator
from fhir_codesystem.diagnostics import Location
from fhir_codesystem.rules import hierarchy as rules
from fhir_codesystem.tables.table import linked

if TYPE_CHECKING:
    from fhir_codesystem.concepts.columns import Columns
    from fhir_codesystem.concepts.indentation import Indentation
    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.tables.table import Table

OUTLINE = r"^\d+(\.\d+)*\.?$"
"""The numbers of an outline: 1, 1.1, 1.1.2."""


class Structure(NamedTuple):
    """Rows with the column ``level`` (Int32), or with the codes of their parents.

    ``by`` says where the hierarchy is, as the setting of that name does.
    ``parents`` has ``row`` (UInt32, an index into the rows, in order) and ``value`` (String); it
    is None where the levels are the hierarchy, else all levels are 1.
    """

    by: str
    rows: pl.DataFrame
    parents: pl.DataFrame | None
    found: list[Diagnostic]


def structure(
    table: Table,
    columns: Columns,
    rows: pl.DataFrame,
    indented: Indentation | None,
    *,
    by: str,
    nested: bool,
) -> Structure:
    """Find the hierarchy of the rows, as the settings say or where there is one."""
    if by == "auto":
        by = _found(table, columns, rows, indented)
    if by in {"parent", "prefix"}:
        named = _prefixes(rows) if by == "prefix" else _parents(table, columns, rows)
        flat = rows.with_columns(pl.lit(1, pl.Int32).alias("level"))
        told = _told(table, "the beginnings of the codes", by == "prefix")
        return Structure(by, flat, named, told)
    if by == "indent":
        widths = [] if indented is None else indented.widths.gather(rows["at"]).to_list()
        column = pl.Series("level", levels(widths) or [1] * rows.height, dtype=pl.Int32)
        where = f"the indentation of the column {indented.field}" if indented else "nowhere"
        told = _told(table, where, indented is not None)
        return Structure(by, rows.with_columns(column), None, told)
    if by == "outline":
        depth = pl.col("level").str.strip_chars_end(".").str.count_matches(r"\.") + 1
        numbered = pl.col("level").str.contains(OUTLINE)
        rows = rows.with_columns(
            pl.when(numbered).then(depth.cast(pl.String)).otherwise("level").alias("level")
        )
    cell = columns.level if by in {"level", "outline"} else None
    rows, found = with_levels(table, rows, cell, nested=nested)
    return Structure(by, rows, None, found)


def _found(table: Table, columns: Columns, rows: pl.DataFrame, indented: Indentation | None) -> str:
    """Say where the hierarchy is."""
    if columns.level is not None:
        return "outline" if _is_outline(rows["level"]) else "level"
    if columns.parent is not None or table.links.parents.height:
        return "parent"
    return "indent" if indented is not None else "none"


def _is_outline(told: pl.Series) -> bool:
    """Whether levels are the numbers of an outline: each once, each below one that is there."""
    if told.null_count() or not told.str.contains(".", literal=True).any():
        return False
    numbers = told.str.strip_chars_end(".")
    above = numbers.filter(numbers.str.contains(".", literal=True)).str.replace(r"\.\d+$", "")
    outlined = told.str.contains(OUTLINE).all() and numbers.is_unique().all()
    return bool(outlined and above.is_in(numbers.implode()).all())


def _told(table: Table, where: str, tell: bool) -> list[Diagnostic]:  # noqa: FBT001
    message = f"the hierarchy is read from {where}"
    place = Location(table.path, table.header_line or None)
    return [rules.HIERARCHY_FOUND.at(place, message)] if tell else []


def _parents(table: Table, columns: Columns, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the parents that the rows name, in their column and beside it."""
    at = rows.select("at").with_row_index("row")
    beside = table.links.parents.rename({"row": "at"}).join(at, on="at", maintain_order="left")
    cells = rows.select("parent").with_row_index("row").drop_nulls("parent")
    split = columns.parent_split or separator(cells["parent"], rows["code"])
    if split:
        cells = cells.with_columns(pl.col("parent").str.split(split)).explode("parent")
    cells = cells.select("row", pl.col("parent").str.strip_chars().alias("value"))
    both = pl.concat([cells, beside.select("row", "value")]).sort("row", maintain_order=True)
    return both.filter(pl.col("value") != "")


def _prefixes(rows: pl.DataFrame) -> pl.DataFrame:
    """Return as each code's parent the longest other code that it begins with."""
    codes = rows["code"].to_list()
    known = set(codes)
    found = [
        next((code[:end] for end in range(len(code) - 1, 0, -1) if code[:end] in known), None)
        for code in codes
    ]
    links = [(row, value) for row, value in enumerate(found) if value is not None]
    return linked(row=[row for row, _ in links], value=[value for _, value in links])
