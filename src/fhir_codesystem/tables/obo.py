r"""OBO, the text format of ontologies, 1.2 and 1.4: stanzas of ``tag: value`` lines.

Defined at https://owlcollab.github.io/oboformat/doc/obo-syntax.html. Each ``[Term]`` is a concept;
``is_a`` says what it stands below, every ``relationship`` is a property.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from typing import TYPE_CHECKING

from fhir_codesystem.tables.decoding import decode
from fhir_codesystem.tables.gathering import (
    CODE,
    DEFINITION,
    DISPLAY,
    SYNONYM,
    Gathered,
    broken,
    coding,
    empty,
    left_out,
)
from fhir_codesystem.tables.obographs import OBO_IN_OWL, XREFS
from fhir_codesystem.tables.table import Reading
from fhir_codesystem.tables.values import value_of

if TYPE_CHECKING:
    from fhir_codesystem.tables.gathering import Spot
    from fhir_codesystem.tables.source import Source

HEAD = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s|![^\n]*\n)*format-version:\s*1\.")
LINE = re.compile(r"\s*([\w-]+):\s*")
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"\s*')
GIVEN = re.compile(r"\[\s*[^\]\s]")
"""The start of a list of cross-references that is not blank."""
COMMENT = re.compile(r"(?<!\\)\s(?:!\s.*|\{[^{}]*\}\s*(?:!.*)?)$")
ESCAPED = re.compile(r"\\(.)")
ESCAPES = {"n": "\n", "t": "\t", "W": " "}
SCOPES = {"EXACT": "", "BROAD": "hasBroadSynonym", "NARROW": "hasNarrowSynonym"}
AXIOMS = {"intersection_of", "union_of", "disjoint_from", "equivalent_to"}
STATED = {"data-version": "version", "remark": "description"}


def recognises(source: Source) -> bool:
    """Whether this begins as OBO does and has a term."""
    return HEAD.match(source.data) is not None and b"[Term]" in source.data


def read(source: Source) -> Reading:
    """Read the terms."""
    text, found = decode(source.path, source.data)
    if text is None:
        return Reading(None, tuple(found))
    terms = _Terms(source.path)
    for number, line in enumerate(io.StringIO(text.data.decode(), newline="\n"), 1):
        if problem := terms.take(number, line.rstrip("\r\n")):
            found.append(broken(source.path, problem, (number, 1)))
            return Reading(None, tuple(found))
    found += left_out(source.path, terms.others)
    if not len(terms.concepts):
        found.append(empty(source.path, "there is no [Term]"))
        return Reading(None, tuple(found))
    terms.concepts.one_type_each()
    table, told = terms.concepts.table(terms.stated)
    return Reading(table, (*found, *told))


class _Terms:
    """Gathers the terms line by line."""

    def __init__(self, path: str) -> None:
        self.concepts = Gathered(path)
        self.stated = {"hierarchyMeaning": "is-a"}
        self.others: Counter[str] = Counter()
        self.stanza = "header"

    def take(self, number: int, line: str) -> str:
        """Take in a line; returns what is wrong with it, if so."""
        begun = line.strip()
        if not begun or begun.startswith("!"):
            return ""
        if begun.startswith("["):
            self.stanza = begun.partition("]")[0][1:]
            if self.stanza == "Term":
                self.concepts.concept(None, (number, 1))
            else:
                self.others[f"[{self.stanza}]"] += 1
            return ""
        found = LINE.match(line)
        if found is None:
            return "this line is neither a tag with a value nor a stanza"
        tag, value, spot = found[1], line[found.end() :], (number, found.end() + 1)
        if self.stanza == "Term":
            self._of_term(tag, value, spot)
        elif self.stanza == "header":
            self._of_all(tag, _plain(value))
        return ""

    def _of_all(self, tag: str, value: str) -> None:
        if tag == "ontology":
            self.stated["url"] = f"http://purl.obolibrary.org/obo/{value}.owl"
        elif tag in STATED:
            self.stated.setdefault(STATED[tag], value)
        elif tag != "format-version":
            self.others[f"{tag} of the ontology"] += 1

    def _of_term(self, tag: str, value: str, spot: Spot) -> None:
        row = len(self.concepts) - 1
        code = self.concepts.texts[CODE][row] or ""
        plain = _plain(value)
        if tag == "id":
            self.concepts.text(row, CODE, plain, spot)
        elif tag == "name":
            self.concepts.text(row, DISPLAY, plain, spot)
        elif tag in {"def", "synonym"}:
            self._quoted(row, tag, value, spot)
        elif tag == "is_a":
            self.concepts.parent(code, plain, spot)
        elif tag == "is_obsolete":
            self.concepts.property(row, "inactive", "boolean", plain)
        elif tag == "relationship":
            kind, _, other = plain.partition(" ")
            self.concepts.property(row, kind, "code", other)
        elif tag == "property_value":
            self._property(row, value)
        elif tag in AXIOMS:
            self.others[tag] += 1
        else:
            self.concepts.property(row, tag, "string", plain)

    def _quoted(self, row: int, tag: str, value: str, spot: Spot) -> None:
        found = QUOTED.match(value)
        text = _unescaped(found[1] if found else value)
        if found and GIVEN.search(value, found.end()):
            self.others[XREFS] += 1
        if tag == "def":
            self.concepts.text(row, DEFINITION, text, spot)
            return
        scope = value[found.end() :].split(" ", maxsplit=1)[0] if found else ""
        code = SCOPES.get(scope, "hasRelatedSynonym")
        use = coding(system=OBO_IN_OWL, code=code) if code else coding(**SYNONYM)
        self.concepts.designation(row, text, None, use)

    def _property(self, row: int, value: str) -> None:
        name, _, rest = value.partition(" ")
        found = QUOTED.match(rest)
        text = _unescaped(found[1]) if found else _plain(rest)
        xsd = rest[found.end() :].split(" ")[0].removeprefix("xsd:") if found else ""
        kind = xsd if xsd in {"boolean", "integer", "decimal", "dateTime"} else "string"
        written = value_of(kind, text)
        self.concepts.property(row, name, kind if written else "string", written or text)


def _plain(value: str) -> str:
    """Return a value without its modifiers and comment."""
    return _unescaped(COMMENT.sub("", value)).strip()


def _unescaped(text: str) -> str:
    return ESCAPED.sub(lambda escape: ESCAPES.get(escape[1], escape[1]), text)
