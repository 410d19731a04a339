"""Talking to a FHIR server: requests that are retried where that is safe, answers that are read."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from gzip import compress
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlencode

import orjson
import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    DecodeError,
    HTTPError,
    MaxRetryError,
    NewConnectionError,
    ProtocolError,
    ProxyError,
    ReadTimeoutError,
)

from fhir_codesystem import __version__
from fhir_codesystem.errors import EnvironmentProblem
from fhir_codesystem.publishing.body import Body
from fhir_codesystem.publishing.outcome import has_errors, said
from fhir_codesystem.publishing.patience import UNKNOWN, impatience, patience

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fhir_codesystem.publishing.profiles import Target
    from fhir_codesystem.publishing.signing.ways import SignIn

JSON = "application/fhir+json"
REFUSED = {400, 409, 410, 412, 413, 422, 428}
"""A write that the server has understood, and does not do."""
LONGEST_BODY = 512 * 1024 * 1024
ZIPPED_FROM = 100_000
"""Bytes of a body from which on it is sent compressed."""
NOT_UNPACKED = {400, 415, 501}
"""A server's answers to a compressed body that it cannot read; nothing was done."""
NOT_SENT = (ConnectTimeoutError, NewConnectionError, ProxyError)
"""Errors before anything is sent: nobody is reached."""
READ = 5_000
"""Bytes of an answer that are looked at where it is not JSON."""


class ServerProblem(EnvironmentProblem):
    """A server that cannot be worked with: it is not reached, lets nobody in, or is broken."""


class UnknownFate(ServerProblem):
    """A write to which no answer came: it may have been done, and must be looked for."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: its body as JSON (None where it is not), and as a line that a person reads."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    value: Any = field(repr=False)
    said: str = ""

    @property
    def is_good(self) -> bool:
        """Whether the status says so, and no OperationOutcome denies it."""
        return 200 <= self.status < 300 and not has_errors(self.value)

    @property
    def etag(self) -> str | None:
        """The entity tag; it is opaque."""
        return self.headers.get("ETag")


@dataclass
class Client:
    """A FHIR server; every request goes below its base URL, and no redirect is followed.

    ``timeout`` is in seconds, for an answer to begin and between its parts; ``progress`` is told
    the share of a body, 0 to 1, that is sent; ``repeats`` is whether reads are repeated.
    Large bodies are sent compressed, until the server shows that it does not unpack them.
    """

    target: Target
    timeout: float = 120
    progress: Callable[[float], None] = field(default=lambda _: None, repr=False)
    repeats: bool = True
    _zips: bool = field(init=False, default=True, repr=False)
    _pool: urllib3.PoolManager = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.target.require_private()
        self._pool = self.target.network.pool(self.target.address.url)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        """End; what ends it tells no secret, whatever the server has put in its mouth."""
        if isinstance(error := raised[1], BaseException):
            error.args = tuple(self.sign_in.secrets.hide_in(error.args))
        self._pool.clear()

    @property
    def sign_in(self) -> SignIn:
        """How the client signs in."""
        return self.target.sign_in

    def once(self, seconds: float) -> Client:
        """Return this client as it reads once, and waits so many seconds for an answer at most."""
        hasty = copy(self)
        hasty.timeout, hasty.repeats = min(self.timeout, seconds), False
        return hasty

    def get(self, path: str, **query: str) -> Answer:
        """Read; an attempt that fails in passing is repeated. Raises ServerProblem.

        What is returned is good, or 404 or 410, or refused as 400 or 422.
        """
        retry = patience(reading=True) if self.repeats else impatience()
        answer = self._send("GET", path, retry, query=query)
        if answer.is_good or answer.status in {400, 404, 410, 422}:
            return answer
        raise ServerProblem(self._problem("GET", path, answer))

    def write(
        self, method: str, path: str, body: bytes, guards: Mapping[str, str] | None = None
    ) -> Answer:
        """Write a resource; what was stored is not asked for in return.

        What is returned is good, or has one of the statuses `REFUSED`, 404 or 405. Raises
        UnknownFate where it may have been done nevertheless, else ServerProblem.
        """
        headers = {"Content-Type": JSON, "Prefer": "return=minimal", **(guards or {})}
        answer = None
        if self._zips and len(body) > ZIPPED_FROM:
            zipped = {**headers, "Content-Encoding": "gzip"}
            answer = self._sent(method, path, zipped, compress(body, mtime=0))
            self._zips = answer.status not in NOT_UNPACKED
        if answer is None or answer.status in NOT_UNPACKED:
            answer = self._sent(method, path, headers, body)
        if answer.is_good or answer.status in {*REFUSED, 404, 405}:
            return answer
        problem = UnknownFate if answer.status in UNKNOWN else ServerProblem
        raise problem(self._problem(method, path, answer))

    def _sent(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Write bytes, part by part; a write is repeated only where nothing was done."""
        parts = Body(body, self.progress)
        return self._send(method, path, patience(reading=False), headers=headers, body=parts)

    def json(self, path: str, resource_type: str, **query: str) -> dict[str, Any]:
        """Read a resource of a type; raises ServerProblem where anything else comes."""
        return self.resource_in(self.get(path, **query), path, resource_type)

    def resource_in(self, answer: Answer, path: str, resource_type: str) -> dict[str, Any]:
        """Return the resource that an answer to a GET holds; raises ServerProblem for any other."""
        value = answer.value
        found = value.get("resourceType") if isinstance(value, dict) else None
        if answer.is_good and found == resource_type:
            resource: dict[str, Any] = value
            return resource
        told = self._problem("GET", path, answer)
        if answer.is_good:
            got = "no JSON" if value is None else f"no {resource_type}"
            told = f"{self._place(path)} answered {answer.status} with {got}{_after(answer.said)}"
        raise ServerProblem(told)

    def following(self, url: str) -> dict[str, Any]:
        """Read the next page of a search; raises ServerProblem where it is another server's."""
        address = self.target.address
        if not address.holds(url):
            raise ServerProblem(
                f"{address} names a page of another server: {self.sign_in.hide(url)}"
            )
        return self.json(url.removeprefix(address.url).lstrip("/"), "Bundle")

    def _send(
        self,
        method: str,
        path: str,
        retry: urllib3.Retry,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: Body | None = None,
    ) -> Answer:
        url = self._place(path) + (f"?{urlencode(query)}" if query else "")
        sent = {
            "Accept": JSON,
            "Accept-Encoding": "gzip",
            "Cache-Control": "no-cache",
            "User-Agent": f"fhir-codesystem/{__version__}",
            **({"Content-Length": str(body.size)} if body else {}),
            **(headers or {}),
        }
        signed = self.sign_in.headers()
        answer = self._ask(method, path, url, retry, {**sent, **signed}, body)
        if answer.status == 401 and self.sign_in.renew(signed):  # nothing was done
            if body is not None:
                body.seek(0)
            answer = self._ask(method, path, url, retry, {**sent, **self.sign_in.headers()}, body)
        return answer

    def _ask(
        self,
        method: str,
        path: str,
        url: str,
        retry: urllib3.Retry,
        headers: Mapping[str, str],
        body: Body | None,
    ) -> Answer:
        try:
            response, data = self._exchanged(method, url, headers, body, retry)
        except HTTPError as error:
            raise self._unreached(method, path, error) from None
        value = _parsed(data)
        text = said(value, data[:READ], self.sign_in.hide)
        return Answer(response.status, response.headers, value, text)

    def _exchanged(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: Body | None,
        retry: urllib3.Retry,
    ) -> tuple[urllib3.BaseHTTPResponse, bytes]:
        """Send, and read the answer; urllib3 repeats what fails until an answer begins."""
        while True:
            response = self._pool.request(
                method,
                url,
                body=body,
                headers=headers,
                retries=retry,
                redirect=False,
                timeout=urllib3.Timeout(connect=min(10, self.timeout), read=self.timeout),
                preload_content=False,
            )
            try:
                with response:
                    return response, response.read(LONGEST_BODY)
            except (ProtocolError, ReadTimeoutError) as error:
                retry = (response.retries or retry).increment(method, url, error=error)
                retry.sleep()

    def _unreached(self, method: str, path: str, error: HTTPError) -> ServerProblem:
        cause = error.reason if isinstance(error, MaxRetryError) and error.reason else error
        told = self.target.network.unreached(self._place(path), error, self.timeout)
        if isinstance(cause, DecodeError):
            told = f"{self._place(path)} gives an answer that cannot be unpacked"
        known = method == "GET" or isinstance(cause, NOT_SENT)
        return ServerProblem(told) if known else UnknownFate(told)

    def _problem(self, method: str, path: str, answer: Answer) -> str:
        """Say in a line what an answer means that cannot be worked with."""
        place = self._place(path)
        what = f"{place} answered {answer.status} to {method}"
        if 300 <= answer.status < 400:
            where = self.sign_in.hide(answer.headers.get("Location", "nowhere"))
            return f"{place} redirects to {where}, which is not followed: give the server's own URL"
        means = {
            401: "it asks to sign in"
            if self.sign_in.is_anonymous
            else "it knows nobody who signs in so",
            403: "it does not permit this",
            405: "it does not take this",
            408: "it takes longer than the server waits",
            429: "it was asked too often",
            503: "it does not serve now",
        }.get(answer.status)
        return what + (f": {means}" if means else "") + _after(answer.said)

    def _place(self, path: str) -> str:
        return f"{self.target.address}/{path}".rstrip("/")


def _after(text: str) -> str:
    return f" ({text})" if text else ""


def _parsed(data: bytes) -> Any:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return None
