"""The profile of this run, and templates that are compiled once."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from fhir_codesystem import pipeline
from fhir_codesystem.artifacts.templates import Templates

from .profiles import register

if TYPE_CHECKING:
    from collections.abc import Iterator

register()


@pytest.fixture(scope="module", autouse=True)
def _templates_compiled_once() -> Iterator[None]:
    """Share the templates between builds: compiling them takes five times as long as a build."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "Templates", cache(Templates))
        yield
