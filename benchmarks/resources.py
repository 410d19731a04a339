"""Small CodeSystems for `check`: ``python resources.py COUNT FOLDER``.

They are those that tests/official begins with and the builds of tests/corpus, as far as they have
no error, over and over, each with an id of its own.
"""

from __future__ import annotations

import json
import sys
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fhir_codesystem import Severity, check
from official import corpus
from official.bases import bases

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION = "R4"


def main(count: int, folder: Path) -> None:
    """Write the files."""
    folder.mkdir(parents=True)
    known = [each for each in _resources() if _is_good(each)]
    for number, resource in enumerate(islice(cycle(known), count)):
        _write(folder / f"cs-{number:04}.json", {**resource, "id": f"cs-{number}"})


def _resources() -> Iterator[dict[str, Any]]:
    yield from bases(VERSION).values()
    for case in corpus.cases(VERSION):
        if len(case.data) < 50_000:
            yield json.loads(case.data)


def _is_good(resource: dict[str, Any]) -> bool:
    found = check(json.dumps(resource).encode(), fhir_version=VERSION)
    return all(each.severity is not Severity.ERROR for each in found)


def _write(path: Path, resource: dict[str, Any]) -> None:
    path.write_text(json.dumps(resource, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
