"""Rules of elements that must agree with one another: invariants of the data types."""

from fhir_codesystem.diagnostics import Severity
from fhir_codesystem.rules.resources import CONCEPT, code_system
from fhir_codesystem.rules.rule import RESOURCE, Example, Rule

R4 = "https://hl7.org/fhir/R4"
R5 = "https://hl7.org/fhir/R5"
TELECOM = '"contact": [{"telecom": [\n  '
IDENTIFIER = '"identifier": [\n  '
DESIGNATION = '"concept": [{"code": "a", "display": "A", "designation": [\n  {"value": "Ah",\n   '
USE = '{"system": "http://acme.test/use", "code": "u"}'
JURISDICTION = '"jurisdiction": [{"coding": [\n  '
CONTEXT = (
    '"useContext": [{"code": {\n'
    '  "system": "http://terminology.hl7.org/CodeSystem/usage-context-type",\n'
    '  "code": "age"}, "valueQuantity":\n  '
)

CONTACT_WITHOUT_SYSTEM = Rule(
    number="CS641",
    name="contact-without-system",
    severity=Severity.ERROR,
    what="A contact has a value, and nothing says whether that is a phone, an email or a page.",
    why="A number alone cannot be dialled, and an address not be opened (cpt-2).",
    fix="State system: phone, fax, email, pager, url, sms or other.",
    breaks=Example(
        resource=code_system(TELECOM + '{"value": "help@acme.test"}]}]', CONCEPT),
        place=(RESOURCE, 6, 3),
    ),
    holds=Example(
        resource=code_system(TELECOM + '{"system": "email", "value": "help@acme.test"}]}]', CONCEPT)
    ),
    source=f"{R4}/datatypes.html#ContactPoint",
    official=("cpt-2",),
)
BACKWARD_PERIOD = Rule(
    number="CS642",
    name="backward-period",
    severity=Severity.ERROR,
    what="A period ends before it starts.",
    why="No time lies in such a period (per-1).",
    fix="Correct start or end.",
    breaks=Example(
        resource=code_system(
            IDENTIFIER + '{"value": "1", "period":\n   '
            '{"start": "2021-01-01", "end": "2020-01-01"}}]',
            CONCEPT,
        ),
        place=(RESOURCE, 7, 4),
    ),
    holds=Example(
        resource=code_system(
            IDENTIFIER + '{"value": "1", "period":\n   '
            '{"start": "2020-01-01", "end": "2021-01-01"}}]',
            CONCEPT,
        )
    ),
    source=f"{R4}/datatypes.html#Period",
    official=("per-1",),
)
ADDITIONAL_USE_ALONE = Rule(
    number="CS643",
    name="additional-use-alone",
    severity=Severity.ERROR,
    what="R5: a designation has an additional use, and no use.",
    why="The additional uses add to the first one, which is use (csd-5).",
    fix="State the first use as use.",
    breaks=Example(
        resource=code_system(DESIGNATION + f'"additionalUse": [{USE}]}}]}}]'),
        place=(RESOURCE, 6, 3),
        version="R5",
    ),
    holds=Example(resource=code_system(DESIGNATION + f'"use": {USE}}}]}}]'), version="R5"),
    source=f"{R5}/codesystem.html#invs",
    official=("csd-5",),
)
IDENTIFIER_WITHOUT_VALUE = Rule(
    number="CS644",
    name="identifier-without-value",
    severity=Severity.WARNING,
    what="R5: an identifier has no value.",
    why="A system or a type alone identifies nothing (ident-1).",
    fix="State the value, or take the identifier out.",
    breaks=Example(
        resource=code_system(IDENTIFIER + '{"system": "urn:ietf:rfc:3986"}]', CONCEPT),
        place=(RESOURCE, 6, 3),
        version="R5",
    ),
    holds=Example(
        resource=code_system(
            IDENTIFIER + '{"system": "urn:ietf:rfc:3986", "value": "urn:oid:1.2.3"}]', CONCEPT
        ),
        version="R5",
    ),
    source=f"{R5}/datatypes.html#Identifier",
    official=("ident-1",),
)
DISPLAY_WITHOUT_CODE = Rule(
    number="CS645",
    name="display-without-code",
    severity=Severity.WARNING,
    what="R5: a coding has a display, and no code.",
    why="The display is that of a code; a text alone goes into CodeableConcept.text (cod-1).",
    fix="State the code, or move the display to text.",
    breaks=Example(
        resource=code_system(JURISDICTION + '{"display": "Here"}]}]', CONCEPT),
        place=(RESOURCE, 6, 3),
        version="R5",
    ),
    holds=Example(
        resource=code_system('"jurisdiction": [{"text": "Here"}]', CONCEPT), version="R5"
    ),
    source=f"{R5}/datatypes.html#Coding",
    official=("cod-1",),
)

OTHER_INVARIANT = Rule(
    number="CS649",
    name="other-invariant",
    severity=Severity.ERROR,
    what="Another invariant of a data type, or of a contained resource, does not hold.",
    why="The specification demands that these elements agree; the message names the invariant.",
    fix="Correct the elements as the message says.",
    breaks=Example(
        resource=code_system(CONTEXT + '{"value": 1, "code": "mg"}}]', CONCEPT),
        place=(RESOURCE, 8, 3),
    ),
    holds=Example(
        resource=code_system(CONTEXT + '{"value": 1, "unit": "milligram"}}]', CONCEPT),
    ),
    source=f"{R4}/datatypes.html",
    official=("qty-3", "att-1", "org-1", "vsd-0", "TYPE_SPECIFIC_CHECKS_DT_ATT_NO_CONTENT"),
)

RULES = (
    CONTACT_WITHOUT_SYSTEM,
    BACKWARD_PERIOD,
    ADDITIONAL_USE_ALONE,
    IDENTIFIER_WITHOUT_VALUE,
    DISPLAY_WITHOUT_CODE,
    OTHER_INVARIANT,
)
