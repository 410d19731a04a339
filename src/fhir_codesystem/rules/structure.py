"""Rules of the elements of a resource: empty ones, repeated ones, their order."""

from fhir_codesystem.diagnostics import Severity
from fhir_codesystem.rules.resources import CONCEPT, code_system, xml
from fhir_codesystem.rules.rule import RESOURCE, XML_RESOURCE, Example, Rule

URL = '<url value="http://example.org/x"/>'
STATUS = '<status value="draft"/>'
PUBLISHER = '<publisher value="ACME"/>'
REST = ('<content value="complete"/>', '<concept><code value="a"/><display value="A"/></concept>')


def _with_ids(first: str, second: str) -> str:
    return code_system(
        f'"concept": [{{"id": "{first}", "code": "a", "display": "A"}},\n'
        f'  {{"id": "{second}", "code": "b", "display": "B"}}]'
    )


EMPTY_VALUE = Rule(
    number="CS611",
    name="empty-value",
    severity=Severity.ERROR,
    what='An element is there and empty: "", {}, [], or null in an array.',
    why="An element that says nothing is left out; readers cannot tell what it was to say.",
    fix="Give it a value, or take the element out.",
    breaks=Example(resource=code_system(CONCEPT, '"contact": []'), place=(RESOURCE, 6, 13)),
    holds=Example(resource=code_system(CONCEPT)),
    source="https://hl7.org/fhir/R4/element.html#invs",
    official=(
        "ARRAY_CANNOT_BE_EMPTY",
        "OBJECT_MUST_HAVE_SOME_CONTENT",
        "ELEMENT_MUST_HAVE_SOME_CONTENT",
        "JSON_PROPERTY_INVALID_ARRAY",
        "TYPE_SPECIFIC_CHECKS_DT_PRIMITIVE_NOTEMPTY",
        "TYPE_SPECIFIC_CHECKS_DT_PRIMITIVE_VALUEEXT",
        "ele-1",
    ),
)
TOO_MANY_VALUES = Rule(
    number="CS612",
    name="too-many-values",
    severity=Severity.ERROR,
    what="An element stands more often than its definition allows.",
    why="Readers take the first or the last, and nobody knows which.",
    fix="Keep one of them.",
    breaks=Example(
        resource=xml(URL, STATUS, PUBLISHER, PUBLISHER, *REST), place=(XML_RESOURCE, 5, 2)
    ),
    holds=Example(resource=xml(URL, STATUS, PUBLISHER, *REST)),
    source="https://hl7.org/fhir/R4/conformance-rules.html#cardinality",
    official=("VALIDATION_VAL_PROFILE_MAXIMUM",),
)
WRONG_ORDER = Rule(
    number="CS613",
    name="wrong-order",
    severity=Severity.ERROR,
    what="Elements in XML do not stand in the order of their definition.",
    why="FHIR's XML has a fixed order, which its schemas enforce. (JSON has none.)",
    fix="Put the elements into the order of the specification.",
    breaks=Example(resource=xml(STATUS, URL, *REST), place=(XML_RESOURCE, 3, 2)),
    holds=Example(resource=xml(URL, STATUS, *REST)),
    source="https://hl7.org/fhir/R4/xml.html",
    official=("VALIDATION_VAL_PROFILE_OUTOFORDER",),
)

REPEATED_ID = Rule(
    number="CS614",
    name="repeated-id",
    severity=Severity.ERROR,
    what="Two elements, or two contained resources, have the same id.",
    why="What refers to the id means one of them.",
    fix="Give one of them another id, or take the ids out.",
    breaks=Example(resource=_with_ids("x", "x"), place=(RESOURCE, 6, 3)),
    holds=Example(resource=_with_ids("x", "y")),
    source="https://hl7.org/fhir/R4/element.html#id",
    official=("DUPLICATE_ID", "RESOURCE_DUPLICATE_CONTAINED_ID"),
)

RULES = (EMPTY_VALUE, TOO_MANY_VALUES, WRONG_ORDER, REPEATED_ID)
