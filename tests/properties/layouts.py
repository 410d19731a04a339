"""The many ways to lay out one table as text."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from .texts import raw_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .forests import Row

NAMES = {
    "level": ("Lvl", "Level"),
    "code": ("Code", "Concept Code"),
    "display": ("Display", "Name", "Term", "Display name"),
    "definition": ("Definition", "Description"),
    "other": ("Sense", "Notes", "Übersetzung"),
}
ENCODINGS = {
    "utf-8": b"",
    "utf-8-sig": b"",
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}
"""Encodings and the mark that each needs in front."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table is written. Lists are gone through again and again, row after row."""

    fields: tuple[str, ...]
    names: tuple[str, ...]
    leading_bar: bool
    trailing_bar: str
    end: str
    separator: str
    pads: tuple[str, ...]
    blank_lines: tuple[str, ...]
    others: tuple[str, ...]
    line_end: str
    last_line_end: bool
    ragged: bool
    encoding: str

    def text(self, rows: Sequence[Row]) -> str:
        """Write the table."""
        lines = [line for line in self.blank_lines[:1] if not line.strip()]
        lines.append(self._line(self.names))
        if self.separator:
            lines.append(self._line([self.separator] * len(self.fields)))
        for index, row in enumerate(rows):
            lines.append(self._line(self._cells(row), ragged=self.ragged) + self.end)
            lines.append(self.blank_lines[index % len(self.blank_lines)])
        kept = [line for line in lines if line != NO_LINE]
        return self.line_end.join(kept) + (self.line_end if self.last_line_end else "")

    def data(self, rows: Sequence[Row]) -> bytes:
        """Write the table as bytes."""
        return ENCODINGS[self.encoding] + self.text(rows).encode(self.encoding)

    def _cells(self, row: Row) -> list[str]:
        values = {
            "level": str(row.level),
            "code": row.code,
            "display": row.display or "",
            "definition": row.definition or "",
            "other": self.others[len(row.code) % len(self.others)],
        }
        return [values[name] for name in self.fields]

    def _line(self, cells: Sequence[str], *, ragged: bool = False) -> str:
        kept = list(cells)
        while ragged and not kept[-1].strip():
            del kept[-1]
        padded = []
        for index, cell in enumerate(kept):
            before, after = self.pads[index % len(self.pads)], self.pads[-index % len(self.pads)]
            text = before + cell.replace("|", r"\|") + after
            padded.append(f"{text} " if text.endswith("\\") else text)
        end = "" if len(kept) < len(cells) else self.trailing_bar
        return "|" * self.leading_bar + "|".join(padded) + end


NO_LINE = "\N{EMPTY SET}"


@st.composite
def layouts(draw: st.DrawFn, rows: Sequence[Row]) -> Layout:
    """Draw a layout that suits the rows: no column that is filled is left out."""
    fields = ["code"]
    if any(row.level > 1 for row in rows) or draw(st.booleans()):
        fields.append("level")
    for name, filled in (
        ("display", any(row.display is not None for row in rows)),
        ("definition", any(row.definition is not None for row in rows)),
        ("other", False),
    ):
        if filled or draw(st.booleans()):
            fields.append(name)
    order = tuple(draw(st.permutations(fields)))
    names = tuple(_disguised(draw, draw(st.sampled_from(NAMES[name]))) for name in order)
    leading, trailing = draw(st.booleans()), draw(st.sampled_from(["", "|"]))
    separators = ["", "---", ":---:", "-----:", *(["-"] if leading else [])]
    if any(set(row.code.strip()) <= set("-:") for row in rows):
        separators.remove("")  # the first row would look like one
    cells = [cell or "" for row in rows for cell in (row.code, row.display, row.definition)]
    line_ends = ["\n", "\r\n", *["\r"] * (not any("\r" in cell for cell in cells))]
    blank = ["", " ", "\t", *["|", " | | ", "| | | | | | | |"] * (len(order) > 1)]
    return Layout(
        fields=order,
        names=names,
        leading_bar=leading,
        trailing_bar=trailing,
        end=draw(st.sampled_from(["", "", " ", " | |", "|"])) if trailing else "",
        separator=draw(st.sampled_from(separators)),
        pads=tuple(draw(st.lists(st.sampled_from(["", " ", "  ", "\t"]), min_size=1, max_size=3))),
        blank_lines=tuple(
            draw(st.lists(st.sampled_from([NO_LINE, NO_LINE, *blank]), min_size=1, max_size=3))
        ),
        others=tuple(
            draw(
                st.lists(
                    raw_text(3).map(lambda text: text.replace("\r", "")), min_size=1, max_size=2
                )
            )
        ),
        line_end=draw(st.sampled_from(line_ends)),
        last_line_end=draw(st.booleans()),
        ragged=draw(st.booleans()),
        encoding=draw(st.sampled_from(sorted(ENCODINGS))),
    )


def _disguised(draw: st.DrawFn, name: str) -> str:
    """Write a column's name in another case, with blanks and marks that do not count."""
    cased = draw(st.sampled_from([name, name.upper(), name.lower(), name.swapcase()]))
    blank = draw(st.sampled_from([" ", "_", "\xa0", "  ", "-"]))
    end = draw(st.sampled_from(["", "", " ", "\xa0", ":", "."]))
    return f"{end.strip(':.')}{cased.replace(' ', blank)}{end}"
