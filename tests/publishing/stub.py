"""A server on the loopback that answers as a test tells it to, and keeps what it was asked."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from gzip import decompress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

CUT = -1
"""A status that is none: the connection ends in the middle of the answer."""
GONE = -2
"""A status that is none: the connection ends before any answer."""

SILENT = -3
"""A status that is none: no answer comes while the stub runs."""


@dataclass(frozen=True)
class Reply:
    """What is answered: a dict or list as JSON, a text as it is."""

    status: int = 200
    body: Any = ""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> bytes:
        """The body as bytes."""
        return self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class Stub:
    """Answers by method and path (without the query); the last reply to each stays."""

    url: str
    replies: dict[tuple[str, str], list[Reply]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def on(self, method: str, path: str, *replies: Reply) -> None:
        """Say what is answered, one after the other."""
        self.replies[method, path] = list(replies)

    @property
    def writes(self) -> list[Asked]:
        """The requests that were to change something."""
        return [each for each in self.asked if each.method != "GET"]

    def answer(self, method: str, path: str) -> Reply:
        """Return the next reply; what nothing was said of is not found."""
        replies = self.replies.get((method, path.partition("?")[0]), [Reply(404, "not here")])
        return replies.pop(0) if len(replies) > 1 else replies[0]


@contextmanager
def stubbed() -> Iterator[Stub]:
    """Run a stub; it states that it is a HAPI-like R4 server without a code system."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _do(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length)
            if self.headers.get("Content-Encoding") == "gzip":
                body = decompress(body)
            path = self.path.removeprefix("/fhir")
            sent = json.loads(body) if body else None
            stub.asked.append(Asked(self.command, path, dict(self.headers), sent))
            reply = stub.answer(self.command, path)
            if reply.status == SILENT:
                over.wait()
            if reply.status in {GONE, SILENT}:
                self.close_connection = True
                return
            self.send_response(200 if reply.status == CUT else reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            more = 50 if reply.status == CUT else 0
            self.send_header("Content-Length", str(len(reply.data) + more))
            self.end_headers()
            self.wfile.write(reply.data)
            self.close_connection = bool(more)

        do_GET = do_PUT = do_POST = _do  # noqa: N815 - the names that http.server asks for

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    over = Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stub = Stub(f"http://127.0.0.1:{server.server_address[1]}/fhir")
    stub.on("GET", "/metadata", Reply(200, capability()))
    stub.on("GET", "/CodeSystem", Reply(200, bundle()))
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield stub
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def capability(**resource: Any) -> dict[str, Any]:
    """Return a CapabilityStatement whose CodeSystem is as given, beside what HAPI says."""
    names = ("read", "search-type", "create", "update")
    stated = {
        "type": "CodeSystem",
        "interaction": [{"code": name} for name in names],
        "conditionalCreate": True,
        "versioning": "versioned-update",
        **resource,
    }
    return {
        "resourceType": "CapabilityStatement",
        "fhirVersion": "4.0.1",
        "software": {"name": "Stub", "version": "1"},
        "rest": [{"mode": "server", "resource": [stated]}],
    }


def bundle(*resources: dict[str, Any], following: str | None = None) -> dict[str, Any]:
    """Return the Bundle of a search."""
    found: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset"}
    found["entry"] = [{"resource": each} for each in resources]
    if following:
        found["link"] = [{"relation": "next", "url": following}]
    return found


def outcome(text: str, severity: str = "error") -> dict[str, Any]:
    """Return an OperationOutcome with one issue."""
    issue = {"severity": severity, "code": "processing", "diagnostics": text}
    return {"resourceType": "OperationOutcome", "issue": [issue]}
