"""What can happen to a request between a publisher and a server, as faults of the proxy."""

from __future__ import annotations

import gzip
import json
import time
from typing import TYPE_CHECKING, Any

from .stub import outcome

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Barrier, Event

    from .proxy import Exchange, Fault


def answers(status: int, body: str | None = None, *, stored: bool = False, **headers: str) -> Fault:
    """Answer in the server's stead, where ``stored`` after it has done what was asked.

    The body is an OperationOutcome, or a text in which SAID stands for how the request signs in.
    """

    def fault(exchange: Exchange) -> None:
        if stored:
            exchange.forward()
        text = json.dumps(outcome("you sent SAID")) if body is None else body
        names = {
            name.replace("_", "-"): value.replace("SAID", exchange.said)
            for name, value in headers.items()
        }
        exchange.answer(status, names, text.replace("SAID", exchange.said).encode())

    fault.__name__ = f"answers_{status}"
    return fault


def resets_in_the_request(exchange: Exchange) -> None:
    """End the connection when half of the request's body has come."""
    exchange.read(exchange.length // 2)
    exchange.reset()


def resets(exchange: Exchange) -> None:
    """End the connection before anything is done or answered."""
    exchange.read()
    exchange.reset()


def resets_when_stored(exchange: Exchange) -> None:
    """End the connection when all is done, without an answer."""
    exchange.forward()
    exchange.reset()


def cuts_the_answer(exchange: Exchange) -> None:
    """End the connection in the middle of the answer."""
    reply = exchange.forward()
    body = reply.body or b"{}"
    exchange.answer(reply.status, reply.headers, body, sent=len(body) // 2)
    exchange.handler.close_connection = True


def is_silent(exchange: Exchange) -> None:
    """Do nothing and answer nothing."""
    exchange.read()
    exchange.wait()


def is_silent_when_stored(exchange: Exchange) -> None:
    """Do what is asked, and answer nothing."""
    exchange.forward()
    exchange.wait()


def is_late(go: Event, done: Event) -> Fault:
    """Answer nothing, and do what is asked only when the publisher has long given up."""

    def fault(exchange: Exchange) -> None:
        body = exchange.read()
        exchange.wait()
        assert go.wait(60)
        exchange.forward(body)
        done.set()

    return fault


def resets_after(then: Callable[[], object]) -> Fault:
    """Do what is asked, let something else happen, and end the connection without an answer."""

    def fault(exchange: Exchange) -> None:
        exchange.forward()
        then()
        exchange.reset()

    return fault


def takes_no_more(exchange: Exchange) -> None:
    """Answer that the body is too large when some of it has come, and end the connection."""
    exchange.note("413")
    exchange.handler.wfile.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
    exchange.handler.close_connection = True


def is_slow(exchange: Exchange) -> None:
    """Answer piece by piece, with pauses that add up to more than the publisher would wait."""
    reply = exchange.forward()
    body = reply.body.ljust(6)
    exchange.answer(reply.status, reply.headers, body, sent=0)
    step = len(body) // 5
    for start in range(0, len(body), step):
        exchange.handler.wfile.flush()
        time.sleep(0.9)
        exchange.handler.wfile.write(body[start : start + step])


def closes_the_port(exchange: Exchange) -> None:
    """Answer this request as the last one: whoever comes afterwards is refused."""
    reply = exchange.forward()
    exchange.proxy.close()
    exchange.answer(reply.status, {**reply.headers, "Connection": "close"}, reply.body)
    exchange.handler.close_connection = True


def dies(exchange: Exchange) -> None:
    """End the connection before anything is done; whoever comes afterwards is refused."""
    exchange.read()
    exchange.proxy.close()
    exchange.reset()


def keeps_half(exchange: Exchange) -> None:
    """Let half of the concepts be stored, and answer as if all were."""
    reply = exchange.forward(_halved(exchange.read()))
    exchange.answer(reply.status, reply.headers, reply.body)


def _halved(body: bytes) -> bytes:
    """Take the second half of its children from the first concept of a code system."""
    packed = body.startswith(b"\x1f\x8b")
    resource: dict[str, Any] = json.loads(gzip.decompress(body) if packed else body)
    children = resource["concept"][0]["concept"]
    del children[len(children) // 2 :]
    half = json.dumps(resource).encode()
    return gzip.compress(half) if packed else half


def waits_for_all(barrier: Barrier) -> Fault:
    """Let requests go on together when all have come."""

    def fault(exchange: Exchange) -> None:
        body = exchange.read()
        barrier.wait(60)
        reply = exchange.forward(body)
        exchange.answer(reply.status, reply.headers, reply.body)

    return fault


def holds(held: Event, *, stored: bool) -> Fault:
    """Say that a request has come, or has been done; then answer nothing."""

    def fault(exchange: Exchange) -> None:
        if stored:
            exchange.forward()
        exchange.read()
        held.set()
        exchange.wait()

    return fault
