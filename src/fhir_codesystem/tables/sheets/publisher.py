"""The workbook that the FHIR IG Publisher exports for a code system.

Its sheets are Metadata (Property, Value), Properties (Code, Uri, Description, Type), Filters (Code,
Description, Operators, Value) and Concepts (Level, Code, Display, Definition); concepts' properties
and designations are not in it. It is written by ``CodeSystemSpreadsheetGenerator`` of
https://github.com/hapifhir/org.hl7.fhir.core.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fhir_codesystem.diagnostics import Location, quoted
from fhir_codesystem.rules import workbooks as rules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.tables.sheets.grid import Book

METADATA, PROPERTIES, FILTERS, CONCEPTS = "Metadata", "Properties", "Filters", "Concepts"
SHEETS = (METADATA, PROPERTIES, FILTERS)
MOST_ROWS = 500

TEXTS = {
    "URL": "url",
    "Version": "version",
    "Name": "name",
    "Title": "title",
    "Status": "status",
    "Date": "date",
    "Publisher": "publisher",
    "Description": "description",
    "Purpose": "purpose",
    "Copyright": "copyright",
    "Value Set (all codes)": "valueSet",
    "Hierarchy": "hierarchyMeaning",
    "Content": "content",
    "Supplements": "supplements",
}
SWITCHES = {
    "Experimental": "experimental",
    "Case Sensitive": "caseSensitive",
    "Compositional": "compositional",
    "Version Needed?": "versionNeeded",
}
COUNT = "Count"
PROPERTY = {"Code": "code", "Uri": "uri", "Description": "description", "Type": "type"}
FILTER = {"Code": "code", "Description": "description", "Operators": "operator", "Value": "value"}


def wrote(book: Book, sheet: int) -> bool:
    """Whether a workbook whose table is in this sheet has the form of the IG Publisher's."""
    if book.names[sheet] != CONCEPTS or METADATA not in book.names:
        return False
    rows = _rows(book, METADATA)
    return bool(rows) and list(rows[0].values()) == ["Property", "Value"]


def stated(book: Book, path: str) -> tuple[Mapping[str, Any], list[Diagnostic]]:
    """Return what the sheets beside the concepts say, as elements of CodeSystem in FHIR JSON."""
    elements: dict[str, Any] = {}
    rest: list[str] = []
    for row in _rows(book, METADATA)[1:]:
        name, value = row.get(1, ""), row.get(2, "")
        if not value:
            continue
        if name in TEXTS:
            elements[TEXTS[name]] = value
        elif name in SWITCHES and value in {"true", "false"}:
            elements[SWITCHES[name]] = value == "true"
        elif name == COUNT and value.isascii() and value.isdigit() and len(value) < 10:
            elements["count"] = int(value)
        else:
            rest.append(name)
    if properties := _records(book, PROPERTIES, PROPERTY):
        elements["property"] = properties
    if filters := _records(book, FILTERS, FILTER):
        for each in filters:
            each["operator"] = [one.strip() for one in each.get("operator", "").split(",")]
        elements["filter"] = filters
    if not rest:
        return elements, []
    message = f"not read from the sheet {METADATA}: {', '.join(quoted(name) for name in rest[:20])}"
    place = Location(path, 1, 1, METADATA)
    return elements, [rules.NOT_READ.at(place, message, hint="state them in the .yaml")]


def _rows(book: Book, name: str) -> list[dict[int, str]]:
    grid = book.grid(book.names.index(name), MOST_ROWS)
    return list(grid.first_rows(MOST_ROWS).values())


def _records(book: Book, name: str, elements: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the rows of a sheet as objects, whose members the header names."""
    rows = _rows(book, name) if name in book.names else []
    header = {column: elements.get(text) for column, text in rows[0].items()} if rows else {}
    return [
        {element: row[column] for column, element in header.items() if element and column in row}
        for row in rows[1:]
    ]
