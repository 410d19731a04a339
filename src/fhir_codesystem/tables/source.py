"""What a table is read from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fhir_codesystem.diagnostics import Location


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of several tables is wanted, and where that is said.

    ``table`` is a number from 1 or the heading above it (`build.table`), ``sheet`` the name of a
    sheet or its number (`build.sheet`).
    """

    table: str | None = None
    sheet: str | None = None
    table_place: Location | None = None
    sheet_place: Location | None = None


ANY = Wanted()
"""Nothing said: the table that holds concepts, or the first."""


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes of a table, the path by which findings name them, and what is wanted of them."""

    path: str
    data: bytes
    wanted: Wanted = ANY
