"""Which character separates the cells of a text, and which of its lines is the header."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePath

from fhir_codesystem.characters import BLANKS
from fhir_codesystem.tables.decoding import SAMPLE
from fhir_codesystem.tables.headers import LINES_ABOVE, names_code
from fhir_codesystem.tables.quoting import Grammar, lines_of

DELIMITERS = "\t;,^~\N{BROKEN BAR}\x1f"
BAR = "|"
NAMES = {".csv": ",", ".tsv": "\t", ".tab": "\t"}
"""Endings of names that say a text is delimited, and the delimiter that most such files have."""

STATED = re.compile(r'[ \t]*"?sep=([^"])"?[ \t;,]*')
"""The first line with which Excel is told the delimiter."""

DOCUMENTS = ("<", "{", "[")
"""How documents begin that are no table in lines: HTML and XML, JSON."""

MOST_CELLS = 50
MOST_RECORDS = 200


@dataclass(frozen=True, slots=True)
class Dialect:
    """A delimiter, and the number of the line in which the header begins."""

    delimiter: str
    header: int


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well a delimiter fits: whether the header names the code, the share of rows that fit."""

    dialect: Dialect
    code: bool
    share: float
    width: int

    @property
    def key(self) -> tuple[bool, float, bool, int]:
        return self.code, self.share, self.dialect.delimiter == BAR, self.width


def dialect_of(path: str, data: bytes) -> Dialect | None:
    """Return the dialect of a text in UTF-8, judged by its beginning and then by its name.

    None where the text is none of this kind: a table with bars, a document, a list.
    """
    lines = list(lines_of(_sample(data)))
    filled = next((number for number, line in enumerate(lines) if line.strip(BLANKS)), None)
    if filled is None:
        return None
    if (stated := STATED.fullmatch(lines[filled])) is not None:
        fit = _fit(lines[filled + 1 :], filled + 2, stated[1])
        return fit.dialect if fit else Dialect(stated[1], filled + 2)
    named = NAMES.get(PurePath(path).suffix.lower())
    if named is None and (
        lines[filled].lstrip().startswith(DOCUMENTS)
        or (BAR in lines[filled] and names_code(lines[filled].split(BAR, MOST_CELLS)))
    ):
        return None
    fits = [_fit(lines, 1, each) for each in (BAR, *DELIMITERS)]
    likely = [fit for fit in fits if fit is not None and (fit.code or named or fit.share > 0.9)]
    best = max(likely, key=lambda fit: fit.key, default=None)
    if best is None:
        return Dialect(named, filled + 1) if named else None
    return None if best.dialect.delimiter == BAR else best.dialect


def _sample(data: bytes) -> bytes:
    """Return the beginning of a text, in whole lines if there are any."""
    if len(data) <= SAMPLE:
        return data
    whole = data.rfind(b"\n", 0, SAMPLE) + 1
    return data[:whole] if whole else data[:SAMPLE].decode("utf-8", "ignore").encode()


def _fit(lines: list[str], first: int, delimiter: str) -> _Fit | None:
    """Return how well a delimiter fits the beginning of a text, if it does at all.

    The header is the first record that names the code, else the first of all. At least half of
    the records below must have two cells or more; as many as the header if it names no code.
    """
    if not any(delimiter in line for line in lines):
        return None
    grammar = Grammar(delimiter)
    records = [
        (record.line, [cell.text for cell in grammar.split(record.text, MOST_CELLS)])
        for record in islice(grammar.records(lines, first), MOST_RECORDS)
        if record.text.strip(BLANKS)
    ]
    if not any(sum(map(bool, cells)) > 1 for _, cells in records):
        return None  # it separates nothing: tabs around one column
    codes = (at for at, (_, cells) in enumerate(records[:LINES_ABOVE]) if names_code(cells))
    at = next(codes, 0)
    if _width(records[at][1]) < 2:
        return None
    line, header = records[at]
    code = names_code(header)
    below = [len(cells) for _, cells in records[at + 1 :] if any(cells)]
    fitting = sum(each > 1 if code else each == len(header) for each in below)
    share = fitting / len(below) if below else float(code)
    return _Fit(Dialect(delimiter, line), code, share, _width(header)) if share >= 0.5 else None


def _width(cells: list[str]) -> int:
    """Return the number of cells up to the last that is not blank."""
    return max((at for at, cell in enumerate(cells, 1) if cell), default=0)
