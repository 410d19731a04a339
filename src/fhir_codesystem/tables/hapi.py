"""The bulk format of HAPI FHIR and Smile CDR: a folder, or a zip archive, of CSV files.

``concepts.csv`` (CODE,DISPLAY), ``hierarchy.csv`` (PARENT,CHILD), ``properties.csv``
(CODE,KEY,VALUE,TYPE) and ``codesystem.json``, a CodeSystem without concepts; all but the first
may be missing. Defined at https://smilecdr.com/docs/terminology/uploading.html, "Custom
Vocabulary CSV Input Files". A folder is packed into an archive before it is read.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import orjson

from fhir_codesystem.characters import BLANKS
from fhir_codesystem.diagnostics import MOST, Location, quoted
from fhir_codesystem.rules import exchange, reading
from fhir_codesystem.rules.rule import first_few
from fhir_codesystem.tables import table as tables
from fhir_codesystem.tables.bulk import CODESYSTEM, CONCEPTS, HIERARCHY, MEMBERS, PROPERTIES
from fhir_codesystem.tables.gathering import (
    broken,
    cells,
    empty,
    left_out,
    linked_rows,
    shortened,
    unknown_relative,
    wrong_value,
)
from fhir_codesystem.tables.records import records, too_long
from fhir_codesystem.tables.table import Links, Reading, Table
from fhir_codesystem.tables.values import type_named, value_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.tables.records import Records
    from fhir_codesystem.tables.source import Source

TAIL = 2**17
"""Bytes from the end in which an archive of a few files names them."""
MOST_COLUMNS = 1000
MOST_UNPACKED = 2**28
"""Bytes of all members together: some five million concepts."""
COLUMNS = ("CODE", "KEY", "VALUE", "TYPE")
"""Of properties.csv; only the last may be missing."""
NEVER_STATED = ("resourceType", "concept", "text", "meta", "count")
"""What a codesystem.json may hold that is built, not stated."""


def recognises(source: Source) -> bool:
    """Whether this is a zip archive with a member ``concepts.csv``."""
    if (
        not source.data.startswith(b"PK\x03\x04")
        or CONCEPTS.encode() not in source.data[-TAIL:].lower()
    ):
        return False
    from zipfile import ZipFile  # noqa: PLC0415 - not every run reads an archive

    try:
        names = ZipFile(io.BytesIO(source.data)).namelist()
    except Exception:  # noqa: BLE001 - bad input ends zipfile in any of a dozen ways
        return False
    return any(_name(name) == CONCEPTS for name in names)


def read(source: Source) -> Reading:
    """Read the tables of the archive; findings name its members as files in a folder."""
    found: list[Diagnostic] = []
    files = _unpacked(source, found)
    concepts = _member(source, files, CONCEPTS, ("CODE",), found) if files else None
    if files is None or concepts is None:
        return Reading(None, tuple(found))
    lines = [concepts.records.lines[row] for row, _ in concepts.rows]
    columns = ([texts[cell] for _, texts in concepts.rows] for cell in range(len(concepts.header)))
    frame = cells(lines, columns)
    codes = frame[str(concepts.cell["CODE"])].to_list()
    rows = {code: row for row, code in reversed(list(enumerate(codes))) if code}
    if not rows:
        found.append(empty(concepts.records.path, "no row has a code"))
        return Reading(None, tuple(found))
    hierarchy = _member(source, files, HIERARCHY, ("PARENT", "CHILD"), found)
    properties = _member(source, files, PROPERTIES, ("CODE", "KEY", "VALUE"), found)
    for member, known in ((hierarchy, ("PARENT", "CHILD")), (properties, COLUMNS)):
        others = [name for name in member.cell if name not in known] if member else []
        if member and others:
            told = {f"the column {quoted(name)}": len(member.rows) for name in others}
            found += left_out(member.records.path, told)
    table = Table(
        path=concepts.records.path,
        header=concepts.header,
        header_line=concepts.header_line,
        frame=frame,
        places=concepts.records,
        links=Links(_parents(hierarchy, rows, found), _properties(properties, rows, found)),
        stated=_stated(source, files, found),
    )
    return Reading(table, tuple(found))


def _unpacked(source: Source, found: list[Diagnostic]) -> dict[str, bytes] | None:
    """Unpack the members that are of the format, as long as they are of a bearable size."""
    from zipfile import ZipFile  # noqa: PLC0415

    files: dict[str, bytes] = {}
    other = 0
    left = MOST_UNPACKED
    try:
        with ZipFile(io.BytesIO(source.data)) as archive:
            for member in archive.infolist():
                name = _name(member.filename)
                if name not in MEMBERS or name in files:
                    other += not member.filename.endswith("/")
                    continue
                if member.file_size > left:
                    found.append(_too_large(source, name))
                    return None
                with archive.open(member) as opened:
                    files[name] = opened.read(left + 1)
                left -= len(files[name])
                if left < 0:
                    found.append(_too_large(source, name))
                    return None
    except Exception as error:  # noqa: BLE001 - bad input ends zipfile in any of a dozen ways
        found.append(broken(source.path, f"the archive cannot be unpacked: {shortened(error)}"))
        return None
    if other:
        found += left_out(source.path, {"files of the archive that are not of this format": other})
    return files


def _name(member: str) -> str:
    return member.rpartition("/")[2].lower()


def _too_large(source: Source, name: str) -> Diagnostic:
    message = f"{name} and the files before it unpack to more than {MOST_UNPACKED >> 20} MiB"
    return exchange.TOO_LARGE.at(Location(source.path), message)


@dataclass(frozen=True, slots=True)
class Member:
    """A CSV file of the archive: its columns by name, and its rows that are not blank.

    Of each row, the index of its record and as many cells as the header has, or more.
    """

    records: Records
    header: tuple[str, ...]
    header_line: int
    cell: dict[str, int]
    rows: list[tuple[int, list[str]]]

    @classmethod
    def of(cls, records: Records, top: int) -> Member:
        """Take the records below the header, which is the record ``top``."""
        header = tuple(text.strip(BLANKS) for text in records.rows[top])
        cell = {title.upper(): cell for cell, title in reversed(list(enumerate(header)))}
        rows = []
        for row in range(top + 1, len(records.rows)):
            texts = [text.strip(BLANKS) for text in records.rows[row]]
            if any(texts):
                rows.append((row, texts + [""] * (len(header) - len(texts))))
        return cls(records, header, records.lines[top], cell, rows)

    def values(self, title: str) -> list[str]:
        """Return the cells of a column; they are blank where there is no such column."""
        cell = self.cell.get(title)
        return [""] * len(self.rows) if cell is None else [texts[cell] for _, texts in self.rows]

    def places(self, wanted: list[tuple[int, str]]) -> list[Location]:
        """Return the places of cells: of each, the index of the row and the column's name."""
        cells = [(self.rows[row][0], self.cell[title]) for row, title in wanted]
        return self.records.places(cells)


def _member(
    source: Source,
    files: dict[str, bytes],
    name: str,
    needed: tuple[str, ...],
    found: list[Diagnostic],
) -> Member | None:
    """Read a CSV file of the archive that has the columns that are needed."""
    if name not in files:
        return None
    path = f"{source.path}/{name}"
    read, told = records(path, files[name], ",")
    found += told
    if read is None:
        return None
    top = next((row for row, texts in enumerate(read.rows) if any(map(str.strip, texts))), None)
    if top is None:
        found.append(reading.EMPTY_TABLE.at(Location(path), "the file holds no table"))
        return None
    if len(read.rows[top]) > MOST_COLUMNS:
        message = f"the first line has more than {MOST_COLUMNS:,} cells"
        found.append(reading.TOO_MANY_COLUMNS.at(Location(path, read.lines[top], 1), message))
        return None
    member = Member.of(read, top)
    if missing := [title for title in needed if title not in member.cell]:
        message = f"there is no column {missing[0]}"
        found.append(exchange.BROKEN.at(read.places([(top, 0)])[0], message))
        return None
    found += too_long(read, member.header, top + 1)
    return member


def _parents(member: Member | None, rows: dict[str, int], found: list[Diagnostic]) -> pl.DataFrame:
    """Read who stands below whom, in any order; a code that is no concept is told."""
    links: dict[tuple[int, str], None] = {}
    unknown: list[tuple[int, str, str]] = []
    if member is None:
        return linked_rows(tables.PARENTS, [])
    pairs = zip(member.values("PARENT"), member.values("CHILD"), strict=True)
    for row, (parent, child) in enumerate(pairs):
        if parent in rows and child in rows:
            links[rows[child], parent] = None
        else:
            unknown.append((row, child, parent))
    few = unknown[:MOST]
    titles = ["CHILD" if parent in rows else "PARENT" for _, _, parent in few]
    places = member.places([(row, title) for (row, _, _), title in zip(few, titles, strict=True)])
    told = [
        unknown_relative(place, child, parent, child if title == "CHILD" else parent)
        for place, title, (_, child, parent) in zip(places, titles, few, strict=True)
    ]
    found += first_few(told, len(unknown))
    return linked_rows(tables.PARENTS, sorted(links, key=itemgetter(0)))


def _properties(
    member: Member | None, rows: dict[str, int], found: list[Diagnostic]
) -> pl.DataFrame:
    """Read the values of properties; one without a TYPE is a string, a blank one is none."""
    links: list[tuple[int, str, str, str]] = []
    wrong: list[int] = []
    unknown: list[int] = []
    kinds: dict[str, str | None] = {"": "string"}
    if member is None:
        return linked_rows(tables.PROPERTIES, [])
    columns = (member.values(title) for title in COLUMNS)
    for row, (code, key, value, stated) in enumerate(zip(*columns, strict=True)):
        if stated not in kinds:
            kinds[stated] = type_named(stated)
        kind = kinds[stated]
        written = value_of(kind, value) if kind and key else None
        if code not in rows:
            unknown.append(row)
        elif kind and written:
            links.append((rows[code], key, kind, written))
        elif value:
            wrong.append(row)
    found += _told(member, unknown, wrong)
    return linked_rows(tables.PROPERTIES, sorted(links, key=itemgetter(0)))


def _told(member: Member, unknown: list[int], wrong: list[int]) -> Iterator[Diagnostic]:
    """Tell which rows of the properties could not be used."""
    columns = [member.values(title) for title in COLUMNS]
    places = member.places([(row, "CODE") for row in unknown[:MOST]])
    told = []
    for row, place in zip(unknown, places, strict=False):
        message = f"{quoted(columns[0][row])} is no concept here"
        hint = "the property is left out"
        told.append(exchange.UNKNOWN_CONCEPT.at(place, message, hint=hint))
    yield from first_few(told, len(unknown))
    said = [tuple(column[row] for column in columns) for row in wrong[:MOST]]
    titles = [
        "TYPE" if type_named(kind or "string") is None else "VALUE" if key else "KEY"
        for _, key, _, kind in said
    ]
    places = member.places(list(zip(wrong, titles, strict=False)))
    told = [
        wrong_value(place, key, kind, value)
        for place, (_, key, value, kind) in zip(places, said, strict=True)
    ]
    yield from first_few(told, len(wrong))


def _stated(source: Source, files: dict[str, bytes], found: list[Diagnostic]) -> dict[str, Any]:
    """Read what codesystem.json says of the code system."""
    path = f"{source.path}/{CODESYSTEM}"
    try:
        resource = orjson.loads(files.get(CODESYSTEM, b"{}"))
    except orjson.JSONDecodeError as error:
        found.append(
            broken(path, f"this is no JSON: {shortened(error)}", (error.lineno, error.colno))
        )
        return {}
    if not isinstance(resource, dict) or resource.get("resourceType", "CodeSystem") != "CodeSystem":
        found.append(broken(path, "this is no CodeSystem"))
        return {}
    if resource.get("concept"):
        found += left_out(path, {"concepts at the top of it": len(resource["concept"])})
    stated = {key: value for key, value in resource.items() if key not in NEVER_STATED}
    if stated.get("content") == "not-present":  # they are: in the files beside it
        del stated["content"]
    return stated
