"""Profiles that a code system claims, and what is asked of it for publication."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ..bases import CONTACT, SMALL
from ..case import json_case, merged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..case import Case, Json

CORE = "http://hl7.org/fhir/StructureDefinition/"
CRMI = "http://hl7.org/fhir/uv/crmi/StructureDefinition/"
CLAIMED = {
    "shareable": f"{CORE}shareablecodesystem",
    "publishable": f"{CORE}publishablecodesystem",
    "crmi-shareable": f"{CRMI}crmi-shareablecodesystem",
    "crmi-publishable": f"{CRMI}crmi-publishablecodesystem",
    "base": f"{CORE}CodeSystem",
    "other-type": f"{CORE}ValueSet",
    "type": f"{CORE}string",
    "unknown": "http://codes.example/fhir/StructureDefinition/x",
    "versioned": f"{CORE}shareablecodesystem|4.0.1",
    "version-unknown": f"{CORE}shareablecodesystem|9.9",
    "secure": "https://hl7.org/fhir/StructureDefinition/shareablecodesystem",
    "case": f"{CORE}ShareableCodeSystem",
}
ELEMENTS = (
    *("url", "version", "name", "title", "status", "experimental", "date", "publisher"),
    *("description", "caseSensitive", "hierarchyMeaning", "content", "count", "concept"),
)
URLS = {
    "own": SMALL["url"],
    "hl7": "http://hl7.org/fhir/CodeSystem/small",
    "guide": "http://hl7.org/fhir/us/x/CodeSystem/small",
    "terminology": "http://terminology.hl7.org/CodeSystem/small",
    "registry": "http://fhir.org/guides/x/CodeSystem/small",
}
TREE = [{"code": "a", "display": "A", "concept": [{"code": "b", "display": "B"}]}]
FLAT = [
    {"code": "a", "property": [{"code": "parent", "valueCode": "b"}]},
    {"code": "b", "property": [{"code": "child", "valueCode": "a"}]},
]


def cases(version: str) -> Iterator[Case]:
    """Make all cases."""
    for name, profile in CLAIMED.items():
        claim: Json = {"meta": {"profile": [profile]}}
        yield _small(f"{name}/all", **claim)
        for element in ELEMENTS:
            keys = []
            if name == "shareable" and element in {"url", "version", "experimental", "description"}:
                keys = ["VALIDATION_VAL_PROFILE_MINIMUM"]
            yield _small(f"{name}/no-{element}", *keys, **claim, **{element: ...})
        yield _small(f"{name}/tree", **claim, concept=TREE, hierarchyMeaning=...)
        yield _small(f"{name}/flat", **claim, concept=FLAT, hierarchyMeaning=...)
        for content in ("not-present", "fragment", "example", "supplement"):
            yield _small(f"{name}/{content}", **claim, content=content, concept=..., count=...)
    two = {"meta": {"profile": [CLAIMED["shareable"], CLAIMED["shareable"]]}}
    yield _small("twice", **two)
    both = {"meta": {"profile": [CLAIMED["shareable"], CLAIMED["publishable"]]}}
    yield _small("both", **both, url=..., date=...)
    for hierarchy in ("tree", "flat"):
        meaning = {"hierarchyMeaning": ..., "concept": TREE if hierarchy == "tree" else FLAT}
        keys = []
        if version == "R5":
            keys = ["csd-2" if hierarchy == "tree" else "csd-3"]
        yield _small(f"hierarchy/{hierarchy}", *keys, **meaning)
    yield from _published()


def _published() -> Iterator[Case]:
    group = {"url": f"{CORE}structuredefinition-wg", "valueCode": "vocab"}
    for name, url in URLS.items():
        case = partial(_published_as, name, url)
        hl7 = name in {"hl7", "guide", "terminology"}
        yield case("all")
        for element in ELEMENTS[1:]:
            keys = []
            if element in {"version", "title", "experimental", "description"}:
                keys = [f"CODESYSTEM_SHAREABLE_MISSING{'_HL7' if hl7 else ''}"]
            yield case(f"no-{element}", *keys, **{element: ...})
        yield case("group", extension=[group])
        yield case("group-unknown", extension=[{**group, "valueCode": "x"}])
        for publisher in ("HL7 International / Terminology Infrastructure", "HL7", ...):
            said = "none" if publisher is ... else publisher.replace(" ", "-").replace("/", "")
            for contact in ("none", "group", "other"):
                link = "http://www.hl7.org/Special/committees/vocab"
                telecom = {"none": ..., "other": [CONTACT]}.get(
                    contact, [{"telecom": [{"system": "url", "value": link}]}]
                )
                yield case(
                    f"group-{said}-{contact}",
                    extension=[group],
                    publisher=publisher,
                    contact=telecom,
                )
        supplement: Json = {"content": "supplement", "supplements": SMALL["url"]}
        yield case("supplement", **supplement, caseSensitive=..., title=..., concept=...)
        yield case("properties", property=[{"code": "own", "type": "string"}])
        yield case("tree", concept=TREE)
        yield case("bare", concept=[{"code": "a"}], count=1)
    yield json_case(
        "published/no-url", merged(SMALL, url=...), "CODESYSTEM_SHAREABLE_MISSING", publication=True
    )
    wanted = "VALIDATION_HL7_WG_NEEDED"
    made = merged(SMALL, url=URLS["hl7"])
    yield json_case("published/no-group", made, wanted, publication=True)
    made = merged(SMALL, url=URLS["guide"])
    yield json_case("published/move", made, "CODESYSTEM_THO_CHECK", publication=True)


def _published_as(publisher: str, url: str, what: str, /, *keys: str, **elements: Any) -> Case:
    made = merged(SMALL, **({"url": url} | elements))
    return json_case(f"published/{publisher}/{what}", made, *keys, publication=True)


def _small(name: str, /, *keys: str, **elements: Any) -> Case:
    return json_case(f"profile/{name}", merged(SMALL, **elements), *keys)
