"""Several builds write into one folder at the same time: each ends well, none harms another."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from fhir_codesystem.artifacts.writer import Folder

from .calls import NEW, write
from .workplace import finish

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from .conftest import Large
    from .workplace import Workplace

pytestmark = pytest.mark.slow
HOLDER = """
import fcntl, sys
file = open(sys.argv[1], "wb", buffering=0)
fcntl.flock(file, fcntl.LOCK_EX)
file.write(b"not yet whole")
print("held", flush=True)
sys.stdin.read()
"""
"""A build that takes its time: it holds its unfinished file until standard input ends."""


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_two_builds_of_one_table_end_well(workplace: Workplace, large: Large) -> None:
    workplace.write("table.txt", large.tables[1])
    for _ in range(2):
        with (
            workplace.start("build", "--quiet", "table.txt") as one,
            workplace.start("build", "--quiet", "table.txt") as other,
        ):
            results = [finish(one), finish(other)]
        assert [(result.code, result.err) for result in results] == [(0, ""), (0, "")]
        assert workplace.content() == large.artifacts[1]


def test_two_builds_of_two_versions_give_one_of_them(workplace: Workplace, large: Large) -> None:
    tables = []
    for version, table in zip(("one", "two"), large.tables, strict=True):
        workplace.write(f"{version}/table.yaml", (workplace.folder / "table.yaml").read_bytes())
        tables.append(str(workplace.write(f"{version}/table.txt", table)))
    with (
        workplace.start("build", "--quiet", tables[0]) as one,
        workplace.start("build", "--quiet", tables[1]) as other,
    ):
        results = [finish(one), finish(other)]
    assert [(result.code, result.err) for result in results] == [(0, ""), (0, "")]
    found = workplace.content()
    assert found.keys() == large.artifacts[0].keys()
    assert large.is_whole(found)


@pytest.mark.parametrize(
    "name",
    [
        ".CodeSystem-other.json.1.part",
        ".ValueSet-other.json.1.part",
        ".org.example.all-1.0.0.tgz.1.part",
    ],
)
def test_the_unfinished_file_of_a_living_build_stays(workplace: Workplace, name: str) -> None:
    unfinished = workplace.output / name
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(unfinished)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert workplace.build().code == 0
        assert unfinished.read_bytes() == b"not yet whole"
        holder.kill()
    assert workplace.build().code == 0
    assert not unfinished.exists()


@pytest.mark.parametrize(
    "name", [".CodeSystem-table.part.json", "CodeSystem-x.json.part", ".x.part"]
)
def test_what_nobody_here_wrote_stays(workplace: Workplace, name: str) -> None:
    workplace.write(f"output/{name}", "mine")
    assert workplace.build().code == 0
    assert (workplace.output / name).read_text() == "mine"


def test_a_file_is_not_lost_before_it_is_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = fcntl.flock
    others = iter([1])

    def late(file: int, operation: int) -> None:
        """Let another build begin just before this one holds its lock."""
        for _ in others:
            with Folder(tmp_path):
                pass
        lock(file, operation)

    monkeypatch.setattr(fcntl, "flock", late)
    write(tmp_path)
    assert next(others, None) is None
    assert content(tmp_path) == NEW


def test_a_file_is_not_lost_while_another_build_looks_at_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one got the lock first; it takes the file for a leftover and removes it."""
    lock = fcntl.flock
    held, writing, removed = threading.Event(), threading.Event(), threading.Event()

    def remove() -> None:
        with ExitStack() as stack:
            stack.callback(held.set)
            stack.callback(removed.set)
            (part,) = tmp_path.glob(".*.part")
            file = stack.enter_context(part.open("rb"))
            lock(file, fcntl.LOCK_SH)
            held.set()
            writing.wait(0.5)
            part.unlink()

    other = threading.Thread(target=remove)

    def late(file: int, operation: int) -> None:
        if other.ident is None:
            other.start()
            held.wait()
        lock(file, operation)

    def pieces() -> Iterator[bytes]:
        writing.set()
        removed.wait()
        yield b"whole"

    monkeypatch.setattr(fcntl, "flock", late)
    with Folder(tmp_path) as folder:
        folder.write("CodeSystem-table.json", pieces())
        folder.commit()
    other.join()
    assert content(tmp_path) == {"CodeSystem-table.json": b"whole"}


def test_builds_in_one_process_do_not_share_a_file(tmp_path: Path) -> None:
    name = "CodeSystem-table.json"
    with Folder(tmp_path) as one, Folder(tmp_path) as other:
        one.write(name, [b"the whole of one"])
        other.write(name, [b"the whole"])
        one.commit()
        assert (tmp_path / name).read_bytes() == b"the whole of one"
        other.commit()
    assert content(tmp_path) == {name: b"the whole"}


def test_builds_of_the_same_process_number_do_not_share_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two containers that share a folder may both be process 1."""
    monkeypatch.setattr(os, "getpid", lambda: 1)
    name = "CodeSystem-table.json"
    with Folder(tmp_path) as one:
        one.write(name, [b"one"])
        with Folder(tmp_path) as other:
            other.write(name, [b"other"])
        one.commit()
    assert content(tmp_path) == {name: b"one"}


def test_the_folder_of_one_that_fails_is_there_for_the_other(tmp_path: Path) -> None:
    """The first made the folder, and takes it away as it wrote nothing; the second found it."""
    folder = tmp_path / "made" / "output"
    with ExitStack() as stack:
        with Folder(folder):
            other = stack.enter_context(Folder(folder))
        other.write("CodeSystem-table.json", [b"whole"])
        other.commit()
    assert content(folder) == {"CodeSystem-table.json": b"whole"}


def test_threads_end_well(tmp_path: Path) -> None:
    problems: list[BaseException] = []
    begin = threading.Barrier(4)

    def work() -> None:
        begin.wait()
        for _ in range(25):
            attempt(lambda: write(tmp_path))

    def attempt(function: Callable[[], None]) -> None:
        try:
            function()
        except Exception as problem:  # noqa: BLE001 - told below, in the test's own thread
            problems.append(problem)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    assert content(tmp_path) == NEW


def test_a_leftover_with_a_trap_is_no_trap(tmp_path: Path) -> None:
    """A name that can be foretold may be a link that somebody laid to another file."""
    victim = tmp_path / "victim"
    victim.write_text("precious")
    folder = tmp_path / "output"
    folder.mkdir()
    for name in NEW:
        (folder / f".{name}.{os.getpid()}.part").symlink_to(victim)
    write(folder)
    assert victim.read_text() == "precious"
    assert {name: (folder / name).read_bytes() for name in NEW} == NEW
    assert not any((folder / name).is_symlink() for name in NEW)
