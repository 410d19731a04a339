"""All cases that are put before both validators, always the same ones."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from . import elements, elementsxml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .case import Case

VERSIONS = ("R4", "R4B", "R5")


def cases(version: str) -> Iterator[Case]:
    """Return all cases of a FHIR version (R4, R4B, R5)."""
    return chain(elements.cases(version), elementsxml.cases(version))
