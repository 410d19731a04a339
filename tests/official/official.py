"""Runs the official HL7 validator (Java) on files; what it said once is kept."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from .messages import Keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .case import Case

FOLDER = Path(__file__).parent
TARGET = FOLDER / "target"
JAR = TARGET / "official-1.jar"
PROGRAM = (FOLDER / "pom.xml", *sorted((FOLDER / "src").rglob("*.java")))


class Issue(NamedTuple):
    """One thing the validator said; ``place`` is a FHIRPath as it writes it."""

    severity: str
    key: str
    place: str
    line: int
    column: int
    message: str


class Answer(NamedTuple):
    """All it said of one file; ``failure`` where it broke down itself."""

    issues: tuple[Issue, ...]
    failure: str | None = None


def missing() -> str | None:
    """Say what this machine lacks to run the validator; None where nothing is."""
    lacks = [name for name in ("java", "mvn") if shutil.which(name) is None]
    return f"the official validator needs {' and '.join(lacks)}" if lacks else None


def required() -> bool:
    """Whether tests that need it fail where it cannot run, instead of being skipped."""
    return os.environ.get("FHIR_CODESYSTEM_OFFICIAL") in {"required", "whole"}


def wanted() -> bool:
    """Whether such tests are to run at all: they take minutes."""
    return bool(os.environ.get("FHIR_CODESYSTEM_OFFICIAL") or os.environ.get("CI"))


def whole() -> bool:
    """Whether all cases are asked for, not a sample."""
    return os.environ.get("FHIR_CODESYSTEM_OFFICIAL") == "whole"


def ready() -> None:
    """Build the program with Maven unless it is there and newer than its sources."""
    if _is_built():
        return
    with alone():
        if not _is_built():
            subprocess.run(["mvn", "-q", "-B", "package"], cwd=FOLDER, check=True)
            JAR.touch()


def _is_built() -> bool:
    newest = max(path.stat().st_mtime for path in PROGRAM)
    return (TARGET / "lib").is_dir() and JAR.exists() and JAR.stat().st_mtime >= newest


@contextmanager
def alone() -> Iterator[None]:
    """Wait until no other process uses Maven or Java here: each needs much memory."""
    folder = os.open(FOLDER, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


@dataclass
class Official:
    """The validator for one FHIR version (R4, R4B, R5)."""

    version: str
    answers: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        ready()
        self.answers = {}
        if self._kept.exists():
            for line in self._kept.read_text("utf-8").split("\n")[:-1]:
                answer = json.loads(line)
                self.answers[answer["of"]] = answer

    def judge(self, cases: Iterable[Case]) -> Iterator[tuple[Case, Answer]]:
        """Return what it says of each case, in order; it is started for unknown ones alone."""
        asked = [(case, self._hash(case)) for case in cases]
        new = {of: case for case, of in asked if of not in self.answers}
        if new:
            self._ask(new)
        for case, of in asked:
            yield case, self._answer(self.answers[of])

    def knows(self, case: Case) -> bool:
        """Whether the answer to a case is kept."""
        return self._hash(case) in self.answers

    @property
    def _kept(self) -> Path:
        return TARGET / "answers" / f"{self.version}.jsonl"

    @cached_property
    def _keys(self) -> Keys:
        (library,) = (TARGET / "lib").glob("org.hl7.fhir.utilities-*.jar")
        return Keys(library)

    @cached_property
    def _program(self) -> bytes:
        return b"".join(path.read_bytes() for path in PROGRAM)

    def _hash(self, case: Case) -> str:
        said = f"{self.version} {case.name.rpartition('.')[2]} {case.publication}".encode()
        return hashlib.sha256(b"\0".join((self._program, said, case.data))).hexdigest()[:24]

    def _answer(self, answer: Any) -> Answer:
        issues = (
            Issue(
                each["severity"],
                self._keys.of(each["key"], each["message"], fatal=each["severity"] == "fatal"),
                each["place"],
                each["line"],
                each["column"],
                each["message"],
            )
            for each in answer.get("issues", ())
        )
        return Answer(tuple(issues), answer.get("failure"))

    def _ask(self, new: dict[str, Case]) -> None:
        """Put files before the program, one at a time, and keep what it says of each."""
        folder = TARGET / "cases" / self.version
        folder.mkdir(parents=True, exist_ok=True)
        self._kept.parent.mkdir(parents=True, exist_ok=True)
        classes = os.pathsep.join(("target/official-1.jar", "target/lib/*"))
        command = ["java", "-Xmx3g", "-Duser.language=en", "-cp", classes, "official.Validate"]
        with (
            alone(),
            (TARGET / f"{self.version}.log").open("wb") as log,
            subprocess.Popen(
                [*command, self.version, "target/definitions"],
                cwd=FOLDER,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                encoding="utf-8",
            ) as program,
            self._kept.open("a", buffering=1, encoding="utf-8") as kept,
        ):
            assert program.stdin is not None
            assert program.stdout is not None
            if "ready" not in program.stdout.readline():
                raise RuntimeError(f"the official validator does not start, see {log.name}")
            for of, case in new.items():
                file = folder / f"{of}.{case.name.rpartition('.')[2]}"
                file.write_bytes(case.data)
                asked = f"publication {file}" if case.publication else str(file)
                program.stdin.write(f"{asked}\n")
                program.stdin.flush()
                line = program.stdout.readline()
                if not line:
                    raise RuntimeError(
                        f"the official validator ends at {case.name}, see {log.name}"
                    )
                answer = json.loads(line)
                file.unlink()
                del answer["file"]
                self.answers[of] = {"of": of, **answer}
                kept.write(json.dumps(self.answers[of], ensure_ascii=False) + "\n")
            program.stdin.close()
