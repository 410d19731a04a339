"""Signing in with tokens of a token endpoint, for a client that has a secret."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING, Any

import pytest

from fhir_codesystem.publishing.client import ServerProblem
from fhir_codesystem.publishing.profiles import target
from fhir_codesystem.publishing.signing import fetching, oauth

from .authority import authorising
from .conftest import colours
from .stub import Reply, outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .authority import Authority
    from .conftest import Desk
    from .stub import Stub

SECRET = "s3cret&of=the tests/ü"
MADE = Reply(201, "", {"Location": "CodeSystem/7/_history/1"})


@pytest.fixture
def authority(monkeypatch: pytest.MonkeyPatch) -> Iterator[Authority]:
    """Run a token endpoint that knows the secret, and let the environment say all of it."""
    monkeypatch.setattr(oauth, "PAUSE", 0)
    with authorising(secret=SECRET) as running:
        monkeypatch.setenv("FHIR_CODESYSTEM_CLIENT_ID", running.client)
        monkeypatch.setenv("FHIR_CODESYSTEM_CLIENT_SECRET", SECRET)
        monkeypatch.setenv("FHIR_CODESYSTEM_TOKEN_URL", running.url)
        yield running


def sent(stub: Stub) -> list[str]:
    """Return the tokens that were sent, each once, in order."""
    headers = [each.headers.get("Authorization", "") for each in stub.asked]
    return list(dict.fromkeys(header.removeprefix("Bearer ") for header in headers))


@pytest.mark.parametrize("auth", [None, "client_secret_basic", "client_secret_post"])
def test_one_token_is_asked_for_and_sent(
    desk: Desk, stub: Stub, authority: Authority, monkeypatch: pytest.MonkeyPatch, auth: str | None
) -> None:
    if auth is not None:
        monkeypatch.setenv("FHIR_CODESYSTEM_CLIENT_AUTH", auth)
    monkeypatch.setenv("FHIR_CODESYSTEM_SCOPE", "system/*.cruds more")
    desk.publish(stub.url, colours())
    assert sent(stub) == authority.given
    assert len(authority.given) == 1
    assert authority.asked[0]["scope"] == "system/*.cruds more"
    assert ("Authorization" in authority.headers[0]) == (auth != "client_secret_post")


def test_without_a_scope_none_is_asked_for(desk: Desk, stub: Stub, authority: Authority) -> None:
    desk.publish(stub.url, colours())
    assert authority.asked == [{"grant_type": "client_credentials"}]


def test_a_token_refused_in_the_middle_is_asked_for_anew(
    desk: Desk, stub: Stub, authority: Authority
) -> None:
    stub.on("POST", "/CodeSystem", Reply(401), MADE)
    stub.on("GET", "/CodeSystem/7", Reply(200, colours() | {"id": "7"}))
    said = desk.publish(stub.url, colours())
    assert said.code == 0
    assert sent(stub) == authority.given
    assert [each.headers["Authorization"][:14] for each in stub.writes] == [
        "Bearer token-1",
        "Bearer token-2",
    ]
    assert stub.writes[0].body == stub.writes[1].body != {}


def test_a_token_refused_twice_is_said(desk: Desk, stub: Stub, authority: Authority) -> None:
    stub.on("POST", "/CodeSystem", Reply(401, outcome("expired")))
    said = desk.publish(stub.url, colours())
    assert said.code == 2
    assert said.err.endswith("401 to POST: it knows nobody who signs in so (expired)")
    assert len(stub.writes) == len(authority.given) == 2


def test_a_server_that_refuses_all_tokens_is_asked_twice(
    desk: Desk, stub: Stub, authority: Authority
) -> None:
    stub.on("GET", "/metadata", Reply(401))
    assert desk.publish(stub.url, colours()).code == 2
    assert len(stub.asked) == len(authority.given) == 2


def test_a_token_that_expires_at_once_is_asked_for_with_each_request(
    desk: Desk, stub: Stub, authority: Authority
) -> None:
    authority.seconds = 0
    desk.publish(stub.url, colours())
    assert sent(stub) == authority.given
    assert len(authority.given) == len(stub.asked) > 1


@pytest.mark.parametrize(
    ("stated", "after", "again"),
    [
        (3600, 3569, False),
        (3600, 3571, True),
        ("100", 89, False),
        ("100", 91, True),
        (0, 0, True),
        (None, 10**6, False),
        ("soon", 10**6, False),
    ],
)
def test_a_token_is_kept_until_shortly_before_it_expires(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, stated: Any, after: float, again: bool
) -> None:
    authority.seconds = stated
    sign_in = target("http://127.0.0.1/fhir").sign_in
    began = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: began)
    first = sign_in.headers()
    monkeypatch.setattr(time, "monotonic", lambda: began + after)
    assert (sign_in.headers() != first) == again


def test_only_the_refused_token_is_forgotten(authority: Authority) -> None:
    sign_in = target("http://127.0.0.1/fhir").sign_in
    old = sign_in.headers()
    assert sign_in.renew(old)
    new = sign_in.headers()
    assert sign_in.renew(old)
    assert sign_in.headers() == new != old
    assert len(authority.given) == 2


def said_of(told: str, **headers: str) -> Mapping[str, Any]:
    """Return the error of a token endpoint."""
    return {"error": told, **headers}


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(400, said_of("invalid_scope")), "it does not grant this scope (invalid_scope)"),
        (
            Reply(401, said_of("invalid_client", error_description="who are\nyou?")),
            "not this secret or key of it (invalid_client: who are you?)",
        ),
        (Reply(400, said_of("odd")), "gives no token: it says (odd)"),
        (Reply(200, said_of("slow_down")), "gives no token: it says (slow_down)"),
        (Reply(500, "<h1>Bad&nbsp;things</h1>"), "it answered 500 (Bad things)"),
        (Reply(200, "<h1>Sign in, please</h1>"), "it answered 200 (Sign in, please)"),
        (Reply(200, "{}"), "gives no token: it answered 200 ({})"),
        (Reply(200, [1]), "gives no token: it answered 200 ([1])"),
        (Reply(200, {"access_token": 1}), "gives no token: it answered 200"),
        (Reply(200, {"access_token": "a b"}), "a token that is no bearer token"),
        (
            Reply(200, {"access_token": "t0ken", "token_type": "mac"}),
            "a token that is no bearer token",
        ),
        (
            Reply(307, "", {"Location": "https://elsewhere.example/"}),
            "it redirects to https://elsewhere.example/, which is not followed",
        ),
        (Reply(503, "later", {"Retry-After": "0"}), "it answered 503 (later)"),
    ],
)
def test_what_a_token_endpoint_answers_instead(
    desk: Desk, stub: Stub, authority: Authority, reply: Reply, told: str
) -> None:
    authority.replies = [reply] * 3
    said = desk.publish(stub.url, colours())
    assert said.code == 2
    assert f"the token endpoint {authority.url}" in said.err
    assert said.err.endswith(told)
    assert "\n" not in said.err
    assert not stub.asked


def test_a_busy_token_endpoint_is_asked_again(desk: Desk, stub: Stub, authority: Authority) -> None:
    authority.replies = [Reply(503, "", {"Retry-After": "0"}), Reply(429, "", {"Retry-After": "?"})]
    desk.publish(stub.url, colours())
    assert len(authority.asked) == 3
    assert sent(stub) == authority.given


def test_a_token_endpoint_that_is_down(
    desk: Desk, stub: Stub, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/token"
        monkeypatch.setenv("FHIR_CODESYSTEM_TOKEN_URL", url)
        said = desk.publish(stub.url, colours())
    assert (said.code, said.err) == (2, f"{url} is not reached: Connection refused")
    assert not authority.asked


def test_a_token_endpoint_that_is_slow(
    desk: Desk, stub: Stub, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "SECONDS", 0.1)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/token"
        monkeypatch.setenv("FHIR_CODESYSTEM_TOKEN_URL", url)
        said = desk.publish(stub.url, colours())
    assert (said.code, said.err) == (2, f"{url} gives no answer within 0.1 s")
    assert not authority.asked


def test_a_token_that_is_not_got_in_the_middle_ends_the_run(
    desk: Desk, stub: Stub, authority: Authority
) -> None:
    stub.on("POST", "/CodeSystem", Reply(401))
    sign_in = target(stub.url).sign_in
    sign_in.headers()
    authority.secret = "another"
    assert sign_in.renew(sign_in.headers())
    with pytest.raises(ServerProblem, match="it does not know this client"):
        sign_in.headers()
    assert desk.publish(stub.url, colours()).code == 2


@pytest.mark.parametrize(
    "url", ["http://auth.example.org/token", "ftp://a/", "token", "https://u:p@h/"]
)
def test_a_token_endpoint_where_others_listen(
    desk: Desk, stub: Stub, authority: Authority, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("FHIR_CODESYSTEM_TOKEN_URL", url)
    said = desk.publish(stub.url, colours())
    assert said.code == 2
    assert "FHIR_CODESYSTEM_TOKEN_URL" in said.err
    assert not stub.asked
    assert not authority.asked
