"""Which tables belong to which metadata: NAME.yaml beside NAME.txt, or as `build.source` says."""

from __future__ import annotations

import os
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from fhir_codesystem.diagnostics import quoted, shown
from fhir_codesystem.errors import EnvironmentProblem
from fhir_codesystem.metadata.document import Document, parse
from fhir_codesystem.metadata.settings import Build, read_settings
from fhir_codesystem.rules.metadata import MISSING_TABLE
from fhir_codesystem.tables import bulk
from fhir_codesystem.tables.reading import read
from fhir_codesystem.tables.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Future

    from fhir_codesystem.tables.table import Reading

METADATA = (".yaml", ".yml")
STANDARD_INPUT = "-"
MOST_AHEAD = 256 << 20
"""Bytes of a file that is read before it is known whether it will be."""
MOST_CHARACTERS = 4096
"""Characters of a path that are told in full."""
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
    _begun: list[Future[bytes]] = field(default_factory=list, compare=False, repr=False)
    _readings: list[Future[Reading | None]] = field(default_factory=list, compare=False, repr=False)

    def begin(self, *, reading: bool = False) -> None:
        """Begin to read the table's bytes, beside whatever comes before `source` wants them.

        With ``reading`` the table itself is read too, before `reading` wants it.
        """
        if isinstance(self.table, Path) and self.size() <= MOST_AHEAD:
            pool = ThreadPoolExecutor(1)
            self._begun.append(pool.submit(_bytes, self.table))
            if reading:
                import_module("polars")  # what reading needs most, before others want to import
                self._readings.append(pool.submit(self._read))
            pool.shutdown(wait=False)

    def size(self) -> int:
        """How many bytes the table's file has; 0 where there is none, or a folder."""
        if isinstance(self.table, Source):
            return len(self.table.data)
        try:
            return self.table.stat().st_size if self.table and self.table.is_file() else 0
        except OSError:
            return 0

    def beginning(self, most: int) -> Source | None:
        """Read the first bytes of the table; raises EnvironmentProblem as `source` does."""
        if not isinstance(self.table, Path):
            return self.table and replace(self.table, data=self.table.data[:most])
        return Source(shown(self.table), _bytes(self.table, most))

    def source(self) -> Source | None:
        """Read the table's bytes; raises EnvironmentProblem where that cannot be done."""
        if not isinstance(self.table, Path):
            return self.table and replace(self.table, wanted=self.build.wanted)
        data = self._begun.pop().result() if self._begun else _bytes(self.table)
        return Source(shown(self.table), data, self.build.wanted)

    def reading(self) -> Reading | None:
        """Read the table, if there is one, or wait for what was begun; raises as `source` does."""
        return self._readings.pop().result() if self._readings else self._read()

    def _read(self) -> Reading | None:
        source = self.source()
        return None if source is None else read(source)


def described(document: Document | None, path: str, table: Path | Source | None) -> Input:
    """Make an input of a metadata document and a table."""
    if document is None:
        return Input(path, None, Build(), table)
    return Input(path, document, read_settings(document), table)


def resolve(path: Path) -> Input:
    """Pair a table with its metadata, or metadata with its table; ``-`` is standard input.

    Raises EnvironmentProblem for a path that is not there, cannot be read, or is neither a regular
    file nor a folder of tables that belong together.
    """
    if str(path) == STANDARD_INPUT:
        return described(None, "stdin", _standard_input())
    if path.suffix.lower() in METADATA:
        return _of_metadata(path)
    _must_be_file(path)
    metadata = next((each for each in map(path.with_suffix, METADATA) if _is_there(each)), None)
    if metadata is not None:
        found = described(read_document(metadata), shown(path), path)
        if found.build.source in {None, path.name}:
            return found
    return described(None, shown(path), path)


def _standard_input() -> Source:
    try:
        return Source("stdin", sys.stdin.buffer.read())
    except OSError as error:
        raise EnvironmentProblem(f"cannot read standard input: {error.strerror}") from error


def alone(path: Path) -> Input:
    """Return a table as it is without any metadata; raises EnvironmentProblem as `resolve` does."""
    if str(path) == STANDARD_INPUT:
        return described(None, "stdin", _standard_input())
    _must_be_file(path)
    return described(None, shown(path), path)


def _of_metadata(path: Path) -> Input:
    document = read_document(path)
    found = described(document, shown(path), None)
    table: Path | None
    if found.build.source == STANDARD_INPUT:
        return replace(found, table=_standard_input(), path="stdin")
    if found.build.source is not None:
        table = path.parent / found.build.source
        place = found.build.source_place or document.whole
        problem = _problem(table)
    else:
        table = _beside(path)
        place = document.whole
        name = quoted(f"{path.stem}.txt")
        problem = "" if table else f"there is no table beside {shown(path)}, as {name} would be"
    if problem or table is None:
        document.found.append(MISSING_TABLE.at(place, problem, hint=MISSING_TABLE.fix))
        return found
    return replace(found, table=table, path=shown(table))


def read_document(path: Path) -> Document:
    """Read a metadata file; raises EnvironmentProblem where that cannot be done."""
    return parse(shown(path), _bytes(path))


def without_repeats(inputs: Iterable[Input]) -> Iterator[Input]:
    """Leave out what is named twice.

    That is a table that is named by itself and by its metadata, and a bare table that the
    metadata of another source claims.
    """
    kept = list(inputs)
    claimed = {_real(each.table) for each in kept if each.document is not None}
    seen: set[tuple[str, str]] = set()
    for each in kept:
        bare = each.document is None
        key = _real(each.table), "" if each.document is None else _real(Path(each.document.path))
        if key in seen or (bare and key[0] in claimed):
            continue
        seen.add(key)
        yield each


def _real(path: Path | Source | None) -> str:
    """Return what different names of one file have in common."""
    return os.path.realpath(path) if isinstance(path, Path) else str(path)


def everything_in(folder: Path) -> list[Path]:
    """Return all that is not hidden and can be read in a folder, in the order of the names."""
    try:
        paths = [path for path in sorted(folder.iterdir()) if not path.name.startswith(".")]
        return [path for path in paths if path.is_file() or bulk.is_folder(path)]
    except OSError as error:
        raise EnvironmentProblem(f"cannot read {shown(folder)}: {error.strerror}") from error


def _beside(metadata: Path) -> Path | None:
    named = [metadata.with_suffix(ending) for ending in TABLES]
    others = [path for path in everything_in(metadata.parent) if path.stem == metadata.stem]
    candidates = [*named, *(path for path in others if path.suffix.lower() not in METADATA)]
    return next((path for path in candidates if _is_there(path)), None)


def _is_there(path: Path) -> bool:
    """Whether there is something of this name, be it a broken link; no name can be too long."""
    try:
        path.lstat()
    except (OSError, ValueError):
        return False
    return True


def _must_be_file(path: Path) -> None:
    """Raise EnvironmentProblem unless a path is a regular file: others may never end."""
    if problem := _problem(path):
        raise EnvironmentProblem(problem)


def _problem(path: Path) -> str:
    """Say in a line why a path cannot be read as a file; nothing where it can."""
    name = shown(path) if len(shown(path)) < MOST_CHARACTERS else quoted(shown(path))
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return f"{name} is not there"
    except OSError as error:
        return f"cannot read {name}: {error.strerror}"
    except ValueError:
        return f"{name} is no name of a file"
    if stat.S_ISDIR(mode):
        return "" if bulk.is_folder(path) else f"{name} is a folder; name the files in it"
    return "" if stat.S_ISREG(mode) else f"{name} is no regular file"


def _bytes(path: Path, most: int = -1) -> bytes:
    _must_be_file(path)
    try:
        if path.is_dir():
            return bulk.packed(path)
        with path.open("rb") as file:
            return file.read(most)
    except OSError as error:
        raise EnvironmentProblem(f"cannot read {shown(path)}: {error.strerror or error}") from error
