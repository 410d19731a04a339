"""A code system in the form of a table that people edit, with the metadata that reads it again."""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from fhir_codesystem.concepts.tabular import tabular
from fhir_codesystem.metadata.draft import draft

if TYPE_CHECKING:
    from fhir_codesystem.codesystem.resource import CodeSystem


class Form(NamedTuple):
    """The module that writes a form, what it is told beside the table, what it makes LF."""

    module: str
    options: tuple[str, ...] = ()
    line_ends: str = ""


WRITERS = {
    "csv": Form("delimited", (",",), r"\r\n"),
    "tsv": Form("delimited", ("\t",), r"\r\n"),
    "xlsx": Form("xlsx"),
    "ods": Form("ods", (), r"\r"),
    "md": Form("markdown"),
    "json": Form("json"),
}


class InForm(NamedTuple):
    """A table in some form, and its metadata file: a build of both gives the code system again.

    But for ``line_ends``: the number of texts with line ends that this form makes LF.
    """

    table: bytes
    metadata: str
    line_ends: int


def in_form(codesystem: CodeSystem, form: str, name: str) -> InForm:
    """Write a code system in one of the forms, for a file of a name.

    Raises CannotCarry where a text cannot stand in such a file.
    """
    table = tabular(codesystem)
    module, options, line_ends = WRITERS[form]
    write = import_module(f"fhir_codesystem.convert.{module}").write
    data: bytes = write(table.header, table.rows, *options)
    settings = {"source": name} | table.settings
    changed = 0
    if line_ends:
        odd = re.compile(line_ends)
        changed = sum(odd.search(text) is not None for row in table.rows for text in row if text)
    return InForm(data, draft(codesystem.elements, settings, commented=False), changed)
