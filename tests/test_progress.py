"""The progress bar: only where a person watches, only where it takes long."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from fhir_codesystem.cli import progress
from fhir_codesystem.cli.progress import Progress

if TYPE_CHECKING:
    import pytest


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def told(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, sources: int = 1) -> str:
    monkeypatch.setattr(sys, "stderr", stream)
    with Progress(sources) as bar:
        for _ in range(sources):
            for share in (0.25, 0.5, 1.0):
                bar.tell(share)
            bar.next()
    return stream.getvalue()


def test_the_bar_fills_and_is_wiped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    output = told(monkeypatch, Terminal(), sources=2)
    assert "building" in output
    assert "100%" in output
    assert output.endswith("\r\033[K")


def test_quick_work_shows_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(monkeypatch, Terminal()) == ""


def test_nobody_watching_shows_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    assert told(monkeypatch, io.StringIO()) == ""
