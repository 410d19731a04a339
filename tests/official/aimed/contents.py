"""What a code system says of its content: completeness, counts, supplements, repeated codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..bases import SMALL, bases
from ..case import json_case, merged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..case import Case, Json

HL7 = "http://hl7.org/fhir/CodeSystem/small"
GUIDE = "http://fhir.org/guides/x/CodeSystem/small"
KNOWN = "http://hl7.org/fhir/publication-status"
UNKNOWN = "http://codes.example/fhir/CodeSystem/base"
TREE = [{"code": "a", "display": "A", "concept": [{"code": "b", "display": "B"}]}]


def cases(version: str) -> Iterator[Case]:
    """Make all cases."""
    yield from _elements()
    yield from _counts()
    yield from _supplements(version)
    yield from _repeats()
    yield from _designations(version)
    yield from _value_sets()


def _small(name: str, /, *keys: str, **elements: object) -> Case:
    return json_case(f"content/{name}", merged(SMALL, **elements), *keys)


def _elements() -> Iterator[Case]:
    """Elements that should be there, of code systems of HL7 and of others."""
    own, should = "CODESYSTEM_CS_NONHL7_MISSING_ELEMENT", "CODESYSTEM_CS_HL7_MISSING_ELEMENT_SHOULD"
    shall = "CODESYSTEM_CS_HL7_MISSING_ELEMENT_SHALL"
    tree: Json = {"concept": TREE, "hierarchyMeaning": ...}
    yield _small("no-content", own, "VALIDATION_VAL_PROFILE_MINIMUM", content=...)
    yield _small("no-case-sensitive", own, caseSensitive=...)
    yield _small("no-hierarchy-meaning", own, **tree)
    for name, url in (("hl7", HL7), ("guide", GUIDE)):
        yield _small(f"{name}-no-content", shall, content=..., url=url)
        yield _small(f"{name}-no-case-sensitive", should, caseSensitive=..., url=url)
        yield _small(f"{name}-no-hierarchy-meaning", should, url=url, **tree)
        yield _small(f"{name}-nothing", shall, url=url, content=..., caseSensitive=..., **tree)
    yield _small("no-url", url=...)
    yield _small("nothing", own, url=..., content=..., caseSensitive=..., **tree)
    no_display: list[Json] = [{"code": "a", "definition": "x"}, {"code": "b", "definition": "x"}]
    yield _small("no-display", concept=no_display)
    yield _small("hl7-no-display", "CODESYSTEM_CONCEPT_NO_DISPLAY", concept=no_display, url=HL7)
    bare: list[Json] = [{"code": "a", "concept": [{"code": "a1"}]}, {"code": "b"}]
    keys = "CODESYSTEM_CONCEPT_NO_DISPLAY", "CODESYSTEM_CONCEPT_NO_DEFINITION"
    yield _small("hl7-bare", *keys, concept=bare, url=HL7, count=3)
    yield _small("guide-bare", concept=bare, url=GUIDE, count=3)
    deep = [{"code": "a", "display": "A", "definition": "x", "concept": bare[1:]}]
    yield _small("hl7-bare-below", *keys, concept=deep, url=HL7)
    for content in ("complete", "fragment", "example", "not-present", "supplement", "Complete"):
        yield _small(f"is-{content}", content=content)
        yield _small(f"is-{content}-hl7", content=content, url=HL7)
        yield _small(f"is-{content}-no-concepts", content=content, concept=..., count=...)


def _counts() -> Iterator[Case]:
    complete, fragment = "CODESYSTEM_CS_COUNT_COMPLETE_WRONG", "CODESYSTEM_CS_COUNT_FRAGMENT_WRONG"
    yield _small("empty", "CODESYSTEM_CS_COMPLETE_AND_EMPTY", concept=..., count=0)
    yield _small("empty-uncounted", "CODESYSTEM_CS_COMPLETE_AND_EMPTY", concept=..., count=...)
    for count in (0, 1, 2, 3, 1000000):
        right = [] if count == 2 else [complete]
        yield _small(f"complete-{count}", *right, count=count)
        wrong = [fragment] if count <= 2 else []
        for content in ("fragment", "example"):
            yield _small(f"{content}-{count}", *wrong, count=count, content=content)
        absent: Json = {"count": count, "content": "not-present"}
        yield _small(f"not-present-{count}", **absent)
        keys = ["CODESYSTEM_CS_COUNT_NO_CONTENT_ALLOWED"]
        keys += ["CODESYSTEM_CS_COUNT_NOTPRESENT_ZERO"] if count == 0 else []
        yield _small(f"not-present-{count}-one", *keys, **absent, concept=SMALL["concept"][:1])
        yield _small(f"not-present-{count}-empty", count=count, content="not-present", concept=...)
    yield _small("tree-2", count=2, concept=TREE)
    yield _small("tree-1", complete, count=1, concept=TREE)
    yield _small("negative", "TYPE_SPECIFIC_CHECKS_DT_INTEGER_LT0", count=-1)


def _supplements(version: str) -> Iterator[Case]:
    base = bases(version)["supplement"]

    def case(name: str, /, *keys: str, **elements: object) -> Case:
        return json_case(f"supplement/{name}", merged(base, **elements), *keys)

    prefix = "CODESYSTEM_CS_HL7_PRESENT_ELEMENT_SUPPL"
    missing = "CODESYSTEM_CS_SUPP_NO_SUPP", f"{prefix}_MISSING"
    wrong = f"{prefix}_WRONG"
    yield case("no-base", *missing, supplements=...)
    yield case("no-base-hl7", *missing, supplements=..., url=HL7)
    yield case("no-base-no-concepts", *missing, supplements=..., concept=...)
    yield case("case-sensitive", prefix, caseSensitive=True)
    for content in ("complete", "fragment", "example", "not-present", "x"):
        yield case(f"is-{content}", wrong, content=content)
    yield case("no-content", content=...)
    yield case("unknown", "CODESYSTEM_CS_SUPP_CANT_CHECK", supplements=UNKNOWN)
    yield case("unknown-versioned", "CODESYSTEM_CS_SUPP_CANT_CHECK", supplements=f"{UNKNOWN}|1")
    yield case("unknown-no-concepts", supplements=UNKNOWN, concept=...)
    yield case("fragment-reference", supplements="#base")
    yield case("relative", "TYPE_SPECIFIC_CHECKS_CANONICAL_ABSOLUTE", supplements="base")
    yield case("example", supplements="http://example.org/fhir/CodeSystem/base")
    yield case("of-itself", supplements=base["url"])
    valid = [{"code": "draft", "designation": [{"language": "de", "value": "Entwurf"}]}]
    invalid: list[Json] = [{"code": "drafty"}, {"code": "draft", "concept": [{"code": "x"}]}]
    bad = "CODESYSTEM_CS_SUPP_INVALID_CODE"
    yield case("known", supplements=KNOWN, concept=valid)
    yield case("known-bad-code", bad, supplements=KNOWN, concept=invalid)
    yield case("known-versioned", supplements=f"{KNOWN}|9.9", concept=valid)
    yield case("known-counted", supplements=KNOWN, concept=valid, count=4)
    yield case("known-is-a", supplements=KNOWN, concept=valid, hierarchyMeaning="is-a")
    yield case("known-part-of", supplements=KNOWN, concept=valid, hierarchyMeaning="part-of")
    yield case("known-no-concepts", supplements=KNOWN, concept=...)
    yield case("known-value-set", supplements=KNOWN, concept=valid, valueSet=f"{KNOWN}x")
    same = "http://hl7.org/fhir/ValueSet/publication-status"
    yield case("known-same-value-set", supplements=KNOWN, concept=valid, valueSet=same)
    other = [{"code": "draft", "display": "Sketch"}]
    yield case("known-display", supplements=KNOWN, concept=other, valueSet=same)
    yield case("unknown-value-set", supplements=UNKNOWN, valueSet="http://codes.example/vs")
    many = [{"code": f"c{number}"} for number in range(1001)]
    yield case("known-many", "CODESYSTEM_CS_SUPP_TOO_MANY_CODES", supplements=KNOWN, concept=many)
    yield case("unknown-many", supplements=UNKNOWN, concept=many)
    repeated = [{"code": "draft"}, {"code": "draft"}]
    yield case("repeats", "CODESYSTEM_DUPLICATE_CODE", supplements=KNOWN, concept=repeated)


def _repeats() -> Iterator[Case]:
    """Codes that stand twice, at any depth."""
    twice, invariant = "CODESYSTEM_DUPLICATE_CODE", "csd-1"
    a: Json = {"code": "a", "display": "A"}
    b: Json = {"code": "b", "display": "B"}

    def case(name: str, /, *keys: str, concept: list[Json]) -> Case:
        return _small(f"repeat-{name}", *keys, concept=concept, count=...)

    yield case("top", twice, invariant, concept=[a, b, a])
    yield case("thrice", twice, invariant, concept=[a, a, a])
    yield case("other-case", concept=[a, {"code": "A"}])
    yield case("space", twice, concept=[a, b, a, {"code": "a "}])
    yield case("below", twice, concept=[{**a, "concept": [a]}])
    yield case("below-other", twice, concept=[{**b, "concept": [a]}, a])
    yield case("level-2", twice, concept=[{**a, "concept": [b, b]}])
    yield case(
        "level-2-apart", twice, concept=[{"code": "x", "concept": [a]}, {**b, "concept": [a]}]
    )
    deep: Json = {"code": "x", "concept": [{"code": "y", "concept": [a, a]}]}
    yield case("level-3", twice, concept=[deep])
    apart: Json = {"code": "x", "concept": [{"code": "y", "concept": [a]}]}
    yield case("level-1-and-3", twice, concept=[apart, a])
    yield case("no-codes", twice, concept=[{"display": "A"}, {"display": "B"}])
    yield case("one-without-code", concept=[{"display": "A"}, b])
    level: Json = {"code": "c0"}
    for number in range(1, 40):
        level = {"code": f"c{number}", "concept": [level]}
    yield case("deep", concept=[level])


def _designations(version: str) -> Iterator[Case]:
    use = {"system": "http://snomed.info/sct", "code": "900000000000013009"}
    clash, in_language = (
        f"CODESYSTEM_DESIGNATION_DISP_CLASH_{each}" for each in ("NO_LANG", "LANG")
    )

    def case(name: str, /, *keys: str, language: object = ..., **designation: object) -> Case:
        concept = [{"code": "a", "display": "A", "designation": [{"value": "B", **designation}]}]
        return _small(f"designation-{name}", *keys, language=language, concept=concept, count=1)

    yield case("bare", clash)
    yield case("equal", value="A")
    yield case("use", use=use)
    yield case("language", language="de")
    yield json_case(
        "content/designation-same-language",
        merged(
            SMALL,
            language="de",
            concept=[
                {
                    "code": "a",
                    "display": "A",
                    "designation": [
                        {"language": "de", "value": "B"},
                        {"language": "de", "value": "A"},
                        {"language": "de-AT", "value": "B"},
                        {"language": "en", "value": "B"},
                        {"value": "B"},
                        {"language": "de", "use": use, "value": "B"},
                    ],
                },
                {"code": "b", "designation": [{"language": "de", "value": "B"}]},
            ],
        ),
        in_language,
    )
    yield case("resource-language", in_language, language="de")
    for language in ("en", "EN", "de-DE", "de_DE", "german", "x-own", "zh-Hans", "i-klingon", "e"):
        concept = [
            {"code": "a", "display": "A", "designation": [{"language": language, "value": "B"}]}
        ]
        yield _small(f"designation-in-{language}", concept=concept, count=1)
        yield _small(f"language-{language}", language=language)
    for name, further in (
        ("use-empty", {"use": {}}),
        ("use-display", {"use": {"display": "Synonym"}}),
        ("use-code", {"use": {"code": "x"}}),
        ("use-own", {"use": {"system": "http://codes.example/uses", "code": "x"}}),
        ("use-unknown", {"use": {"system": "http://snomed.info/sct", "code": "1"}}),
        ("use-display-wrong", {"use": {**use, "display": "Wrong"}}),
        ("no-value", {"value": ""}),
    ):
        yield case(name, **further)
    if version == "R5":
        yield case("additional", additionalUse=[use], use=use)
        yield case("additional-alone", "csd-5", additionalUse=[use])


def _value_sets() -> Iterator[Case]:
    review = "CODESYSTEM_CS_NO_VS_NOTCOMPLETE"
    unknown = "http://codes.example/fhir/ValueSet/small"
    yield _small("value-set", valueSet=unknown)
    for content in ("fragment", "example", "not-present", "supplement"):
        yield _small(f"value-set-{content}", review, valueSet=unknown, content=content, count=...)
    yield _small("value-set-relative", "TYPE_SPECIFIC_CHECKS_CANONICAL_ABSOLUTE", valueSet="vs")
    yield _small("value-set-anchor", valueSet="#vs")
    wrong = "CODESYSTEM_CS_VS_WRONGSYSTEM"
    yield _small(
        "value-set-other", wrong, valueSet="http://hl7.org/fhir/ValueSet/publication-status"
    )
    invalid = "http://hl7.org/fhir/ValueSet/security-labels"
    yield _small("value-set-two-includes", "CODESYSTEM_CS_VS_INVALID", valueSet=invalid)
    details = "http://hl7.org/fhir/ValueSet/designation-use"
    yield _small("value-set-details", valueSet=details, url="http://snomed.info/sct")
    status = "http://hl7.org/fhir/ValueSet/publication-status"
    yield _small("value-set-expansion", valueSet=status, url=KNOWN)
    yield _small("value-set-versioned", valueSet=f"{unknown}|1.0")
    yield _small("value-set-itself", valueSet=SMALL["url"])
