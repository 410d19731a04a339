"""XML as text: namespaces, attributes, texts, orders, comments, document types, instructions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..bases import SMALL
from ..case import Case, merged
from ..fhirxml import tree_of, xml_of

if TYPE_CHECKING:
    from collections.abc import Iterator

PLAIN = xml_of(tree_of(merged(SMALL, count=1, concept=[{"code": "a", "display": "A"}])))
STATUS = '<status value="active"/>'
ROOT = '<CodeSystem xmlns="http://hl7.org/fhir">'
REPLACED: dict[str, tuple[str, str]] = {
    "no-namespace": (ROOT, "<CodeSystem>"),
    "wrong-namespace": (ROOT, '<CodeSystem xmlns="http://hl7.org/fhir/">'),
    "prefixed": (STATUS, '<f:status xmlns:f="http://hl7.org/fhir" value="active"/>'),
    "other-namespace": (STATUS, f'{STATUS}<x xmlns="http://codes.example" value="a"/>'),
    "schema-location": (
        ROOT,
        (
            f"{ROOT[:-1]} xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'"
            " xsi:schemaLocation='http://hl7.org/fhir codesystem.xsd'>"
        ),
    ),
    "other-attribute": (ROOT, f"{ROOT[:-1]} xmlns:x='http://codes.example' x:a='b'>"),
    "root-attribute": (ROOT, f'{ROOT[:-1]} version="1">'),
    "root-id": (ROOT, f'{ROOT[:-1]} id="small">'),
    "root-text": (ROOT, f"{ROOT}text"),
    "root-name": ("CodeSystem", "Codesystem"),
    "root-other": ("CodeSystem", "Patient"),
    "attribute": (STATUS, '<status value="active" other="x"/>'),
    "attribute-case": (STATUS, '<status Value="active"/>'),
    "attribute-twice": (STATUS, '<status value="active" value="draft"/>'),
    "attribute-unquoted": (STATUS, "<status value=active/>"),
    "attribute-single": (STATUS, "<status value='active'/>"),
    "attribute-id": (STATUS, '<status id="s" value="active"/>'),
    "attribute-lang": (STATUS, '<status xml:lang="en" value="active"/>'),
    "as-text": (STATUS, "<status>active</status>"),
    "text-too": (STATUS, '<status value="active">active</status>'),
    "text-between": (STATUS, f"{STATUS} text"),
    "cdata": (STATUS, f"{STATUS}<![CDATA[text]]>"),
    "no-break": (STATUS, f"{STATUS}\u00a0"),
    "comment": (STATUS, f"<!-- said -->{STATUS}"),
    "comment-inside": (STATUS, '<status value="active"><!-- said --></status>'),
    "comment-first": (ROOT, f"<!-- said -->{ROOT}"),
    "comment-last": ("</CodeSystem>", "</CodeSystem><!-- said -->"),
    "comment-bad": (STATUS, f"<!-- a -- b -->{STATUS}"),
    "instruction": (STATUS, f"<?x y?>{STATUS}"),
    "instruction-first": (ROOT, f"<?xml-stylesheet href='x'?>{ROOT}"),
    "instruction-last": ("</CodeSystem>", "</CodeSystem><?x y?>"),
    "document-type": (ROOT, f"<!DOCTYPE CodeSystem>{ROOT}"),
    "entity": (ROOT, f'<!DOCTYPE CodeSystem [<!ENTITY a "b">]>{ROOT}'),
    "entity-used": (STATUS, '<status value="&a;"/>'),
    "entity-html": (STATUS, '<title value="&nbsp;"/>'),
    "entity-number": (STATUS, '<status value="&#97;ctive"/>'),
    "entity-control": (STATUS, '<status value="&#1;"/>'),
    "value-line-end": (STATUS, '<status value="act\nive"/>'),
    "value-tab": (STATUS, '<status value="active\t"/>'),
    "value-tab-escaped": (STATUS, '<status value="active&#9;"/>'),
    "value-less": (STATUS, '<status value="<"/>'),
    "value-ampersand": (STATUS, '<status value="a & b"/>'),
    "unclosed": (STATUS, '<status value="active">'),
    "unclosed-root": ("</CodeSystem>", ""),
    "crossed": (STATUS, '<status value="active"></title>'),
    "twice": (STATUS, STATUS * 2),
    "early": ("<url", f"{STATUS}<url"),
    "unknown": (STATUS, f'{STATUS}<unknownThing value="x"/>'),
    "case": (STATUS, '<Status value="active"/>'),
    "nested": (STATUS, f"<status>{STATUS}</status>"),
    "as-json-array": (STATUS, "<status><item value='active'/></status>"),
    "boolean-number": ('value="true"', 'value="1"'),
    "boolean-case": ('value="true"', 'value="True"'),
    "boolean-space": ('value="true"', 'value="true "'),
    "number-plus": ('<count value="1"/>', '<count value="+1"/>'),
    "number-zero": ('<count value="1"/>', '<count value="01"/>'),
    "number-fraction": ('<count value="1"/>', '<count value="1.0"/>'),
    "number-text": ('<count value="1"/>', '<count value="x"/>'),
    "number-space": ('<count value="1"/>', '<count value=" 1"/>'),
    "number-large": ('<count value="1"/>', '<count value="2147483648"/>'),
    "number-negative": ('<count value="1"/>', '<count value="-1"/>'),
    "after": ("</CodeSystem>", "</CodeSystem>x"),
    "after-element": ("</CodeSystem>", "</CodeSystem><x/>"),
    "extension-no-url": (STATUS, '<status value="active"><extension/></status>'),
    "extension-url-element": (
        STATUS,
        '<status value="active"><extension><url value="http://codes.example/x"/></extension></status>',
    ),
    "extension": (
        STATUS,
        (
            '<status value="active"><extension url="http://codes.example/x">'
            '<valueString value="x"/></extension></status>'
        ),
    ),
    "extension-after": (
        "</CodeSystem>",
        '<extension url="http://codes.example/x"><valueCode value="x"/></extension></CodeSystem>',
    ),
    "contained-bare": ("<url", '<contained><Patient xmlns="http://hl7.org/fhir"/></contained><url'),
    "contained-two": (
        "<url",
        (
            '<contained><Patient><id value="a"/></Patient><Patient><id value="b"/></Patient>'
            "</contained><url"
        ),
    ),
    "contained-empty": ("<url", "<contained/><url"),
    "contained-unknown": ("<url", "<contained><Nothing/></contained><url"),
    "version-1.1": ("version='1.0'", "version='1.1'"),
    "encoding-wrong": ("UTF-8", "ISO-8859-1"),
    "encoding-unknown": ("UTF-8", "X-NONE"),
    "entities-many": (
        ROOT,
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>' + ROOT,
    ),
    "entity-file": (ROOT, f'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///nothing">]>{ROOT}'),
}
WHOLE = {
    "empty": b"",
    "blank": b" \n",
    "json": b'{"resourceType": "CodeSystem"}',
    "root-only": f"{ROOT}</CodeSystem>".encode(),
    "root-closed": b'<CodeSystem xmlns="http://hl7.org/fhir"/>',
    "no-declaration": PLAIN.split(b"\n", 1)[1],
    "space-before": b" " + PLAIN,
    "mark": b"\xef\xbb\xbf" + PLAIN,
    "utf-16": PLAIN.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
    "latin-1": PLAIN.replace(b'"A"', b'"\xc4"'),
    "one-line": PLAIN.replace(b"\n", b""),
    "returns": PLAIN.replace(b"\n", b"\r\n"),
    "two": PLAIN + PLAIN,
}


def cases(_: str) -> Iterator[Case]:
    """Make all cases."""
    for name, (old, new) in REPLACED.items():
        assert old.encode() in PLAIN, name
        data = PLAIN.replace(old.encode(), new.encode(), 0 if old == "CodeSystem" else 1)
        if old == "CodeSystem":
            data = PLAIN.replace(b"<CodeSystem", f"<{new}".encode())
            data = data.replace(b"</CodeSystem", f"</{new}".encode())
        yield Case(f"markup/{name}.xml", data)
    for name, data in WHOLE.items():
        yield Case(f"markup/whole/{name}.xml", data)
    for end in range(0, len(PLAIN), 37):
        yield Case(f"markup/truncated/{end:03}.xml", PLAIN[:end])
