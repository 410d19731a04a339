"""A file system whose n-th call goes wrong: the calls by which a writer changes a folder."""

from __future__ import annotations

import io
import os
import signal
from contextlib import contextmanager, nullcontext
from pathlib import Path
from threading import Lock
from typing import IO, TYPE_CHECKING, Any, Self

from fhir_codesystem.artifacts.writer import Folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


NEW = {"CodeSystem-table.json": b"a newer resource, longer\n" * 3, "CodeSystem-table.md": b"new\n"}


def write(folder: Path) -> None:
    """Write two artifacts, the first in pieces."""
    with Folder(folder) as sink:
        resource = NEW["CodeSystem-table.json"]
        sink.write("CodeSystem-table.json", [resource[:10], b"", resource[10:]])
        sink.write("CodeSystem-table.md", [NEW["CodeSystem-table.md"]])
        sink.commit()


class Calls:
    """Counts the calls below a folder; at the chosen one something happens, before or after it.

    ``seen`` holds what was called, in order: ``mkdir``, ``open``, ``write``, ``fsync``, ``close``,
    ``rename``, and ``open folder``, ``fsync folder`` for what flushes a folder, which not every
    system knows.
    """

    def __init__(
        self,
        folder: Path,
        at: int = -1,
        fault: Callable[[], None] | None = None,
        *,
        after: bool = False,
    ) -> None:
        self.folder = folder
        self.at = at
        self.fault = fault
        self.after = after
        self.seen: list[str] = []
        self.files: dict[int, str] = {}
        self.halves: set[int] = set()
        self.counting = Lock()

    def concern(self, path: Any) -> bool:
        """Whether a path is in the folder, or the folder itself."""
        if isinstance(path, int):
            return False
        return Path(os.fsdecode(path)).is_relative_to(self.folder)

    def taken(self, file: int, data: bytes) -> bytes:
        """What a disk takes of some bytes at once: half of them, every other time of each file."""
        self.halves ^= {file}
        return bytes(data)[: (len(data) + 1) // 2] if file in self.halves else bytes(data)

    @contextmanager
    def call(self, name: str) -> Iterator[None]:
        """Carry out a call, unless this is the one that goes wrong."""
        with self.counting:  # calls of several threads, one after the other
            chosen = len(self.seen) == self.at
            self.seen.append(name)
        if chosen and not self.after and self.fault is not None:
            self.fault()
        yield
        if chosen and self.after and self.fault is not None:
            self.fault()


class _File:
    """A file opened for writing, whose calls are counted."""

    def __init__(self, file: IO[bytes], calls: Calls) -> None:
        self._file = file
        self._calls = calls

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, data: bytes) -> int:
        """Write as much as the disk likes to take; or fail, half of it written."""
        if len(self._calls.seen) == self._calls.at and not self._calls.after:
            self._file.write(bytes(data)[: len(data) // 2])
        with self._calls.call("write"):
            return self._file.write(self._calls.taken(self._file.fileno(), data))

    def close(self) -> None:
        """Close in any case, and then fail: so does a file system that finds out late."""
        if not self._file.closed:
            self._file.close()
            with self._calls.call("close"):
                pass


@contextmanager
def under(calls: Calls) -> Iterator[Calls]:  # noqa: C901, PLR0915 - eight calls, one by one
    """Let all calls that change the folder go through `calls`."""
    real_open, os_open, os_close = io.open, os.open, os.close
    mkdir, fsync, replace, rename, write = os.mkdir, os.fsync, os.replace, os.rename, os.write

    def counted_open(file: Any, mode: str = "r", *given: Any, **named: Any) -> Any:
        if not set(mode) & set("wax+") or not (calls.concern(file) or file in calls.files):
            return real_open(file, mode, *given, **named)
        opened = None
        try:
            with calls.call("open"):
                opened = real_open(file, mode, *given, **named)
        except BaseException:
            if opened is not None:
                opened.close()
            raise
        return _File(opened, calls)

    def counted_os_open(path: Any, flags: int, *given: Any, **named: Any) -> int:
        if not calls.concern(path):
            return os_open(path, flags, *given, **named)
        kind = "open" if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) else "open folder"
        opened = -1
        try:
            with calls.call(kind):
                opened = os_open(path, flags, *given, **named)
        except BaseException:
            if opened >= 0:
                os_close(opened)
            raise
        calls.files[opened] = kind
        return opened

    def counted_close(number: int) -> None:
        calls.files.pop(number, None)
        os_close(number)

    def counted_fsync(file: Any) -> None:
        number = file if isinstance(file, int) else file.fileno()
        with calls.call("fsync folder" if calls.files.get(number) == "open folder" else "fsync"):
            fsync(number)

    def counted_write(number: int, data: bytes) -> int:
        if number not in calls.files:
            return write(number, data)
        with calls.call("write"):
            return write(number, calls.taken(number, data))

    def counted_mkdir(path: Any, *given: Any, **named: Any) -> None:
        with calls.call("mkdir") if calls.concern(path) else nullcontext():
            mkdir(path, *given, **named)

    def counted_replace(source: Any, target: Any, **named: Any) -> None:
        with calls.call("rename") if calls.concern(target) else nullcontext():
            replace(source, target, **named)

    def counted_rename(source: Any, target: Any, **named: Any) -> None:
        with calls.call("rename") if calls.concern(target) else nullcontext():
            rename(source, target, **named)

    counted: list[tuple[Any, str, Any]] = [
        (io, "open", counted_open),
        (os, "open", counted_os_open),
        (os, "close", counted_close),
        (os, "fsync", counted_fsync),
        (os, "write", counted_write),
        (os, "mkdir", counted_mkdir),
        (os, "replace", counted_replace),
        (os, "rename", counted_rename),
    ]
    before = [(module, name, getattr(module, name)) for module, name, _ in counted]
    try:
        for module, name, function in counted:
            setattr(module, name, function)
        yield calls
    finally:
        for module, name, function in before:
            setattr(module, name, function)


def failing(number: int) -> Callable[[], None]:
    """Return what makes a call fail with an error of the system."""

    def fail() -> None:
        raise OSError(number, os.strerror(number))

    return fail


def interrupted() -> None:
    """Be interrupted, as by Ctrl-C."""
    raise KeyboardInterrupt


def killed() -> None:
    """Be killed, as by kill -9."""
    os.kill(os.getpid(), signal.SIGKILL)
