"""A source is changed whole or not at all, and never over what somebody else wrote meanwhile."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from secrets import token_hex

from fhir_codesystem.artifacts.writer import SUFFIX
from fhir_codesystem.diagnostics import shown
from fhir_codesystem.errors import EnvironmentProblem


def rewrite(path: Path, old: bytes, new: bytes) -> None:
    """Give a file that holds ``old`` the content ``new``.

    As artifacts are written: beside it under another name, flushed to the disk, then renamed. A
    link stays a link, the file behind it changes; its permissions stay. Raises EnvironmentProblem
    where the file holds something else by now, or the file system refuses.
    """
    target = Path(os.path.realpath(path))
    part = target.with_name(f".{target.name}.{token_hex(8)}{SUFFIX}")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(new)
            file.flush()
            part.chmod(target.stat().st_mode & 0o7777)
            os.fsync(file.fileno())
        if target.read_bytes() != old:
            raise EnvironmentProblem(f"{shown(path)} was changed meanwhile: nothing was written")
        part.replace(target)
    except OSError as error:
        told = error.strerror or error
        raise EnvironmentProblem(f"cannot write {shown(path)}: {told}") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
