"""The JSON files of a FHIR package: an archive (.tgz), or a folder as one is unpacked to.

https://hl7.org/fhir/R5/packages.html
"""

from __future__ import annotations

import gzip
import tarfile
import zlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from fhir_codesystem.diagnostics import shown
from fhir_codesystem.errors import EnvironmentProblem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader
    from pathlib import Path

GZIP = b"\x1f\x8b"
"""How a file begins that is compressed by gzip."""
PADDING = 1 << 20
"""Bytes after the end of an archive that are read; tar pads it to 10 kB."""
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
    except EOFError as error:
        raise EnvironmentProblem(f"cannot read {shown(path)}: it ends too early") from error
    except (OSError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or "it is damaged"
        raise EnvironmentProblem(f"cannot read {shown(path)}: {reason}") from error
    except tarfile.TarError as error:
        raise EnvironmentProblem(f"{shown(path)} is no FHIR package: no archive .tgz") from error


def _packed(path: Path) -> Iterator[tuple[str, bytes]]:
    total = 0
    with _unzipped(path) as data, tarfile.open(fileobj=data, mode="r:") as archive:
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
        data.read(PADDING)  # the checksum is compared at the very end


def _unzipped(path: Path) -> gzip.GzipFile | BufferedReader:
    """Open an archive that is compressed by gzip, or not at all, as packages are."""
    with path.open("rb") as data:
        begins = data.read(len(GZIP))
    return gzip.open(path) if begins == GZIP else path.open("rb")
