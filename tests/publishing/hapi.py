"""Runs a HAPI FHIR JPA server (Java), in memory, on the loopback: one for all who want it."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import urllib3

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent.parent / "servers" / "hapi"
TARGET = FOLDER / "target"
JAR = TARGET / "hapi-1.jar"
PROGRAM = (FOLDER / "pom.xml", *sorted(path for path in (FOLDER / "src").rglob("*.*")))
LONGEST_START = 300
"""Seconds that a server may take to start on a busy machine; 15 are usual."""


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
def running(version: str, shared: Path, heap: str = "1g") -> Iterator[str]:
    """Yield the base URL of a server of a FHIR version (R4, R5), started if none runs yet.

    Who names the same ``shared`` folder, in this process or another, gets the same server. Its
    standard input is a named pipe that each of them holds open: when the last one lets go, or is
    killed, the input ends and the server with it.
    """
    build()
    folder = shared / f"hapi-{version}"
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder):
        joined = _joined(folder)
        held, url = joined or _started(version, folder, heap)
    try:
        yield url
    finally:
        os.close(held)


def _joined(folder: Path) -> tuple[int, str] | None:
    """Hold the pipe of the server that runs, if one does; with it comes its URL."""
    try:
        held = os.open(folder / "input", os.O_WRONLY | os.O_NONBLOCK)
    except OSError as error:
        if error.errno in {errno.ENOENT, errno.ENXIO}:  # no pipe, or nobody reads it
            return None
        raise
    url = _url(folder)
    try:
        urllib3.request("GET", f"{url}/metadata", retries=False, timeout=60)
    except urllib3.exceptions.HTTPError:  # it was just ending
        os.close(held)
        return None
    return held, url


def _started(version: str, folder: Path, heap: str) -> tuple[int, str]:
    for name in ("input", "output"):
        (folder / name).unlink(missing_ok=True)
    os.mkfifo(folder / "input")
    classes = os.pathsep.join((str(JAR), f"{TARGET}/lib/*"))
    command = ["java", f"-Xmx{heap}", "-XX:TieredStopAtLevel=1", "-cp", classes, "servers.Server"]
    script = '{ "$@"; echo ended; } < input > output 2> log &'
    subprocess.run(["sh", "-c", script, "sh", *command, version, "0"], cwd=folder, check=True)
    held = os.open(folder / "input", os.O_WRONLY)
    end = time.monotonic() + LONGEST_START
    while not (said := _said(folder)) and time.monotonic() < end:
        time.sleep(0.1)
    if not said.startswith("ready"):
        os.close(held)
        raise RuntimeError(f"the server does not start, see {folder / 'log'}")
    return held, _url(folder)


def _url(folder: Path) -> str:
    return f"http://127.0.0.1:{_said(folder).removeprefix('ready ')}/fhir"


def _said(folder: Path) -> str:
    """Return the first whole line that the server said, if any: ``ready PORT``."""
    output = folder / "output"
    said = output.read_text("utf-8") if output.exists() else ""
    return said.partition("\n")[0] if "\n" in said else ""


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Be the only one that does something in a folder."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)


def build() -> None:
    """Build the program with Maven unless it is there and newer than its sources."""
    with _locked(FOLDER):
        newest = max(path.stat().st_mtime for path in PROGRAM)
        if not JAR.exists() or JAR.stat().st_mtime < newest:
            subprocess.run(["mvn", "-q", "-B", "package"], cwd=FOLDER, check=True)
            JAR.touch()
