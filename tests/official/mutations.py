"""All cases that are put before both validators, always the same ones."""

from __future__ import annotations

import hashlib
from itertools import chain
from typing import TYPE_CHECKING

from . import elements, elementsxml
from .aimed import (
    contents,
    holders,
    markup,
    narratives,
    primitives,
    profiles,
    properties,
    structures,
    texts,
    xhtml,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .case import Case

VERSIONS = ("R4", "R4B", "R5")
AIMED = (
    *(contents, properties, primitives, structures, narratives, texts, markup, profiles),
    *(holders, xhtml),
)


def aimed(version: str) -> Iterator[Case]:
    """Return the cases that were made for one condition each."""
    return chain.from_iterable(module.cases(version) for module in AIMED)


def cases(version: str) -> Iterator[Case]:
    """Return all cases of a FHIR version (R4, R4B, R5) but the tables of the corpus."""
    return chain(aimed(version), elements.cases(version), elementsxml.cases(version))


def sample(version: str, number: int) -> list[Case]:
    """Choose some cases: one for each key that cases promise, and others by chance made fixed."""
    made = list(cases(version))
    promised: dict[str, Case] = {}
    for case in made:
        for key in case.keys:
            promised.setdefault(key, case)
    chosen = {case.name: case for case in promised.values()}
    for case in sorted(made, key=lambda case: _draw(version, case)):
        if len(chosen) >= number:
            break
        chosen.setdefault(case.name, case)
    return list(chosen.values())


def _draw(version: str, case: Case) -> bytes:
    return hashlib.sha256(f"{version} {case.name}".encode()).digest()
