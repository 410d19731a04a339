"""Rules of what is to be published: by anybody, and by HL7."""

from fhir_codesystem.diagnostics import Severity
from fhir_codesystem.rules.resources import CONCEPT, code_system, published
from fhir_codesystem.rules.rule import RESOURCE, Example, Rule

SHAREABLE = "https://hl7.org/fhir/R5/shareablecodesystem.html"
EXTENSION = "http://hl7.org/fhir/StructureDefinition/structuredefinition"
STATED = (
    '"version": "1.0.0"',
    '"name": "Letters"',
    '"experimental": false',
    '"description": "Letters."',
    '"caseSensitive": true',
)
TITLE = '"title": "Letters"'
FULL = (TITLE, *STATED, CONCEPT)
GROUP = "http://www.hl7.org/Special/committees/Vocab"
HL7 = (
    f'"extension": [\n  {{"url": "{EXTENSION}-wg",\n   "valueCode": "vocab"}}]',
    '"publisher": "HL7 International / Terminology Infrastructure"',
    '"contact": [{"telecom": [\n  {"system": "url", "value": "' + GROUP + '"}]}]',
)


def _status(status: str) -> str:
    return code_system(
        f'"extension": [\n  {{"url": "{EXTENSION}-standards-status",\n   '
        f'"valueCode": "{status}"}}]',
        CONCEPT,
    )


def _labels(*codes: str) -> str:
    system = "http://acme.test/labels"
    labels = ",\n  ".join(f'{{"system": "{system}", "code": "{code}"}}' for code in codes)
    return code_system(f'"meta": {{"security": [\n  {labels}]}}', CONCEPT)


NOT_SHAREABLE = Rule(
    number="CS681",
    name="not-shareable",
    severity=Severity.WARNING,
    what="A code system that is to be published lacks what others need to share it.",
    why=(
        "The profile ShareableCodeSystem asks for url, version, title, status, experimental, "
        "description, content and caseSensitive, and for a name. (An error where HL7 publishes.)"
    ),
    fix="State the element.",
    breaks=Example(
        resource=code_system(*STATED, CONCEPT), place=(RESOURCE, 1, 1), publication=True
    ),
    holds=Example(resource=code_system(*FULL), publication=True),
    source=SHAREABLE,
    official=(
        "CODESYSTEM_SHAREABLE_MISSING",
        "CODESYSTEM_SHAREABLE_MISSING_HL7",
        "CODESYSTEM_SHAREABLE_EXTRA_MISSING",
        "CODESYSTEM_SHAREABLE_EXTRA_MISSING_HL7",
    ),
)
NO_WORK_GROUP = Rule(
    number="CS682",
    name="no-work-group",
    severity=Severity.ERROR,
    what="HL7 is to publish a code system, and its work group, publisher and contact do not agree.",
    why="HL7 names the group that is responsible in an extension, as publisher and as contact.",
    fix=f"State the extension {EXTENSION}-wg, and publisher and contact of that group.",
    breaks=Example(
        resource=published("http://hl7.org/fhir/CodeSystem/x", *FULL),
        place=(RESOURCE, 1, 1),
        publication=True,
    ),
    holds=Example(
        resource=published("http://hl7.org/fhir/CodeSystem/x", *HL7, *FULL), publication=True
    ),
    source=f"{EXTENSION}-wg",
    official=(
        "VALIDATION_HL7_WG_NEEDED",
        "VALIDATION_HL7_WG_UNKNOWN",
        "VALIDATION_HL7_WG_URL",
        "VALIDATION_HL7_PUBLISHER_MISSING",
        "VALIDATION_HL7_PUBLISHER_MISMATCH",
        "VALIDATION_HL7_PUBLISHER_MISMATCH2",
        "VALIDATION_HL7_PUBLISHER_MULTIPLE_WGS",
    ),
)
OUTSIDE_THO = Rule(
    number="CS683",
    name="outside-tho",
    severity=Severity.INFORMATION,
    what="A code system of HL7 has a URL outside terminology.hl7.org.",
    why="HL7 moves its code systems there in the end; a URL that is used cannot be changed.",
    fix="Consider http://terminology.hl7.org/CodeSystem/ID from the beginning.",
    breaks=Example(
        resource=published("http://hl7.org/acme/CodeSystem/x", *FULL),
        place=(RESOURCE, 2, 9),
        publication=True,
    ),
    holds=Example(
        resource=published("http://terminology.hl7.org/CodeSystem/x", *FULL), publication=True
    ),
    source="https://terminology.hl7.org/",
    official=("CODESYSTEM_THO_CHECK",),
)
STATUS_DISAGREES = Rule(
    number="CS684",
    name="status-disagrees",
    severity=Severity.WARNING,
    what=(
        "The status, the standards status and the description do not agree: a draft that is "
        "normative, a description that says deprecated of what is not."
    ),
    why="Readers go by the one or by the other.",
    fix="Correct the one that is wrong.",
    breaks=Example(resource=_status("normative"), place=(RESOURCE, 3, 12)),
    holds=Example(resource=_status("draft")),
    source=f"{EXTENSION}-standards-status",
    official=(
        "VALIDATION_VAL_STATUS_INCONSISTENT",
        "VALIDATION_VAL_STATUS_INCONSISTENT_HINT",
        "DESCRIPTION_SAYS_DEPRECATED",
    ),
)
REPEATED_LABEL = Rule(
    number="CS685",
    name="repeated-label",
    severity=Severity.ERROR,
    what="The same security label stands twice.",
    why="A label is there or not; twice says no more.",
    fix="Take one out.",
    breaks=Example(resource=_labels("secret", "secret"), place=(RESOURCE, 7, 3)),
    holds=Example(resource=_labels("secret", "internal")),
    source="https://hl7.org/fhir/R4/resource.html#Meta",
    official=("META_RES_SECURITY_DUPLICATE",),
)

DRAFT_OR_DEPRECATED = Rule(
    number="CS686",
    name="draft-or-deprecated",
    severity=Severity.INFORMATION,
    what="The resource uses a code system or a value set that is a draft, or deprecated.",
    why="A draft may change, and what is deprecated will go.",
    fix="Consider another one; or nothing, if it is meant.",
    breaks=Example(resource=_status("draft"), place=(RESOURCE, 7, 17), version="R5"),
    holds=Example(resource=code_system(CONCEPT)),
    source="https://hl7.org/fhir/R4/versions.html#std-process",
    official=("MSG_DRAFT", "MSG_DEPRECATED", "MSG_EXPERIMENTAL", "MSG_RETIRED", "MSG_WITHDRAWN"),
)

RULES = (
    NOT_SHAREABLE,
    NO_WORK_GROUP,
    OUTSIDE_THO,
    STATUS_DISAGREES,
    REPEATED_LABEL,
    DRAFT_OR_DEPRECATED,
)
