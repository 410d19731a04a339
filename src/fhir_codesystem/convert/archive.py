"""Zip archives without dates: the same parts give the same bytes."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

EARLIEST = (1980, 1, 1, 0, 0, 0)
STORED_FIRST = "mimetype"
"""The part that OpenDocument wants uncompressed (and first)."""


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    """Return an archive of the parts, in their order; text as UTF-8."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as written:
        for name, content in parts.items():
            part = zipfile.ZipInfo(name, EARLIEST)
            part.create_system = 0
            stored = name == STORED_FIRST
            part.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            written.writestr(part, content, compresslevel=6)
    return target.getvalue()
