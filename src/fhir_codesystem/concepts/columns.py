"""What the columns of a table mean: header names to fields."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from fhir_codesystem.diagnostics import MOST, Diagnostic, Related, quoted
from fhir_codesystem.rules import metadata as metadata_rules
from fhir_codesystem.rules import reading as rules
from fhir_codesystem.rules.elements import LONG_TEXT, MOST_CHARACTERS, length_of
from fhir_codesystem.rules.rule import first_few
from fhir_codesystem.tables import cleaning

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fhir_codesystem.metadata.settings import ColumnSetting
    from fhir_codesystem.tables.table import Table

FIELDS = {
    "level": ("level", "lvl"),
    "code": ("code", "conceptcode"),
    "display": ("display", "displayname", "name", "term"),
    "definition": ("definition", "description"),
}
"""The fields of a concept and the names of their columns, folded; the first is the exact one."""

LONGEST = 1000
"""Characters of a column's name that count."""


def folded(name: str) -> str:
    """Fold a column's name: case, blanks, invisible characters and punctuation do not count."""
    return re.sub(r"[\W_]+", "", name[:LONGEST].casefold())


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
        if any(cell in fixed for cell in cells):
            message = f"the column {quoted(setting.header)} is named twice"
            found.append(metadata_rules.REPEATED_KEY.at(setting.location, message))
        elif cells:
            fixed |= dict.fromkeys(cells, setting.field)
        else:
            columns = ", ".join(quoted(name, 30) for name in table.header[:MOST])
            message = f"the table has no column {quoted(setting.header)}; it has {columns}"
            found.append(metadata_rules.UNKNOWN_COLUMN.at(setting.location, message))
    chosen: dict[str, int | None] = {}
    clashing: set[int] = set()
    for field, synonyms in FIELDS.items():
        cells = _candidates(names, field, synonyms, fixed)
        chosen[field] = cells[0] if len(cells) == 1 else None
        if len(cells) > 1:
            found.append(_clash(table, field, cells))
            clashing |= set(cells)
    used = {cell for cell in chosen.values() if cell is not None} | set(fixed) | clashing
    found += _unused(table, used)
    code = chosen.pop("code")
    if code is None:
        if len(_candidates(names, "code", FIELDS["code"], fixed)) < 2:
            columns = ", ".join(quoted(name, 30) for name in table.header[:MOST])
            message = f"no column is the code; the header names {columns}"
            found.append(rules.NO_CODE_COLUMN.at(table.heading(0), message))
        return None, found
    return Columns(code=code, **chosen), found


def _candidates(
    names: list[str], field: str, synonyms: tuple[str, ...], fixed: dict[int, str]
) -> list[int]:
    """Return the cells that may be a field: as the settings say, else by the best name there is."""
    free = [cell for cell in range(len(names)) if cell not in fixed]
    by_setting = [cell for cell, wanted in fixed.items() if wanted == field]
    exact = [cell for cell in free if names[cell] == synonyms[0]]
    return by_setting or exact or [cell for cell in free if names[cell] in synonyms]


def _clash(table: Table, field: str, cells: list[int]) -> Diagnostic:
    first, second = cells[:2]
    message = (
        f"the columns {quoted(table.header[first])} and {quoted(table.header[second])} "
        f"are both the {field}"
    )
    related = (Related(table.heading(first), "the first"),)
    hint = "say in the .yaml what each is, under build: columns:"
    return rules.REPEATED_COLUMN.at(table.heading(second), message, hint=hint, related=related)


def _unused(table: Table, used: set[int]) -> list[Diagnostic]:
    unused = [cell for cell in range(len(table.header)) if cell not in used]
    told = [
        (cell, f"column {quoted(name)}" if name else f"column {cell + 1}, which has no name,")
        for cell in unused
        if (name := table.header[cell]) or table.frame[str(cell)].null_count() < len(table.frame)
    ]
    return first_few(
        [
            rules.UNUSED_COLUMN.at(table.heading(cell), f"the {name} is not used")
            for cell, name in told[:MOST]
        ],
        len(told),
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
    found = list(_long_texts(table, frame, cells))
    if not found and not frame["plain"].all():
        frame, found = _repaired(table, frame, cells)
    empty = pl.all_horizontal(pl.col(*FIELDS).is_null())
    missing = frame.filter(pl.col("code").is_null(), ~empty)["line"]
    places = table.locate(missing.head(MOST).to_list(), columns.code)
    found += first_few(
        [rules.NO_CODE.at(place, "this row has no code") for place in places], missing.len()
    )
    return frame.filter(pl.col("code").is_not_null()), found


def _long_texts(
    table: Table, frame: pl.DataFrame, cells: dict[str, int | None]
) -> Iterator[Diagnostic]:
    """Find texts longer than FHIR allows; no text has more UTF-16 units than UTF-8 bytes."""
    for field, cell in cells.items():
        if cell is None or field == "level":
            continue
        longest = frame.filter(pl.col(field).str.len_bytes() > MOST_CHARACTERS)
        lengths = [length_of(text) for text in longest[field].head(MOST)]
        places = table.locate(longest["line"].head(MOST).to_list(), cell)
        for place, length in zip(places, lengths, strict=True):
            if length > MOST_CHARACTERS:
                limit = f"at most {MOST_CHARACTERS:,} are allowed"
                message = f"the {field} has {length:,} characters; {limit}"
                yield LONG_TEXT.at(place, message, official=field != "code")


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
