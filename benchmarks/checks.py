"""`codesystem check` beside the official HL7 validator, cold and warm."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import statistics
import subprocess
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import content
import peers
from measure import Contestant, RunFailedError, StoppedError, Summary, run_once
from report import Line
from workspace import CACHE, HERE, LOG, artifact, megabytes, output_of, say, tables, work_folder

if TYPE_CHECKING:
    from pathlib import Path

    from bench import Bench

TESTS = HERE.parent / "tests"
OFFICIAL = TESTS / "official"
SMALL, MEDIUM, LARGE = 1_000, 10_000, 100_000
TWICE = "two rounds in a process"
LIMIT = 300.0
"""Seconds that the official validator is given for the large code system."""


def check(bench: Bench) -> None:
    """1,000 small code systems in one call, one of 10,000 concepts, and one of 100,000."""
    say(f"check: {SMALL:,} small code systems, one of {MEDIUM:,} concepts, one of {LARGE:,}")
    try:
        validator = Validator.ready()
    except peers.UnavailableError as problem:
        say(f"the official validator is not measured: {problem}")
        validator = None
    _small_ones(bench, validator)
    _medium_one(bench, validator)
    _large_one(bench, validator)


def _small_ones(bench: Bench, validator: Validator | None) -> None:
    """Many files in a process: in the second of two rounds over them nothing begins any more."""
    case = f"{SMALL:,} small code systems"
    files = sorted(_small().iterdir())
    theirs = [validator.contestant(files, rounds=each) for each in (1, 2)] if validator else []
    raced = bench.race(case, *_ours(bench, files), _rounds(files), *theirs)
    for at, summary in enumerate(raced, len(bench.lines) - len(raced)):
        if summary.name.endswith(TWICE):
            bench.lines[at] = Line(case, summary, _second_round(summary, len(files)))


def _medium_one(bench: Bench, validator: Validator | None) -> None:
    case, file = _built(bench, MEDIUM)
    theirs = [validator.contestant([file], rounds=1)] if validator else []
    bench.race(case, *_ours(bench, [file]), *theirs)


def _large_one(bench: Bench, validator: Validator | None) -> None:
    """One file at which the official validator may not end: it is tried once, and stopped."""
    case, file = _built(bench, LARGE)
    *_, ours = bench.race(case, *_ours(bench, [file]))
    if validator is None:
        return
    theirs = replace(validator.contestant([file], rounds=1), limit=LIMIT)
    try:
        note = f"{theirs.name}, once: {run_once(theirs, LOG).seconds:.1f} s"
    except StoppedError as stopped:
        note = str(stopped)
    bench.lines[-1] = Line(case, ours, note)


def _ours(bench: Bench, files: list[Path]) -> list[Contestant]:
    return [
        Contestant(
            name=" ".join(("codesystem check", *more)),
            argv=[*bench.command, "check", *more, "-q", "--fhir-version", "R4", *map(str, files)],
            cwd=work_folder(),
            environment=peers.clean_environment(),
        )
        for more in (("--official",), ())
    ]


def _rounds(files: list[Path]) -> Contestant:
    """The library, with all files twice."""
    return Contestant(
        name=f"fhir_codesystem.check, {TWICE}",
        argv=[sys.executable, str(HERE / "rounds.py"), *map(str, files * 2)],
        cwd=work_folder(),
        environment=peers.clean_environment(),
    )


@dataclass(frozen=True, slots=True)
class Validator:
    """The official validator as tests/official runs it: a process that is told names of files."""

    java: str = "java"

    @classmethod
    def ready(cls) -> Validator:
        """Make the program, once; raises UnavailableError where that cannot be done."""
        script = "from official import official; import sys; sys.exit(official.missing())"
        _with_tests("-c", script)
        _with_tests("-c", "from official import official; official.ready()")
        return cls()

    def contestant(self, files: list[Path], *, rounds: int) -> Contestant:
        """All files in one process, each as many times as there are rounds."""
        names = CACHE / "work" / f"names-{rounds}-{len(files)}.txt"
        names.parent.mkdir(parents=True, exist_ok=True)
        names.write_text("".join(f"{path}\n" for path in files) * rounds, encoding="utf-8")
        classes = os.pathsep.join(("target/official-1.jar", "target/lib/*"))
        command = [self.java, "-Xmx3g", "-Duser.language=en", "-cp", classes, "official.Validate"]
        called = shlex.join([*command, "R4", "target/definitions"])
        return Contestant(
            name=f"official validator, {'cold' if rounds == 1 else TWICE}",
            argv=["/bin/sh", "-c", f"exec {called} < {shlex.quote(str(names))}"],
            cwd=OFFICIAL,
            environment=peers.clean_environment(),
        )


def _second_round(summary: Summary, files: int) -> str:
    """Say what the second round of the runs took; the programs say it for each file."""
    found = []
    for sample in summary.samples:
        answers = [json.loads(line) for line in sample.stdout.splitlines()[1:]]
        if len(answers) != 2 * files or any("failure" in each for each in answers):
            message = f"{summary.name}: {len(answers)} answers, or a failure"
            raise RunFailedError(message)
        found.append(sum(each["micros"] for each in answers[files:]) / 1e6)
    seconds = statistics.median(found)
    whole = f"{seconds:.3f} s ({min(found):.3f}..{max(found):.3f})"
    return f"the second round alone: {whole}, {seconds / files * 1000:.2f} ms a file"


def _small() -> Path:
    scripts = (HERE / "resources.py", OFFICIAL / "bases.py")
    recipe = hashlib.sha256(b"".join(each.read_bytes() for each in scripts)).hexdigest()[:12]
    folder = CACHE / "content" / recipe / f"small-{SMALL}"
    if not folder.is_dir():
        say(f"  making {SMALL:,} code systems")
        partial = folder.with_suffix(f".{os.getpid()}")
        _with_tests(str(scripts[0]), str(SMALL), str(partial))
        partial.rename(folder)
    return folder


def _built(bench: Bench, concepts: int) -> tuple[str, Path]:
    """Build a code system of so many concepts; returns what it is and its file."""
    source = tables(concepts) / "once" / f"{content.NAME}.txt"
    output = output_of(f"check-{concepts}")
    command = [*bench.command, "build", "--quiet", str(source), "--output", str(output)]
    subprocess.run(command, check=True, cwd=work_folder())
    file = artifact(output, "json")
    return f"one code system of {concepts:,} concepts, {megabytes(file)} MB of JSON", file


def _with_tests(*arguments: str) -> None:
    """Run Python where the packages of tests/ can be imported."""
    environment = peers.clean_environment() | {"PYTHONPATH": str(TESTS)}
    command = [sys.executable, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise peers.UnavailableError(done.stderr.strip().rpartition("\n")[2] or "it does not run")
