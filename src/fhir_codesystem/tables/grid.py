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
        of them, and the others are None; those at the end of a row are left out.
        """
        if not self.spans:
            for number, row in enumerate(self.rows):
                yield [(number, cell) for cell in range(min(len(row), most))]
            return
        held = _Held()
        for number, row in enumerate(self.rows):
            laid: list[tuple[int, int] | None] = []
            for cell in range(len(row)):
                held.lay(laid)
                if len(laid) >= most:
                    break
                across, down = self.spans.get((number, cell), (1, 1))
                held.add(laid, (number, cell), min(len(laid) + across, most), down)
            held.lay_rest(laid)
            while laid and laid[-1] is None:
                laid.pop()
            yield laid

    def texts(self, most: int) -> Iterator[list[str]]:
        """Return the rows with every span laid out."""
        if not self.spans:
            yield from (row[:most] for row in self.rows)
            return
        for row in self.origins(most):
            yield [self.rows[origin[0]][origin[1]] if origin else "" for origin in row]


_Holding = tuple[int, tuple[int, int] | None]


class _Held:
    """Cells of rows above that reach down: by column, the rows that are left and the cell."""

    def __init__(self) -> None:
        self._now: dict[int, _Holding] = {}
        self._next: dict[int, _Holding] = {}

    def lay(self, laid: list[tuple[int, int] | None]) -> bool:
        """Lay those that reach into the next columns of a row; say whether any does."""
        before = len(laid)
        while (holding := self._now.pop(len(laid), None)) is not None:
            left, origin = holding
            if left > 1:
                self._next[len(laid)] = (left - 1, origin)
            laid.append(origin)
        return len(laid) > before

    def add(
        self, laid: list[tuple[int, int] | None], origin: tuple[int, int], end: int, down: int
    ) -> None:
        """Lay a cell up to a column, but for columns that are taken already."""
        own: tuple[int, int] | None = origin
        while len(laid) < end:
            if not self.lay(laid):
                if down > 1:
                    self._next[len(laid)] = (down - 1, own)
                laid.append(own)
                own = None

    def lay_rest(self, laid: list[tuple[int, int] | None]) -> None:
        """Lay all that is left of a row, and go on to the next."""
        last = max(self._now, default=-1)
        while len(laid) <= last:
            if not self.lay(laid):
                laid.append(None)
        self._now, self._next = self._next, {}
