"""``python -m fhir_codesystem`` is the command ``codesystem``."""

from __future__ import annotations

import contextlib
import gc
import os
import sys


def main() -> None:
    """Run the command.

    Two things take a third of the time of a small build and are of no use in a short process:
    looking for garbage while modules are imported (`gc` goes on when the work begins), and taking
    the interpreter down object by object when all is written.
    """
    gc.disable()
    from fhir_codesystem.cli import run

    code = run()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
