"""What the tests of publishing share: a command, a stub, real servers, code systems."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from click.testing import CliRunner

from fhir_codesystem.cli import codesystem
from fhir_codesystem.errors import EnvironmentProblem
from fhir_codesystem.publishing import patience
from fhir_codesystem.publishing.settings import GROUPS, variable

from . import hapi, helios
from .reader import Reader
from .shell import TOKEN, Said, Shell
from .stub import stubbed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .stub import Stub


def colours(url: str = "http://example.org/colours", **elements: Any) -> dict[str, Any]:
    """Return a small code system: a root with two concepts below it."""
    return {
        "resourceType": "CodeSystem",
        "id": "colours",
        "url": url,
        "version": "1.0.0",
        "name": "Colours",
        "status": "draft",
        "caseSensitive": True,
        "hierarchyMeaning": "is-a",
        "content": "complete",
        "concept": [
            {
                "code": "colour",
                "display": "Colour",
                "concept": [
                    {"code": "red", "display": "Red"},
                    {"code": "blue", "display": "Blue"},
                ],
            }
        ],
        **elements,
    }


def value_set(url: str = "http://example.org/colours/vs", **elements: Any) -> dict[str, Any]:
    """Return a value set of all colours."""
    return {
        "resourceType": "ValueSet",
        "id": "colours",
        "url": url,
        "version": "1.0.0",
        "name": "Colours",
        "status": "draft",
        "compose": {"include": [{"system": "http://example.org/colours"}]},
        **elements,
    }


@dataclass(frozen=True)
class Desk:
    """A folder with artifacts, from which they are published."""

    folder: Path

    def publish(
        self,
        server: str,
        *resources: dict[str, Any],
        options: tuple[str, ...] = (),
        seconds: float = 0,
    ) -> Said:
        """Publish resources; the server is given some seconds beyond the first answer."""
        paths = []
        for at, resource in enumerate(resources):
            path = self.folder / f"CodeSystem-{at}.json"
            path.write_text(json.dumps(resource), "utf-8")
            paths.append(str(path))
        return self.run(*paths, "--server", server, "--deadline", str(seconds), *options)

    def run(self, *arguments: str, command: str = "publish") -> Said:
        """Run a command as main() does, where a problem is exit code 2 and one line."""
        result = CliRunner().invoke(codesystem, [command, *arguments], standalone_mode=False)
        if isinstance(result.exception, EnvironmentProblem):
            return Said(2, result.stdout, str(result.exception))
        if result.exception is not None:
            raise result.exception
        return Said(int(result.return_value or 0), result.stdout, result.stderr)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Return a desk: no profiles, no secrets, and no pauses between attempts."""
    for name in {variable(key) for group in GROUPS for key in group}:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr(patience, "PAUSE", 0)
    return Desk(tmp_path)


@pytest.fixture
def stub() -> Iterator[Stub]:
    """Run a stub of a server."""
    with stubbed() as running:
        yield running


def require(lack: str | None) -> None:
    """Skip a test where no real server is wanted, or one is lacking and none is required."""
    if not hapi.wanted():
        pytest.skip("a real server: CI and FHIR_CODESYSTEM_SERVER=required run it")
    if lack and not hapi.required():
        pytest.skip(lack)


@contextmanager
def real(name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run a real server, Helios, or HAPI FHIR in R4 or R5; its base URL.

    There is one HAPI for all workers of pytest, and a Helios for each.
    """
    if name == "Helios":
        require(helios.missing())
        with helios.running() as url:
            yield url
        return
    require(hapi.missing())
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    with hapi.running(name, shared) as url:
        yield url


@pytest.fixture(scope="session", params=["R4", "R5"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Run a real HAPI FHIR server; its base URL."""
    with real(request.param, tmp_path_factory) as url:
        yield url


@pytest.fixture
def reader(server: str) -> Reader:
    """Return a reader of the real server."""
    return Reader(server)


@pytest.fixture
def url() -> str:
    """Return a canonical URL that no other test uses: they share the server."""
    return f"http://example.org/{uuid4()}"


@pytest.fixture
def shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    """Return a shell that signs in with a token, and without pauses between attempts."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("FHIR_CODESYSTEM_TOKEN", TOKEN)
    for name in ("USER", "PASSWORD"):
        monkeypatch.delenv(f"FHIR_CODESYSTEM_{name}", raising=False)
    monkeypatch.setattr(patience, "PAUSE", 0)
    return Shell(tmp_path, monkeypatch, capsys)
