"""No secret is printed, written, logged or raised, however one signs in, whatever is echoed."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import traceback
from base64 import b64encode
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from fhir_codesystem.cli import codesystem
from fhir_codesystem.publishing.signing import oauth

from .authority import authorising
from .conftest import colours
from .stub import Reply, bundle, capability, outcome

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .authority import Authority
    from .conftest import Desk
    from .stub import Stub

SECRET = 's3cret&of <the> "tests"/ü-and-long-enough'
TOKEN = "a-bearer-token-of-the-tests-that-is-long"
KEY = ec.generate_private_key(ec.SECP384R1())
JWK: dict[str, Any] = {**ECAlgorithm.to_jwk(KEY, as_dict=True), "kid": "k1"}
ECHO = "ECHO"
WAYS: dict[str, dict[str, str]] = {
    "bearer": {"TOKEN": TOKEN},
    "basic": {"USER": "me", "PASSWORD": SECRET},
    "client_secret_basic": {"CLIENT_ID": "publisher", "CLIENT_SECRET": SECRET},
    "client_secret_post": {
        "CLIENT_ID": "publisher",
        "CLIENT_SECRET": SECRET,
        "CLIENT_AUTH": "client_secret_post",
    },
    "private_key_jwt": {"CLIENT_ID": "publisher", "PRIVATE_KEY": json.dumps(JWK)},
}
BY_TOKEN = [way for way in WAYS if "CLIENT_ID" in WAYS[way]]


@dataclass
class Scene:
    """A server that echoes what it is sent wherever ECHO stands, and a token endpoint that does."""

    desk: Desk
    stub: Stub
    authority: Authority
    logged: pytest.LogCaptureFixture
    shown: list[str] = field(default_factory=list)

    def run(self, *arguments: str) -> int:
        """Run a command; keep all that it shows, raises, logs and writes; return the exit code."""
        receipt = self.desk.folder / "receipt.json"
        artifact = self.desk.folder / "CodeSystem-colours.json"
        artifact.write_text(json.dumps(colours()), "utf-8")
        ends = [str(artifact), "--server", self.stub.url, "--deadline", "0"]
        asked = ["publish", *ends, "--receipt", str(receipt), "--debug", *arguments]
        self._ran(asked if not arguments or arguments[0] != "probe" else list(arguments))
        if receipt.exists():
            self.shown.append(receipt.read_text("utf-8"))
        self.shown.append(self.logged.text)
        return len(self.shown)

    def _ran(self, arguments: list[str]) -> None:
        result = CliRunner().invoke(codesystem, arguments)
        self.shown += [result.stdout, result.stderr]
        if result.exception is not None:
            self.shown += [*traceback.format_exception(result.exception), repr(result.exception)]

    @property
    def secrets(self) -> set[str]:
        """What must not be seen, in all forms that were sent."""
        pairs = [f"me:{SECRET}", f"publisher:{quote_plus(SECRET)}"]
        known = {TOKEN, SECRET, quote_plus(SECRET), json.dumps(SECRET)[1:-1], JWK["d"]}
        known |= {b64encode(pair.encode()).decode() for pair in pairs} | {*self.authority.given}
        return known | {
            each["client_assertion"] for each in self.authority.asked if "client_assertion" in each
        }

    def seen(self) -> list[str]:
        """Return the secrets that were seen, be it their beginnings alone."""
        everything = "\n".join(self.shown)
        return [each for each in self.secrets if each[:16] in everything]


@pytest.fixture
def scene(
    desk: Desk, stub: Stub, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> Iterator[Scene]:
    """Set the scene; the log is that of a program that listens."""
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(oauth, "PAUSE", 0)
    answer = stub.answer

    def echoing(method: str, path: str) -> Reply:
        sent = stub.asked[-1].headers.get("Authorization", "").rpartition(" ")[2]
        reply = answer(method, path.replace(sent, ECHO) if sent else path)
        body = json.loads(json.dumps(reply.body).replace(ECHO, json.dumps(sent)[1:-1]))
        headers = {name: text.replace(ECHO, sent) for name, text in reply.headers.items()}
        return replace(reply, body=body, headers=headers)

    monkeypatch.setattr(stub, "answer", echoing)
    with authorising(secret=SECRET, keys={"k1": KEY.public_key()}) as authority:
        yield Scene(desk, stub, authority, caplog)


def sign_in(scene: Scene, way: str, patch: pytest.MonkeyPatch) -> None:
    """Let the environment say how to sign in."""
    for name, value in WAYS[way].items():
        patch.setenv(f"FHIR_CODESYSTEM_{name}", value)
    if way in BY_TOKEN:
        patch.setenv("FHIR_CODESYSTEM_TOKEN_URL", scene.authority.url)


def store(stub: Stub, place: str = "7") -> None:
    """Let a server take the code system, and echo wherever it can."""
    stated = capability() | {"software": {"name": ECHO, "version": ECHO}}
    stated["rest"][0]["resource"][0]["operation"] = [
        {"name": name} for name in ("lookup", "validate-code", "subsumes", ECHO)
    ]
    stub.on("GET", "/metadata", Reply(200, stated))
    stub.on(
        "POST", "/CodeSystem", Reply(201, "", {"Location": f"CodeSystem/{place}", "ETag": ECHO})
    )
    stub.on("GET", f"/CodeSystem/{place}", Reply(200, colours(title=ECHO)))
    for name in ("lookup", "validate-code", "subsumes"):
        parameter = {"name": "display", "valueString": ECHO}
        answer = {"resourceType": "Parameters", "parameter": [parameter]}
        stub.on("GET", f"/CodeSystem/${name}", Reply(200, answer))
        stub.on("POST", f"/CodeSystem/${name}", Reply(200, answer))


@pytest.mark.parametrize("options", [(), ("--format", "json")])
@pytest.mark.parametrize("place", ["7", ECHO])
@pytest.mark.parametrize("way", WAYS)
def test_a_server_that_takes_it(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, way: str, place: str, options: tuple[str, ...]
) -> None:
    sign_in(scene, way, monkeypatch)
    store(scene.stub, place)
    scene.run(*options)
    assert "***" in "".join(scene.shown)
    assert scene.stub.writes
    assert scene.seen() == []


@pytest.mark.parametrize(
    ("method", "path", "reply"),
    [
        ("GET", "/metadata", Reply(401, outcome(ECHO), {"WWW-Authenticate": ECHO})),
        ("GET", "/metadata", Reply(403, f"<h1>{'x' * 280} {ECHO}</h1>")),
        ("GET", "/metadata", Reply(302, "", {"Location": f"https://elsewhere.example/{ECHO}"})),
        ("GET", "/metadata", Reply(200, {"resourceType": ECHO})),
        ("GET", "/metadata", Reply(200, outcome(f"{'x' * 270} {ECHO}"))),
        ("GET", "/CodeSystem", Reply(200, bundle(following=f"https://elsewhere.example/{ECHO}"))),
        ("GET", "/CodeSystem", Reply(200, bundle(colours(title=ECHO, id=ECHO, status="active")))),
        ("POST", "/CodeSystem", Reply(422, outcome(ECHO))),
        ("POST", "/CodeSystem", Reply(500, ECHO, {"ETag": ECHO})),
    ],
)
@pytest.mark.parametrize("way", ["basic", "private_key_jwt"])
def test_a_server_that_does_not(
    scene: Scene,
    monkeypatch: pytest.MonkeyPatch,
    way: str,
    method: str,
    path: str,
    reply: Reply,
) -> None:
    sign_in(scene, way, monkeypatch)
    store(scene.stub)
    scene.stub.on(method, path, reply)
    scene.run()
    assert scene.stub.asked
    assert scene.seen() == []


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("options", [(), ("--format", "json")])
def test_a_server_that_is_probed(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, way: str, options: tuple[str, ...]
) -> None:
    sign_in(scene, way, monkeypatch)
    store(scene.stub)
    scene.run("probe", scene.stub.url, *options)
    assert "***" in "".join(scene.shown)
    assert scene.seen() == []


@pytest.mark.parametrize(
    "reply",
    [
        Reply(400, {"error": "invalid_client", "error_description": ECHO}),
        Reply(400, {"error": ECHO}),
        Reply(500, f"<h1>{'x' * 280} {ECHO}</h1>"),
        Reply(200, f"<pre>{ECHO}</pre>"),
        Reply(307, "", {"Location": "https://elsewhere.example/"}),
        Reply(200, {"access_token": TOKEN + " " + SECRET}),
        Reply(200, {"access_token": TOKEN, "token_type": ECHO}),
    ],
)
@pytest.mark.parametrize("way", BY_TOKEN)
def test_a_token_endpoint_that_echoes(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, way: str, reply: Reply
) -> None:
    sign_in(scene, way, monkeypatch)
    scene.authority.replies = [reply]
    scene.run()
    assert scene.authority.asked
    assert not scene.stub.asked
    assert scene.seen() == []


def test_the_command_says_one_line(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in(scene, "private_key_jwt", monkeypatch)
    scene.stub.on("GET", "/metadata", Reply(401, outcome(ECHO)))
    done = subprocess.run(
        [sys.executable, "-m", "fhir_codesystem", "probe", scene.stub.url, "--debug"],
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    scene.shown += [done.stdout, done.stderr]
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith("it knows nobody who signs in so (***)\n")
    assert done.stderr.count("\n") == 1
    assert scene.seen() == []


def test_the_test_sees_what_is_shown(scene: Scene, tmp_path: Path) -> None:
    scene.shown.append(f"Bearer {TOKEN[:20]}")
    assert scene.seen() == [TOKEN]
    assert tmp_path == scene.desk.folder
