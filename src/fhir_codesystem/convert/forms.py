"""A code system in the form of a table that people edit, with the metadata that reads it again."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from fhir_codesystem.concepts.tabular import tabular
from fhir_codesystem.metadata.draft import draft

if TYPE_CHECKING:
    from fhir_codesystem.codesystem.resource import CodeSystem

WRITERS = {
    "csv": ("delimited", ","),
    "tsv": ("delimited", "\t"),
    "xlsx": ("xlsx",),
    "ods": ("ods",),
    "md": ("markdown",),
    "json": ("json",),
}
"""The forms: the module that writes each, and what it is told beside the table."""


class InForm(NamedTuple):
    """A table in some form, and its metadata file: a build of both gives the code system again."""

    table: bytes
    metadata: str


def in_form(codesystem: CodeSystem, form: str, name: str) -> InForm:
    """Write a code system in one of the forms, for a file of a name.

    Raises CannotCarry where a text cannot stand in such a file.
    """
    table = tabular(codesystem)
    module, *options = WRITERS[form]
    write = import_module(f"fhir_codesystem.convert.{module}").write
    data: bytes = write(table.header, table.rows, *options)
    settings = {"source": name} | table.settings
    return InForm(data, draft(codesystem.elements, settings, commented=False))
