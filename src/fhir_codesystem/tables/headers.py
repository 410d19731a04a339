"""Which line is a header, and which table of a file is the one that is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fhir_codesystem.concepts.columns import FIELDS
from fhir_codesystem.concepts.headers import folded
from fhir_codesystem.diagnostics import Location, quoted
from fhir_codesystem.rules import text as rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.tables.source import Source

LINES_ABOVE = 100
"""Lines above a table that are looked through for its header."""


def names_code(names: Iterable[str]) -> bool:
    """Whether a line of cells names the column of the codes."""
    return any(folded(name) in FIELDS["code"] for name in names)


def same_heading(wanted: str, heading: str) -> bool:
    """Whether two headings are the same, but for case and white space."""
    return " ".join(wanted.split()).casefold() == " ".join(heading.split()).casefold()


def left_out(path: str, above: Sequence[tuple[int, str]]) -> list[Diagnostic]:
    """Tell the lines (number, text) that stand above a header and are not read."""
    if not above:
        return []
    number, text = above[0]
    more = f" and {len(above) - 1} more" if len(above) > 1 else ""
    message = f"the header comes later; left out: {quoted(text)}{more}"
    return [rules.TEXT_ABOVE_TABLE.at(Location(path, number, 1), message)]


def only_table(source: Source, above: Sequence[tuple[int, str]]) -> list[Diagnostic]:
    """Tell where another table is wanted than the only one, which the lines above it may name."""
    wanted = source.wanted.table
    if wanted is None or wanted == "1" or any(same_heading(wanted, text) for _, text in above):
        return []
    message = f"there is no table {quoted(wanted)}: the file holds one table"
    place = source.wanted.table_place or Location(source.path)
    return [rules.NO_SUCH_TABLE.at(place, message, hint="leave build: table: out")]
