"""Changes of a text as people read them: a unified diff, three lines around each."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from fhir_codesystem.repairs.editing import edited

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fhir_codesystem.repairs.editing import Edit, Text

AROUND = 3
NO_LINE_END = "\n\\ No newline at end of file\n"


def unified(path: str, text: Text, edits: Sequence[Edit]) -> Iterator[str]:
    """Return the lines of a unified diff, each with its line end; nothing without edits.

    Edits come in order, each in one line. They change no line end, so that old and new lines have
    the same numbers and the texts need not be compared.
    """
    new = {line: _edited(text, line, list(own)) for line, own in _by_line(text, edits)}
    if new:
        yield f"--- {path}\n"
        yield f"+++ {path}\n"
    for first, last in _hunks(sorted(new), text.height):
        span = f"{first},{last - first + 1}"
        yield f"@@ -{span} +{span} @@\n"
        for changed, lines in groupby(range(first, last + 1), key=new.__contains__):
            numbers = list(lines)
            yield from (_marked("-" if changed else " ", text.line(number)) for number in numbers)
            if changed:
                yield from (_marked("+", new[number]) for number in numbers)


def _by_line(text: Text, edits: Sequence[Edit]) -> Iterator[tuple[int, Iterator[Edit]]]:
    return groupby(edits, key=lambda edit: text.line_of(edit.start))


def _edited(text: Text, line: int, edits: list[Edit]) -> str:
    start = text.starts[line - 1]
    shifted = [replace(edit, start=edit.start - start, end=edit.end - start) for edit in edits]
    return edited(text.line(line), shifted)


def _hunks(changed: list[int], height: int) -> Iterator[tuple[int, int]]:
    """Return the first and last lines of the hunks; those that would touch are one."""
    bounds: list[list[int]] = []
    for line in changed:
        first, last = max(1, line - AROUND), min(height, line + AROUND)
        if bounds and first <= bounds[-1][1] + 1:
            bounds[-1][1] = last
        else:
            bounds.append([first, last])
    yield from ((first, last) for first, last in bounds)


def _marked(mark: str, line: str) -> str:
    """Mark a line; one that ends in no line feed gets one, and at the end that is said."""
    if line.endswith("\n"):
        return mark + line
    return mark + (line.removesuffix("\r") + "\n" if line.endswith("\r") else line + NO_LINE_END)
