"""Rules of reading: encodings, the header, the shape of rows, invisible characters."""

from fhir_codesystem.diagnostics import Severity
from fhir_codesystem.rules.rule import TABLE, Example, Rule

FORMATS = "the reading of tables, docs/ARCHITECTURE.md"

NO_TEXT = Rule(
    number="CS101",
    name="no-text",
    severity=Severity.ERROR,
    what="The file is not text: a document, an image, an archive, a program or noise.",
    why="A table is read from text. Anything else gives no row that could be trusted.",
    fix="Save or copy the table as text (UTF-8), with a bar between the cells.",
    breaks=Example(table=b"Code | Display\na\x00b | A\n", place=(TABLE, 2, 2)),
    holds=Example(),
    source=FORMATS,
)
GUESSED_ENCODING = Rule(
    number="CS102",
    name="guessed-encoding",
    severity=Severity.INFORMATION,
    what="The file is not UTF-8 and does not say what it is; its encoding was recognised.",
    why=(
        "Windows-1252 and UTF-16 without a mark can only be guessed. The guess is good, and said. "
        "Of a resource it is an error: FHIR is written in UTF-8."
    ),
    fix="Save the file as UTF-8.",
    breaks=Example(table="Code | Display\na | Käse\n".encode("cp1252"), place=(TABLE, 2, 6)),
    holds=Example(table="Code | Display\na | Käse\n"),
    source=FORMATS,
)
MIXED_ENCODINGS = Rule(
    number="CS103",
    name="mixed-encodings",
    severity=Severity.ERROR,
    what="One part of the file is UTF-8, another is not.",
    why="Whichever encoding were chosen, some text would come out as other characters.",
    fix="Find the place where text of another encoding was pasted, and save all as UTF-8.",
    breaks=Example(
        table="Code | Display\na | Käse\n".encode() + "b | Öl\n".encode("cp1252"),
        place=(TABLE, 3, 5),
    ),
    holds=Example(table="Code | Display\na | Käse\nb | Öl\n"),
    source=FORMATS,
)
EMPTY_TABLE = Rule(
    number="CS104",
    name="empty-table",
    severity=Severity.ERROR,
    what="The file holds no line that is not blank.",
    why="Without a header there is no telling what the columns would mean.",
    fix="Give the file a header line and rows, or remove it from the input folder.",
    breaks=Example(table="\n\n", place=(TABLE, None, None)),
    holds=Example(),
    source=FORMATS,
)
NO_CODE_COLUMN = Rule(
    number="CS105",
    name="no-code-column",
    severity=Severity.ERROR,
    what="No column of the header is the code.",
    why="A concept is its code; every other column only describes it.",
    fix=(
        "Name the column Code in the header, or say in the .yaml which column it is: "
        "build: columns: {Kürzel: code}."
    ),
    breaks=Example(table="Kürzel | Display\na | A\n", place=(TABLE, 1, 1)),
    holds=Example(
        table="Kürzel | Display\na | A\n", metadata="build:\n  columns: {Kürzel: code}\n"
    ),
    source="https://hl7.org/fhir/R4/codesystem-definitions.html#CodeSystem.concept.code",
)
REPEATED_COLUMN = Rule(
    number="CS106",
    name="repeated-column",
    severity=Severity.ERROR,
    what="Two columns of the header mean the same, and neither bears the exact name.",
    why="It is not to be guessed which of two columns holds the display.",
    fix="Rename one, or say in the .yaml what each is: build: columns: {Term: display}.",
    breaks=Example(table="Code | Term | Name\na | A | B\n", place=(TABLE, 1, 15)),
    holds=Example(table="Code | Display | Name\na | A | B\n"),
    source=FORMATS,
)
UNUSED_COLUMN = Rule(
    number="CS107",
    name="unused-column",
    severity=Severity.INFORMATION,
    what="A column of the table has no name, so it is not used.",
    why="Nothing is dropped silently.",
    fix="Give the column a name.",
    breaks=Example(table="Code | | Display\na | x | A\n", place=(TABLE, 1, 7)),
    holds=Example(table="Code | | Display\na | | A\n"),
    source=FORMATS,
)
LONG_ROW = Rule(
    number="CS108",
    name="long-row",
    severity=Severity.ERROR,
    what="A row has more cells than the header names.",
    why=(
        "Mostly a bar or a comma inside a text was taken as the end of its cell, so that the "
        "cells after it stand in the wrong columns; what is left over would be lost."
    ),
    fix=(
        r"Write \| for a bar inside a cell, put quotes around a cell of CSV that holds the "
        "delimiter, or name the further column in the header."
    ),
    breaks=Example(table="Code | Display\na | left | right\n", place=(TABLE, 2, 12)),
    holds=Example(table="Code | Display\na | left \\| right\n"),
    source=FORMATS,
)
SHORT_ROW = Rule(
    number="CS109",
    name="short-row",
    severity=Severity.WARNING,
    what="A row has fewer cells than the header names.",
    why="It may be meant (the cells are taken as blank), or the line was broken in two.",
    fix="Give the row a bar for each cell, blank or not.",
    breaks=Example(table="Code | Display | Definition\na | A\n", place=(TABLE, 2, 6)),
    holds=Example(table="Code | Display | Definition\na | A |\n"),
    source=FORMATS,
)
NO_CODE = Rule(
    number="CS110",
    name="no-code",
    severity=Severity.ERROR,
    what="A row that is not blank has no code.",
    why="A concept must have a code.",
    fix="Give the row its code. If it continues the line above, join the two lines.",
    breaks=Example(table="Code | Display\na | A\n | B\n", place=(TABLE, 3, 1)),
    holds=Example(table="Code | Display\na | A\n |\n"),
    source="https://hl7.org/fhir/R4/codesystem-definitions.html#CodeSystem.concept.code",
)
INVISIBLE_CHARACTER = Rule(
    number="CS111",
    name="invisible-character",
    severity=Severity.WARNING,
    what=(
        "A cell held a character that nobody sees, or that looks like a blank and is none: "
        "no-break space, zero-width space, soft hyphen, byte-order mark, control character."
    ),
    why=(
        "Two codes that look the same are then different ones, and a search does not find the "
        "text. The cell was repaired: such spaces became ordinary ones, the rest was taken out. "
        "Joiners and directional marks stay where texts need them, and go from codes. Controls "
        "U+0080 to U+009F in a text are left: mostly another character was meant."
    ),
    fix="Retype the cell in the source.",
    breaks=Example(table="Code | Display\na\N{NO-BREAK SPACE} | A\n", place=(TABLE, 2, 1)),
    holds=Example(table="Code | Display\na | A\n"),
    source="https://hl7.org/fhir/R4/datatypes.html#string",
)
TOO_MANY_COLUMNS = Rule(
    number="CS112",
    name="too-many-columns",
    severity=Severity.ERROR,
    what="The first line has more than a thousand cells.",
    why="Such a line is no header; a file of another kind was taken for a table.",
    fix="Check that the file is the table that was meant.",
    breaks=Example(table="Code" + " | X" * 1000 + "\n", place=(TABLE, 1, 1)),
    holds=Example(),
    source=FORMATS,
)
COLUMN_INFERRED = Rule(
    number="CS113",
    name="column-inferred",
    severity=Severity.INFORMATION,
    what="A column that is no field of a concept became a property, or designations.",
    why="The header and the values say what a column is; only its author knows.",
    fix=(
        "Say what it is in the .yaml: build: columns: {Sense: definition}, or "
        "{Sense: {property: sense, type: string}}, {Sinn: {designation: de}}, {Sense: ignore}."
    ),
    breaks=Example(table="Code | Display | Sense\na | A | x\n", place=(TABLE, 1, 18)),
    holds=Example(
        table="Code | Display | Sense\na | A | x\n",
        metadata="build:\n  columns: {Sense: definition}\n",
    ),
    source=FORMATS,
)

RULES = (
    NO_TEXT,
    GUESSED_ENCODING,
    MIXED_ENCODINGS,
    EMPTY_TABLE,
    NO_CODE_COLUMN,
    REPEATED_COLUMN,
    UNUSED_COLUMN,
    LONG_ROW,
    SHORT_ROW,
    NO_CODE,
    INVISIBLE_CHARACTER,
    TOO_MANY_COLUMNS,
    COLUMN_INFERRED,
)
