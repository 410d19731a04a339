"""Rules of the narrative of a resource; that it is XHTML as FHIR allows it is CS503."""

from fhir_codesystem.diagnostics import Severity
from fhir_codesystem.rules.resources import CONCEPT, code_system
from fhir_codesystem.rules.rule import RESOURCE, Example, Rule

XMLNS = 'xmlns=\\"http://www.w3.org/1999/xhtml\\"'
LANGUAGE = '"language": "en"'
TEXT = '"text": {"status": "generated", "div":\n  '

NARRATIVE_LANGUAGE = Rule(
    number="CS646",
    name="narrative-language",
    severity=Severity.WARNING,
    what="The resource states its language, and its narrative states none, or another one.",
    why="Browsers and screen readers take the language from lang and xml:lang of the div.",
    fix="State both on the div, as the language of the resource.",
    breaks=Example(
        resource=code_system(LANGUAGE, TEXT + f'"<div {XMLNS}>Letters</div>"}}', CONCEPT),
        place=(RESOURCE, 7, 3),
    ),
    holds=Example(
        resource=code_system(
            LANGUAGE,
            TEXT + f'"<div {XMLNS} lang=\\"en\\" xml:lang=\\"en\\">Letters</div>"}}',
            CONCEPT,
        )
    ),
    source="https://hl7.org/fhir/R4/languages.html",
    official=(
        "LANGUAGE_XHTML_LANG_MISSING1",
        "LANGUAGE_XHTML_LANG_MISSING2",
        "LANGUAGE_XHTML_LANG_MISSING3",
        "LANGUAGE_XHTML_LANG_DIFFERENT1",
        "LANGUAGE_XHTML_LANG_DIFFERENT2",
    ),
)

NARRATIVE_LINK = Rule(
    number="CS647",
    name="narrative-link",
    severity=Severity.ERROR,
    what="A link or an image of the narrative leads nowhere, or runs a program.",
    why="Readers show the narrative as it is, whoever wrote it.",
    fix="Correct the target, or take the link out.",
    breaks=Example(
        resource=code_system(TEXT + f'"<div {XMLNS}><a href=\\"#x\\">x</a></div>"}}', CONCEPT),
        place=(RESOURCE, 6, 3),
    ),
    holds=Example(
        resource=code_system(
            TEXT + f'"<div {XMLNS}><a href=\\"#x\\">x</a><p id=\\"x\\">X</p></div>"}}', CONCEPT
        )
    ),
    source="https://hl7.org/fhir/R4/narrative.html#xhtml",
    official=(
        "TYPE_SPECIFIC_CHECKS_DT_XHTML_RESOLVE",
        "TYPE_SPECIFIC_CHECKS_DT_XHTML_RESOLVE_IMG",
        "TYPE_SPECIFIC_CHECKS_DT_XHTML_EMPTY_HREF",
        "TYPE_SPECIFIC_CHECKS_DT_XHTML_ACTIVE_HREF",
        "TYPE_SPECIFIC_CHECKS_DT_XHTML_LITERAL_HREF",
        "TYPE_SPECIFIC_CHECKS_DT_XHTML_UNKNOWN_HREF",
        "TYPE_SPECIFIC_CHECKS_DT_XHTML_MULTIPLE_MATCHES",
    ),
)

RULES = (NARRATIVE_LANGUAGE, NARRATIVE_LINK)
