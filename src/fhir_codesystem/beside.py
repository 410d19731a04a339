"""Two things done beside one another, where that takes less time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

First = TypeVar("First")
Second = TypeVar("Second")

SMALL = 100_000
"""Bytes of a source that are worked through before a thread has been of use."""


def beside(
    first: Callable[[], First], second: Callable[[], Second], size: int
) -> tuple[First, Second]:
    """Return what two functions return, the first of which is mostly Polars, without the GIL.

    ``size`` is that of the source in bytes: of a small one they are called in turn.
    """
    if size <= SMALL:
        return first(), second()
    with ThreadPoolExecutor(1) as pool:
        begun = pool.submit(first)
        done = second()
        return begun.result(), done
