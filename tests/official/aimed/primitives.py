"""Values of primitive types: dates, URIs, ids, texts, codes, versions and names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..bases import CONTACT, IDENTIFIER, SMALL
from ..case import json_case, merged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..case import Case, Json

T = "TYPE_SPECIFIC_CHECKS_DT"
DATES = {
    "2024": "",
    "2024-02": "",
    "2024-02-29": "",
    "2024-02-29T23:59:60Z": "",
    "2024-01-01T10:00:00.123456789+14:00": "",
    "2023-02-29": "",
    "2024-02-30": "DATETIME_VALID",
    "2024-13-01": "DATETIME_VALID",
    "2024-00": "DATETIME_VALID",
    "2024-1-1": "DATETIME_VALID",
    "24-01-01": "DATETIME_VALID",
    "01.02.2024": "DATETIME_VALID",
    "2024-01-01T25:00:00Z": "DATETIME_VALID",
    "2024-01-01T24:00:00Z": "",
    "2024-01-01T10:00": "",
    "2024-01-01T10:00Z": "",
    "2024-01-01T10:00:00": "DATETIME_TZ",
    "2024-01-01T10:00:00+15:00": "",
    "2024-01-01T10:00:00z": "",
    "2024-01-01 10:00:00Z": "",
    "2024-01-01T10:00:00.Z": "",
    "1700": "DATETIME_REASONABLE",
    "1700-01-01": "DATETIME_REASONABLE",
    "1799-12-31": "DATETIME_REASONABLE",
    "1800": "",
    "2200": "DATETIME_REASONABLE",
    "0000": "",
    "-2024": "DATETIME_VALID",
    "20240101": "DATETIME_VALID",
    "2024-01-01\n": "",
    "today": "DATETIME_VALID",
}
URIS = {
    "has space": "http://codes.example/a b",
    "space before": " http://codes.example/a",
    "space after": "http://codes.example/a ",
    "tab": "http://codes.example/a\tb",
    "no-break space": "http://codes.example/a\u00a0b",
    "line end": "http://codes.example/a\n",
    "oid": "oid:1.2.3.4",
    "uuid": "uuid:c757873d-ec9a-4326-a141-556f43239520",
    "urn oid": "urn:oid:2.16.840.1.113883.6.1",
    "urn oid bad": "urn:oid:1.2.x",
    "urn oid short": "urn:oid:1.2",
    "urn oid zero": "urn:oid:1.02.3.4",
    "urn oid first": "urn:oid:3.2.3.4",
    "urn oid case": "urn:OID:1.2.3.4",
    "urn uuid": "urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
    "urn uuid upper": "urn:uuid:C757873D-EC9A-4326-A141-556F43239520",
    "urn uuid bad": "urn:uuid:c757873d",
    "urn other": "urn:ietf:rfc:3986",
    "urn iso": "urn:iso:std:iso:3166",
    "relative": "a/b",
    "absolute path": "/a/b",
    "anchor": "#a",
    "mail": "mailto:a@example.com",
    "upper": "HTTP://CODES.EXAMPLE/A",
    "upper hl7": "HTTP://HL7.ORG/FHIR/a",
    "scheme only": "http://",
    "no host": "http:///a",
    "pipe": "http://codes.example/a|1.0",
    "pipe last": "http://codes.example/a|",
    "fragment": "http://codes.example/a#b",
    "query": "http://codes.example/a?b=c&d=e",
    "unicode": "http://codes.example/ä",
    "backslash": "http:\\\\codes.example\\a",
    "braces": "http://codes.example/{a}",
    "angle": "<http://codes.example/a>",
    "dollar": "http://codes.example/$a",
    "secure": "https://codes.example/a",
    "secure hl7": "https://hl7.org/fhir/a",
    "hl7": "http://hl7.org/fhir/a",
    "hl7 known": "http://hl7.org/fhir/publication-status",
    "hl7 known secure": "https://hl7.org/fhir/publication-status",
    "hl7 www": "http://www.hl7.org/fhir/a",
    "hl7 version": "http://hl7.org/fhir/4.0/a",
    "terminology": "http://terminology.hl7.org/CodeSystem/a",
    "guides": "http://fhir.org/guides/a",
    "example": "http://example.org/a",
    "example com": "http://example.com/a",
    "acme": "http://acme.com/a",
    "nema": "http://dicom.nema.org/a",
    "loinc": "http://loinc.org",
    "snomed": "http://snomed.info/sct",
    "value set": "http://hl7.org/fhir/ValueSet/publication-status",
    "tel": "tel:1",
    "ftp": "ftp://codes.example/a",
    "data": "data:text/plain,a",
    "script": "javascript:alert(1)",
    "unknown scheme": "xyz:a",
    "curly": "http://codes.example/\u201ca\u201d",
    "cid": "cid:a",
}
TEXTS = {
    "space": " ",
    "spaces": "   ",
    "no-break space": "\u00a0",
    "line end": "\n",
    "space before": " a",
    "space after": "a ",
    "no-break before": "\u00a0a",
    "line end after": "a\n",
    "line end inside": "a\nb",
    "return inside": "a\r\nb",
    "tab inside": "a\tb",
    "null": "a\u0000b",
    "control": "a\u0007b",
    "delete": "a\u007fb",
    "c1": "a\u0085b",
    "escape": "\u001b[31ma",
    "zero width": "a\u200bb",
    "zero width only": "\u200b",
    "byte-order mark": "\ufeffa",
    "soft hyphen": "a\u00adb",
    "unterminated bidi": "a\u202eb",
    "terminated bidi": "a\u202eb\u202c",
    "isolate": "a\u2066b",
    "isolate ended": "a\u2066b\u2069",
    "bidi twice": "a\u202e\u202eb\u202c",
    "bidi ended first": "a\u202cb",
    "direction mark": "a\u200fb",
    "bidi line": "a\u202eb\nc",
    "surrogate": "a\ud800b",
    "emoji": "a\U0001f600b",
    "non-character": "a\uffffb",
    "replacement": "a\ufffdb",
    "private": "a\ue000b",
    "tag": "<b>a</b>",
    "tag open": "a <b",
    "tag empty": "a <br/>",
    "tag script": "<script>alert(1)</script>",
    "tag spaced": "a < b and c > d",
    "tag tight": "a<b and c>d",
    "tag close": "a</b>",
    "tag attribute": "<a href='x'>a</a>",
    "tag comment": "<!-- a -->",
    "tag upper": "<B>a</B>",
    "tag unknown": "<foo>",
    "tag digit": "<1>",
    "address": "<http://codes.example>",
    "mail address": "<anna@codes.example>",
    "entity": "a &amp; b",
    "code span": "`<b>`",
    "code block": "```\n<b>\n```",
    "escaped": "\\<b>",
    "deprecated": "This is deprecated.",
    "formula": "=1+1",
    "empty": "",
}
IDS = ("a_b", "a b", "ä", "a/b", "#a", "a" * 64, "a" * 65, "A.b-1", "", "-", ".", "a\n", "1")
NAMES = ("small", "S", "Small Name", "Small-Name", "Small.1", "1Small", "_Small", "ÄSmall", "S_1")


def cases(version: str) -> Iterator[Case]:
    """Make all cases."""
    for date, key in DATES.items():
        keys = [f"{T}_{key}"] if key else []
        yield _small(f"date/{date}", *keys, date=date)
    period = {"start": "2024", "end": "2020"}
    yield _small("period/reversed", "per-1", identifier=[{**IDENTIFIER, "period": period}])
    for start, end in (
        ("2024", "2024-01"),
        ("2024-01-02", "2024"),
        ("2024-01-01T10:00:00Z", "2024"),
    ):
        identifier = [{**IDENTIFIER, "period": {"start": start, "end": end}}]
        yield _small(f"period/{start}-{end}", identifier=identifier)
    for instant in ("2024-01-01", "2024-01-01T10:00:00", "2024-01-01T10:00:00Z", "x", ""):
        yield _small(f"instant/{instant}", meta={"lastUpdated": instant})
    yield from _uris()
    yield from _texts()
    yield from _identity(version)
    yield from _codes()
    yield from _contacts()
    if version == "R5":
        for date in DATES:
            yield _small(f"approval-date/{date}", approvalDate=date)


def _small(name: str, /, *keys: str, **elements: Any) -> Case:
    return json_case(f"primitive/{name}", merged(SMALL, **elements), *keys)


def _uris() -> Iterator[Case]:
    prop = {"code": "own", "type": "string"}
    for name, uri in URIS.items():
        yield _small(f"url/{name}", url=uri)
        yield _small(f"property-uri/{name}", property=[{**prop, "uri": uri}])
        yield _small(f"value-set/{name}", valueSet=uri)
        yield _small(f"identifier-system/{name}", identifier=[{"system": uri, "value": "1"}])
        ietf = {"system": "urn:ietf:rfc:3986", "value": uri}
        yield _small(f"identifier-value/{name}", identifier=[ietf])
        yield _small(f"profile/{name}", meta={"profile": [uri]})
        yield _small(f"implicit-rules/{name}", implicitRules=uri)
        yield _small(f"source/{name}", meta={"source": uri})
        use: list[Json] = [{"value": "B", "use": {"system": uri, "code": "x"}}]
        yield _small(f"use-system/{name}", concept=[{"code": "a", "designation": use}], count=1)
    key = "TYPE_SPECIFIC_CHECKS_DT_IDENTIFIER_IETF_SYSTEM_VALUE"
    yield _small("ietf", key, identifier=[{"system": "urn:ietf:rfc:3986", "value": "1.2.3"}])
    yield _small("oid", f"{T}_URI_OID", url="oid:1.2.3")
    yield _small("uuid", f"{T}_URI_UUID", url="uuid:x")
    yield _small("urn-oid", f"{T}_OID_VALID", url="urn:oid:x")
    yield _small("urn-uuid", f"{T}_UUID_VALID", url="urn:uuid:x")
    known = [{**prop, "uri": "http://hl7.org/fhir/a"}]
    yield _small("unresolved", f"{T}_URL_RESOLVE", property=known)


def _texts() -> Iterator[Case]:
    for name, text in TEXTS.items():
        for element in ("title", "description", "publisher", "copyright", "purpose", "version"):
            yield _small(f"{element}/{name}", **{element: text})
        concept: list[Json] = [{"code": "a", "display": text, "definition": text}]
        yield _small(f"display/{name}", concept=concept, count=1)
        yield _small(f"code/{name}", concept=[{"code": text, "display": "A"}], count=1)
        designation = [{"language": "de", "value": text}]
        concept = [{"code": "a", "display": "A", "designation": designation}]
        yield _small(f"designation/{name}", concept=concept, count=1)
    million = "x" * 1048577
    yield _small(
        "display/million", f"{T}_STRING_LENGTH", concept=[{"code": "a", "display": million}]
    )
    yield _small("description/million", description=million)
    yield _small("code/million", concept=[{"code": million}])
    yield _small("display/million-less-one", concept=[{"code": "a", "display": million[:-1]}])
    yield _small("display/wide", concept=[{"code": "a", "display": "\U0001f600" * 524289}])


def _identity(version: str) -> Iterator[Case]:
    for each in IDS:
        yield _small(f"id/{each[:20]!r}-{len(each)}", id=each)
        yield _small(f"concept-id/{each[:20]!r}-{len(each)}", concept=[{"id": each, "code": "a"}])
    yield _small("id-long", "RESOURCE_RES_ID_MALFORMED_LENGTH", id="a" * 65)
    yield _small("id-bad", "RESOURCE_RES_ID_MALFORMED_CHARS", id="a_b")
    twice = [{"id": "x", "code": "a"}, {"id": "x", "code": "b"}]
    yield _small("id-twice", "DUPLICATE_ID", concept=twice)
    invariant = "cnl-0" if version == "R5" else "csd-0"
    for name in (*NAMES, "S" * 255, "S" * 256):
        yield _small(f"name/{name[:20]}-{len(name)}", name=name)
    yield _small("name-bad", *([] if version == "R4B" else [invariant]), name="Small Name")
    yield _small("no-name", name=...)
    yield _small("version-hash", "VALIDATION_VAL_VERSION_NOHASH", version="1#2")
    for number in ("1.0|2", "1.0 beta", "v1", "2024-01-01", "1.0.0-draft+x"):
        yield _small(f"version/{number}", version=number)
    status = {"status": "retired", "experimental": True}
    yield _small("retired", **status)
    yield _small("description-deprecated", description="This code system is deprecated.")
    yield _small("description-Deprecated", description="Deprecated: use another.")


def _codes() -> Iterator[Case]:
    for element in ("status", "content", "hierarchyMeaning"):
        for value in ("bogus", "Active", "active ", "is-a", "complete", "", "http://x"):
            yield _small(f"{element}/{value}", **{element: value})
    yield _small("status-missing", "VALIDATION_VAL_PROFILE_MINIMUM", status=...)
    yield _small("status-bogus", "TERMINOLOGY_TX_NOVALID_16", status="bogus")
    extension = [{"url": "http://codes.example/x", "valueString": "x"}]
    bare = {"status": ..., "_status": {"extension": extension}}
    yield _small("status-extension-only", "TERMINOLOGY_TX_CODE_VALUESET_MISSING", **bare)
    for kind in ("x", "code", "Code", "coding"):
        declared = [{"code": "own", "uri": "http://codes.example/p", "type": kind}]
        yield _small(f"property-type/{kind}", property=declared)
    for operator in ("=", "is-a", "descendent-of", "child-of", "isa", "", "IN"):
        filters = [{"code": "f", "operator": [operator], "value": "x"}]
        yield _small(f"filter-operator/{operator}", filter=filters)
    yield _small("filter-empty", "VALIDATION_VAL_PROFILE_MINIMUM", filter=[{"code": "f"}])
    yield _small("filter-no-operators", filter=[{"code": "f", "operator": [], "value": "x"}])
    twice = [{"code": "f", "operator": ["=", "="], "value": "x"}] * 2
    yield _small("filter-twice", filter=twice)
    for number, spaces in enumerate(
        "\t\n\v\f\r\u0085\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000"
    ):
        key = [] if spaces == "\f" else [f"{T}_CODE_WS"]
        concept = [{"code": f"a{spaces}b"}]
        yield _small(f"code-space/{number}", *key, concept=concept, count=1)
        yield _small(f"status-space/{number}", status=f"active{spaces}")


def _contacts() -> Iterator[Case]:
    yield _small("contact", contact=[CONTACT])
    for name, telecom in (
        ("no-system", {"value": "1"}),
        ("no-value", {"system": "phone"}),
        ("bad-system", {"system": "x", "value": "1"}),
        ("bad-use", {"system": "phone", "value": "1", "use": "x"}),
        ("rank-0", {"system": "phone", "value": "1", "rank": 0}),
        ("rank-negative", {"system": "phone", "value": "1", "rank": -1}),
        ("url", {"system": "url", "value": "http://codes.example"}),
        ("url-example", {"system": "url", "value": "http://example.org"}),
    ):
        keys = ["cpt-2"] if name == "no-system" else []
        yield _small(f"contact-{name}", *keys, contact=[{"telecom": [telecom]}])
    yield _small("contact-empty", contact=[{}])
    yield _small("contact-twice", contact=[CONTACT, CONTACT])
    for name, identifier in (
        ("no-value", {"system": "http://codes.example/n"}),
        ("no-system", {"value": "1"}),
        ("bad-use", {"use": "x", "value": "1"}),
        ("type-known", {"type": _coding("http://terminology.hl7.org/CodeSystem/v2-0203", "MR")}),
        ("type-text", {"type": {"text": "x"}, "value": "1"}),
        ("display-only", {"type": {"coding": [{"display": "X"}]}, "value": "1"}),
        ("code-only", {"type": {"coding": [{"code": "X"}]}, "value": "1"}),
    ):
        yield _small(f"identifier-{name}", identifier=[identifier])
    iso = "urn:iso:std:iso:3166"
    for name, coding in (
        ("iso", _coding(iso, "DE")),
        ("iso-bad", _coding(iso, "XX")),
        ("m49", _coding("http://unstats.un.org/unsd/methods/m49/m49.htm", "001")),
        ("text", {"text": "Germany"}),
        ("two", {"coding": [{"system": iso, "code": each} for each in ("DE", "AT")]}),
        ("us", _coding(f"{iso}:-2", "US-TX")),
    ):
        yield _small(f"jurisdiction/{name}", jurisdiction=[coding])
    label = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "N"}
    twice = "META_RES_SECURITY_DUPLICATE"
    yield _small("security-twice", twice, meta={"security": [label, label]})
    yield _small("security", meta={"security": [label]})
    yield _small("tags-twice", meta={"tag": [label, label]})


def _coding(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}
