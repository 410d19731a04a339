"""Which reader reads which bytes."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from fhir_codesystem.tables.resting import collector_resting

if TYPE_CHECKING:
    from fhir_codesystem.tables.source import Source
    from fhir_codesystem.tables.table import Reading


class Reader(Protocol):
    """A module that reads one form of table; what it needs beyond Polars it imports to read."""

    def recognises(self, source: Source) -> bool:
        """Whether the bytes (and then the name) are of this form; answers at once."""

    def read(self, source: Source) -> Reading:
        """Read the table; bad input becomes findings, never an exception."""


READERS = (
    "workbook",
    "hapi",
    "fhirxml",
    "claml",
    "skos",
    "obographs",
    "json",
    "obo",
    "propcsv",
    "html",
    "markdown",
    "delimited",
    "pipe",
)
"""The modules of this package that read, the most certain first."""

HEAD = 65536
SIGNS = {
    "hapi": (b"PK\x03\x04",),
    "fhirxml": (b"hl7.org/fhir", b"f\0h\0i\0r", b"f\0\0\0h\0\0\0i"),
    "claml": (b"ClaML", b"C\0l\0a\0M\0L"),
    "skos": (b"skos/core",),
    "obographs": (b'"graphs"',),
    "json": (b"{", b"["),
    "obo": (b"format-version",),
    "propcsv": (b"resource",),
    "html": (b"<",),
}
"""One of these stands in the first bytes of what a reader reads; else it is not imported."""
ENDINGS = {"json": (".json", ".jsonl", ".ndjson")}
"""Or its name ends so, which is enough for the reader."""


def read(source: Source) -> Reading:
    """Read a table with the first reader that recognises it."""
    names = possible(source)
    readers = (cast("Reader", import_module(f"{__package__}.{name}")) for name in names)
    reader = next(reader for reader in readers if reader.recognises(source))
    with collector_resting():
        return reader.read(source)


def possible(source: Source) -> list[str]:
    """Return the readers that may be able to read a source, in their order."""
    head, path = source.data[:HEAD], source.path.lower()
    return [
        name
        for name in READERS
        if any(sign in head for sign in SIGNS.get(name, (b"",)))
        or path.endswith(ENDINGS.get(name, ()))
    ]
