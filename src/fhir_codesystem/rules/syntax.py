"""Rules of the text of a resource: its JSON and its XML."""

from fhir_codesystem.diagnostics import Severity
from fhir_codesystem.rules.resources import CONCEPT, code_system, xml
from fhir_codesystem.rules.rule import RESOURCE, XML_RESOURCE, Example, Rule

JSON = "https://hl7.org/fhir/R4/json.html"
ELEMENTS = ('<url value="http://example.org/x"/>', '<status value="draft"/>')
CONTENT = '<content value="complete"/>'
CONCEPTS = '<concept><code value="a"/><display value="A"/></concept>'

LENIENT_JSON = Rule(
    number="CS601",
    name="lenient-json",
    severity=Severity.ERROR,
    what=(
        "The JSON holds what only lenient readers take: a comment, a comma too many or too few, "
        "a name or a value without quotes."
    ),
    why="JSON knows none of these, so most readers refuse the file, whatever others make of it.",
    fix="Take out comments and spare commas; put names and texts in double quotes.",
    breaks=Example(resource=code_system("// so far\n " + CONCEPT), place=(RESOURCE, 5, 2)),
    holds=Example(resource=code_system(CONCEPT)),
    source=f"{JSON}#json",
    official=(
        "JSON_COMMENTS_NOT_ALLOWED",
        "JSON_COMMA_EXTRA",
        "JSON_COMMA_MISSING",
        "JSON_PROPERTY_NO_QUOTES",
        "JSON_PROPERTY_VALUE_NO_QUOTES",
    ),
)
NO_RESOURCE_TYPE = Rule(
    number="CS602",
    name="no-resource-type",
    severity=Severity.ERROR,
    what="A resource does not say of which type it is, or names a type that FHIR does not have.",
    why="Nothing else says by which definition it is to be read.",
    fix='State "resourceType": "CodeSystem" first.',
    breaks=Example(
        resource='{"url": "http://example.org/x",\n "status": "draft",\n "content": "complete"}\n',
        place=(RESOURCE, 1, 1),
    ),
    holds=Example(resource=code_system(CONCEPT)),
    source=f"{JSON}#resources",
    official=(
        "UNABLE_TO_FIND_RESOURCETYPE_PROPERTY",
        "RESOURCETYPE_PROPERTY_WRONG_TYPE",
        "THIS_CANNOT_BE_PARSED_AS_A_FHIR_OBJECT_NO_NAME",
        "THIS_DOES_NOT_APPEAR_TO_BE_A_FHIR_RESOURCE_UNKNOWN_NAME_",
        "THIS_DOES_NOT_APPEAR_TO_BE_A_FHIR_RESOURCE_UNKNOWN_NAMESPACENAME_",
        "CONTAINED_RESOURCE_DOES_NOT_APPEAR_TO_BE_A_FHIR_RESOURCE_UNKNOWN_NAME_",
    ),
)
FOREIGN_XML = Rule(
    number="CS603",
    name="foreign-xml",
    severity=Severity.ERROR,
    what=(
        "The XML holds what FHIR has no use for: text between elements, an element of another "
        "namespace, a processing instruction, a CDATA section; or it is not in UTF-8."
    ),
    why="FHIR puts every value into an attribute; what stands elsewhere is lost.",
    fix="Move the text into the attribute value of its element, or take it out.",
    breaks=Example(
        resource=xml(*ELEMENTS, CONTENT, "so far", CONCEPTS), place=(XML_RESOURCE, 5, 2)
    ),
    holds=Example(resource=xml(*ELEMENTS, CONTENT, CONCEPTS)),
    source="https://hl7.org/fhir/R4/xml.html",
    official=(
        "TEXT_SHOULD_NOT_BE_PRESENT",
        "CDATA_IS_NOT_ALLOWED",
        "NODE_TYPE__IS_NOT_ALLOWED",
        "NO_PROCESSING_INSTRUCTIONS_ALLOWED_IN_RESOURCES",
        "WRONG_NAMESPACE__EXPECTED_",
        "XML_ENCODING_INVALID",
    ),
)

RULES = (LENIENT_JSON, NO_RESOURCE_TYPE, FOREIGN_XML)
