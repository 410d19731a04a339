"""Value sets that contain a code system: of the value set itself nothing is asked here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..bases import SMALL
from ..case import Case, json_case, merged
from ..fhirxml import tree_of, xml_case

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..case import Json

SYSTEM = "http://codes.example/fhir/CodeSystem/small"
XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'
NARRATIVE = {"status": "generated", "div": f"<div {XHTML}><p>x</p></div>"}
CHANGES: dict[str, Json] = {
    "good": {},
    "no-id": {"id": ...},
    "no-status": {"status": ...},
    "status": {"status": "x"},
    "count": {"count": 5},
    "name": {"name": "a b"},
    "codes": {"concept": [{"code": "a"}, {"code": "a"}], "count": 2},
    "code-space": {"concept": [{"code": " a"}], "count": 1},
    "nested": {"concept": [{"code": "a", "concept": [{"code": "b "}]}], "count": 2},
    "relative": {"url": "small"},
    "no-url": {"url": ...},
    "text": {"text": NARRATIVE},
    "text-empty": {"text": {"status": "generated", "div": f"<div {XHTML}/>"}},
    "text-link": {"text": {"status": "generated", "div": f'<div {XHTML}><a href="#y">x</a></div>'}},
    "language": {"language": "en", "text": NARRATIVE},
    "property": {"concept": [{"code": "a", "property": [{"code": "x", "valueCode": "b"}]}]},
    "fragment": {"content": "fragment", "count": ...},
    "value-set": {"valueSet": "http://codes.example/fhir/ValueSet/all"},
    "experimental": {"experimental": True},
    "contained": {"contained": [{"resourceType": "Patient", "id": "p"}]},
}


def cases(_: str) -> Iterator[Case]:
    """Make all cases."""
    for name, change in CHANGES.items():
        inside = _ordered(merged(SMALL, **change))
        whole = holder([inside])
        yield json_case(f"holder/{name}", whole)
        yield xml_case(f"holder/{name}", tree_of(whole))
    other = {"resourceType": "Patient", "id": "p"}
    yield json_case("holder/two", holder([other, merged(SMALL, count=7)]))
    yield json_case("holder/unknown", holder([{**SMALL, "unknownThing": 1}]))
    yield json_case("holder/number", holder([{**SMALL, "title": 1}]))


def holder(contained: list[Json]) -> Json:
    """Return a value set that contains resources and refers to the code system among them."""
    first: Any = next(each for each in contained if each["resourceType"] == "CodeSystem")
    return {
        "resourceType": "ValueSet",
        "id": "all",
        "text": NARRATIVE,
        "contained": contained,
        "url": "http://codes.example/fhir/ValueSet/all",
        "version": "1.0.0",
        "name": "All",
        "title": "All",
        "status": "active",
        "experimental": False,
        "description": "All of them.",
        "compose": {
            "include": [
                {
                    "extension": [
                        {
                            "url": "http://hl7.org/fhir/StructureDefinition/valueset-system",
                            "valueUri": f"#{first.get('id', 'small')}",
                        }
                    ],
                    "system": SYSTEM,
                }
            ]
        },
    }


def _ordered(resource: Json) -> Json:
    """Put elements where XML needs them."""
    first = {
        name: resource[name]
        for name in ("resourceType", "id", "language", "text", "contained")
        if name in resource
    }
    return first | resource
