"""Fixtures of the fault tests."""

from __future__ import annotations

import gc
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from fhir_codesystem import cli

from .workplace import OLD, UNPRIVILEGED, Result, Workplace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    """Return a folder with a table, its metadata and older artifacts."""
    return Workplace(tmp_path)


@pytest.fixture
def unprivileged() -> str:
    """Return the preparation under which permissions bind, whoever runs the tests."""
    probe = subprocess.run([sys.executable, "-c", UNPRIVILEGED], capture_output=True, check=False)
    if probe.returncode:
        pytest.skip("runs as root and may not give up its capabilities")
    return UNPRIVILEGED


@pytest.fixture
def small_disk(workplace: Workplace) -> Iterator[Callable[[str], None]]:
    """Return what puts output/, with the older artifacts, on a file system of its own.

    Its options are given to mount (``size=64k``); skips where nothing can be mounted.
    """
    mounted = False

    def mount(options: str) -> None:
        nonlocal mounted
        program = shutil.which("mount")
        if sys.platform != "linux" or program is None:
            pytest.skip("there is no mount for tmpfs here")
        command = [program, "-t", "tmpfs", "-o", options, "tmpfs", str(workplace.output)]
        tried = subprocess.run(command, capture_output=True, text=True, check=False)
        if tried.returncode:
            pytest.skip(f"cannot mount a tmpfs: {tried.stderr.strip()}")
        mounted = True
        for name, content in OLD.items():
            workplace.write(f"output/{name}", content)

    yield mount
    if mounted:
        subprocess.run(["umount", str(workplace.output)], check=True, capture_output=True)


@pytest.fixture
def command(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., Result]]:
    """Return what runs the command in this process: the same, without waiting for its start."""
    monkeypatch.chdir(workplace.folder)
    interval = sys.getswitchinterval()

    def run(*arguments: str) -> Result:
        monkeypatch.setattr(sys, "argv", ["codesystem", *arguments])
        code = cli.run()
        out, err = capsys.readouterr()
        return Result(code, out, err)

    yield run
    sys.setswitchinterval(interval)
    gc.unfreeze()


@dataclass(frozen=True)
class Large:
    """Two versions of a table that takes a while, the artifacts of each, how long it took."""

    tables: tuple[str, str]
    artifacts: tuple[dict[str, bytes], dict[str, bytes]]
    seconds: float

    def is_whole(self, found: dict[str, bytes]) -> bool:
        """Whether each artifact found is that of one of the versions, byte for byte."""
        return all(found[name] in {each[name] for each in self.artifacts} for name in found)


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Large:
    """Return the two versions, some 20,000 concepts each, as the command builds them."""
    tables = []
    artifacts = []
    for version in ("old", "new"):
        rows = "".join(
            f"{1 + number % 3} | c{number} | The {version} display | Definition {number}.\n"
            for number in range(20_001)
        )
        place = Workplace(tmp_path_factory.mktemp(version))
        tables.append("Level | Code | Display | Definition\n" + rows)
        place.write("table.txt", tables[-1])
        started = time.monotonic()
        result = place.build()
        seconds = time.monotonic() - started
        assert result.code == 0, result
        artifacts.append(place.content())
    assert artifacts[0].keys() == artifacts[1].keys() == OLD.keys()
    assert all(artifacts[0][name] != artifacts[1][name] for name in OLD)
    return Large((tables[0], tables[1]), (artifacts[0], artifacts[1]), seconds)
