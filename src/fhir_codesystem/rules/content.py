"""Rules of what a code system says of its content: count, case, hierarchy, supplements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fhir_codesystem.codesystem.versions import FHIRVersion
from fhir_codesystem.diagnostics import Severity
from fhir_codesystem.rules.rule import METADATA, Example, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fhir_codesystem.codesystem.resource import CodeSystem
    from fhir_codesystem.diagnostics import Diagnostic

ELEMENTS = "https://hl7.org/fhir/R4/codesystem-definitions.html"
GOOD = "url: http://example.org/x\nstatus: draft\ncaseSensitive: true\ncontent: complete\n"
LEVELS = "Lvl | Code | Display\n1 | a | A\n2 | b | B\n"
NO_ROWS = "Code | Display\n"


def _case(codesystem: CodeSystem) -> Iterator[Diagnostic]:
    elements = codesystem.elements
    if "caseSensitive" not in elements and elements.get("content") != "supplement":
        severity = Severity.WARNING if codesystem.is_hl7 else None
        message = "nothing says whether case matters when codes are compared"
        hint = "state caseSensitive: true or false"
        yield CASE_UNSTATED.at(codesystem.place("url"), message, severity=severity, hint=hint)


def _hierarchy(codesystem: CodeSystem) -> Iterator[Diagnostic]:
    concepts = codesystem.concepts
    if "hierarchyMeaning" in codesystem.elements:
        return
    if codesystem.elements.get("content") == "supplement":
        return
    only_parents = codesystem.version is FHIRVersion.R5 and concepts.parents.height > 0
    if not concepts.nested and not only_parents:
        return
    severe = codesystem.is_hl7 or codesystem.version is FHIRVersion.R5
    message = "the concepts stand in a hierarchy, and nothing says what it means"
    yield HIERARCHY_UNSTATED.at(
        codesystem.place("url"),
        message,
        severity=Severity.WARNING if severe else None,
        hint="state hierarchyMeaning: is-a, part-of, grouped-by or classified-with",
    )


def _count(codesystem: CodeSystem) -> Iterator[Diagnostic]:
    elements, concepts = codesystem.elements, len(codesystem.concepts)
    content, count = elements.get("content"), elements.get("count")
    place = codesystem.place("count")
    if content == "complete" and count is not None and count != concepts:
        message = f"count says {count:,}, the complete code system has {concepts:,} concepts"
        hint = "leave count out: it is stated by itself where content is complete"
        yield WRONG_COUNT.at(place, message, hint=hint, expression="CodeSystem.count")
    if content in {"fragment", "example"} and count is not None and concepts >= count:
        message = f"count says {count:,} in all, and the {content} has {concepts:,} already"
        yield SMALL_COUNT.at(place, message, expression="CodeSystem.count")


def _empty(codesystem: CodeSystem) -> Iterator[Diagnostic]:
    if codesystem.elements.get("content") == "complete" and not len(codesystem.concepts):
        message = "the code system is said to be complete, and has no concept"
        yield COMPLETE_AND_EMPTY.at(codesystem.place("content"), message)


def _not_present(codesystem: CodeSystem) -> Iterator[Diagnostic]:
    if codesystem.elements.get("content") != "not-present":
        return
    concepts = len(codesystem.concepts)
    if concepts:
        message = f"content says not-present, and the table has {concepts:,} concepts"
        yield NOT_PRESENT.at(codesystem.place("content"), message, expression="CodeSystem.content")


def _supplement(codesystem: CodeSystem) -> Iterator[Diagnostic]:
    elements = codesystem.elements
    supplement = elements.get("content") == "supplement"
    place = codesystem.place("content")
    if supplement and "supplements" not in elements:
        message = "content is supplement, and nothing says what is supplemented"
        yield BAD_SUPPLEMENT.at(place, message, hint="state supplements: its canonical URL")
    if not supplement and "supplements" in elements:
        message = f"supplements is stated, and content is {elements.get('content')}"
        yield BAD_SUPPLEMENT.at(place, message, hint="state content: supplement")
    if supplement and "caseSensitive" in elements:
        message = "a supplement has the caseSensitive of the code system it supplements"
        hint = "leave caseSensitive out"
        yield BAD_SUPPLEMENT.at(codesystem.place("caseSensitive"), message, hint=hint)


def _value_set(codesystem: CodeSystem) -> Iterator[Diagnostic]:
    content = codesystem.elements.get("content")
    if "valueSet" in codesystem.elements and content != "complete":
        message = f"valueSet is the set of all codes, and content is {content}"
        place = codesystem.place("valueSet")
        yield INCOMPLETE_VALUE_SET.at(place, message, expression="CodeSystem.valueSet")


CASE_UNSTATED = Rule(
    number="CS421",
    name="case-unstated",
    severity=Severity.INFORMATION,
    what="Nothing says whether codes that differ in case are different codes.",
    why="Servers then compare as they please. (A warning where HL7 defines the code system.)",
    fix="State caseSensitive: true or false.",
    breaks=Example(
        metadata="url: http://example.org/x\nstatus: draft\ncontent: complete\n",
        place=(METADATA, 1, 6),
    ),
    holds=Example(metadata=GOOD),
    source=f"{ELEMENTS}#CodeSystem.caseSensitive",
    official=(
        "CODESYSTEM_CS_NONHL7_MISSING_ELEMENT.caseSensitive",
        "CODESYSTEM_CS_HL7_MISSING_ELEMENT_SHOULD.caseSensitive",
    ),
    check=_case,
)
HIERARCHY_UNSTATED = Rule(
    number="CS422",
    name="hierarchy-unstated",
    severity=Severity.INFORMATION,
    what="Concepts are nested, and nothing says what that means.",
    why=(
        "Only is-a lets a server answer that one concept subsumes another. (A warning in R5, "
        "csd-2 and csd-3, and where HL7 defines the code system.)"
    ),
    fix="State hierarchyMeaning: is-a, part-of, grouped-by or classified-with.",
    breaks=Example(table=LEVELS, metadata=GOOD, place=(METADATA, 1, 6)),
    holds=Example(table=LEVELS, metadata=GOOD + "hierarchyMeaning: is-a\n"),
    source=f"{ELEMENTS}#CodeSystem.hierarchyMeaning",
    official=(
        "CODESYSTEM_CS_NONHL7_MISSING_ELEMENT.hierarchyMeaning",
        "CODESYSTEM_CS_HL7_MISSING_ELEMENT_SHOULD.hierarchyMeaning",
        "csd-2",
        "csd-3",
    ),
    check=_hierarchy,
)
WRONG_COUNT = Rule(
    number="CS423",
    name="wrong-count",
    severity=Severity.ERROR,
    what="The code system is complete, and count is not the number of its concepts.",
    why="One of the two is wrong, and a reader cannot know which.",
    fix="Leave count out (a build states it where content is complete), or correct it.",
    breaks=Example(metadata=GOOD + "count: 7\n", place=(METADATA, 5, 8)),
    holds=Example(metadata=GOOD + "count: 1\n"),
    source=f"{ELEMENTS}#CodeSystem.count",
    official=("CODESYSTEM_CS_COUNT_COMPLETE_WRONG",),
    check=_count,
)
SMALL_COUNT = Rule(
    number="CS424",
    name="small-count",
    severity=Severity.WARNING,
    what="A fragment or an example has as many concepts as count says there are in all, or more.",
    why="Then it is no fragment, or the count is wrong.",
    fix="State the number of concepts of the whole code system, or leave count out.",
    breaks=Example(
        metadata=GOOD.replace("complete", "fragment") + "count: 1\n", place=(METADATA, 5, 8)
    ),
    holds=Example(metadata=GOOD.replace("complete", "fragment") + "count: 2\n"),
    source=f"{ELEMENTS}#CodeSystem.count",
    official=("CODESYSTEM_CS_COUNT_FRAGMENT_WRONG",),
)
COMPLETE_AND_EMPTY = Rule(
    number="CS425",
    name="complete-and-empty",
    severity=Severity.WARNING,
    what="The code system is said to be complete, and has no concept.",
    why="A code system without a code is of no use; mostly the rows are missing.",
    fix="Add the concepts, or state content: not-present.",
    breaks=Example(table=NO_ROWS, metadata=GOOD, place=(METADATA, 4, 10)),
    holds=Example(table=NO_ROWS, metadata=GOOD.replace("complete", "not-present")),
    source=f"{ELEMENTS}#CodeSystem.content",
    official=("CODESYSTEM_CS_COMPLETE_AND_EMPTY",),
    check=_empty,
)
NOT_PRESENT = Rule(
    number="CS426",
    name="not-present",
    severity=Severity.ERROR,
    what="Content is said not to be present, and there are concepts.",
    why="The two contradict each other.",
    fix="State content: complete or fragment, or take the concepts out.",
    breaks=Example(metadata=GOOD.replace("complete", "not-present"), place=(METADATA, 4, 10)),
    holds=Example(table=NO_ROWS, metadata=GOOD.replace("complete", "not-present")),
    source=f"{ELEMENTS}#CodeSystem.content",
    official=("CODESYSTEM_CS_COUNT_NO_CONTENT_ALLOWED", "CODESYSTEM_CS_COUNT_NOTPRESENT_ZERO"),
    check=_not_present,
)
BAD_SUPPLEMENT = Rule(
    number="CS427",
    name="bad-supplement",
    severity=Severity.ERROR,
    what="Content, supplements and caseSensitive do not agree on whether this is a supplement.",
    why="A supplement adds to the codes of another code system, which it must name.",
    fix="State content: supplement and supplements: URL together, and no caseSensitive.",
    breaks=Example(
        metadata="url: http://example.org/x\nstatus: draft\ncontent: supplement\n",
        place=(METADATA, 3, 10),
    ),
    holds=Example(
        metadata="url: http://example.org/x\nstatus: draft\ncontent: supplement\n"
        "supplements: http://example.org/y\n"
    ),
    source=f"{ELEMENTS}#CodeSystem.supplements",
    official=(
        "CODESYSTEM_CS_SUPP_NO_SUPP",
        "CODESYSTEM_CS_HL7_PRESENT_ELEMENT_SUPPL_WRONG",
        "CODESYSTEM_CS_HL7_PRESENT_ELEMENT_SUPPL_MISSING",
        "CODESYSTEM_CS_HL7_PRESENT_ELEMENT_SUPPL",
        "csd-4",
    ),
    check=_supplement,
)
INCOMPLETE_VALUE_SET = Rule(
    number="CS428",
    name="incomplete-value-set",
    severity=Severity.INFORMATION,
    what="A value set of all codes is named for a code system that is not complete.",
    why="The value set can hold only the codes that are here.",
    fix="Leave valueSet out until content is complete.",
    breaks=Example(
        metadata=GOOD.replace("complete", "fragment") + "valueSet: http://example.org/vs\n",
        place=(METADATA, 5, 11),
    ),
    holds=Example(metadata=GOOD + "valueSet: http://example.org/vs\n"),
    source=f"{ELEMENTS}#CodeSystem.valueSet",
    official=("CODESYSTEM_CS_NO_VS_NOTCOMPLETE",),
    check=_value_set,
)

RULES = (
    CASE_UNSTATED,
    HIERARCHY_UNSTATED,
    WRONG_COUNT,
    SMALL_COUNT,
    COMPLETE_AND_EMPTY,
    NOT_PRESENT,
    BAD_SUPPLEMENT,
    INCOMPLETE_VALUE_SET,
)
