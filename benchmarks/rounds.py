"""Checks files in one process, each as often as it is named: ``python rounds.py FILE ...``.

Prints what the program of tests/official does: a line when it is ready, then one a file, of JSON.
"""

from __future__ import annotations

import json
import sys
import time

from fhir_codesystem import check


def main(paths: list[str]) -> None:
    """Check one after the other."""
    print(json.dumps({"ready": True}))
    for path in paths:
        started = time.perf_counter()
        check(path, fhir_version="R4")
        print(json.dumps({"micros": round((time.perf_counter() - started) * 1e6)}))


if __name__ == "__main__":
    main(sys.argv[1:])
