"""Rules of the hierarchy: levels that make no tree."""

from fhir_codesystem.diagnostics import Severity
from fhir_codesystem.rules.rule import TABLE, Example, Rule

NESTING = "https://hl7.org/fhir/R4/codesystem.html#hierarchy"
HEADER = "Lvl | Code | Display\n"
MOST_LEVELS = 100

BAD_LEVEL = Rule(
    number="CS201",
    name="bad-level",
    severity=Severity.ERROR,
    what="The level of a row is no whole number of 1 or more.",
    why="The level says where in the hierarchy the concept stands.",
    fix="Give the row its level: 1 for the top, one more for each step down.",
    breaks=Example(table=HEADER + "1 | a | A\nx | b | B\n", place=(TABLE, 3, 1)),
    holds=Example(table=HEADER + "1 | a | A\n2 | b | B\n"),
    source=NESTING,
)
FIRST_ROW_BELOW_TOP = Rule(
    number="CS202",
    name="first-row-below-top",
    severity=Severity.ERROR,
    what="The first row stands below level 1.",
    why="There is nothing above it that it could stand under; a row may have been cut off.",
    fix="Add the row above it, or count the levels from 1.",
    breaks=Example(table=HEADER + "2 | a | A\n", place=(TABLE, 2, 1)),
    holds=Example(table=HEADER + "1 | a | A\n"),
    source=NESTING,
)
LEVEL_JUMP = Rule(
    number="CS203",
    name="level-jump",
    severity=Severity.ERROR,
    what="A row stands more than one level below the row before it.",
    why="The level between is missing, so the concept has no parent.",
    fix="Correct the level, or add the row that is missing between the two.",
    breaks=Example(table=HEADER + "1 | a | A\n3 | b | B\n", place=(TABLE, 3, 1)),
    holds=Example(table=HEADER + "1 | a | A\n2 | b | B\n3 | c | C\n1 | d | D\n"),
    source=NESTING,
)
NESTED_TOO_DEEP = Rule(
    number="CS204",
    name="nested-too-deep",
    severity=Severity.ERROR,
    what=f"The hierarchy has more than {MOST_LEVELS} levels.",
    why=(
        "Each level nests JSON twice. Readers of JSON give up at some depth (orjson and others "
        "at about 250, Jackson at 1,000), and a page could not show it."
    ),
    fix="State the parents as properties: build: hierarchy: {as: parent-property}.",
    breaks=Example(
        table=HEADER + "".join(f"{n} | c{n} | C{n}\n" for n in range(1, 102)), place=(TABLE, 102, 1)
    ),
    holds=Example(
        table=HEADER + "".join(f"{n} | c{n} | C{n}\n" for n in range(1, 102)),
        metadata="build:\n  hierarchy: {as: parent-property}\n",
    ),
    source=NESTING,
)
LEVELS_FROM_ZERO = Rule(
    number="CS205",
    name="levels-from-zero",
    severity=Severity.INFORMATION,
    what="The levels of the table count from 0.",
    why="The top level is 0 here; every level was raised by one.",
    fix="Nothing need be done.",
    breaks=Example(table=HEADER + "0 | a | A\n1 | b | B\n", place=(TABLE, 2, 1)),
    holds=Example(table=HEADER + "1 | a | A\n2 | b | B\n"),
    source=NESTING,
)
HIERARCHY_FOUND = Rule(
    number="CS206",
    name="hierarchy-found",
    severity=Severity.INFORMATION,
    what="The hierarchy is read from something else than a column that states it.",
    why="Indentation or the beginnings of codes can mean a hierarchy, and can mean nothing.",
    fix="Say in the .yaml where the hierarchy is: build: hierarchy: indent (or none).",
    breaks=Example(table="Code | Display\na | A\n\u00a0\u00a0b | B\n", place=(TABLE, 1, None)),
    holds=Example(table=HEADER + "1 | a | A\n2 | b | B\n"),
    source=NESTING,
)
UNKNOWN_PARENT = Rule(
    number="CS207",
    name="unknown-parent",
    severity=Severity.ERROR,
    what="A row names a parent that is no code of the table.",
    why="A concept can only stand below a concept of its code system.",
    fix="Correct the parent, add its row, or say how the cell is split: build: columns.",
    breaks=Example(table="Code | Display | Parent\na | A |\nb | B | x\n", place=(TABLE, 3, 9)),
    holds=Example(table="Code | Display | Parent\nb | B | a\na | A |\n"),
    source=NESTING,
)

RULES = (
    BAD_LEVEL,
    FIRST_ROW_BELOW_TOP,
    LEVEL_JUMP,
    NESTED_TOO_DEEP,
    LEVELS_FROM_ZERO,
    HIERARCHY_FOUND,
    UNKNOWN_PARENT,
)
