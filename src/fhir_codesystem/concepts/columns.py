"""What the columns of a table mean: header names to fields."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import orjson
import polars as pl

from fhir_codesystem.concepts.headers import (
    DesignationColumn,
    PropertyColumn,
    designation,
    folded,
    property_code,
)
from fhir_codesystem.diagnostics import MOST, Diagnostic, Related, quoted
from fhir_codesystem.rules import metadata as metadata_rules
from fhir_codesystem.rules import reading as rules
from fhir_codesystem.rules.rule import first_few
from fhir_codesystem.rules.strings import LONG_TEXT, MOST_CHARACTERS, length_of
from fhir_codesystem.tables import cleaning

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fhir_codesystem.concepts.indentation import Indentation
    from fhir_codesystem.metadata.settings import ColumnSetting
    from fhir_codesystem.tables.table import Table

FIELDS = {
    "level": ("level", "lvl"),
    "code": ("code", "conceptcode"),
    "display": ("display", "displayname", "name", "term"),
    "definition": ("definition", "description"),
    "parent": ("parent", "parents", "parentcode", "parentcodes", "broader", "superclass"),
}
"""The fields of a concept and the names of their columns, folded; the first is the exact one."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which cell of a row holds which field (0-based index), and what the other columns are."""

    level: int | None
    code: int
    display: int | None
    definition: int | None
    parent: int | None = None
    parent_split: str | None = None
    properties: tuple[PropertyColumn, ...] = ()
    designations: tuple[DesignationColumn, ...] = ()

    @property
    def further(self) -> tuple[PropertyColumn | DesignationColumn, ...]:
        """The columns of properties and designations, in the order of their cells."""
        return tuple(sorted((*self.properties, *self.designations), key=lambda each: each.cell))

    @property
    def texts(self) -> tuple[str, ...]:
        """The columns that are compared where a code stands twice.

        They are named in a frame of rows: fields by their names, others by their cells.
        """
        return ("display", "definition", *(str(each.cell) for each in self.further))

    def cell_of(self, field: str) -> int | None:
        """Return the cell of a field, by its name in a frame of rows."""
        if field.isdecimal():
            return int(field)
        cell: int | None = getattr(self, field, None)
        return cell


def assign(
    table: Table,
    settings: Sequence[ColumnSetting],
    declared: Sequence[Mapping[str, Any]] = (),
) -> tuple[Columns | None, list[Diagnostic]]:
    """Say which column is what: by the settings first, then by the header's names.

    An exact name wins over a synonym; two synonyms, or the same name twice, are an error. A
    column that is no field holds designations or values of a property, which may be ``declared``.
    """
    names = [folded(name) for name in table.header]
    fixed, found = _settings(table, names, settings)
    fields = {cell: setting.field for cell, setting in fixed.items()}
    chosen: dict[str, int | None] = {}
    clashing: set[int] = set()
    for field, synonyms in FIELDS.items():
        cells = _candidates(names, field, synonyms, fields)
        chosen[field] = cells[0] if len(cells) == 1 else None
        if len(cells) > 1:
            found.append(_clash(table, field, cells))
            clashing |= set(cells)
    parent = chosen["parent"]
    if parent is not None and chosen["level"] is not None and parent not in fixed:
        chosen["parent"] = parent = None  # the levels are the hierarchy; these are further parents
    used = {cell for cell in chosen.values() if cell is not None} | clashing
    code = chosen.pop("code")
    if code is None:
        if len(_candidates(names, "code", FIELDS["code"], fields)) < 2:
            listed = ", ".join(quoted(name, 30) for name in table.header[:MOST])
            message = f"no column is the code; the header names {listed}"
            found.append(rules.NO_CODE_COLUMN.at(table.heading(0), message))
        return None, found
    rest = [cell for cell in range(len(names)) if cell not in used]
    found += _unnamed(table, [cell for cell in rest if not names[cell] and cell not in fixed])
    further = [_further(table, cell, fixed.get(cell), declared) for cell in rest]
    columns = Columns(
        code=code,
        **chosen,
        parent_split=_parent_split(table, parent, fixed),
        properties=tuple(each for each in further if isinstance(each, PropertyColumn)),
        designations=tuple(each for each in further if isinstance(each, DesignationColumn)),
    )
    return columns, found


def _parent_split(table: Table, cell: int | None, fixed: Mapping[int, ColumnSetting]) -> str | None:
    """Return what stands between several parents in a cell, if anybody says so."""
    if cell is None:
        return None
    said = fixed[cell].details.get("split") if cell in fixed else None
    return said or table.separators.get(cell)


def _further(
    table: Table, cell: int, setting: ColumnSetting | None, declared: Sequence[Mapping[str, Any]]
) -> PropertyColumn | DesignationColumn | None:
    """Say what a column is that holds no field: as the settings say, or as its header does."""
    header = table.header[cell]
    codes = {folded(str(each["code"])): str(each["code"]) for each in declared if "code" in each}
    code = table.properties.get(cell) or codes.get(folded(header))
    split = table.separators.get(cell)
    if setting is not None:
        if setting.field == "designation":
            return _designation_set(cell, setting, split)
        if setting.field == "property":
            return _property_set(cell, setting, code or header, split)
        return None
    if not folded(header):
        return None
    read = None if code else designation(cell, header)
    return replace(read or PropertyColumn(cell, code or property_code(header)), split=split)


def _settings(
    table: Table, names: list[str], settings: Sequence[ColumnSetting]
) -> tuple[dict[int, ColumnSetting], list[Diagnostic]]:
    """Find the columns that the settings speak of."""
    found: list[Diagnostic] = []
    fixed: dict[int, ColumnSetting] = {}
    for setting in settings:
        cells = [cell for cell, name in enumerate(names) if name == folded(setting.header)]
        exact = [cell for cell in cells if table.header[cell] == setting.header]
        cells = exact or cells
        if any(cell in fixed for cell in cells):
            message = f"the column {quoted(setting.header)} is named twice"
            found.append(metadata_rules.REPEATED_KEY.at(setting.location, message, official=False))
        elif cells:
            fixed |= dict.fromkeys(cells, setting)
        else:
            columns = ", ".join(quoted(name, 30) for name in table.header[:MOST])
            message = f"the table has no column {quoted(setting.header)}; it has {columns}"
            found.append(metadata_rules.UNKNOWN_COLUMN.at(setting.location, message))
    return fixed, found


def _property_set(
    cell: int, setting: ColumnSetting, name: str, split: str | None
) -> PropertyColumn:
    """Make a column of a property as the settings say."""
    told = setting.details.get
    code = told("property") or property_code(name)
    return PropertyColumn(
        cell,
        code,
        type=told("type"),
        uri=told("uri"),
        description=told("description"),
        split=told("split") or split,
        stated=True,
    )


def _designation_set(cell: int, setting: ColumnSetting, split: str | None) -> DesignationColumn:
    """Make a column of designations as the settings say."""
    details = setting.details
    names = [name for name in ("system", "code", "display") if f"use.{name}" in details]
    coding = {name: details[f"use.{name}"] for name in names}
    use = orjson.dumps(coding).decode() if coding else None
    tag = details.get("designation")
    return DesignationColumn(cell, tag, use, details.get("split") or split, stated=True)


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


def _unnamed(table: Table, unnamed: list[int]) -> list[Diagnostic]:
    """Tell of columns without a name in which something stands."""
    told = [cell for cell in unnamed if table.frame[str(cell)].null_count() < len(table.frame)]
    return first_few(
        [
            rules.UNUSED_COLUMN.at(
                table.heading(cell), f"the column {cell + 1}, which has no name, is not used"
            )
            for cell in told[:MOST]
        ],
        len(told),
    )


def rows(
    table: Table, columns: Columns, indented: Indentation | None = None
) -> tuple[pl.DataFrame, list[Diagnostic]]:
    """Take the fields out of the table, repaired, with findings for rows without a code.

    The marks of an indentation are taken off.

    Returns the columns ``at`` (UInt32, the index of the row in the table), ``line`` (UInt32),
    ``level``, ``code``, ``parent`` and `Columns.texts` (String, null where blank or where the
    table has no such column) and ``plain`` (Boolean), one row a row of the table that has a code.
    """
    names = dict.fromkeys(("level", "code", "display", "definition", "parent", *columns.texts))
    cells = {name: columns.cell_of(name) for name in names}
    frame = table.frame.with_row_index("at").select(
        "at",
        "line",
        *(
            (pl.lit(None, pl.String) if cell is None else pl.col(str(cell))).alias(name)
            for name, cell in cells.items()
        ),
        "plain",
    )
    if indented is not None:
        frame = indented.without(frame)
    found = list(_long_texts(table, frame, cells))
    if not found and not frame["plain"].all():
        frame, found = _repaired(table, frame, cells)
    empty = pl.all_horizontal(pl.col(*names).is_null())
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
    texts = {field: cell for field, cell in cells.items() if cell is not None}
    sizes = frame.select(pl.col(*texts).str.len_bytes().max()).row(0, named=True)
    for field, cell in texts.items():
        if field in {"level", "parent"} or (sizes[field] or 0) <= MOST_CHARACTERS:
            continue
        longest = frame.filter(pl.col(field).str.len_bytes() > MOST_CHARACTERS)
        lengths = [length_of(text) for text in longest[field].head(MOST)]
        places = table.locate(longest["line"].head(MOST).to_list(), cell)
        for place, length in zip(places, lengths, strict=True):
            if length > MOST_CHARACTERS:
                limit = f"at most {MOST_CHARACTERS:,} are allowed"
                message = f"the {_called(table, field)} has {length:,} characters; {limit}"
                yield LONG_TEXT.at(place, message, official=field != "code")


def _repaired(
    table: Table, frame: pl.DataFrame, cells: dict[str, int | None]
) -> tuple[pl.DataFrame, list[Diagnostic]]:
    found: list[Diagnostic] = []
    total = 0
    for field, cell in cells.items():
        if cell is None:
            continue
        column, told = cleaning.repair(frame, field, code=field in {"code", "parent"})
        if not told.height:
            continue
        frame = frame.with_columns(column)
        total += told.height
        few = told.head(MOST - len(found))
        places = table.locate(few["line"].to_list(), cell)
        for place, before, after in zip(places, few["before"], few["after"], strict=True):
            names = " and a ".join(cleaning.characters_in(before))
            end = "left as it is" if before == after else "the cell was repaired"
            message = f"the {_called(table, field)} holds a {names}; {end}"
            found.append(rules.INVISIBLE_CHARACTER.at(place, message))
    return frame, first_few(found, total)


def _called(table: Table, field: str) -> str:
    """Name a column of a frame of rows for a person."""
    return f"cell of {quoted(table.header[int(field)])}" if field.isdecimal() else field
