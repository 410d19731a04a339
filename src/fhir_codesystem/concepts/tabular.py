"""A code system as a table: a header, rows of texts, and the settings that read it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
import polars as pl

from fhir_codesystem.concepts.headers import DEFINITION, SYNONYM, folded

if TYPE_CHECKING:
    from fhir_codesystem.codesystem.resource import CodeSystem
    from fhir_codesystem.concepts.table import ConceptTable

BETWEEN = (";", "|", ",", "/", "\n", "¦", "‖", "␟")
"""What may stand between several values of a cell; the first that no value holds is taken."""


class Tabular(NamedTuple):
    """A table of texts (None is blank), and the settings under `build:` that read it."""

    header: list[str]
    rows: list[tuple[str | None, ...]]
    settings: dict[str, Any]


class _Column(NamedTuple):
    name: str
    cells: pl.Series
    setting: Any


def tabular(codesystem: CodeSystem) -> Tabular:
    """Write the concepts as rows: level, code, display, definition, properties, designations."""
    concepts = codesystem.concepts
    frame = concepts.frame
    columns = [_Column("Level", frame["depth"].cast(pl.String), "level")] if concepts.nested else []
    columns.append(_Column("Code", frame["code"], "code"))
    columns += [
        _Column(name.capitalize(), frame[name], name)
        for name in ("display", "definition")
        if frame[name].null_count() < frame.height
    ]
    taken = {folded(column.name) for column in columns} | {"level", "display", "definition"}
    for name, cells, setting in (*_properties(codesystem), *_designations(concepts)):
        header = name
        while folded(header) in taken or not folded(header):
            header = f"property {header}" if "property" in setting else f"designation {header}"
        taken.add(folded(header))
        columns.append(_Column(header, cells, setting))
    settings: dict[str, Any] = {}
    if codesystem.version != "R4":
        settings["fhirVersion"] = str(codesystem.version)
    settings["columns"] = {column.name: column.setting for column in columns}
    settings["hierarchy"] = {"by": "level" if concepts.nested else "none"}
    rows = pl.DataFrame({str(number): column.cells for number, column in enumerate(columns)}).rows()
    return Tabular([column.name for column in columns], rows, settings)


def _properties(codesystem: CodeSystem) -> list[_Column]:
    """Return a column for each property that some concept has, in the order of declarations."""
    concepts = codesystem.concepts
    above = codesystem.parent_property
    values = concepts.properties
    columns = []
    declared = [str(each["code"]) for each in codesystem.elements.get("property", [])]
    for code in dict.fromkeys([*declared, *values["code"].unique(maintain_order=True)]):
        links = values.filter(pl.col("code") == code)
        if code == above:
            links = concepts.parents.with_columns(pl.lit("code").alias("type"))
        if links.is_empty():
            continue
        texts = _texts(links["type"], links["value"])
        cells, split = _joined(links["concept"], texts, len(concepts))
        columns.append(_Column(code, cells, {"property": code} | split))
    return columns


def _texts(types: pl.Series, values: pl.Series) -> pl.Series:
    """Write Codings as a cell does, ``system|code display``; all other values are texts already."""
    if not (types == "Coding").any():
        return values
    pairs = zip(types, values, strict=True)
    written = [_coding(value) if kind == "Coding" else value for kind, value in pairs]
    return pl.Series(written, dtype=pl.String)


def _coding(value: str) -> str:
    coding = orjson.loads(value)
    name = f" {coding['display']}" if "display" in coding else ""
    return f"{coding.get('system', '')}|{coding.get('code', '')}{name}"


def _designations(concepts: ConceptTable) -> list[_Column]:
    """Return a column for each language and use of designations."""
    names = concepts.designations
    columns = []
    for language, use in names.select("language", "use").unique(maintain_order=True).iter_rows():
        links = names.filter(pl.col("language").eq_missing(language), pl.col("use").eq_missing(use))
        coding = orjson.loads(use) if use else {}
        called = {None: "display", SYNONYM: "synonym", DEFINITION: "definition"}.get(use)
        called = called or str(coding.get("display") or coding.get("code") or "designation")
        setting = {
            name: value for name, value in (("designation", language), ("use", coding)) if value
        }
        cells, split = _joined(links["concept"], links["value"], len(concepts))
        header = f"{called}:{language}" if language else called
        columns.append(_Column(header, cells, (setting or {"as": "designation"}) | split))
    return columns


def _joined(concept: pl.Series, values: pl.Series, height: int) -> tuple[pl.Series, dict[str, str]]:
    """Put the values of each concept into one cell; returns also how they are split again."""
    split: dict[str, str] = {}
    mark = ""
    if not concept.is_unique().all():
        mark = next(each for each in BETWEEN if not values.str.contains(each, literal=True).any())
        split = {"split": mark}
    lists = (
        pl.DataFrame({"concept": concept, "value": values})
        .group_by("concept", maintain_order=True)
        .agg(pl.col("value").str.join(mark))
    )
    blank = pl.Series([None], dtype=pl.String).new_from_index(0, height)
    return blank.scatter(lists["concept"], lists["value"]), split
