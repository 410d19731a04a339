"""Whole processes: wall-clock time from spawn to exit, and peak resident memory.

The peak comes from `wait4`, for the one child (its own children count only by their largest).
Linux lets a child inherit its parent's peak, so the harness must stay smaller than what it
measures: everything large (making tables, checking results) runs in processes of its own.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

TIMEOUT_SECONDS = 900.0
SLOW_SECONDS = 20.0
SLOW_RUNS = 3
BRIEF_SECONDS = 2.0
BRIEF_FACTOR = 3
MB = 1_000_000


class RunFailedError(Exception):
    """A process ended with an error, or a result is not what it has to be."""


class StoppedError(RunFailedError):
    """A process took longer than its limit."""


def _nothing() -> None:
    """Neither to prepare nor to check."""


@dataclass(frozen=True, slots=True)
class Contestant:
    """A command to measure.

    `prepare` runs before each run, `check` after the first and the last; neither is timed. A run
    that takes longer than `limit` seconds is stopped. What is smaller than the harness is not
    `weighed`: its peak is told as none.
    """

    name: str
    argv: Sequence[str]
    cwd: Path
    environment: Mapping[str, str]
    prepare: Callable[[], None] = _nothing
    check: Callable[[], None] = _nothing
    limit: float = TIMEOUT_SECONDS
    weighed: bool = True


@dataclass(frozen=True, slots=True)
class Sample:
    """One run: seconds (of a clock, and of processors), peak bytes, and what it printed."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    stdout: str


@dataclass(frozen=True, slots=True)
class Summary:
    """The runs of one contestant."""

    name: str
    samples: tuple[Sample, ...]

    @property
    def seconds(self) -> float:
        """The median wall-clock time."""
        return statistics.median(sample.seconds for sample in self.samples)

    @property
    def fastest(self) -> float:
        """The shortest run."""
        return min(sample.seconds for sample in self.samples)

    @property
    def slowest(self) -> float:
        """The longest run."""
        return max(sample.seconds for sample in self.samples)

    @property
    def peak_mb(self) -> float:
        """The median of the runs' peaks, in millions of bytes."""
        return statistics.median(sample.peak_bytes for sample in self.samples) / MB

    @property
    def highest_mb(self) -> float:
        """The highest peak of any run, in millions of bytes."""
        return max(sample.peak_bytes for sample in self.samples) / MB


def run_once(contestant: Contestant, log_folder: Path) -> Sample:
    """Start the process, wait for it, and read the kernel's account of it."""
    log_folder.mkdir(parents=True, exist_ok=True)
    out_path, err_path = log_folder / "stdout", log_folder / "stderr"
    contestant.prepare()
    os.sync()  # what an earlier run left to write must not slow this one
    with out_path.open("wb") as out, err_path.open("wb") as err:
        started = time.perf_counter()
        process = subprocess.Popen(
            contestant.argv,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            cwd=contestant.cwd,
            env=dict(contestant.environment),
        )
        watchdog = threading.Timer(contestant.limit, process.kill)
        watchdog.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        finally:
            seconds = time.perf_counter() - started
            watchdog.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    if seconds >= contestant.limit:
        raise StoppedError(f"{contestant.name}: stopped after {contestant.limit:.0f} s")
    if process.returncode != 0:
        tail = _tail(err_path) or _tail(out_path) or "it printed nothing"
        message = f"{contestant.name} ended with {process.returncode}: {tail}"
        raise RunFailedError(message)
    peak_bytes = usage.ru_maxrss * 1024 if contestant.weighed else 0
    if contestant.weighed and peak_bytes <= own_peak_bytes():
        message = f"{contestant.name}: the harness is larger than what it measures"
        raise RunFailedError(message)
    cpu_seconds = usage.ru_utime + usage.ru_stime
    return Sample(
        seconds, cpu_seconds, peak_bytes, out_path.read_text(encoding="utf-8", errors="replace")
    )


def own_peak_bytes() -> int:
    """The peak memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def alternate(contestants: Sequence[Contestant], runs: int, log_folder: Path) -> list[Summary]:
    """A discarded round, whose results are checked, then `runs` rounds of all in turn.

    Contestants alternate within a round, so that a noisy moment hits all of them. Where a run
    takes longer than 20 s there are at most three rounds, where it takes less than 2 s three
    times as many.
    """
    longest = 0.0
    for contestant in contestants:
        longest = max(longest, run_once(contestant, log_folder).seconds)
        contestant.check()
        _progress(contestant.name, "warm-up")
    if longest > SLOW_SECONDS:
        runs = min(runs, SLOW_RUNS)
    elif longest < BRIEF_SECONDS:
        runs *= BRIEF_FACTOR
    samples: list[list[Sample]] = [[] for _ in contestants]
    for _ in range(runs):
        for contestant, taken in zip(contestants, samples, strict=True):
            sample = run_once(contestant, log_folder)
            taken.append(sample)
            _progress(contestant.name, f"{sample.seconds:.3f} s")
    for contestant in contestants:
        contestant.check()
    return [
        Summary(contestant.name, tuple(taken))
        for contestant, taken in zip(contestants, samples, strict=True)
    ]


def _progress(name: str, what: str) -> None:
    sys.stderr.write(f"  {name}: {what}\n")
    sys.stderr.flush()


def _tail(path: Path) -> str:
    lines = path.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return " / ".join(lines[-3:])
