"""Which tables belong to which metadata: NAME.yaml beside NAME.txt, or as `build.source` says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from fhir_codesystem.errors import EnvironmentProblem
from fhir_codesystem.metadata.document import Document, parse
from fhir_codesystem.metadata.settings import Build, read_settings
from fhir_codesystem.rules.metadata import MISSING_TABLE
from fhir_codesystem.tables import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

METADATA = (".yaml", ".yml")
TABLES = (".txt", ".psv", ".md")
"""Endings of tables that are looked for first beside a metadata file."""


@dataclass(frozen=True, slots=True)
class Input:
    """One code system to build: its metadata (if there is any) and its table.

    ``path`` names it in summaries. A table that is missing is told among the document's findings.
    """

    path: str
    document: Document | None
    build: Build
    table: Path | Source | None

    def source(self) -> Source | None:
        """Read the table's bytes; raises EnvironmentProblem where that cannot be done."""
        return (
            Source(str(self.table), _bytes(self.table))
            if isinstance(self.table, Path)
            else self.table
        )


def described(document: Document | None, path: str, table: Path | Source | None) -> Input:
    """Make an input of a metadata document and a table."""
    if document is None:
        return Input(path, None, Build(), table)
    return Input(path, document, read_settings(document), table)


def resolve(path: Path) -> Input:
    """Pair a table with its metadata, or metadata with its table.

    Raises EnvironmentProblem for a path that is not there, is a folder, or cannot be read.
    """
    if path.suffix.lower() not in METADATA:
        _must_be_file(path)
        metadata = next((p for p in map(path.with_suffix, METADATA) if p.is_file()), None)
        found = (
            described(parse(str(metadata), _bytes(metadata)), str(path), path) if metadata else None
        )
        if metadata and found and found.build.source in {None, path.name}:
            return found
        return described(None, str(path), path)
    document = parse(str(path), _bytes(path))
    found = described(document, str(path), None)
    if found.build.source is not None:
        table: Path | None = path.parent / found.build.source
        place = found.build.source_place or document.whole
        message = f"there is no table {table}"
    else:
        table = _beside(path)
        place = document.whole
        message = f"there is no table beside {path.name} ({path.stem}.txt)"
    if table is None or not table.is_file():
        document.found.append(MISSING_TABLE.at(place, message, hint=MISSING_TABLE.fix))
        return found
    return replace(found, table=table, path=str(table))


def without_repeats(inputs: Iterable[Input]) -> Iterator[Input]:
    """Leave out what is named twice.

    That is a table that is named by itself and by its metadata, and a bare table that the
    metadata of another source claims.
    """
    kept = list(inputs)
    described_tables = {each.table for each in kept if each.document is not None}
    seen: set[Path | Source | str] = set()
    for each in kept:
        key = each.table or each.path
        if key in seen or (each.document is None and each.table in described_tables):
            continue
        seen.add(key)
        yield each


def everything_in(folder: Path) -> list[Path]:
    """Return all files of a folder that are not hidden, in the order of their names."""
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        raise EnvironmentProblem(f"cannot read {folder}: {error.strerror}") from error
    return [path for path in paths if not path.name.startswith(".") and path.is_file()]


def _beside(metadata: Path) -> Path | None:
    named = [metadata.with_suffix(ending) for ending in TABLES]
    others = [path for path in everything_in(metadata.parent) if path.stem == metadata.stem]
    candidates = [*named, *(path for path in others if path.suffix.lower() not in METADATA)]
    return next((path for path in candidates if path.is_file()), None)


def _must_be_file(path: Path) -> None:
    if path.is_dir():
        raise EnvironmentProblem(f"{path} is a folder; name the files in it")
    if not path.exists():
        raise EnvironmentProblem(f"{path} is not there")


def _bytes(path: Path) -> bytes:
    _must_be_file(path)
    try:
        return path.read_bytes()
    except OSError as error:
        raise EnvironmentProblem(f"cannot read {path}: {error.strerror or error}") from error
