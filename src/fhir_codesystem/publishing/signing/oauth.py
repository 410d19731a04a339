"""OAuth 2.0 client credentials: a token from a token endpoint (RFC 6749, section 4.4)."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from fhir_codesystem.publishing.client import ServerProblem
from fhir_codesystem.publishing.signing.fetching import Fetched, fetch
from fhir_codesystem.publishing.signing.ways import SignIn, is_token

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fhir_codesystem.publishing.network import Network
    from fhir_codesystem.publishing.signing.clients import Client

EARLY = 30.0
"""A token is renewed so many seconds before it expires, or in the last tenth of its time."""
PAUSE = 0.5
"""Seconds before a busy token endpoint is asked again."""
MEANINGS = {
    "invalid_request": "it does not understand the request",
    "invalid_client": "it does not know this client, or not this secret or key of it",
    "invalid_grant": "it does not accept what was presented",
    "unauthorized_client": "this client may not ask for a token in this way",
    "unsupported_grant_type": "it gives no tokens for client credentials",
    "invalid_scope": "it does not grant this scope",
}
"""The errors of RFC 6749, section 5.2."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A token endpoint, and the scope to ask for there; an empty one leaves it to the server."""

    url: str
    scope: str = ""


@dataclass
class ClientCredentials(SignIn):
    """Sign in with a token that is asked for when it is needed, and kept until it expires.

    ``find`` finds the token endpoint; it is called once, before the first token.
    """

    network: Network = field(repr=False)
    client: Client = field(repr=False)
    find: Callable[[], Endpoint] = field(repr=False)
    is_anonymous = False
    _endpoint: Endpoint | None = field(default=None, init=False, repr=False)
    _token: str | None = field(default=None, init=False, repr=False)
    _until: float = field(default=0, init=False, repr=False)
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    def headers(self) -> Mapping[str, str]:
        """Return the header with a token; raises ServerProblem where none is given."""
        with self._lock:
            if self._token is None or time.monotonic() >= self._until:
                self._token = self._asked()
            return {"Authorization": f"Bearer {self._token}"}

    def renew(self, refused: Mapping[str, str]) -> bool:
        """Forget the token if it is the refused one; another can always be asked for."""
        with self._lock:
            if refused.get("Authorization") == f"Bearer {self._token}":
                self._token = None
        return True

    def _asked(self) -> str:
        """Ask for a token, and note until when it is good."""
        if self._endpoint is None:
            self._endpoint = self.find()
            self.network.require_private(self._endpoint.url)
        began = time.monotonic()
        answer = self._answer(self._endpoint)
        value = answer.value
        token, kind = value.get("access_token"), str(value.get("token_type", "Bearer"))
        place = f"the token endpoint {self._endpoint.url}"
        if not 200 <= answer.status < 300 or not isinstance(token, str):
            told = _error(value, self.hide) or answer.told(self.network)
            raise ServerProblem(f"{place} gives no token: {told}")
        self.secrets.add(token)
        if kind.casefold() != "bearer" or not is_token(token):
            raise ServerProblem(f"{place} gives a token that is no bearer token")
        seconds = _seconds(value.get("expires_in"))
        self._until = began + seconds - min(EARLY, seconds / 10)
        return token

    def _answer(self, endpoint: Endpoint) -> Fetched:
        """Ask, and ask again where the endpoint is busy."""
        for pause in (PAUSE, 2 * PAUSE):
            answer = self._attempt(endpoint)
            if not answer.is_busy:
                return answer
            time.sleep(answer.wait(pause))
        return self._attempt(endpoint)

    def _attempt(self, endpoint: Endpoint) -> Fetched:
        """Ask once; the client proves anew who it is, as an assertion is taken once only."""
        proof = self.client(endpoint.url)
        form = {"grant_type": "client_credentials", **proof.form}
        if endpoint.scope:
            form["scope"] = endpoint.scope
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode(form).encode()
        return fetch(self.network, "POST", endpoint.url, {**kind, **proof.headers}, body)


def _error(value: Mapping[str, Any], hide: Callable[[str], str]) -> str | None:
    """Say what an error of a token endpoint means, with its own words after it."""
    code = value.get("error")
    if not isinstance(code, str):
        return None
    told = [code, str(value.get("error_description") or "")]
    words = ": ".join(" ".join(hide(each).split())[:200] for each in told if each)
    return f"{MEANINGS.get(code, 'it says')} ({words})"


def _seconds(stated: object) -> float:
    """Return for how long a token is good; where nothing is said, until it is refused."""
    try:
        return max(0.0, float(stated))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return float("inf")
