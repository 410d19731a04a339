"""A proxy on the loopback before a real server: it does to requests what a test says.

It keeps a log of what came and how it ended: ``POST CodeSystem 503``.
"""

from __future__ import annotations

import os
import re
import socket
import struct
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Fault = Callable[["Exchange"], None]

OF_A_CONNECTION = {"connection", "keep-alive", "transfer-encoding", "content-length"}
"""Headers that are not passed on: each side of the proxy has its own."""


@dataclass(frozen=True)
class Rule:
    """Which requests go wrong, and how; ``path`` is a pattern, below the server's base URL.

    ``nth`` counts the requests that match, from 1; without it, each goes wrong.
    """

    method: str
    path: str
    fault: Fault
    nth: tuple[int, ...] = ()

    def matches(self, exchange: Exchange) -> bool:
        """Whether a request is one of these, whichever it is of them."""
        return exchange.method == self.method and bool(re.fullmatch(self.path, exchange.path))


@dataclass(frozen=True)
class Reply:
    """An answer of the real server."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Exchange:
    """A request that has come, but for its body, and what can be done with it."""

    proxy: Proxy
    handler: BaseHTTPRequestHandler
    length: int

    @property
    def method(self) -> str:
        return self.handler.command

    @property
    def path(self) -> str:
        """The path and query below the base URL."""
        return self.handler.path.removeprefix("/fhir/")

    @property
    def headers(self) -> dict[str, str]:
        return dict(self.handler.headers)

    @property
    def said(self) -> str:
        """How the request signs in: what a careless server tells everybody."""
        return self.headers.get("Authorization", "nothing")

    def read(self, length: int | None = None) -> bytes:
        """Read the body, or its next bytes."""
        length = self.length if length is None else length
        self.length -= length
        return self.handler.rfile.read(length)

    def forward(self, body: bytes | None = None) -> Reply:
        """Let the real server do what is asked, with another body where one is given."""
        server = urlsplit(self.proxy.server)
        sent = {k: v for k, v in self.headers.items() if k.lower() not in OF_A_CONNECTION}
        body = self.read() if body is None else body
        connection = HTTPConnection(str(server.hostname), server.port or 80, timeout=60)
        try:
            connection.request(self.method, self.handler.path, body or None, sent)
            answer = connection.getresponse()
            kept = {k: v for k, v in answer.getheaders() if k.lower() not in OF_A_CONNECTION}
            return Reply(answer.status, kept, answer.read())
        finally:
            connection.close()

    def answer(
        self, status: int, headers: dict[str, str], body: bytes, *, sent: int | None = None
    ) -> None:
        """Answer; of the body only as many bytes as are ``sent``."""
        self.read()
        self.note(str(status))
        self.handler.send_response(status)
        for name, value in headers.items():
            self.handler.send_header(name, value)
        self.handler.send_header("Content-Length", str(len(body)))
        self.handler.end_headers()
        self.handler.wfile.write(body[:sent])

    def reset(self) -> None:
        """End the connection at once, as a server does that dies."""
        self.note("reset")
        connection = self.handler.connection
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(connection.detach())
        self.handler.close_connection = True

    def wait(self) -> None:
        """Say nothing until the other side gives up."""
        self.note("silence")
        while self.handler.rfile.read(1):
            pass
        self.handler.close_connection = True

    def note(self, end: str) -> None:
        """Write into the log how the request ended; a caller may rely on it being there."""
        self.proxy.log.append(f"{self.method} {self.path.partition('?')[0]} {end}")


@dataclass
class Proxy:
    """The proxy: its base URL stands for the server's."""

    server: str
    rules: tuple[Rule, ...] = ()
    log: list[str] = field(default_factory=list)
    faults: int = 0
    broken: list[BaseException] = field(default_factory=list)
    _counts: dict[int, int] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)
    _listening: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        assert self._listening is not None
        return f"http://127.0.0.1:{self._listening.server_address[1]}/fhir"

    @property
    def writes(self) -> list[str]:
        """The part of the log that is about changes."""
        return [each for each in self.log if not each.startswith("GET")]

    def fault_of(self, exchange: Exchange) -> Fault | None:
        """Find what is to go wrong with a request; the first rule that fits counts it."""
        for at, rule in enumerate(self.rules):
            if rule.matches(exchange):
                with self._lock:
                    self._counts[at] = count = self._counts.get(at, 0) + 1
                    if rule.nth and count not in rule.nth:
                        return None
                    self.faults += 1
                return rule.fault
        return None

    def start(self) -> None:
        """Listen."""
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1

            def _do(self) -> None:
                exchange = Exchange(proxy, self, int(self.headers.get("Content-Length", 0)))
                fault = proxy.fault_of(exchange) or passed
                try:
                    fault(exchange)
                    self.wfile.flush()
                except ConnectionError:  # nobody waits for the answer any more
                    self.close_connection = True
                except Exception as error:  # noqa: BLE001 - the test shall see it
                    proxy.broken.append(error)
                    self.close_connection = True

            do_GET = do_PUT = do_POST = _do  # noqa: N815 - the names that http.server asks for

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._listening.handle_error = lambda *_: None  # type: ignore[method-assign]
        Thread(target=self._listening.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        """Close the port: whoever comes is refused."""
        assert self._listening is not None
        self._listening.shutdown()
        self._listening.server_close()


def passed(exchange: Exchange) -> None:
    """Nothing goes wrong."""
    reply = exchange.forward()
    exchange.answer(reply.status, reply.headers, reply.body)


@contextmanager
def proxied(server: str, *rules: Rule) -> Iterator[Proxy]:
    """Run a proxy before a server, by some rules."""
    proxy = Proxy(server, rules)
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.close()
    assert not proxy.broken, proxy.broken
