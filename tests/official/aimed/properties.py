"""Properties: declared and not, standard and own, of the right type and of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..bases import CODING, PROPERTIES, SMALL
from ..case import json_case, merged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..case import Case, Json

P = "CODESYSTEM_PROPERTY"
STANDARD = {
    "status": "code",
    "inactive": "boolean",
    "effectiveDate": "dateTime",
    "deprecated": "dateTime",
    "deprecationDate": "dateTime",
    "retirementDate": "dateTime",
    "notSelectable": "boolean",
    "parent": "code",
    "child": "code",
    "partOf": "code",
    "synonym": "code",
    "comment": "string",
    "itemWeight": "decimal",
    "order": "integer",
    "alternateCode": "code",
    "definition": "string",
}
VALUES: Json = {
    "code": "a",
    "Coding": CODING,
    "string": "text",
    "integer": 1,
    "boolean": True,
    "dateTime": "2024-01-01",
    "decimal": 1.5,
}


def cases(version: str) -> Iterator[Case]:
    """Make all cases."""
    yield from _declared()
    yield from _standard()
    yield from _values(version)
    yield from _references()


def _case(name: str, declared: object, *keys: str, stated: object = None, **further: Any) -> Case:
    concept = [dict(each) for each in SMALL["concept"]]
    if stated is not None:
        concept[0]["property"] = stated
    made = merged(SMALL, **{"property": declared, "concept": concept, **further})
    return json_case(f"property/{name}", made, *keys)


def _declared() -> Iterator[Case]:
    own: Json = {"code": "own", "uri": "http://codes.example/p/own", "type": "string"}
    yield _case("none", ...)
    yield _case("own", [own], f"{P}_URI_UNKNOWN")
    yield _case(
        "own-code", [{**own, "type": "code"}], f"{P}_URI_UNKNOWN_TYPE", f"{P}_CODE_DEFAULT_WARNING"
    )
    yield _case("no-uri", [{"code": "own", "type": "string"}], f"{P}_UNKNOWN_CODE")
    yield _case("no-uri-code", [{"code": "own", "type": "code"}], f"{P}_CODE_DEFAULT_WARNING")
    yield _case(
        "no-code", [{"uri": own["uri"], "type": "string"}], "VALIDATION_VAL_PROFILE_MINIMUM"
    )
    yield _case("no-type", [{"code": "own", "uri": own["uri"]}], "VALIDATION_VAL_PROFILE_MINIMUM")
    yield _case("only-description", [{"description": "x"}], "VALIDATION_VAL_PROFILE_MINIMUM")
    yield _case("twice", [own, own], f"{P}_DUPLICATE_URI", f"{P}_DUPLICATE_CODE")
    yield _case("uri-twice", [own, {**own, "code": "other"}], f"{P}_DUPLICATE_URI")
    other = {**own, "uri": "http://codes.example/p/other"}
    yield _case("code-twice", [own, other], f"{P}_DUPLICATE_CODE")
    yield _case("code-as-uri", [{**own, "code": own["uri"]}])
    yield _case("code-as-other-uri", [own, {**other, "code": own["uri"]}])
    yield _case("relative", [{**own, "uri": "own"}], f"{P}_ABSOLUTE_URI")
    yield _case("anchor", [{**own, "uri": "#own"}], f"{P}_ABSOLUTE_URI")
    yield _case("oid", [{**own, "uri": "urn:oid:1.2.3.4"}])
    for kind in ("string", "code"):
        base = [{**own, "uri": "http://codes.example/cs#own", "type": kind}]
        yield _case(f"unknown-base-{kind}", base, f"{P}_URI_UNKNOWN_BASE")
        known = [{**own, "uri": "http://hl7.org/fhir/publication-status#own", "type": kind}]
        yield _case(f"known-base-{kind}", known)
        good = [{**own, "uri": "http://hl7.org/fhir/publication-status#draft", "type": kind}]
        yield _case(f"known-base-code-{kind}", good)
    yield _case("of-itself", [{**own, "uri": f"{SMALL['url']}#own"}])
    for name, url in (("short", "http://hl7.org/fhir/small"), ("long", "http://hl7.org/fhir/a/b")):
        hl7 = [{**own, "uri": "http://hl7.org/fhir/own"}]
        yield _case(f"hl7-{name}", hl7, url=url)
        yield _case(f"hl7-{name}-inside", [{**own, "uri": f"{url}#own"}], url=url)
    yield _case("hl7", [{**own, "uri": "http://hl7.org/fhir/own"}], f"{P}_BAD_HL7_URI")
    yield _case("hl7-secure", [{**own, "uri": "https://hl7.org/fhir/own"}], f"{P}_BAD_HL7_URI")
    yield _case("hl7-no-url", [{**own, "uri": "http://hl7.org/fhir/own"}], url=...)
    yield _case("terminology", [{**own, "uri": "http://terminology.hl7.org/own"}])
    for kind in ("Code", "uri", "markdown", "date", ""):
        yield _case(f"type-{kind or 'empty'}", [{**own, "type": kind}])


def _standard() -> Iterator[Case]:
    suggested = f"{P}_KNOWN_CODE_SUGGESTIVE"
    for code, kind in STANDARD.items():
        uri = f"{PROPERTIES}{code}"
        yield _case(f"standard-{code}", [{"code": code, "uri": uri, "type": kind}])
        yield _case(f"standard-{code}-no-uri", [{"code": code, "type": kind}])
        yield _case(f"standard-{code}-other-code", [{"code": "own", "uri": uri, "type": kind}])
        for other in VALUES:
            if other != kind:
                yield _case(f"standard-{code}-{other}", [{"code": code, "uri": uri, "type": other}])
    uri = f"{PROPERTIES}parent"
    parent = {"code": "parent", "uri": uri}
    yield _case("suggested", [{"code": "parent", "type": "code"}], suggested)
    wrong = f"{P}_CODE_TYPE_MISMATCH"
    yield _case("suggested-wrong-type", [{"code": "parent", "type": "string"}], suggested, wrong)
    yield _case("wrong-type", [{**parent, "type": "string"}], f"{P}_URI_TYPE_MISMATCH")
    mixed = [{**parent, "code": "child", "type": "code"}]
    yield _case("wrong-code", mixed, f"{P}_URI_CODE_MISMATCH")
    yield _case("other-case", [{"code": "Parent", "uri": uri, "type": "code"}])
    lower = [{"code": "parent", "uri": f"{PROPERTIES}Parent", "type": "code"}]
    yield _case("uri-case", lower, f"{P}_BAD_HL7_URI")
    versioned = [{"code": "parent", "uri": f"{uri}|5.0.0", "type": "code"}]
    yield _case("uri-versioned", versioned, f"{P}_BAD_HL7_URI")
    spaced = [{"code": "parent", "uri": f"{uri} ", "type": "code"}]
    yield _case("uri-space", spaced, "TYPE_SPECIFIC_CHECKS_DT_URI_WS")


def _values(version: str) -> Iterator[Case]:
    for kind, value in VALUES.items():
        declared = [{"code": "own", "uri": "http://codes.example/p/own", "type": kind}]
        for other, stated in VALUES.items():
            name = f"value{other[0].upper()}{other[1:]}"
            keys = [] if other == kind else [f"{P}_WRONG_TYPE"]
            yield _case(
                f"value-{kind}-{other}", declared, *keys, stated=[{"code": "own", name: stated}]
            )
        yield _case(f"value-{kind}-none", declared, f"{P}_NO_VALUE", stated=[{"code": "own"}])
        del value
    text = [{"code": "x", "valueString": "text"}]
    yield _case("undeclared", ..., f"{P}_UNDEFINED", stated=text)
    yield _case("undeclared-no-value", ..., f"{P}_UNDEFINED", stated=[{"code": "x"}])
    declared = [{"code": "own", "uri": "http://codes.example/p/own", "type": "string"}]
    by_uri = [{"code": "http://codes.example/p/own", "valueString": "x"}]
    yield _case("by-uri", declared, stated=by_uri)
    yield _case("no-code-stated", declared, stated=[{"valueString": "x"}])
    yield _case("empty-stated", declared, stated=[{}])
    yield _case(
        "two-values", declared, stated=[{"code": "own", "valueString": "x", "valueCode": "a"}]
    )
    for kind in ("Uri", "Markdown", "Quantity", "x", ""):
        yield _case(f"value-kind-{kind}", declared, stated=[{"code": "own", f"value{kind}": "x"}])
    lower = [{"code": "own", "valuestring": "x"}]
    yield _case("value-kind-lower", declared, stated=lower)
    dates = [{"code": "own", "uri": "http://codes.example/p/own", "type": "dateTime"}]
    for date in ("2024-13-01", "2024-01-01T10:00", "x"):
        yield _case(f"value-date-{date}", dates, stated=[{"code": "own", "valueDateTime": date}])
    decimals = [{"code": "own", "uri": "http://codes.example/p/own", "type": "decimal"}]
    for number in (1, 1.50, 1e300, "1.5", "x", -0.0):
        stated = [{"code": "own", "valueDecimal": number}]
        yield _case(f"value-decimal-{number}-{type(number).__name__}", decimals, stated=stated)
    coded = [{"code": "own", "uri": "http://codes.example/p/own", "type": "Coding"}]
    for name, coding in (
        ("no-system", {"code": "x"}),
        ("display-only", {"display": "X"}),
        ("known", {"system": "http://hl7.org/fhir/publication-status", "code": "draft"}),
        ("unknown", {"system": "http://hl7.org/fhir/publication-status", "code": "x"}),
        ("relative", {"system": "x", "code": "x"}),
        ("value-set", {"system": "http://hl7.org/fhir/ValueSet/publication-status", "code": "x"}),
    ):
        stated = [{"code": "own", "valueCoding": coding}]
        yield _case(f"coding-{name}", coded, stated=stated)
    yield _case(
        "after-undeclared", [*declared], stated=[*text, {"code": "own", "valueString": "x"}]
    )
    del version


def _references() -> Iterator[Case]:
    bad, synonym = f"{P}_BAD_INTERNAL_REFERENCE", f"{P}_SYNONYM_CHECK"
    for code in ("parent", "child", "partOf", "synonym", "status", "own"):
        uri = f"{PROPERTIES}{code}" if code != "own" else "http://codes.example/p/own"
        declared = [{"code": code, "uri": uri, "type": "code"}]
        for name, value in (("good", "b"), ("bad", "x"), ("itself", "a"), ("case", "B")):
            keys = [bad] if name in {"bad", "case"} and code != "status" else []
            stated = [{"code": code, "valueCode": value}]
            yield _case(f"{code}-{name}", declared, *keys, stated=stated)
        twice = [{"code": code, "valueCode": "x"}, {"code": code, "valueCode": "x"}]
        yield _case(f"{code}-bad-twice", declared, stated=twice)
        other = [{"code": code, "valueCode": "x"}, {"code": code, "valueCode": "y"}]
        yield _case(f"{code}-bad-others", declared, stated=other)
        fragment: Json = {"content": "fragment", "count": 9}
        yield _case(f"{code}-bad-fragment", declared, stated=twice[:1], **fragment)
        supplement: Json = {"content": "supplement", "caseSensitive": ..., "count": ...}
        supplement["supplements"] = "http://codes.example/fhir/CodeSystem/base"
        yield _case(f"{code}-bad-supplement", declared, stated=twice[:1], **supplement)
        supplement["supplements"] = "http://hl7.org/fhir/publication-status"
        yield _case(f"{code}-bad-known-supplement", declared, stated=twice[:1], **supplement)
    stated = [{"code": "synonym", "valueCode": "x"}]
    yield _case("synonym-undeclared", ..., synonym, stated=stated)
    text = [{"code": "synonym", "valueString": "x"}]
    yield _case("synonym-text", [{"code": "synonym", "type": "string"}], synonym, stated=text)
    yield _case("synonym-no-value", ..., stated=[{"code": "synonym"}])
    extension = "http://hl7.org/fhir/StructureDefinition/codesystem-property-valueset"
    for name, value_set in (
        ("known", "http://hl7.org/fhir/ValueSet/publication-status"),
        ("unknown", "http://codes.example/fhir/ValueSet/x"),
    ):
        further = [{"url": extension, "valueCanonical": value_set}]
        sets: list[Json] = [
            {"extension": further, "code": "own", "uri": "http://codes.example/p", "type": "code"}
        ]
        for value in ("draft", "x"):
            stated = [{"code": "own", "valueCode": value}]
            yield _case(f"value-set-{name}-{value}", sets, stated=stated)
