"""Rules of resources that stand inside another one."""

from fhir_codesystem.diagnostics import Severity
from fhir_codesystem.rules.resources import CONCEPT, code_system
from fhir_codesystem.rules.rule import RESOURCE, Example, Rule

SOURCE = "https://hl7.org/fhir/R4/references.html#contained"
INVARIANTS = "https://hl7.org/fhir/R4/domainresource.html#invs"
VALUE_SET = '{"resourceType": "ValueSet", "id": "vs", "status": "draft"'
BASE = (
    '{"resourceType": "CodeSystem", "id": "cs", "url": "http://example.org/y",\n'
    '   "status": "draft", "content": "not-present", "caseSensitive": true}'
)
ALL_CODES = '"valueSet": "#vs"'
LINK = '"extension": [{"url": "http://acme.test/base", "valueCanonical": "#cs"}]'


def _containing(resource: str, *members: str) -> str:
    return code_system(f'"contained": [\n  {resource}]', *members, CONCEPT)


BAD_CONTAINED = Rule(
    number="CS651",
    name="bad-contained",
    severity=Severity.ERROR,
    what=(
        "A contained resource contains another one, or has a version, a time of change or a "
        "security label of its own; or it has no id."
    ),
    why="It has no life of its own: it comes and goes with the resource around it.",
    fix="Contain both side by side; take versionId, lastUpdated and security out; state an id.",
    breaks=Example(
        resource=_containing(VALUE_SET + ', "meta": {"versionId": "1"}}', ALL_CODES),
        place=(RESOURCE, 1, 1),
    ),
    holds=Example(resource=_containing(VALUE_SET + "}", ALL_CODES)),
    source=INVARIANTS,
    official=("dom-2", "dom-4", "dom-5", "RESOURCE_RES_ID_MISSING"),
)
UNUSED_CONTAINED = Rule(
    number="CS652",
    name="unused-contained",
    severity=Severity.ERROR,
    what="Nothing refers to a contained resource.",
    why="A contained resource is there to be referred to; alone it says nothing (dom-3).",
    fix="Refer to it by #id, or take it out.",
    breaks=Example(resource=_containing(VALUE_SET + "}"), place=(RESOURCE, 6, 3)),
    holds=Example(resource=_containing(VALUE_SET + "}", ALL_CODES)),
    source=INVARIANTS,
    official=("CONTAINED_ORPHAN_DOM3",),
)
CONTAINED_CODE_SYSTEM = Rule(
    number="CS653",
    name="contained-code-system",
    severity=Severity.INFORMATION,
    what="A code system stands inside another resource.",
    why="Codings name a code system by its URL, which finds no contained one.",
    fix="Publish it as a resource of its own.",
    breaks=Example(resource=_containing(BASE, LINK), place=(RESOURCE, 6, 3)),
    holds=Example(resource=code_system(CONCEPT)),
    source=SOURCE,
    official=("CODESYSTEM_NOT_CONTAINED",),
)

BROKEN_REFERENCE = Rule(
    number="CS654",
    name="broken-reference",
    severity=Severity.ERROR,
    what="A reference names a contained resource that is not there, or one of a wrong type.",
    why="What begins with # is inside this resource, or nowhere (ref-1).",
    fix="Contain the resource that is meant, or correct its id.",
    breaks=Example(resource=code_system(ALL_CODES, CONCEPT), place=(RESOURCE, 5, 14)),
    holds=Example(resource=_containing(VALUE_SET + "}", ALL_CODES)),
    source=SOURCE,
    official=(
        "TYPE_SPECIFIC_CHECKS_DT_URL_INTERNAL",
        "TYPE_SPECIFIC_CHECKS_DT_URL_INTERNAL_WARN",
        "TYPE_SPECIFIC_CHECKS_DT_CANONICAL_TYPE",
        "REFERENCE_REF_CANTRESOLVE",
        "REFERENCE_REF_INVALID_REF",
        "REFERENCE_REF_WRONGTARGET",
        "REFERENCE_REF_BADTARGETTYPE",
        "REFERENCE_REF_NODISPLAY",
        "DETAILS_FOR__MATCHING_AGAINST_PROFILE_",
        "ref-1",
        "ref-2",
    ),
)

RULES = (BAD_CONTAINED, UNUSED_CONTAINED, CONTAINED_CODE_SYSTEM, BROKEN_REFERENCE)
