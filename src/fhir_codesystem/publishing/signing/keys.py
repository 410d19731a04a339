"""The key of a SMART backend service, and the assertions that it signs (RFC 7523)."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from fhir_codesystem.errors import EnvironmentProblem

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    Private = EllipticCurvePrivateKey | RSAPrivateKey

LIFETIME = 240
"""Seconds for which an assertion is good; SMART allows 300, and clocks differ."""
SMALLEST = 2048
"""Bits of an RSA key."""


@dataclass(frozen=True, slots=True)
class Key:
    """A private key: its id at the server, and the algorithm with which it signs."""

    key_id: str
    algorithm: str
    private: Private = field(repr=False)

    def assertion(self, client_id: str, audience: str) -> str:
        """Sign who the client is, for the token endpoint that is the audience, for once."""
        import jwt  # noqa: PLC0415 - only those who sign in so need it

        claims = {
            "iss": client_id,
            "sub": client_id,
            "aud": audience,
            "exp": int(time.time()) + LIFETIME,
            "jti": secrets.token_urlsafe(32),
        }
        return jwt.encode(claims, self.private, self.algorithm, headers={"kid": self.key_id})


def read(text: str, key_id: str | None = None, password: str | None = None) -> Key:
    """Read a private key: a JWK, a JWK set, or PEM.

    ``key_id`` chooses among the keys of a set, and is the id of a key that has none. Raises
    EnvironmentProblem where there is not one key for RS384 or ES384; nothing of the key is in it.
    """
    if "-----BEGIN" in text:
        if key_id is None:
            raise EnvironmentProblem("a key in PEM has no id: private-key-id says it")
        return _key(key_id, _from_pem(text, password))
    found = _chosen(text, key_id)
    named = found.get("kid", key_id)
    if not isinstance(named, str) or not named:
        raise EnvironmentProblem("the private key has no kid: private-key-id says it")
    return _key(named, _from_jwk(found), found.get("alg"))


def _key(key_id: str, private: object, stated: object = None) -> Key:
    from cryptography.hazmat.primitives.asymmetric import ec, rsa  # noqa: PLC0415

    if isinstance(private, rsa.RSAPrivateKey):
        if private.key_size < SMALLEST:
            raise EnvironmentProblem(f"the private key has less than {SMALLEST} bits")
        key = Key(key_id, "RS384", private)
    elif isinstance(private, ec.EllipticCurvePrivateKey) and private.curve.name == "secp384r1":
        key = Key(key_id, "ES384", private)
    else:
        raise EnvironmentProblem("the private key is neither RSA nor on the curve P-384")
    if stated not in {None, key.algorithm}:
        raise EnvironmentProblem(f"the private key is for another algorithm than {key.algorithm}")
    return key


def _from_pem(text: str, password: str | None) -> object:
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
        load_pem_private_key,
    )

    try:
        return load_pem_private_key(text.encode(), password.encode() if password else None)
    except TypeError:
        told = "has no password" if password else "is encrypted: private-key-password opens it"
        raise EnvironmentProblem(f"the private key {told}") from None
    except (ValueError, UnsupportedAlgorithm):
        told = "is not opened by its password, or" if password else "is"
        raise EnvironmentProblem(f"the private key {told} no private key in PEM") from None


def _from_jwk(jwk: dict[str, Any]) -> object:
    from jwt import PyJWK  # noqa: PLC0415
    from jwt.exceptions import PyJWTError  # noqa: PLC0415

    try:
        return PyJWK(jwk, "ES384" if jwk.get("kty") == "EC" else "RS384").key
    except (PyJWTError, ValueError, TypeError):
        raise EnvironmentProblem("the private key is no whole JWK") from None


def _chosen(text: str, key_id: str | None) -> dict[str, Any]:
    """Find the one private key that may sign in a JWK or a JWK set (RFC 7517)."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise EnvironmentProblem("the private key is neither a JWK nor PEM") from None
    holder = value if isinstance(value, dict) else {}
    listed = holder.get("keys", [holder])
    keys = [each for each in listed if _signs(each)] if isinstance(listed, list) else []
    if "keys" in holder and key_id is not None:
        keys = [each for each in keys if each.get("kid") == key_id]
    if len(keys) == 1:
        found: dict[str, Any] = keys[0]
        return found
    if keys:
        raise EnvironmentProblem("the JWK set holds several private keys; private-key-id chooses")
    raise EnvironmentProblem("the JWK, or JWK set, holds no such private key to sign with")


def _signs(jwk: object) -> bool:
    """Whether a value is a JWK with a private key that may sign."""
    if not isinstance(jwk, dict) or jwk.get("kty") not in {"RSA", "EC"} or "d" not in jwk:
        return False
    return jwk.get("use", "sig") == "sig" and "sign" in jwk.get("key_ops", ["sign"])
