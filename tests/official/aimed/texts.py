"""JSON as text: what the grammar forbids, what readers let pass, what ends too early."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..bases import SMALL
from ..case import Case, merged, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

PLAIN = text_of(merged(SMALL, count=1, concept=[{"code": "a", "display": "A"}]))
REPLACED: dict[str, tuple[str, str, str]] = {
    "comment-line": ('"status"', '// said\n "status"', "JSON_COMMENTS_NOT_ALLOWED"),
    "comment-block": ('"status"', '/* said */ "status"', ""),
    "comment-inside": ('"code"', '/* said */ "code"', ""),
    "comment-value": ('"active"', '/* said */ "active"', ""),
    "comment-array": ('"concept": [', '"concept": [ // said\n', ""),
    "comment-first": ("{\n", "// said\n{\n", ""),
    "comment-hash": ('"status"', '# said\n "status"', ""),
    "comma-extra-object": ('"display": "A"', '"display": "A",', "JSON_COMMA_EXTRA"),
    "comma-extra-array": ("  }\n ]", "  },\n ]", "JSON_COMMA_EXTRA"),
    "comma-extra-root": (" ]\n}", " ],\n}", "JSON_COMMA_EXTRA"),
    "comma-double": ('"active",', '"active",,', ""),
    "comma-first": ('{\n "resourceType"', '{,\n "resourceType"', ""),
    "comma-missing": ('"status": "active",', '"status": "active"', "JSON_COMMA_MISSING"),
    "comma-missing-array": ('"code": "a",', '"code": "a"', ""),
    "comma-semicolon": ('"active",', '"active";', ""),
    "name-unquoted": ('"status":', "status:", "JSON_PROPERTY_NO_QUOTES"),
    "name-single": ('"status":', "'status':", ""),
    "name-number": ('"status":', "1:", ""),
    "name-empty": ('"status":', '"":', ""),
    "name-space": ('"status":', '"status ":', ""),
    "name-escaped": ('"status":', '"st\\u0061tus":', ""),
    "value-unquoted": ('"active"', "active", "JSON_PROPERTY_VALUE_NO_QUOTES"),
    "value-single": ('"active"', "'active'", ""),
    "value-none": ('"active"', "", ""),
    "value-escaped": ('"active"', '"\\u0061ctive"', ""),
    "value-bad-escape": ('"active"', '"\\qactive"', ""),
    "value-short-escape": ('"active"', '"\\u12"', ""),
    "value-line-end": ('"active"', '"act\nive"', ""),
    "value-tab": ('"Small",\n "status"', '"Sm\tall",\n "status"', ""),
    "value-unclosed": ('"active"', '"active', ""),
    "value-nan": ('"count": 1', '"count": NaN', ""),
    "value-infinity": ('"count": 1', '"count": Infinity', ""),
    "value-hex": ('"count": 1', '"count": 0x1', ""),
    "value-plus": ('"count": 1', '"count": +1', ""),
    "value-zero": ('"count": 1', '"count": 01', ""),
    "value-dot": ('"count": 1', '"count": 1.', ""),
    "value-fraction": ('"count": 1', '"count": 1.0', ""),
    "value-exponent": ('"count": 1', '"count": 1e0', ""),
    "value-True": ("true", "True", ""),
    "value-undefined": ("true", "undefined", ""),
    "value-null": ("true", "null", ""),
    "colon-missing": ('"status": ', '"status" ', ""),
    "colon-equals": ('"status": ', '"status" = ', ""),
    "colon-double": ('"status": ', '"status":: ', ""),
    "repeat": ('"status"', '"status": "draft",\n "status"', "DUPLICATE_JSON_PROPERTY_KEY"),
    "repeat-same": ('"status"', '"status": "active",\n "status"', "DUPLICATE_JSON_PROPERTY_KEY"),
    "repeat-thrice": ('"status"', '"status": "x", "status": "y", "status"', ""),
    "repeat-code": ('"code": "a"', '"code": "b", "code": "a"', "DUPLICATE_JSON_PROPERTY_KEY"),
    "repeat-concept": ('"concept"', '"concept": [{"code": "b"}],\n "concept"', ""),
    "repeat-type": ('"resourceType"', '"resourceType": "ValueSet",\n "resourceType"', ""),
    "repeat-unknown": ('"status"', '"x": 1,\n "x": 2,\n "status"', ""),
    "repeat-later": ('"concept"', '"status": "draft",\n "concept"', ""),
    "brace-missing": (" ]\n}", " ]\n", ""),
    "bracket-missing": (" ]\n}", "}", ""),
    "bracket-wrong": (" ]\n}", " }\n}", ""),
    "after": (" ]\n}", " ]\n}\nx", ""),
    "after-object": (" ]\n}", " ]\n}\n{}", ""),
    "after-comment": (" ]\n}", " ]\n}\n// said", ""),
    "after-null": (" ]\n}", " ]\n}\x00", ""),
}
WHOLE = {
    "empty": b"",
    "blank": b" \n",
    "null": b"null",
    "array": b"[]",
    "array-of-one": b"[" + PLAIN + b"]",
    "number": b"1",
    "string": b'"CodeSystem"',
    "word": b"CodeSystem",
    "object": b"{}",
    "type-only": b'{"resourceType": "CodeSystem"}',
    "xml": b'<CodeSystem xmlns="http://hl7.org/fhir"><status value="draft"/></CodeSystem>',
    "mark": b"\xef\xbb\xbf" + PLAIN,
    "utf-16": PLAIN.decode().encode("utf-16"),
    "latin-1": PLAIN.replace(b'"A"', b'"\xc4"'),
    "null-bytes": b"\x00" * 8,
    "returns": PLAIN.replace(b"\n", b"\r\n"),
    "old-returns": PLAIN.replace(b"\n", b"\r"),
    "one-line": PLAIN.replace(b"\n", b""),
    "two": PLAIN + b"\n" + PLAIN,
    "no-break-space": PLAIN.replace(b'"status": ', b'"status":\xc2\xa0'),
}


def cases(_: str) -> Iterator[Case]:
    """Make all cases."""
    for name, (old, new, key) in REPLACED.items():
        assert old.encode() in PLAIN, name
        data = PLAIN.replace(old.encode(), new.encode(), 1)
        yield Case(f"text/{name}.json", data, (key,) if key else ())
    for name, data in WHOLE.items():
        yield Case(f"text/whole/{name}.json", data)
    for end in range(0, len(PLAIN), 23):
        yield Case(f"text/truncated/{end:03}.json", PLAIN[:end])
    for depth in (20, 100, 200):
        inside = b'{"code": "x"}'
        for number in range(depth):
            inside = b'{"code": "x%d", "concept": [%s]}' % (number, inside)
        data = PLAIN.replace(b'"concept": [', b'"concept": [' + inside + b",")
        yield Case(f"text/deep/{depth}.json", data.replace(b'"count": 1,', b""))
