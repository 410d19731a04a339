"""`codesystem check` beside the official HL7 validator, cold and warm."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import statistics
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import content
import peers
from measure import Contestant, RunFailedError, Summary
from report import Line
from workspace import CACHE, HERE, artifact, megabytes, output_of, say, tables, work_folder

if TYPE_CHECKING:
    from pathlib import Path

    from bench import Bench

TESTS = HERE.parent / "tests"
OFFICIAL = TESTS / "official"
SMALL, LARGE = 1_000, 100_000


def check(bench: Bench) -> None:
    """1,000 small code systems in one call, and one of 100,000 concepts."""
    say(f"check: {SMALL:,} small code systems, and one of {LARGE:,} concepts")
    small = sorted(_small().iterdir())
    _against_official(bench, f"{SMALL:,} small code systems", small)
    large = _large(bench)
    size = f"{LARGE:,} concepts, {megabytes(large)} MB of JSON"
    _against_official(bench, f"one code system of {size}", [large])


def _against_official(bench: Bench, case: str, files: list[Path]) -> None:
    ours = [
        Contestant(
            name=" ".join(("codesystem check", *more)),
            argv=[*bench.command, "check", *more, "-q", "--fhir-version", "R4", *map(str, files)],
            cwd=work_folder(),
            environment=peers.clean_environment(),
        )
        for more in (("--official",), ())
    ]
    try:
        validator = Validator.ready()
    except peers.UnavailableError as problem:
        say(f"the official validator is not measured: {problem}")
        bench.race(case, *ours)
        return
    cold, twice = validator.contestant(files, rounds=1), validator.contestant(files, rounds=2)
    *_, both = bench.race(case, *ours, cold, twice)
    seconds = _second_round(both, len(files))
    note = f"the second round alone: {statistics.median(seconds):.3f} s"
    note += f" ({min(seconds):.3f}..{max(seconds):.3f})"
    bench.lines[-1] = Line(case, both, note)


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
            name="official validator, " + ("cold" if rounds == 1 else "two rounds in a process"),
            argv=["/bin/sh", "-c", f"exec {called} < {shlex.quote(str(names))}"],
            cwd=OFFICIAL,
            environment=peers.clean_environment(),
        )


def _second_round(summary: Summary, files: int) -> list[float]:
    """Return the seconds of the second round of each run; the program says them for each file."""
    found = []
    for sample in summary.samples:
        answers = [json.loads(line) for line in sample.stdout.splitlines()[1:]]
        if len(answers) != 2 * files or any("failure" in each for each in answers):
            message = f"the official validator has answered {len(answers)} times, or has failed"
            raise RunFailedError(message)
        found.append(sum(each["micros"] for each in answers[files:]) / 1e6)
    return found


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


def _large(bench: Bench) -> Path:
    source = tables(LARGE) / "once" / f"{content.NAME}.txt"
    output = output_of("check")
    command = [*bench.command, "build", "--quiet", str(source), "--output", str(output)]
    subprocess.run(command, check=True, cwd=work_folder())
    return artifact(output, "json")


def _with_tests(*arguments: str) -> None:
    """Run Python where the packages of tests/ can be imported."""
    environment = peers.clean_environment() | {"PYTHONPATH": str(TESTS)}
    command = [sys.executable, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise peers.UnavailableError(done.stderr.strip().rpartition("\n")[2] or "it does not run")
