"""Artifacts piece by piece: bytes, and rows of many texts that are never one in memory."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Self

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

CHUNK = 100_000
"""Rows a piece: their cells, which are views of texts, take a few megabytes."""
LARGE = 5_000
"""Rows from which on they are written as they are: fewer are joined in less time."""
NUMBER = re.compile(r" \(os error \d+\)$")
"""What a text from Rust says after the reason."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Texts in columns, to be written row by row: nothing is escaped, null is no text.

    One ASCII sign stands between two texts, ``end`` after each row.
    """

    cells: pl.DataFrame
    between: str
    end: str = ""

    @classmethod
    def of(cls, cells: Iterable[pl.Expr], between: str, end: str = "") -> Self:
        """Make rows of cells, whatever their names."""
        named = (cell.alias(str(number)) for number, cell in enumerate(cells))
        return cls(pl.select(named), between, end)

    def joined(self) -> bytes:
        """Return what is written, in UTF-8."""
        texts = (pl.col(name).fill_null("") for name in self.cells.columns)
        row = pl.concat_str(texts, separator=self.between)
        text = self.cells.select(pl.concat_str(row, pl.lit(self.end)).str.join(""))
        whole: bytes = text.to_series().cast(pl.Binary).item()
        return whole

    def write(self, file: BinaryIO) -> None:
        """Write the rows to a file; raises OSError with the reason as ``strerror``."""
        try:
            self.cells.write_csv(
                file,
                include_header=False,
                separator=self.between,
                line_terminator=self.end,
                quote_style="never",
            )
        except OSError as error:  # Polars has the reason in the text alone
            raise OSError(None, NUMBER.sub("", str(error))) from error


Piece = bytes | Rows


def joined(pieces: Iterable[Piece]) -> bytes:
    """Return what pieces are together."""
    return b"".join(each.joined() if isinstance(each, Rows) else each for each in pieces)


def in_chunks(frame: pl.DataFrame, work: Callable[[pl.DataFrame], Rows]) -> Iterator[Piece]:
    """Make pieces of the rows of a frame, in order."""
    for start in range(0, frame.height, CHUNK):
        rows = work(frame.slice(start, CHUNK))
        yield rows if rows.cells.height >= LARGE else rows.joined()
