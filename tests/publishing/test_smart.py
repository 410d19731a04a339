"""Signing in as a SMART backend service: a key that signs, and where tokens are given."""

from __future__ import annotations

import json
import re
import ssl
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import trustme
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from fhir_codesystem.errors import EnvironmentProblem
from fhir_codesystem.publishing.signing import discovery, keys

from .authority import authorising
from .conftest import colours
from .relay import encrypted
from .stub import Reply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .authority import Authority
    from .conftest import Desk
    from .stub import Stub

RSA = rsa.generate_private_key(65537, 2048)
EC = ec.generate_private_key(ec.SECP384R1())
PASSWORD = "opens-the-key"


def jwk(private: Any, **members: Any) -> dict[str, Any]:
    """Return a private key as a JWK, with the id ``k1``."""
    algorithm = RSAAlgorithm if isinstance(private, rsa.RSAPrivateKey) else ECAlgorithm
    made: dict[str, Any] = algorithm.to_jwk(private, as_dict=True)
    return {**made, "kid": "k1", **members}


def pem(private: Any, password: str | None = None) -> str:
    """Return a private key as PEM, encrypted where there is a password."""
    closed = (
        serialization.BestAvailableEncryption(password.encode())
        if password
        else serialization.NoEncryption()
    )
    form = serialization.PrivateFormat.PKCS8
    text: bytes = private.private_bytes(serialization.Encoding.PEM, form, closed)
    return text.decode()


def jwk_set(*members: dict[str, Any]) -> str:
    """Return a JWK set."""
    return json.dumps({"keys": members})


@contextmanager
def serving(desk: Desk, monkeypatch: pytest.MonkeyPatch, **settings: Any) -> Iterator[Authority]:
    """Run a token endpoint over TLS, whose CA the environment names; it knows both keys."""
    ca = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ca.issue_cert("localhost").configure_cert(context)
    trusted = desk.folder / "ca.pem"
    ca.cert_pem.write_to_path(str(trusted))
    monkeypatch.setenv("FHIR_CODESYSTEM_CA_FILE", str(trusted))
    monkeypatch.setenv("FHIR_CODESYSTEM_CLIENT_ID", "publisher")
    public = {"k1": RSA.public_key(), "k2": EC.public_key()}
    with (
        authorising(keys=public, **settings) as authority,
        encrypted(authority.port, context) as port,
    ):
        authority.url = f"https://localhost:{port}/token"
        yield authority


@pytest.fixture
def authority(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Authority]:
    """Run a token endpoint over TLS."""
    with serving(desk, monkeypatch) as running:
        yield running


def state(stub: Stub, authority: Authority, *capabilities: str) -> None:
    """Let the server state where tokens are given."""
    stated = {"token_endpoint": authority.url, "capabilities": list(capabilities)}
    stub.on("GET", "/.well-known/smart-configuration", Reply(200, stated))


@pytest.mark.parametrize(
    ("text", "key_id", "password", "algorithm"),
    [
        (json.dumps(jwk(RSA)), None, None, "RS384"),
        (json.dumps(jwk(EC, kid="k2")), None, None, "ES384"),
        (jwk_set(jwk(RSA), jwk(EC, kid="k2")), "k2", None, "ES384"),
        (jwk_set(jwk(RSA, use="sig", key_ops=["sign"]), jwk(EC, use="enc")), None, None, "RS384"),
        (pem(RSA), "k1", None, "RS384"),
        (pem(EC, PASSWORD), "k2", PASSWORD, "ES384"),
    ],
)
def test_the_token_endpoint_believes_each_assertion(
    desk: Desk,
    stub: Stub,
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    key_id: str | None,
    password: str | None,
    algorithm: str,
) -> None:
    monkeypatch.setenv("FHIR_CODESYSTEM_PRIVATE_KEY", text)
    monkeypatch.setenv("FHIR_CODESYSTEM_PRIVATE_KEY_ID", key_id or "")
    monkeypatch.setenv("FHIR_CODESYSTEM_PRIVATE_KEY_PASSWORD", password or "")
    state(stub, authority)
    stub.on("POST", "/CodeSystem", Reply(401))
    desk.publish(stub.url, colours())
    configuration, *rest = stub.asked
    assert "Authorization" not in configuration.headers
    sent = list(dict.fromkeys(each.headers["Authorization"] for each in rest))
    assert sent == [f"Bearer {token}" for token in authority.given]
    assert [each["alg"] for each in authority.assertions] == [algorithm] * 2
    assert authority.asked[0]["scope"] == discovery.SCOPE


def test_the_private_key_may_be_in_a_file_and_the_endpoint_stated(
    desk: Desk, stub: Stub, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = desk.folder / "key.json"
    file.write_text(json.dumps(jwk(RSA)), "utf-8")
    file.chmod(0o600)
    monkeypatch.setenv("FHIR_CODESYSTEM_PRIVATE_KEY_FILE", str(file))
    monkeypatch.setenv("FHIR_CODESYSTEM_TOKEN_URL", authority.url)
    desk.publish(stub.url, colours())
    assert stub.asked[0].headers["Authorization"] == f"Bearer {authority.given[0]}"
    assert authority.asked[0]["scope"] == discovery.SCOPE


def test_an_assertion_is_signed_anew_for_each_attempt(
    desk: Desk, stub: Stub, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FHIR_CODESYSTEM_PRIVATE_KEY", json.dumps(jwk(RSA)))
    state(stub, authority)
    authority.replies = [Reply(503, "", {"Retry-After": "0"})]
    desk.publish(stub.url, colours())
    first, second = (each["client_assertion"] for each in authority.asked)
    assert first != second
    assert len(authority.given) == 1


def test_an_assertion_is_for_one_token_endpoint_alone(
    desk: Desk, stub: Stub, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FHIR_CODESYSTEM_PRIVATE_KEY", json.dumps(jwk(RSA)))
    state(stub, authority)
    authority.url = "https://another.example.org/token"
    said = desk.publish(stub.url, colours())
    assert said.code == 2
    assert said.err.endswith("(invalid_client: *** is not believed: Audience doesn't match)")


def test_a_key_that_the_server_does_not_know(
    desk: Desk, stub: Stub, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FHIR_CODESYSTEM_PRIVATE_KEY", json.dumps(jwk(RSA, kid="k9")))
    state(stub, authority)
    said = desk.publish(stub.url, colours())
    assert said.code == 2
    assert "not this secret or key of it (invalid_client: *** is not believed: 'k9')" in said.err


@pytest.mark.parametrize(
    ("capabilities", "scope"),
    [
        ([], discovery.SCOPE),
        (["permission-v1"], discovery.SCOPE_1),
        (["permission-v1", "permission-v2"], discovery.SCOPE),
        ("permission-v1", discovery.SCOPE),
    ],
)
def test_the_scope_fits_what_the_server_states(capabilities: Any, scope: str) -> None:
    assert discovery.default_scope({"capabilities": capabilities}) == scope


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(404, "none here"), "names no token endpoint (it answered 404 (none here))"),
        (Reply(200, "<h1>Hello</h1>"), "names no token endpoint (it states none)"),
        (Reply(200, {"token_endpoint": 7}), "names no token endpoint (it states none)"),
        (Reply(301, "", {"Location": "https://x/"}), "(it redirects to https://x/, which is not"),
        (Reply(200, {"token_endpoint": "http://example.org/token"}), "and not https"),
        (Reply(200, {"token_endpoint": "http://127.0.0.1:1/token"}), "and not https"),
        (Reply(200, {"token_endpoint": "/token"}), "no URL of a server"),
        (Reply(200, {"token_endpoint": "https://u:p@example.org/"}), "holds a name or password"),
    ],
)
def test_a_server_that_names_no_token_endpoint(
    desk: Desk, stub: Stub, monkeypatch: pytest.MonkeyPatch, reply: Reply, told: str
) -> None:
    monkeypatch.setenv("FHIR_CODESYSTEM_CLIENT_ID", "publisher")
    monkeypatch.setenv("FHIR_CODESYSTEM_PRIVATE_KEY", json.dumps(jwk(RSA)))
    stub.on("GET", "/.well-known/smart-configuration", reply)
    said = desk.publish(stub.url, colours())
    assert said.code == 2
    assert f"{stub.url}/.well-known/smart-configuration" in said.err
    assert told in said.err
    assert "\n" not in said.err
    assert len(stub.asked) == 1


def test_a_token_endpoint_of_the_servers_own_origin_need_not_be_https(
    desk: Desk, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FHIR_CODESYSTEM_CLIENT_ID", "publisher")
    monkeypatch.setenv("FHIR_CODESYSTEM_PRIVATE_KEY", json.dumps(jwk(RSA)))
    endpoint = stub.url.removesuffix("/fhir") + "/token"
    stated = Reply(200, {"token_endpoint": endpoint})
    stub.on("GET", "/.well-known/smart-configuration", stated)
    said = desk.publish(stub.url, colours())
    assert said.err.startswith(endpoint)  # the stub understands no forms, and gives no answer


SMALL = rsa.generate_private_key(65537, 1024)
P256 = ec.generate_private_key(ec.SECP256R1())


@pytest.mark.parametrize(
    ("text", "key_id", "password", "told"),
    [
        ("{", None, None, "is neither a JWK nor PEM"),
        ("7", None, None, "holds no such private key"),
        (jwk_set(jwk(RSA)), "k7", None, "holds no such private key"),
        (jwk_set(jwk(RSA), jwk(EC, kid="k2")), None, None, "private-key-id chooses"),
        ('{"keys": 7}', None, None, "holds no such private key"),
        (json.dumps({**jwk(RSA), "d": None}), None, None, "is no whole JWK"),
        (json.dumps({"kty": "RSA", "kid": "k1", "d": "AQAB"}), None, None, "is no whole JWK"),
        (json.dumps({"kty": "EC", "kid": "k", "crv": [], "d": "A"}), None, None, "is no whole JWK"),
        (json.dumps(jwk(RSA, use="enc")), None, None, "holds no such private key"),
        (json.dumps(jwk(RSA, key_ops=["verify"])), None, None, "holds no such private key"),
        (json.dumps(jwk(RSA, kid=None)), None, None, "has no kid"),
        (json.dumps(jwk(RSA, alg="RS256")), None, None, "another algorithm than RS384"),
        (json.dumps(jwk(P256)), None, None, "neither RSA nor on the curve P-384"),
        (json.dumps(jwk(SMALL)), None, None, "less than 2048 bits"),
        (pem(RSA), None, None, "private-key-id says it"),
        (pem(RSA), "k1", "x", "has no password"),
        (pem(RSA, PASSWORD), "k1", None, "private-key-password opens it"),
        (pem(RSA, PASSWORD), "k1", "wrong", "is not opened by its password"),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "k", None, "in PEM"),
    ],
)
def test_a_key_that_cannot_be_used_is_said_without_it(
    text: str, key_id: str | None, password: str | None, told: str
) -> None:
    with pytest.raises(EnvironmentProblem, match=re.escape(told)) as raised:
        keys.read(text, key_id, password)
    said = str(raised.value)
    assert len(said) < 120
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__ or raised.value.__context__ is None
    assert str(RSA.private_numbers().d) not in said


def test_the_key_is_in_no_repr() -> None:
    assert "private" not in repr(keys.read(json.dumps(jwk(RSA))))
