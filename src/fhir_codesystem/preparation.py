"""From a source to its code system: read, merged and put together, before any rule looks at it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from fhir_codesystem.beside import beside
from fhir_codesystem.codesystem.resource import VALUE_SET, CodeSystem, Origin, assemble
from fhir_codesystem.codesystem.valueset import with_value_set
from fhir_codesystem.codesystem.versions import FHIRVersion, model_of
from fhir_codesystem.concepts.columns import assign, rows
from fhir_codesystem.concepts.duplicates import merge
from fhir_codesystem.concepts.further import further
from fhir_codesystem.concepts.indentation import indentation
from fhir_codesystem.concepts.repeats import Merge
from fhir_codesystem.concepts.structure import structure
from fhir_codesystem.diagnostics import Diagnostic, Location, has_errors
from fhir_codesystem.instance.recognition import refused
from fhir_codesystem.metadata.document import parse
from fhir_codesystem.metadata.elements import missing_elements, read_elements, read_value_set
from fhir_codesystem.reference.reading import read_reference
from fhir_codesystem.repairs.proposals import findings
from fhir_codesystem.rules.metadata import STATED_BY_SOURCE
from fhir_codesystem.rules.reading import LONG_ROW, SHORT_ROW, UNUSED_COLUMN
from fhir_codesystem.rules.structured import JSON_SYNTAX
from fhir_codesystem.tables.table import Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fhir_codesystem.concepts.columns import Columns
    from fhir_codesystem.concepts.table import ConceptTable
    from fhir_codesystem.metadata.settings import Build
    from fhir_codesystem.sources import Input
    from fhir_codesystem.tables.table import Table


def prepare(
    source: Input,
    version: FHIRVersion | None = None,
    canonical: str | None = None,
    *,
    repairs: bool = True,
) -> tuple[CodeSystem | None, int, list[Diagnostic]]:
    """Read and merge one source; returns the code system, the rows read, the findings.

    ``version`` goes before what the metadata says (default R4), ``canonical`` is the base of the
    URL where none is stated. There is no code system where the table cannot be read at all.
    Without ``repairs`` what could be repaired is not looked for: of a resource it is not told.
    """
    document = source.document
    version = version or source.build.version or FHIRVersion.R4
    found: list[Diagnostic] = []
    reading, (stated, of_value_set) = beside(
        partial(_read, source), partial(_stated, source, version), source.size()
    )
    table = reading.table
    found += reading.diagnostics
    silent = not stated
    if table is not None:
        stated = _with_stated(stated, table, version, found)
    if not silent and document is not None:
        found += missing_elements(stated, version, document)
    made = _concepts(table, source.build, stated, found, repairs=repairs, size=source.size())
    columns, concepts, rows_read = made.columns, made.concepts, made.rows
    if document is not None and of_value_set:
        whole = {"status": "draft"} | of_value_set
        found += missing_elements(whole, version, document, "ValueSet", VALUE_SET)
    if columns is None:  # without a code column the shape of rows says nothing
        found = [each for each in found if each.rule not in (LONG_ROW, SHORT_ROW, UNUSED_COLUMN)]
    if document is not None:
        found += document.found
    usable = (
        concepts is not None
        and len(concepts) > 0
        and (silent or {"status", "content"} <= stated.keys())
    )
    if concepts is None or (has_errors(found) and not usable):
        return None, rows_read, found
    origin = Origin(
        path=document.path if document is not None and document.root is not None else source.path,
        places=document.places if document is not None else {},
        table=table,
        columns=columns,
        hierarchy=made.hierarchy,
        reference=read_reference(source, prepare, found),
    )
    codesystem, derived = assemble(
        stated,
        made.declared,
        concepts,
        version,
        origin,
        canonical=canonical,
        narrative=source.build.narrative,
        silent=silent,
    )
    found += derived
    if source.build.value_set is not None:
        codesystem, told = with_value_set(codesystem, of_value_set, pin=source.build.pin)
        found += told
    return codesystem, rows_read, found


def _stated(source: Input, version: FHIRVersion) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the elements that the metadata states: of the code system, of its value set."""
    model_of(version)
    document, node = source.document, source.build.value_set
    if document is None:
        return {}, {}
    elements = read_elements(document, version)
    return elements, read_value_set(document, node, version) if node is not None else {}


def _read(source: Input) -> Reading:
    if (too_large := refused(source)) is not None:
        return Reading(None, (too_large,))
    return source.reading() or Reading(None, ())


def _with_stated(
    stated: dict[str, Any], table: Table, version: FHIRVersion, found: list[Diagnostic]
) -> dict[str, Any]:
    """Add what the source itself says of the code system, where the metadata is silent."""
    place = Location(table.path)
    try:
        said = parse(table.path, orjson.dumps(dict(table.stated)))
    except orjson.JSONEncodeError:
        message = "what the table states of the code system is nested too deeply to be read"
        found.append(JSON_SYNTAX.at(place, message, official=False))
        return stated
    elements = read_elements(said, version)
    found += [replace(each, location=place, related=()) for each in said.found]
    new = {name: value for name, value in elements.items() if name not in stated}
    if "property" in stated and "property" in elements:
        known = {each.get("code") for each in stated["property"]}
        beside = [each for each in elements["property"] if each.get("code") not in known]
        stated = stated | {"property": [*stated["property"], *beside]}
    if new:
        names = ", ".join(new)
        found.append(STATED_BY_SOURCE.at(place, f"the table itself states {names}"))
    return stated | new


class _Made(NamedTuple):
    """What a table came to: concepts, rows read, properties to declare, where the hierarchy is."""

    columns: Columns | None = None
    concepts: ConceptTable | None = None
    rows: int = 0
    declared: Sequence[dict[str, Any]] = ()
    hierarchy: str = "none"


def _concepts(
    table: Table | None,
    build: Build,
    stated: dict[str, Any],
    found: list[Diagnostic],
    *,
    repairs: bool,
    size: int,
) -> _Made:
    """Make one concept of all rows of the same code; ``size`` is that of the source in bytes."""
    if table is None:
        return _Made()
    declared = stated.get("property", [])
    columns, assigned = assign(table, build.columns, declared)
    found += assigned
    if columns is None:
        return _Made()
    indented = indentation(table, columns, build.hierarchy)
    frame, repaired = rows(table, columns, indented)
    found += repaired
    how = Merge(
        table=table,
        columns=columns,
        policy=build.policy,
        case_sensitive=stated.get("caseSensitive") is not False,
        nested=build.nested,
    )

    def made() -> tuple[_Made, list[Diagnostic]]:
        tree = structure(table, columns, frame, indented, by=build.hierarchy, nested=build.nested)
        merged = merge(tree.rows, how, tree.parents)
        whole = further(table, columns, merged, declared)
        told = [*tree.found, *merged.found, *whole.found]
        return _Made(whole.columns, whole.concepts, frame.height, whole.declared, tree.by), told

    told = tuple(found)
    proposed, (done, told_of_rows) = beside(
        lambda: findings(table, columns, told) if repairs else [], made, size
    )
    found += proposed + told_of_rows
    return done
