"""A call of the file system fails, is interrupted or is the last: each call in turn."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fhir_codesystem import EnvironmentProblem, build
from fhir_codesystem.artifacts.writer import Folder

from .calls import NEW, Calls, failing, interrupted, under, write
from .workplace import METADATA, OLD, TABLE

if TYPE_CHECKING:
    from collections.abc import Callable

HARMLESS = {"mkdir", "open folder", "fsync folder", "close"}
"""Calls that may fail: the folder is there already, or the files are safe already."""


def older(folder: Path) -> Path:
    """Lay out the older artifacts."""
    folder.mkdir()
    for name, content in OLD.items():
        (folder / name).write_bytes(content)
    return folder


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def is_whole(folder: Path) -> bool:
    """Whether there are both artifacts, each the old one or the new one, and nothing else."""
    found = content(folder)
    return found.keys() == OLD.keys() and all(found[n] in {OLD[n], NEW[n]} for n in OLD)


def calls_of(folder: Path) -> list[str]:
    """Return the calls that writing both artifacts over older ones takes."""
    with under(Calls(older(folder))) as calls:
        write(folder)
    return calls.seen


def test_the_calls_that_write_are_seen(tmp_path: Path) -> None:
    with under(Calls(tmp_path)) as calls:
        write(tmp_path / "made" / "output")
    assert content(tmp_path / "made" / "output") == NEW
    assert {"mkdir", "open", "write", "fsync", "rename"} <= set(calls.seen)
    assert calls.seen.count("open") == calls.seen.count("fsync") == calls.seen.count("rename") == 2
    first_rename = calls.seen.index("rename")
    assert {"open", "write", "fsync"}.isdisjoint(calls.seen[first_rename:])


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EROFS])
def test_a_failing_call_leaves_old_or_new(tmp_path: Path, error: int) -> None:
    refused = set()
    for at in range(len(calls_of(tmp_path / "all"))):
        folder = older(tmp_path / str(at))
        with under(Calls(folder, at, failing(error))) as calls:
            try:
                write(folder)
            except EnvironmentProblem as problem:
                told = str(problem)
                refused.add(calls.seen[at])
                assert os.strerror(error) in told
                assert str(folder) in told
                assert told.isprintable()
            else:
                assert content(folder) == NEW
                assert calls.seen[at] in HARMLESS
        assert is_whole(folder), calls.seen
        if "rename" not in calls.seen:
            assert content(folder) == OLD
    assert {"open", "write", "fsync", "rename"} <= refused


def test_a_failing_call_leaves_no_new_folder(tmp_path: Path) -> None:
    for at in range(len(calls_of(tmp_path / "all"))):
        folder = tmp_path / str(at) / "output"
        with under(Calls(folder, at, failing(errno.ENOSPC))) as calls:
            try:
                write(folder)
            except EnvironmentProblem:
                names = content(folder).keys() if folder.exists() else set()
                assert names <= NEW.keys(), calls.seen
                assert all((folder / name).read_bytes() == NEW[name] for name in names)
            else:
                assert content(folder) == NEW


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_an_interrupt_at_each_call_leaves_old_or_new(tmp_path: Path, after: bool) -> None:
    hit = set()
    for at, call in enumerate(calls_of(tmp_path / "all")):
        if call == "close":  # all is done, or undone
            continue
        folder = older(tmp_path / str(at))
        with under(Calls(folder, at, interrupted, after=after)) as calls:
            try:
                write(folder)
            except KeyboardInterrupt:
                hit.add(calls.seen[at])
            else:
                assert content(folder) == NEW
        assert is_whole(folder), (calls.seen, content(folder))
    assert {"open", "write", "fsync", "rename"} <= hit


def kill_at(folder: Path, at: int, *, after: bool) -> int:
    """Write in a process that is killed at a call; returns how it ended.

    That is 0 where the call is one that fails by itself: a folder is there already.
    """
    script = f"""
import importlib, sys
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parent.parent)!r})
calls = importlib.import_module("faults.calls")
folder = Path({str(folder)!r})
with calls.under(calls.Calls(folder, {at}, calls.killed, after={after})) as counted:
    calls.write(folder)
sys.exit(counted.seen[{at}] != "mkdir")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert not done.stderr
    return done.returncode


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_kill_at_each_call_leaves_old_or_new(tmp_path: Path, after: bool) -> None:
    left_over = 0
    for at in range(len(calls_of(tmp_path / "all"))):
        folder = older(tmp_path / str(at))
        code = kill_at(folder, at, after=after)
        found = content(folder)
        assert all(found[name] in {OLD[name], NEW[name]} for name in OLD)
        left_over += len(found) - len(OLD)
        assert all(name.endswith(".part") for name in found.keys() - OLD.keys())
        write(folder)
        assert content(folder) == NEW
        assert code in {-signal.SIGKILL, 0}
    assert left_over > 0


@pytest.mark.parametrize("fault", [failing(errno.ENOSPC), failing(errno.EIO)], ids=["full", "io"])
def test_the_library_tells_each_failing_call(tmp_path: Path, fault: Callable[[], None]) -> None:
    source = tmp_path / "table.txt"
    source.write_text(TABLE)
    source.with_suffix(".yaml").write_text(METADATA)
    with under(Calls(older(tmp_path / "all"))) as calls:
        build(source, output=tmp_path / "all")
    kinds = calls.seen
    ends = {kind: (kinds.index(kind), len(kinds) - 1 - kinds[::-1].index(kind)) for kind in kinds}
    refused = set()
    for at in sorted({at for first_and_last in ends.values() for at in first_and_last}):
        folder = older(tmp_path / str(at))
        with under(Calls(folder, at, fault)) as calls:
            try:
                built = build(source, output=folder)
            except EnvironmentProblem:
                refused.add(calls.seen[at])
            else:
                assert calls.seen[at] in HARMLESS
                assert content(folder) == dict(built.artifacts)
        assert content(folder).keys() == OLD.keys()
        if "rename" not in calls.seen:
            assert content(folder) == OLD
    assert {"open", "write", "fsync", "rename"} <= refused


def test_a_file_system_without_locks_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", unknown)
    folder = older(tmp_path / "output")
    write(folder)
    assert content(folder) == NEW


def test_a_thread_that_goes_on_after_the_end_writes_nothing(tmp_path: Path) -> None:
    """A signal may end the folder's `with` while the thread of another artifact is beginning."""
    with Folder(tmp_path) as folder:
        pass
    with pytest.raises(EnvironmentProblem, match="not wanted any more"):
        folder.write("CodeSystem-x.json", [b"{}"])
    assert not list(tmp_path.iterdir())
