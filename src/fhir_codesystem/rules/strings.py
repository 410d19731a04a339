"""Rules of the texts of elements: blanks at the ends, length, control characters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fhir_codesystem.codesystem.walk import primitives
from fhir_codesystem.diagnostics import Severity
from fhir_codesystem.rules.elements import GOOD, TYPES
from fhir_codesystem.rules.rule import METADATA, Example, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fhir_codesystem.codesystem.resource import Described
    from fhir_codesystem.diagnostics import Diagnostic

MOST_CHARACTERS = 1024 * 1024
"""The longest string, in UTF-16 units as the official validator counts."""


def length_of(text: str) -> int:
    """Count the UTF-16 units of a text."""
    return len(text.encode("utf-16-le")) // 2


def _text_blanks(described: Described) -> Iterator[Diagnostic]:
    for text in primitives(described):
        if not isinstance(text.value, str) or not text.value:
            continue
        blank = not text.value.strip()
        if blank or (text.type_name == "string" and text.value != text.value.strip()):
            problem = "is blank" if blank else "begins or ends with white space"
            place = described.place(*text.path)
            yield TEXT_BLANKS.at(place, f"{text.name} {problem}", expression=text.expression)


def _controls(described: Described) -> Iterator[Diagnostic]:
    for text in primitives(described):
        odd = re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", str(text.value))
        if odd:
            message = f"{text.name} holds the control character U+{ord(odd.group()):04X}"
            place = described.place(*text.path)
            yield CONTROL_CHARACTER.at(place, message, expression=text.expression)


def _long_text(described: Described) -> Iterator[Diagnostic]:
    for text in primitives(described, "string"):
        length = length_of(text.value)
        if length > MOST_CHARACTERS:
            message = (
                f"{text.name} has {length:,} characters; at most {MOST_CHARACTERS:,} are allowed"
            )
            place = described.place(*text.path)
            yield LONG_TEXT.at(place, message, expression=text.expression)


CHECKS = (_text_blanks, _long_text, _controls)
"""What the rules below look for in the metadata of any resource."""

TEXT_BLANKS = Rule(
    number="CS406",
    name="text-blanks",
    severity=Severity.WARNING,
    what="A text begins or ends with white space, or is nothing else.",
    why="White space at the ends is lost in XML, and nobody can see it.",
    fix="Take it out.",
    breaks=Example(metadata=GOOD + "publisher: ' ACME'\n", place=(METADATA, 6, 12)),
    holds=Example(metadata=GOOD + "publisher: ACME\n"),
    source=f"{TYPES}#string",
    official=(
        "TYPE_SPECIFIC_CHECKS_DT_STRING_WS",
        "TYPE_SPECIFIC_CHECKS_DT_STRING_WS_ALL",
        "TYPE_SPECIFIC_CHECKS_DT_PRIMITIVE_WS",
    ),
    check=_text_blanks,
)
LONG_TEXT = Rule(
    number="CS407",
    name="long-text",
    severity=Severity.ERROR,
    what="A text is longer than 1,048,576 characters.",
    why="FHIR sets this limit for a string. (The official validator does not look at codes.)",
    fix="Shorten it; a document belongs elsewhere, with a link here.",
    breaks=Example(metadata=GOOD + f"publisher: {'A' * 1048577}\n", place=(METADATA, 6, 12)),
    holds=Example(metadata=GOOD + "publisher: ACME\n"),
    source=f"{TYPES}#string",
    official=("TYPE_SPECIFIC_CHECKS_DT_STRING_LENGTH",),
    check=_long_text,
)
CONTROL_CHARACTER = Rule(
    number="CS409",
    name="control-character",
    severity=Severity.WARNING,
    what="A text of the metadata, or of a resource, holds a control character.",
    why="XML cannot carry it, so the resource could not be read in that form, and nobody sees it.",
    fix="Take it out. (Cells of tables are repaired: CS111.)",
    breaks=Example(metadata=GOOD + 'publisher: "A\\x07"\n', place=(METADATA, 6, 12)),
    holds=Example(metadata=GOOD + "publisher: A\n"),
    source=f"{TYPES}#string",
    official=("UNICODE_XML_BAD_CHARS",),
    check=_controls,
)

RULES = (TEXT_BLANKS, LONG_TEXT, CONTROL_CHARACTER)
