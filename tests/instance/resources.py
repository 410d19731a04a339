"""Resources that others are made of: one rich in all there is, and the examples of the rules."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from fhir_codesystem.codesystem.versions import FHIRVersion
from fhir_codesystem.rules.registry import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

EXTENSION = {"url": "http://codes.example/note", "valueString": "note"}
CODING = {"system": "http://codes.example/codes", "code": "x", "display": "X", "userSelected": True}
PERIOD = {"start": "2020-01-01", "end": "2021-01-01T10:00:00Z"}
VALUES: dict[str, Any] = {
    "code": "b",
    "string": "some",
    "integer": 7,
    "boolean": True,
    "dateTime": "2024-05-06T07:08:09Z",
    "decimal": 1.5,
    "Coding": CODING,
}
PROPERTIES = [
    {"code": kind, "uri": f"http://codes.example/p#{kind}", "description": kind, "type": kind}
    for kind in VALUES
]
CONCEPTS = [
    {
        "id": "c1",
        "code": "a",
        "display": "A",
        "_display": {"id": "d", "extension": [EXTENSION]},
        "designation": [{"language": "de", "use": CODING, "value": "Erster"}],
        "property": [
            {"code": kind, f"value{kind[0].upper()}{kind[1:]}": value}
            for kind, value in VALUES.items()
        ],
        "concept": [
            {"code": "a1", "concept": [{"code": "a11", "definition": "D\u00e9ep \U0001f600."}]}
        ],
    },
    {"extension": [EXTENSION], "code": "b", "property": [{"code": "parent", "valueCode": "a"}]},
]
RICH: dict[str, Any] = {
    "resourceType": "CodeSystem",
    "id": "rich",
    "meta": {
        "lastUpdated": "2024-01-02T03:04:05.678Z",
        "security": [CODING],
        "profile": ["http://a"],
    },
    "language": "en",
    "text": {
        "status": "generated",
        "div": '<div xmlns="http://www.w3.org/1999/xhtml" lang="en">'
        '<p id="p">A &amp; B <a href="#p">'
        'x</a></p><!-- c --><img src="data:image/png;base64,AAAA" alt="a"/></div>',
    },
    "contained": [{"resourceType": "Organization", "id": "org", "name": "Registry"}],
    "url": "http://codes.example/rich",
    "identifier": [
        {"use": "official", "value": "12", "period": PERIOD, "assigner": {"reference": "#org"}}
    ],
    "version": "1.0.0",
    "name": "Rich",
    "_title": {"extension": [EXTENSION]},
    "status": "active",
    "experimental": False,
    "date": "2024-02-29",
    "contact": [{"telecom": [{"system": "email", "value": "anna@example.org", "rank": 1}]}],
    "description": "Letters, *some*.",
    "useContext": [
        {"code": CODING, "valueQuantity": {"value": 1.5, "comparator": "<", "unit": "mg"}}
    ],
    "jurisdiction": [{"coding": [CODING], "text": "Germany"}],
    "caseSensitive": True,
    "hierarchyMeaning": "is-a",
    "content": "complete",
    "count": 4,
    "filter": [{"code": "concept", "operator": ["is-a", "="], "value": "A code"}],
    "property": PROPERTIES,
    "concept": CONCEPTS,
}
RICH_XML = b"""\
<?xml version="1.0" encoding="UTF-8"?>
<CodeSystem xmlns="http://hl7.org/fhir">
 <id value="rich"/>
 <text><status value="generated"/>
  <div xmlns="http://www.w3.org/1999/xhtml"><p>A &amp; B</p></div>
 </text>
 <contained><Organization><id value="org"/><name value="Registry"/></Organization></contained>
 <extension url="http://codes.example/note"><valueCode value="x"/></extension>
 <url value="http://codes.example/rich"/>
 <identifier><value value="12"/><assigner><reference value="#org"/></assigner></identifier>
 <name value="Rich"/>
 <status value="active"/>
 <date value="2024-02-29"/>
 <content value='complete'/>
 <count value="2"/>
 <property><code value="n"/>
  <uri value="http://codes.example/p#n"/><type value="integer"/></property>
 <concept id="c1"><code value="a"/><display value="\xc3\x84 &#228;"/>
  <designation><language value="de"/><value value="Erster"/></designation>
  <property><code value="n"/><valueInteger value="7"/></property>
  <concept><code value="b"/></concept>
 </concept>
</CodeSystem>
"""


class Known(NamedTuple):
    """A resource, the name that says its form, and the FHIR version that it is checked for."""

    name: str
    data: bytes
    version: FHIRVersion


def rich() -> list[Known]:
    """Return the rich resource in JSON and in XML, for each FHIR version."""
    text = json.dumps(RICH, ensure_ascii=False, indent=1).encode()
    forms = (("rich.json", text), ("rich.xml", RICH_XML))
    return [Known(name, data, version) for version in FHIRVersion for name, data in forms]


def examples() -> Iterator[Known]:
    """Return the resources that break or hold a rule."""
    for rule in RULES:
        for each in (rule.breaks, rule.holds):
            if each.resource is not None:
                name = f"{rule.number}.{'xml' if each.resource.startswith('<') else 'json'}"
                yield Known(name, each.resource.encode(), FHIRVersion(each.version))
