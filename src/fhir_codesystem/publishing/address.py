"""The address of a FHIR server: its base URL, without secrets in it."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from fhir_codesystem.diagnostics import quoted
from fhir_codesystem.errors import EnvironmentProblem


@dataclass(frozen=True, slots=True)
class Address:
    """The base URL of a FHIR server, without a slash at its end."""

    url: str

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read a base URL; raises EnvironmentProblem where it is none, or holds a secret."""
        try:
            parts = urlsplit(text.strip())
            port = parts.port
        except ValueError as error:
            raise EnvironmentProblem(f"the address of the server is no URL: {error}") from None
        if parts.username is not None or parts.password is not None:
            raise EnvironmentProblem(
                "the address of the server holds a name or password; give them by environment "
                "variables or in servers.toml"
            )
        if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
            raise EnvironmentProblem(
                f"{quoted(text)} is no address of a server; it looks like https://HOST/fhir"
            )
        if parts.query or parts.fragment:
            raise EnvironmentProblem("the address of the server ends before any ? or #")
        return cls(parts.geturl().rstrip("/"))

    @property
    def is_private(self) -> bool:
        """Whether what is sent there is seen by nobody else: https, or this very machine."""
        parts = self._parts
        return parts.scheme == "https" or _is_loopback(parts.hostname or "")

    def holds(self, url: str) -> bool:
        """Whether a URL is one of this server: the same scheme, host, port and base path."""
        return url == self.url or url.startswith((f"{self.url}/", f"{self.url}?"))

    def __str__(self) -> str:
        return self.url

    @property
    def _parts(self) -> SplitResult:
        return urlsplit(self.url)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
