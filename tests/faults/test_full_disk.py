"""The disk is full: one line says so, and no artifact changes."""

from __future__ import annotations

import functools
import os
import resource
import sys
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .workplace import AS_MODULE, GO, OLD

if TYPE_CHECKING:
    from collections.abc import Callable

    from .workplace import Workplace

pytestmark = pytest.mark.slow
ROWS, MANY = (
    "Code | Display\n" + "".join(f"c{number} | Display {number}\n" for number in range(count))
    for count in (3_000, 30_000)
)
"""Fewer rows are joined before they are written, many written as they are."""
FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full here")


@pytest.mark.parametrize(
    ("table", "options"),
    [(ROWS, "size=64k"), (ROWS, "size=160k"), (MANY, "size=1m"), (MANY, "size=2m")],
)
def test_a_full_disk(
    workplace: Workplace, small_disk: Callable[[str], None], table: str, options: str
) -> None:
    workplace.write("table.txt", table)
    small_disk(options)
    assert workplace.build().problem.endswith(": No space left on device")
    assert workplace.is_as_before()


def test_a_disk_without_room_for_a_file(
    workplace: Workplace, small_disk: Callable[[str], None]
) -> None:
    small_disk("nr_inodes=3")
    problem = workplace.build().problem
    assert problem == "cannot write output/CodeSystem-table.json: No space left on device"
    assert workplace.is_as_before()


def test_a_full_disk_is_freed_and_used(
    workplace: Workplace, small_disk: Callable[[str], None]
) -> None:
    small_disk("size=64k")
    ballast = workplace.write("output/ballast", b"")
    with ballast.open("wb", buffering=0) as file:
        fill = functools.partial(file.write, bytes(1024))
        with pytest.raises(OSError, match="No space"):
            deque(iter(fill, None), maxlen=0)
    assert workplace.build().problem.endswith(": No space left on device")
    assert workplace.content() == {**OLD, "ballast": ballast.read_bytes()}
    ballast.unlink()
    assert workplace.build().code == 0
    assert workplace.content().keys() == OLD.keys()
    assert not workplace.is_as_before()


@pytest.mark.parametrize(
    ("table", "most"),
    [(ROWS, 0), (ROWS, 1), (ROWS, 4096), (ROWS, 100_000), (MANY, 100_000), (MANY, 1_000_000)],
)
def test_a_file_may_not_grow(workplace: Workplace, table: str, most: int) -> None:
    workplace.write("table.txt", table)
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({most}, {most}))\n"
    result = workplace.build(prepared=limit + GO)
    assert result.problem == "cannot write output/CodeSystem-table.json: File too large"
    assert not result.out
    assert workplace.is_as_before()


def test_the_second_file_may_not_grow(workplace: Workplace) -> None:
    """The first artifact is whole then, and not taken all the same."""
    own = "{% for number in range(9000) %}{{ number }} {% endfor %}"
    workplace.write("own/codesystem.md.jinja", own)
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))\n"
    result = workplace.build("table.txt", "--templates", "own", prepared=limit + GO)
    assert result.problem == "cannot write output/CodeSystem-table.md: File too large"
    assert workplace.is_as_before()


def test_the_limit_is_what_stops_it(workplace: Workplace) -> None:
    """The other tests fail for the reason they name: with room enough the same build is done."""
    workplace.write("table.txt", ROWS)
    most = 10_000_000
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] in {resource.RLIM_INFINITY, *range(most)}
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({most}, {most}))\n"
    assert workplace.build(prepared=limit + GO).code == 0
    assert not workplace.is_as_before()


@pytest.mark.parametrize("spare", range(4))
def test_too_many_open_files(workplace: Workplace, spare: int) -> None:
    """Polars itself gives up without files (it panics), which is told in one line of ours."""
    limit = f"""
import os, resource, sys
def hook(event, given):
    if event == "open" and str(given[0]).endswith("table.txt"):
        most = max(map(int, os.listdir("/proc/self/fd"))) + {spare}
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
sys.addaudithook(hook)
"""
    result = workplace.build(prepared=limit + AS_MODULE)
    assert result.code in {0, 2}, result
    assert "Traceback" not in result.err
    if result.code:
        assert result.lines[-1].startswith("codesystem: ")
        assert workplace.is_as_before()


@needs_full
@pytest.mark.parametrize(
    "arguments",
    [
        ("build", "--quiet", "table.txt"),
        ("build", "--help"),
        ("explain",),
        ("explain", "CS101"),
        ("--version",),
    ],
    ids=" ".join,
)
def test_results_have_no_room(workplace: Workplace, arguments: tuple[str, ...]) -> None:
    with FULL.open("wb") as full:
        result = workplace.run(*arguments, stdout=full)
    assert "No space left on device" in result.problem


@needs_full
@pytest.mark.parametrize("table", ["Code | Display\na | A\n", "nothing\n"], ids=["good", "bad"])
def test_findings_have_no_room(workplace: Workplace, table: str) -> None:
    workplace.write("table.txt", table)
    with FULL.open("wb") as full:
        result = workplace.run("build", "table.txt", stderr=full)
    assert result.code == 2
    with FULL.open("wb") as full:
        result = workplace.run("build", "table.txt", stdout=full, stderr=full)
    assert result.code == 2


CLOSE = "import os; os.close({number})" + GO


def test_standard_output_is_closed(workplace: Workplace) -> None:
    result = workplace.build(prepared=CLOSE.format(number=1))
    assert (result.code, result.err) == (0, "")
    assert not workplace.is_as_before()


def test_standard_error_is_closed(workplace: Workplace) -> None:
    result = workplace.run("build", "table.txt", prepared=CLOSE.format(number=2))
    assert result.code == 0
    assert result.out.count("\n") == 2
    assert not workplace.is_as_before()


def test_findings_do_not_end_in_a_file_that_took_a_closed_number(workplace: Workplace) -> None:
    """With 2 closed, the next file opened gets that number: an artifact must not be given it."""
    workplace.write("table.txt", "Code | Display\na | A\na | A\n")
    result = workplace.run("build", "table.txt", prepared=CLOSE.format(number=2))
    assert result.code == 0
    assert not any(b"CS2" in content for content in workplace.content().values())


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_nobody_reads(workplace: Workplace, stream: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        options: dict[str, Any] = {stream: writing}
        result = workplace.run("build", "table.txt", **options)
    finally:
        os.close(writing)
    assert result.code in {0, 2}
    assert "Traceback" not in result.err
    assert "internal error" not in result.err
    assert workplace.content().keys() == OLD.keys()


def test_nobody_reads_a_long_list(workplace: Workplace) -> None:
    with workplace.start("explain") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()
        process.wait()
    assert said == b""


if sys.platform != "linux":
    pytest.skip("sets limits as Linux has them", allow_module_level=True)
