"""Rules of codes that name a code system or come from a value set."""

from fhir_codesystem.diagnostics import Severity
from fhir_codesystem.rules.resources import CONCEPT, code_system
from fhir_codesystem.rules.rule import RESOURCE, Example, Rule

TERMINOLOGIES = "https://hl7.org/fhir/R4/terminologies.html"
CODING = "https://hl7.org/fhir/R4/datatypes.html#Coding"
LABEL = '"meta": {"security": [\n  '
CONTEXT = (
    '"useContext": [{"code": {\n'
    '  "system": "http://terminology.hl7.org/CodeSystem/usage-context-type",\n  '
)
VALUE = '"valueCodeableConcept": {"text": "any"}}]'
GOOD = Example(resource=code_system(CONCEPT))


def _with_use(use: str) -> str:
    designation = f'{{"value": "Ah", "use":\n   {use}}}'
    return code_system(
        f'"concept": [{{"code": "a", "display": "A", "designation": [\n  {designation}]}}]'
    )


UNUSUAL_CODE = Rule(
    number="CS631",
    name="unusual-code",
    severity=Severity.WARNING,
    what="A code is not in the value set from which its element takes codes if one fits.",
    why=(
        "The binding is extensible: another code is allowed only where the value set has none for "
        "what is meant, and readers know those of the value set."
    ),
    fix="Use a code of the value set, unless none of them fits.",
    breaks=Example(
        resource=_with_use('{"system": "urn:ietf:bcp:47", "code": "de"}'), place=(RESOURCE, 7, 4)
    ),
    holds=Example(
        resource=_with_use('{"system": "http://snomed.info/sct", "code": "900000000000013009"}')
    ),
    source=f"{TERMINOLOGIES}#extensible",
    official=(
        "TERMINOLOGY_TX_NOVALID_2_CC",
        "TERMINOLOGY_TX_NOVALID_5",
        "TERMINOLOGY_TX_NOVALID_13",
        "TERMINOLOGY_TX_NOVALID_17",
        "TERMINOLOGY_TX_CODE_VALUESET_EXT",
        "TERMINOLOGY_TX_CONFIRM_5",
    ),
)
UNCHECKED_CODE = Rule(
    number="CS632",
    name="unchecked-code",
    severity=Severity.WARNING,
    what="The code system or the value set of a code is not at hand.",
    why=(
        "Whether the code exists cannot be checked here; a terminology server may know. "
        "(Information where nothing hangs on it.)"
    ),
    fix="Check the system; give the package that defines it: --package FILE.tgz.",
    breaks=Example(
        resource=code_system(
            LABEL + '{"system": "http://acme.test/labels", "code": "l"}]}', CONCEPT
        ),
        place=(RESOURCE, 6, 14),
    ),
    holds=GOOD,
    source=TERMINOLOGIES,
    official=(
        "UNKNOWN_CODESYSTEM",
        "UNKNOWN_CODESYSTEM_VERSION",
        "UNKNOWN_CODESYSTEM_VERSION_NONE",
        "ERROR_VALIDATING_CODE_RUNNING_WITHOUT_TERMINOLOGY_SERVICES",
        "TERMINOLOGY_TX_BINDING_NOSERVER",
        "TERMINOLOGY_TX_NOVALID_15",
        "TERMINOLOGY_TX_VALUESET_NOTFOUND",
        "UNABLE_TO_VALIDATE_CODE_WITHOUT_USING_SERVER",
        "VALUESET_INC_NO_SERVER",
    ),
)
BAD_SYSTEM = Rule(
    number="CS633",
    name="bad-system",
    severity=Severity.WARNING,
    what="A coding has no system, or one that cannot be that of a code system.",
    why=(
        "A code means something in its code system alone. (An error where the system is not "
        "absolute, or names a value set.)"
    ),
    fix="State the canonical URL of the code system.",
    breaks=Example(
        resource=code_system(LABEL + '{"code": "l"}]}', CONCEPT), place=(RESOURCE, 6, 3)
    ),
    holds=GOOD,
    source=CODING,
    official=(
        "TERMINOLOGY_TX_SYSTEM_NO_CODE",
        "CODING_HAS_NO_SYSTEM__CANNOT_VALIDATE",
        "TERMINOLOGY_TX_SYSTEM_RELATIVE",
        "TERMINOLOGY_TX_SYSTEM_INVALID",
        "TERMINOLOGY_TX_SYSTEM_UNKNOWN",
        "TERMINOLOGY_TX_SYSTEM_VALUESET2",
    ),
)
NOT_IN_CODE_SYSTEM = Rule(
    number="CS634",
    name="not-in-code-system",
    severity=Severity.ERROR,
    what="A coding has a code that its code system does not have, or not with that display.",
    why="One of system, code and display is wrong, and readers cannot know which.",
    fix="Correct the code; leave the display out, or write it as the code system does.",
    breaks=Example(
        resource=code_system(CONTEXT + '"code": "age", "display": "Years"}, ' + VALUE, CONCEPT),
        place=(RESOURCE, 7, 29),
    ),
    holds=Example(resource=code_system(CONTEXT + '"code": "age"}, ' + VALUE, CONCEPT)),
    source=CODING,
    official=(
        "UNKNOWN_CODE_IN",
        "UNKNOWN_CODE_IN_VERSION",
        "DISPLAY_NAME_FOR__SHOULD_BE_ONE_OF__INSTEAD_OF",
        "DISPLAY_NAME_WS_FOR__SHOULD_BE_ONE_OF__INSTEAD_OF",
    ),
)

RULES = (UNUSUAL_CODE, UNCHECKED_CODE, BAD_SYSTEM, NOT_IN_CODE_SYSTEM)
