"""Writes the expected artifacts of the corpus anew: ``make golden``; look at the difference."""

from __future__ import annotations

import os

from test_corpus import CORPUS, EXPECTED, SOURCES, expected_of


def main() -> None:
    """Build every source of the corpus into tests/corpus/expected."""
    os.chdir(CORPUS)
    EXPECTED.mkdir(exist_ok=True)
    stale = set(EXPECTED.iterdir())
    for source in SOURCES:
        for name, data in expected_of(source).items():
            (EXPECTED / name).write_bytes(data)
            stale.discard(EXPECTED / name)
    for path in stale:
        path.unlink()


if __name__ == "__main__":
    main()
