"""Runs a Helios Terminology Server (Rust, SQLite), R4, on the loopback."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import urllib3
from urllib3.exceptions import HTTPError

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION = "0.2.7"
"""Of the crate helios-hts; the versions below it are those of its own lock file."""
FOLDER = Path(__file__).parent.parent / "servers" / "helios"
TARGET = FOLDER / "target"
PROGRAM = TARGET / VERSION / "bin" / "hts"
LONGEST_START = 60
"""Seconds that the server may take to answer for the first time; one is usual."""
UNTIL_INPUT_ENDS = '"$@" & cat; kill -KILL $!; wait'
"""Runs a command until standard input ends: so it never outlives who started it."""


def missing() -> str | None:
    """Say what this machine lacks to run the server; None where nothing is."""
    return "Helios needs cargo" if shutil.which("cargo") is None else None


@contextmanager
def running(package: Path | None = None) -> Iterator[str]:
    """Start a server with an empty database, yield its base URL, and end it.

    What is in ``package``, a FHIR NPM package (.tgz), the server has from the beginning.
    """
    build()
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=TARGET) as folder:
        database = f"{folder}/hts.db"
        port = _free_port()
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("HTS_")
        } | {"HTS_UI_ENABLED": "false"}
        if package is not None:
            load = [str(PROGRAM), "import", str(package), "--database-url", database]
            subprocess.run(load, env=environment, cwd=folder, check=True, capture_output=True)
        command = [str(PROGRAM), "run", "--port", str(port), "--database-url", database]
        with (
            (TARGET / f"{os.getpid()}.log").open("wb") as log,
            subprocess.Popen(
                ["sh", "-c", UNTIL_INPUT_ENDS, "sh", *command, "--log-level", "warn"],
                env=environment,
                cwd=folder,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
            ) as server,
        ):
            assert server.stdin is not None
            try:
                _wait(f"http://127.0.0.1:{port}", log.name)
                yield f"http://127.0.0.1:{port}"
            finally:
                server.stdin.close()


def build() -> None:
    """Build the server with cargo unless it is there: nine minutes of a core, and 2 GB."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    folder = os.open(FOLDER, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        if not PROGRAM.exists():
            command = ["cargo", "install", "helios-hts", "--version", f"={VERSION}", "--locked"]
            quick = {"CARGO_PROFILE_DEV_DEBUG": "0", "CARGO_INCREMENTAL": "0"}
            subprocess.run(
                [*command, "--quiet", "--debug", "--root", str(TARGET / VERSION)],
                env=os.environ | quick | {"CARGO_TARGET_DIR": str(TARGET / "build")},
                check=True,
            )
            shutil.rmtree(TARGET / "build")
    finally:
        os.close(folder)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def _wait(url: str, log: str) -> None:
    """Wait until a server answers; raises RuntimeError where it does not."""
    end = time.monotonic() + LONGEST_START
    while time.monotonic() < end:
        try:
            if urllib3.request("GET", f"{url}/health", retries=False).status == 200:
                return
        except HTTPError:
            time.sleep(0.05)
    raise RuntimeError(f"the server does not start, see {log}")
