"""A table as markup lays it out: own cells row by row, cells that span others, what is hidden."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_ACROSS = 1000
MOST_DOWN = 65534
"""What a cell may span (columns, rows); HTML says the same, section 4.9.11."""


@dataclass(slots=True)
class Grid:
    """One table of a page.

    ``number`` counts the tables of the page from 1, ``above`` holds the headings over it and the
    line before it, the nearest last. ``rows`` has a list of texts for each row: its own cells,
    as they were written. Keyed by (row, own cell), both from 0: ``spans`` (columns, rows) of
    cells that span more than themselves, ``indents`` in CSS pixels. ``hidden`` holds the rows
    that a browser does not show, whole or in part; ``nests`` says that cells hold tables.

    ``marks`` has the offset of each cell's tag in the source, ``row_marks`` that of each row's,
    ``mark`` that of the table: only where the page was read for places.
    """

    number: int
    above: list[str]
    rows: list[list[str]] = field(default_factory=list)
    spans: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    indents: dict[tuple[int, int], float] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    nests: bool = False
    mark: int | None = None
    row_marks: list[int | None] = field(default_factory=list)
    marks: list[list[int | None]] = field(default_factory=list)

    @property
    def spanned(self) -> int:
        """How many cells come of spans; known before they are laid out."""
        return sum(
            across * min(down, len(self.rows) - row)
            for (row, _), (across, down) in self.spans.items()
        )

    def origins(self, most: int) -> Iterator[list[tuple[int, int] | None]]:
        """Say, row by row, which cell stands in which column; at most ``most`` columns of a row.

        A cell over several rows stands in each of them; one over several columns in the first
        of them, and the others are None.
        """
        if not self.spans:
            for number, row in enumerate(self.rows):
                yield [(number, cell) for cell in range(min(len(row), most))]
            return
        held: dict[int, tuple[int, tuple[int, int] | None]] = {}
        for number, row in enumerate(self.rows):
            laid: list[tuple[int, int] | None] = []
            kept: dict[int, tuple[int, tuple[int, int] | None]] = {}
            for cell in range(len(row)):
                _take(held, kept, laid)
                if len(laid) >= most:
                    break
                across, down = self.spans.get((number, cell), (1, 1))
                for step in range(min(across, most - len(laid))):
                    origin = None if step else (number, cell)
                    if down > 1:
                        kept[len(laid)] = (down - 1, origin)
                    laid.append(origin)
            last = max(held, default=-1)
            while len(laid) <= last:
                if not _take(held, kept, laid):
                    laid.append(None)
            held = kept
            yield laid

    def texts(self, most: int) -> Iterator[list[str]]:
        """Return the rows with every span laid out."""
        if not self.spans:
            yield from (row[:most] for row in self.rows)
            return
        for row in self.origins(most):
            yield [self.rows[origin[0]][origin[1]] if origin else "" for origin in row]


def _take(
    held: dict[int, tuple[int, tuple[int, int] | None]],
    kept: dict[int, tuple[int, tuple[int, int] | None]],
    laid: list[tuple[int, int] | None],
) -> bool:
    """Lay the cells of rows above that reach down to the next columns; say whether any does."""
    before = len(laid)
    while (holding := held.pop(len(laid), None)) is not None:
        left, origin = holding
        if left > 1:
            kept[len(laid)] = (left - 1, origin)
        laid.append(origin)
    return len(laid) > before
