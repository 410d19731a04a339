"""Rules of the metadata file: its YAML, its keys, its types and codes."""

from fhir_codesystem.diagnostics import Severity
from fhir_codesystem.rules.rule import METADATA, TABLE, Example, Rule

RESOURCE = "https://hl7.org/fhir/R4/codesystem-definitions.html"
SETTINGS = "the settings, README.md"
SUPPRESSIONS = "suppressed findings, docs/reporters.md"
GOOD = "url: http://example.org/x\nstatus: draft\ncontent: complete\n"

YAML_SYNTAX = Rule(
    number="CS301",
    name="yaml-syntax",
    severity=Severity.ERROR,
    what="The metadata file is no YAML, or too large or too deep to be metadata.",
    why="Nothing can be said of what cannot be read.",
    fix="Correct the place named; mostly a colon, a quote or an indentation is missing.",
    breaks=Example(metadata="title: [a\nstatus: draft\n", place=(METADATA, 2, 7)),
    holds=Example(metadata=GOOD),
    source="https://yaml.org/spec/1.2.2/",
)
UNKNOWN_KEY = Rule(
    number="CS302",
    name="unknown-key",
    severity=Severity.ERROR,
    what="There is no element, and no setting, of this name. (In XML: no attribute.)",
    why="A misspelt element would be missing from the resource without a word.",
    fix="Use the name of the FHIR element; the tool's own settings stand under build:.",
    breaks=Example(metadata=GOOD + "publsher: ACME\n", place=(METADATA, 4, 1)),
    holds=Example(metadata=GOOD + "publisher: ACME\n"),
    source=RESOURCE,
    official=(
        "UNRECOGNISED_PROPERTY_",
        "UNDEFINED_ELEMENT_",
        "UNDEFINED_ATTRIBUTE__ON__FOR_TYPE__PROPERTIES__",
        "XSI_TYPE_WRONG",
        "XSI_TYPE_UNNECESSARY",
    ),
)
REPEATED_KEY = Rule(
    number="CS303",
    name="repeated-key",
    severity=Severity.ERROR,
    what="A key stands twice in one mapping, or in one object of JSON.",
    why="Only one of the values could be used.",
    fix="Take one out.",
    breaks=Example(metadata=GOOD + "status: active\n", place=(METADATA, 4, 1)),
    holds=Example(metadata=GOOD),
    source="https://yaml.org/spec/1.2.2/#3213-node-comparison",
    official=("DUPLICATE_JSON_PROPERTY_KEY",),
)
WRONG_TYPE = Rule(
    number="CS304",
    name="wrong-type",
    severity=Severity.ERROR,
    what="A value is of another kind than its element: a list, a mapping, true, a number, nothing.",
    why="FHIR gives each element one type.",
    fix="Write the value as the message says.",
    breaks=Example(metadata=GOOD + "experimental: maybe\n", place=(METADATA, 4, 15)),
    holds=Example(metadata=GOOD + "experimental: true\n"),
    source="https://hl7.org/fhir/R4/datatypes.html",
    official=(
        "THIS_PROPERTY_MUST_BE_AN_ARRAY_NOT_",
        "THIS_BASE_PROPERTY_MUST_BE_AN_ARRAY_NOT_",
        "THIS_PROPERTY_MUST_BE__NOT_",
        "THIS_PROPERTY_MUST_BE_AN_OBJECT_NOT_",
        "THIS_PROPERTY_MUST_BE_AN_SIMPLE_VALUE_NOT_",
        "ERROR_PARSING_JSON_THE_PRIMITIVE_VALUE_MUST_BE_A_BOOLEAN",
        "ERROR_PARSING_JSON_THE_PRIMITIVE_VALUE_MUST_BE_A_NUMBER",
        "ERROR_PARSING_JSON_THE_PRIMITIVE_VALUE_MUST_BE_A_STRING",
    ),
)
UNKNOWN_CODE = Rule(
    number="CS305",
    name="unknown-code",
    severity=Severity.ERROR,
    what="A code is not in the value set to which its element is bound, or is not there at all.",
    why="The binding is required: no other code means anything there.",
    fix="Use one of the codes that the message lists.",
    breaks=Example(
        metadata="url: http://example.org/x\nstatus: drafd\ncontent: complete\n",
        place=(METADATA, 2, 9),
    ),
    holds=Example(metadata=GOOD),
    source="https://hl7.org/fhir/R4/terminologies.html#required",
    official=(
        "TERMINOLOGY_TX_NOVALID_16",
        "TERMINOLOGY_TX_CODE_VALUESET_MISSING",
        "UNABLE_TO_INFER_CODESYSTEM",
        "NO_CODE_PROVIDED_VERSION",
        "INVALID_DISPLAY_NAME",
    ),
)
MISSING_ELEMENT = Rule(
    number="CS306",
    name="missing-element",
    severity=Severity.ERROR,
    what="An element that must be there is not stated: of a concept, a property or the whole.",
    why="FHIR requires it (its least cardinality is 1).",
    fix="State it: in the metadata file of a table, in the resource itself where that is checked.",
    breaks=Example(
        metadata="url: http://example.org/x\ncontent: complete\n", place=(METADATA, 1, 1)
    ),
    holds=Example(metadata=GOOD),
    source=RESOURCE,
    official=(
        "VALIDATION_VAL_PROFILE_MINIMUM",
        "CODESYSTEM_CS_HL7_MISSING_ELEMENT_SHALL",
        "CODESYSTEM_CS_NONHL7_MISSING_ELEMENT.content",
    ),
)
INVALID_VALUE = Rule(
    number="CS307",
    name="invalid-value",
    severity=Severity.ERROR,
    what="A value is not of the form of its type: a date, a uri, an id, a code.",
    why="Servers refuse the resource.",
    fix="Correct the value.",
    breaks=Example(metadata=GOOD + "date: 2020-13\n", place=(METADATA, 4, 7)),
    holds=Example(metadata=GOOD + "date: 2020-12\n"),
    source="https://hl7.org/fhir/R4/datatypes.html#primitive",
    official=(
        "TYPE_SPECIFIC_CHECKS_DT_PRIMITIVE_REGEX_TYPE",
        "TYPE_SPECIFIC_CHECKS_DT_DATETIME_VALID",
        "TYPE_SPECIFIC_CHECKS_DT_DATETIME_REGEX",
        "TYPE_SPECIFIC_CHECKS_DT_DATETIME_TZ",
        "TYPE_SPECIFIC_CHECKS_DT_DATE_VALID",
        "TYPE_SPECIFIC_CHECKS_DT_INSTANT_VALID",
        "TYPE_SPECIFIC_CHECKS_DT_BOOLEAN_VALUE",
        "TYPE_SPECIFIC_CHECKS_DT_INTEGER_VALID",
        "TYPE_SPECIFIC_CHECKS_DT_INTEGER_LT0",
        "TYPE_SPECIFIC_CHECKS_DT_INTEGER_LT1",
        "TYPE_SPECIFIC_CHECKS_DT_TIME_VALID",
        "TYPE_SPECIFIC_CHECKS_DT_BASE64_VALID",
        "TYPE_SPECIFIC_CHECKS_DT_DECIMAL_RANGE",
        "TYPE_SPECIFIC_CHECKS_DT_DECIMAL_VALID",
    ),
)
BUILT_ELEMENT = Rule(
    number="CS308",
    name="built-element",
    severity=Severity.ERROR,
    what="The metadata states an element that is built from the table.",
    why="Two sources for one thing would contradict each other sooner or later.",
    fix="Take it out of the metadata file.",
    breaks=Example(metadata=GOOD + "concept:\n- code: b\n", place=(METADATA, 4, 1)),
    holds=Example(metadata=GOOD),
    source="the metadata file, README.md",
)
UNKNOWN_COLUMN = Rule(
    number="CS309",
    name="unknown-column",
    severity=Severity.ERROR,
    what="A setting names a column that the table does not have.",
    why="What was meant for that column would be lost.",
    fix="Write the column's name as it stands in the header.",
    breaks=Example(metadata=GOOD + "build:\n  columns: {Term: display}\n", place=(METADATA, 5, 13)),
    holds=Example(metadata=GOOD + "build:\n  columns: {Display: display}\n"),
    source=SETTINGS,
)
MISSING_TABLE = Rule(
    number="CS310",
    name="missing-table",
    severity=Severity.ERROR,
    what="The table that belongs to a metadata file is not there.",
    why="The concepts come from it.",
    fix=(
        "Put the table beside the metadata file under the same name (NAME.txt), or say where it "
        "is: build: source: other.txt."
    ),
    breaks=Example(metadata=GOOD + "build:\n  source: gone.txt\n", place=(METADATA, 5, 11)),
    holds=Example(metadata=GOOD + f"build:\n  source: {TABLE}\n"),
    source=SETTINGS,
)
DERIVED_ELEMENT = Rule(
    number="CS311",
    name="derived-element",
    severity=Severity.INFORMATION,
    what="An element that nobody stated was derived: from the file's name, or by a default.",
    why="Nothing is made up without being said.",
    fix="State it in a metadata file beside the table.",
    breaks=Example(place=(TABLE, None, None)),
    holds=Example(
        metadata="id: x\nurl: http://example.org/x\nname: X\ntitle: X\nstatus: draft\n"
        "content: complete\n"
    ),
    source="the metadata file, README.md",
)
NO_CANONICAL_URL = Rule(
    number="CS312",
    name="no-canonical-url",
    severity=Severity.WARNING,
    what="The code system has no canonical URL.",
    why="Nobody can refer to a code of it: Coding.system is that URL.",
    fix="State url in the metadata file, or give --canonical BASE for BASE/CodeSystem/ID.",
    breaks=Example(place=(TABLE, None, None)),
    holds=Example(metadata=GOOD),
    source="https://hl7.org/fhir/R4/codesystem-definitions.html#CodeSystem.url",
)
STATED_BY_SOURCE = Rule(
    number="CS313",
    name="stated-by-source",
    severity=Severity.INFORMATION,
    what="The table itself states elements of the code system.",
    why="They are used where the metadata file is silent.",
    fix="Nothing need be done; what the metadata file states goes before it.",
    breaks=Example(
        table='{"resourceType": "CodeSystem", "url": "http://example.org/x", "status": "draft",\n'
        ' "content": "complete", "concept": [{"code": "a", "display": "A", "definition": "x"}]}\n',
        place=(TABLE, None, None),
    ),
    holds=Example(metadata=GOOD),
    source=RESOURCE,
)
UNKNOWN_RULE = Rule(
    number="CS314",
    name="unknown-rule",
    severity=Severity.ERROR,
    what="There is no rule of the number or the name that build: suppress: gives.",
    why="Findings that were meant would be told all the same, and nobody would know why.",
    fix="Write the number or the name of a rule, as findings have it: CS443 or no-display.",
    breaks=Example(
        metadata=GOOD + "build:\n  suppress:\n  - {rule: no-dispaly, reason: as printed}\n",
        place=(METADATA, 6, 12),
    ),
    holds=Example(
        table="Code | Display\na |\n",
        metadata=GOOD + "build:\n  suppress:\n  - {rule: no-display, reason: as printed}\n",
    ),
    source=SUPPRESSIONS,
)
INCOMPLETE_SUPPRESSION = Rule(
    number="CS315",
    name="incomplete-suppression",
    severity=Severity.ERROR,
    what="An entry of build: suppress: does not say which rule, or gives no reason.",
    why="Who reads it later must be able to judge whether it still holds.",
    fix="State rule, and in reason why its findings need not be told.",
    breaks=Example(
        table="Code | Display\na |\n",
        metadata=GOOD + "build:\n  suppress:\n  - rule: CS443\n",
        place=(METADATA, 6, 5),
    ),
    holds=Example(
        table="Code | Display\na |\n",
        metadata=GOOD + "build:\n  suppress:\n  - {rule: CS443, reason: as printed}\n",
    ),
    source=SUPPRESSIONS,
)
UNUSED_SUPPRESSION = Rule(
    number="CS316",
    name="unused-suppression",
    severity=Severity.WARNING,
    what="An entry of build: suppress: suppresses nothing: nothing is found, or it is an error.",
    why="It would hide a finding that comes later. Errors are not suppressed, as they forbid the "
    "resource.",
    fix="Take the entry out, or correct its place.",
    breaks=Example(
        metadata=GOOD + "build:\n  suppress:\n  - {rule: CS443, reason: as printed}\n",
        place=(METADATA, 6, 5),
    ),
    holds=Example(
        table="Code | Display\na |\nb | B\n",
        metadata=GOOD + "build:\n  suppress:\n  - {rule: CS443, code: a, reason: as printed}\n",
    ),
    source=SUPPRESSIONS,
)

RULES = (
    YAML_SYNTAX,
    UNKNOWN_KEY,
    REPEATED_KEY,
    WRONG_TYPE,
    UNKNOWN_CODE,
    MISSING_ELEMENT,
    INVALID_VALUE,
    BUILT_ELEMENT,
    UNKNOWN_COLUMN,
    MISSING_TABLE,
    DERIVED_ELEMENT,
    NO_CANONICAL_URL,
    STATED_BY_SOURCE,
    UNKNOWN_RULE,
    INCOMPLETE_SUPPRESSION,
    UNUSED_SUPPRESSION,
)
