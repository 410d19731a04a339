"""Work on many rows, a chunk at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import polars as pl

T = TypeVar("T")
CHUNK = 20_000
"""Rows a chunk: small enough to stay in the cache, large enough to be worth a call."""


def in_chunks(frame: pl.DataFrame, work: Callable[[pl.DataFrame], T]) -> Iterator[T]:
    """Do some work on each chunk of a frame, in order; at least once."""
    for start in range(0, frame.height or 1, CHUNK):
        yield work(frame.slice(start, CHUNK))
