"""A token endpoint on the loopback that believes nobody: RFC 6749, RFC 7523 as SMART has it."""

from __future__ import annotations

import json
import time
from base64 import b64decode
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote_plus

import jwt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .stub import Reply

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class RefusedError(Exception):
    """An error of RFC 6749, section 5.2, with its description."""


@dataclass
class Authority:
    """Gives tokens (``token-1``, ``token-2``, ...) to a client that proves who it is.

    ``url`` is how clients call it. ``secret`` is the client's, ``keys`` are its public keys by id.
    ``replies`` are given instead, one after the other, as long as there are any.
    """

    port: int
    url: str = ""
    client: str = "publisher"
    secret: str = ""
    keys: dict[str, Any] = field(default_factory=dict)
    seconds: Any = 3600
    replies: list[Reply] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    assertions: list[dict[str, Any]] = field(default_factory=list)
    """The claims, and the header, of each assertion that was believed."""
    given: list[str] = field(default_factory=list)

    def answer(self, form: dict[str, str], headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Answer a request for a token."""
        if form.get("grant_type") != "client_credentials":
            return 400, {"error": "unsupported_grant_type"}
        try:
            if "client_assertion" in form:
                self._believe(form)
            else:
                self._know(form, headers.get("Authorization"))
        except RefusedError as refused:
            error, description = refused.args
            return 401, {"error": error, "error_description": description}
        self.given.append(f"token-{len(self.given) + 1}-of-{'0123456789' * 30}")
        given = {"access_token": self.given[-1], "token_type": "bearer"}
        return 200, given | ({} if self.seconds is None else {"expires_in": self.seconds})

    def _know(self, form: dict[str, str], basic: str | None) -> None:
        if basic is not None:
            pair = b64decode(basic.removeprefix("Basic ")).decode().partition(":")
            client, secret = unquote_plus(pair[0]), unquote_plus(pair[2])
        else:
            client, secret = form.get("client_id", ""), form.get("client_secret", "")
        if (client, secret) != (self.client, self.secret):
            raise RefusedError("invalid_client", f"{client} has not the secret {secret} ({basic})")

    def _believe(self, form: dict[str, str]) -> None:
        """Judge an assertion: signature, audience, time, and that it comes once."""
        text = form["client_assertion"]
        try:
            head = jwt.get_unverified_header(text)
            claims = jwt.decode(
                text,
                self.keys[head["kid"]],
                algorithms=["RS384", "ES384"],
                audience=self.url,
                issuer=self.client,
                options={"require": ["iss", "sub", "aud", "exp", "jti"]},
            )
        except (jwt.PyJWTError, KeyError) as error:
            raise RefusedError("invalid_client", f"{text} is not believed: {error}") from None
        if form["client_assertion_type"] != ASSERTION or claims["sub"] != self.client:
            raise RefusedError("invalid_client", "not this client")
        if not time.time() < claims["exp"] <= time.time() + 300:
            raise RefusedError("invalid_client", "more than five minutes")
        if claims["jti"] in {each["jti"] for each in self.assertions}:
            raise RefusedError("invalid_client", "for the second time")
        self.assertions.append(claims | head)


@contextmanager
def authorising(**settings: Any) -> Iterator[Authority]:
    """Run a token endpoint."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            authority.asked.append(form)
            authority.headers.append(dict(self.headers))
            if authority.replies:
                reply = authority.replies.pop(0)
                status, data, headers = reply.status, reply.data, reply.headers
                data = data.replace(b"ECHO", f"{body} {self.headers['Authorization']}".encode())
            else:
                status, value = authority.answer(form, dict(self.headers))
                data, headers = json.dumps(value).encode(), {}
            self.send_response(status)
            for header, text in headers.items():
                self.send_header(header, text)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    authority = Authority(server.server_address[1], **settings)
    authority.url = f"http://127.0.0.1:{authority.port}/token"
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield authority
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
