"""Rules of the concepts themselves: codes, displays, definitions, the model's verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from fhir_codesystem.codesystem.verdict import refused_links, refused_values
from fhir_codesystem.diagnostics import MOST, Location, Severity, quoted
from fhir_codesystem.rules.rule import TABLE, Example, Rule, first_few

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fhir_codesystem.codesystem.resource import CodeSystem
    from fhir_codesystem.diagnostics import Diagnostic

CONCEPT = "https://hl7.org/fhir/R4/codesystem-definitions.html#CodeSystem.concept"
HEADER = "Code | Display | Definition\n"
BAD_BLANKS = r"^\s|\s$|\s\s|[^\S ]"
"""White space that no code may hold (Rust regex; white space is Unicode's)."""


def _code_blanks(codesystem: CodeSystem) -> Iterator[Diagnostic]:
    codes = codesystem.concepts.frame["code"]
    bad = _with_bad_blanks(codesystem.concepts.frame)
    yield from first_few(
        [
            CODE_BLANKS.at(
                codesystem.place_of(row, "code"),
                f"the code {quoted(codes[row])} holds white space other than single blanks",
                expression=f"{codesystem.concepts.expression(row)}.code",
            )
            for row in bad.head(MOST).to_list()
        ],
        len(bad),
    )


def _with_bad_blanks(frame: pl.DataFrame) -> pl.Series:
    """Return the rows whose code holds white space it may not; plain ones hold only blanks."""
    careful = pl.col("code").str.contains("  ", literal=True) | ~pl.col("plain")
    rows = frame.select(careful.arg_true()).to_series()
    return rows.filter(frame["code"].gather(rows).str.contains(BAD_BLANKS))


def _refused(codesystem: CodeSystem) -> Iterator[Diagnostic]:
    frame = codesystem.concepts.frame
    refused = list(refused_values(frame, codesystem.version, MOST))
    if refused:
        told = {("code", row) for row in _with_bad_blanks(frame)}
        refused = [value for value in refused if (value.element, value.row) not in told]
    refused += refused_links(codesystem.concepts, codesystem.version, MOST)
    yield from first_few(
        [
            REFUSED_VALUE.at(
                codesystem.place_of(value.row, value.element),
                f"the {value.element} {quoted(value.text)} is refused: {value.reason}",
                expression=f"{codesystem.concepts.expression(value.row)}.{value.element}",
            )
            for value in refused[:MOST]
        ],
        len(refused),
    )


def _display(codesystem: CodeSystem) -> Iterator[Diagnostic]:
    yield from _blank(codesystem, "display", NO_DISPLAY)


def _definition(codesystem: CodeSystem) -> Iterator[Diagnostic]:
    yield from _blank(codesystem, "definition", NO_DEFINITION)


def _blank(codesystem: CodeSystem, element: str, rule: Rule) -> Iterator[Diagnostic]:
    frame = codesystem.concepts.frame
    if not frame[element].null_count():
        return
    blank = frame[element].is_null().arg_true()
    hl7 = "hl7" in codesystem.elements.get("url", "")
    severity = Severity.WARNING if hl7 else None
    table = codesystem.origin.table
    if len(blank) == frame.height:
        place = table.heading(0) if table else Location(codesystem.origin.path)
        message = f"no concept has a {element}"
        yield rule.at(place, message, severity=severity, official=hl7)
        return
    few = blank.head(5).to_list()
    unit = table.unit if table else "line"
    named = ", ".join(
        f"{quoted(frame['code'][row], 30)} ({unit} {frame['line'][row]})" for row in few
    )
    more = f" and {len(blank) - len(few):,} more" if len(blank) > len(few) else ""
    verb = "concept has" if len(blank) == 1 else "concepts have"
    message = f"{len(blank):,} of {frame.height:,} {verb} no {element}: {named}{more}"
    expression = f"{codesystem.concepts.expression(few[0])}.{element}"
    place = codesystem.place_of(few[0], element)
    yield rule.at(place, message, severity=severity, official=hl7, expression=expression)


def _narrative(codesystem: CodeSystem) -> Iterator[Diagnostic]:
    if not codesystem.narrative:
        message = "the resource has no narrative (dom-6)"
        yield NO_NARRATIVE.at(Location(codesystem.origin.path), message)


CODE_BLANKS = Rule(
    number="CS441",
    name="code-blanks",
    severity=Severity.ERROR,
    what="A code holds two blanks in a row, or white space that is no blank.",
    why="FHIR allows single blanks inside a code and no other white space.",
    fix="Correct the code; which blanks were meant is not for a program to say.",
    breaks=Example(table=HEADER + "a  b | A | x\n", place=(TABLE, 2, 1)),
    holds=Example(table=HEADER + "a b | A | x\n"),
    source="https://hl7.org/fhir/R4/datatypes.html#code",
    official=("TYPE_SPECIFIC_CHECKS_DT_CODE_WS",),
    check=_code_blanks,
)
REFUSED_VALUE = Rule(
    number="CS442",
    name="refused-value",
    severity=Severity.ERROR,
    what="The FHIR model refuses a code, a display or a definition.",
    why="Every value is checked against the type of its element.",
    fix="Correct the cell as the message says.",
    breaks=Example(table=HEADER + "a | \N{EM SPACE} | x\n", place=(TABLE, 2, 5)),
    holds=Example(table=HEADER + "a | A | x\n"),
    source="https://hl7.org/fhir/R4/datatypes.html#primitive",
    official=("TYPE_SPECIFIC_CHECKS_DT_PRIMITIVE_REGEX_TYPE.concept",),
    check=_refused,
)
NO_DISPLAY = Rule(
    number="CS443",
    name="no-display",
    severity=Severity.INFORMATION,
    what="Concepts have no display.",
    why="People see the display. (A warning where HL7 defines the code system.)",
    fix="Give each concept a display.",
    breaks=Example(table=HEADER + "a | A | x\nb | | y\n", place=(TABLE, 3, 4)),
    holds=Example(table=HEADER + "a | A | x\nb | B | y\n"),
    source=f"{CONCEPT}.display",
    official=("CODESYSTEM_CONCEPT_NO_DISPLAY",),
    check=_display,
)
NO_DEFINITION = Rule(
    number="CS444",
    name="no-definition",
    severity=Severity.INFORMATION,
    what="Concepts have no definition.",
    why=(
        "The definition says what the code means; a display alone is often read in two ways. "
        "(A warning where HL7 defines the code system.)"
    ),
    fix="Give each concept a definition.",
    breaks=Example(table=HEADER + "a | A | x\nb | B |\n", place=(TABLE, 3, 8)),
    holds=Example(table=HEADER + "a | A | x\nb | B | y\n"),
    source=f"{CONCEPT}.definition",
    official=("CODESYSTEM_CONCEPT_NO_DEFINITION",),
    check=_definition,
)
NO_NARRATIVE = Rule(
    number="CS445",
    name="no-narrative",
    severity=Severity.INFORMATION,
    what="The resource has no narrative.",
    why="A resource should be readable without knowing its structure (dom-6, best practice).",
    fix="Leave build: narrative: false out; give a resource that you write yourself a text.div.",
    breaks=Example(metadata="build:\n  narrative: false\n", place=("table.yaml", None, None)),
    holds=Example(),
    source="https://hl7.org/fhir/R4/domainresource.html#invs",
    official=("dom-6",),
    check=_narrative,
)

RULES = (CODE_BLANKS, REFUSED_VALUE, NO_DISPLAY, NO_DEFINITION, NO_NARRATIVE)
