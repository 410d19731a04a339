"""Rules of rows that bear the same code: what each such case is."""

from fhir_codesystem.diagnostics import Severity
from fhir_codesystem.rules.rule import TABLE, Example, Rule

UNIQUE = "https://hl7.org/fhir/R4/codesystem-definitions.html#CodeSystem.concept (csd-1)"
PARENTS = "https://hl7.org/fhir/R4/codesystem-concept-properties.html (parent)"
FLAT = "Code | Display | Definition\n"
LEVELS = "Lvl | Code | Display\n"

REPEATED_ROW = Rule(
    number="CS211",
    name="repeated-row",
    severity=Severity.INFORMATION,
    what="A row, or a block of rows, stands again: the same cells below the same parent.",
    why="A code is defined once in a code system (csd-1). The rows were merged into one concept.",
    fix="Take the second block out; or build: duplicates: {repeat: error} to have it refused.",
    breaks=Example(
        table=FLAT + "a | A | x\nb | B | y\na | A | x\nb | B | y\n", place=(TABLE, 4, 1)
    ),
    holds=Example(table=FLAT + "a | A | x\nb | B | y\n"),
    source=UNIQUE,
)
FILLED_ROW = Rule(
    number="CS212",
    name="filled-row",
    severity=Severity.INFORMATION,
    what="A row repeats another, with cells blank where the other has text, or the other way.",
    why="Nothing contradicts; the rows were merged into one concept, cell by cell.",
    fix="Keep one full row; or build: duplicates: {fill-in: error} to have it refused.",
    breaks=Example(table=FLAT + "a | A |\na | A | x\n", place=(TABLE, 3, 1)),
    holds=Example(table=FLAT + "a | A | x\na | A | x\n"),
    source=UNIQUE,
)
SECOND_PARENT = Rule(
    number="CS213",
    name="second-parent",
    severity=Severity.INFORMATION,
    what="A concept stands below more than one parent.",
    why=(
        "Published pages print a concept again under each of its parents. It is one concept, "
        "nested where it stands first; its other parents are stated by the standard property "
        "parent (http://hl7.org/fhir/concept-properties#parent)."
    ),
    fix="Nothing, if it is meant; or build: duplicates: {second-parent: first} (or error).",
    breaks=Example(
        table=LEVELS + "1 | a | A\n2 | c | C\n1 | b | B\n2 | c | C\n", place=(TABLE, 5, 5)
    ),
    holds=Example(table=LEVELS + "1 | a | A\n2 | c | C\n2 | c | C\n"),
    source=PARENTS,
)
CONFLICTING_ROWS = Rule(
    number="CS214",
    name="conflicting-rows",
    severity=Severity.ERROR,
    what="Two rows give the same code different displays or definitions.",
    why="A concept has one display and one definition; which is right cannot be guessed.",
    fix=(
        "Correct one row, or give them different codes. Or choose: build: duplicates: "
        "{conflict: keep-first} (keep-last, or for displays designation)."
    ),
    breaks=Example(table=FLAT + "a | A | x\na | B | x\n", place=(TABLE, 3, 5)),
    holds=Example(table=FLAT + "a | A | x\nb | B | x\n"),
    source=UNIQUE,
)
CODE_VARIANT = Rule(
    number="CS215",
    name="code-variant",
    severity=Severity.WARNING,
    what="Two codes differ in case or white space only.",
    why=(
        "People and servers mix them up. Where caseSensitive is false they are one code and "
        "were merged; else they are two concepts."
    ),
    fix="Correct one of them, or state caseSensitive: false if they are the same.",
    breaks=Example(table=FLAT + "ab | A | x\nAB | B | y\n", place=(TABLE, 3, 1)),
    holds=Example(table=FLAT + "ab | A | x\nAC | B | y\n"),
    source="https://hl7.org/fhir/R4/codesystem-definitions.html#CodeSystem.caseSensitive",
)
CHILDREN_BELOW_REPEAT = Rule(
    number="CS216",
    name="children-below-repeat",
    severity=Severity.INFORMATION,
    what="Rows stand below a row that repeats a concept defined further up.",
    why="They belong to the one concept, and were put with its other children.",
    fix="Put the rows below the first row of their parent.",
    breaks=Example(
        table=LEVELS + "1 | a | A\n1 | b | B\n1 | a | A\n2 | c | C\n", place=(TABLE, 5, 5)
    ),
    holds=Example(table=LEVELS + "1 | a | A\n2 | c | C\n1 | b | B\n1 | a | A\n"),
    source=PARENTS,
)
HIERARCHY_CYCLE = Rule(
    number="CS217",
    name="hierarchy-cycle",
    severity=Severity.ERROR,
    what="A concept stands below itself.",
    why="Whatever the hierarchy means, nothing is a kind or a part of itself.",
    fix="Take out one of the rows of the path, or correct its level.",
    breaks=Example(table=LEVELS + "1 | a | A\n2 | b | B\n3 | a | A\n", place=(TABLE, 4, 5)),
    holds=Example(table=LEVELS + "1 | a | A\n2 | b | B\n3 | c | C\n"),
    source="https://hl7.org/fhir/R4/codesystem.html#hierarchy",
)

RULES = (
    REPEATED_ROW,
    FILLED_ROW,
    SECOND_PARENT,
    CONFLICTING_ROWS,
    CODE_VARIANT,
    CHILDREN_BELOW_REPEAT,
    HIERARCHY_CYCLE,
)
