"""Items that stand inside each other: the way to each, and where the cells made of it stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fhir_codesystem.tables.document import locate

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from fhir_codesystem.tables.document import Located
    from fhir_codesystem.tables.jsontext import Path


@dataclass(slots=True)
class Tree:
    """The way to each item of a source whose items stand inside each other.

    ``parents`` and ``steps`` have an entry for each item in pre-order: the ordinal (from 1) of
    the item around it (0: none), and the steps that lead from that one to it.
    """

    root: Path = ()
    parents: list[int] = field(default_factory=list)
    steps: list[Path] = field(default_factory=list)

    def path(self, ordinal: int) -> Path:
        """Return the way to an item; 0 is what holds all of them."""
        way = []
        while ordinal:
            way.append(self.steps[ordinal - 1])
            ordinal = self.parents[ordinal - 1]
        return self.root + tuple(step for steps in reversed(way) for step in steps)

    def add(self, parent: int, steps: Path) -> int:
        """Add an item inside another one, and return its ordinal."""
        self.parents.append(parent)
        self.steps.append(steps)
        return len(self.steps)


@dataclass(frozen=True, slots=True)
class Items:
    """Places of cells that are values inside items (see `Places`); lines are ordinals of a tree.

    ``cells`` holds the way from an item to the value of each column, ``heads`` the path of a value
    whose name is the column's, or stands for it. Line 0 is the header.
    """

    document: Located
    tree: Tree
    cells: Sequence[Path]
    heads: Sequence[Path]

    def positions(self, lines: Sequence[int], cell: int | None) -> list[tuple[int, int]]:
        """Return the line and column of a cell's value in each item, or of the item."""
        way: Path = ()
        head = self.tree.path(0)
        if cell is not None and cell < len(self.cells):
            way, head = self.cells[cell], self.heads[cell]
        paths = [self.tree.path(line) + way if line else head for line in lines]
        found = locate(self.document, paths, keys=not any(lines))
        return [(place.line or 1, place.column or 1) for place in found]

    def indents(self, cell: int) -> pl.Series | None:  # noqa: ARG002
        """Return nothing: where items stand inside each other there is a level."""
        return None
