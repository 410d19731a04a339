"""Two things beside one another: both are returned, and what one raises is raised."""

from __future__ import annotations

from threading import get_ident
from typing import NoReturn

import pytest

from fhir_codesystem.beside import SMALL, beside


@pytest.mark.parametrize(("size", "threads"), [(SMALL, 1), (SMALL + 1, 2)])
def test_a_thread_is_for_large_sources(size: int, threads: int) -> None:
    first, second = beside(get_ident, get_ident, size)
    assert len({first, second}) == threads
    assert second == get_ident()


@pytest.mark.parametrize("size", [0, SMALL + 1])
def test_what_either_raises_is_raised(size: int) -> None:
    def refuse() -> NoReturn:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        beside(refuse, get_ident, size)
    with pytest.raises(ValueError, match="no"):
        beside(get_ident, refuse, size)
