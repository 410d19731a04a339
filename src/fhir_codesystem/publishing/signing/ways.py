"""Who signs in at a server: nobody, or with what never changes (a token, a name and password)."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from fhir_codesystem.errors import EnvironmentProblem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fhir_codesystem.publishing.hiding import Secrets


@dataclass
class SignIn:
    """Nobody signs in; the other ways derive from this one.

    ``secrets`` hold all that must not be shown: what was read, and what is obtained later.
    """

    secrets: Secrets = field(repr=False)
    is_anonymous: ClassVar[bool] = True
    """Whether nothing is sent to sign in."""

    def headers(self) -> Mapping[str, str]:
        """Return the headers that sign a request in; raises ServerProblem where none are got."""
        return {}

    def renew(self, refused: Mapping[str, str]) -> bool:  # noqa: ARG002
        """Forget headers that a server has refused; return whether others can be got."""
        return False

    def hide(self, text: str) -> str:
        """Take the secrets out of a text that is to be shown."""
        return self.secrets.hide(text)


@dataclass
class Fixed(SignIn):
    """A header Authorization that stays the same."""

    authorization: str = field(repr=False)
    is_anonymous = False

    def headers(self) -> Mapping[str, str]:
        """Return the header."""
        return {"Authorization": self.authorization}


def bearer(token: str, secrets: Secrets) -> SignIn:
    """Sign in with a token (RFC 6750); raises EnvironmentProblem where it can be none."""
    if not is_token(token):
        raise EnvironmentProblem("the token to sign in with holds characters that none has")
    return Fixed(secrets, f"Bearer {secrets.add(token)}")


def basic(user: str, password: str, secrets: Secrets) -> SignIn:
    """Sign in with a name and a password (RFC 7617), which are sent as UTF-8."""
    if ":" in user:
        raise EnvironmentProblem("a name to sign in with holds no colon")
    return Fixed(secrets, f"Basic {pair(user, password, secrets)}")


def pair(user: str, password: str, secrets: Secrets) -> str:
    """Return a name and a password as Basic has them: Base64 of UTF-8."""
    return secrets.add(b64encode(f"{user}:{secrets.add(password)}".encode()).decode())


def is_token(text: str) -> bool:
    """Whether a text can stand in a header as a token."""
    return bool(text) and text.isascii() and text.isprintable() and " " not in text
