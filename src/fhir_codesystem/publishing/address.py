"""The addresses of servers: the base URL of a FHIR server, and others, without secrets in them."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from fhir_codesystem.diagnostics import quoted
from fhir_codesystem.errors import EnvironmentProblem

PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Address:
    """The base URL of a FHIR server, without a slash at its end."""

    url: str

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read a base URL; raises EnvironmentProblem where it is none, or holds a secret."""
        parts = split(text, "the address of the server")
        if parts.query or parts.fragment:
            raise EnvironmentProblem("the address of the server ends before any ? or #")
        return cls(parts.geturl().rstrip("/"))

    def holds(self, url: str) -> bool:
        """Whether a URL is one of this server: the same scheme, host, port and base path."""
        return url == self.url or url.startswith((f"{self.url}/", f"{self.url}?"))

    def __str__(self) -> str:
        return self.url


def split(text: str, what: str) -> SplitResult:
    """Split the URL of a server; ``what`` names it in a message.

    Raises EnvironmentProblem where it is none, or holds a name or password.
    """
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:  # its text may hold a password
        raise EnvironmentProblem(f"{what} is no URL") from None
    if "@" in text:
        raise EnvironmentProblem(
            f"{what} holds a name or password; give them by environment variables or in "
            "servers.toml"
        )
    if parts.scheme not in PORTS or not parts.hostname or port == 0 or not _is_plain(text):
        raise EnvironmentProblem(
            f"{what} is {quoted(text)}, no URL of a server; it looks like https://HOST/fhir"
        )
    return parts


def private_url(text: str, what: str, beside: Address | None = None) -> str:
    """Check the URL of a server that is sent secrets: https, or this very machine.

    ``beside`` is another server that has said it; what is not https must be of its origin. Raises
    EnvironmentProblem.
    """
    parts = split(text, what)
    near = beside is None or origin(parts) == origin(urlsplit(beside.url))
    if parts.scheme != "https" and not (near and is_private(parts)):
        raise EnvironmentProblem(f"{what} is {quoted(text, 200)}, and not https")
    return parts._replace(fragment="").geturl()


def is_private(parts: SplitResult) -> bool:
    """Whether what is sent to a URL is seen by nobody else: https, or this very machine."""
    return parts.scheme == "https" or is_loopback(parts.hostname or "")


def origin(parts: SplitResult) -> tuple[str, str, int]:
    """Return the scheme, host and port of a URL."""
    return parts.scheme, parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0)


def is_loopback(host: str) -> bool:
    """Whether a host is this very machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _is_plain(text: str) -> bool:
    """Whether a text has none of the characters that URLs are read differently for."""
    return text.strip().isprintable() and not set(text.strip()) & set(' \\"<>')
