"""What a column's header says that is no field of a concept: a property, or a designation."""

from __future__ import annotations

import re
from dataclasses import dataclass

import orjson

SNOMED = "http://snomed.info/sct"
STANDARD = {
    name.casefold(): name
    for name in (
        *("status", "inactive", "deprecated", "notSelectable", "effectiveDate"),
        *("deprecationDate", "retirementDate", "parent", "child", "partOf"),
        *("comment", "itemWeight"),
    )
} | {"comments": "comment", "children": "child"}
"""Concept properties that FHIR defines, by their folded names (`synonym` is read by its values).

https://hl7.org/fhir/R5/codesystem-concept-properties.html
"""


WORD = re.compile(r"[A-Z][a-z]+")
"""A word as it begins a title."""


def use(code: str, display: str) -> str:
    """Return the use of a designation as JSON: a code of SNOMED CT (value set designation-use)."""
    return orjson.dumps({"system": SNOMED, "code": code, "display": display}).decode()


SYNONYM = use("900000000000013009", "Synonym")
FULLY_SPECIFIED_NAME = use("900000000000003001", "Fully specified name")
DEFINITION = use("900000000000550004", "Definition")
USES = {
    "display": None,
    "designation": None,
    "preferred": None,
    "preferredterm": None,
    "synonym": SYNONYM,
    "synonyms": SYNONYM,
    "alias": SYNONYM,
    "aliases": SYNONYM,
    "alsoknownas": SYNONYM,
    "fullyspecifiedname": FULLY_SPECIFIED_NAME,
    "fsn": FULLY_SPECIFIED_NAME,
    "definition": DEFINITION,
}
"""What the folded name before a language, or alone, says of the use of a designation."""

LANGUAGE = r"[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|\d{3}))?(?:-x(?:-[A-Za-z0-9]{1,8})+)?"
"""A language as codes of languages and regions make it (BCP 47)."""

QUALIFIED = re.compile(rf"(.+?)\s*(?::\s*({LANGUAGE})|[(\[]\s*({LANGUAGE})\s*[)\]])")
PUBLISHED = re.compile(rf"[^()]+\([^(),]+,\s*({LANGUAGE})\)")
"""As the IG Publisher heads the column of a language: ``Deutsch (German, de)``."""


@dataclass(frozen=True, slots=True)
class PropertyColumn:
    """A column of values of a concept property; ``type`` None is for the values to tell.

    ``stated`` says that the settings speak of it.
    """

    cell: int
    code: str
    type: str | None = None
    uri: str | None = None
    description: str | None = None
    split: str | None = None
    stated: bool = False


@dataclass(frozen=True, slots=True)
class DesignationColumn:
    """A column of designations; ``use`` is a Coding as JSON, ``stated`` as of properties."""

    cell: int
    language: str | None = None
    use: str | None = None
    split: str | None = None
    stated: bool = False


def folded(name: str) -> str:
    """Fold a column's name: case, blanks, invisible characters and punctuation do not count."""
    return re.sub(r"[\W_]+", "", name[:LONGEST].casefold())


LONGEST = 1000
"""Characters of a column's name that count."""


def designation(cell: int, header: str) -> DesignationColumn | None:
    """Read a header as that of designations, if it is one.

    ``Deutsch (German, de)``, ``display:de``, ``definition (fr-CH)``, ``Synonyms``.
    """
    name = header.strip()[:LONGEST]
    if published := PUBLISHED.fullmatch(name):
        return DesignationColumn(cell, language(published[1]))
    qualified = QUALIFIED.fullmatch(name)
    before = folded(qualified[1] if qualified else name)
    if before not in USES or (not qualified and USES[before] in {None, DEFINITION}):
        return None
    tag = language(qualified[2] or qualified[3]) if qualified else None
    return DesignationColumn(cell, tag, USES[before])


def language(tag: str) -> str:
    """Write a language tag as BCP 47 recommends: ``de-CH``, ``zh-Hant``."""
    first, *rest = tag.split("-")
    shapes = {2: str.upper, 4: str.title}
    private = rest.index("x") if "x" in rest else len(rest)
    shaped = [shapes.get(len(part), str.lower)(part) for part in rest[:private]]
    return "-".join([first.lower(), *shaped, *rest[private:]])


def property_code(header: str) -> str:
    """Make the code of a property of a header: as it stands, unless it holds blanks.

    A single word that only begins with a capital, as titles do, begins with a small letter, as
    codes do. The names of standard properties are known in any spelling.
    """
    if (name := STANDARD.get(folded(header))) is not None:
        return name
    plain = "".join(filter(str.isprintable, header)).strip()
    if not re.search(r"\s", plain):
        return plain.lower() if WORD.fullmatch(plain) else plain
    return re.sub(r"[\W_]+", "-", plain.casefold()).strip("-") or plain.split()[0]
