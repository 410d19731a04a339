"""What our build makes of every table of the corpus, as cases."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from fhir_codesystem import build

from .case import Case

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fhir_codesystem import Built

CORPUS = Path(__file__).parent.parent / "corpus"
SOURCES = tuple(
    path
    for path in sorted(CORPUS.glob("*.*"))
    if path.suffix == ".yaml" or not path.with_suffix(".yaml").exists()
)
"""Each code system by its metadata, where it has some, else by its table."""


@cache
def built(source: Path, version: str) -> Built:
    """Build a source of the corpus for a FHIR version."""
    return build(source, fhir_version=version)


def cases(version: str, sources: tuple[Path, ...] = SOURCES) -> Iterator[Case]:
    """Return the resources that are built, a case each; a source that is refused has none."""
    for source in sources:
        for name, data in built(source, version).artifacts.items():
            if name.endswith(".json"):
                yield Case(f"corpus/{source.stem}.json", data)
