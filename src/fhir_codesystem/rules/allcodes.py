"""Rules of the value set of all codes that is built beside a code system."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fhir_codesystem.diagnostics import Severity
from fhir_codesystem.rules import elements, strings
from fhir_codesystem.rules.rule import METADATA, Example, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from fhir_codesystem.codesystem.resource import CodeSystem, Described
    from fhir_codesystem.diagnostics import Diagnostic

URL = "http://example.org/CodeSystem/x"
GOOD = f"id: x\nurl: {URL}\nname: Xx\nstatus: draft\ncontent: complete\n"
ASKED = "build:\n  valueSet: true\n"
OF_ELEMENTS: tuple[Callable[[Described], Iterable[Diagnostic]], ...] = (
    *elements.CHECKS,
    *strings.CHECKS,
)
"""What holds for the elements of the code system holds for those of the value set."""


def findings(codesystem: CodeSystem) -> Iterator[Diagnostic]:
    """Check what the value set itself states; what is taken over was checked where it stands."""
    value_set = codesystem.value_set
    if value_set is None:
        return
    own = {name: each for name, each in value_set.elements.items() if name in value_set.stated}
    if "url" in own and own["url"] == codesystem.elements.get("valueSet"):
        yield from elements.url_characters(value_set)
        del own["url"]  # as a URL it was checked where the code system names it
    stated = replace(value_set, elements={"id": codesystem.id} | own)
    for check in OF_ELEMENTS:
        yield from check(stated)


VALUE_SET_IMPOSSIBLE = Rule(
    number="CS317",
    name="value-set-impossible",
    severity=Severity.ERROR,
    what="A value set of all codes is asked for, and what it needs is not there.",
    why=(
        "It has a URL of its own and refers to the code system by its URL (with pin by its version "
        "too). A supplement has no codes of its own."
    ),
    fix="State url (for the value set below build: valueSet:), or take valueSet out.",
    breaks=Example(
        metadata=GOOD.replace(URL, "urn:oid:1.2.3") + ASKED,
        place=(METADATA, 7, 13),
    ),
    holds=Example(
        metadata=GOOD.replace(URL, "urn:oid:1.2.3")
        + "build:\n  valueSet: {url: http://example.org/ValueSet/x}\n"
    ),
    source="https://hl7.org/fhir/R4/codesystem-definitions.html#CodeSystem.valueSet",
)
OTHER_VALUE_SET = Rule(
    number="CS318",
    name="other-value-set",
    severity=Severity.ERROR,
    what="The code system names another value set of all codes than the one that is built.",
    why="There is one value set of all codes; whoever follows the name would not find it.",
    fix="State the URL once: as valueSet, or as url below build: valueSet:.",
    breaks=Example(
        metadata=GOOD + "valueSet: http://example.org/all\nbuild:\n"
        "  valueSet: {url: http://example.org/ValueSet/x}\n",
        place=(METADATA, 6, 11),
    ),
    holds=Example(metadata=GOOD + "valueSet: http://example.org/all\n" + ASKED),
    source="https://hl7.org/fhir/R4/codesystem-definitions.html#CodeSystem.valueSet",
)
VALUE_SET_NOT_NAMED = Rule(
    number="CS319",
    name="value-set-not-named",
    severity=Severity.INFORMATION,
    what="A value set of all codes is built, and the code system does not name it.",
    why="Only a complete code system names one: of another the value set has not all codes.",
    fix="Nothing need be done; with content: complete the code system names it.",
    breaks=Example(
        metadata=GOOD.replace("complete", "fragment") + ASKED,
        place=(METADATA, 7, 13),
    ),
    holds=Example(metadata=GOOD + ASKED),
    source="https://hl7.org/fhir/R4/codesystem-definitions.html#CodeSystem.valueSet",
)

RULES = (VALUE_SET_IMPOSSIBLE, OTHER_VALUE_SET, VALUE_SET_NOT_NAMED)
