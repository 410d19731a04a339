"""What the official validator lets pass and other programs do not."""

from __future__ import annotations

from fhir_codesystem.codesystem.versions import FHIRVersion
from fhir_codesystem.instance.checking import findings
from fhir_codesystem.tables.source import Source

GOOD = (
    '{"resourceType": "CodeSystem", "url": "http://codes.example/x", "status": "draft",\n'
    ' "content": "complete", "title": "a b"}\n'
)


def errors(text: str) -> list[tuple[str, int | None, int | None, bool]]:
    found = findings(Source("x.json", text.encode()), FHIRVersion.R4)
    return [
        (each.rule.number, each.location.line, each.location.column, each.official)
        for each in found
        if each.severity == "error"
    ]


def test_a_control_character_in_a_text_is_told_where_it_stands() -> None:
    assert errors(GOOD) == []
    assert errors(GOOD.replace("a b", "a\tb")) == [("CS150", 2, 36, False)]
    assert errors(GOOD.replace("a b", r"a\tb")) == []
