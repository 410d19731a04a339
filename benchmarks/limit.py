"""The limit: what `orjson` alone needs to read and write a JSON once, in a process of its own.

`limit.py JSON` reads the file first and prints the seconds of loads plus dumps, and the
version of orjson.
"""

from __future__ import annotations

import importlib
import sys
import time
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Nothing but the two calls is timed: no import, no file, no clearing away of the tree."""
    orjson = importlib.import_module("orjson")
    data = Path(arguments[0]).read_bytes()
    started = time.perf_counter()
    tree = orjson.loads(data)
    written = orjson.dumps(tree)
    seconds = time.perf_counter() - started
    if not written:
        return 1
    sys.stdout.write(f"{seconds:.6f} {orjson.__version__}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
