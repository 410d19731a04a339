"""Rules of codes from value sets that may be extended."""

from fhir_codesystem.diagnostics import Severity
from fhir_codesystem.rules.resources import code_system
from fhir_codesystem.rules.rule import RESOURCE, Example, Rule

CONCEPT = (
    '"concept": [{"code": "a", "display": "A", "designation": [\n  {"value": "Ah", "use":\n   '
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
        resource=code_system(
            CONCEPT + '{"system": "http://terminology.hl7.org/CodeSystem/v3-NullFlavor",'
            '\n    "code": "NI"}}]}]'
        ),
        place=(RESOURCE, 7, 4),
    ),
    holds=Example(
        resource=code_system(
            CONCEPT + '{"system": "http://terminology.hl7.org/CodeSystem/designation-usage",'
            '\n    "code": "display"}}]}]'
        ),
        version="R5",
    ),
    source="https://hl7.org/fhir/R4/terminologies.html#extensible",
    official=(
        "TERMINOLOGY_TX_NOVALID_17",
        "TERMINOLOGY_TX_NOVALID_2_CC",
        "TERMINOLOGY_TX_NOVALID_5",
    ),
)

RULES = (UNUSUAL_CODE,)
