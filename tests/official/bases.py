"""Code systems written by hand, from which the others are made: small, and rich in one way each.

Their elements stand in FHIR's order, so that they can be written as XML too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .case import merged

if TYPE_CHECKING:
    from .case import Json

SMALL: Json = {
    "resourceType": "CodeSystem",
    "id": "small",
    "url": "http://codes.example/fhir/CodeSystem/small",
    "version": "1.0.0",
    "name": "Small",
    "title": "Small",
    "status": "active",
    "experimental": False,
    "date": "2024-02-29",
    "publisher": "Example",
    "description": "Two letters.",
    "caseSensitive": True,
    "hierarchyMeaning": "is-a",
    "compositional": False,
    "versionNeeded": False,
    "content": "complete",
    "count": 2,
    "concept": [
        {"code": "a", "display": "A", "definition": "The first letter."},
        {"code": "b", "display": "B", "definition": "The second letter."},
    ],
}
PROPERTIES = "http://hl7.org/fhir/concept-properties#"
CODING: Json = {
    "system": "http://codes.example/codes",
    "version": "1",
    "code": "x",
    "display": "X",
    "userSelected": True,
}
PERIOD: Json = {"start": "2020-01-01", "end": "2021-01-01T10:00:00Z"}
EXTENSION: Json = {
    "url": "http://codes.example/fhir/StructureDefinition/note",
    "valueString": "note",
}
STANDARDS_STATUS = "http://hl7.org/fhir/StructureDefinition/structuredefinition-standards-status"
CONTACT: Json = {
    "name": "Anna",
    "telecom": [
        {"system": "email", "value": "anna@example.org", "use": "work", "rank": 1, "period": PERIOD}
    ],
}
IDENTIFIER: Json = {
    "use": "official",
    "type": {"coding": [CODING], "text": "a number"},
    "system": "http://codes.example/numbers",
    "value": "12",
    "period": PERIOD,
    "assigner": {"reference": "Organization/1", "display": "Registry"},
}
CONTEXT: Json = {
    "code": {
        "system": "http://terminology.hl7.org/CodeSystem/usage-context-type",
        "code": "focus",
        "display": "Clinical Focus",
    },
    "valueCodeableConcept": {"coding": [CODING]},
}
DIV = '<div xmlns="http://www.w3.org/1999/xhtml"><p>Two <b>letters</b>.</p></div>'
NARRATIVE: Json = {"status": "generated", "div": DIV}


def bases(version: str) -> dict[str, Json]:
    """Return the code systems of a FHIR version by their names."""
    made = {
        "small": SMALL,
        "header": header(version),
        "described": described(),
        "concepts": concepts(version),
        "properties": properties(version),
        "supplement": supplement(),
        "fragment": merged(SMALL, content="fragment", count=9, id="fragment"),
        "narrative": narrative(),
        "contained": contained(),
        "extended": extended(),
    }
    if version == "R5":
        made["publication"] = publication()
    return made


def header(version: str) -> Json:
    """Everything before the description: meta, identifiers, contacts."""
    before = merged(SMALL, id="header")
    meta: Json = {
        "versionId": "1",
        "lastUpdated": "2024-01-02T03:04:05.678Z",
        "source": "http://codes.example/source",
        "profile": ["http://hl7.org/fhir/StructureDefinition/CodeSystem"],
        "security": [CODING],
        "tag": [{"system": "http://codes.example/tags", "code": "t"}],
    }
    made: Json = {"resourceType": "CodeSystem", "id": "header", "meta": meta}
    made |= {"implicitRules": "http://codes.example/rules", "language": "en", "text": NARRATIVE}
    made["text"] = NARRATIVE | {"div": DIV.replace("<div", '<div lang="en" xml:lang="en"')}
    made |= {"url": before["url"], "identifier": [IDENTIFIER]}
    made |= {name: value for name, value in before.items() if name not in made}
    if version == "R5":
        made = _after(made, "version", {"versionAlgorithmString": "semver"})
    return _after(made, "publisher", {"contact": [CONTACT]})


def described() -> Json:
    """What describes a code system: contexts, jurisdictions, texts."""
    described: Json = {
        "useContext": [
            CONTEXT,
            {**CONTEXT, "valueCodeableConcept": ..., "valueQuantity": _quantity()},
        ],
        "jurisdiction": [
            {"coding": [{"system": "urn:iso:std:iso:3166", "code": "DE"}], "text": "Germany"}
        ],
        "purpose": "To *show*.",
        "copyright": "Nobody's",
    }
    described["useContext"][1].pop("valueCodeableConcept")
    made = _after(merged(SMALL, id="described"), "description", described)
    return _after(made, "caseSensitive", {"valueSet": "http://codes.example/fhir/ValueSet/small"})


def concepts(version: str) -> Json:
    """Concepts in three levels, with designations."""
    use: Json = {"system": "http://snomed.info/sct", "code": "900000000000013009"}
    designation: Json = {"language": "de", "use": use, "value": "Erster Buchstabe"}
    if version == "R5":
        designation = {"language": "de", "use": use, "additionalUse": [CODING], "value": "Erster"}
    first = {
        "id": "c1",
        "code": "a",
        "display": "A",
        "definition": "The first letter.",
        "designation": [designation, {"language": "fr", "value": "Premier"}],
        "concept": [
            {
                "code": "a1",
                "display": "A1",
                "designation": [{"language": "de", "value": "A eins"}],
                "concept": [{"code": "a11", "display": "A11", "definition": "Deep."}],
            },
            {"code": "a2", "display": "A2"},
        ],
    }
    second = {"code": "b", "display": "B", "_display": {"id": "d", "extension": [EXTENSION]}}
    return merged(SMALL, id="concepts", count=5, concept=[first, second])


def properties(version: str) -> Json:
    """Filters, and properties of all types, standard and own."""
    kinds: dict[str, tuple[str, Any]] = {
        "text": ("string", "some text"),
        "number": ("integer", 7),
        "flag": ("boolean", True),
        "when": ("dateTime", "2024-05-06T07:08:09Z"),
        "coded": ("Coding", CODING),
        "next": ("code", "b"),
        "weight": ("decimal", 1.5),
    }
    own = [
        {
            "code": code,
            "uri": f"http://codes.example/properties/{code}",
            "description": f"A {kind}",
            "type": kind,
        }
        for code, (kind, _) in kinds.items()
    ]
    standard = [
        {"code": "parent", "uri": f"{PROPERTIES}parent", "type": "code"},
        {"code": "inactive", "uri": f"{PROPERTIES}inactive", "type": "boolean"},
        {"code": "notSelectable", "uri": f"{PROPERTIES}notSelectable", "type": "boolean"},
    ]
    values = [
        {"code": code, f"value{kind[0].upper()}{kind[1:]}": value}
        for code, (kind, value) in kinds.items()
    ]
    filters = [
        {
            "code": "concept",
            "description": "By concept",
            "operator": ["is-a", "=", "in"],
            "value": "A code",
        }
    ]
    further = [{"code": "parent", "valueCode": "a"}, {"code": "inactive", "valueBoolean": False}]
    made = merged(SMALL, id="properties", concept=...)
    made["concept"] = [
        {**SMALL["concept"][0], "property": values},
        {**SMALL["concept"][1], "property": further},
    ]
    del version
    return _after(made, "count", {"filter": filters, "property": own + standard})


def supplement() -> Json:
    """A supplement of a code system that nobody knows."""
    made = merged(SMALL, id="supplement", caseSensitive=..., content="supplement")
    made = _after(made, "content", {"supplements": "http://codes.example/fhir/CodeSystem/base"})
    concepts = [{"code": "a", "designation": [{"language": "de", "value": "Eins"}]}]
    return merged(made, hierarchyMeaning=..., count=1, concept=concepts)


def narrative() -> Json:
    """A narrative with tables, lists, links and images."""
    div = (
        '<div xmlns="http://www.w3.org/1999/xhtml"><h2>Letters</h2>'
        '<p class="c" style="color: red">A &amp; B &#169; <a href="http://codes.example/x">x</a><br/>'
        '<img src="http://codes.example/a.png" alt="a"/></p>'
        '<table><tr><td colspan="2">a</td></tr></table><ul><li>b</li></ul></div>'
    )
    return _after(
        merged(SMALL, id="narrative"), "id", {"text": {"status": "additional", "div": div}}
    )


def contained() -> Json:
    """Resources inside, which are referred to."""
    inside = {
        "resourceType": "Organization",
        "id": "org",
        "name": "Registry",
    }
    identifier = {
        "system": "http://codes.example/n",
        "value": "1",
        "assigner": {"reference": "#org"},
    }
    made = _after(merged(SMALL, id="contained"), "id", {"contained": [inside]})
    return _after(made, "url", {"identifier": [identifier]})


def extended() -> Json:
    """Extensions everywhere: known and unknown, of elements, of primitives, nested."""
    known = {"url": STANDARDS_STATUS, "valueCode": "trial-use"}
    nested = {"url": EXTENSION["url"], "extension": [{"url": "part", "valueInteger": 1}]}
    made = _after(merged(SMALL, id="extended"), "id", {"extension": [known, EXTENSION, nested]})
    made = _after(made, "title", {"_title": {"id": "t", "extension": [EXTENSION]}})
    made["concept"][0] = {"extension": [EXTENSION], **made["concept"][0]}
    return _after(made, "extension", {"modifierExtension": [EXTENSION]})


def publication() -> Json:
    """What R5 adds for who made a code system, and when."""
    what: Json = {
        "copyrightLabel": "Nobody's",
        "approvalDate": "2024-01-01",
        "lastReviewDate": "2024-02-01",
        "effectivePeriod": PERIOD,
        "topic": [{"coding": [CODING]}],
        "author": [CONTACT],
        "editor": [CONTACT],
        "reviewer": [CONTACT],
        "endorser": [CONTACT],
        "relatedArtifact": [
            {
                "type": "documentation",
                "classifier": [{"text": "a kind"}],
                "label": "1",
                "display": "Documents",
                "citation": "A *book*",
                "resource": "http://codes.example/fhir/Library/1",
            },
            {"type": "citation", "document": {"contentType": "text/plain", "data": "aGVsbG8="}},
        ],
    }
    made = _after(merged(SMALL, id="publication"), "description", what)
    algorithm = {"versionAlgorithmCoding": {"system": "http://hl7.org/fhir/version-algorithm"}}
    algorithm["versionAlgorithmCoding"]["code"] = "semver"
    return _after(made, "version", algorithm)


def _quantity() -> Json:
    return {
        "value": 1.5,
        "comparator": "<",
        "unit": "mg",
        "system": "http://unitsofmeasure.org",
        "code": "mg",
    }


def _after(resource: Json, name: str, elements: Json) -> Json:
    """Put elements into a resource behind another one."""
    made: Json = {}
    for each, value in resource.items():
        made[each] = value
        if each == name:
            made |= elements
    return made
