"""The settings that say what was inferred of a table: `build.columns`, `build.hierarchy`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from fhir_codesystem.concepts.columns import FIELDS

if TYPE_CHECKING:
    from fhir_codesystem.codesystem.resource import Origin
    from fhir_codesystem.concepts.columns import Columns
    from fhir_codesystem.concepts.headers import DesignationColumn, PropertyColumn
    from fhir_codesystem.tables.table import Table


def settings_of(origin: Origin) -> dict[str, Any]:
    """Return the settings by which a table is read as it was."""
    table, columns = origin.table, origin.columns
    if table is None or columns is None:
        return {}
    told: dict[str, Any] = {"columns": column_settings(table, columns)}
    return told | ({} if origin.hierarchy == "none" else {"hierarchy": {"by": origin.hierarchy}})


def column_settings(table: Table, columns: Columns) -> dict[str, Any]:
    """Return what each column of a table is, in the form of `build.columns`."""
    told: dict[int, Any] = {}
    for field in FIELDS:
        cell = columns.cell_of(field)
        if cell is not None:
            told[cell] = field
    if columns.parent is not None and columns.parent_split:
        told[columns.parent] = {"as": "parent", "split": columns.parent_split}
    told |= {each.cell: property_setting(each) for each in columns.properties}
    told |= {each.cell: designation_setting(each) for each in columns.designations}
    return {table.header[cell]: told[cell] for cell in sorted(told) if table.header[cell]}


def property_setting(column: PropertyColumn) -> dict[str, Any]:
    """Return what is said of a column of a property; its type stands in its declaration."""
    return {"property": column.code} | _filled(split=column.split)


def designation_setting(column: DesignationColumn) -> dict[str, Any]:
    """Return what is said of a column of designations."""
    use = orjson.loads(column.use) if column.use else None
    told = _filled(designation=column.language, use=use, split=column.split)
    return told if "designation" in told or "use" in told else {"as": "designation"} | told


def _filled(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
