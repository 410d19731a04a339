"""propCSV, the proprietary CSV of the Austrian e-health terminology server (``.propcsv.csv``).

Defined at https://termgit.elga.gv.at/file_formats_en.html. Two rows say what the code system is
(names of elements, their values), a blank row follows, then the table of concepts with the
columns code, display, definition and any number of designation and property. Parts of a cell are
parted by ``|``, parts of a part by ``^``. Cells are parted by ``;``, ``,`` or tabs.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Any

from fhir_codesystem.characters import BLANKS
from fhir_codesystem.diagnostics import MOST, Location, quoted
from fhir_codesystem.rules.exchange import WRONG_VALUE
from fhir_codesystem.rules.rule import first_few
from fhir_codesystem.tables.gathering import (
    CODE,
    DEFINITION,
    DISPLAY,
    Gathered,
    broken,
    empty,
    left_out,
    wrong_value,
)
from fhir_codesystem.tables.records import Selected, records, too_long
from fhir_codesystem.tables.table import Reading
from fhir_codesystem.tables.values import type_named, value_of

if TYPE_CHECKING:
    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.tables.records import Records
    from fhir_codesystem.tables.source import Source

HEAD = 65536
DELIMITERS = ";,\t"
RESOURCES = ("CodeSystem", "ValueSet", "ConceptMap")
TEXTS = {
    *("id", "url", "version", "name", "title", "status", "date", "publisher", "description"),
    *("purpose", "copyright", "content", "language", "hierarchyMeaning", "valueSet", "supplements"),
}
SWITCHES = {"experimental", "caseSensitive", "compositional", "versionNeeded"}
FIELDS = {"code": CODE, "display": DISPLAY, "definition": DEFINITION}


def recognises(source: Source) -> bool:
    """Whether the first two rows say ``resource`` and, below it, which kind of resource."""
    return _delimiter(source.data) is not None


def _delimiter(data: bytes) -> str | None:
    head = data[:HEAD]
    if b"resource" not in head or not any(name.encode() in head for name in RESOURCES):
        return None
    text = head.removeprefix(b"\xef\xbb\xbf").decode("latin-1")
    for delimiter in DELIMITERS:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            names, values = islice((row for row in rows if any(row)), 2)
        except (csv.Error, ValueError):
            continue
        said = {name.strip(): value.strip() for name, value in zip(names, values, strict=False)}
        if said.get("resource") in RESOURCES:
            return delimiter
    return None


def read(source: Source) -> Reading:
    """Read the elements of the code system and its concepts."""
    read, told = records(source.path, source.data, _delimiter(source.data) or ";")
    found: list[Diagnostic] = told
    if read is None:
        return Reading(None, tuple(found))
    tops = [row for row, cells in enumerate(read.rows) if any(map(str.strip, cells))][:3]
    if len(tops) < 3:
        found.append(empty(source.path, "below the elements of the code system stands no concept"))
        return Reading(None, tuple(found))
    stated, others = _stated(read, *tops[:2])
    kind = stated.pop("resource", "")
    if kind != "CodeSystem":
        found.append(empty(source.path, f"this is a {kind}; only a CodeSystem can be built"))
        return Reading(None, tuple(found))
    header = tops[2]
    names = [name.strip(BLANKS) for name in read.rows[header]]
    if "code" not in names:
        found.append(broken(source.path, "there is no column code", (read.lines[header], 1)))
        return Reading(None, tuple(found))
    concepts, wrong = _concepts(read, header, names)
    if not len(concepts):
        found.append(empty(source.path, "below the names of the columns stands no concept"))
        return Reading(None, tuple(found))
    found += [*left_out(source.path, others), *wrong, *too_long(read, names, header + 1)]
    places = Selected(read, tuple(names.index(n) if n in names else None for n in FIELDS))
    table, dangling = concepts.table(stated, places)
    return Reading(table, (*found, *dangling))


def _stated(read: Records, names: int, values: int) -> tuple[dict[str, Any], Counter[str]]:
    """Read the elements of the code system; those of another name are counted."""
    stated: dict[str, Any] = {}
    others: Counter[str] = Counter()
    for name, value in zip_longest(read.rows[names], read.rows[values], fillvalue=""):
        element, text = name.strip(BLANKS), value.strip(BLANKS)
        if not text or element == "count":  # a count is counted anew
            continue
        if element in TEXTS or element == "resource":
            stated[element] = text
        elif element in SWITCHES and text.lower() in {"true", "false"}:
            stated[element] = text.lower() == "true"
        elif element == "identifier":
            oid = text if text.startswith("urn:") else f"urn:oid:{text}"
            identifier = {"system": "urn:ietf:rfc:3986", "value": oid}
            stated.setdefault("identifier", []).append(identifier)
        elif element == "contact":
            stated.setdefault("contact", []).append(_contact(text))
        elif element == "property":
            code, uri, description, kind, *_ = [*map(str.strip, text.split("|")), "", "", ""]
            declared = {"code": code, "uri": uri, "description": description, "type": kind}
            declared = {part: each for part, each in declared.items() if each}
            stated.setdefault("property", []).append(declared)
        else:
            others[f"the element {element or 'without a name'}"] += 1
    return stated, others


def _contact(text: str) -> dict[str, Any]:
    """Read ``name|system^value^use^rank^start^end|...``."""
    name, *points = text.split("|")
    telecom = []
    for point in points:
        parts = [*map(str.strip, point.split("^")), "", "", "", "", ""]
        names = ("system", "value", "use")
        each: dict[str, Any] = {n: part for n, part in zip(names, parts, strict=False) if part}
        if parts[3].isdecimal():
            each["rank"] = int(parts[3])
        period = {n: part for n, part in zip(("start", "end"), parts[4:6], strict=True) if part}
        telecom.append(each | ({"period": period} if period else {}))
    contact: dict[str, Any] = {"name": name.strip(), "telecom": [each for each in telecom if each]}
    return {part: each for part, each in contact.items() if each}


def _concepts(read: Records, header: int, names: list[str]) -> tuple[Gathered, list[Diagnostic]]:
    """Gather the concepts below the header; columns of other names are properties."""
    concepts = Gathered(read.path)
    wrong: list[tuple[int, int]] = []
    for row in range(header + 1, len(read.rows)):
        texts = [text.strip(BLANKS) for text in read.rows[row]]
        if any(texts):
            said = [*zip(names, texts, strict=False)]
            code = next((text for name, text in said if name == "code" and text), None)
            number = concepts.concept(code, (read.lines[row], 1))
            read_so = [_cell(concepts, number, name, text) for name, text in said]
            wrong += [(row, cell) for cell, well in enumerate(read_so) if not well]
    few = wrong[:MOST]
    told = [
        _wrong(place, read.rows[row][cell], names[cell])
        for place, (row, cell) in zip(read.places(few), few, strict=True)
    ]
    return concepts, first_few(told, len(wrong))


def _cell(concepts: Gathered, row: int, name: str, text: str) -> bool:
    """Take in a cell of a concept; returns whether it could be read."""
    if name == "property" and text:
        return _property(concepts, row, text)
    if name == "designation":
        _designation(concepts, row, text)
    elif name in FIELDS:
        concepts.text(row, FIELDS[name], text)
    elif text and not name:
        return False
    else:
        concepts.property(row, name, "string", text)
    return True


def _designation(concepts: Gathered, row: int, text: str) -> None:
    """Read ``language|use|value``; a text without bars is the value."""
    *parts, value = text.split("|", 2)
    language, use, *_ = [*parts, "", ""]
    written = value_of("Coding", use.strip()) if use.strip(" ^") else None
    concepts.designation(row, value, language.strip(), written)


def _property(concepts: Gathered, row: int, text: str) -> bool:
    """Read ``code|value|type``; returns whether it is one."""
    code = concepts.texts[CODE][row] or ""
    name, _, rest = text.partition("|")
    value, _, kind = rest.rpartition("|")
    named = type_named(kind)
    written = value_of(named, value.strip()) if named else None
    if not name.strip() or not written:
        return False
    if name.strip() in {"parent", "child"} and named in {"code", "string"}:
        pair = (code, written) if name.strip() == "parent" else (written, code)
        concepts.parent(*pair)
    else:
        concepts.property(row, name, named or "string", written)
    return True


def _wrong(place: Location, text: str, column: str) -> Diagnostic:
    name, _, rest = text.partition("|")
    if column != "property":
        return WRONG_VALUE.at(place, f"{quoted(text)} stands in a column without a name")
    if "|" not in rest:
        return WRONG_VALUE.at(place, f"{quoted(text)} is not of the form code|value|type")
    value, _, kind = rest.rpartition("|")
    return wrong_value(place, name.strip(), kind.strip(), value.strip())
