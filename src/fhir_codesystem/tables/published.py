"""What a published page says of its code system, and which of its tables says what.

The pages are those of the IG Publisher and of the FHIR specification: sentences such as "This
case-sensitive code system http://... defines the following codes in a Is-A hierarchy:", a table of
properties, one of filters, one of languages, and one of metadata ("Official URL: ...").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fhir_codesystem.characters import BLANKS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from fhir_codesystem.tables.grid import Grid
    from fhir_codesystem.tables.markup import Line, Page

CODE = {"code", "conceptcode"}
TELLING = {"level", "lvl", "display", "displayname", "definition", "description", "term"}
"""Columns that a table of concepts has beside its codes, folded."""
PROPERTY_TYPES = {
    kind.casefold(): kind
    for kind in ("code", "Coding", "string", "integer", "boolean", "dateTime", "decimal")
}
LANGUAGE = re.compile(r".*[(,]\s*[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*\)", re.DOTALL)
"""A column of a language: ``Deutsch (German, de)``, ``Spanish (es)``."""
FIRST_ROWS = 5
"""Rows in which a header is looked for: titles may stand over it."""

SENTENCE = re.compile(
    r"This(?: (?P<case>case-sensitive|case-insensitive))? code system "
    r"(?:(?P<url>(?:https?://|urn:)\S+) )?"
    r"(?P<rest>(?:defines|provides|is|contains|includes) .*)",
    re.IGNORECASE | re.DOTALL,
)
MEANING = re.compile(r"\bin an? (?P<meaning>[\w ./-]{1,30}?) hierarchy\b", re.IGNORECASE)
MEANINGS = {
    "isa": "is-a",
    "groupedby": "grouped-by",
    "partof": "part-of",
    "classifiedwith": "classified-with",
}
CONTENT = (
    (r"\bexamples?\b", "example"),
    (r"\bfragment\b", "fragment"),
    (r"\bsupplement", "supplement"),
    (r"\bno codes are represented\b|\bnot[ -]present\b", "not-present"),
    (r"\bdefines the following codes?\b|\bcomplete\b", "complete"),
)
"""How a page says what the code system holds; the first that fits."""

TITLE = re.compile(r"(?:[\d.]+ )?Code ?System: (?P<title>.*?)(?: \(Experimental\))?", re.DOTALL)
LANGUAGE_LINE = re.compile(r"(?:.*; )?Language: (?P<language>[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)")
STATUS = re.compile(
    r"(?P<status>draft|active|retired|unknown)(?: as of (?P<date>\d{4}(?:-\d\d(?:-\d\d)?)?))?\b",
    re.IGNORECASE,
)
LABELS = {
    "officialurl": "url",
    "definingurl": "url",
    "canonicalurl": "url",
    "version": "version",
    "computablename": "name",
    "name": "name",
    "title": "title",
    "status": "status",
    "definition": "description",
    "publisher": "publisher",
    "copyright": "copyright",
    "content": "content",
    "casesensitive": "caseSensitive",
    "hierarchymeaning": "hierarchyMeaning",
    "valueset": "valueSet",
    "oid": "identifier",
    "otheridentifiers": "identifier",
}
"""Labels of a table of metadata, folded, and the elements that they give."""
ANSWERS = {"true": True, "yes": True, "false": False, "no": False}
MOST_LABELS = 100
"""Rows that a table of metadata may have."""
OID = re.compile(r"(?:OID:\s*)?(?:urn:oid:)?(?P<oid>[0-2](?:\.\d+){2,})", re.IGNORECASE)
ADDRESS = re.compile(r"(?:https?://|urn:)\S+")


def folded(text: str) -> str:
    """Fold a label or the name of a column: letters and digits only, whatever their case."""
    return re.sub(r"[\W_]+", "", text[:1000].casefold())


@dataclass(frozen=True, slots=True)
class Roles:
    """The tables of a page by what they hold; those of no interest are left out."""

    concepts: tuple[Grid, ...]
    properties: tuple[Grid, ...]
    filters: tuple[Grid, ...]
    languages: tuple[Grid, ...]

    @classmethod
    def of(cls, page: Page) -> Roles:
        """Tell the tables of a page apart; those of concepts come with the likeliest first."""
        found: dict[str, list[Grid]] = {}
        for grid in page.grids:
            if (row := header_of(grid)) is not None:
                found.setdefault(_role(grid, row), []).append(grid)
        concepts = found.get("likely", []) + found.get("others", [])
        languages = found.get("languages", [])
        if not concepts:
            concepts, languages = languages[:1], languages[1:]
        return cls(
            tuple(concepts),
            tuple(found.get("properties", [])),
            tuple(found.get("filters", [])),
            tuple(languages),
        )

    def before(self, grid: Grid, role: tuple[Grid, ...]) -> Grid | None:
        """Return the nearest table of a role before a table of concepts."""
        return next((each for each in reversed(role) if each.number < grid.number), None)

    def languages_of(self, grid: Grid) -> list[Grid]:
        """Return the tables of languages after a table of concepts, up to the next such."""
        numbers = [each.number for each in self.concepts if each.number > grid.number]
        end = min(numbers, default=None)
        return [
            each
            for each in self.languages
            if grid in self.concepts
            and grid.number < each.number
            and (end is None or each.number < end)
        ]


def _role(grid: Grid, row: int) -> str:
    """Say what a table holds whose header is a row."""
    names = [folded(text) for text in grid.rows[row]]
    if _declares(grid, row, names):
        return "properties"
    if {"operator", "value"} <= set(names):
        return "filters"
    if TELLING & set(names):
        return "likely"
    named = zip(grid.rows[row], names, strict=True)
    others = (text for text, name in named if text and name not in CODE)
    return "languages" if all(map(LANGUAGE.fullmatch, others)) else "others"


def header_of(grid: Grid) -> int | None:
    """Return the row that names the columns: a code and at least one other; None where none does.

    Only blank rows and titles, rows of one cell with text, may stand over it. Cells that hold
    tables name nothing.
    """
    for number, row in enumerate(grid.rows[:FIRST_ROWS]):
        named = [text for text in row if text and "\0" not in text]
        if len(named) > 1:
            return number if len(named) > len(row) / 2 and _any_code(named) else None
    return None


def _any_code(names: list[str]) -> bool:
    return any(folded(name) in CODE for name in names)


def _declares(grid: Grid, row: int, names: list[str]) -> bool:
    """Whether a table declares properties: every type in it is one of a property's."""
    if "type" not in names or {"display", "level", "lvl"} & set(names):
        return False
    at = names.index("type")
    types = [cells[at] for cells in grid.rows[row + 1 :] if len(cells) > at and any(cells)]
    return bool(types) and all(folded(text) in PROPERTY_TYPES for text in types)


@dataclass(frozen=True, slots=True)
class Property:
    """A property as the page declares it, and the name that its column may have."""

    name: str
    element: Mapping[str, str]


def declared(grid: Grid) -> list[Property]:
    """Read a table of properties; the first of a code counts."""
    found: dict[str, Property] = {}
    for said in _named_rows(grid):
        code = said.get("code")
        if code is None or "type" not in said or code in found:
            continue
        element = {
            "code": code,
            "uri": said.get("uri") or said.get("url"),
            "description": said.get("description"),
            "type": PROPERTY_TYPES[folded(said["type"])],
        }
        known = {key: value for key, value in element.items() if value}
        found[code] = Property(said.get("name", code), known)
    return list(found.values())


def filters(grid: Grid) -> list[dict[str, Any]]:
    """Read a table of filters; those without a code, an operator or a value are left out."""
    return [
        {
            "code": said["code"],
            **({"description": said["description"]} if "description" in said else {}),
            "operator": re.split(r"[\s,]+", said["operator"]),
            "value": said["value"],
        }
        for said in _named_rows(grid)
        if {"code", "operator", "value"} <= said.keys()
    ]


def _named_rows(grid: Grid) -> Iterator[dict[str, str]]:
    """Return the rows below the header, their texts by the folded names of the columns."""
    row = header_of(grid) or 0
    names = [folded(text) for text in grid.rows[row]]
    for cells in grid.rows[row + 1 :]:
        yield {name: text for name, text in zip(names, cells, strict=False) if text}


def stated(page: Page, concepts: Grid) -> dict[str, Any]:
    """Return what the page says of the code system whose concepts a table holds.

    A table of metadata or a title counts only where it is of the same code system: pages of value
    sets show both.
    """
    said = _sentence(concepts.above) or _sentence(line.text for line in page.lines)
    for line in page.lines:
        if (found := LANGUAGE_LINE.fullmatch(line.text)) is not None:
            said.setdefault("language", found["language"])
    metadata = next(filter(None, map(_metadata, page.grids)), {})
    url = metadata.get("url", "")
    if "/ValueSet/" not in url and said.get("url", url) == url:
        said = metadata | said
        if url and (title := _title(page.lines)):
            said.setdefault("title", title)
    return said


def _sentence(lines: Iterable[str]) -> dict[str, Any]:
    """Read the sentence that stands before the codes, in the first line that has it."""
    for line in lines:
        found = SENTENCE.search(line)
        if found is None:
            continue
        said: dict[str, Any] = {}
        if found["url"]:
            said["url"] = found["url"]
        if found["case"]:
            said["caseSensitive"] = found["case"].lower() == "case-sensitive"
        if (meaning := MEANING.search(found["rest"])) is not None:
            said |= _known("hierarchyMeaning", meaning["meaning"])
        return said | _known("content", found["rest"])
    return {}


def _metadata(grid: Grid) -> dict[str, Any]:
    """Read a table of labels and values, in cells beside each other or in one: ``Version: 1``."""
    said: dict[str, Any] = {}
    for row in grid.rows[:MOST_LABELS]:
        for at, text in enumerate(row):
            label, colon, value = text.partition(":")
            if not value.strip(BLANKS):
                value = row[at + 1] if at == 0 and len(row) > 1 else ""
            element = LABELS.get(folded(label)) if len(label) < 40 else None
            if element is not None and (colon or at == 0) and value:
                said = _known(element, value.strip(BLANKS)) | said
            elif found := STATUS.match(text):
                said = _known("status", found[0]) | said
    return said if "url" in said else {}


def _known(element: str, text: str) -> dict[str, Any]:
    """Return an element with the value that a text gives it, if it is understood."""
    if element == "status":
        status = STATUS.match(text)
        if status is None:
            return {}
        date = {"date": status["date"]} if status["date"] else {}
        return {element: status["status"].lower()} | date
    value = VALUES[element](text) if element in VALUES else text
    return {} if value is None else {element: value}


def _address(text: str) -> str | None:
    address = ADDRESS.match(text)
    return address[0] if address else None


def _content(text: str) -> str | None:
    modes = (mode for told, mode in CONTENT if re.search(told, text, re.IGNORECASE))
    return next(modes, None)


def _identifier(text: str) -> list[dict[str, str]] | None:
    found = OID.match(text)
    return found and [{"system": "urn:ietf:rfc:3986", "value": f"urn:oid:{found['oid']}"}]


VALUES: dict[str, Callable[[str], Any]] = {
    "url": _address,
    "valueSet": _address,
    "content": _content,
    "identifier": _identifier,
    "hierarchyMeaning": lambda text: MEANINGS.get(folded(text)),
    "caseSensitive": lambda text: ANSWERS.get(folded(text)),
}
"""How the text of an element is understood; of others it is the value."""


def _title(lines: Iterable[Line]) -> str | None:
    for line in lines:
        if line.heading and (found := TITLE.fullmatch(line.text)):
            return found["title"]
    return None
