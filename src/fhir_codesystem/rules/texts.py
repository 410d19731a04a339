"""Rules of characters in displays, definitions and designations: blanks, marks, markup."""

from __future__ import annotations

import re
from html.entities import html5
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from fhir_codesystem import characters as chars
from fhir_codesystem.diagnostics import MOST, Severity, quoted
from fhir_codesystem.rules.rule import TABLE, Example, Rule, first_few
from fhir_codesystem.rules.telling import one_by_one
from fhir_codesystem.tables.cleaning import characters_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fhir_codesystem.codesystem.resource import CodeSystem
    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.rules.glance import Glance

HEADER = "Code | Display | Definition\n"
STRING = "https://hl7.org/fhir/R4/datatypes.html#string"
BAD_BLANKS = f"  |^[{chars.BLANKS}]|[{chars.BLANKS}]$|[\t\r\n]"
STRAY = re.compile(BAD_BLANKS)
REPAIRED = chars.CONTROLS + chars.ODD_SPACES + chars.ZERO_WIDTH
SPACES = r"\x{1680}\x{2000}-\x{2008}\x{200a}\x{205f}"
THIN = "\N{THIN SPACE}\N{NARROW NO-BREAK SPACE}\N{IDEOGRAPHIC SPACE}"
"""Blanks of a width of their own that typography asks for."""

MARKS = "".join(
    map(
        chr, (0x200C, 0x200D, 0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
    )
)
NEEDS_MARKS = re.compile(
    "[\u0590-\u08ff\u0900-\u0dff\u1780-\u18af\ufb1d-\ufdff\ufe70-\ufefc\u2600-\u27bf\U0001f000-\U0001faff]"
)
"""Scripts that are written with joiners or directions, and symbols that are joined."""

TAGS = (
    "a|abbr|b|big|blockquote|br|center|code|div|em|font|h[1-6]|hr|i|img|li|ol|p|pre|s|small|span|"
    "strike|strong|sub|sup|table|tbody|td|th|thead|tr|tt|u|ul"
)
ENTITIES = frozenset(name.lower() for name in html5 if name.endswith(";"))
"""The names of all characters that HTML names, each with its semicolon."""

MARKUP = re.compile(
    rf"</?(?:{TAGS})(?:\s+[a-z-]+\s*=[^<>]*)?\s*/?>"
    r"|&(?:#[0-9]{2,7};|#x[0-9a-f]{2,6};|(?P<name>[a-z][a-z0-9]*;))",
    re.IGNORECASE,
)
"""Markup, if the ``name`` is one of `ENTITIES`."""
MAYBE_MARKUP = r"(?i)</?[a-z][a-z0-9]*[^<>]*>|&#?[a-z0-9]+;"
"""Whatever may be markup (Rust regex): the few that match are looked at one by one."""


def _blanks(codesystem: CodeSystem) -> Iterator[Diagnostic]:
    displays = codesystem.concepts.frame["display"]
    odd = codesystem.concepts.odd_displays
    yield from one_by_one(
        codesystem,
        STRAY_BLANKS,
        odd.filter(displays.gather(odd).str.contains(BAD_BLANKS)),
        "display",
        lambda row: f"the display {quoted(displays[row])} has blanks that nobody sees",
    )


def _may_have_blanks(glance: Glance) -> bool:
    return any(map(STRAY.search, glance.displays))


class Texts(NamedTuple):
    """Texts of one element, with the concept (row) of each, in order."""

    element: str
    rows: pl.Series
    texts: pl.Series

    def found(
        self, codesystem: CodeSystem, rule: Rule, what: Callable[[str], str | None]
    ) -> list[Diagnostic]:
        """Tell of the texts of which ``what`` says something."""
        told = [(at, said) for at, text in enumerate(self.texts) if text and (said := what(text))]
        few = [self.rows[at] for at, _ in told[:MOST]]
        places = codesystem.places_of(few, self.element)
        found = [
            rule.at(
                place,
                f"the {self.element} of {quoted(codesystem.concepts.frame['code'][row])} "
                f"holds {said}",
                expression=f"{codesystem.concepts.expression(row)}.{self.element}",
            )
            for row, place, (_, said) in zip(few, places, told[:MOST], strict=True)
        ]
        return first_few(found, len(told))


def _careful(codesystem: CodeSystem, pattern: str) -> Iterator[Texts]:
    """Return the displays, definitions and designations that match, of rows that need care."""
    frame = codesystem.concepts.frame
    odd = (~frame["plain"]).arg_true()
    for element in ("display", "definition"):
        rows = odd.filter(frame[element].gather(odd).str.contains(pattern))
        yield Texts(element, rows, frame[element].gather(rows))
    designations = codesystem.concepts.designations
    matching = designations.filter(pl.col("value").str.contains(pattern))
    yield Texts("designation", matching["concept"], matching["value"])


def _hidden(codesystem: CodeSystem) -> Iterator[Diagnostic]:
    for texts in _careful(codesystem, f"[{REPAIRED}{SPACES}{chars.JOINERS}{chars.DIRECTIONS}]"):
        yield from texts.found(codesystem, HIDDEN_CHARACTER, _hides)


def _hides(text: str) -> str | None:
    """Name the characters that hide in a text; thin blanks and marks of a script do not."""
    text = "".join(dict.fromkeys(text))
    allowed = MARKS if NEEDS_MARKS.search(text) else ""
    names = (
        name for name in characters_in(text.translate(dict.fromkeys(map(ord, THIN + allowed))))
    )
    return ", ".join(names) or None


def _markup(codesystem: CodeSystem) -> Iterator[Diagnostic]:
    for texts in _careful(codesystem, MAYBE_MARKUP):
        yield from texts.found(codesystem, MARKUP_IN_TEXT, _marks)


def _marks(text: str) -> str | None:
    """Say the first markup of a text."""
    for match in MARKUP.finditer(text):
        if match["name"] is None or match["name"].lower() in ENTITIES:
            return f"{quoted(match[0])}, which programs show as it stands"
    return None


STRAY_BLANKS = Rule(
    number="CS721",
    name="stray-blanks",
    severity=Severity.INFORMATION,
    what="A display has two blanks in a row, a line end, or blanks at its ends.",
    why="Nobody sees them, and the display does not equal what people type.",
    fix="Leave single blanks between the words.",
    breaks=Example(table=HEADER + "a | Left  lung | x\n", place=(TABLE, 2, 5)),
    holds=Example(table=HEADER + "a | Left lung | It is left.  The other is right.\n"),
    source=STRING,
    check=_blanks,
    may=_may_have_blanks,
)
HIDDEN_CHARACTER = Rule(
    number="CS722",
    name="hidden-character",
    severity=Severity.WARNING,
    what=(
        "A display, a definition or a designation holds what nobody sees: blanks of another "
        "width, joiners or directions in a script that has no use for them."
    ),
    why="The text does not equal what people type, and a direction can turn what is shown.",
    fix="Type the text again.",
    breaks=Example(
        table=HEADER + "a | Left\N{RIGHT-TO-LEFT OVERRIDE} lung | x\n", place=(TABLE, 2, 5)
    ),
    holds=Example(table=HEADER + "a | 5\N{NARROW NO-BREAK SPACE}mm | x\n"),
    source="https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing",
    check=_hidden,
    may=lambda glance: glance.hidden,
)
MARKUP_IN_TEXT = Rule(
    number="CS723",
    name="markup-in-text",
    severity=Severity.WARNING,
    what="A display, a definition or a designation holds a tag or an entity of HTML.",
    why="These elements are plain text: programs show the tag or the entity as it stands.",
    fix="Write the character itself (the & alone), and leave the tags out.",
    breaks=Example(table=HEADER + "a | Heart &amp; lung | x\n", place=(TABLE, 2, 5)),
    holds=Example(table=HEADER + "a | Heart & lung | Pressure <b and > c\n"),
    source=STRING,
    check=_markup,
    may=lambda glance: _marks(glance.text) is not None,
)

RULES = (STRAY_BLANKS, HIDDEN_CHARACTER, MARKUP_IN_TEXT)
