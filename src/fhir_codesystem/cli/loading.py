"""Importing what commands need; a signal that comes meanwhile takes effect when it is done.

orjson 3.13.0 crashes (segmentation fault) where the modules that it imports while it is
initialised cannot be imported: by a signal's exception, or without a file descriptor to spare.
"""

from __future__ import annotations

import signal
from contextlib import contextmanager
from threading import current_thread, main_thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ENDS = (signal.SIGINT, signal.SIGTERM)


def load() -> None:
    """Import the pipeline and what it needs."""
    with signals_waiting():
        import json  # noqa: F401 - what orjson imports

        import fhir_codesystem.pipeline  # noqa: F401


@contextmanager
def signals_waiting() -> Iterator[None]:
    """Let signals that end the process wait."""
    if current_thread() is not main_thread():  # signals do not reach it
        yield
        return
    waiting: list[int] = []
    handlers = {
        each: signal.signal(each, lambda number, _: waiting.append(number)) for each in ENDS
    }
    try:
        yield
    finally:
        for each, handler in handlers.items():
            signal.signal(each, handler)
    for number in waiting[:1]:
        signal.raise_signal(number)
