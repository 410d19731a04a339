"""Work on many rows, a chunk at a time, on all cores, in order."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

    import polars as pl

T = TypeVar("T")
CHUNK = 20_000
"""Rows a chunk: small enough to stay in the cache, large enough to be worth a call."""


def in_chunks(frame: pl.DataFrame, work: Callable[[pl.DataFrame], T]) -> Iterator[T]:
    """Do some work on each chunk of a frame; results come in order, few of them wait at a time."""
    if frame.height <= CHUNK:
        yield work(frame)
        return
    threads = os.cpu_count() or 1
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[T]] = deque()
        for start in range(0, frame.height, CHUNK):
            waiting.append(pool.submit(work, frame.slice(start, CHUNK)))
            if len(waiting) > 2 * threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
