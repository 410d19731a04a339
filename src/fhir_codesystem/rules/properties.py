"""Rules of the concept properties that a code system declares."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fhir_codesystem.diagnostics import Related, Severity, quoted
from fhir_codesystem.rules.elements import is_absolute
from fhir_codesystem.rules.rule import METADATA, TABLE, Example, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fhir_codesystem.codesystem.resource import CodeSystem
    from fhir_codesystem.diagnostics import Diagnostic, Location

ELEMENTS = "https://hl7.org/fhir/R4/codesystem-definitions.html#CodeSystem.property"
STANDARD = "https://hl7.org/fhir/R4/codesystem-concept-properties.html"
GOOD = "url: http://example.org/x\nstatus: draft\ncontent: complete\nproperty:\n"
TWO_PARENTS = "Lvl | Code\n1 | a\n2 | c\n1 | b\n2 | c\n"
NAMESPACE = "http://hl7.org/fhir/concept-properties#"
TYPES = {
    "status": "code",
    "parent": "code",
    "child": "code",
    "partOf": "code",
    "synonym": "code",
    "inactive": "boolean",
    "notSelectable": "boolean",
    "effectiveDate": "dateTime",
    "deprecationDate": "dateTime",
    "retirementDate": "dateTime",
    "comment": "string",
    "itemWeight": "decimal",
}
"""The standard concept properties that the official validator knows, and their types."""


class Declared(NamedTuple):
    """One declared property, with the places of its parts."""

    number: int
    code: str
    uri: str | None
    type: str
    code_place: Location
    uri_place: Location
    type_place: Location

    @property
    def expression(self) -> str:
        """The FHIRPath of the declaration."""
        return f"CodeSystem.property[{self.number}]"

    @property
    def standard(self) -> str | None:
        """The standard property that the URI names, if it names one."""
        known = (self.uri or "").removeprefix(NAMESPACE)
        return known if known in TYPES and known != self.uri else None


def _declared(codesystem: CodeSystem) -> Iterator[Declared]:
    for index, each in enumerate(codesystem.elements.get("property", [])):
        if not {"code", "type"} <= each.keys():
            continue  # told already: an element is missing
        places = [codesystem.place("property", index, name) for name in ("code", "uri", "type")]
        yield Declared(index, each["code"], each.get("uri"), each["type"], *places)


def _relative(codesystem: CodeSystem) -> Iterator[Diagnostic]:
    for each in _declared(codesystem):
        if each.uri is not None and not is_absolute(each.uri):
            message = f"the URI {quoted(each.uri)} of the property {each.code} is not absolute"
            yield RELATIVE_PROPERTY.at(each.uri_place, message, expression=f"{each.expression}.uri")


def _repeated(codesystem: CodeSystem) -> Iterator[Diagnostic]:
    seen: dict[tuple[str, str], Declared] = {}
    for each in _declared(codesystem):
        for kind, name, place in (
            ("uri", each.uri, each.uri_place),
            ("code", each.code, each.code_place),
        ):
            if name is None:
                continue
            if (kind, name) in seen:
                first = seen[kind, name]
                at = first.uri_place if kind == "uri" else first.code_place
                yield REPEATED_PROPERTY.at(
                    place,
                    f"a property with the {kind} {quoted(name)} is declared already",
                    related=(Related(at, "the first"),),
                    expression=f"{each.expression}.{kind}",
                )
            else:
                seen[kind, name] = each


def _foreign(codesystem: CodeSystem) -> Iterator[Diagnostic]:
    url = codesystem.elements.get("url", "")
    hl7_own = url.startswith("http://hl7.org/fhir/") and "/" not in url.removeprefix(
        "http://hl7.org/fhir/"
    )
    for each in _declared(codesystem):
        own = hl7_own or (url and (each.uri or "").startswith(url))
        if each.uri is None or "://hl7.org/fhir" not in each.uri or each.standard or own:
            continue
        message = f"HL7 defines no concept property {quoted(each.uri)}"
        hint = "give your own property a URI of your own"
        yield FOREIGN_PROPERTY.at(
            each.uri_place, message, hint=hint, expression=f"{each.expression}.uri"
        )


def _mistaken(codesystem: CodeSystem) -> Iterator[Diagnostic]:
    for each in _declared(codesystem):
        standard = each.standard
        if standard and each.code in TYPES and each.code != standard:
            message = f"the URI is that of {standard}, the code that of another, {each.code}"
            yield MISTAKEN_PROPERTY.at(
                each.code_place, message, expression=f"{each.expression}.code"
            )
        if standard and each.type != TYPES[standard]:
            message = (
                f"the standard property {standard} has the type {TYPES[standard]}, not {each.type}"
            )
            yield MISTAKEN_PROPERTY.at(
                each.type_place, message, expression=f"{each.expression}.type"
            )


def _without_uri(codesystem: CodeSystem) -> Iterator[Diagnostic]:
    for each in _declared(codesystem):
        if each.uri is not None:
            continue
        if each.code not in TYPES:
            message = f"the property {each.code} has no URI, so nothing says what it means"
            yield PROPERTY_WITHOUT_URI.at(each.code_place, message, expression=each.expression)
            continue
        message = f"the property bears the standard code {each.code} without the standard URI"
        yield PROPERTY_WITHOUT_URI.at(
            each.code_place,
            message,
            severity=Severity.WARNING,
            hint=f"state uri: {NAMESPACE}{each.code}",
            expression=each.expression,
        )
        if each.type != TYPES[each.code]:
            wanted = TYPES[each.code]
            message = f"the standard property {each.code} has the type {wanted}, not {each.type}"
            yield PROPERTY_WITHOUT_URI.at(
                each.type_place, message, severity=Severity.WARNING, expression=each.expression
            )


def _own_uri(codesystem: CodeSystem) -> Iterator[Diagnostic]:
    for each in _declared(codesystem):
        if each.uri is None or each.standard or "#" in each.uri:
            continue
        code = each.type == "code"
        end = "; its codes are taken for codes of this code system" if code else ""
        message = f"the URI of the property {each.code} is of no known property{end}"
        severity = Severity.WARNING if code else None
        yield OWN_PROPERTY.at(
            each.uri_place, message, severity=severity, expression=f"{each.expression}.uri"
        )


def _taken(codesystem: CodeSystem) -> Iterator[Diagnostic]:
    if not codesystem.concepts.parents.height:
        return
    for each in _declared(codesystem):
        standard = each.standard == "parent" or each.uri is None
        if each.code == codesystem.parent_property and not (standard and each.type == "code"):
            message = f"the property {each.code} is not the standard one, which the table needs"
            yield PARENT_TAKEN.at(each.code_place, message, hint=PARENT_TAKEN.fix)


RELATIVE_PROPERTY = Rule(
    number="CS431",
    name="relative-property",
    severity=Severity.ERROR,
    what="The URI of a property is not absolute.",
    why="The URI says what the property means, everywhere.",
    fix="Begin it with http:// or https://.",
    breaks=Example(metadata=GOOD + "- {code: x, uri: x, type: string}\n", place=(METADATA, 5, 18)),
    holds=Example(metadata=GOOD + "- {code: x, uri: http://example.org/x#x, type: string}\n"),
    source=ELEMENTS,
    official=("CODESYSTEM_PROPERTY_ABSOLUTE_URI",),
    check=_relative,
)
REPEATED_PROPERTY = Rule(
    number="CS432",
    name="repeated-property",
    severity=Severity.ERROR,
    what="Two properties are declared with the same code or the same URI.",
    why="The values of a concept name the property by its code.",
    fix="Take one out, or give it another code and URI.",
    breaks=Example(
        metadata=GOOD + "- {code: x, type: string}\n- {code: x, type: code}\n",
        place=(METADATA, 6, 10),
    ),
    holds=Example(metadata=GOOD + "- {code: x, type: string}\n- {code: y, type: code}\n"),
    source=ELEMENTS,
    official=("CODESYSTEM_PROPERTY_DUPLICATE_URI", "CODESYSTEM_PROPERTY_DUPLICATE_CODE"),
    check=_repeated,
)
FOREIGN_PROPERTY = Rule(
    number="CS433",
    name="foreign-property",
    severity=Severity.ERROR,
    what="A property has a URI in HL7's namespace that HL7 does not define.",
    why="The namespace is not ours to define things in.",
    fix="Use the standard URI, or one of your own.",
    breaks=Example(
        metadata=GOOD + "- {code: x, uri: http://hl7.org/fhir/concept-properties#x, type: code}\n",
        place=(METADATA, 5, 18),
    ),
    holds=Example(
        metadata=GOOD
        + "- {code: status, uri: http://hl7.org/fhir/concept-properties#status, type: code}\n"
    ),
    source=STANDARD,
    official=("CODESYSTEM_PROPERTY_BAD_HL7_URI",),
    check=_foreign,
)
MISTAKEN_PROPERTY = Rule(
    number="CS434",
    name="mistaken-property",
    severity=Severity.ERROR,
    what="A standard property has another type than the standard, or the code of another one.",
    why="Servers know the standard properties and treat them by their own type.",
    fix="Use the standard's type and code.",
    breaks=Example(
        metadata=GOOD
        + "- {code: inactive, uri: http://hl7.org/fhir/concept-properties#inactive, type: code}\n",
        place=(METADATA, 5, 80),
    ),
    holds=Example(
        metadata=GOOD
        + "- {code: parent, uri: http://hl7.org/fhir/concept-properties#parent, type: code}\n"
    ),
    source=STANDARD,
    official=("CODESYSTEM_PROPERTY_URI_CODE_MISMATCH", "CODESYSTEM_PROPERTY_URI_TYPE_MISMATCH"),
    check=_mistaken,
)
PROPERTY_WITHOUT_URI = Rule(
    number="CS435",
    name="property-without-uri",
    severity=Severity.INFORMATION,
    what="A property is declared without a URI.",
    why=(
        "Nothing then says what it means. (A warning where the code is that of a standard "
        "property: it looks like the standard one and is not.)"
    ),
    fix="State the standard URI, or one of your own.",
    breaks=Example(metadata=GOOD + "- {code: x, type: string}\n", place=(METADATA, 5, 10)),
    holds=Example(metadata=GOOD + "- {code: x, uri: http://example.org/x#x, type: string}\n"),
    source=ELEMENTS,
    official=(
        "CODESYSTEM_PROPERTY_UNKNOWN_CODE",
        "CODESYSTEM_PROPERTY_KNOWN_CODE_SUGGESTIVE",
        "CODESYSTEM_PROPERTY_CODE_TYPE_MISMATCH",
    ),
    check=_without_uri,
)
OWN_PROPERTY = Rule(
    number="CS436",
    name="own-property",
    severity=Severity.INFORMATION,
    what="The URI of a property names no property that is known.",
    why="Its values cannot be checked. (A warning for type code.)",
    fix="Nothing, if the property is your own; a URI with # names a property of a code system.",
    breaks=Example(
        metadata=GOOD + "- {code: x, uri: http://example.org/p, type: string}\n",
        place=(METADATA, 5, 18),
    ),
    holds=Example(
        metadata=GOOD
        + "- {code: status, uri: http://hl7.org/fhir/concept-properties#status, type: code}\n"
    ),
    source=ELEMENTS,
    official=("CODESYSTEM_PROPERTY_URI_UNKNOWN", "CODESYSTEM_PROPERTY_URI_UNKNOWN_TYPE"),
    check=_own_uri,
)

PARENT_TAKEN = Rule(
    number="CS437",
    name="parent-taken",
    severity=Severity.ERROR,
    what="The metadata declares another property under the code parent.",
    why="Concepts with several parents state them by the standard property of that code.",
    fix=f"Give your property another code, or the standard URI: {NAMESPACE}parent.",
    breaks=Example(
        table=TWO_PARENTS,
        metadata=GOOD + "- {code: parent, uri: http://example.org/x#parent, type: string}\n",
        place=(METADATA, 5, 10),
    ),
    holds=Example(
        table=TWO_PARENTS,
        metadata=GOOD
        + "- {code: parent, uri: http://hl7.org/fhir/concept-properties#parent, type: code}\n",
    ),
    source=STANDARD,
    check=_taken,
)
BAD_VALUE = Rule(
    number="CS438",
    name="bad-property-value",
    severity=Severity.ERROR,
    what="A concept has a value that is not of the type of its property, or no value for it.",
    why="Whoever reads the property relies on its type.",
    fix="Correct the value, or the type: build: columns, or CodeSystem.property.type.",
    breaks=Example(
        table="Code | Display | Rank\na | A | high\n",
        metadata="build:\n  columns: {Rank: {property: rank, type: integer}}\n",
        place=(TABLE, 2, 9),
    ),
    holds=Example(
        table="Code | Display | Rank\na | A | 1\n",
        metadata="build:\n  columns: {Rank: {property: rank, type: integer}}\n",
    ),
    source="https://hl7.org/fhir/R4/codesystem-definitions.html#CodeSystem.property.type",
    official=("CODESYSTEM_PROPERTY_WRONG_TYPE", "CODESYSTEM_PROPERTY_NO_VALUE"),
)

RULES = (
    RELATIVE_PROPERTY,
    REPEATED_PROPERTY,
    FOREIGN_PROPERTY,
    MISTAKEN_PROPERTY,
    PROPERTY_WITHOUT_URI,
    OWN_PROPERTY,
    PARENT_TAKEN,
    BAD_VALUE,
)
