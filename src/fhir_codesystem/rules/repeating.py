"""Rules of texts that say nothing new: a display given twice, a definition that is the display."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from fhir_codesystem.concepts.folding import folded, folded_text
from fhir_codesystem.concepts.hierarchy import parents
from fhir_codesystem.diagnostics import MOST, Related, Severity, quoted
from fhir_codesystem.rules.lifecycle import out_of_use
from fhir_codesystem.rules.rule import TABLE, Example, Rule, first_few
from fhir_codesystem.rules.telling import together

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fhir_codesystem.codesystem.resource import CodeSystem
    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.rules.glance import Glance

CONCEPT = "https://hl7.org/fhir/R4/codesystem-definitions.html#CodeSystem.concept"
HEADER = "Code | Display | Definition\n"
FILLED = re.compile(
    r"(?:(?:a|an|the|this|that|these|it|is|are|be|of|for|as|to|which|concept|code|value|"
    r"means|meaning|indicates|represents|denotes|describes|refers|defines|defined)\b|[\s.,:;'\"()-])*"
)
"""Words that add nothing to a display, and marks."""

ENDS = " .,;:"
FILLERS, MARKS = 16, 2
"""Bytes that fillers, and marks at the end, may add to a display."""


def _displays(codesystem: CodeSystem) -> Iterator[Diagnostic]:
    frame = codesystem.concepts.frame
    displays = frame["display"]
    keys = folded(displays, codesystem.concepts.odd_displays)
    marks = keys.drop_nulls().hash().sort()
    if not (marks == marks.shift(1)).any():
        return
    same = (
        pl.DataFrame({"key": keys})
        .with_row_index("row")
        .drop_nulls()
        .filter(pl.col("key").str.len_chars() > 1)
        .filter(~pl.col("row").is_in(out_of_use(codesystem).implode()))
        .filter(pl.col("key").is_duplicated())
        .with_columns(first=pl.col("row").first().over("key"))
    )
    above = parents(frame["depth"]).gather(same["row"])
    is_first_or_below = (same["row"] == same["first"]) | same["first"].eq_missing(above)
    same = same.filter(~is_first_or_below)
    few = same.select("row", "first").head(MOST)
    places = codesystem.places_of(few["row"].to_list(), "display")
    firsts = codesystem.places_of(few["first"].to_list(), "display")
    found = [
        SAME_DISPLAY.at(
            place,
            f"the display {quoted(displays[row])} is that of the code "
            f"{quoted(frame['code'][first])} too",
            related=(Related(other, "the other"),),
            expression=f"{codesystem.concepts.expression(row)}.display",
        )
        for (row, first), place, other in zip(few.rows(), places, firsts, strict=True)
    ]
    yield from first_few(found, same.height)


def _may_be_same(glance: Glance) -> bool:
    displays = [display for display in glance.displays if display]
    return glance.beyond_latin or len(set(map(folded_text, displays))) < len(displays)


def _definitions(codesystem: CodeSystem) -> Iterator[Diagnostic]:
    frame = codesystem.concepts.frame
    rows = _longer(frame, -MARKS, MARKS)
    if not len(rows):
        return
    same = _bare(frame["display"].gather(rows)) == _bare(frame["definition"].gather(rows))
    what = "the definition only repeats the display"
    yield from together(codesystem, DEFINITION_IS_DISPLAY, rows.filter(same), "definition", what)


def _circular(codesystem: CodeSystem) -> Iterator[Diagnostic]:
    frame = codesystem.concepts.frame
    rows = _longer(frame, 1, FILLERS)
    if not len(rows):
        return
    displays = _bare(frame["display"].gather(rows))
    definitions = _bare(frame["definition"].gather(rows))
    texts = pl.DataFrame({"display": displays, "definition": definitions})
    inside = pl.col("definition").str.contains(pl.col("display"), literal=True)
    may = texts.select((inside & pl.col("definition").ne(pl.col("display"))).arg_true()).to_series()
    pairs = texts[may].rows()
    circular = [
        FILLED.fullmatch(text.replace(display, "", 1)) is not None for display, text in pairs
    ]
    found = rows.gather(may).filter(pl.Series(circular, dtype=pl.Boolean))
    what = "the definition adds nothing to the display"
    yield from together(codesystem, CIRCULAR_DEFINITION, found, "definition", what)


def _may_repeat(glance: Glance) -> bool:
    """Whether a definition has the display in it, and little else."""
    return any(
        display
        and definition
        and -MARKS <= len(definition.encode()) - len(display.encode()) <= FILLERS
        and FILLED.fullmatch(_bare_text(definition).replace(_bare_text(display), "", 1))
        for display, definition in zip(glance.displays, glance.definitions, strict=True)
    )


def _longer(frame: pl.DataFrame, least: int, most: int) -> pl.Series:
    """Return the rows whose definition is so many bytes longer than the display."""
    sizes = (pl.col(name).str.len_bytes().cast(pl.Int32) for name in ("definition", "display"))
    definition, display = sizes
    return frame.select((definition - display).is_between(least, most).arg_true()).to_series()


def _bare(texts: pl.Series) -> pl.Series:
    return texts.str.to_lowercase().str.strip_chars(ENDS)


def _bare_text(text: str) -> str:
    return text.lower().strip(ENDS)


SAME_DISPLAY = Rule(
    number="CS711",
    name="same-display",
    severity=Severity.INFORMATION,
    what=("Two codes that are in use have the same display, but for case, width and white space."),
    why="Who picks from a list cannot tell them apart.",
    fix="Say in each display what makes the two different.",
    breaks=Example(table=HEADER + "a | Lung | x\nb | lung | y\n", place=(TABLE, 3, 5)),
    holds=Example(table=HEADER + "a | Left lung | x\nb | Right lung | y\n"),
    source=f"{CONCEPT}.display",
    check=_displays,
    may=_may_be_same,
)
DEFINITION_IS_DISPLAY = Rule(
    number="CS712",
    name="definition-is-display",
    severity=Severity.INFORMATION,
    what="The definition repeats the display and says no more.",
    why="It looks as if the concept were defined, and the definition decides nothing.",
    fix="Say what the concept means and what it leaves out, or leave the definition out.",
    breaks=Example(table=HEADER + "a | Lung | lung.\n", place=(TABLE, 2, 12)),
    holds=Example(table=HEADER + "a | Lung | The organ of breathing.\n"),
    source=f"{CONCEPT}.definition",
    check=_definitions,
    may=_may_repeat,
)
CIRCULAR_DEFINITION = Rule(
    number="CS713",
    name="circular-definition",
    severity=Severity.INFORMATION,
    what="The definition is the display with words that add nothing ('This is a lung').",
    why="A definition that names what it defines explains it to nobody.",
    fix="Say what the concept means and what it leaves out, or leave the definition out.",
    breaks=Example(table=HEADER + "a | Lung | This is a lung.\n", place=(TABLE, 2, 12)),
    holds=Example(table=HEADER + "a | Lung | A lung of a mammal.\n"),
    source=f"{CONCEPT}.definition",
    check=_circular,
    may=_may_repeat,
)

RULES = (SAME_DISPLAY, DEFINITION_IS_DISPLAY, CIRCULAR_DEFINITION)
