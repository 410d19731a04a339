"""servers.toml: servers by name, how to reach each, and how to sign in there.

    [hospital]
    url = "https://fhir.example.org/r4"
    token-env = "HOSPITAL_TOKEN"

A secret is never in the file itself: ``token-env`` (or ``-file``, ``-command``) says where it is.
"""

from __future__ import annotations

import subprocess
import tomllib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fhir_codesystem.diagnostics import quoted, shown
from fhir_codesystem.errors import EnvironmentProblem
from fhir_codesystem.metadata.document import nearest
from fhir_codesystem.publishing.files import require_own, secret_of
from fhir_codesystem.publishing.settings import GROUPS, SECRETS, WAYS, Given, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TEXTS = {"url"} | {key for group in GROUPS for key in group if key not in SECRETS}
KEYS = TEXTS | {f"{secret}-{way}" for secret in SECRETS for way in WAYS}
SECONDS = 60
"""A command that prints a secret has this long."""


def profiles_path(environment: Mapping[str, str]) -> Path:
    """Where servers.toml is: in $XDG_CONFIG_HOME, else in ~/.config."""
    base = environment.get("XDG_CONFIG_HOME")
    folder = Path(base) if base else Path.home() / ".config"
    return folder / "fhir-codesystem" / "servers.toml"


def read(path: Path, environment: Mapping[str, str]) -> dict[str, Settings]:
    """Read servers.toml: what it says of each server, by name; no secret is looked up yet.

    Raises EnvironmentProblem for what is not to be understood in it, and where others than its
    owner may write it, since it names commands that are run.
    """
    try:
        require_own(path)
        tables = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise EnvironmentProblem(f"cannot read {shown(path)}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        place = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "no UTF-8"
        raise EnvironmentProblem(f"{shown(path)} is no TOML: {place}") from None
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise EnvironmentProblem(f"{shown(path)}: {quoted(name)} stands in no [SERVER]")
    return {
        name: _settings(f"{shown(path)}: [{name}]: ", table, environment)
        for name, table in tables.items()
    }


def _settings(where: str, table: dict[str, Any], environment: Mapping[str, str]) -> Settings:
    settings = Settings(where)
    given: dict[str, Given] = {}
    for name, value in table.items():
        if name in SECRETS:
            raise settings.problem(
                f"holds a {name}; say where it is instead, with {settings.called(name)}"
            )
        if name not in KEYS:
            near = nearest(name, sorted(KEYS))
            hint = f"; did you mean {near}?" if near else ""
            raise settings.problem(f"unknown key {quoted(name)}{hint}")
        key, _, way = (name, "", "") if name in TEXTS else name.rpartition("-")
        if key in given:
            raise settings.problem(f"{given[key].name} and {name}: the {key} is in two places")
        if way == "command":
            given[key] = Given(name, partial(_printed, where, value))
            continue
        if not isinstance(value, str) or not value:
            raise settings.problem(f"{name} is no text")
        if name == "proxy" and "@" in value:
            raise settings.problem(
                "proxy holds a name or password; give it by FHIR_CODESYSTEM_PROXY or HTTPS_PROXY"
            )
        given[key] = Given(name, _finder(way, value, environment))
    if "url" not in given:
        raise settings.problem("url is missing")
    return Settings(where, given)


def _finder(way: str, value: str, environment: Mapping[str, str]) -> Callable[[], str]:
    if way == "env":
        return lambda: environment.get(value, "").strip()
    if way == "file":
        return lambda: secret_of(Path(value).expanduser())
    return lambda: value


def _printed(where: str, command: object) -> str:
    """Run a command that prints a secret; it may ask a person for something on the terminal."""
    if not isinstance(command, list) or not all(isinstance(part, str) for part in command):
        raise EnvironmentProblem(f'{where}a command is a list: ["pass", "show", "fhir"]')
    try:
        done = subprocess.run(  # noqa: S603 - the user's own command, without a shell
            command, stdout=subprocess.PIPE, check=True, timeout=SECONDS, encoding="utf-8"
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError, IndexError):
        name = quoted(command[0]) if command else "an empty list"
        raise EnvironmentProblem(f"{where}the command {name} fails") from None
    return done.stdout.strip()
