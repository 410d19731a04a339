"""A progress bar, where the work takes longer than a second and a person is watching."""

from __future__ import annotations

import sys
import time
from typing import Any, Self

import click

PATIENCE = 1.0
"""Seconds before the bar appears."""
STEPS = 1000


class Progress:
    """Shows how much of some sources is done; silent where nobody watches or all is quick."""

    def __init__(self, sources: int, label: str = "building") -> None:
        self.sources = sources
        self.label = label
        self.done = 0
        self.started = time.monotonic()
        self.shown = 0
        self.bar: Any = None

    def tell(self, share: float) -> None:
        """Take note that a share of the present source, 0 to 1, is done."""
        if self.bar is None:
            if time.monotonic() - self.started < PATIENCE or not sys.stderr.isatty():
                return
            self.bar = click.progressbar(length=STEPS, label=self.label, file=sys.stderr)
            self.bar.__enter__()
        at = int(STEPS * (self.done + share) / self.sources)
        if at > self.shown:
            self.bar.update(at - self.shown)
            self.shown = at

    def next(self) -> None:
        """Take note that a source is done."""
        self.tell(1.0)
        self.done += 1

    def pause(self) -> None:
        """Wipe the bar, so that something else can be printed; it comes back by itself."""
        if self.bar is not None:
            click.echo("\r\033[K", nl=False, err=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.pause()
