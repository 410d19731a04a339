"""Rules of workbooks (.xlsx, .ods): what cannot be read, which sheet, what cells were meant."""

from fhir_codesystem.diagnostics import Severity
from fhir_codesystem.rules.rule import TABLE, Example, Rule
from fhir_codesystem.rules.sample import Workbook

FORMATS = "the reading of workbooks, docs/formats/workbook.md"

UNREADABLE_WORKBOOK = Rule(
    number="CS140",
    name="unreadable-workbook",
    severity=Severity.ERROR,
    what=(
        "The workbook cannot be read: it is cut off or damaged, has a password, lacks a part that "
        "every workbook has, or is of an older kind (.xls, .xlsb)."
    ),
    why="Half a workbook gives no row that could be trusted.",
    fix="Open it in a spreadsheet program and save it as .xlsx or .ods, without a password.",
    breaks=Example(table=b"PK\x03\x04 cut off: xl/workbook.xml", place=(TABLE, None, None)),
    holds=Example(table=Workbook("Code | Display\na    | A\n", (("Code", "Display"), ("a", "A")))),
    source=FORMATS,
)
LARGE_WORKBOOK = Rule(
    number="CS141",
    name="large-workbook",
    severity=Severity.ERROR,
    what=(
        "The workbook is too large to read: more than 512 MB when its parts are inflated, more "
        "than ten million cells, or a part that is small only because it repeats itself."
    ),
    why="Such files are mostly made to exhaust a computer. No table of codes is like that.",
    fix="Take everything but the table of codes out of the workbook, or save the table as CSV.",
    breaks=Example(
        table=Workbook("Twenty million blanks.\n", (("Code",), ("a",)), blanks=20_000_000),
        place=(TABLE, None, None),
    ),
    holds=Example(table=Workbook("Code | Display\na    | A\n", (("Code", "Display"), ("a", "A")))),
    source=FORMATS,
)
NO_SUCH_SHEET = Rule(
    number="CS142",
    name="no-such-sheet",
    severity=Severity.ERROR,
    what="It is not clear which sheet is meant: none has a column Code, or none has that name.",
    why="Several sheets hold several tables, and nothing says which of them holds the concepts.",
    fix="Say in the .yaml which sheet it is, by its name or number: build: sheet: Codes.",
    breaks=Example(
        table=Workbook(
            "sheet Codes:  Kürzel | Bezeichnung\nsheet Notes:  Date   | Note\n",
            (("Kürzel", "Bezeichnung"), ("a", "A")),
            others={"Notes": (("Date", "Note"),)},
        ),
        place=(TABLE, None, None),
    ),
    holds=Example(
        table=Workbook(
            "sheet Codes:  Kürzel | Bezeichnung\nsheet Notes:  Date   | Note\n",
            (("Kürzel", "Bezeichnung"), ("a", "A")),
            others={"Notes": (("Date", "Note"),)},
        ),
        metadata="build:\n  sheet: Codes\n  columns: {Kürzel: code, Bezeichnung: display}\n",
    ),
    source=FORMATS,
)
NOT_READ = Rule(
    number="CS143",
    name="part-not-read",
    severity=Severity.INFORMATION,
    what="A part of the workbook is not read: rows above the header, another sheet with codes.",
    why="Nothing is dropped silently.",
    fix="Say in the .yaml which sheet holds the table if it is another: build: sheet: Codes.",
    breaks=Example(
        table=Workbook(
            "Codes of 2024\nCode | Display\na    | A\n",
            (("Codes of 2024",), ("Code", "Display"), ("a", "A")),
        ),
        place=(TABLE, 1, 1),
    ),
    holds=Example(table=Workbook("Code | Display\na    | A\n", (("Code", "Display"), ("a", "A")))),
    source=FORMATS,
)
NO_VALUE = Rule(
    number="CS144",
    name="cell-without-value",
    severity=Severity.ERROR,
    what="A cell holds an error (#REF!), or a formula whose result is not stored.",
    why="What the author sees, or would see, in the cell is not known.",
    fix="Mend the formula, or put its value in its place; then save the workbook again.",
    breaks=Example(
        table=Workbook(
            "Code | Display\na    | #REF!\n",
            (("Code", "Display"), ("a", '<c r="{}" t="e"><f>B9</f><v>#REF!</v></c>')),
        ),
        place=(TABLE, 2, 2),
    ),
    holds=Example(
        table=Workbook(
            "Code | Display\na    | A  (a formula, whose result is stored)\n",
            (("Code", "Display"), ("a", '<c r="{}" t="str"><f>UPPER(A2)</f><v>A</v></c>')),
        )
    ),
    source=FORMATS,
)
HIDDEN = Rule(
    number="CS145",
    name="hidden-cells",
    severity=Severity.INFORMATION,
    what="Rows or columns of the table are hidden. They are read like the others.",
    why="Who looks at the sheet does not see them, and may not mean them.",
    fix="Show them to be sure that they belong to the table; delete those that do not.",
    breaks=Example(
        table=Workbook(
            "Code | Display   (the column Display is hidden)\na    | A\n",
            (("Code", "Display"), ("a", "A")),
            before='<cols><col min="2" max="2" hidden="1"/></cols>',
        ),
        place=(TABLE, 1, 2),
    ),
    holds=Example(table=Workbook("Code | Display\na    | A\n", (("Code", "Display"), ("a", "A")))),
    source=FORMATS,
)
MERGED = Rule(
    number="CS146",
    name="merged-cells",
    severity=Severity.INFORMATION,
    what=(
        "Cells of the table are merged. A value that spans rows is taken for each of them that "
        "has a value of its own elsewhere; one that spans columns is taken for the first only."
    ),
    why="A merged cell is one value; of which cells it is meant is the sheet's look alone.",
    fix="Take the merging back and fill the cells as they are meant.",
    breaks=Example(
        table=Workbook(
            "Level | Code | Display\n1     | a    | A\n      | b    | B      (A2:A3 merged)\n",
            (("Level", "Code", "Display"), ("1", "a", "A"), ("", "b", "B")),
            after='<mergeCells><mergeCell ref="A2:A3"/></mergeCells>',
        ),
        place=(TABLE, 2, 1),
    ),
    holds=Example(
        table=Workbook(
            "Level | Code | Display\n1     | a    | A\n1     | b    | B\n",
            (("Level", "Code", "Display"), ("1", "a", "A"), ("1", "b", "B")),
        )
    ),
    source=FORMATS,
)
AS_SHOWN = Rule(
    number="CS147",
    name="number-as-shown",
    severity=Severity.INFORMATION,
    what="A number is taken as its format shows it: 10 with the format 0000 as 0010.",
    why="The cell holds 10, its author sees and means 0010.",
    fix="Store codes as text: format the column as text, then type or paste the codes.",
    breaks=Example(
        table=Workbook(
            "Code | Display\n0010 | A     (A2 holds the number 10, its format is 0000)\n",
            (("Code", "Display"), ('<c r="{}" s="1"><v>10</v></c>', "A")),
            formats=("0000",),
        ),
        place=(TABLE, 2, 1),
    ),
    holds=Example(
        table=Workbook(
            "Code | Display\n0010 | A     (A2 holds a text)\n", (("Code", "Display"), ("0010", "A"))
        )
    ),
    source="https://ecma-international.org/publications-and-standards/standards/ecma-376/",
)
LOST_ZEROS = Rule(
    number="CS148",
    name="lost-zeros",
    severity=Severity.WARNING,
    what="A code is a number, while other codes are texts that begin with zeros.",
    why="A spreadsheet takes 0010 for the number 10 unless the cell is formatted as text before.",
    fix="Format the column as text, and type the code again with its zeros.",
    breaks=Example(
        table=Workbook(
            "Code | Display\n0010 | A     (a text)\n20   | B     (a number)\n",
            (("Code", "Display"), ("0010", "A"), ('<c r="{}"><v>20</v></c>', "B")),
        ),
        place=(TABLE, 3, 1),
    ),
    holds=Example(
        table=Workbook(
            "Code | Display\n0010 | A     (a text)\n0020 | B     (a text)\n",
            (("Code", "Display"), ("0010", "A"), ("0020", "B")),
        )
    ),
    source=FORMATS,
)
CHANGED_CODE = Rule(
    number="CS149",
    name="changed-code",
    severity=Severity.ERROR,
    what=(
        "A code is stored as a date, in scientific notation, or as a number of more than 15 "
        "digits: the spreadsheet changed what was typed."
    ),
    why=(
        "A spreadsheet takes MAR1 and 1-2 for dates and 1E5 for 100000, and it keeps 15 digits of "
        "a number, so that the end of a longer code (SNOMED CT, GTIN) is lost."
    ),
    fix="Format the column as text, and type or paste the codes again from where they came.",
    breaks=Example(
        table=Workbook(
            "Code       | Display\n2024-03-01 | A     (typed as MAR1)\n",
            (("Code", "Display"), ('<c r="{}" s="1"><v>45352</v></c>', "A")),
            formats=("d-mmm",),
        ),
        place=(TABLE, 2, 1),
    ),
    holds=Example(
        table=Workbook(
            "Code | Display\nMAR1 | A     (a text)\n", (("Code", "Display"), ("MAR1", "A"))
        )
    ),
    source=FORMATS,
)

RULES = (
    UNREADABLE_WORKBOOK,
    LARGE_WORKBOOK,
    NO_SUCH_SHEET,
    NOT_READ,
    NO_VALUE,
    HIDDEN,
    MERGED,
    AS_SHOWN,
    LOST_ZEROS,
    CHANGED_CODE,
)
