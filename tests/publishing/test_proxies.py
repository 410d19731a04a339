"""Proxies: those of the environment, and one that is asked for."""

from __future__ import annotations

import ssl
from base64 import b64encode
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import trustme

from fhir_codesystem.errors import EnvironmentProblem
from fhir_codesystem.publishing.hiding import Secrets
from fhir_codesystem.publishing.network import Network, Proxy
from fhir_codesystem.publishing.profiles import target

from .conftest import colours
from .relay import encrypted, proxying

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .conftest import Desk
    from .relay import ConnectProxy
    from .stub import Stub

HOST = "fhir.example.org"
PASSWORD = "s3cret/ü"
PAIR = b64encode(f"me:{PASSWORD}".encode()).decode()
QUOTED = "s3cret%2F%C3%BC"


@pytest.fixture(autouse=True)
def no_proxy_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away the proxies that this machine has."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@contextmanager
def far_away(
    stub: Stub, desk: Desk, patch: pytest.MonkeyPatch, header: str | None = None
) -> Iterator[ConnectProxy]:
    """Let a stub be a server of the name HOST, with TLS, that a proxy alone can reach."""
    ca = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ca.issue_cert(HOST).configure_cert(context)
    trusted = desk.folder / "ca.pem"
    ca.cert_pem.write_to_path(str(trusted))
    patch.setenv("FHIR_CODESYSTEM_CA_FILE", str(trusted))
    patch.setenv("FHIR_CODESYSTEM_TOKEN", "a-token")
    inner = int(stub.url.removesuffix("/fhir").rpartition(":")[2])
    with encrypted(inner, context) as port, proxying({f"{HOST}:443": port}, header) as proxy:
        yield proxy


def test_a_server_is_reached_through_the_proxy_of_the_environment(
    desk: Desk, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    with far_away(stub, desk, monkeypatch) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        desk.publish(f"https://{HOST}/fhir", colours())
    assert stub.asked[0].headers["Authorization"] == "Bearer a-token"
    assert proxy.asked[0].startswith(f"CONNECT {HOST}:443 ")
    assert "a-token" not in "".join(proxy.asked)


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "FHIR_CODESYSTEM_PROXY", "ALL_PROXY"])
def test_the_password_of_a_proxy_is_sent_there_and_nowhere_else(
    desk: Desk, stub: Stub, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with far_away(stub, desk, monkeypatch, f"Basic {PAIR}") as proxy:
        monkeypatch.setenv(name, f"me:{QUOTED}@127.0.0.1:{proxy.port}")
        desk.publish(f"https://{HOST}/fhir", colours())
    assert stub.asked
    assert PAIR in proxy.asked[0]
    assert not any("Proxy-Authorization" in each.headers for each in stub.asked)


def test_a_proxy_that_lets_nobody_through(
    desk: Desk, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    with far_away(stub, desk, monkeypatch, "Basic another") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:{QUOTED}@127.0.0.1:{proxy.port}")
        said = desk.publish(f"https://{HOST}/fhir", colours())
    assert said.code == 2
    assert "is not reached through the proxy: Tunnel connection failed: 407" in said.err
    assert "\n" not in said.err
    assert not any(each in said.err for each in (PASSWORD, QUOTED, PAIR))


def test_a_proxy_that_is_down(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:{QUOTED}@127.0.0.1:1")
    said = desk.publish(f"https://{HOST}/fhir", colours())
    assert said.code == 2
    assert "is not reached through the proxy: Connection refused" in said.err
    assert QUOTED not in said.err


@pytest.mark.parametrize(
    ("url", "none", "used"),
    [
        (f"https://{HOST}/fhir", "", True),
        (f"https://{HOST}/fhir", "example.org", False),
        (f"https://{HOST}/fhir", "other.example", True),
        (f"https://{HOST}/fhir", "*", False),
        (f"https://{HOST}:8443/fhir", f"{HOST}:8443", False),
        (f"http://{HOST}/fhir", "", False),
        ("https://localhost/fhir", "", False),
        ("https://127.0.0.1:8443/fhir", "", False),
        ("https://[::1]/fhir", "", False),
    ],
)
def test_which_servers_the_proxy_of_the_environment_is_for(
    monkeypatch: pytest.MonkeyPatch, url: str, none: str, used: bool
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.org:3128")
    monkeypatch.setenv("NO_PROXY", none)
    assert (Network(Secrets()).proxy_for(url) is not None) == used


def test_a_proxy_that_is_asked_for_is_for_this_machine_too(
    desk: Desk, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    with proxying({}) as proxy:
        monkeypatch.setenv("FHIR_CODESYSTEM_PROXY", f"http://127.0.0.1:{proxy.port}")
        said = desk.publish(stub.url, colours())
    assert said.code == 2
    assert proxy.asked[0].startswith(f"GET {stub.url}/metadata ")
    assert not stub.asked


def test_nobody_signs_in_over_http_through_a_proxy_elsewhere(tmp_path: Path) -> None:
    given = {
        "XDG_CONFIG_HOME": str(tmp_path),
        "FHIR_CODESYSTEM_TOKEN": "a-token",
        "FHIR_CODESYSTEM_PROXY": "http://proxy.example.org:3128",
    }
    with pytest.raises(EnvironmentProblem, match="is not https: nobody signs in there"):
        target("http://127.0.0.1:8080/fhir", given)
    near = given | {"FHIR_CODESYSTEM_PROXY": "http://127.0.0.1:3128"}
    assert target("http://127.0.0.1:8080/fhir", near).network.proxy is not None


@pytest.mark.parametrize(
    "text", [f"socks5://me:{QUOTED}@host", "http://", f"http://me:{QUOTED}@host:port", "http://["]
)
def test_what_is_no_proxy_is_said_without_its_password(text: str) -> None:
    with pytest.raises(EnvironmentProblem, match="the address of the proxy") as raised:
        Proxy.parse(text, Secrets())
    assert QUOTED not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("proxy:3128", "http://proxy:3128"),
        ("https://proxy/", "https://proxy"),
        ("http://me:x@[::1]:3128/", "http://[::1]:3128"),
    ],
)
def test_the_url_of_a_proxy(text: str, url: str) -> None:
    found = Proxy.parse(text, Secrets())
    assert found.url == url
    assert "x" not in repr(found).replace("proxy", "").replace("Proxy", "")
