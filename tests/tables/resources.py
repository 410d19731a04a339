"""CodeSystems of all kinds, and what a reader must make of them, said as plainly as can be."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Self
from xml.sax.saxutils import quoteattr

from hypothesis import strategies as st

if TYPE_CHECKING:
    from fhir_codesystem.tables.table import Table

BLANKS = " \t\r\n\x0b\x0c"
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12).filter(
    lambda text: bool(text.strip(BLANKS))
)
CODINGS = st.fixed_dictionaries(
    {"system": st.just("http://example.org/y"), "code": TEXTS}, optional={"display": TEXTS}
)
VALUES = st.one_of(
    TEXTS.map(lambda value: {"valueCode": value}),
    TEXTS.map(lambda value: {"valueString": value}),
    st.integers(-(2**31), 2**31 - 1).map(lambda value: {"valueInteger": value}),
    st.booleans().map(lambda value: {"valueBoolean": value}),
    st.dates().map(lambda value: {"valueDateTime": str(value)}),
    CODINGS.map(lambda value: {"valueCoding": value}),
    st.sampled_from(["1.50", "0.0", "-3.00", "1e5", "12345678901234567890.5"]).map(
        lambda value: {"valueDecimal": Decimal(value)}
    ),
)
PROPERTIES = st.builds(lambda code, value: {"code": code, **value}, TEXTS, VALUES)
DESIGNATIONS = st.fixed_dictionaries(
    {"value": TEXTS}, optional={"language": st.sampled_from(["de", "fr-CH"]), "use": CODINGS}
)
FLAT: dict[str, Any] = {
    "display": TEXTS,
    "definition": TEXTS,
    "designation": st.lists(DESIGNATIONS, min_size=1, max_size=2),
    "property": st.lists(PROPERTIES, min_size=1, max_size=3),
}
CONCEPTS = st.recursive(
    st.fixed_dictionaries({"code": TEXTS}, optional=FLAT),
    lambda inner: st.fixed_dictionaries(
        {"code": TEXTS}, optional={**FLAT, "concept": st.lists(inner, min_size=1, max_size=3)}
    ),
    max_leaves=8,
)
CODE_SYSTEMS = st.builds(
    lambda stated, concepts: {"resourceType": "CodeSystem", **stated, "concept": concepts},
    st.fixed_dictionaries(
        {"status": st.just("draft"), "content": st.just("complete")},
        optional={
            "url": st.just("http://example.org/x"),
            "title": TEXTS,
            "experimental": st.booleans(),
            "count": st.integers(1, 9),
            "contact": st.lists(st.builds(lambda name: {"name": name}, TEXTS), min_size=1),
            "property": st.lists(
                st.builds(lambda code: {"code": code, "type": "string"}, TEXTS), min_size=1
            ),
        },
    ),
    st.lists(CONCEPTS, min_size=1, max_size=4),
)


class Decimal(float):
    """A decimal as it is written; `json` writes floats by their repr."""

    def __new__(cls, text: str) -> Self:
        made = super().__new__(cls, text)
        made.text = text
        return made

    text: str

    def __repr__(self) -> str:
        return self.text


def to_json(resource: dict[str, Any], **options: Any) -> bytes:
    """Write a resource as JSON, decimals as they are."""
    marks: dict[str, str] = {}

    def marked(value: Any) -> Any:
        if isinstance(value, Decimal):
            mark = f"\ue000{len(marks)}\ue001"
            marks[json.dumps(mark, ensure_ascii=False)] = value.text
            return mark
        if isinstance(value, dict):
            return {name: marked(held) for name, held in value.items()}
        return [marked(each) for each in value] if isinstance(value, list) else value

    text = json.dumps(marked(resource), ensure_ascii=False, **options)
    for mark, number in marks.items():
        text = text.replace(mark, number)
    return text.encode()


def to_xml(resource: dict[str, Any]) -> bytes:
    """Write a resource as XML (https://hl7.org/fhir/R5/xml.html)."""

    def element(name: str, value: Any) -> str:
        if isinstance(value, list):
            return "".join(element(name, each) for each in value)
        if isinstance(value, dict):
            inside = "".join(element(key, held) for key, held in value.items())
            return f"<{name}>{inside}</{name}>\n"
        text = str(value).lower() if isinstance(value, bool) else str(value)
        return f"<{name} value={quoteattr(text)}/>"

    inside = "".join(element(key, held) for key, held in list(resource.items())[1:])
    kind = resource["resourceType"]
    return f'<{kind} xmlns="http://hl7.org/fhir">\n{inside}</{kind}>\n'.encode()


Row = tuple[str, str | None, str | None, str | None]


def rows_of(concepts: list[dict[str, Any]], level: int = 1) -> list[tuple[Row, dict[str, Any]]]:
    """Return the rows that concepts must make, each with its concept."""
    rows = []
    for concept in concepts:
        code, display, definition = (
            (concept.get(name) or "").strip(BLANKS) or None
            for name in ("code", "display", "definition")
        )
        rows.append(((str(level), code, display, definition), concept))
        rows += rows_of(concept.get("concept", []), level + 1)
    return rows


def written(value: Any) -> str:
    """Write the value of a property as the links of a table do."""
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return str(value).lower() if isinstance(value, bool) else str(value)


def assert_same(table: Table, resource: dict[str, Any]) -> None:
    """Assert that a table says all that a CodeSystem says."""
    expected = rows_of(resource.get("concept", []))
    assert table.header == ("Level", "Code", "Display", "Definition")
    assert table.frame.select("0", "1", "2", "3").rows() == [row for row, _ in expected]
    assert table.links.properties.rows() == [
        (row, each["code"], name[5].lower() + name[6:] if name != "valueCoding" else "Coding",
         written(value))
        for row, (_, concept) in enumerate(expected)
        for each in concept.get("property", [])
        for name, value in each.items()
        if name != "code"
    ]  # fmt: skip
    assert table.links.designations.rows() == [
        (row, each.get("language"), written(each["use"]) if "use" in each else None, each["value"])
        for row, (_, concept) in enumerate(expected)
        for each in concept.get("designation", [])
    ]
    made = ("resourceType", "concept", "text")
    assert table.stated == {key: each for key, each in resource.items() if key not in made}
