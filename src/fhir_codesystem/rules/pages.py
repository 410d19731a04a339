"""Rules of reading published pages (HTML): which table, and what of it was read."""

from fhir_codesystem.diagnostics import Severity
from fhir_codesystem.rules.rule import TABLE, Example, Rule

PAGES = "the reading of published pages, docs/formats/html.md"


def _page(*tables: str) -> str:
    return "<!DOCTYPE html>\n<body>\n" + "\n".join(tables) + "\n</body>\n"


def _table(*rows: str) -> str:
    lines = [f"<tr><td>{row.replace(' | ', '</td><td>')}</td></tr>" for row in rows]
    return "\n".join(["<table>", *lines, "</table>"])


CODES = _table("Code | Display", "a | A")

HIDDEN_ROW = Rule(
    number="CS133",
    name="hidden-row",
    severity=Severity.INFORMATION,
    what="A row was read that the page does not show, or not at first.",
    why="Pages fold the lower levels of a hierarchy; their rows are concepts all the same.",
    fix="If it is no concept, take the row out of the page.",
    breaks=Example(
        table=_page(CODES.replace("<tr><td>a", '<tr style="display: none"><td>a')),
        place=(TABLE, 5, 1),
    ),
    holds=Example(table=_page(CODES)),
    source=PAGES,
)
NO_CONCEPT = Rule(
    number="CS134",
    name="no-concept-row",
    severity=Severity.INFORMATION,
    what="A row is no concept and was left out: a title over all columns, or the header again.",
    why="Long tables are divided by such rows. Nothing is dropped silently.",
    fix="Nothing need be done, unless the row was meant as a concept: then give it its cells.",
    breaks=Example(
        table=_page(CODES.replace("<tr><td>a", '<tr><td colspan="2">First</td></tr>\n<tr><td>a')),
        place=(TABLE, 5, 1),
    ),
    holds=Example(table=_page(CODES)),
    source=PAGES,
)
NO_CONCEPT_TRANSLATED = Rule(
    number="CS135",
    name="translation-without-concept",
    severity=Severity.WARNING,
    what="The table of other languages has a row whose code no concept has.",
    why="The translation belongs to nothing and was left out.",
    fix="Correct the code in one of the two tables.",
    breaks=Example(
        table=_page(CODES, _table("Code | Deutsch (German, de)", "b | B")), place=(TABLE, 9, 9)
    ),
    holds=Example(table=_page(CODES, _table("Code | Deutsch (German, de)", "a | A"))),
    source=PAGES,
)
ENDLESS_SPAN = Rule(
    number="CS136",
    name="endless-span",
    severity=Severity.ERROR,
    what="Cells span more than ten million others (colspan, rowspan).",
    why="Laid out, the table would fill the memory; no page of codes is made like that.",
    fix="Correct colspan and rowspan in the page.",
    breaks=Example(
        table=_page(
            "<table>\n<tr><td>Code</td><td>Display</td></tr>\n"
            + "<tr><td rowspan=65534 colspan=1000>a</td></tr>\n" * 200
            + "</table>"
        ),
        place=(TABLE, 5, 1),
    ),
    holds=Example(table=_page(CODES.replace("<tr><td>a", "<tr><td rowspan=65534>a"))),
    source=PAGES,
)

RULES = (
    HIDDEN_ROW,
    NO_CONCEPT,
    NO_CONCEPT_TRANSLATED,
    ENDLESS_SPAN,
)
