"""Rules of exchange formats of terminologies: HAPI's CSV, propCSV, ClaML, SKOS, OBO."""

from fhir_codesystem.diagnostics import Severity
from fhir_codesystem.rules.rule import TABLE, Example, Rule

FORMATS = "exchange formats of terminologies, docs/formats/bulk.md"

TURTLE = """\
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix : <http://example.org/colours/> .
: a skos:ConceptScheme .
:red a skos:Concept ; skos:prefLabel "Red" .
"""
CLAML = """\
<ClaML version="2.0.0">
  <Title name="Colours" version="1">Colours</Title>
  <Class code="A" kind="block"><Rubric kind="preferred"><Label>Warm</Label></Rubric></Class>
</ClaML>
"""
PROPCSV = """\
resource;id;property
CodeSystem;colours;wave|||integer

code;display;property
red;Red;wave|650|integer
"""
BOMB = bytes.fromhex(
    "504b0304140000000800000000000000000002000000000000800c000000636f6e63657074732e6373760300"
    "504b01021400140000000800000000000000000002000000000000800c000000"
    "0000000000000000000000000000636f6e63657074732e637376"
    "504b050600000000010001003a0000002c0000000000"
)
"""A zip archive whose concepts.csv says that it is 2 GiB when unpacked."""

BROKEN = Rule(
    number="CS160",
    name="broken-exchange-file",
    severity=Severity.ERROR,
    what="The file is of a known format of terminologies, and breaks the rules of that format.",
    why="What a parser makes of the rest of such a file cannot be trusted.",
    fix="Export the file again, or mend it at the place that is told.",
    breaks=Example(table=CLAML.replace("</Rubric>", ""), place=(TABLE, 3, 78)),
    holds=Example(table=CLAML),
    source=FORMATS,
)
TOO_LARGE = Rule(
    number="CS161",
    name="too-large-to-read",
    severity=Severity.ERROR,
    what="The file, or what is packed in it, is larger than this format is read.",
    why=(
        "A small archive can unpack to more than any memory holds; it is not tried. A resource is "
        "read up to 300 MB and ten million values."
    ),
    fix="Check that the archive is what was meant; split a terminology of this size.",
    breaks=Example(table=BOMB, place=(TABLE, None, None)),
    holds=Example(),
    source=FORMATS,
)
ENTITY = Rule(
    number="CS162",
    name="xml-entity",
    severity=Severity.ERROR,
    what="The XML declares an entity that would be fetched, or that is made of other entities.",
    why="Such entities read other files or swell without end. No format of terminologies needs it.",
    fix="Write the text itself in place of the entity.",
    breaks=Example(
        table='<!DOCTYPE ClaML [<!ENTITY e SYSTEM "file:///etc/hosts">]>\n' + CLAML,
        place=(TABLE, 1, 55),
    ),
    holds=Example(table='<!DOCTYPE ClaML SYSTEM "ClaML.dtd">\n' + CLAML),
    source=FORMATS,
)
UNKNOWN_CONCEPT = Rule(
    number="CS163",
    name="unknown-concept",
    severity=Severity.WARNING,
    what="A parent, a child or a property names a code that is no concept; it is left out.",
    why="A concept then stands elsewhere than its author meant, or a statement is lost.",
    fix="Add the concept that is missing, or mend its code.",
    breaks=Example(
        table=TURTLE.replace('"Red"', '"Red" ; skos:broader :warm'), place=(TABLE, 4, 1)
    ),
    holds=Example(table=TURTLE),
    source=FORMATS,
)
LEFT_OUT = Rule(
    number="CS164",
    name="left-out",
    severity=Severity.INFORMATION,
    what="The source says something that has no place in a CodeSystem, or that is not read.",
    why="Nothing is dropped silently.",
    fix="See the format's section in docs/formats/ for what is read.",
    breaks=Example(
        table=CLAML.replace("  <Class", '  <Modifier code="M"/>\n  <Class'),
        place=(TABLE, None, None),
    ),
    holds=Example(table=CLAML),
    source=FORMATS,
)
WRONG_VALUE = Rule(
    number="CS165",
    name="wrong-property-value",
    severity=Severity.ERROR,
    what="The value of a property is not of the type that is stated with it.",
    why="A value of another type would make the resource invalid.",
    fix="Mend the value, or state the type that it has.",
    breaks=Example(table=PROPCSV.replace("650", "long"), place=(TABLE, 5, 9)),
    holds=Example(table=PROPCSV),
    source="https://hl7.org/fhir/R4/codesystem-definitions.html#CodeSystem.concept.property.value_x_",
)
NO_CONCEPTS = Rule(
    number="CS166",
    name="no-concepts",
    severity=Severity.ERROR,
    what="The file is of a known format of terminologies, but holds no concept of a code system.",
    why="A code system without concepts says nothing; mostly another file was meant.",
    fix="Name the file that holds the concepts.",
    breaks=Example(
        table=TURTLE.replace("skos:Concept ;", "skos:Collection ;"), place=(TABLE, None, None)
    ),
    holds=Example(table=TURTLE),
    source=FORMATS,
)
ONE_OF_SEVERAL = Rule(
    number="CS167",
    name="one-of-several",
    severity=Severity.INFORMATION,
    what="The file holds several concept schemes or graphs; the first that has concepts is read.",
    why="One code system is built of one of them.",
    fix="Say in the .yaml which is meant, by its number or its name: build: table: 2.",
    breaks=Example(
        table=TURTLE.replace(": a skos:ConceptScheme", ":s a skos:ConceptScheme")
        + ":red skos:inScheme :s .\n<http://example.org/2> a skos:ConceptScheme .\n",
        place=(TABLE, None, None),
    ),
    holds=Example(table=TURTLE),
    source=FORMATS,
)
NOT_AMONG = Rule(
    number="CS168",
    name="not-among-several",
    severity=Severity.ERROR,
    what="The file has no concept scheme or graph of the number or name that is asked for.",
    why="Another one in its place would be a guess.",
    fix="Name one of those that are there.",
    breaks=Example(table=TURTLE, metadata="build:\n  table: 3\n", place=("table.yaml", 2, 10)),
    holds=Example(table=TURTLE, metadata="build:\n  table: 1\n"),
    source=FORMATS,
)

RULES = (
    BROKEN,
    TOO_LARGE,
    ENTITY,
    UNKNOWN_CONCEPT,
    LEFT_OUT,
    WRONG_VALUE,
    NO_CONCEPTS,
    ONE_OF_SEVERAL,
    NOT_AMONG,
)
