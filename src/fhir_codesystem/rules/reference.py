"""Rules of a code system that is held against a reference (`build.reference`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from fhir_codesystem.diagnostics import Severity, quoted
from fhir_codesystem.reference.comparison import compared, nearest_code, under_another_code
from fhir_codesystem.rules.lifecycle import out_of_use
from fhir_codesystem.rules.rule import METADATA, TABLE, Example, Rule
from fhir_codesystem.rules.telling import one_by_one

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fhir_codesystem.codesystem.resource import CodeSystem
    from fhir_codesystem.diagnostics import Diagnostic, Location
    from fhir_codesystem.rules.glance import Glance

SETTINGS = "the metadata file, docs/beyond-the-validator.md"
GOOD = "status: draft\ncontent: fragment\n"
DICOM = GOOD + "build:\n  reference: dicom\n"
HEADER = "Code | Display\n"


def _unknown(codesystem: CodeSystem) -> Iterator[Diagnostic]:
    reference = codesystem.origin.reference
    if reference is None:
        return
    both = compared(codesystem.concepts, reference)
    displays = both["display"]
    codes = both["code"]

    def hint(row: int) -> str | None:
        if displays[row] is not None and (found := under_another_code(displays[row], reference)):
            return f"{reference.name} has {quoted(found[1])} under {found[0]}"
        near = nearest_code(codes[row], reference)
        return f"did you mean {near}?" if near else None

    yield from one_by_one(
        codesystem,
        NOT_IN_REFERENCE,
        both.filter(pl.col("leaf") & ~pl.col("known"))["row"],
        "code",
        lambda row: f"{reference.name} has no code {quoted(codes[row])}",
        hint,
    )


def _different(codesystem: CodeSystem) -> Iterator[Diagnostic]:
    reference = codesystem.origin.reference
    if reference is None:
        return
    both = compared(codesystem.concepts, reference)
    codes, displays, theirs = both["code"], both["display"], both["theirs"]

    def hint(row: int) -> str | None:
        found = under_another_code(displays[row], reference)
        return f"{reference.name} has {quoted(found[1])} under {found[0]}" if found else None

    differs = both.filter(pl.col("display") != pl.col("theirs"))
    yield from one_by_one(
        codesystem,
        OTHER_THAN_REFERENCE,
        differs.filter(~pl.col("alike"))["row"],
        "display",
        lambda row: (
            f"{codes[row]} is {quoted(theirs[row])} in {reference.name}, "
            f"not {quoted(displays[row])}"
        ),
        hint,
    )
    yield from one_by_one(
        codesystem,
        WRITTEN_OTHERWISE,
        differs.filter("alike")["row"],
        "display",
        lambda row: f"{reference.name} writes {quoted(theirs[row])}, not {quoted(displays[row])}",
    )


def _retired(codesystem: CodeSystem) -> Iterator[Diagnostic]:
    reference = codesystem.origin.reference
    if reference is None:
        return
    both = compared(codesystem.concepts, reference).filter("retired")
    yield from one_by_one(
        codesystem,
        RETIRED_IN_REFERENCE,
        both.filter(~pl.col("row").is_in(out_of_use(codesystem).implode()))["row"],
        "code",
        lambda row: (
            f"{quoted(codesystem.concepts.frame['code'][row])} is retired in {reference.name}"
        ),
    )


def _is_compared(glance: Glance) -> bool:
    return glance.compared


def dicom_is_missing(place: Location) -> Diagnostic:
    """Tell that there is no dictionary of DICOM: a warning, for the code system itself is whole."""
    message = "the data dictionary of DICOM comes with pydicom, which is not installed"
    hint = "pip install 'fhir-codesystem[dicom]'"
    return NO_REFERENCE.at(place, message, severity=Severity.WARNING, hint=hint)


NO_REFERENCE = Rule(
    number="CS751",
    name="no-reference",
    severity=Severity.ERROR,
    what="The reference that build: reference: asks for cannot be read.",
    why="A comparison that was asked for must not be left out without a word.",
    fix=(
        "Name a CodeSystem (JSON, XML) or a table, by its path from the metadata file; or dicom, "
        "for which pydicom must be installed (else a warning): pip install fhir-codesystem[dicom]."
    ),
    breaks=Example(metadata=GOOD + "build:\n  reference: gone.json\n", place=(METADATA, 4, 14)),
    holds=Example(metadata=GOOD + f"build:\n  reference: {TABLE}\n"),
    source=SETTINGS,
)
NOT_IN_REFERENCE = Rule(
    number="CS752",
    name="not-in-reference",
    severity=Severity.WARNING,
    what="The reference has no such code. (Concepts with others below them may be your own.)",
    why="Mostly the code is misspelt.",
    fix="Correct the code as the hint says, or leave the concept out.",
    breaks=Example(
        table=HEADER + "0020000F | Study Instance UID\n", metadata=DICOM, place=(TABLE, 2, 1)
    ),
    holds=Example(table=HEADER + "(0020,000d) | Study Instance UID\n", metadata=DICOM),
    source=SETTINGS,
    check=_unknown,
    may=_is_compared,
)
OTHER_THAN_REFERENCE = Rule(
    number="CS753",
    name="other-than-reference",
    severity=Severity.WARNING,
    what="The reference has another display under the code.",
    why="Either the code or the display is wrong: readers take the display, programs the code.",
    fix="Correct the code if the hint names it, else the display.",
    breaks=Example(
        table=HEADER + "00181008 | Manufacturer Device Class UID\n",
        metadata=DICOM,
        place=(TABLE, 2, 12),
    ),
    holds=Example(table=HEADER + "0018100B | Manufacturer's Device Class UID\n", metadata=DICOM),
    source=SETTINGS,
    check=_different,
    may=_is_compared,
)
WRITTEN_OTHERWISE = Rule(
    number="CS754",
    name="written-otherwise",
    severity=Severity.INFORMATION,
    what="The reference writes the display otherwise, in case, white space or apostrophes.",
    why="The display of the reference is what people and programs compare with.",
    fix="Take over the display of the reference.",
    breaks=Example(table=HEADER + "00080016 | SOPClassUID\n", metadata=DICOM, place=(TABLE, 2, 12)),
    holds=Example(table=HEADER + "00080016 | SOP Class UID\n", metadata=DICOM),
    source=SETTINGS,
)
RETIRED_IN_REFERENCE = Rule(
    number="CS755",
    name="retired-in-reference",
    severity=Severity.INFORMATION,
    what="The reference says that the concept is retired, and nothing here does.",
    why="New data should not use it.",
    fix="Give the concept the property status (retired) or inactive (true), or leave it out.",
    breaks=Example(
        table=HEADER + "00080010 | Recognition Code\n", metadata=DICOM, place=(TABLE, 2, 1)
    ),
    holds=Example(
        table="Code | Display | status\n00080010 | Recognition Code | retired\n", metadata=DICOM
    ),
    source=SETTINGS,
    check=_retired,
    may=_is_compared,
)

RULES = (
    NO_REFERENCE,
    NOT_IN_REFERENCE,
    OTHER_THAN_REFERENCE,
    WRITTEN_OTHERWISE,
    RETIRED_IN_REFERENCE,
)
