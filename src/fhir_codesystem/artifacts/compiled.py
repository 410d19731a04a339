"""Templates as Jinja runs them: compiled once, and kept where Python keeps compiled modules."""

from __future__ import annotations

import contextlib
import os
import sys
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import BytecodeCache, compiler

if TYPE_CHECKING:
    from collections.abc import Collection

    from jinja2.bccache import Bucket

SIZE = 32
"""Bytes of a digest."""


class Compiled(BytecodeCache):
    """Templates that were compiled: all in this process, those of some folders on the disk too.

    Compiling takes a tenth of the time of a small build. What is on the disk stands beside the
    compiled form of ``module`` and ends in ``kind``. Of another text, module or Jinja than it was
    made of it is not taken. Nothing is told where it cannot be read or written.
    """

    def __init__(self, module: str, kind: str, folders: Collection[Path]) -> None:
        self._module = sys.modules[module]
        self._kind = kind
        self._folders = folders
        self._compiled: dict[tuple[str, str], bytes] = {}

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """Name a template by its path."""
        return filename or name

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take a template as it was compiled before, if it was."""
        code = self._compiled.get((bucket.key, bucket.checksum)) or self._kept(bucket)
        if code is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template that was compiled."""
        code = bucket.bytecode_to_string()
        self._compiled[bucket.key, bucket.checksum] = code
        file = self._file(bucket)
        if file is None or sys.dont_write_bytecode:
            return
        part = file.with_name(f"{file.name}.{os.getpid()}")
        with contextlib.suppress(OSError):
            file.parent.mkdir(exist_ok=True)
            try:
                part.write_bytes(self._digest(code) + code)
                part.replace(file)
            finally:
                part.unlink(missing_ok=True)

    def _kept(self, bucket: Bucket) -> bytes | None:
        """Read what is on the disk; nothing where it is not whole."""
        file = self._file(bucket)
        if file is None:
            return None
        with contextlib.suppress(OSError):
            kept = file.read_bytes()
            digest, code = kept[:SIZE], kept[SIZE:]
            return code if self._digest(code) == digest else None
        return None

    def _file(self, bucket: Bucket) -> Path | None:
        """Return where a template is kept on the disk, if it is."""
        path, spec = Path(bucket.key).resolve(), self._module.__spec__
        if path.parent not in self._folders or spec is None or spec.cached is None:
            return None
        return Path(spec.cached).with_name(
            f"{path.name}.{sys.implementation.cache_tag}.{self._kind}"
        )

    def _digest(self, code: bytes) -> bytes:
        """Return the digest of a compiled template and of what compiled it: our module, Jinja.

        As Python does with modules, these are known by the time and size of their files.
        """
        files = [Path(str(module.__file__)).stat() for module in (self._module, compiler)]
        made_by = [(each.st_mtime_ns, each.st_size) for each in files]
        return blake2b(repr(made_by).encode() + code, digest_size=SIZE).digest()
