"""Workbooks for tests, made by the programs of others or part by part."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

from fhir_codesystem.rules.sample import Workbook
from fhir_codesystem.tables.reading import read
from fhir_codesystem.tables.source import Source, Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fhir_codesystem.tables.table import Reading, Table

Cells = list[list[str | None]]


def xlsx(*rows: tuple[str, ...], **rest: Any) -> bytes:
    """Return a workbook of one sheet, Codes; cells as in `fhir_codesystem.rules.sample`."""
    return Workbook("", rows, **rest).data


def saved(book: Any) -> bytes:
    """Return a workbook of openpyxl or odfpy as a file."""
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def repacked(data: bytes, change: Callable[[dict[str, bytes]], object]) -> bytes:
    """Return an archive with its parts changed."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def reading_of(data: bytes, sheet: str | None = None) -> Reading:
    return read(Source("codes.bin", data, Wanted(sheet=sheet)))


def table_of(data: bytes, sheet: str | None = None) -> Table:
    """Return a table that is read without a finding."""
    reading = reading_of(data, sheet)
    assert found(reading) == []
    assert reading.table is not None
    return reading.table


def found(reading: Reading) -> list[str]:
    """Tell findings in short: the rule, and the cell where there is one."""
    return [
        f"{each.rule.number} {each.location.cell}" if each.location.cell else each.rule.number
        for each in reading.diagnostics
    ]


def messages(reading: Reading) -> list[str]:
    return [each.message for each in reading.diagnostics]


def cells_of(table: Table | None) -> Cells:
    assert table is not None
    names = [str(cell) for cell in range(len(table.header))]
    return [list(row) for row in table.frame.select(names).iter_rows()]


def indents_of(table: Table, cell: int) -> Iterable[int] | None:
    indents = table.places.indents(cell)
    return None if indents is None else indents.to_list()
