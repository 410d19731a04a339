"""Signing in: how, where it is refused, and that no secret is shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from fhir_codesystem.errors import EnvironmentProblem
from fhir_codesystem.publishing.address import Address, is_private
from fhir_codesystem.publishing.hiding import Secrets
from fhir_codesystem.publishing.profiles import target
from fhir_codesystem.publishing.signing.ways import basic, bearer

from .conftest import colours
from .stub import Reply, outcome

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Desk
    from .stub import Stub

SECRET = "s3cret-of-the-tests"
HTTPS = "https://fhir.example.org/r4"


def profiles(folder: Path, text: str) -> dict[str, str]:
    """Write servers.toml; return the environment in which it is found."""
    path = folder / "config" / "fhir-codesystem" / "servers.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text, "utf-8")
    return {"XDG_CONFIG_HOME": str(folder / "config"), "A_SECRET": SECRET}


def test_a_token_of_the_environment_is_sent(
    desk: Desk, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FHIR_CODESYSTEM_TOKEN", SECRET)
    desk.publish(stub.url, colours())
    assert {each.headers["Authorization"] for each in stub.asked} == {f"Bearer {SECRET}"}


def test_a_name_and_password_of_the_environment_are_sent(
    desk: Desk, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FHIR_CODESYSTEM_USER", "me")
    monkeypatch.setenv("FHIR_CODESYSTEM_PASSWORD", "Pässword")
    desk.publish(stub.url, colours())
    assert stub.asked[0].headers["Authorization"] == "Basic bWU6UMOkc3N3b3Jk"


def test_no_secret_is_shown_or_written(
    desk: Desk, stub: Stub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FHIR_CODESYSTEM_TOKEN", SECRET)
    echo = outcome(f"who are you, Bearer {SECRET}?")
    stub.on("POST", "/CodeSystem", Reply(422, echo))
    receipt = tmp_path / "receipt.json"
    said = desk.publish(stub.url, colours(), options=("--receipt", str(receipt)))
    stub.on("GET", "/metadata", Reply(403, echo))
    refused = desk.publish(stub.url, colours())
    shown = said.out + said.err + refused.out + refused.err + receipt.read_text("utf-8")
    assert "who are you, Bearer ***?" in said.err
    assert SECRET not in shown
    assert SECRET not in repr(bearer(SECRET, Secrets()))


@pytest.mark.parametrize("url", ["http://fhir.example.org", "http://10.0.0.1/fhir"])
def test_nobody_signs_in_where_others_listen(url: str) -> None:
    with pytest.raises(EnvironmentProblem, match="is not https"):
        target(url, {"FHIR_CODESYSTEM_TOKEN": SECRET, "XDG_CONFIG_HOME": "/nowhere"})


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "localhost", "[::1]"])
def test_this_machine_is_private(host: str) -> None:
    assert is_private(urlsplit(Address.parse(f"http://{host}:8080/fhir/").url))


@pytest.mark.parametrize(
    ("url", "told"),
    [
        (f"https://me:{SECRET}@fhir.example.org", "holds a name or password"),
        ("ftp://fhir.example.org", "no URL of a server"),
        ("https:///fhir", "no URL of a server"),
        ("https://fhir.example.org/r4?token=1", "ends before any"),
        ("https://fhir.example.org:x/", "is no URL"),
        (f"https://me:{SECRET}/x@fhir.example.org", "is no URL"),
        (f"https://me:1/{SECRET}@fhir.example.org", "holds a name or password"),
        (f"https://me:{SECRET}@fhir\u2100.example.org", "is no URL"),
        ("hospital", "is neither a URL nor a server in"),
    ],
)
def test_what_is_no_address_is_said_without_secrets(url: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match=told) as raised:
        target(url, {"XDG_CONFIG_HOME": str(tmp_path)})
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize(
    "way",
    [
        'token-env = "A_SECRET"',
        'token-file = "FILE"',
        f'token-command = ["printf", "{SECRET}"]',
    ],
)
@pytest.mark.parametrize("server", ["hospital", f"{HTTPS}/"])
def test_a_profile_says_where_the_secret_is(tmp_path: Path, way: str, server: str) -> None:
    file = tmp_path / "token"
    file.write_text(f"{SECRET}\n", "utf-8")
    text = f'[hospital]\nurl = "{HTTPS}"\n{way.replace("FILE", str(file))}\n'
    found = target(server, profiles(tmp_path, text))
    assert (found.address.url, dict(found.sign_in.headers())) == (
        HTTPS,
        {"Authorization": f"Bearer {SECRET}"},
    )


def test_a_profile_with_a_name_and_password(tmp_path: Path) -> None:
    text = f'[hospital]\nurl = "{HTTPS}"\nuser = "me"\npassword-env = "A_SECRET"\n'
    found = target("hospital", profiles(tmp_path, text))
    assert found.sign_in.headers() == basic("me", SECRET, Secrets()).headers()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f'token = "{SECRET}"', "holds a token; say where it is instead"),
        ('token-env = "NOT_SET"', "token-env gives nothing"),
        ('token-env = "A_SECRET"\ntoken-file = "x"', "the token is in two places"),
        (
            'token-env = "A_SECRET"\nuser = "me"',
            "token-env and user are both set; one of them signs in",
        ),
        ('user = "me"', "password-env, password-file or password-command is missing"),
        ('password-env = "A_SECRET"', "user is missing"),
        ('token-file = "/no/such/file"', "cannot read /no/such/file"),
        ('token-command = ["no-such-command"]', "the command 'no-such-command' fails"),
        ("token-command = []", "fails"),
        ('token-command = "x"', "a command is a list"),
        ("token-env = 1", "token-env is no text"),
        ('tokens-env = "x"', "[hospital]: unknown key 'tokens-env'; did you mean token-env?"),
        ('Scope = "x"', "did you mean scope?"),
        ('xyzzy = "x"', "unknown key 'xyzzy'"),
        ("url = ", "is no TOML"),
    ],
)
def test_a_profile_that_cannot_be_used_is_said(tmp_path: Path, text: str, told: str) -> None:
    environment = profiles(tmp_path, f'[hospital]\n"url" = "{HTTPS}"\n{text}\n')
    with pytest.raises(EnvironmentProblem, match=re.escape(told)) as raised:
        target("hospital", environment)
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"TOKEN": "a", "USER": "b"}, "are both set"),
        ({"USER": "b"}, "FHIR_CODESYSTEM_PASSWORD is missing"),
        ({"PASSWORD": "b"}, "FHIR_CODESYSTEM_USER is missing"),
        ({"TOKEN": "a\nb"}, "characters that none has"),
        ({"USER": "a:b", "PASSWORD": "c"}, "holds no colon"),
    ],
)
def test_halves_of_a_sign_in_are_said(
    tmp_path: Path, environment: dict[str, str], told: str
) -> None:
    given = {f"FHIR_CODESYSTEM_{name}": value for name, value in environment.items()}
    with pytest.raises(EnvironmentProblem, match=told):
        target(HTTPS, given | {"XDG_CONFIG_HOME": str(tmp_path)})
