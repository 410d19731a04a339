"""Packages are read, or it is said in a line why not."""

from __future__ import annotations

import gzip
import tarfile
import zlib
from contextlib import suppress
from io import BytesIO
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fhir_codesystem.errors import EnvironmentProblem
from fhir_codesystem.npm.reading import files

if TYPE_CHECKING:
    from pathlib import Path

CONTENT = Random(7).randbytes(200_000)
"""Bytes that do not become fewer, and more than are read at once."""


def tar() -> bytes:
    """Return a package without compression."""
    packed = BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name in ("package/a.json", "package/.index.json", "package/other/b.json"):
            entry = tarfile.TarInfo(name)
            entry.size = len(CONTENT)
            archive.addfile(entry, BytesIO(CONTENT))
    return packed.getvalue()


TAR = tar()
TGZ = gzip.compress(TAR, mtime=0)


def broken_off() -> bytes:
    """Return the beginning of a package, up to where a block of compressed bytes ends."""
    packing = zlib.compressobj(wbits=31)
    return packing.compress(TAR[:150_000]) + packing.flush(zlib.Z_FULL_FLUSH)


def read(folder: Path, data: bytes) -> dict[str, bytes]:
    path = folder / "package.tgz"
    path.write_bytes(data)
    return dict(files(path))


@pytest.mark.parametrize("data", [TAR, TGZ], ids=["tar", "tgz"])
def test_the_json_files_of_a_package(tmp_path: Path, data: bytes) -> None:
    assert read(tmp_path, data) == {"a.json": CONTENT}


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (TGZ[: len(TGZ) // 2], "cannot read .*: it ends too early"),
        (TGZ[:100_000] + b"\x00" * 100 + TGZ[100_100:], "cannot read .*: it is damaged"),
        (TGZ[:-8] + bytes(8), "cannot read .*: it is damaged"),
        (broken_off() + b"\xff" * 9, "cannot read .*: it is damaged"),
        (TGZ[:20] + b"\xff" * 200, "cannot read .*: it ends too early"),
        (b"no archive", "is no FHIR package: no archive .tgz"),
        (b"", "is no FHIR package: no archive .tgz"),
        (b"\x1f\x8b", "cannot read .*: it ends too early"),
    ],
    ids=["half", "zeros", "checksum", "code", "broken", "text", "empty", "short"],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, data: bytes, told: str) -> None:
    with pytest.raises(EnvironmentProblem, match=told):
        read(tmp_path, data)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, len(TGZ) - 1), put=st.binary(min_size=1, max_size=20))
def test_a_damaged_package_is_a_problem_or_read_as_it_was(
    tmp_path: Path, at: int, put: bytes
) -> None:
    found = {"a.json": CONTENT}
    with suppress(EnvironmentProblem):
        found = read(tmp_path, TGZ[:at] + put + TGZ[at + len(put) :])
    assert found == {"a.json": CONTENT}
