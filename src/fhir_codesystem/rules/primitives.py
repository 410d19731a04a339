"""Rules of single values: years, texts that hold markup, directions, identifiers, links."""

from fhir_codesystem.diagnostics import Severity
from fhir_codesystem.rules.resources import CONCEPT, code_system
from fhir_codesystem.rules.rule import RESOURCE, Example, Rule

TYPES = "https://hl7.org/fhir/R4/datatypes.html"
GOOD = Example(resource=code_system('"publisher": "ACME"', CONCEPT))

ODD_YEAR = Rule(
    number="CS621",
    name="odd-year",
    severity=Severity.WARNING,
    what="A date lies before 1800, or more than 80 years ahead.",
    why="Such a year is mostly a slip of the keyboard.",
    fix="Correct the year, if it is not meant.",
    breaks=Example(resource=code_system('"date": "0202-10-14"', CONCEPT), place=(RESOURCE, 5, 10)),
    holds=Example(resource=code_system('"date": "2020-10-14"', CONCEPT)),
    source=f"{TYPES}#dateTime",
    official=("TYPE_SPECIFIC_CHECKS_DT_DATETIME_REASONABLE",),
)
MARKUP_IN_TEXT = Rule(
    number="CS622",
    name="markup-in-text",
    severity=Severity.INFORMATION,
    what="A text holds what looks like a tag of HTML.",
    why=(
        "A page that shows the text without escaping it would run the tag. (A warning in "
        "Markdown, where HTML may be meant.)"
    ),
    fix="Take the tag out, or write < as a word.",
    breaks=Example(
        resource=code_system('"publisher": "<b>ACME</b>"', CONCEPT), place=(RESOURCE, 5, 15)
    ),
    holds=GOOD,
    source="https://hl7.org/fhir/R4/security.html#narrative",
    official=(
        "SECURITY_STRING_CONTENT_WARNING",
        "SECURITY_STRING_CONTENT_ERROR",
        "TYPE_SPECIFIC_CHECKS_DT_MARKDOWN_HTML",
    ),
)
OPEN_DIRECTION = Rule(
    number="CS623",
    name="open-direction",
    severity=Severity.WARNING,
    what="A text turns the direction of writing and does not turn it back.",
    why="What follows is shown in another order than it is stored, and can pass for another text.",
    fix="Take the control character out, or close it (U+202C, U+2069).",
    breaks=Example(
        resource=code_system('"publisher": "ACME \\u202eDTL"', CONCEPT), place=(RESOURCE, 5, 15)
    ),
    holds=GOOD,
    source="https://www.unicode.org/reports/tr9/#Explicit_Directional_Embeddings",
    official=("UNICODE_BIDI_CONTROLS_CHARS_MATCH", "UNICODE_BIDI_CONTROLS_CHARS_DISALLOWED"),
)
IDENTIFIER_IS_NO_URI = Rule(
    number="CS624",
    name="identifier-is-no-uri",
    severity=Severity.ERROR,
    what=(
        "An identifier of the system urn:ietf:rfc:3986 has a value that is no absolute URI; or the "
        "system itself is none."
    ),
    why="That system says that the value is itself a URI; and a system is a URI, always.",
    fix="Write the whole URI (urn:oid:1.2.3), or state the system to which the value belongs.",
    breaks=Example(
        resource=code_system(
            '"identifier": [\n  {"system": "urn:ietf:rfc:3986", "value": "1.2.3"}]', CONCEPT
        ),
        place=(RESOURCE, 6, 3),
    ),
    holds=Example(
        resource=code_system(
            '"identifier": [\n  {"system": "urn:ietf:rfc:3986", "value": "urn:oid:1.2.3"}]', CONCEPT
        )
    ),
    source=f"{TYPES}#Identifier",
    official=(
        "TYPE_SPECIFIC_CHECKS_DT_IDENTIFIER_IETF_SYSTEM_VALUE",
        "TYPE_SPECIFIC_CHECKS_DT_IDENTIFIER_IETF_SYSTEM_WRONG_1",
        "TYPE_SPECIFIC_CHECKS_DT_IDENTIFIER_IETF_SYSTEM_WRONG_2",
        "TYPE_SPECIFIC_CHECKS_DT_IDENTIFIER_IETF_SYSTEM_WRONG_3",
        "TYPE_SPECIFIC_CHECKS_DT_IDENTIFIER_SYSTEM",
    ),
)
UNRESOLVED_URL = Rule(
    number="CS625",
    name="unresolved-url",
    severity=Severity.INFORMATION,
    what="No definition is at hand for a URL that names one.",
    why=(
        "What it names cannot be checked. (An error in the namespaces of HL7, where it must exist; "
        "a warning for a URI that is no canonical URL.)"
    ),
    fix="Correct the URL, or give the package that defines it: --package FILE.tgz.",
    breaks=Example(
        resource=code_system('"valueSet": "http://acme.test/vs"', CONCEPT), place=(RESOURCE, 5, 14)
    ),
    holds=Example(resource=code_system(CONCEPT)),
    source="https://hl7.org/fhir/R4/references.html#canonical",
    official=(
        "TYPE_SPECIFIC_CHECKS_DT_URL_RESOLVE",
        "TYPE_SPECIFIC_CHECKS_DT_CANONICAL_RESOLVE",
        "TYPE_SPECIFIC_CHECKS_DT_CANONICAL_RESOLVE_NC",
        "TYPE_SPECIFIC_CHECKS_DT_URL_WRONG_HTTPS",
    ),
)
EXAMPLE_URL = Rule(
    number="CS626",
    name="example-url",
    severity=Severity.ERROR,
    what="A URL that names a definition is one of example.org or acme.com.",
    why="These names are for examples; nothing is to be found there, ever.",
    fix="Write the URL that is meant.",
    breaks=Example(
        resource=code_system('"valueSet": "http://example.org/vs"', CONCEPT),
        place=(RESOURCE, 5, 14),
    ),
    holds=Example(resource=code_system('"valueSet": "http://acme.test/vs"', CONCEPT)),
    source="https://www.rfc-editor.org/rfc/rfc2606",
    official=("TYPE_SPECIFIC_CHECKS_DT_URL_EXAMPLE",),
)

RULES = (
    ODD_YEAR,
    MARKUP_IN_TEXT,
    OPEN_DIRECTION,
    IDENTIFIER_IS_NO_URI,
    UNRESOLVED_URL,
    EXAMPLE_URL,
)
