"""servers.toml: servers by name, and how to sign in at each.

    [hospital]
    url = "https://fhir.example.org/r4"
    token-env = "HOSPITAL_TOKEN"

A secret is never in the file itself: ``token-env`` (or ``-file``, ``-command``) says where it is,
and ``password-env`` and so on beside ``user``.
"""

from __future__ import annotations

import os
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fhir_codesystem.diagnostics import quoted, shown
from fhir_codesystem.errors import EnvironmentProblem
from fhir_codesystem.publishing.address import Address
from fhir_codesystem.publishing.signin import SignIn, from_environment

if TYPE_CHECKING:
    from collections.abc import Mapping

WAYS = ("env", "file", "command")
SECRETS = ("token", "password")
KEYS = {"url", "user"} | {f"{secret}-{way}" for secret in SECRETS for way in WAYS}
SECONDS = 60
"""A command that prints a secret has this long."""


@dataclass(frozen=True, slots=True)
class Target:
    """A server to talk to."""

    address: Address
    sign_in: SignIn


def profiles_path(environment: Mapping[str, str]) -> Path:
    """Where servers.toml is: in $XDG_CONFIG_HOME, else in ~/.config."""
    base = environment.get("XDG_CONFIG_HOME")
    folder = Path(base) if base else Path.home() / ".config"
    return folder / "fhir-codesystem" / "servers.toml"


def target(server: str, environment: Mapping[str, str] = os.environ) -> Target:
    """Find a server by its name or URL; raises EnvironmentProblem.

    A server that servers.toml knows, by name or URL, signs in as it says there; where it says
    nothing, and at all others, the environment variables say how.
    """
    path = profiles_path(environment)
    profiles = _read(path)
    if server in profiles:
        profile = profiles[server]
        address = Address.parse(_text(profile, "url", path))
    elif "://" in server:
        address = Address.parse(server)
        profile = next((each for each in profiles.values() if _is_at(each, address)), {})
    else:
        raise EnvironmentProblem(f"{quoted(server)} is neither a URL nor a server in {shown(path)}")
    sign_in = _sign_in(profile, path, environment) or from_environment(environment)
    sign_in.require_private(address)
    return Target(address, sign_in)


def _read(path: Path) -> dict[str, dict[str, Any]]:
    try:
        read = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise EnvironmentProblem(f"cannot read {shown(path)}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        place = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "no UTF-8"
        raise EnvironmentProblem(f"{shown(path)} is no TOML: {place}") from None
    for name, profile in read.items():
        if not isinstance(profile, dict):
            raise EnvironmentProblem(f"{shown(path)}: {quoted(name)} stands in no [SERVER]")
        for key in profile:
            if key in SECRETS:
                raise EnvironmentProblem(
                    f"{shown(path)}: [{name}] holds a {key}; say where it is instead, with "
                    f"{key}-env, {key}-file or {key}-command"
                )
            if key not in KEYS:
                raise EnvironmentProblem(f"{shown(path)}: [{name}] has an unknown {quoted(key)}")
    return read


def _is_at(profile: dict[str, Any], address: Address) -> bool:
    return str(profile.get("url", "")).rstrip("/") == address.url


def _sign_in(profile: dict[str, Any], path: Path, environment: Mapping[str, str]) -> SignIn | None:
    token = _secret(profile, "token", path, environment)
    password = _secret(profile, "password", path, environment)
    if token is not None and (password is not None or "user" in profile):
        raise EnvironmentProblem(f"{shown(path)}: a token and a user; one of them signs in")
    if token is not None:
        return SignIn.bearer(token)
    if password is not None:
        return SignIn.basic(_text(profile, "user", path), password)
    if "user" in profile:
        raise EnvironmentProblem(f"{shown(path)}: a user without password-env, -file or -command")
    return None


def _secret(
    profile: dict[str, Any], secret: str, path: Path, environment: Mapping[str, str]
) -> str | None:
    ways = [way for way in WAYS if f"{secret}-{way}" in profile]
    if not ways:
        return None
    if len(ways) > 1:
        raise EnvironmentProblem(f"{shown(path)}: the {secret} is said to be in two places")
    key = f"{secret}-{ways[0]}"
    if ways == ["command"]:
        found = _printed(profile[key], path)
    elif ways == ["file"]:
        found = _content(Path(_text(profile, key, path)).expanduser())
    else:
        found = environment.get(_text(profile, key, path), "")
    if not found:
        raise EnvironmentProblem(f"{shown(path)}: {key} gives nothing")
    return found


def _content(file: Path) -> str:
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        told = getattr(error, "strerror", None) or "no UTF-8"
        raise EnvironmentProblem(f"cannot read {shown(file)}: {told}") from None


def _printed(command: object, path: Path) -> str:
    if not isinstance(command, list) or not all(isinstance(part, str) for part in command):
        raise EnvironmentProblem(f'{shown(path)}: a command is a list: ["pass", "show", "fhir"]')
    try:
        done = subprocess.run(  # noqa: S603 - the user's own command, without a shell
            command, capture_output=True, check=True, timeout=SECONDS, encoding="utf-8"
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError, IndexError):
        name = quoted(command[0]) if command else "an empty list"
        raise EnvironmentProblem(f"{shown(path)}: the command {name} fails") from None
    return done.stdout.strip()


def _text(profile: dict[str, Any], key: str, path: Path) -> str:
    value = profile.get(key)
    if not isinstance(value, str):
        raise EnvironmentProblem(f"{shown(path)}: {key} is missing, or no text")
    return value
