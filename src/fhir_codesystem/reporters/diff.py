r"""Diffs for people: in colour, with the characters that change picked out, nothing invisible."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import click

from fhir_codesystem.diagnostics import printable
from fhir_codesystem.repairs.editing import parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

COLOURS = {"-": "red", "+": "green", "@": "cyan"}


def lines(diff: str) -> Iterator[str]:
    r"""Return a unified diff without line ends; click takes the colour off where it is not wanted.

    What is not printable is written as Python escapes it: a no-break space is ``\xa0``. That a
    last line has no line end is not said: nobody would see a difference.
    """
    every = [line.removesuffix("\r") for line in diff.split("\n")[:-1] if line[:1] != "\\"]
    for line in every[:2]:
        yield click.style(printable(line), bold=True)
    removed: list[str] = []
    for mark, run in groupby(every[2:], key=lambda line: line[:1]):
        block = list(run)
        if mark == "-":
            removed = block
        elif mark == "+":
            yield from _replaced(removed, block)
        else:
            yield from (click.style(printable(line), fg=COLOURS.get(mark)) for line in block)


def _replaced(removed: list[str], added: list[str]) -> Iterator[str]:
    """Show lines that become others, and what it is in them that does."""
    pairs = list(zip(removed, added, strict=True))
    for old, new in pairs:
        yield _marked(old, [(start, end) for start, end, _ in parts(old[1:], new[1:])])
    for old, new in pairs:
        yield _marked(new, [(start, end) for start, end, _ in parts(new[1:], old[1:])])


def _marked(line: str, spans: Sequence[tuple[int, int]]) -> str:
    """Colour a line, and turn the colours round in some spans of the text after its mark."""
    colour = COLOURS[line[0]]
    text, done = line[1:], 0
    pieces = [click.style(line[0], fg=colour)]
    for start, end in spans:
        pieces.append(click.style(printable(text[done:start]), fg=colour))
        pieces.append(click.style(printable(text[start:end]), fg=colour, reverse=True))
        done = end
    return "".join([*pieces, click.style(printable(text[done:]), fg=colour)])
