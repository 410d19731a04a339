"""The data dictionary of DICOM PS3.6, as the package pydicom ships it."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import polars as pl

from fhir_codesystem.reference.reference import Reference

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "dicom"
"""What `build.reference` says for it."""

GROUPS = tuple(f"{number:02X}" for number in range(0, 0x20, 2))
"""What xx stands for in a group that repeats (60xx): even numbers, 00 to 1E (PS3.5, 7.6)."""

DIGITS = "0123456789ABCDEF"


def dictionary() -> Reference | None:
    """Return all elements by their tags, as eight hexadecimal digits; None without pydicom.

    A tag that repeats stands once as the standard writes it (60xx0010), and once for each number.
    """
    try:
        from pydicom import datadict  # noqa: PLC0415
    except ImportError:
        return None
    elements = datadict.DicomDictionary  # type: ignore[attr-defined]
    repeating = datadict.RepeatersDictionary  # type: ignore[attr-defined]
    rows = [
        (f"{tag:08X}", f"{tag:08X}", name, retired == "Retired")
        for tag, (_, _, name, retired, _) in elements.items()
    ]
    for mask, (_, _, name, retired, _) in repeating.items():
        written = mask[:8].upper().replace("X", "x")
        rows.append((written.upper(), written, name, retired == "Retired"))
        rows += [(tag, tag, name, retired == "Retired") for tag in _tags(mask.upper())]
    columns = ("key", "code", "display", "retired")
    frame = pl.DataFrame(rows, schema=columns, orient="row")
    named = pl.when(pl.col("display").str.len_bytes() > 0).then("display")
    frame = frame.with_columns(named.alias("display"))
    return Reference(NAME, frame.unique("key", keep="first", maintain_order=True), loose=True)


def _tags(mask: str) -> Iterator[str]:
    """Return the tags of one that repeats: 60XX0010 is 60000010, 60020010, ... 601E0010."""
    group, element = mask[:4], mask[4:]
    groups = [group.replace("XX", number) for number in GROUPS] if "XX" in group else [group]
    places = [DIGITS if digit == "X" else digit for digit in element]
    for each in groups:
        for digits in product(*places):
            yield each + "".join(digits)
