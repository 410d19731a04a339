"""Rules of structured sources: JSON and FHIR resources in JSON and XML."""

from fhir_codesystem.diagnostics import Severity
from fhir_codesystem.rules.rule import TABLE, Example, Rule

JSON = "https://www.rfc-editor.org/rfc/rfc8259"
FORMATS = "docs/formats/json.md"
HEAD = (
    '{"resourceType": "CodeSystem", "url": "http://example.org/x", "status": "draft",'
    ' "content": "complete",\n'
)
GOOD = Example(table=HEAD + ' "concept": [{"code": "a", "display": "A"}]}\n')
SYSTEMS = (
    '{"resourceType": "ValueSet", "expansion": {"contains": [\n'
    ' {"system": "http://example.org/x", "code": "a"},\n'
    ' {"system": "http://example.org/y", "code": "b"}]}}\n'
)
WANTED = "url: http://example.org/x\nstatus: draft\ncontent: fragment\n"
XML = '<CodeSystem xmlns="http://hl7.org/fhir">\n <concept><code value="a"/></concept>\n'

JSON_SYNTAX = Rule(
    number="CS150",
    name="json-syntax",
    severity=Severity.ERROR,
    what="The file is no JSON, or too large or too deep to be read.",
    why="What other programs would make of it is not to be guessed.",
    fix="Correct the place named; mostly a comma or a quote is missing, or one too many.",
    breaks=Example(table='[{"code": "a",}]\n', place=(TABLE, 1, 15)),
    holds=Example(table='[{"code": "a"}]\n'),
    source=JSON,
    official=("ERROR_PARSING_JSON_",),
)
XML_SYNTAX = Rule(
    number="CS151",
    name="xml-syntax",
    severity=Severity.ERROR,
    what="The file is no XML of FHIR: it is broken, too deep, or declares entities.",
    why=(
        "What cannot be read gives no concept that could be trusted; FHIR allows no document "
        "type, and entities can be made to read other files."
    ),
    fix="Correct the place named.",
    breaks=Example(table=XML + "</Codesystem>\n", place=(TABLE, 3, 3)),
    holds=Example(table=XML + "</CodeSystem>\n"),
    source="https://hl7.org/fhir/R4/xml.html",
    official=("ERROR_PARSING_XML_",),
)
NO_CONCEPTS = Rule(
    number="CS152",
    name="no-concepts-found",
    severity=Severity.ERROR,
    what="The file is well formed, but holds nothing that concepts are read from.",
    why=(
        "Concepts are read from a CodeSystem, from the expansion of a ValueSet, or from an array "
        "of objects."
    ),
    fix="Check that the file is the one that was meant; expand a ValueSet before.",
    breaks=Example(table='{"resourceType": "Patient", "id": "a"}\n', place=(TABLE, 1, 18)),
    holds=GOOD,
    source=FORMATS,
)
SEVERAL_SOURCES = Rule(
    number="CS153",
    name="several-sources",
    severity=Severity.ERROR,
    what=(
        "The file holds concepts in several places (code systems, arrays, the systems of an "
        "expansion) and nothing says which are meant, or what is named is not there."
    ),
    why="A code system is built of one of them.",
    fix="Say which in the .yaml: build: table: NAME, the canonical URL, or a number from 1.",
    breaks=Example(table=SYSTEMS, place=(TABLE, 3, 13)),
    holds=Example(table=SYSTEMS, metadata=WANTED + "build:\n  table: http://example.org/x\n"),
    source=FORMATS,
)
NOT_CARRIED = Rule(
    number="CS154",
    name="not-carried",
    severity=Severity.INFORMATION,
    what="Something that the source says is left out: a code system that is built cannot carry it.",
    why="Nothing is dropped silently.",
    fix="Nothing need be done. What must be kept can be stated as a property or in the .yaml.",
    breaks=Example(table=HEAD + ' "concept": [{"id": "x", "code": "a"}]}\n', place=(TABLE, 2, 21)),
    holds=GOOD,
    source=FORMATS,
)
JOINED_VALUES = Rule(
    number="CS155",
    name="joined-values",
    severity=Severity.INFORMATION,
    what="An array of several values became one cell, with a mark between them.",
    why="A cell holds one text. The mark stands in no value, so they can be split again.",
    fix="Nothing need be done.",
    breaks=Example(
        table='[{"code": "a", "synonym": ["x", "y"]}]\n',
        place=(TABLE, 1, 16),
    ),
    holds=Example(table='[{"code": "a", "synonym": ["x"]}]\n'),
    source=FORMATS,
)
MODIFIER_EXTENSION = Rule(
    number="CS156",
    name="modifier-extension",
    severity=Severity.ERROR,
    what="A concept has a modifierExtension.",
    why=(
        "It changes what the concept means, and whoever does not know it must not use the "
        "concept; so it cannot be left out."
    ),
    fix="Take the concept out, or say what it means without a modifierExtension.",
    breaks=Example(
        table=HEAD
        + ' "concept": [{"code": "a", "modifierExtension": [{"url": "http://x.org/y"}]}]}\n',
        place=(TABLE, 2, 49),
    ),
    holds=GOOD,
    source="https://hl7.org/fhir/R4/extensibility.html#modifierExtension",
)

RULES = (
    JSON_SYNTAX,
    XML_SYNTAX,
    NO_CONCEPTS,
    SEVERAL_SOURCES,
    NOT_CARRIED,
    JOINED_VALUES,
    MODIFIER_EXTENSION,
)
