"""servers.toml and the environment: which way of signing in they mean, and what is said of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from fhir_codesystem.errors import EnvironmentProblem
from fhir_codesystem.publishing import servers
from fhir_codesystem.publishing.profiles import target
from fhir_codesystem.publishing.settings import GROUPS, SECRETS, from_environment, variable
from fhir_codesystem.publishing.signing.choice import (
    BASIC,
    BEARER,
    CERTIFIED,
    OAUTH,
    SMART,
    WAYS,
    way_of,
)

if TYPE_CHECKING:
    from fhir_codesystem.publishing.settings import Settings
    from fhir_codesystem.publishing.signing.choice import Way

PAGE = Path(__file__).parents[2] / "docs" / "publishing.md"
KEYS = [key for group in GROUPS for key in group]
URL = "https://fhir.example.org/r4"


def block(language: str) -> list[str]:
    """Return the examples of the page that are in a language."""
    text = PAGE.read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def written(folder: Path, text: str) -> dict[str, Settings]:
    """Read a servers.toml."""
    path = folder / "servers.toml"
    path.write_text(text, "utf-8")
    path.chmod(0o600)
    return servers.read(path, {})


def test_the_examples_of_the_page_mean_what_they_say(tmp_path: Path) -> None:
    found = written(tmp_path, "\n".join(block("toml")))
    assert {name: way_of(settings) for name, settings in found.items()} == {
        "hospital": BEARER,
        "laboratory": BASIC,
        "registry": OAUTH,
        "smart": SMART,
        "ministry": BEARER,
        "outside": BEARER,
    }
    assert all(settings.require("url").startswith("https://") for settings in found.values())


def test_the_example_of_a_pipeline_means_what_it_says() -> None:
    read = [yaml.safe_load(text) for text in block("yaml")]
    (step,) = [each for steps in read if isinstance(steps, list) for each in steps]
    assert way_of(from_environment(step["env"])) is SMART


def test_each_variable_of_the_page_is_one_and_each_key_is_on_it() -> None:
    text = PAGE.read_text("utf-8")
    named = set(re.findall(r"FHIR_CODESYSTEM_[A-Z_]+[A-Z]", text))
    assert named == {variable(key) for key in KEYS}
    assert all(re.search(rf"\b{key}\b", text) for key in KEYS)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_the_environment_can_say_all_of_a_way(way: Way) -> None:
    keys = (*way.needs, *way.may)
    assert way_of(from_environment({variable(key): "x" for key in keys})) is way
    only_needed = {variable(key): "x" for key in way.needs}
    assert way_of(from_environment(only_needed)) is way


@pytest.mark.parametrize("url", ["http://fhir.example.org", "http://10.0.0.1/fhir"])
@pytest.mark.parametrize("way", [BEARER, BASIC, OAUTH], ids=lambda way: way.name)
def test_nobody_signs_in_where_others_listen(tmp_path: Path, way: Way, url: str) -> None:
    given = {variable(key): "https://auth.example.org/" for key in way.needs}
    given |= {"FHIR_CODESYSTEM_USER": "me"} if way is BASIC else {}
    with pytest.raises(EnvironmentProblem, match="is not https: nobody signs in there"):
        target(url, given | {"XDG_CONFIG_HOME": str(tmp_path)})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("token-command=['printf', 'a b']", "the token to sign in with holds characters"),
        ("client-id='a'\nprivate-key-command=['echo', '{}']", "the JWK, or JWK set, holds no"),
        (
            "client-id='a'\nclient-secret-command=['echo', 's']\ntoken-url='http://a.example'",
            "token",
        ),
        ("token-file='/no/such/file'", "cannot read /no/such/file"),
        ("token-env='NOT_SET'", "token-env gives nothing"),
        ("proxy='socks5://a'", "the address of the proxy"),
    ],
)
def test_what_a_profile_cannot_do_is_said_at_its_place(
    tmp_path: Path, text: str, told: str
) -> None:
    folder = tmp_path / "fhir-codesystem"
    folder.mkdir()
    written(folder, f"[hospital]\nurl='{URL}'\n{text}\n")
    with pytest.raises(EnvironmentProblem, match=re.escape(f"[hospital]: {told}")) as raised:
        target("hospital", {"XDG_CONFIG_HOME": str(tmp_path)})
    assert str(raised.value).count("[hospital]") == 1


@pytest.mark.parametrize("key", SECRETS)
def test_a_variable_may_say_in_which_file_a_secret_is(tmp_path: Path, key: str) -> None:
    file = tmp_path / "secret"
    file.write_text("s3cret\n", "utf-8")
    file.chmod(0o600)
    found = from_environment({f"{variable(key)}_FILE": str(file)})
    assert found.find(key) == "s3cret"
    assert from_environment({variable(key): "", "X": "y"}).find(key) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("user='a'\npassword-env='B'\nclient-id='c'", "user and client-id are both set"),
        ("client-secret-env='A'\nprivate-key-env='B'", "client-secret-env and private-key-env are"),
        ("client-id='a'\nclient-secret-env='B'", "token-url is missing, to sign in with a client"),
        ("client-id='a'\nprivate-key-id='k'", "private-key-env, private-key-file or private-key-"),
        ("client-auth='x'\nclient-id='a'\nprivate-key-env='B'", "client-auth and private-key-env"),
        ("client-id='a'\ntoken-url='https://a.example/'\nclient-auth='x'\nscope='b'", ""),
        ("scope='b'", "is missing, to sign in with"),
    ],
)
def test_what_does_not_go_together_is_said(tmp_path: Path, text: str, told: str) -> None:
    settings = written(tmp_path, f"[hospital]\nurl='{URL}'\n{text}\n")["hospital"]
    if not told:
        assert way_of(settings) is CERTIFIED
        return
    with pytest.raises(EnvironmentProblem, match=re.escape(told)) as raised:
        way_of(settings)
    assert str(raised.value).startswith(f"{tmp_path / 'servers.toml'}: [hospital]: ")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a = 1", "'a' stands in no [SERVER]"),
        ("[a]\ntoken-env='B'", "[a]: url is missing"),
        ("[a]\nurl=''", "[a]: url is no text"),
        ("[a]\nurl='b'\nclient_id='c'", "unknown key 'client_id'; did you mean client-id?"),
        ("[a]\nurl='b'\nclient-secret='c'", "holds a client-secret; say where it is instead, with"),
        ("[a]\nurl='b'\nproxy='http://u:p@c'", "proxy holds a name or password"),
        ("[a]\nurl='b'\nverify=false", "unknown key 'verify'"),
    ],
)
def test_what_is_not_to_be_understood_is_said(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(EnvironmentProblem, match=re.escape(told)):
        written(tmp_path, text)


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"CLIENT_SECRET": "s", "CLIENT_AUTH": "basic"}, "is 'basic', not client_secret_basic or"),
        ({"CLIENT_AUTH": "tls_client_auth"}, "tls_client_auth needs a client-cert"),
        ({"CLIENT_AUTH": "none"}, "is 'none', not tls_client_auth"),
    ],
)
def test_how_a_client_is_known(tmp_path: Path, variables: dict[str, str], told: str) -> None:
    always = {"CLIENT_ID": "me", "TOKEN_URL": "https://auth.example.org/token"}
    given = {f"FHIR_CODESYSTEM_{name}": text for name, text in (always | variables).items()}
    with pytest.raises(EnvironmentProblem, match=re.escape(told)):
        target(URL, given | {"XDG_CONFIG_HOME": str(tmp_path)})


def test_a_profile_comes_before_the_environment_each_part_by_itself(tmp_path: Path) -> None:
    folder = tmp_path / "fhir-codesystem"
    folder.mkdir()
    path = folder / "servers.toml"
    path.write_text(f"[a]\nurl='{URL}'\ntoken-env='MINE'\n[b]\nurl='{URL}/b'\n", "utf-8")
    path.chmod(0o600)
    environment = {
        "XDG_CONFIG_HOME": str(tmp_path),
        "MINE": "of-the-profile",
        "FHIR_CODESYSTEM_USER": "me",
        "FHIR_CODESYSTEM_PASSWORD": "of-the-environment",
        "FHIR_CODESYSTEM_PROXY": "proxy.example.org:3128",
    }
    found = target("a", environment)
    assert found.sign_in.headers() == {"Authorization": "Bearer of-the-profile"}
    assert found.network.proxy is not None
    assert target("b", environment).sign_in.headers()["Authorization"].startswith("Basic ")
