"""A mistake of ours is one line, too; --debug shows where it is."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import pytest

from .workplace import AS_MODULE

if TYPE_CHECKING:
    from collections.abc import Callable

    from .workplace import Result, Workplace

PLACES = {
    "reading": ("fhir_codesystem.sources", "read"),
    "metadata": ("fhir_codesystem.sources", "read_settings"),
    "merging": ("fhir_codesystem.preparation", "merge"),
    "assembling": ("fhir_codesystem.preparation", "assemble"),
    "emitting": ("fhir_codesystem.pipeline", "emit"),
    "the resource": ("fhir_codesystem.artifacts.json", "chunks"),
    "the page": ("fhir_codesystem.artifacts.markdown", "table"),
}


class PanicException(BaseException):
    """Stands for what Polars raises where its Rust panics, which is no Exception."""


ERRORS = {
    "plain": RuntimeError("the secret place"),
    "many lines": RuntimeError("the secret place\nline 2\rline 3\u2028line 4"),
    "an empty one": RuntimeError(),
    "a steering one": ValueError("the secret place \x1b[2J\x07"),
    "a long one": KeyError("the secret place" + "x" * 100_000),
    "memory": MemoryError(),
    "recursion": RecursionError("the secret place"),
    "a panic": PanicException("the secret place"),
    "no text": UnicodeDecodeError("utf-8", b"x", 0, 1, "the secret place"),
    "an assertion": AssertionError(),
}


def break_at(monkeypatch: pytest.MonkeyPatch, place: str, error: BaseException) -> None:
    """Let a function of ours raise an error nobody thought of."""

    def broken(*_: Any, **__: Any) -> None:
        raise error

    module, name = PLACES[place]
    monkeypatch.setattr(importlib.import_module(module), name, broken)


@pytest.mark.parametrize("error", ERRORS)
def test_an_internal_error_is_one_line(
    workplace: Workplace,
    command: Callable[..., Result],
    monkeypatch: pytest.MonkeyPatch,
    error: str,
) -> None:
    break_at(monkeypatch, "merging", ERRORS[error])
    result = command("build", "--quiet", "table.txt")
    assert result.code == 2
    (line,) = result.lines
    assert line.startswith(f"codesystem: internal error ({type(ERRORS[error]).__name__}")
    assert "--debug" in line
    assert line.isprintable()
    assert len(line) < 500
    assert workplace.is_as_before()


@pytest.mark.parametrize("place", PLACES)
def test_wherever_it_is(
    workplace: Workplace,
    command: Callable[..., Result],
    monkeypatch: pytest.MonkeyPatch,
    place: str,
) -> None:
    break_at(monkeypatch, place, RuntimeError("the secret place"))
    result = command("build", "--quiet", "table.txt")
    assert result.code == 2
    (line,) = result.lines
    assert line.startswith("codesystem: internal error (RuntimeError: the secret place)")
    assert workplace.is_as_before()


BROKEN = """
import fhir_codesystem.preparation
class PanicException(BaseException):
    pass
def broken(*given, **named):
    raise {error}("the secret place")
fhir_codesystem.preparation.merge = broken
"""


@pytest.mark.parametrize("error", ["RuntimeError", "PanicException", "OSError"])
def test_debug_shows_where(workplace: Workplace, error: str) -> None:
    prepared = BROKEN.format(error=error) + AS_MODULE
    result = workplace.run("build", "--debug", "table.txt", prepared=prepared)
    assert result.code == 2
    assert "Traceback (most recent call last):" in result.err
    assert "in broken" in result.err
    assert "preparation.py" in result.err
    assert result.lines[-1].startswith("codesystem: ")
    assert "the secret place" in result.lines[-1]
    result = workplace.run("build", "table.txt", prepared=prepared)
    assert result.code == 2
    (line,) = result.lines
    assert line.startswith("codesystem: ")
    assert "the secret place" in line
    assert workplace.is_as_before()


def test_debug_shows_nothing_where_nothing_is_wrong_with_us(workplace: Workplace) -> None:
    result = workplace.run("build", "--debug", "gone.txt")
    assert result.problem == "gone.txt is not there"
    result = workplace.run("build", "--debug", "--quiet", "table.txt")
    assert (result.code, result.err) == (0, "")
