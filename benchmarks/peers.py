"""What the command is measured against, and how each peer is installed and started.

All of it lives in the cache folder: SUSHI and the FHIR package it needs come by npm, orjson from
the harness's own environment or else a virtual environment in the cache.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tarfile
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from measure import Contestant

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

HERE = Path(__file__).resolve().parent
SUSHI = "fsh-sushi"
SUSHI_RANGE = "~3.21.0"
FHIR_PACKAGE = "hl7.fhir.r4b.core"
FHIR_VERSION = "4.3.0"
IMPORT_LINE = "import fhir.resources.R4B.codesystem, jinja2"
# Discard service on the loopback: refused at once, so that no run waits for a network.
NO_REGISTRY = "http://127.0.0.1:9"


class UnavailableError(Exception):
    """A peer cannot be measured here; the message says why."""


@dataclass(frozen=True, slots=True)
class Sushi:
    """An installed SUSHI with a home folder that holds the FHIR package."""

    node: str
    program: Path
    home: Path
    shim: Path
    version: str

    def contestant(self, project: Path, check: Callable[[], None]) -> Contestant:
        """`sushi build` of a project, its earlier output removed before each run."""
        output = project / "fsh-generated"
        environment = clean_environment() | {
            "HOME": str(self.home),
            "PATH": f"{self.shim}{os.pathsep}{os.environ['PATH']}",
            "FPL_REGISTRY": NO_REGISTRY,
        }
        return Contestant(
            name=f"SUSHI {self.version}",
            argv=[self.node, str(self.program), "build", "--log-level", "error", str(project)],
            cwd=project,
            environment=environment,
            prepare=lambda: shutil.rmtree(output, ignore_errors=True),
            check=check,
        )


def install_sushi(cache: Path) -> Sushi:
    """SUSHI and its FHIR package by npm, once.

    SUSHI asks npm for its own newest version at each start and waits for the answer. A stand-in
    for npm answers at once, so that the network is no part of SUSHI's time.
    """
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        message = "SUSHI needs npm and node, which are not on PATH"
        raise UnavailableError(message)
    package = cache / "sushi" / "node_modules" / SUSHI
    if not package.is_dir():
        _npm_install(npm, cache / "sushi")
    home = cache / "home"
    place = home / ".fhir" / "packages" / f"{FHIR_PACKAGE}#{FHIR_VERSION}"
    if not place.is_dir():
        _unpack_fhir_package(npm, place)
    version = str(json.loads((package / "package.json").read_text(encoding="utf-8"))["version"])
    shim = cache / "shim"
    shim.mkdir(exist_ok=True)
    stand_in = shim / "npm"
    stand_in.write_text(f"#!/bin/sh\necho {version}\n", encoding="utf-8")
    stand_in.chmod(0o755)
    return Sushi(node, package / "dist" / "app.js", home, shim, version)


def _npm_install(npm: str, place: Path) -> None:
    partial = _fresh(place)
    quiet = ["--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"]
    _install([npm, "install", "--prefix", str(partial), *quiet, f"{SUSHI}@{SUSHI_RANGE}"], partial)
    shutil.rmtree(place, ignore_errors=True)
    partial.rename(place)


def _unpack_fhir_package(npm: str, place: Path) -> None:
    partial = _fresh(place)
    _install([npm, "pack", "--silent", f"{FHIR_PACKAGE}@{FHIR_VERSION}"], partial)
    archive = next(partial.glob("*.tgz"))
    with tarfile.open(archive) as tar:
        tar.extractall(partial, filter="data")
    archive.unlink()
    partial.rename(place)


def import_line(cwd: Path) -> Contestant:
    """The least that any program on fhir.resources and Jinja costs: importing them."""
    return Contestant(
        name="the import line",
        argv=[sys.executable, "-c", IMPORT_LINE],
        cwd=cwd,
        environment=clean_environment(),
    )


def orjson_python(cache: Path) -> str:
    """An interpreter that has orjson: this one, or that of a virtual environment in the cache."""
    if importlib.util.find_spec("orjson") is not None:
        return sys.executable
    place = cache / "orjson"
    python = place / "bin" / "python"
    if not place.is_dir():
        partial = _fresh(place)
        venv.create(partial, with_pip=True)
        _install([str(partial / "bin" / "python"), "-m", "pip", "install", "-q", "orjson"], partial)
        partial.rename(place)
    return str(python)


def orjson_limit(python: str, artifact: Path) -> Contestant:
    """`orjson.loads` plus `orjson.dumps` of an artifact; it prints their seconds."""
    return Contestant(
        name="orjson",
        argv=[python, str(HERE / "limit.py"), str(artifact)],
        cwd=HERE,
        environment=clean_environment(),
    )


def clean_environment() -> dict[str, str]:
    """The environment of this process without what would change how Python or node run."""
    prefixes = ("PYTHON", "NODE_", "FPL_", "COV_", "COVERAGE_")
    return {name: value for name, value in os.environ.items() if not name.startswith(prefixes)}


def _fresh(place: Path) -> Path:
    """An empty folder beside `place`, to be renamed to it when it is whole."""
    partial = place.with_name(place.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    return partial


def _install(command: Sequence[str], cwd: Path) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        words = " ".join(Path(word).name if "/" in word else word for word in command[:3])
        message = f"`{words} ...` ended with {done.returncode}"
        raise UnavailableError(message)
