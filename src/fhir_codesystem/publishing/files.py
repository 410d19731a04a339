"""Files that hold secrets or name commands, held to what ssh asks of its own."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from fhir_codesystem.diagnostics import shown
from fhir_codesystem.errors import EnvironmentProblem

if TYPE_CHECKING:
    from pathlib import Path

OTHERS_READ = stat.S_IRGRP | stat.S_IROTH
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
ROOT = 0


def secret_of(file: Path) -> str:
    """Read a secret, without the white space around it; raises EnvironmentProblem."""
    require_closed(file)
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        told = getattr(error, "strerror", None) or "no UTF-8"
        raise EnvironmentProblem(f"cannot read {shown(file)}: {told}") from None


def require_closed(file: Path) -> None:
    """Raise EnvironmentProblem for a file of a user's own that others may read.

    What root owns is not judged: Docker and Kubernetes lay out secrets so, for all to read.
    """
    try:
        found = file.stat()
    except OSError as error:
        raise EnvironmentProblem(f"cannot read {shown(file)}: {error.strerror}") from None
    if os.name == "posix" and found.st_uid == os.geteuid() != ROOT and found.st_mode & OTHERS_READ:
        raise EnvironmentProblem(
            f"{shown(file)} holds a secret that others can read: close it with chmod go="
        )


def require_own(file: Path) -> None:
    """Raise EnvironmentProblem for a file that others than its user, or root, may change."""
    found = file.stat()
    foreign = os.name == "posix" and found.st_uid not in {ROOT, os.geteuid()}
    if foreign or (os.name == "posix" and found.st_mode & OTHERS_WRITE):
        raise EnvironmentProblem(
            f"{shown(file)} says what is run and who is trusted, and others can change it: "
            "own it, and close it with chmod go-w"
        )
