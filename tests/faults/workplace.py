"""A folder in which the command is run as a person runs it, and what must hold afterwards."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

METADATA = """\
id: table
url: http://example.org/table
name: Table
title: Table
status: draft
caseSensitive: true
hierarchyMeaning: is-a
content: complete
"""
"""Metadata that leaves nothing to be said: every line of standard error then is the fault's."""

TABLE = "Code | Display | Definition\na | A | The first.\nb | B | The second.\n"
OLD = {"CodeSystem-table.json": b"an older resource\n", "CodeSystem-table.md": b"an older page\n"}
"""What stands in output/ before a test; no build makes these bytes."""

HANG = 120
"""Seconds after which a process is taken to hang: far more than any needs."""

GO = """
import os, sys
os.execv(sys.executable, [sys.executable, "-m", "fhir_codesystem", *sys.argv[1:]])
"""
"""Ends a preparation: the process becomes the command."""

UNPRIVILEGED = """
import ctypes, os
if os.geteuid() == 0:  # root stays root, and gives up the right to pass over permissions
    prctl = ctypes.CDLL(None).prctl
    held = [right for right in (1, 2) if prctl(23, right, 0, 0, 0)]
    assert not any(prctl(24, right, 0, 0, 0) for right in held), "cannot drop capabilities"
"""
MEASURED = """
import os, pathlib, resource, subprocess, sys
code = subprocess.run([sys.executable, "-m", "fhir_codesystem", *sys.argv[1:]]).returncode
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
pathlib.Path("peak").write_text(str(peak * (1 if sys.platform == "darwin" else 1024)))
os._exit(code if code >= 0 else 128 - code)
"""
AS_MODULE = """
import runpy
runpy.run_module("fhir_codesystem", run_name="__main__", alter_sys=True)
"""
"""Ends a preparation that must stay in the process: hooks, patches."""

FINDING = re.compile(
    r"(?P<place>(?P<path>.+?)(?::(?P<line>\d+):?(?P<column>\d+)?)?): "
    r"(?P<severity>error|warning|information) (?P<rule>CS\d{3}) [a-z0-9-]+: \S.*"
)
REMARK = re.compile(r"    (hint: \S.*|and [\d,]+ more CS\d{3} [a-z0-9-]+)")
PROBLEM = re.compile(r"codesystem: (?!internal error).*\S")


@dataclass(frozen=True)
class Result:
    """How a process ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """The lines of standard error."""
        return self.err.split("\n")[:-1]

    @property
    def findings(self) -> list[str]:
        """The findings in short, ``table.txt:2:3 error CS101``; nothing else may be said."""
        assert "Traceback" not in self.err, self.err
        assert not self.err or self.err.endswith("\n"), self.err
        told = []
        for line in self.lines:
            if match := FINDING.fullmatch(line):
                told.append(f"{match['place']} {match['severity']} {match['rule']}")
            else:
                assert REMARK.fullmatch(line), self.err
        return told

    @property
    def errors(self) -> list[str]:
        """The findings of severity error, without their severity; the exit code says the same."""
        assert self.code == 1, self
        errors = [each.replace(" error", "") for each in self.findings if " error " in each]
        assert errors, self
        return errors

    @property
    def problems(self) -> list[str]:
        """The lines about an environment that cannot be worked in, one a source."""
        assert self.code == 2, self
        assert self.err.endswith("\n"), self
        assert all(PROBLEM.fullmatch(line) for line in self.lines), self
        return [line.removeprefix("codesystem: ") for line in self.lines]

    @property
    def problem(self) -> str:
        """The one line about an environment that cannot be worked in."""
        (problem,) = self.problems
        return problem


@dataclass(frozen=True)
class Workplace:
    """A folder with table.txt, table.yaml and an output/ that holds older artifacts."""

    folder: Path

    def __post_init__(self) -> None:
        self.write("table.txt", TABLE)
        self.write("table.yaml", METADATA)
        for name, content in OLD.items():
            self.write(f"output/{name}", content)

    @property
    def output(self) -> Path:
        """The folder of the artifacts."""
        return self.folder / "output"

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file, text as UTF-8 with the line ends it has."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def start(
        self, *arguments: str | bytes, prepared: str | None = None, **options: Any
    ) -> subprocess.Popen[bytes]:
        """Start the command; ``prepared`` is Python that does so after some preparation."""
        how = ["-m", "fhir_codesystem"] if prepared is None else ["-c", prepared]
        options = {
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
            "cwd": self.folder,
            **options,
        }
        return subprocess.Popen([sys.executable, *how, *arguments], **options)

    def run(self, *arguments: str | bytes, prepared: str | None = None, **options: Any) -> Result:
        """Run the command to its end."""
        with self.start(*arguments, prepared=prepared, **options) as process:
            return finish(process)

    def build(self, *arguments: str | bytes, prepared: str | None = None, **options: Any) -> Result:
        """Run ``codesystem build --quiet`` on table.txt, or on what is named."""
        named = arguments or ("table.txt",)
        return self.run("build", "--quiet", *named, prepared=prepared, **options)

    def names(self) -> set[str]:
        """Return the names of what is in the output folder, hidden ones too."""
        return {path.name for path in self.output.iterdir()}

    def content(self) -> dict[str, bytes]:
        """Return the content of all files of the output folder."""
        return {name: (self.output / name).read_bytes() for name in self.names()}

    def is_as_before(self) -> bool:
        """Whether the output folder holds what it held at the start, and nothing else."""
        return self.content() == OLD


def finish(process: subprocess.Popen[bytes]) -> Result:
    """Wait for a process; one that hangs is killed, and the test fails."""
    try:
        out, err = process.communicate(timeout=HANG)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise AssertionError(f"the command hangs: {process.args!r}") from None
    return Result(process.returncode, os.fsdecode(out or b""), os.fsdecode(err or b""))
