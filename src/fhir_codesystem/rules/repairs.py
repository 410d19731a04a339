"""Rules of cells that say something else than was meant: each finding comes with a proposal."""

from fhir_codesystem.diagnostics import Severity
from fhir_codesystem.rules.rule import TABLE, Example, Rule

SOURCE = "repair with consent, docs/formats/repairs.md"
FIX = "See the change with codesystem check --fix, and make it with --fix --write."

LOST_ZEROS = Rule(
    number="CS180",
    name="lost-leading-zeros",
    severity=Severity.WARNING,
    what="A code is shorter than the others, which are equally long and may begin with zeros.",
    why="A spreadsheet takes 00080016 for a number and saves 80016: another code.",
    fix=FIX,
    breaks=Example(
        table="Code | Display\n00080005 | A\n00080008 | B\n0020000D | C\n80016 | D\n",
        place=(TABLE, 5, 1),
    ),
    holds=Example(table="Code | Display\n01 | A\n02 | B\n011 | C\n0111 | D\n1 | E\n"),
    source=SOURCE,
)
MOJIBAKE = Rule(
    number="CS181",
    name="mojibake",
    severity=Severity.WARNING,
    what="A cell holds UTF-8 that was read as Windows-1252 or Latin-1.",
    why="Where 'ü' was meant it says 'Ã¼'. Taken back to bytes, all of the cell is good UTF-8.",
    fix=FIX,
    breaks=Example(table="Code | Display\na | MÃ¼ller\n", place=(TABLE, 2, 5)),
    holds=Example(table="Code | Display\na | Müller\nb | « CAFÉ»\n"),
    source=SOURCE,
)
SMART_QUOTES = Rule(
    number="CS182",
    name="smart-quote",
    severity=Severity.INFORMATION,
    what="A cell has typographic quotes where most others of the column have straight ones.",
    why="A word processor put them in. A search for one form does not find the other.",
    fix=FIX,
    breaks=Example(
        table="Code | Display\na | Crohn's\nb | Down's\nc | Parkinson's\nd | Wilson’s\n",
        place=(TABLE, 5, 5),
    ),
    holds=Example(table="Code | Display\na | Crohn's\nb | Down’s\nc | Parkinson’s\n"),
    source=SOURCE,
)
ODD_DASH = Rule(
    number="CS183",
    name="odd-dash",
    severity=Severity.WARNING,
    what="A code has a non-breaking hyphen, or a dash where others have a hyphen-minus.",
    why="They look the same and are not: the code is not found under what people type.",
    fix=FIX,
    breaks=Example(table="Code | Display\na-1 | A\na–2 | B\n", place=(TABLE, 3, 1)),
    holds=Example(table="Code | Display\na-1 | 1–2\n"),
    source=SOURCE,
)
LOOK_ALIKE = Rule(
    number="CS184",
    name="look-alike-letter",
    severity=Severity.WARNING,
    what="A Latin code has a letter of another alphabet that looks like a Latin one.",
    why="A Cyrillic or Greek 'А' is another character: the code equals none that it looks like.",
    fix=FIX,
    breaks=Example(
        table="Code | Display\nBA1 | A\nB\N{CYRILLIC CAPITAL LETTER A}2 | B\n",
        place=(TABLE, 3, 1),
    ),
    holds=Example(table="Code | Display\nTNF-α | A\nβ | B\nЖА | C\n"),
    source="https://www.unicode.org/reports/tr39/#Mixed_Script_Detection",
)
FULL_WIDTH = Rule(
    number="CS185",
    name="full-width-character",
    severity=Severity.WARNING,
    what="A code has full-width digits or letters where others have ordinary ones.",
    why="East Asian input methods type them; the code is another one to every program.",
    fix=FIX,
    breaks=Example(table="Code | Display\nA1 | A\nA２ | B\n", place=(TABLE, 3, 1)),
    holds=Example(table="Code | Display\nＡ１ | A\nＡ２ | B\n"),
    source="https://www.unicode.org/reports/tr11/",
)

RULES = (LOST_ZEROS, MOJIBAKE, SMART_QUOTES, ODD_DASH, LOOK_ALIKE, FULL_WIDTH)
