"""Workbooks of which some bytes are others: a table or one finding, never an exception."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_codesystem.convert import ods, xlsx
from fhir_codesystem.convert.archive import archive
from fhir_codesystem.tables import workbook
from fhir_codesystem.tables.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = [("1", "a", "A"), ("2", "b", "B")]
GOOD = xlsx.write(("Level", "Code", "Display"), ROWS)
OPEN = ods.write(("Level", "Code", "Display"), ROWS)
SHEET = "xl/worksheets/sheet1.xml"


def repacked(data: bytes, change: Callable[[dict[str, bytes]], object]) -> bytes:
    """Return an archive with its parts changed."""
    with zipfile.ZipFile(io.BytesIO(data)) as read:
        parts = {name: read.read(name) for name in read.namelist()}
    change(parts)
    return archive(parts)


@pytest.mark.parametrize("data", [GOOD, OPEN], ids=["xlsx", "ods"])
@given(changes=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=5))
def test_no_byte_of_an_archive_raises(data: bytes, changes: list[tuple[int, int]]) -> None:
    changed = bytearray(data)
    for at, byte in changes:
        changed[at % len(changed)] = byte
    reading = workbook.read(Source("codes.xlsx", bytes(changed)))
    assert reading.table is not None or len(reading.diagnostics) == 1


PARTS = [SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "_rels/.rels", "xl/styles.xml"]


@given(
    part=st.sampled_from(PARTS),
    at=st.integers(0, 10_000),
    text=st.text(st.sampled_from('<>/"=&; 019-.rstxc:'), max_size=4),
)
def test_no_character_of_a_part_raises(part: str, at: int, text: str) -> None:
    def change(parts: dict[str, bytes]) -> None:
        start = at % len(parts[part])
        parts[part] = parts[part][:start] + text.encode() + parts[part][start + len(text) :]

    reading = workbook.read(Source("codes.xlsx", repacked(GOOD, change)))
    assert reading.table is not None or len(reading.diagnostics) == 1


@given(at=st.integers(0, 10_000), text=st.text(st.sampled_from('<>/"=&; 019-.rstxc:'), max_size=4))
def test_no_character_of_an_open_document_raises(at: int, text: str) -> None:
    def change(parts: dict[str, bytes]) -> None:
        content = parts["content.xml"]
        start = at % len(content)
        parts["content.xml"] = content[:start] + text.encode() + content[start + len(text) :]

    reading = workbook.read(Source("codes.ods", repacked(OPEN, change)))
    assert reading.table is not None or len(reading.diagnostics) == 1
