"""The archive of a package: a tar file, compressed by gzip, the same bytes for the same content.

https://hl7.org/fhir/R5/packages.html
"""

from __future__ import annotations

import gzip
import tarfile
from io import BytesIO
from typing import TYPE_CHECKING, Any

import orjson

from fhir_codesystem.codesystem.resource import file_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fhir_codesystem.codesystem.resource import Described

INDEX_VERSION = 2
INDEXED = ("id", "url", "version", "supplements", "content", "valueSet")
"""Elements of a resource that the index holds, after its file and its type."""


def archive(
    manifest: Mapping[str, Any],
    resources: Iterable[Described],
    artifacts: Mapping[str, bytes],
) -> bytes:
    """Return the content of a package's .tgz.

    ``artifacts`` are the resources as JSON, by the names of their files (``TYPE-ID.json``). In
    the archive ``package.json`` comes first, the index second, then the resources by their names.
    No entry tells of a time, an owner or this machine.
    """
    files = {
        "package.json": _laid_out(manifest),
        ".index.json": _laid_out(index(resources)),
        **dict(sorted(artifacts.items())),
    }
    packed = BytesIO()
    with (
        gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=packed, mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.USTAR_FORMAT) as tar,
    ):
        for name, content in files.items():
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(content)
            entry.mode = 0o644
            tar.addfile(entry, BytesIO(content))
    return packed.getvalue()


def index(resources: Iterable[Described]) -> dict[str, Any]:
    """Return the content of ``.index.json``: what each file holds, for quick access."""
    files = [
        {
            "filename": file_of(each),
            "resourceType": each.resource,
            **{name: each.elements[name] for name in INDEXED if name in each.elements},
        }
        for each in resources
    ]
    files.sort(key=lambda file: str(file["filename"]))
    return {"index-version": INDEX_VERSION, "files": files}


def _laid_out(values: Mapping[str, Any]) -> bytes:
    return orjson.dumps(values, option=orjson.OPT_INDENT_2) + b"\n"
