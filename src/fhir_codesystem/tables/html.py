"""Published pages: HTML of the IG Publisher, of the FHIR specification, and of anyone's table.

Whole pages or fragments. The table of concepts is found by its header; ``build.table`` names
another one. What else the page says of the code system goes to `Table.stated`: see `published`.
"""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from pathlib import PurePath
from typing import TYPE_CHECKING

from fhir_codesystem.characters import BLANKS
from fhir_codesystem.diagnostics import MOST, Location, quoted
from fhir_codesystem.rules import text as text_rules
from fhir_codesystem.tables import markup
from fhir_codesystem.tables.decoding import BYTE_ORDER_MARKS, SIGNATURES, Text, decode, is_utf8
from fhir_codesystem.tables.layout import Layout, described
from fhir_codesystem.tables.marks import Places
from fhir_codesystem.tables.published import Roles
from fhir_codesystem.tables.table import Reading

if TYPE_CHECKING:
    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.tables.grid import Grid
    from fhir_codesystem.tables.source import Source

SAMPLE = 4096
BEGINS = re.compile(
    r"(?:\s|<\?xml[^>]*\?>|<!--.*?-->)*+"
    r"<(?:!doctype\s+html|html|head|body|main|section|article|div|center|table|caption|colgroup|"
    r"thead|tbody|tfoot|tr|p|h[1-6]|style|meta)[\s/>]",
    re.IGNORECASE | re.DOTALL,
)
NAMES = {".html", ".htm", ".xhtml"}
MARKDOWN = {".md", ".markdown"}
"""Documents that may begin with a tag and are no pages."""
CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
TEXT_ENCODINGS = re.compile(r"iso8859|cp125|cp866|cp874|cp932|koi8|shift_jis|euc|gb|big5|mac")


def recognises(source: Source) -> bool:
    """Whether it begins like a page or a part of one; or has tags, and the name of a page."""
    if any(source.data.startswith(signature) for signature, _ in SIGNATURES):
        return False
    suffix = PurePath(source.path).suffix.lower()
    sample = _sample(source.data[:SAMPLE])
    if BEGINS.match(sample):
        return suffix not in MARKDOWN
    return suffix in NAMES and re.search(r"<[a-zA-Z!]", sample) is not None


def read(source: Source) -> Reading:
    """Read the table of concepts of a page."""
    text, found = _decoded(source)
    if text is None:
        return Reading(None, tuple(found))
    page = markup.parse(text.data)
    if not any(map(_shows, page.grids)):
        found.append(text_rules.NO_TABLE.at(Location(source.path), "the page holds no table"))
        return Reading(None, tuple(found))
    roles = Roles.of(page)
    grid, problem = _chosen(source, page, roles)
    if grid is None:
        return Reading(None, (*found, *problem))
    places = Places(text.data, grid)
    table, problem = Layout(source.path, page, roles, grid, places).table()
    return Reading(table, (*found, *problem))


def _sample(data: bytes) -> str:
    """Decode the beginning of a file well enough to see its first tag."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    return data.replace(b"\0", b"").decode("utf-8", "replace")


def _decoded(source: Source) -> tuple[Text | None, list[Diagnostic]]:
    """Decode a page: as UTF-8 where it is that, else by what it declares, else as any text."""
    data = source.data
    declared = CHARSET.search(data[:SAMPLE])
    encoding = _encoding(declared[1].decode()) if declared is not None else None
    if encoding is not None and not is_utf8(data):
        with suppress(UnicodeDecodeError):
            data = data.decode(encoding).encode()
    return decode(source.path, data)


def _encoding(label: str) -> str | None:
    """Return the encoding of a label, as browsers take it: Latin-1 and ASCII are Windows-1252."""
    try:
        name = codecs.lookup(label).name
    except LookupError:
        return None
    if name in {"iso8859-1", "ascii"}:
        return "cp1252"
    return name if TEXT_ENCODINGS.match(name) else None


def _chosen(
    source: Source, page: markup.Page, roles: Roles
) -> tuple[Grid | None, list[Diagnostic]]:
    """Return the table that is wanted, else that of concepts, else the longest."""
    wanted = source.wanted.table
    shown = [grid for grid in page.grids if _shows(grid)]
    if wanted is None:
        longest = max(shown, key=lambda grid: (not grid.nests, len(grid.rows)))
        return next(iter(roles.concepts), longest), []
    name = wanted.strip(BLANKS)
    for grid in shown:
        if name == str(grid.number) or name.casefold() in map(str.casefold, grid.above):
            return grid, []
    place = source.wanted.table_place or Location(source.path)
    tables = "; ".join(described(grid) for grid in shown[:MOST])
    message = f"the page has no table {quoted(name)}"
    return None, [text_rules.NO_SUCH_TABLE.at(place, message, hint=f"its tables are {tables}")]


def _shows(grid: Grid) -> bool:
    """Whether a table has any text."""
    return any(map(any, grid.rows))
