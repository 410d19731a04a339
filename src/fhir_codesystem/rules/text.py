"""Rules of tables in text: what stands above them, which of several is read, quotes."""

from fhir_codesystem.diagnostics import Severity
from fhir_codesystem.rules.rule import METADATA, TABLE, Example, Rule

FORMATS = "the reading of tables, docs/formats.md"
PROSE = "# Codes\n\nHere they are.\n\n"
FIRST = "## Colours\n\n| Code | Display |\n| --- | --- |\n| r | red |\n"
SECOND = "\n## Sizes\n\n| Code | Display |\n| --- | --- |\n| s | small |\n"
OTHER = "\n| Who | When |\n| --- | --- |\n| me | now |\n"

TEXT_ABOVE_TABLE = Rule(
    number="CS120",
    name="text-above-table",
    severity=Severity.INFORMATION,
    what="Lines above the header, a title or a comment, are not part of the table.",
    why="Nothing is left out silently.",
    fix="If the header was not recognised, name its columns Code, Display, Definition.",
    breaks=Example(table="Colours of 2024\n\nCode | Display\na | A\n", place=(TABLE, 1, 1)),
    holds=Example(table="Code | Display\na | A\n"),
    source=FORMATS,
)
UNCLOSED_QUOTE = Rule(
    number="CS121",
    name="unclosed-quote",
    severity=Severity.ERROR,
    what="A quoted cell of a delimited table does not end.",
    why="All that follows, to the end of the file, would be the text of that one cell.",
    fix="Close the quote. A quote inside a quoted cell is written twice.",
    breaks=Example(table='Code,Display\na,"A\nb,B\n', place=(TABLE, 2, 3)),
    holds=Example(table='Code,Display\na,"A"\nb,B\n'),
    source="RFC 4180, section 2",
)
TEXT_AFTER_QUOTE = Rule(
    number="CS122",
    name="text-after-quote",
    severity=Severity.ERROR,
    what="Text follows the closing quote of a cell.",
    why=(
        "Mostly a quote inside the cell was not doubled, or the quote of a cell before it was "
        "not closed. Where the cell ends cannot be known."
    ),
    fix='Write a quote inside a quoted cell twice: "a ""quoted"" word".',
    breaks=Example(table='Code,Display\na,"an "A" here"\n', place=(TABLE, 2, 8)),
    holds=Example(table='Code,Display\na,"an ""A"" here"\n'),
    source="RFC 4180, section 2",
)
NO_SUCH_TABLE = Rule(
    number="CS123",
    name="no-such-table",
    severity=Severity.ERROR,
    what="The table that build: table: asks for is not in the source.",
    why="Another table than the one that was meant must not be read in its place.",
    fix="Give the number of the table, counted from 1, or the heading above it.",
    breaks=Example(
        table=FIRST + SECOND, metadata="build:\n  table: Shapes\n", place=(METADATA, 2, 10)
    ),
    holds=Example(table=FIRST + SECOND, metadata="build:\n  table: Sizes\n"),
    source=FORMATS,
)
WHICH_TABLE = Rule(
    number="CS124",
    name="which-table",
    severity=Severity.ERROR,
    what="A document holds several tables that could be the one of the concepts.",
    why="It is not to be guessed which of them is meant.",
    fix="Say in the .yaml which one: build: table: 2, or the heading above it.",
    breaks=Example(table=FIRST + SECOND, place=(TABLE, 3, 1)),
    holds=Example(table=FIRST + SECOND, metadata="build:\n  table: 2\n"),
    source=FORMATS,
)
OTHER_TABLE = Rule(
    number="CS125",
    name="other-table",
    severity=Severity.INFORMATION,
    what="A document holds further tables, which are not read.",
    why="Nothing is left out silently.",
    fix="Say in the .yaml which table is meant, and nothing is said of the others.",
    breaks=Example(table=FIRST + OTHER, place=(TABLE, 7, 1)),
    holds=Example(table=FIRST + OTHER, metadata="build:\n  table: Colours\n"),
    source=FORMATS,
)
NO_TABLE = Rule(
    number="CS126",
    name="no-table",
    severity=Severity.ERROR,
    what=(
        "A document holds no table that can be read: none at all, only in code or a comment, or "
        "beside more than 4 MB of prose and markup."
    ),
    why=(
        "A table that a document shows as code is an example, not its content. So much prose no "
        "document has, and parsing it would take minutes."
    ),
    fix="Move the table out of the code, or into a file of its own.",
    breaks=Example(table=PROSE + "```\n| Code |\n| --- |\n| a |\n```\n", place=(TABLE, None, None)),
    holds=Example(table=PROSE + "| Code |\n| --- |\n| a |\n"),
    source="https://github.github.com/gfm/#tables-extension-",
)
RULES = (
    TEXT_ABOVE_TABLE,
    UNCLOSED_QUOTE,
    TEXT_AFTER_QUOTE,
    NO_SUCH_TABLE,
    WHICH_TABLE,
    OTHER_TABLE,
    NO_TABLE,
)
