"""Extensions, contained resources, references and other resources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..bases import EXTENSION, SMALL, STANDARDS_STATUS
from ..case import json_case, merged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..case import Case, Json

CORE = "http://hl7.org/fhir/StructureDefinition/"
EXTENSIONS: dict[str, tuple[Json, tuple[str, ...]]] = {
    "known": ({"url": STANDARDS_STATUS, "valueCode": "trial-use"}, ()),
    "known-bad-code": ({"url": STANDARDS_STATUS, "valueCode": "x"}, ()),
    "known-bad-type": ({"url": STANDARDS_STATUS, "valueString": "x"}, ()),
    "known-no-value": ({"url": STANDARDS_STATUS}, ()),
    "known-versioned": ({"url": f"{STANDARDS_STATUS}|4.0.1", "valueCode": "draft"}, ()),
    "work-group": ({"url": f"{CORE}structuredefinition-wg", "valueCode": "vocab"}, ()),
    "fmm": ({"url": f"{CORE}structuredefinition-fmm", "valueInteger": 1}, ()),
    "translation": (
        {
            "url": f"{CORE}translation",
            "extension": [
                {"url": "lang", "valueCode": "de"},
                {"url": "content", "valueString": "Klein"},
            ],
        },
        (),
    ),
    "translation-part-unknown": (
        {"url": f"{CORE}translation", "extension": [{"url": "x", "valueCode": "de"}]},
        (),
    ),
    "order": ({"url": f"{CORE}codesystem-conceptOrder", "valueInteger": 1}, ()),
    "label": ({"url": f"{CORE}codesystem-label", "valueString": "A"}, ()),
    "sctid": ({"url": f"{CORE}codesystem-alternate", "extension": []}, ()),
    "author": ({"url": f"{CORE}codesystem-author", "valueString": "Anna"}, ()),
    "workflow": ({"url": f"{CORE}codesystem-workflowStatus", "valueString": "draft"}, ()),
    "core-unknown": ({"url": f"{CORE}nothing", "valueString": "x"}, ()),
    "cross-version": (
        {
            "url": "http://hl7.org/fhir/5.0/StructureDefinition/extension-CodeSystem.topic",
            "valueString": "x",
        },
        (),
    ),
    "data-absent": ({"url": f"{CORE}data-absent-reason", "valueCode": "unknown"}, ()),
    "unknown": (EXTENSION, ("EXTENSION_EXT_UNKNOWN",)),
    "no-url": ({"valueString": "x"}, ("EXTENSION_EXT_URL_NOTFOUND",)),
    "empty-url": ({"url": "", "valueString": "x"}, ()),
    "relative-url": ({"url": "note", "valueString": "x"}, ("EXTENSION_EXT_URL_ABSOLUTE",)),
    "url-only": ({"url": EXTENSION["url"]}, ("ext-1",)),
    "both": ({**EXTENSION, "extension": [{"url": "a", "valueCode": "b"}]}, ("ext-1",)),
    "two-values": ({**EXTENSION, "valueCode": "x"}, ()),
    "value-bad-type": ({"url": EXTENSION["url"], "valueThing": "x"}, ()),
    "value-complex": ({"url": EXTENSION["url"], "valueCoding": {"code": "x"}}, ()),
    "value-reference": (
        {"url": EXTENSION["url"], "valueReference": {"reference": "Patient/1"}},
        (),
    ),
    "value-bad-reference": ({"url": EXTENSION["url"], "valueReference": {"reference": "x y"}}, ()),
    "value-local-reference": (
        {"url": EXTENSION["url"], "valueReference": {"reference": "#none"}},
        (),
    ),
    "value-date": ({"url": EXTENSION["url"], "valueDate": "2024-02-30"}, ()),
    "value-base64": ({"url": EXTENSION["url"], "valueBase64Binary": "!!"}, ()),
    "value-id": ({"url": EXTENSION["url"], "valueId": "a b"}, ()),
    "value-time": ({"url": EXTENSION["url"], "valueTime": "25:00:00"}, ()),
    "value-instant": ({"url": EXTENSION["url"], "valueInstant": "2024"}, ()),
    "value-positive": ({"url": EXTENSION["url"], "valuePositiveInt": 0}, ()),
    "value-markdown": ({"url": EXTENSION["url"], "valueMarkdown": "<b>x</b>"}, ()),
    "value-uuid": ({"url": EXTENSION["url"], "valueUuid": "x"}, ()),
    "value-oid": ({"url": EXTENSION["url"], "valueOid": "urn:oid:x"}, ()),
    "example-url": ({"url": "http://example.org/fhir/StructureDefinition/x", "valueCode": "x"}, ()),
    "empty": ({}, ()),
}


def cases(version: str) -> Iterator[Case]:
    """Make all cases."""
    yield from _extensions(version)
    yield from _contained()
    yield from _references()
    yield from _others()


def _small(name: str, /, *keys: str, **elements: Any) -> Case:
    return json_case(f"structure/{name}", merged(SMALL, **elements), *keys)


def _extensions(version: str) -> Iterator[Case]:
    for name, (extension, keys) in EXTENSIONS.items():
        one = [extension]
        yield _small(f"extension/{name}", *keys, extension=one)
        yield _small(f"modifier/{name}", modifierExtension=one)
        yield _small(f"title/{name}", _title={"extension": one})
        concept = [{"extension": one, "code": "a", "_display": {"extension": one}}]
        yield _small(f"concept/{name}", concept=concept, count=1)
        declared = [{"extension": one, "code": "own", "type": "string"}]
        yield _small(f"property/{name}", property=declared)
    yield _small("extension/twice", extension=[EXTENSIONS["known"][0]] * 2)
    modifier = [{"modifierExtension": [EXTENSION], "code": "a"}]
    yield _small("concept-modifier", concept=modifier, count=1)
    yield _small("title-modifier", _title={"modifierExtension": [EXTENSION]})
    yield _small("meta-extension", meta={"extension": [EXTENSION]})
    for standard in ("draft", "trial-use", "normative", "deprecated", "withdrawn", "informative"):
        for status in ("draft", "active", "retired", "unknown"):
            stated = [{"url": STANDARDS_STATUS, "valueCode": standard}]
            inconsistent = (standard, status) in {("normative", "draft"), ("withdrawn", "active")}
            wrong = ["VALIDATION_VAL_STATUS_INCONSISTENT"] if inconsistent else []
            name = f"standards-status/{standard}-{status}"
            yield _small(name, *wrong, extension=stated, status=status)
    deprecated = [{"url": STANDARDS_STATUS, "valueCode": "deprecated"}]
    text = "This code system is deprecated."
    yield _small("deprecated-said", extension=deprecated, description=text)
    del version


def _contained() -> Iterator[Case]:
    inner: Json = {
        "resourceType": "CodeSystem",
        "id": "inner",
        "url": "http://codes.example/inner",
        "status": "draft",
        "content": "complete",
        "concept": [{"code": "x"}],
    }
    value_set: Json = {
        "resourceType": "ValueSet",
        "id": "vs",
        "status": "draft",
        "compose": {"include": [{"system": SMALL["url"]}]},
    }
    patient: Json = {"resourceType": "Patient", "id": "p", "active": True}
    orphan = "CONTAINED_ORPHAN_DOM3"
    for name, each in (("codesystem", inner), ("valueset", value_set), ("patient", patient)):
        yield _small(f"contained/{name}", orphan, contained=[each])
        refer = [{"url": EXTENSION["url"], "valueReference": {"reference": f"#{each['id']}"}}]
        yield _small(f"contained/{name}-referred", contained=[each], extension=refer)
        canonical = [{"url": EXTENSION["url"], "valueCanonical": f"#{each['id']}"}]
        yield _small(f"contained/{name}-canonical", contained=[each], extension=canonical)
        bare = {key: value for key, value in each.items() if key != "id"}
        yield _small(f"contained/{name}-no-id", contained=[bare])
        yield _small(f"contained/{name}-nested", contained=[{**each, "contained": [patient]}])
        meta = {"versionId": "1", "lastUpdated": "2024-01-01T00:00:00Z"}
        yield _small(f"contained/{name}-meta", contained=[{**each, "meta": meta}])
        label = {"security": [{"system": "http://codes.example/s", "code": "x"}]}
        yield _small(f"contained/{name}-security", contained=[{**each, "meta": label}])
        text = {"status": "empty", "div": '<div xmlns="http://www.w3.org/1999/xhtml">x</div>'}
        yield _small(f"contained/{name}-text", contained=[{**each, "text": text}])
        yield _small(f"contained/{name}-scalar", contained=each)
        yield _small(f"contained/{name}-twice", contained=[each, each])
        yield _small(f"contained/{name}-unknown", contained=[{**each, "unknownThing": 1}])
        yield _small(f"contained/{name}-bad-id", contained=[{**each, "id": "a b"}])
    yield _small("contained/value-set-used", contained=[value_set], valueSet="#vs")
    yield _small("contained/value-set-unused", contained=[value_set], valueSet="#other")
    yield _small("contained/empty", contained=[{}])
    yield _small("contained/no-type", contained=[{"id": "x"}])
    yield _small("contained/wrong-type", contained=[{"resourceType": "Nothing", "id": "x"}])
    yield _small("contained/broken", contained=[{**inner, "status": "x", "content": ...}][:0])
    duplicate = {**inner, "concept": [{"code": "x"}, {"code": "x"}]}
    yield _small("contained/duplicate-codes", contained=[duplicate])
    supplemented = {**inner, "content": "supplement", "supplements": SMALL["url"]}
    yield _small("contained/supplement", contained=[supplemented])


def _references() -> Iterator[Case]:
    for name, reference in (
        ("relative", {"reference": "Organization/1"}),
        ("wrong-type", {"reference": "Patient/1"}),
        ("bare", {"reference": "1"}),
        ("absolute", {"reference": "http://codes.example/fhir/Organization/1"}),
        ("local", {"reference": "#none"}),
        ("self", {"reference": "#"}),
        ("display", {"display": "Registry"}),
        ("type", {"reference": "Organization/1", "type": "Organization"}),
        ("other-type", {"reference": "Organization/1", "type": "Patient"}),
        ("bad-type", {"reference": "Organization/1", "type": "Nothing"}),
        ("urn", {"reference": "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"}),
        ("empty", {"reference": ""}),
        ("space", {"reference": "Organization/1 2"}),
        ("identifier", {"identifier": {"system": "http://codes.example/n", "value": "1"}}),
        ("version", {"reference": "Organization/1/_history/2"}),
    ):
        identifier = [{"system": "http://codes.example/n", "value": "1", "assigner": reference}]
        yield _small(f"reference/{name}", identifier=identifier)


def _others() -> Iterator[Case]:
    """Other resource types, and none."""
    for kind in ("codesystem", "CodeSystems", "", " ", "CodeSystem ", "Nothing"):
        yield _small(f"type/{kind!r}", resourceType=kind)
    yield _small("type/none", "UNABLE_TO_FIND_RESOURCETYPE_PROPERTY", resourceType=...)
    values: tuple[object, ...] = (None, 1, True, ["CodeSystem"], {})
    for value in values:
        yield _small(f"type/{type(value).__name__}", resourceType=value)
    yield json_case("structure/other/patient", {"resourceType": "Patient", "id": "p"})
    value_set: Json = {
        "resourceType": "ValueSet",
        "url": "http://codes.example/fhir/ValueSet/v",
        "status": "draft",
        "compose": {"include": [{"system": SMALL["url"]}]},
    }
    yield json_case("structure/other/value-set", value_set)
    inside = {**SMALL, "id": "inner", "concept": [{"code": "a"}, {"code": "a"}]}
    yield json_case("structure/other/value-set-containing", {**value_set, "contained": [inside]})
    basic = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": SMALL}]}
    yield json_case("structure/other/bundle", basic)
    parameters = {"resourceType": "Parameters", "parameter": [{"name": "x", "resource": SMALL}]}
    yield json_case("structure/other/parameters", parameters)
    late = {**{k: v for k, v in SMALL.items() if k != "resourceType"}, "resourceType": "CodeSystem"}
    yield json_case("structure/type-last", late)
    yield json_case("structure/fhir-comments", {**SMALL, "fhir_comments": ["said"]})
