"""Rules of supplements: what they add to, and whether they agree with it."""

from fhir_codesystem.diagnostics import Severity
from fhir_codesystem.rules.resources import published, supplement
from fhir_codesystem.rules.rule import RESOURCE, Example, Rule

SUPPLEMENTS = '"supplements": "http://acme.test/x"'
OF_ANOTHER = '"supplements": "http://acme.test/y"'
CONCEPT = '"concept": [{"code": "a", "designation": [{"language": "fr", "value": "Lettre A"}]}]'
OTHER_CONCEPT = CONCEPT.replace('"code": "a"', '"code": "b"')
BASE = {
    "CodeSystem-x.json": published(
        "http://acme.test/x",
        '"valueSet": "http://acme.test/x-all"',
        '"concept": [{"code": "a", "display": "A"}]',
    )
}
SOURCE = "https://hl7.org/fhir/R4/codesystem.html#supplements"
GOOD = Example(resource=supplement(SUPPLEMENTS, CONCEPT), package=BASE)
MOST = 1000
"""Concepts of a supplement that are compared with its base."""


def _many(number: int) -> str:
    codes = ",\n  ".join(f'{{"code": "{code}"}}' for code in range(number))
    return f'"concept": [\n  {codes}]'


UNKNOWN_BASE = Rule(
    number="CS661",
    name="unknown-base",
    severity=Severity.WARNING,
    what="The code system that is supplemented is not at hand.",
    why="Whether the supplement speaks of codes that exist cannot be checked.",
    fix="Give the package or the folder that holds it: --package.",
    breaks=Example(resource=supplement(OF_ANOTHER, CONCEPT), place=(RESOURCE, 5, 17)),
    holds=GOOD,
    source=SOURCE,
    official=("CODESYSTEM_CS_SUPP_CANT_CHECK",),
)
CODE_NOT_IN_BASE = Rule(
    number="CS662",
    name="code-not-in-base",
    severity=Severity.ERROR,
    what="A supplement has a concept whose code is not in the code system that it supplements.",
    why="A supplement adds to codes that are there; it cannot add codes.",
    fix="Correct the code, or put it into a code system of your own.",
    breaks=Example(
        resource=supplement(SUPPLEMENTS, OTHER_CONCEPT), package=BASE, place=(RESOURCE, 6, 14)
    ),
    holds=GOOD,
    source=SOURCE,
    official=("CODESYSTEM_CS_SUPP_INVALID_CODE",),
)
DIFFERS_FROM_BASE = Rule(
    number="CS663",
    name="differs-from-base",
    severity=Severity.WARNING,
    what=(
        "A supplement contradicts the code system that it supplements: another value set of all "
        "codes, number of concepts, meaning of the hierarchy or display."
    ),
    why=(
        "What the base says of itself holds for the supplement too. (An error for count and "
        "hierarchyMeaning, information for a display.)"
    ),
    fix="Leave out what the base states; state another display as a designation.",
    breaks=Example(
        resource=supplement(SUPPLEMENTS, '"valueSet": "http://acme.test/y-all"', CONCEPT),
        package=BASE,
        place=(RESOURCE, 1, 1),
    ),
    holds=GOOD,
    source=SOURCE,
    official=(
        "CODESYSTEM_CS_NO_VS_SUPPLEMENT1",
        "CODESYSTEM_CS_NO_VS_SUPPLEMENT2",
        "CODESYSTEM_CS_COUNT_SUPPLEMENT_WRONG",
        "CODESYSTEM_CS_SUPP_HIERARCHY_MEANING",
        "CODESYSTEM_SUPP_NO_DISPLAY",
    ),
)
UNCHECKED_SUPPLEMENT = Rule(
    number="CS664",
    name="unchecked-supplement",
    severity=Severity.INFORMATION,
    what="A supplement has more than a thousand concepts at its top.",
    why="The official validator then compares none of them with the base.",
    fix="Nothing need be done.",
    breaks=Example(
        resource=supplement(SUPPLEMENTS, _many(MOST + 1)),
        package={"CodeSystem-x.json": published("http://acme.test/x", _many(MOST + 1))},
        place=(RESOURCE, 5, 17),
    ),
    holds=GOOD,
    source=SOURCE,
    official=("CODESYSTEM_CS_SUPP_TOO_MANY_CODES",),
)

RULES = (UNKNOWN_BASE, CODE_NOT_IN_BASE, DIFFERS_FROM_BASE, UNCHECKED_SUPPLEMENT)
