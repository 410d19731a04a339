"""Which reader reads which bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from fhir_codesystem.tables import pipe

if TYPE_CHECKING:
    from fhir_codesystem.tables.source import Source
    from fhir_codesystem.tables.table import Reading


class Reader(Protocol):
    """A module that reads one form of table."""

    def recognises(self, source: Source) -> bool:
        """Whether the bytes (and then the name) are of this form."""

    def read(self, source: Source) -> Reading:
        """Read the table; bad input becomes findings, never an exception."""


READERS: tuple[Reader, ...] = (pipe,)
"""The forms that are read, the most certain first. A further form is one module more."""


def read(source: Source) -> Reading:
    """Read a table with the first reader that recognises it."""
    reader = next(reader for reader in READERS if reader.recognises(source))
    return reader.read(source)
