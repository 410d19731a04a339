"""The repairs of one source: shown as a diff, and made where its owner says so."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from fhir_codesystem.concepts.columns import assign
from fhir_codesystem.errors import EnvironmentProblem
from fhir_codesystem.instance.recognition import refused
from fhir_codesystem.repairs.diff import unified
from fhir_codesystem.repairs.editing import Revision, Text, revise
from fhir_codesystem.repairs.proposals import Cells, changes, proposals
from fhir_codesystem.repairs.rewriting import rewrite
from fhir_codesystem.tables.reading import read

if TYPE_CHECKING:
    import polars as pl

    from fhir_codesystem.diagnostics import Location
    from fhir_codesystem.sources import Input
    from fhir_codesystem.tables.table import Table


@dataclass(frozen=True, slots=True)
class Change:
    """What a cell says and should say, and the numbers of the rules that say so."""

    location: Location
    before: str
    after: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fix:
    """What can be repaired in one source.

    ``changes`` are those that can be made in its text, ``by_hand`` those that cannot: a workbook
    is no text, and a cell may be written in a way that is not understood. ``diff`` is the change
    of the text as a unified diff, ``data`` all of the source's bytes after it; where nothing
    changes it is empty, and they are as they were.
    """

    path: str
    changes: tuple[Change, ...] = ()
    by_hand: tuple[Change, ...] = ()
    diff: str = ""
    data: bytes = b""
    file: Path | None = None
    _old: bytes = field(default=b"", repr=False)

    def write(self) -> None:
        """Change the file, whole or not at all; a file changed meanwhile is left as it is.

        Raises EnvironmentProblem where that cannot be done.
        """
        if not self.diff:
            return
        if self.file is None:
            raise EnvironmentProblem(f"{self.path} is no file: it cannot be written")
        rewrite(self.file, self._old, self.data)


def fix(source: Input) -> Fix:
    """Find what can be repaired in a source's table; nothing is written.

    Raises EnvironmentProblem where the table cannot be read.
    """
    given = source.source() if refused(source) is None else None
    table = read(given).table if given is not None else None
    if given is None or table is None:
        return Fix(source.path)
    meaning, _ = assign(table, source.build.columns)
    file = source.table if isinstance(source.table, Path) else None
    unchanged = Fix(given.path, data=given.data, file=file, _old=given.data)
    if meaning is None:
        return unchanged
    wanted = changes(proposals(table.frame, Cells.of(meaning)))
    if not wanted.height:
        return unchanged
    text = Text.of(given.data)
    revision = revise(given, text, table, wanted) if text else Revision(given.data, (), frozenset())
    told = _changes(table, wanted)
    return Fix(
        given.path,
        tuple(change for index, change in enumerate(told) if index in revision.made),
        tuple(change for index, change in enumerate(told) if index not in revision.made),
        "".join(unified(given.path, text, revision.edits)) if text else "",
        revision.data,
        file,
        given.data,
    )


def _changes(table: Table, wanted: pl.DataFrame) -> list[Change]:
    """Name the places of the changes, a column at a time."""
    index = wanted.with_row_index("index")
    places: dict[int, Location] = {}
    for (cell,), mine in index.group_by("cell"):
        lines = table.frame["line"].gather(mine["row"]).to_list()
        places |= zip(mine["index"], table.locate(lines, int(str(cell))), strict=True)
    texts = wanted.select("before", "after", "rules").iter_rows()
    return [
        Change(places[at], before, after, tuple(rules))
        for at, (before, after, rules) in enumerate(texts)
    ]
