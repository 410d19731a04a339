"""Rules of emitting: templates, and artifacts that would overwrite each other."""

from fhir_codesystem.diagnostics import Severity
from fhir_codesystem.rules.rule import Example, Rule

PAGE = "codesystem.md.jinja"
NARRATIVE = "narrative.xhtml.jinja"
VALUE_SET_NARRATIVE = "valueset.xhtml.jinja"
XMLNS = 'xmlns="http://www.w3.org/1999/xhtml"'

TEMPLATE_ERROR = Rule(
    number="CS501",
    name="template-error",
    severity=Severity.ERROR,
    what="A template cannot be read, names something that is not there, or fails.",
    why="A misspelt name would otherwise print nothing, and nobody would notice.",
    fix="Correct the template at the line named; docs/templates.md lists what it can use.",
    breaks=Example(
        templates={PAGE: "# {{ codesystem.title }}\n{{ titel }}\n"}, place=(PAGE, 2, None)
    ),
    holds=Example(templates={PAGE: "# {{ codesystem.title }}\n"}),
    source="docs/templates.md",
)
SAME_ARTIFACT = Rule(
    number="CS502",
    name="same-artifact",
    severity=Severity.ERROR,
    what="Two sources of one run have the same id, so their artifacts would have the same names.",
    why="The second would overwrite the first.",
    fix="Give one of them another id.",
    breaks=Example(),
    holds=Example(),
    source="https://hl7.org/fhir/R4/resource.html#id",
)

BAD_NARRATIVE = Rule(
    number="CS503",
    name="bad-narrative",
    severity=Severity.ERROR,
    what="The narrative is not the XHTML that FHIR allows.",
    why=(
        "Readers show text.div as it is: it must be one well-formed div that says something "
        "(txt-2), and nothing in it may act or ask: no scripts, forms, frames or events (txt-1)."
    ),
    fix=(
        "Correct it (of a table: narrative.xhtml.jinja); use elements of text, lists, tables and "
        "links only."
    ),
    breaks=Example(
        templates={NARRATIVE: f"<div {XMLNS}>{{{{ codesystem.title }}}}<script>x</script></div>"},
        place=(NARRATIVE, None, None),
    ),
    holds=Example(templates={NARRATIVE: f"<div {XMLNS}>{{{{ codesystem.title }}}}</div>"}),
    source="https://hl7.org/fhir/R4/narrative.html#xhtml",
    official=(
        "txt-1",
        "txt-2",
        "XHTML_XHTML_NS_INVALID",
        "XHTML_XHTML_NAME_INVALID",
        "XHTML_XHTML_ELEMENT_ILLEGAL",
        "XHTML_XHTML_ELEMENT_ILLEGAL_IN_PARA",
        "XHTML_XHTML_ATTRIBUTE_ILLEGAL",
        "XHTML_XHTML_ATTRIBUTE_XML_SPACE",
        "XHTML_XHTML_DOCTYPE_ILLEGAL",
        "XHTML_XHTML_BAD_ELEMENT_TYPE",
        "XHTML_XHTML_BLOCK_IN_PARA",
        "XHTML_XHTML_ILLEGAL_CHILDREN",
        "XHTML_XHTML_NO_CHILDREN",
        "XHTML_XHTML_NO_RECURSION",
        "XHTML_XHTML_OUT_OF_PLACE",
        "XHTML_XHTML_DUPLICATE_IDS",
        "XHTML_XHTML_MIXED_LANG",
        "XHTML_URL_INVALID",
        "XHTML_XHTML_ENTITY_ILLEGAL",
        "ERROR_PARSING_XHTML_",
    ),
)

RULES = (TEMPLATE_ERROR, SAME_ARTIFACT, BAD_NARRATIVE)
