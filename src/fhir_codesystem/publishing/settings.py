"""What is said of a server, by key: which keys there are, and where each value is found.

A key of servers.toml is a variable of the environment too: ``client-id`` there is
``FHIR_CODESYSTEM_CLIENT_ID`` here. Of a secret, servers.toml says only where it is
(``token-env``, ``token-file``, ``token-command``); ``FHIR_CODESYSTEM_TOKEN`` holds it, and
``FHIR_CODESYSTEM_TOKEN_FILE`` says where it is.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from fhir_codesystem.errors import EnvironmentProblem
from fhir_codesystem.publishing.files import secret_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

PREFIX = "FHIR_CODESYSTEM_"
SECRETS = (
    "token",
    "password",
    "client-secret",
    "private-key",
    "private-key-password",
    "client-key-password",
)
SIGN_IN = (
    "token",
    "user",
    "password",
    "client-id",
    "client-secret",
    "client-auth",
    "private-key",
    "private-key-id",
    "private-key-password",
    "token-url",
    "scope",
)
CERTIFICATE = ("client-cert", "client-key", "client-key-password")
GROUPS = (SIGN_IN, CERTIFICATE, ("ca-file",), ("proxy",))
"""What one place says of any key of a group, it says of all of it."""
WAYS = ("env", "file", "command")
"""Where a secret can be."""


@dataclass(frozen=True, slots=True)
class Given:
    """A value: under which name it is given, and how it is found."""

    name: str
    find: Callable[[], str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """What one place says of a server; ``where`` begins each message about it."""

    where: str = ""
    given: Mapping[str, Given] = field(default_factory=dict)

    def __contains__(self, key: str) -> bool:
        return key in self.given

    def find(self, key: str) -> str | None:
        """Return the value of a key; raises EnvironmentProblem where it gives nothing."""
        if key not in self.given:
            return None
        value = self.given[key].find()
        if not value:
            raise self.problem(f"{self.given[key].name} gives nothing")
        return value

    def require(self, key: str) -> str:
        """Return the value of a key; raises EnvironmentProblem where there is none."""
        value = self.find(key)
        if value is None:
            raise self.problem(f"{self.called(key)} is missing")
        return value

    def path(self, key: str) -> Path | None:
        """Return the value of a key as the path of a file."""
        value = self.find(key)
        return None if value is None else Path(value).expanduser()

    def called(self, key: str) -> str:
        """Say how a key is called here, be it given or not."""
        if key in self.given:
            return self.given[key].name
        if not self.where:
            return variable(key)
        return f"{key}-env, {key}-file or {key}-command" if key in SECRETS else key

    def problem(self, text: str) -> EnvironmentProblem:
        """Say what cannot be used here."""
        return EnvironmentProblem(self.where + text)

    @contextmanager
    def placing(self) -> Iterator[None]:
        """Say of each problem that it is one here."""
        try:
            yield
        except EnvironmentProblem as problem:
            text = str(problem)
            raise EnvironmentProblem(self.where + text.removeprefix(self.where)) from None

    def only(self, keys: Iterable[str]) -> Settings:
        """Return what is said of some keys."""
        return Settings(self.where, {key: self.given[key] for key in keys if key in self.given})


def variable(key: str) -> str:
    """Return the variable of the environment that holds the value of a key."""
    return PREFIX + key.upper().replace("-", "_")


def from_environment(environment: Mapping[str, str]) -> Settings:
    """Read what environment variables say; an empty one says nothing."""
    given = {}
    for key in dict.fromkeys(key for group in GROUPS for key in group):
        name = variable(key)
        if environment.get(name):
            given[key] = Given(name, environment[name].strip)
        elif key in SECRETS and environment.get(f"{name}_FILE"):
            file = Path(environment[f"{name}_FILE"]).expanduser()
            given[key] = Given(f"{name}_FILE", partial(secret_of, file))
    return Settings("", given)
