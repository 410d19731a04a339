"""The command ``codesystem publish`` as a person runs it, who signs in and asks for a receipt."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fhir_codesystem.cli import run

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

TOKEN = "s3cret-t0ken"
HANG = 120
"""Seconds after which a process is taken to hang: far more than any needs."""

INTERRUPTIBLE = """
import runpy, signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # though the tests run in the background
runpy.run_module("fhir_codesystem", run_name="__main__", alter_sys=True)
"""


@dataclass(frozen=True)
class Said:
    """What the command said: its exit code, and the two streams."""

    code: int
    out: str
    err: str

    @property
    def values(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Shell:
    """A folder with artifacts, from which they are published, and what is set there.

    None of the ``secrets`` may be said or written; each run looks for them.
    """

    folder: Path
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    secrets: tuple[str, ...] = (TOKEN,)

    @property
    def receipt(self) -> Any:
        """The receipt of the last run; None where it wrote none."""
        return self.receipt_of("receipt")

    def receipt_of(self, name: str) -> Any:
        """Return the receipt of a name; None where there is none."""
        path = self.folder / f"{name}.json"
        return json.loads(path.read_bytes()) if path.exists() else None

    def publish(
        self, server: str, *resources: dict[str, Any], options: tuple[str, ...] = ()
    ) -> Said:
        """Publish in this process."""
        (self.folder / "receipt.json").unlink(missing_ok=True)
        arguments = self._arguments(server, resources, options, "receipt")
        self.monkeypatch.setattr(sys, "argv", ["codesystem", *arguments])
        self.capsys.readouterr()
        code = run()
        return self._checked(Said(code, *self.capsys.readouterr()))

    def start(
        self,
        server: str,
        *resources: dict[str, Any],
        options: tuple[str, ...] = (),
        receipt: str = "receipt",
    ) -> subprocess.Popen[str]:
        """Publish in a process of its own; its receipt has a name."""
        arguments = self._arguments(server, resources, options, receipt)
        return subprocess.Popen(
            [sys.executable, "-c", INTERRUPTIBLE, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def finish(self, process: subprocess.Popen[str]) -> Said:
        """Wait for a process; one that hangs is killed, and the test fails."""
        try:
            out, err = process.communicate(timeout=HANG)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise AssertionError(f"the command hangs: {process.args!r}") from None
        return self._checked(Said(process.returncode, out, err))

    def _arguments(
        self,
        server: str,
        resources: tuple[dict[str, Any], ...],
        options: tuple[str, ...],
        receipt: str,
    ) -> list[str]:
        """Write resources as artifacts, and return the command line that publishes them."""
        paths: list[str] = []
        for resource in resources:
            path = self.folder / f"CodeSystem-{len(paths)}-{resource.get('title')}.json"
            path.write_text(json.dumps(resource), "utf-8")
            paths.append(str(path))
        told = str(self.folder / f"{receipt}.json")
        return ["publish", *paths, "--server", server, "--receipt", told, *options]

    def _checked(self, said: Said) -> Said:
        """Look for what may never be said or written: a traceback, a secret."""
        written = [path.read_text("utf-8") for path in self.folder.rglob("*") if path.is_file()]
        for text in (said.out, said.err, *written):
            assert "Traceback" not in text
            assert "internal error" not in text
            assert not any(secret in text for secret in self.secrets), text
        return said
