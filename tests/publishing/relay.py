"""Servers in front of others: one that speaks TLS, and a proxy that is asked to CONNECT."""

from __future__ import annotations

import select
import socket
import ssl
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WAIT = 20
"""Seconds after which a test that hangs is ended."""


@contextmanager
def listening(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """Listen on the loopback, and serve each connection in a thread; yields the port."""

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            self.request.settimeout(WAIT)
            with suppress(OSError):  # a client that has gone, or speaks no TLS
                serve(self.request)

    class Server(ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    server = Server(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def encrypted(port: int, context: ssl.SSLContext) -> Iterator[int]:
    """Speak TLS in front of a server at a port of the loopback; yields the port of it."""

    def serve(client: socket.socket) -> None:
        with context.wrap_socket(client, server_side=True, do_handshake_on_connect=False) as inner:
            try:
                inner.do_handshake()
            except ssl.SSLError:
                _drain(socket.socket(fileno=inner.detach()))
                return
            with socket.create_connection(("127.0.0.1", port), WAIT) as server:
                _join(inner, server)

    with listening(serve) as own:
        yield own


@dataclass
class ConnectProxy:
    """A proxy: its port, the heads of the requests that it got, and where its hosts really are."""

    ports: dict[str, int]
    header: str | None = None
    port: int = 0
    asked: list[str] = field(default_factory=list)

    def serve(self, client: socket.socket) -> None:
        """Connect to the host that is asked for, if the client may."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            got = client.recv(1)
            if not got:
                return
            head += got
        text = head.decode()
        self.asked.append(text)
        method, host = text.split()[:2]
        if self.header is not None and f"Proxy-Authorization: {self.header}\r\n" not in text:
            client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
            return
        if method != "CONNECT" or host not in self.ports:
            client.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
            return
        with socket.create_connection(("127.0.0.1", self.ports[host]), WAIT) as server:
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            _join(client, server)


@contextmanager
def proxying(ports: dict[str, int], header: str | None = None) -> Iterator[ConnectProxy]:
    """Run a proxy to hosts, each (HOST:PORT) at a port of the loopback.

    ``header`` is what it asks for in Proxy-Authorization.
    """
    proxy = ConnectProxy(ports, header)
    with listening(proxy.serve) as proxy.port:
        yield proxy


def _drain(client: socket.socket) -> None:
    """Let a client read why it is refused, before the connection ends."""
    with client:
        client.settimeout(WAIT)
        client.shutdown(socket.SHUT_WR)
        while client.recv(65536):
            pass


def _join(one: socket.socket, other: socket.socket) -> None:
    """Pass on what comes from either, until one of them ends."""
    while True:
        ready = [
            each for each in (one, other) if isinstance(each, ssl.SSLSocket) and each.pending()
        ]
        for each in ready or select.select([one, other], [], [], WAIT)[0] or [None]:
            data = each.recv(65536) if each is not None else b""
            if not data:
                return
            (other if each is one else one).sendall(data)
