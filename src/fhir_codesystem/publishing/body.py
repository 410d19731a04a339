"""What a request sends, part by part."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Body(BytesIO):
    """Bytes that are read part by part as they are sent; each time it is told what share is."""

    def __init__(self, data: bytes, progress: Callable[[float], None]) -> None:
        super().__init__(data)
        self.size = len(data)
        self.progress = progress

    def read(self, size: int | None = -1, /) -> bytes:
        """Read the next part."""
        part = super().read(size)
        self.progress(self.tell() / max(self.size, 1))
        return part
