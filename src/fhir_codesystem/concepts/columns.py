"""What the columns of a table mean: header names to fields."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from fhir_codesystem.diagnostics import Diagnostic, Related, quoted
from fhir_codesystem.rules import metadata as metadata_rules
from fhir_codesystem.rules import reading as rules
from fhir_codesystem.rules.rule import MOST, first_few
from fhir_codesystem.tables import cleaning

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fhir_codesystem.metadata.settings import ColumnSetting
    from fhir_codesystem.tables import Table

FIELDS = {
    "level": ("level", "lvl"),
    "code": ("code", "conceptcode"),
    "display": ("display", "displayname", "name", "term"),
    "definition": ("definition", "description"),
}
"""The fields of a concept and the names of their columns, folded; the first is the exact one."""

IGNORED = "ignore"
"""What `build.columns` says of a column that is not wanted."""


def folded(name: str) -> str:
    """Fold a column's name: case, blanks, invisible characters and punctuation do not count."""
    return re.sub(r"[\W_]+", "", name.casefold())


@dataclass(frozen=True, slots=True)
class Columns:
    """Which cell of a row holds which field (0-based index)."""

    level: int | None
    code: int
    display: int | None
    definition: int | None

    def cell_of(self, field: str) -> int | None:
        """Return the cell of a field by its name."""
        cell: int | None = getattr(self, field)
        return cell


def assign(
    table: Table, settings: Sequence[ColumnSetting]
) -> tuple[Columns | None, list[Diagnostic]]:
    """Say which column is which field: by the settings first, then by the header's names.

    An exact name wins over a synonym; two synonyms, or the same name twice, are an error.
    """
    names = [folded(name) for name in table.header]
    found: list[Diagnostic] = []
    fixed: dict[int, str] = {}
    for setting in settings:
        cells = [cell for cell, name in enumerate(names) if name == folded(setting.header)]
        if cells:
            fixed |= dict.fromkeys(cells, setting.field)
        else:
            columns = ", ".join(quoted(name, 30) for name in table.header[:MOST])
            message = f"the table has no column {quoted(setting.header)}; it has {columns}"
            found.append(metadata_rules.UNKNOWN_COLUMN.at(setting.location, message))
    chosen: dict[str, int | None] = {}
    clash_of_code = False
    for field, synonyms in FIELDS.items():
        chosen[field], clash = _choose(table, names, field, synonyms, fixed)
        found += clash
        clash_of_code |= bool(clash) and field == "code"
    used = {cell for cell in chosen.values() if cell is not None} | set(fixed)
    found += _unused(table, used)
    code = chosen.pop("code")
    if code is None:
        if not clash_of_code:
            columns = ", ".join(quoted(name, 30) for name in table.header[:MOST])
            message = f"no column is the code; the header names {columns}"
            found.append(rules.NO_CODE_COLUMN.at(table.heading(0), message))
        return None, found
    return Columns(code=code, **chosen), found


def _choose(
    table: Table, names: list[str], field: str, synonyms: tuple[str, ...], fixed: dict[int, str]
) -> tuple[int | None, list[Diagnostic]]:
    by_setting = [cell for cell, wanted in fixed.items() if wanted == field]
    exact = [cell for cell, name in enumerate(names) if name == synonyms[0] and cell not in fixed]
    others = [cell for cell, name in enumerate(names) if name in synonyms and cell not in fixed]
    cells = by_setting or exact or others
    if len(cells) < 2:
        return (cells[0] if cells else None), []
    first, second = cells[:2]
    message = (
        f"the columns {quoted(table.header[first])} and {quoted(table.header[second])} "
        f"are both the {field}"
    )
    related = (Related(table.heading(first), "the first"),)
    hint = "say in the .yaml what each is, under build: columns:"
    place = table.heading(second)
    return None, [rules.REPEATED_COLUMN.at(place, message, hint=hint, related=related)]


def _unused(table: Table, used: set[int]) -> Iterator[Diagnostic]:
    unused = [cell for cell, name in enumerate(table.header) if cell not in used and name]
    kept = unused[:MOST]
    yield from first_few(
        [
            rules.UNUSED_COLUMN.at(
                table.heading(cell), f"the column {quoted(table.header[cell])} is not used"
            )
            for cell in kept
        ],
        len(unused),
    )


def rows(table: Table, columns: Columns) -> tuple[pl.DataFrame, list[Diagnostic]]:
    """Take the fields out of the table, repaired, with findings for rows without a code.

    Returns the columns ``line`` (UInt32), ``level``, ``code``, ``display``, ``definition``
    (String, null where blank or where the table has no such column) and ``plain`` (Boolean), one
    row a row of the table that has a code.
    """
    cells = {field: columns.cell_of(field) for field in FIELDS}
    frame = table.frame.select(
        "line",
        *(
            (pl.lit(None, pl.String) if cell is None else pl.col(str(cell))).alias(field)
            for field, cell in cells.items()
        ),
        "plain",
    )
    found: list[Diagnostic] = []
    if not frame["plain"].all():
        frame, found = _repaired(table, frame, cells)
    empty = pl.all_horizontal(pl.col(*FIELDS).is_null())
    missing = frame.filter(pl.col("code").is_null(), ~empty)["line"]
    places = table.locate(missing.head(MOST).to_list(), columns.code)
    found += first_few(
        [rules.NO_CODE.at(place, "this row has no code") for place in places], missing.len()
    )
    return frame.filter(pl.col("code").is_not_null()), found


def _repaired(
    table: Table, frame: pl.DataFrame, cells: dict[str, int | None]
) -> tuple[pl.DataFrame, list[Diagnostic]]:
    found: list[Diagnostic] = []
    total = 0
    for field, cell in cells.items():
        if cell is None:
            continue
        column, told = cleaning.repair(frame, field, code=field == "code")
        if not told.height:
            continue
        frame = frame.with_columns(column)
        total += told.height
        few = told.head(MOST - len(found))
        places = table.locate(few["line"].to_list(), cell)
        for place, before, after in zip(places, few["before"], few["after"], strict=True):
            names = " and a ".join(cleaning.characters_in(before))
            end = "left as it is" if before == after else "the cell was repaired"
            message = f"the {field} holds a {names}; {end}"
            found.append(rules.INVISIBLE_CHARACTER.at(place, message))
    return frame, first_few(found, total)
