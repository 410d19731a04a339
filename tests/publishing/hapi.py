"""Runs a HAPI FHIR JPA server (Java), in memory, on the loopback."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent.parent / "servers" / "hapi"
TARGET = FOLDER / "target"
JAR = TARGET / "hapi-1.jar"
PROGRAM = (FOLDER / "pom.xml", *sorted(path for path in (FOLDER / "src").rglob("*.*")))


def required() -> bool:
    """Whether tests that need the server fail where it cannot run, instead of being skipped."""
    return os.environ.get("FHIR_CODESYSTEM_SERVER") == "required"


def wanted() -> bool:
    """Whether such tests are to run at all: it takes 15 s to start, and a GB."""
    return required() or bool(os.environ.get("CI"))


def missing() -> str | None:
    """Say what this machine lacks to run the server; None where nothing is."""
    lacks = [name for name in ("java", "mvn") if shutil.which(name) is None]
    return f"HAPI needs {' and '.join(lacks)}" if lacks else None


@contextmanager
def running(version: str) -> Iterator[str]:
    """Start a server of a FHIR version (R4, R5), yield its base URL, and end it."""
    _build()
    classes = os.pathsep.join((str(JAR), f"{TARGET}/lib/*"))
    command = ["java", "-Xmx1g", "-XX:TieredStopAtLevel=1", "-cp", classes, "servers.Server"]
    with (
        (TARGET / f"{version}-{os.getpid()}.log").open("wb") as log,
        subprocess.Popen(
            [*command, version, "0"],
            cwd=FOLDER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            encoding="utf-8",
        ) as server,
    ):
        assert server.stdin is not None
        assert server.stdout is not None
        word, _, port = server.stdout.readline().strip().partition(" ")
        if word != "ready":
            raise RuntimeError(f"the server does not start, see {log.name}")
        yield f"http://127.0.0.1:{port}/fhir"
        server.stdin.close()


def _build() -> None:
    """Build the program with Maven unless it is there and newer than its sources."""
    folder = os.open(FOLDER, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        newest = max(path.stat().st_mtime for path in PROGRAM)
        if not JAR.exists() or JAR.stat().st_mtime < newest:
            subprocess.run(["mvn", "-q", "-B", "package"], cwd=FOLDER, check=True)
            JAR.touch()
    finally:
        os.close(folder)
