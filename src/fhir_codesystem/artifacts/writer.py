"""Writing artifacts: whole or not at all, whatever happens in between."""

from __future__ import annotations

import contextlib
import os
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain
from secrets import token_hex
from threading import Lock
from typing import TYPE_CHECKING, BinaryIO, Protocol, Self

from fhir_codesystem.artifacts.streaming import joined
from fhir_codesystem.diagnostics import shown
from fhir_codesystem.errors import EnvironmentProblem

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from fhir_codesystem.artifacts.streaming import Piece

SUFFIX = ".part"
"""Ends the names of files that are not yet whole: ``.CodeSystem-x.json.5f3a09c1.part``."""
OURS = (".CodeSystem-*", ".ValueSet-*", ".*.tgz.*")
"""Names that such files of ours have."""

AT_A_TIME = 2**18
"""Bytes that are handed to the system at a time: of much more at once Linux (ext4) keeps the copy
in large pages, which took five times as long to get where memory is shared out by a host."""


class Sink(Protocol):
    """Takes the artifacts of one source, from any thread; all come into being by `commit`.

    After it, ``artifacts`` holds what is in memory, ``files`` what was written.
    """

    artifacts: dict[str, bytes]
    files: list[Path]

    def __enter__(self) -> Self:
        """Begin: make sure that there is a place for the artifacts."""

    def __exit__(self, *_: object) -> None:
        """End: whatever was not committed is gone."""

    def write(self, name: str, pieces: Iterable[Piece]) -> None:
        """Take an artifact, piece by piece."""

    def commit(self) -> None:
        """Make the artifacts taken so far the valid ones."""


class Memory:
    """Keeps artifacts in memory: nothing is written."""

    def __init__(self) -> None:
        self.artifacts: dict[str, bytes] = {}
        self.files: list[Path] = []
        self._taken: dict[str, bytes] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._taken.clear()

    def write(self, name: str, pieces: Iterable[Piece]) -> None:
        """Keep an artifact."""
        self._taken[name] = joined(pieces)

    def commit(self) -> None:
        """Make the artifacts kept so far the valid ones."""
        self.artifacts |= sorted(self._taken.items())


class Folder:
    """Writes artifacts into a folder through files that take their names when all are whole.

    Each file is written under another name and flushed to the disk, while what comes next is made,
    then renamed: at any moment the folder holds the old file or the new one. What a killed run left
    behind is removed by the next. Every problem of the file system is raised as
    EnvironmentProblem, in one line.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.artifacts: dict[str, bytes] = {}
        self.files: list[Path] = []
        self._disk = ThreadPoolExecutor(2)
        self._unfinished: list[_Unfinished] = []
        self._making = Lock()
        self._ended = False
        self._made: list[Path] = []

    def __enter__(self) -> Self:
        with _told(f"cannot write to {shown(self.path)}"):
            self._made = [each for each in (self.path, *self.path.parents) if not _is_there(each)]
            try:
                self.path.mkdir(parents=True, exist_ok=True)
            except OSError:
                self._unmake()
                raise
            _remove_leftovers(self.path)
        return self

    def __exit__(self, *_: object) -> None:
        self._disk.shutdown()
        with self._making:
            self._ended = True
        for each in self._unfinished:
            with contextlib.suppress(OSError):
                each.close()
            with contextlib.suppress(OSError):
                each.part.unlink(missing_ok=True)
        if not self.files:
            self._unmake()

    def _unmake(self) -> None:
        """Remove the folders that were made for nothing."""
        for folder in self._made:
            with contextlib.suppress(OSError):
                folder.rmdir()

    def write(self, name: str, pieces: Iterable[Piece]) -> None:
        """Write an artifact beside its final name."""
        target = self.path / name
        with _told(f"cannot write {shown(target)}"):
            if target.is_dir():
                raise IsADirectoryError(None, "a folder of this name is in the way")
            made, file = self._create(target)
            for piece in _outside(pieces):
                _write(file, piece)
            made.flushed = self._disk.submit(os.fsync, file.fileno())

    def _create(self, target: Path) -> tuple[_Unfinished, BinaryIO]:
        """Create the unfinished file of an artifact, under a name that nobody else has.

        Between its making and its lock another run may take it for a leftover; then again.
        """
        while True:
            part = self.path / f".{target.name}.{token_hex(8)}{SUFFIX}"
            made = _Unfinished(part, target)
            with self._making:
                if self._ended:  # by a signal, and another thread goes on
                    raise EnvironmentProblem(f"{shown(target)} is not wanted any more")
                self._unfinished.append(made)
                self.path.mkdir(parents=True, exist_ok=True)
                made.file = file = part.open("xb", buffering=0)
            _lock(file)
            if sys.platform == "win32" or os.fstat(file.fileno()).st_nlink:
                return made, file
            self._unfinished.remove(made)
            file.close()

    def commit(self) -> None:
        """Give all files their names when they are on the disk."""
        waiting = sorted(self._unfinished, key=lambda each: each.target)
        for each in waiting:
            with _told(f"cannot write {shown(each.target)}"):
                each.flushed.result()
                if sys.platform == "win32":  # no open file can be renamed there
                    each.close()
        for each in waiting:
            with _told(f"cannot write {shown(each.target)}"):
                each.part.replace(each.target)
            self.files.append(each.target)
        _flush_folder(self.path)


@dataclass(slots=True)
class _Unfinished:
    """A file that is being written as ``part`` and shall be ``target``."""

    part: Path
    target: Path
    file: BinaryIO | None = None
    flushed: Future[None] = field(default_factory=Future)

    def close(self) -> None:
        """Close the file, if it came to be opened."""
        if self.file is not None:
            self.file.close()


def _write(file: BinaryIO, piece: Piece) -> None:
    """Write a piece, and let the system begin to bring many rows to the disk.

    It does so when told that nobody will read it soon: there is less to wait for at the end.
    """
    if isinstance(piece, bytes):
        view = memoryview(piece)
        while view:  # an unbuffered file may take less at a time
            view = view[file.write(view[:AT_A_TIME]) :]
        return
    start = file.tell()
    piece.write(file)
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # an advice: where it is not understood, nothing is lost
            written = file.tell() - start
            os.posix_fadvise(file.fileno(), start, written, os.POSIX_FADV_DONTNEED)


class _Foreign(Exception):
    """Wraps an error of whoever makes the pieces, which is none of the disk's."""


def _outside(pieces: Iterable[Piece]) -> Iterator[Piece]:
    try:
        yield from pieces
    except OSError as error:
        raise _Foreign from error


@contextlib.contextmanager
def _told(what: str) -> Iterator[None]:
    """Say an error of the file system in one line."""
    try:
        yield
    except OSError as error:
        raise EnvironmentProblem(f"{what}: {error.strerror or error}") from error


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name that cannot be
        return False


def _lock(file: BinaryIO) -> None:
    """Hold a lock while the file is written: it says that this is no leftover.

    Whoever looks for leftovers holds it for an instant; then we wait.
    """
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX)


def _remove_leftovers(folder: Path) -> None:
    """Remove the unfinished files of runs that were killed: nobody holds their lock."""
    if sys.platform == "win32":
        return
    for part in chain.from_iterable(folder.glob(f"{name}{SUFFIX}") for name in OURS):
        with contextlib.suppress(OSError), part.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            part.unlink()


def _flush_folder(folder: Path) -> None:
    """Flush the renames to the disk, where the system lets a folder be opened."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
