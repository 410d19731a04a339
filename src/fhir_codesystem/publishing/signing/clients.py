"""How a client shows a token endpoint who it is (RFC 6749 section 2.3, RFC 7523, RFC 8705)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from fhir_codesystem.publishing.signing.ways import pair

if TYPE_CHECKING:
    from fhir_codesystem.publishing.hiding import Secrets

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True, slots=True)
class Proof:
    """What is sent to a token endpoint to show who asks: headers, and fields of the form."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    form: Mapping[str, str] = field(default_factory=dict, repr=False)


Client = Callable[[str], Proof]
"""A client: it proves to the token endpoint at a URL who it is, each time anew."""


def secret_basic(client_id: str, secret: str, secrets: Secrets) -> Client:
    """Return a client that sends its secret in a header (client_secret_basic)."""
    user, password = quote_plus(client_id), quote_plus(secrets.add(secret))
    proof = Proof({"Authorization": f"Basic {pair(user, password, secrets)}"})
    return lambda _: proof


def secret_post(client_id: str, secret: str, secrets: Secrets) -> Client:
    """Return a client that sends its secret in the form (client_secret_post)."""
    proof = Proof(form={"client_id": client_id, "client_secret": secrets.add(secret)})
    return lambda _: proof


def certified(client_id: str) -> Client:
    """Return a client that is known by its certificate (tls_client_auth)."""
    proof = Proof(form={"client_id": client_id})
    return lambda _: proof


def asserted(assertion: Callable[[str], str], secrets: Secrets) -> Client:
    """Return a client that signs an assertion for each request (private_key_jwt).

    ``assertion`` makes one for the URL of a token endpoint.
    """

    def prove(url: str) -> Proof:
        signed = secrets.add(assertion(url))
        return Proof(form={"client_assertion_type": ASSERTION, "client_assertion": signed})

    return prove
