"""The JSON files of a FHIR package: an archive (.tgz), or a folder as one is unpacked to.

https://hl7.org/fhir/R5/packages.html
"""

from __future__ import annotations

import tarfile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from fhir_codesystem.diagnostics import shown
from fhir_codesystem.errors import EnvironmentProblem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_BYTES = 1 << 30
"""Bytes of all resources of a package together that are read."""


def files(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the JSON files of a package by name, but for those that begin with a dot.

    Raises EnvironmentProblem for what cannot be read, is no archive, or is too large.
    """
    try:
        if path.is_dir():
            inside = path / "package"
            for file in sorted((inside if inside.is_dir() else path).glob("*.json")):
                if not file.name.startswith("."):
                    yield file.name, file.read_bytes()
        else:
            yield from _packed(path)
    except (OSError, EOFError) as error:
        reason = getattr(error, "strerror", None) or "it ends too early"
        raise EnvironmentProblem(f"cannot read {shown(path)}: {reason}") from error
    except tarfile.TarError as error:
        raise EnvironmentProblem(f"{shown(path)} is no FHIR package: no archive .tgz") from error


def _packed(path: Path) -> Iterator[tuple[str, bytes]]:
    total = 0
    with tarfile.open(path, "r:*") as archive:
        for member in archive:
            name = PurePosixPath(member.name)
            if not member.isfile() or name.suffix != ".json" or len(name.parts) != 2:
                continue
            total += member.size
            if total > MOST_BYTES:
                message = f"{shown(path)} unpacks to more than {MOST_BYTES >> 20:,} MB"
                raise EnvironmentProblem(message)
            file = archive.extractfile(member)
            if file is not None and not name.name.startswith("."):
                yield name.name, file.read()
