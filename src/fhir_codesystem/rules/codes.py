"""Rules of the concepts of a resource: repeated codes, what they refer to, designations."""

from fhir_codesystem.diagnostics import Severity
from fhir_codesystem.rules.resources import code_system
from fhir_codesystem.rules.rule import RESOURCE, Example, Rule

DEFINITIONS = "https://hl7.org/fhir/R4/codesystem-definitions.html"
PARENT = (
    '"property": [{"code": "parent", "type": "code",\n'
    '   "uri": "http://hl7.org/fhir/concept-properties#parent"}]'
)


def _two(second: str) -> str:
    return f'"concept": [{{"code": "a", "display": "A"}},\n  {second}]'


def _with_property(member: str) -> str:
    return _two(f'{{"code": "b", "display": "B", "property": [\n   {member}]}}')


DECLARED = Example(
    resource=code_system(
        '"property": [\n  {"code": "rank", "type": "integer"}]',
        _with_property('{"code": "rank", "valueInteger": 1}'),
    )
)

REPEATED_CODE = Rule(
    number="CS671",
    name="repeated-code",
    severity=Severity.ERROR,
    what="Two concepts of the resource have the same code.",
    why=(
        "A code is defined once in a code system (csd-1); which of the two is meant cannot be "
        "known. (Repeated rows of a table are merged where they agree: CS211 to CS216.)"
    ),
    fix="Make them one concept, or give one of them another code.",
    breaks=Example(
        resource=code_system(_two('{"code": "a", "display": "Ah"}')), place=(RESOURCE, 6, 3)
    ),
    holds=Example(resource=code_system(_two('{"code": "b", "display": "B"}'))),
    source="https://hl7.org/fhir/R4/codesystem.html#invs",
    official=("CODESYSTEM_DUPLICATE_CODE", "csd-1"),
)
UNKNOWN_CODE_NAMED = Rule(
    number="CS672",
    name="unknown-code-named",
    severity=Severity.ERROR,
    what="A property names a code that is not in this code system, or not in its value set.",
    why=(
        "The property leads nowhere: the parent, for one, does not exist. (A warning for "
        "properties that are not known to hold codes of this code system.)"
    ),
    fix="Correct the code, or define it.",
    breaks=Example(
        resource=code_system(PARENT, _with_property('{"code": "parent", "valueCode": "z"}')),
        place=(RESOURCE, 9, 4),
    ),
    holds=Example(
        resource=code_system(PARENT, _with_property('{"code": "parent", "valueCode": "a"}'))
    ),
    source="https://hl7.org/fhir/R4/codesystem-concept-properties.html",
    official=(
        "CODESYSTEM_PROPERTY_BAD_INTERNAL_REFERENCE",
        "CODESYSTEM_PROPERTY_BAD_PROPERTY_CODE",
    ),
)
SYNONYM_IS_NO_CODE = Rule(
    number="CS673",
    name="synonym-is-no-code",
    severity=Severity.WARNING,
    what="The property synonym names something that is no code of this code system.",
    why="That property names another code that means the same; another word is a designation.",
    fix="State the word as a designation, or correct the code.",
    breaks=Example(
        resource=code_system(_with_property('{"code": "synonym", "valueCode": "bee"}')),
        place=(RESOURCE, 7, 4),
    ),
    holds=Example(
        resource=code_system(_with_property('{"code": "synonym", "valueCode": "a"}')),
    ),
    source="https://hl7.org/fhir/R5/codesystem-concept-properties.html",
    official=("CODESYSTEM_PROPERTY_SYNONYM_CHECK",),
)
SECOND_DISPLAY = Rule(
    number="CS674",
    name="second-display",
    severity=Severity.WARNING,
    what="A designation without a use, in the language of the display, is not the display.",
    why="It says to be the display in that language, and the display is there already.",
    fix="State its use (synonym, for one) or its language, or make the two equal.",
    breaks=Example(
        resource=code_system(
            _two('{"code": "b", "display": "B", "designation": [\n   {"value": "Bee"}]}')
        ),
        place=(RESOURCE, 7, 4),
    ),
    holds=Example(
        resource=code_system(
            '"language": "en"',
            _two(
                '{"code": "b", "display": "B", "designation": [\n'
                '   {"language": "fr", "value": "B\\u00e9"}]}'
            ),
        )
    ),
    source=f"{DEFINITIONS}#CodeSystem.concept.designation",
    official=(
        "CODESYSTEM_DESIGNATION_DISP_CLASH_NO_LANG",
        "CODESYSTEM_DESIGNATION_DISP_CLASH_LANG",
    ),
)
UNDECLARED_PROPERTY = Rule(
    number="CS676",
    name="undeclared-property",
    severity=Severity.WARNING,
    what="A concept has a property that the code system does not declare.",
    why="Nothing says what it means and of which type it is, so most tools pass it over.",
    fix="Declare it in CodeSystem.property, with its type and URI.",
    breaks=Example(
        resource=code_system(_with_property('{"code": "rank", "valueInteger": 1}')),
        place=(RESOURCE, 7, 4),
    ),
    holds=DECLARED,
    source=f"{DEFINITIONS}#CodeSystem.concept.property.code",
    official=("CODESYSTEM_PROPERTY_UNDEFINED",),
)
UNRESOLVED_PROPERTY = Rule(
    number="CS677",
    name="unresolved-property",
    severity=Severity.WARNING,
    what=(
        "The URI of a property points into a code system that is not at hand, or that has no such "
        "property."
    ),
    why="What the property means cannot be looked up.",
    fix="Correct the URI, or give the package that defines it: --package FILE.tgz.",
    breaks=Example(
        resource=code_system(
            '"property": [\n  {"code": "rank", "type": "integer",\n'
            '   "uri": "http://acme.test/p#rank"}]',
            _two('{"code": "b", "display": "B"}'),
        ),
        place=(RESOURCE, 6, 3),
    ),
    holds=DECLARED,
    source=f"{DEFINITIONS}#CodeSystem.property.uri",
    official=("CODESYSTEM_PROPERTY_URI_UNKNOWN_BASE", "CODESYSTEM_PROPERTY_URI_INVALID"),
)
UNCHECKED_CODES = Rule(
    number="CS678",
    name="unchecked-codes",
    severity=Severity.INFORMATION,
    what="A property holds codes, and nothing at hand says of which value set.",
    why="They are taken for codes of this code system. (A warning for a value set not at hand.)",
    fix="State the value set with the extension codesystem-property-valueset.",
    breaks=Example(
        resource=code_system(
            '"property": [\n  {"code": "kind", "type": "code"}]',
            _two('{"code": "b", "display": "B"}'),
        ),
        place=(RESOURCE, 6, 3),
    ),
    holds=DECLARED,
    source=f"{DEFINITIONS}#CodeSystem.property.type",
    official=(
        "CODESYSTEM_PROPERTY_CODE_DEFAULT_WARNING",
        "CODESYSTEM_PROPERTY_CODE_WARNING",
        "CODESYSTEM_PROPERTY_VALUESET_NOT_FOUND",
    ),
)

RULES = (
    REPEATED_CODE,
    UNKNOWN_CODE_NAMED,
    SYNONYM_IS_NO_CODE,
    SECOND_DISPLAY,
    UNDECLARED_PROPERTY,
    UNRESOLVED_PROPERTY,
    UNCHECKED_CODES,
)
