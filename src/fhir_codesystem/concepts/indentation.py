"""Hierarchy by indentation: how far the code, or the display, of a row is moved to the right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from fhir_codesystem.characters import INVISIBLE, ODD_SPACES, OTHER_SPACES

if TYPE_CHECKING:
    from fhir_codesystem.concepts.columns import Columns
    from fhir_codesystem.tables.table import Table

SPACES = f" {ODD_SPACES}{OTHER_SPACES}"
DRAWN = r".·•>\-\x{2013}\x{2014}"
"""Dots and dashes that draw an indentation; only where the settings say so, as codes hold them."""


@dataclass(frozen=True, slots=True)
class Indentation:
    """The column that is indented, and its indents by row of the table (Int32)."""

    field: str
    widths: pl.Series
    marks: str

    def without(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Take the marks of the indentation off the column."""
        mark = f"^[{self.marks}]+([^{self.marks}])"
        return frame.with_columns(pl.col(self.field).str.replace(mark, "$1"))


def indentation(table: Table, columns: Columns, by: str) -> Indentation | None:
    """Find an indentation of the codes, else of the displays.

    By itself it is looked for where no column says the hierarchy, or where it shows what a column
    of levels says.
    """
    if by != "indent" and (by != "auto" or columns.parent is not None):
        return None
    if by == "auto" and table.links.parents.height:
        return None
    marks = SPACES + (DRAWN if by == "indent" else "")
    for field in ("code", "display"):
        cell = columns.cell_of(field)
        if cell is None:
            continue
        shown = None if by == "indent" else columns.level
        widths = _widths(table, cell, marks, shown, plain_too=by == "indent")
        if widths is not None and (shown is None or _shows(table, widths, shown)):
            return Indentation(field, widths, marks)
    return None


def _shows(table: Table, widths: pl.Series, level: int) -> bool:
    """Whether rows of the same level are indented alike."""
    frame = pl.DataFrame({"level": table.frame[str(level)], "width": widths})
    return frame.group_by("level").agg(pl.col("width").n_unique())["width"].max() == 1


def _widths(
    table: Table, cell: int, marks: str, level: int | None, *, plain_too: bool
) -> pl.Series | None:
    """Return how far the cells of a column are indented, if they are so differently.

    Beside levels only what stands in the cells counts.
    """
    values = table.frame[str(cell)]
    widths = table.places.indents(cell) if level is None else None
    rows = (
        pl.int_range(len(values), dtype=pl.UInt32, eager=True)
        if plain_too
        else (~table.frame["plain"]).arg_true()
    )
    if widths is None and not len(rows):
        return None
    drawn = values.gather(rows).str.extract(f"^([{marks}]+)").str.len_chars()
    if drawn.null_count() < len(drawn):
        before = pl.zeros(len(values), pl.Int32, eager=True)
        before = before.scatter(rows, drawn.fill_null(0).cast(pl.Int32))
        widths = before if widths is None else widths + before
    if widths is None:
        return None
    filled = values.str.contains(f"[^{marks}{INVISIBLE}]").fill_null(value=False)
    return widths if widths.filter(filled).n_unique() > 1 else None


def levels(widths: list[int]) -> list[int]:
    """Make levels of indents: a row stands below the last one before it that is less indented."""
    open_: list[int] = []
    made = []
    for width in widths:
        while open_ and open_[-1] >= width:
            open_.pop()
        open_.append(width)
        made.append(len(open_))
    return made
