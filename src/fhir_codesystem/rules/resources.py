"""Small code systems, as JSON and as XML, that show what breaks a rule and what does not."""

from __future__ import annotations

HEAD = (
    '"resourceType": "CodeSystem"',
    '"url": "http://example.org/x"',
    '"status": "draft"',
    '"content": "complete"',
)
CONCEPT = '"concept": [{"code": "a", "display": "A", "definition": "The first letter."}]'
NAMESPACE = "http://hl7.org/fhir"


def code_system(*members: str, head: tuple[str, ...] = HEAD) -> str:
    """Return a CodeSystem in JSON, a member on each line: those of the head, then ``members``."""
    return "{" + ",\n ".join((*head, *members)) + "}\n"


def supplement(*members: str) -> str:
    """Return a supplement in JSON: its head takes three lines."""
    return code_system(*members, head=(*HEAD[:3], '"content": "supplement"'))


def published(url: str, *members: str) -> str:
    """Return a CodeSystem in JSON with another canonical URL, on its second line."""
    return code_system(*members, head=(HEAD[0], f'"url": "{url}"', *HEAD[2:]))


def xml(*elements: str) -> str:
    """Return a CodeSystem in XML, an element on each line from the second on."""
    lines = "".join(f" {element}\n" for element in elements)
    return f'<CodeSystem xmlns="{NAMESPACE}">\n{lines}</CodeSystem>\n'
