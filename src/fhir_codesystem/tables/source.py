"""What a table is read from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes of a table, and the path by which findings name them."""

    path: str
    data: bytes
