"""What the tests before the official validator share: whether they run."""

from __future__ import annotations

import pytest

from . import official


@pytest.fixture
def validator() -> None:
    """Skip, and say why, where the official validator is not wanted or cannot run."""
    if not official.wanted():
        pytest.skip("the official validator: CI and FHIR_CODESYSTEM_OFFICIAL=required run it")
    if lacks := official.missing():
        if official.required():
            pytest.fail(lacks)
        pytest.skip(lacks)
