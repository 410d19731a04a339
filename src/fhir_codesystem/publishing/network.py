"""How servers are reached: whose certificates are trusted, which is shown, through what proxy."""

from __future__ import annotations

import os
import ssl
from base64 import b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    IncompleteRead,
    MaxRetryError,
    NewConnectionError,
    ProxyError,
    ReadTimeoutError,
    SSLError,
)

from fhir_codesystem.diagnostics import shown
from fhir_codesystem.errors import EnvironmentProblem
from fhir_codesystem.publishing.address import is_loopback
from fhir_codesystem.publishing.files import require_closed

if TYPE_CHECKING:
    from pathlib import Path

    from fhir_codesystem.publishing.hiding import Secrets


@dataclass(frozen=True, slots=True)
class Certificate:
    """The certificate that is shown to servers: files in PEM, and the password of the key.

    ``key`` may be None where the file of the certificate holds the key too.
    """

    file: Path
    key: Path | None = None
    password: str | None = field(default=None, repr=False)

    def show(self, context: ssl.SSLContext) -> None:
        """Let a context show it; raises EnvironmentProblem where it cannot be used."""
        _readable(self.file)
        require_closed(self.key or self.file)
        try:
            # without a password OpenSSL would ask a person for one
            context.load_cert_chain(self.file, self.key, lambda: self.password or "")
        except (ssl.SSLError, OSError, ValueError):
            raise EnvironmentProblem(self._problem()) from None

    def _problem(self) -> str:
        key = self.key or self.file
        if b"ENCRYPTED" in key.read_bytes():
            told = "is not opened by its password" if self.password else "is encrypted"
            return f"the key {shown(key)} {told}: client-key-password opens it"
        return f"{shown(self.file)} and {shown(key)} are no certificate in PEM with its key"


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy: its URL without secrets, and the header that signs in there."""

    url: str
    headers: dict[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def parse(cls, text: str, secrets: Secrets) -> Proxy:
        """Read the URL of a proxy, perhaps with a name and password; raises EnvironmentProblem."""
        try:
            parts = urlsplit(text.strip() if "://" in text else f"http://{text.strip()}")
            port = parts.port
        except ValueError:
            raise EnvironmentProblem("the address of the proxy is no URL") from None
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise EnvironmentProblem(
                "the address of the proxy is none that is known; it looks like http://HOST:PORT"
            )
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        url = f"{parts.scheme}://{host}" + (f":{port}" if port else "")
        if parts.username is None:
            return cls(url)
        secrets.add(parts.password or "")
        pair = f"{unquote(parts.username)}:{secrets.add(unquote(parts.password or ''))}"
        basic = secrets.add(b64encode(pair.encode()).decode())
        return cls(url, {"Proxy-Authorization": f"Basic {basic}"})

    @property
    def is_near(self) -> bool:
        """Whether it runs on this very machine."""
        return is_loopback(urlsplit(self.url).hostname or "")


@dataclass(frozen=True)
class Network:
    """How servers are reached.

    ``ca_file`` holds certificates that are trusted beside those of the system. ``proxy`` is used
    for all servers; without it the variables HTTPS_PROXY, HTTP_PROXY and NO_PROXY say which proxy
    (on some systems its settings do), and none is used for this very machine.
    """

    secrets: Secrets = field(repr=False)
    ca_file: Path | None = None
    certificate: Certificate | None = None
    proxy: Proxy | None = None
    _context: ssl.SSLContext = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Read the certificates; raises EnvironmentProblem."""
        context = self._trusting()
        if self.certificate is not None:
            self.certificate.show(context)
        object.__setattr__(self, "_context", context)

    def pool(self, url: str) -> urllib3.PoolManager:
        """Return the connections over which a URL is asked for; raises EnvironmentProblem."""
        proxy = self.proxy_for(url)
        if proxy is None:
            return urllib3.PoolManager(ssl_context=self._context)
        return urllib3.ProxyManager(
            proxy.url,
            proxy_headers=proxy.headers,
            proxy_ssl_context=self._trusting(),
            ssl_context=self._context,
        )

    def proxy_for(self, url: str) -> Proxy | None:
        """Return the proxy through which a URL is asked for; raises EnvironmentProblem."""
        if self.proxy is not None:
            return self.proxy
        parts = urlsplit(url)
        if is_loopback(parts.hostname or "") or proxy_bypass(parts.netloc):
            return None
        proxies = getproxies()
        found = proxies.get(parts.scheme) or proxies.get("all")
        return Proxy.parse(found, self.secrets) if found else None

    def require_private(self, url: str) -> None:
        """Raise EnvironmentProblem where secrets sent to a URL would be seen by others."""
        parts = urlsplit(url)
        if parts.scheme == "https":
            return
        if self.certificate is not None:
            raise EnvironmentProblem(f"{url} is not https: no certificate can be shown there")
        proxy = self.proxy_for(url)
        if not is_loopback(parts.hostname or "") or (proxy is not None and not proxy.is_near):
            raise EnvironmentProblem(
                f"{url} is not https: nobody signs in there, as others would see the secret"
            )

    def unreached(self, place: str, error: HTTPError, seconds: float) -> str:
        """Say in a line why no answer came from a place that had some seconds to give one."""
        cause = error.reason if isinstance(error, MaxRetryError) and error.reason else error
        return self.secrets.hide(_told(place, cause, seconds))

    def _trusting(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if self.ca_file is not None:
            _readable(self.ca_file)
            try:
                context.load_verify_locations(self.ca_file)
            except (ssl.SSLError, OSError):
                raise EnvironmentProblem(
                    f"{shown(self.ca_file)} holds no certificates in PEM"
                ) from None
        return context


def _told(place: str, cause: BaseException, seconds: float) -> str:
    if isinstance(cause, SSLError):
        return f"{place}: {_distrust(cause)}"
    if isinstance(cause, ProxyError):
        return f"{place} is not reached through the proxy: {_reason(cause.original_error)}"
    if isinstance(cause, NewConnectionError):
        return f"{place} is not reached: {_reason(cause)}"
    if isinstance(cause, ConnectTimeoutError):
        return f"{place} is not reached in time"
    if isinstance(cause, ReadTimeoutError):
        return f"{place} gives no answer within {seconds:g} s"
    return f"{place} gives no whole answer: {_reason(cause)}"


def _distrust(error: SSLError) -> str:
    """Say why there is no TLS with a server."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = next((each for each in cause.args if isinstance(each, BaseException)), None)
    if isinstance(cause, ssl.SSLCertVerificationError):
        told = f"its certificate is not trusted: {cause.verify_message.rstrip('.')}"
        unknown = cause.verify_code in {18, 19, 20, 21}  # nobody known has signed it
        return told + ("; ca-file names whom to trust" if unknown else "")
    reason = (cause.reason if isinstance(cause, ssl.SSLError) else None) or str(error)
    if any(each in reason for each in ("CERTIFICATE", "HANDSHAKE_FAILURE", "EOF")):
        return f"it refuses to connect, perhaps for want of a client-cert ({reason})"
    return f"no TLS with it ({reason})"


def _reason(error: BaseException) -> str:
    """Say why a connection failed, without the names of classes and objects."""
    cause = error.__cause__ or (error.args[-1] if error.args else None)
    cause = error if isinstance(error, OSError) else cause
    if isinstance(cause, OSError):
        return cause.strerror or str(cause)
    if isinstance(cause, IncompleteRead):
        return f"it ended after {cause.partial:,} bytes, {cause.expected:,} before its end"
    return str(error).rpartition(": ")[2] or type(error).__name__


def _readable(file: Path) -> None:
    if not file.is_file() or not os.access(file, os.R_OK):
        raise EnvironmentProblem(f"cannot read {shown(file)}")
