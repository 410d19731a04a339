"""One request to whoever helps to sign in: a token endpoint, a SMART configuration."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson
import urllib3
from urllib3.exceptions import HTTPError, InvalidHeader

from fhir_codesystem import __version__
from fhir_codesystem.publishing.client import ServerProblem
from fhir_codesystem.publishing.outcome import said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fhir_codesystem.publishing.network import Network

SECONDS = 30.0
"""An answer must come within these."""
LONGEST = 1_000_000
"""Bytes that are read of an answer."""
LONGEST_WAIT = 30
BUSY = {429, 502, 503, 504}


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer of any status; ``value`` is its JSON object, empty where there is none."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    data: bytes = field(repr=False)

    @property
    def value(self) -> dict[str, Any]:
        """The answer as a JSON object."""
        try:
            value = orjson.loads(self.data)
        except orjson.JSONDecodeError:
            return {}
        return value if isinstance(value, dict) else {}

    @property
    def is_busy(self) -> bool:
        """Whether to come again may help."""
        return self.status in BUSY

    def wait(self, seconds: float) -> float:
        """Return the seconds to wait: what the answer asks for, within limits, or those given."""
        retry = urllib3.Retry(retry_after_max=LONGEST_WAIT)
        try:
            return retry.parse_retry_after(self.headers["Retry-After"])
        except (KeyError, InvalidHeader):
            return seconds

    def told(self, network: Network) -> str:
        """Say in short what came: the status, where it leads, or the text."""
        if 300 <= self.status < 400:
            where = network.secrets.hide(self.headers.get("Location", "nowhere"))
            return f"it redirects to {where}, which is not followed"
        text = said(self.value or None, self.data[:5000], network.secrets.hide)
        return f"it answered {self.status}" + (f" ({text})" if text else "")


def fetch(
    network: Network, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None
) -> Fetched:
    """Send one request; no redirect is followed. Raises ServerProblem where no answer comes.

    Only a connection that was not made is tried again: what was sent once is never sent twice.
    """
    sent = {"Accept": "application/json", "User-Agent": f"fhir-codesystem/{__version__}", **headers}
    try:
        with network.pool(url) as pool:
            response = pool.request(
                method,
                url,
                body=body,
                headers=sent,
                redirect=False,
                retries=urllib3.Retry(
                    2, read=0, status=0, other=0, redirect=0, respect_retry_after_header=False
                ),
                timeout=urllib3.Timeout(connect=min(10, SECONDS), read=SECONDS),
                preload_content=False,
            )
            with response:
                return Fetched(response.status, response.headers, response.read(LONGEST))
    except HTTPError as error:
        raise ServerProblem(network.unreached(url, error, SECONDS)) from None
