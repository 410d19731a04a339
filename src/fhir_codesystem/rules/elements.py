"""Rules of single elements: identifiers, URLs, names, versions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fhir_codesystem.codesystem.versions import FHIRVersion
from fhir_codesystem.codesystem.walk import primitives
from fhir_codesystem.diagnostics import Severity, quoted
from fhir_codesystem.rules.rule import METADATA, Example, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fhir_codesystem.codesystem.resource import Described
    from fhir_codesystem.diagnostics import Diagnostic

TYPES = "https://hl7.org/fhir/R4/datatypes.html"
ELEMENTS = "https://hl7.org/fhir/R4/codesystem-definitions.html"
GOOD = "id: x\nurl: http://example.org/x\nname: Xx\nstatus: draft\ncontent: complete\n"
URIS = ("uri", "url", "canonical")
ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.+", re.DOTALL)
OID = re.compile(r"urn:oid:[0-2](\.(0|[1-9][0-9]*))+")
UUID = re.compile(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NAME = {
    FHIRVersion.R4: re.compile(r"[A-Z][A-Za-z0-9_]{0,254}"),
    FHIRVersion.R4B: re.compile(r"[A-Z][A-Za-z0-9_]{0,254}"),
    FHIRVersion.R5: re.compile(r"[A-Z][A-Za-z0-9_]{1,254}"),
}


def is_absolute(uri: str) -> bool:
    """Whether a URI begins with a scheme."""
    return ABSOLUTE.fullmatch(uri) is not None


def _id(described: Described) -> Iterator[Diagnostic]:
    identity = described.id
    place = described.place("id")
    if len(identity) > 64:
        message = f"the id has {len(identity)} characters; at most 64 are allowed"
        yield BAD_ID.at(place, message, expression=f"{described.resource}.id")
    if re.fullmatch(r"[A-Za-z0-9.-]+", identity) is None:
        message = f"the id {quoted(identity)} may hold letters, digits, - and . only"
        yield BAD_ID.at(place, message, expression=f"{described.resource}.id")


def _absolute(described: Described) -> Iterator[Diagnostic]:
    for name in ("url", "valueSet", "supplements"):
        uri = described.elements.get(name)
        fragment = name != "url" and uri is not None and uri.startswith("#")
        if uri is not None and not is_absolute(uri) and not fragment:
            message = f"{name} {quoted(uri)} is not absolute: it begins with no scheme"
            yield RELATIVE_URL.at(
                described.place(name), message, expression=f"{described.resource}.{name}"
            )


def _uri_form(described: Described) -> Iterator[Diagnostic]:
    for uri in primitives(described, *URIS):
        place, text = described.place(*uri.path), uri.value
        problem = hint = None
        if re.search(r"\s", text):
            problem = "holds white space"
        elif text.startswith(("oid:", "uuid:")):
            problem, hint = "lacks urn: at its start", f"write urn:{text}"
        elif text.startswith("urn:oid:") and not OID.fullmatch(text):
            problem = "is no OID"
        elif text.startswith("urn:uuid:") and not UUID.fullmatch(text):
            problem, hint = "is no lower-case UUID", text.lower() if text != text.lower() else None
        if problem:
            message = f"{uri.name} {quoted(text)} {problem}"
            yield BAD_URI.at(place, message, hint=hint, expression=uri.expression)


def _name(described: Described) -> Iterator[Diagnostic]:
    name = described.elements.get("name")
    if name is None or NAME[described.version].fullmatch(name):
        return
    official = described.version is not FHIRVersion.R4B or not re.search("[A-Z]", name)
    proposal = "".join(word[0].upper() + word[1:] for word in re.findall(r"[A-Za-z0-9_]+", name))
    message = f"name {quoted(name)} is no name for programs: a capital, then letters, digits, _"
    hint = f"for example {proposal}" if NAME[described.version].fullmatch(proposal) else None
    yield BAD_NAME.at(
        described.place("name"),
        message,
        hint=hint,
        expression=f"{described.resource}.name",
        official=official,
    )


def url_characters(described: Described) -> Iterator[Diagnostic]:
    """Find marks of references in the URL of a resource of R5."""
    url = described.elements.get("url", "")
    if described.version is FHIRVersion.R5 and re.search(r"[|# ]", url):
        message = f"url {quoted(url)} holds | or # (or a blank), which references use as marks"
        yield URL_MARKS.at(described.place("url"), message, expression=f"{described.resource}.url")


def _version_mark(described: Described) -> Iterator[Diagnostic]:
    version = described.elements.get("version", "")
    if "#" in version:
        message = f"version {quoted(version)} holds #, which begins the fragment of a URL"
        yield VERSION_MARK.at(
            described.place("version"), message, expression=f"{described.resource}.version"
        )


CHECKS = (_id, _absolute, _uri_form, _name, url_characters, _version_mark)
"""What the rules below look for in the metadata of any resource."""

BAD_ID = Rule(
    number="CS401",
    name="bad-id",
    severity=Severity.ERROR,
    what="The id is longer than 64 characters, or holds others than A-Z a-z 0-9 - and .",
    why="The id is part of the resource's address on every server.",
    fix="Shorten it, put - for what is not allowed.",
    breaks=Example(metadata=GOOD.replace("id: x", f"id: {'x' * 65}"), place=(METADATA, 1, 5)),
    holds=Example(metadata=GOOD),
    source=f"{TYPES}#id",
    official=(
        "RESOURCE_RES_ID_MALFORMED_LENGTH",
        "RESOURCE_RES_ID_MALFORMED_CHARS",
        "TYPE_SPECIFIC_CHECKS_DT_ID_VALID",
    ),
    check=_id,
)
RELATIVE_URL = Rule(
    number="CS402",
    name="relative-url",
    severity=Severity.ERROR,
    what="A canonical URL is not absolute.",
    why="It identifies the code system everywhere, so it must mean the same everywhere.",
    fix="Begin it with http:// or https:// (or urn:oid:, urn:uuid:).",
    breaks=Example(
        metadata=GOOD.replace("http://example.org/x", "codes/x"), place=(METADATA, 2, 6)
    ),
    holds=Example(metadata=GOOD),
    source="https://hl7.org/fhir/R4/references.html#canonical",
    official=(
        "TYPE_SPECIFIC_CHECKS_CANONICAL_ABSOLUTE",
        "TYPE_SPECIFIC_CHECKS_CANONICAL_CONTAINED",
    ),
    check=_absolute,
)
BAD_URI = Rule(
    number="CS403",
    name="bad-uri",
    severity=Severity.ERROR,
    what="A URI holds white space, lacks urn:, or is no OID or UUID where it says so.",
    why="Such a URI is equal to no other, so nothing that refers to it is found.",
    fix="Correct the URI as the hint says.",
    breaks=Example(
        metadata=GOOD.replace("http://example.org/x", "urn:oid:1.02.3"), place=(METADATA, 2, 6)
    ),
    holds=Example(metadata=GOOD.replace("http://example.org/x", "urn:oid:1.2.3")),
    source=f"{TYPES}#uri",
    official=(
        "TYPE_SPECIFIC_CHECKS_DT_URI_WS",
        "TYPE_SPECIFIC_CHECKS_DT_URI_OID",
        "TYPE_SPECIFIC_CHECKS_DT_URI_UUID",
        "TYPE_SPECIFIC_CHECKS_DT_OID_VALID",
        "TYPE_SPECIFIC_CHECKS_DT_UUID_VALID",
        "TYPE_SPECIFIC_CHECKS_DT_OID_START",
        "TYPE_SPECIFIC_CHECKS_DT_UUID_STRAT",
    ),
    check=_uri_form,
)
BAD_NAME = Rule(
    number="CS404",
    name="bad-name",
    severity=Severity.WARNING,
    what="The name cannot be the name of a class or a table in programs.",
    why=(
        "Code generators use it: it begins with a capital and holds letters, digits and _ "
        "(csd-0, in R5 cnl-0; there with two characters at least). The official validator reads "
        "R4B's expression without anchors and passes any name with a capital; we do not."
    ),
    fix="Use a name like DicomElements; the title is for people.",
    breaks=Example(metadata=GOOD.replace("Xx", "dicom elements"), place=(METADATA, 3, 7)),
    holds=Example(metadata=GOOD),
    source=f"{ELEMENTS}#CodeSystem.name",
    official=("csd-0", "cnl-0"),
    check=_name,
)
URL_MARKS = Rule(
    number="CS405",
    name="url-marks",
    severity=Severity.WARNING,
    what="R5: the canonical URL holds | or #.",
    why="References put the version behind | and a fragment behind # (cnl-1).",
    fix="Take the character out of the URL.",
    breaks=Example(
        metadata=GOOD.replace("example.org/x", "example.org/x#y"),
        place=(METADATA, 2, 6),
        version="R5",
    ),
    holds=Example(metadata=GOOD, version="R5"),
    source="https://hl7.org/fhir/R5/codesystem-definitions.html#CodeSystem.url",
    official=("cnl-1",),
    check=url_characters,
)
VERSION_MARK = Rule(
    number="CS408",
    name="version-mark",
    severity=Severity.WARNING,
    what="The version holds #.",
    why="Some URLs put the version before a fragment, and # begins the fragment.",
    fix="Take it out of the version.",
    breaks=Example(metadata=GOOD + "version: 1#2\n", place=(METADATA, 6, 10)),
    holds=Example(metadata=GOOD + "version: 1.2\n"),
    source=f"{ELEMENTS}#CodeSystem.version",
    official=("VALIDATION_VAL_VERSION_NOHASH",),
    check=_version_mark,
)

RULES = (
    BAD_ID,
    RELATIVE_URL,
    BAD_URI,
    BAD_NAME,
    URL_MARKS,
    VERSION_MARK,
)
