"""Rules of what programs that read the code system make of it: lengths, the version."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from fhir_codesystem.diagnostics import Severity, quoted
from fhir_codesystem.rules.rule import METADATA, TABLE, Example, Rule
from fhir_codesystem.rules.telling import one_by_one

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fhir_codesystem.codesystem.resource import CodeSystem
    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.rules.glance import Glance

MOST_OF_CODE, MOST_OF_DISPLAY = 500, 400
"""Characters that HAPI FHIR's JPA server stores: longer codes it refuses, displays it cuts."""

GOOD = "id: x\nurl: http://example.org/x\nstatus: active\ncaseSensitive: true\ncontent: complete\n"
NO_VERSION = re.compile(r"[\s|#?]|://|^[^0-9]*$")
"""What has a blank or a sign that ends a version in a canonical, is a URL, or has no digit."""


def _long(codesystem: CodeSystem) -> Iterator[Diagnostic]:
    frame = codesystem.concepts.frame
    for element, most, does in (
        ("code", MOST_OF_CODE, "refuses more than"),
        ("display", MOST_OF_DISPLAY, "cuts it to"),
    ):
        texts = frame[element]
        may = (texts.str.len_bytes() > most).arg_true()
        rows = may.filter(texts.gather(may).str.len_chars() > most)
        sizes = dict(zip(rows, texts.gather(rows).str.len_chars(), strict=True))
        said = f"HAPI FHIR {does} {most}"
        message = partial(_length, element, sizes, said)
        yield from one_by_one(codesystem, TOO_LONG_TO_STORE, rows, element, message)


def _may_be_long(glance: Glance) -> bool:
    texts = ((glance.codes, MOST_OF_CODE), (glance.displays, MOST_OF_DISPLAY))
    return any(max(map(len, each), default=0) > most for each, most in texts)


def _length(element: str, sizes: dict[int, int], said: str, row: int) -> str:
    return f"the {element} has {sizes[row]:,} characters; {said}"


def _version(codesystem: CodeSystem) -> Iterator[Diagnostic]:
    version = codesystem.elements.get("version")
    if isinstance(version, str) and NO_VERSION.search(version):
        message = f"{quoted(version)} does not say which version this is"
        hint = "number the versions (1.0.0), or take the date (2024-03-01)"
        place = codesystem.place("version")
        yield NO_SUCH_VERSION.at(place, message, hint=hint, expression="CodeSystem.version")


def _may_be_none(glance: Glance) -> bool:
    version = glance.elements.get("version", "1")
    return not isinstance(version, str) or NO_VERSION.search(version) is not None


TOO_LONG_TO_STORE = Rule(
    number="CS741",
    name="too-long-to-store",
    severity=Severity.WARNING,
    what=(
        f"A code has more than {MOST_OF_CODE} characters, or a display more than {MOST_OF_DISPLAY}."
    ),
    why=(
        "FHIR sets no limit, servers do: HAPI FHIR's JPA server refuses the code and cuts the "
        "display."
    ),
    fix="Shorten the code; move what is long in a display to the definition.",
    breaks=Example(table=f"Code | Display\na | {'long ' * 90}\n", place=(TABLE, 2, 5)),
    holds=Example(table="Code | Display\na | short\n"),
    source=(
        "https://github.com/hapifhir/hapi-fhir, TermConcept.java: MAX_CODE_LENGTH, MAX_DESC_LENGTH"
    ),
    check=_long,
    may=_may_be_long,
)
NO_SUCH_VERSION = Rule(
    number="CS742",
    name="no-such-version",
    severity=Severity.WARNING,
    what="The version is none: it has no digit (latest, current), it has a blank, it is a URL.",
    why="References name a version after a bar (url|1.0.0); two versions must differ in it.",
    fix="Number the versions (1.0.0), or take the date (2024-03-01).",
    breaks=Example(metadata=GOOD + "version: latest\n", place=(METADATA, 6, 10)),
    holds=Example(metadata=GOOD + "version: 2024-R1\n"),
    source="https://hl7.org/fhir/R4/references.html#canonical",
    check=_version,
    may=_may_be_none,
)
RULES = (TOO_LONG_TO_STORE, NO_SUCH_VERSION)
