"""A folder of tables that belong together, packed to be read as one source (see `hapi`)."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

CONCEPTS, HIERARCHY, PROPERTIES, CODESYSTEM = MEMBERS = (
    "concepts.csv",
    "hierarchy.csv",
    "properties.csv",
    "codesystem.json",
)
"""The files of the bulk format of HAPI FHIR; only the first must be there."""


def is_folder(path: Path) -> bool:
    """Whether a folder holds this format."""
    return (path / CONCEPTS).is_file()


def packed(folder: Path) -> bytes:
    """Pack the files of a folder; raises OSError where one cannot be read."""
    from zipfile import ZipFile  # noqa: PLC0415 - a folder is rare

    archive = io.BytesIO()
    with ZipFile(archive, "w") as packing:
        for path in map(folder.joinpath, MEMBERS):
            if path.is_file():
                packing.writestr(path.name, path.read_bytes())
    return archive.getvalue()
