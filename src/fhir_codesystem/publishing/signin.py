"""Who signs in at a server, and how: secrets that are neither shown nor stored."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fhir_codesystem.errors import EnvironmentProblem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fhir_codesystem.publishing.address import Address

TOKEN = "FHIR_CODESYSTEM_TOKEN"  # noqa: S105 - the name of a variable
USER = "FHIR_CODESYSTEM_USER"
PASSWORD = "FHIR_CODESYSTEM_PASSWORD"  # noqa: S105 - the name of a variable
HIDDEN = "***"


@dataclass(frozen=True, slots=True)
class SignIn:
    """What is sent to sign in, as the value of the header Authorization; None sends nothing.

    ``kind`` (none, bearer, basic) may be shown; the rest may not, and is in no repr.
    """

    kind: str = "none"
    header: str | None = field(default=None, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def bearer(cls, token: str) -> SignIn:
        """Sign in with a token (RFC 6750)."""
        return cls("bearer", f"Bearer {_clean(token, 'token')}", (token,))

    @classmethod
    def basic(cls, user: str, password: str) -> SignIn:
        """Sign in with a name and a password (RFC 7617), which are sent as UTF-8."""
        if ":" in user:
            raise EnvironmentProblem("a name to sign in with holds no colon")
        pair = b64encode(f"{user}:{password}".encode()).decode()
        return cls("basic", f"Basic {pair}", (password, pair))

    def hide(self, text: str) -> str:
        """Take the secrets out of a text that is to be shown."""
        for secret in self.secrets:
            text = text.replace(secret, HIDDEN) if secret else text
        return text

    def require_private(self, address: Address) -> None:
        """Raise EnvironmentProblem where the secrets would be sent for others to see."""
        if self.header is not None and not address.is_private:
            raise EnvironmentProblem(
                f"{address} is not https: nobody signs in there, as others would see the secret"
            )


def from_environment(environment: Mapping[str, str]) -> SignIn:
    """Read how to sign in from environment variables; raises EnvironmentProblem for halves."""
    token, user, password = (environment.get(name) for name in (TOKEN, USER, PASSWORD))
    if token and (user or password):
        raise EnvironmentProblem(f"{TOKEN} and {USER} are both set; one of them signs in")
    if token:
        return SignIn.bearer(token)
    if user and password:
        return SignIn.basic(user, password)
    if user or password:
        lacking = PASSWORD if user else USER
        raise EnvironmentProblem(f"{lacking} is not set; {USER} and {PASSWORD} go together")
    return SignIn()


def _clean(secret: str, what: str) -> str:
    if not secret.isascii() or not secret.isprintable() or " " in secret:
        raise EnvironmentProblem(f"the {what} to sign in with holds characters that none has")
    return secret
