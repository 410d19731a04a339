"""The properties and designations of concepts: from columns, and from what a source links."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from fhir_codesystem.characters import BLANKS
from fhir_codesystem.concepts.headers import SYNONYM, PropertyColumn
from fhir_codesystem.concepts.table import PARENT_URI, ConceptTable, values_of
from fhir_codesystem.concepts.values import fits, inferred, separator, written
from fhir_codesystem.diagnostics import MOST, quoted
from fhir_codesystem.rules import reading as rules
from fhir_codesystem.rules.properties import BAD_VALUE, TYPES
from fhir_codesystem.rules.rule import first_few

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fhir_codesystem.concepts.columns import Columns
    from fhir_codesystem.concepts.duplicates import Merged
    from fhir_codesystem.concepts.headers import DesignationColumn
    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.tables.table import Table

VALUES = ("concept", "code", "type", "value")
NAMES = ("concept", "language", "use", "value")


class Further(NamedTuple):
    """The concepts with all that is said of them, and the properties that must be declared.

    ``columns`` are those given, but for what the values told of them.
    """

    concepts: ConceptTable
    columns: Columns
    declared: list[dict[str, Any]]
    found: list[Diagnostic]


def further(
    table: Table, columns: Columns, merged: Merged, declared: Sequence[Mapping[str, Any]]
) -> Further:
    """Add the properties and designations to merged concepts.

    ``declared`` are the properties that are declared already (CodeSystem.property); those that
    are not are returned: ``code``, ``type``, and ``uri`` and ``description`` where known.
    """
    source = _Source(table, columns, merged)
    found: list[Diagnostic] = []
    types = {
        str(each["code"]): str(each["type"]) for each in declared if {"code", "type"} <= set(each)
    }
    new: dict[str, dict[str, Any]] = {}
    values = [source.linked_properties()]
    for column in source.properties():
        cells = source.cells(column)
        if cells.is_empty():
            continue
        kind = types.get(column.code) or column.type or _type(column.code, cells["value"], source)
        types.setdefault(column.code, kind)
        if column.code not in {str(each.get("code")) for each in declared}:
            new.setdefault(column.code, _declaration(column, kind))
        told, kept = source.judged(column, cells, kind)
        found += told
        values.append(kept)
        if not column.stated:
            found.append(source.told(column, f"the property {column.code} ({kind})"))
    for code, kind in values[0].select("code", "type").unique(maintain_order=True).iter_rows():
        if code not in types:
            types[code] = kind
            new[code] = {"code": code, "type": kind}
    names = [source.kept_displays(), source.linked_designations()]
    for each in source.designations():
        cells = source.cells(each)
        if not cells.is_empty():
            spoken = pl.lit(each.language, pl.String).alias("language")
            used = pl.lit(each.use, pl.String).alias("use")
            names.append(cells.with_columns(spoken, used).select(NAMES))
        if not each.stated:
            where = f" in {each.language}" if each.language else ""
            found.append(source.told(each, f"designations{where}"))
    above = [str(each.get("code")) for each in declared if each.get("uri") == PARENT_URI]
    parent = above[0] if above else "parent"
    concepts = _complete(merged.concepts, pl.concat(values), pl.concat(names), [*types], parent)
    known = replace(
        columns,
        properties=tuple(source.properties()),
        designations=tuple(source.designations()),
    )
    return Further(concepts, known, list(new.values()), found)


def _type(code: str, values: pl.Series, source: _Source) -> str:
    """Say the type of a property that nobody states: the standard one, if all values fit it."""
    standard = TYPES.get(code)
    if standard and (standard == "code" or fits(values, standard, source.codes).all()):
        return standard
    return inferred(values, source.codes)


def _declaration(column: PropertyColumn, kind: str) -> dict[str, Any]:
    said = {"uri": column.uri, "description": column.description}
    return {"code": column.code, **{k: v for k, v in said.items() if v}, "type": kind}


def _complete(
    concepts: ConceptTable, values: pl.DataFrame, names: pl.DataFrame, order: list[str], above: str
) -> ConceptTable:
    """Put the values of each concept into an order that does not hang on the source's form.

    Properties stand in the order of their declarations, designations in that of their languages
    and uses; values of one kind keep their order. Those of the property ``above`` are parents.
    """
    parent = (pl.col("code") == above) & (pl.col("type") == "code")
    parents = (
        pl.concat([concepts.parents, values.filter(parent).select("concept", "value")])
        .unique(maintain_order=True)
        .sort("concept", maintain_order=True)
    )
    rank = pl.col("code").replace_strict(order, list(range(len(order))), default=len(order))
    return ConceptTable(
        concepts.frame,
        parents,
        values.filter(~parent)
        .with_columns(rank.alias("rank"))
        .sort("concept", "rank", maintain_order=True)
        .select(VALUES),
        names.sort("concept", "language", "use", nulls_last=False, maintain_order=True),
    )


class _Source:
    """Where the values of concepts come from."""

    def __init__(self, table: Table, columns: Columns, merged: Merged) -> None:
        self.table = table
        self.columns = columns
        self.merged = merged
        self.codes = merged.concepts.frame["code"]

    def properties(self) -> Iterable[PropertyColumn]:
        """The columns of properties; synonyms that all are codes are the standard property."""
        for each in self.columns.properties:
            told = each.stated or each.split
            split = each.split if told else separator(self.cells(each)["value"], self.codes)
            yield replace(each, split=split)
        for name in self.columns.designations:
            if self._names_codes(name):
                yield PropertyColumn(name.cell, "synonym", split=name.split)

    def designations(self) -> Iterable[DesignationColumn]:
        """The columns of designations."""
        return [each for each in self.columns.designations if not self._names_codes(each)]

    def _names_codes(self, column: DesignationColumn) -> bool:
        if column.stated or column.use != SYNONYM or column.language is not None:
            return False
        values = self.cells(column)["value"]
        return bool(len(values) and fits(values, "code", self.codes).all())

    def cells(self, column: PropertyColumn | DesignationColumn) -> pl.DataFrame:
        """Return the values of a column: ``concept``, ``value``."""
        name = str(column.cell)
        cells = (
            self.merged.cells.select(pl.col(name).alias("value"))
            .with_row_index("concept")
            .drop_nulls("value")
        )
        more = self.merged.more.filter(pl.col("column") == name).select("concept", "value")
        if more.height:
            cells = pl.concat([cells, more]).sort("concept", maintain_order=True)
        if column.split:
            cells = (
                cells.with_columns(pl.col("value").str.split(column.split))
                .explode("value")
                .with_columns(pl.col("value").str.strip_chars(BLANKS))
                .filter(pl.col("value") != "")
            )
        return cells

    def judged(
        self, column: PropertyColumn, cells: pl.DataFrame, kind: str
    ) -> tuple[list[Diagnostic], pl.DataFrame]:
        """Keep the values that are of a type, and tell of the others."""
        any_code = kind == "code"  # it may be one of another code system
        good = fits(cells["value"], "string" if any_code else kind, self.codes)
        bad = cells.filter(~good)
        few = bad.head(MOST)
        lines = self.merged.concepts.frame["line"].gather(few["concept"]).to_list()
        places = self.table.locate(lines, column.cell)
        told = [
            BAD_VALUE.at(
                place,
                f"{quoted(value)} is no {kind}, as the property {column.code} is",
                official=False,
            )
            for place, value in zip(places, few["value"], strict=True)
        ]
        kept = cells.filter(good)
        typed = kept.select(
            "concept",
            pl.lit(column.code).alias("code"),
            pl.lit(kind).alias("type"),
            written(kept["value"], kind).alias("value"),
        )
        return first_few(told, bad.height), typed

    def told(self, column: PropertyColumn | DesignationColumn, what: str) -> Diagnostic:
        """Say what a column became without anybody saying so."""
        header = self.table.header[column.cell]
        message = f"the column {quoted(header)} became {what}"
        return rules.COLUMN_INFERRED.at(self.table.heading(column.cell), message)

    def linked_properties(self) -> pl.DataFrame:
        """Return what the source links: the properties of concepts."""
        return self._owned(self.table.links.properties, VALUES)

    def linked_designations(self) -> pl.DataFrame:
        """Return what the source links: the designations of concepts."""
        return self._owned(self.table.links.designations, NAMES)

    def _owned(self, linked: pl.DataFrame, names: tuple[str, ...]) -> pl.DataFrame:
        if linked.is_empty():
            return values_of(*names[1:])
        owner = self.merged.owner.rename({"at": "row"})
        owned = linked.join(owner, on="row", maintain_order="left").select(names)
        again = owner.height > self.merged.concepts.frame.height
        owned = owned.unique(maintain_order=True) if again else owned
        return owned.sort("concept", maintain_order=True)

    def kept_displays(self) -> pl.DataFrame:
        """Return the displays that a policy made designations."""
        more = self.merged.more.filter(pl.col("column") == "display")
        no_language = pl.lit(None, pl.String).alias("language")
        return more.select("concept", no_language, pl.lit(SYNONYM).alias("use"), "value")
