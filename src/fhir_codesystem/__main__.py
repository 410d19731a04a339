"""``python -m fhir_codesystem`` is the command ``codesystem``."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
from typing import Any


def main() -> None:
    """Run the command.

    Two things take a third of the time of a small build and are of no use in a short process:
    looking for garbage while modules are imported (`gc` goes on when the work begins), and taking
    the interpreter down object by object when all is written.
    """
    gc.disable()
    signal.signal(signal.SIGTERM, _terminated)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started the command
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
    code = 0
    try:
        from fhir_codesystem.cli import run

        code = run()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # all is done; nothing can be ended any more
    except KeyboardInterrupt:
        code = _said("interrupted", 130)
    except SystemExit as done:
        code = _said("terminated", int(done.code or 0))
    os._exit(code)


def _said(line: str, code: int) -> int:
    """Say in a line why the command ended while it began or came to its end."""
    with contextlib.suppress(OSError):
        sys.stderr.write(f"codesystem: {line}\n")
        sys.stderr.flush()
    return code


def _terminated(signal_number: int, frame: Any) -> None:  # noqa: ARG001
    """End in order: nothing half-written stays behind."""
    raise SystemExit(128 + signal_number)


if __name__ == "__main__":
    main()
