"""Rules of emitting: templates, and artifacts that would overwrite each other."""

from fhir_codesystem.diagnostics import Severity
from fhir_codesystem.rules.rule import Example, Rule

PAGE = "codesystem.md.jinja"

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

RULES = (TEMPLATE_ERROR, SAME_ARTIFACT)
