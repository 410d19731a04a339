"""Certificates: the server's are verified, the client's is shown where one is asked for."""

from __future__ import annotations

import ssl
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import trustme
from cryptography.hazmat.primitives import serialization

from fhir_codesystem.publishing.profiles import target

from .authority import authorising
from .conftest import colours
from .relay import encrypted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .conftest import Desk
    from .stub import Stub

PASSWORD = "opens-the-key"
LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)


@dataclass
class Papers:
    """A CA of the tests, and files of what it has issued."""

    folder: Path
    ca: trustme.CA

    def trusted(self) -> str:
        """Return the file of the CA's certificate."""
        path = self.folder / "ca.pem"
        self.ca.cert_pem.write_to_path(str(path))
        return str(path)

    def client(self, password: str | None = None) -> tuple[str, str]:
        """Return the files of a client's certificate and its key."""
        issued = self.ca.issue_cert("publisher@example.org")
        certificate, key = self.folder / "client.pem", self.folder / "client.key"
        issued.cert_chain_pems[0].write_to_path(str(certificate))
        text = issued.private_key_pem.bytes()
        if password is not None:
            text = serialization.load_pem_private_key(text, None).private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.BestAvailableEncryption(password.encode()),
            )
        key.write_bytes(text)
        key.chmod(0o600)
        return str(certificate), str(key)

    @contextmanager
    def serving(
        self, port: int, host: str = "localhost", *, asks: bool = False, expired: bool = False
    ) -> Iterator[int]:
        """Speak TLS before a port, for a host; ``asks`` for a client's certificate."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        until = LONG_AGO + timedelta(days=1) if expired else None
        since = LONG_AGO if expired else None
        issued = self.ca.issue_cert(host, not_before=since, not_after=until)
        issued.configure_cert(context)
        if asks:
            self.ca.configure_trust(context)
            context.verify_mode = ssl.CERT_REQUIRED
        with encrypted(port, context) as own:
            yield own


@pytest.fixture
def papers(tmp_path: Path) -> Papers:
    """Return the papers of a CA that nobody knows yet."""
    return Papers(tmp_path, trustme.CA())


def port_of(stub: Stub) -> int:
    """Return the port of a stub."""
    return int(stub.url.removesuffix("/fhir").rpartition(":")[2])


def test_a_ca_that_is_named_is_trusted(
    desk: Desk, stub: Stub, papers: Papers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FHIR_CODESYSTEM_CA_FILE", papers.trusted())
    monkeypatch.setenv("FHIR_CODESYSTEM_TOKEN", "a-token")
    with papers.serving(port_of(stub)) as port:
        desk.publish(f"https://localhost:{port}/fhir", colours())
    assert stub.asked[0].headers["Authorization"] == "Bearer a-token"


def test_a_ca_that_nobody_knows_is_not(desk: Desk, stub: Stub, papers: Papers) -> None:
    with papers.serving(port_of(stub)) as port:
        said = desk.publish(f"https://localhost:{port}/fhir", colours())
    assert said.code == 2
    assert ": its certificate is not trusted: unable to get local issuer" in said.err
    assert said.err.endswith("; ca-file names whom to trust")
    assert not stub.asked


@pytest.mark.parametrize(
    ("host", "expired", "told"),
    [
        ("localhost", True, "certificate has expired"),
        ("fhir.example.org", False, "certificate is not valid for 'localhost'"),
    ],
)
def test_a_certificate_that_does_not_hold(
    desk: Desk,
    stub: Stub,
    papers: Papers,
    monkeypatch: pytest.MonkeyPatch,
    host: str,
    expired: bool,
    told: str,
) -> None:
    monkeypatch.setenv("FHIR_CODESYSTEM_CA_FILE", papers.trusted())
    with papers.serving(port_of(stub), host, expired=expired) as port:
        said = desk.publish(f"https://localhost:{port}/fhir", colours())
    assert said.code == 2
    assert said.err.endswith(told)
    assert "is not trusted" in said.err
    assert "\n" not in said.err
    assert not stub.asked


def test_a_server_without_tls(desk: Desk, stub: Stub) -> None:
    said = desk.publish(stub.url.replace("http://127.0.0.1", "https://localhost"), colours())
    assert said.code == 2
    assert ": no TLS with it (" in said.err
    assert "\n" not in said.err


@pytest.mark.parametrize("password", [None, PASSWORD])
def test_a_client_certificate_is_shown(
    desk: Desk,
    stub: Stub,
    papers: Papers,
    monkeypatch: pytest.MonkeyPatch,
    password: str | None,
) -> None:
    certificate, key = papers.client(password)
    monkeypatch.setenv("FHIR_CODESYSTEM_CA_FILE", papers.trusted())
    monkeypatch.setenv("FHIR_CODESYSTEM_CLIENT_CERT", certificate)
    monkeypatch.setenv("FHIR_CODESYSTEM_CLIENT_KEY", key)
    monkeypatch.setenv("FHIR_CODESYSTEM_CLIENT_KEY_PASSWORD", password or "")
    monkeypatch.setenv("FHIR_CODESYSTEM_TOKEN", "a-token")
    with papers.serving(port_of(stub), asks=True) as port:
        desk.publish(f"https://localhost:{port}/fhir", colours())
    assert stub.asked[0].headers["Authorization"] == "Bearer a-token"


def test_a_certificate_and_its_key_may_be_in_one_file(
    desk: Desk, stub: Stub, papers: Papers, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = papers.folder / "both.pem"
    papers.ca.issue_cert("publisher@example.org").private_key_and_cert_chain_pem.write_to_path(
        str(both)
    )
    both.chmod(0o600)
    monkeypatch.setenv("FHIR_CODESYSTEM_CA_FILE", papers.trusted())
    monkeypatch.setenv("FHIR_CODESYSTEM_CLIENT_CERT", str(both))
    with papers.serving(port_of(stub), asks=True) as port:
        desk.publish(f"https://localhost:{port}/fhir", colours())
    assert stub.asked


def test_a_server_that_asks_for_a_certificate_which_none_has(
    desk: Desk, stub: Stub, papers: Papers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FHIR_CODESYSTEM_CA_FILE", papers.trusted())
    with papers.serving(port_of(stub), asks=True) as port:
        said = desk.publish(f"https://localhost:{port}/fhir", colours())
    assert said.code == 2
    assert "perhaps for want of a client-cert" in said.err
    assert "\n" not in said.err
    assert not stub.asked


def test_a_client_that_a_token_endpoint_knows_by_its_certificate(
    desk: Desk, stub: Stub, papers: Papers, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = papers.client()
    monkeypatch.setenv("FHIR_CODESYSTEM_CA_FILE", papers.trusted())
    monkeypatch.setenv("FHIR_CODESYSTEM_CLIENT_CERT", certificate)
    monkeypatch.setenv("FHIR_CODESYSTEM_CLIENT_KEY", key)
    monkeypatch.setenv("FHIR_CODESYSTEM_CLIENT_ID", "publisher")
    monkeypatch.setenv("FHIR_CODESYSTEM_CLIENT_AUTH", "tls_client_auth")
    with (
        authorising() as authority,
        papers.serving(authority.port, asks=True) as tokens,
        papers.serving(port_of(stub)) as port,
    ):
        monkeypatch.setenv("FHIR_CODESYSTEM_TOKEN_URL", f"https://localhost:{tokens}/token")
        desk.publish(f"https://localhost:{port}/fhir", colours())
    assert authority.asked == [{"grant_type": "client_credentials", "client_id": "publisher"}]
    assert stub.asked[0].headers["Authorization"] == f"Bearer {authority.given[0]}"


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"CA_FILE": "/no/such/file"}, "cannot read /no/such/file"),
        ({"CA_FILE": "EMPTY"}, "holds no certificates in PEM"),
        ({"CLIENT_CERT": "/no/such/file"}, "cannot read /no/such/file"),
        ({"CLIENT_CERT": "CERTIFICATE", "CLIENT_KEY": "/no/key"}, "cannot read /no/key"),
        ({"CLIENT_CERT": "EMPTY"}, "are no certificate in PEM with its key"),
        ({"CLIENT_CERT": "CERTIFICATE"}, "are no certificate in PEM with its key"),
        ({"CLIENT_CERT": "CERTIFICATE", "CLIENT_KEY": "KEY"}, "is encrypted"),
        (
            {"CLIENT_CERT": "CERTIFICATE", "CLIENT_KEY": "KEY", "CLIENT_KEY_PASSWORD": "no"},
            "is not opened by its password",
        ),
        ({"CLIENT_KEY": "KEY"}, "FHIR_CODESYSTEM_CLIENT_CERT is missing"),
    ],
)
def test_files_that_cannot_be_used_are_said(
    desk: Desk, stub: Stub, papers: Papers, variables: dict[str, str], told: str
) -> None:
    certificate, key = papers.client(PASSWORD)
    empty = papers.folder / "empty.pem"
    empty.write_bytes(b"")
    empty.chmod(0o600)
    files = {"CERTIFICATE": certificate, "KEY": key, "EMPTY": str(empty)}
    given = {f"FHIR_CODESYSTEM_{name}": files.get(at, at) for name, at in variables.items()}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in given.items():
            patch.setenv(name, value)
        said = desk.publish(stub.url.replace("http:", "https:"), colours())
    assert said.code == 2
    assert told in said.err
    assert "\n" not in said.err


def test_no_certificate_is_shown_over_http(
    desk: Desk, stub: Stub, papers: Papers, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = papers.client()
    monkeypatch.setenv("FHIR_CODESYSTEM_CLIENT_CERT", certificate)
    monkeypatch.setenv("FHIR_CODESYSTEM_CLIENT_KEY", key)
    said = desk.publish(stub.url, colours())
    assert said.code == 2
    assert said.err.endswith("is not https: no certificate can be shown there")
    assert not stub.asked


def test_the_certificates_of_the_system_stay_trusted(papers: Papers) -> None:
    alone = target("https://localhost/fhir", {}).network
    beside = target("https://localhost/fhir", {"FHIR_CODESYSTEM_CA_FILE": papers.trusted()}).network
    known = alone._context.cert_store_stats()["x509_ca"]
    assert beside._context.cert_store_stats()["x509_ca"] == known + 1
    assert beside._context.verify_mode is ssl.CERT_REQUIRED
    assert beside._context.check_hostname
