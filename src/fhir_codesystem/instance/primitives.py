"""The values of primitive types: https://hl7.org/fhir/R5/datatypes.html#primitive."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from fhir_codesystem.diagnostics import quoted
from fhir_codesystem.instance.urls import is_absolute

if TYPE_CHECKING:
    from collections.abc import Callable

    from fhir_codesystem.instance.element import Element
    from fhir_codesystem.instance.issue import Issues

SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""White space as the official validator knows it (inside brackets of an expression)."""

JAVA_BLANK = re.compile("[\t-\r\x1c-\x20\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]*")
EDGES = re.compile(f"^[{SPACES}]|[{SPACES}]$")
CODE_SPACES = re.compile(f"^[{SPACES}]|[{SPACES}]$|  |[{SPACES.replace(' ', '')}]")
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
CARE = re.compile("[<\x00-\x08\x0b\x0c\x0e-\x1f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What text must hold before any of the rules for all types can be broken."""

TAG = re.compile(r"[^\W\d_]\w*(?:$|\s)")
MARKDOWN_TAG = re.compile(r"(?<!\\)</?[A-Za-z][A-Za-z0-9-]*[\s>]|<[!?]", re.ASCII)
DATE = r"(?:[0-9](?:[0-9](?:[0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)"
DAYS = r"(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[1-2][0-9]|3[0-1]){})?)?"
ZONE = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
CLOCK = r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?"
DATES = {
    "date": re.compile(DATE + DAYS.format("")),
    "dateTime": re.compile(DATE + DAYS.format(f"(?:{CLOCK}{ZONE}?)?")),
    "instant": re.compile(
        rf"-?[0-9]{{4}}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[1-2][0-9]|3[0-1]){CLOCK}{ZONE}"
    ),
}
TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)")
INTEGER = re.compile(r"-?\d{1,10}")
DECIMAL = re.compile(r"[+-]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
OID = re.compile(r"[0-2](?:\.(?:0|[1-9][0-9]*))+")
ID = re.compile(r"[A-Za-z0-9.-]{1,64}")
NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/=]")
MOST_CHARACTERS = 1024 * 1024
EARLIEST, YEARS_AHEAD = 1800, 80
URIS = frozenset(("uri", "url", "canonical", "oid", "uuid"))
UNCHECKED = frozenset(("id", "base64Binary", "markdown", "xhtml"))
"""Types whose expression the official validator does not apply to values."""

ANYTHING = r"[ \r\n\t\S]+"
"""The expression of strings: what it forbids no value can hold that comes so far."""


def check_primitive(element: Element, issues: Issues, year: int) -> bool:
    """Check the value of a primitive element; ``year`` is the present one.

    Returns whether the value may be looked at further: there is one, and it is not blank.
    """
    value = element.value
    if value is None or JAVA_BLANK.fullmatch(value):
        _blank(element, value, issues)
        return False
    kind = element.structure.name
    if CARE.search(value):
        _characters(element, value, kind, issues)
    before = len(issues.found)
    check = CHECKS.get(kind)
    if check is not None:
        check(element, value, issues, year)
    regex = element.structure.regex
    if (
        regex is not None
        and kind not in UNCHECKED
        and regex.pattern != ANYTHING
        and regex.fullmatch(value) is None
        and not any(each.severity == "error" for each in issues.found[before:])
    ):
        message = f"{element.name} {quoted(value)} is no {kind}"
        issues.error("TYPE_SPECIFIC_CHECKS_DT_PRIMITIVE_REGEX_TYPE", element, message)
    return True


def _blank(element: Element, value: str | None, issues: Issues) -> None:
    if not element.children:
        if value is None:
            key = "TYPE_SPECIFIC_CHECKS_DT_PRIMITIVE_VALUEEXT"
            message = f"{element.name} has neither a value nor an extension"
            issues.error(key, element, message)
        elif not value:
            key = "TYPE_SPECIFIC_CHECKS_DT_PRIMITIVE_NOTEMPTY"
            issues.error(key, element, f"{element.name} is empty", "leave it out")
        else:
            key = "TYPE_SPECIFIC_CHECKS_DT_PRIMITIVE_WS"
            issues.warning(key, element, f"{element.name} is nothing but white space")


def _characters(element: Element, value: str, kind: str, issues: Issues) -> None:
    control = CONTROLS.search(value)
    if control is not None:
        message = f"{element.name} holds the control character U+{ord(control.group()):04X}"
        issues.warning("UNICODE_XML_BAD_CHARS", element, message)
    if DIRECTIONS.search(value) and not _closed(value):
        message = f"{element.name} changes the direction of text and does not change it back"
        issues.warning("UNICODE_BIDI_CONTROLS_CHARS_MATCH", element, message)
    if kind == "markdown":
        tag = MARKDOWN_TAG.search(value)
        if tag is not None:
            message = f"{element.name} holds what looks like a tag of HTML: {quoted(tag.group())}"
            issues.warning("TYPE_SPECIFIC_CHECKS_DT_MARKDOWN_HTML", element, message)
    elif kind != "xhtml" and has_tag(value) and not _rendering(element):
        message = f"{element.name} holds what looks like a tag of HTML"
        issues.information("SECURITY_STRING_CONTENT_WARNING", element, message)


def _rendering(element: Element) -> bool:
    around = element.parent
    rendering = "http://hl7.org/fhir/StructureDefinition/rendering-xhtml"
    return around is not None and around.type == "Extension" and around.text("url") == rendering


def has_tag(value: str) -> bool:
    """Whether the official validator sees a tag: one that ends before the next one begins."""
    _, *parts = value.split("<")
    for part in parts[:-1]:
        inside, end, _ = part.partition(">")
        if end and TAG.match(inside):
            return True
    return False


def _closed(value: str) -> bool:
    """Whether all marks of direction are closed, as the official validator counts them."""
    embedding, isolates = "\u202a\u202b\u202d\u202e\u200e\u200f\u061c", "\u2066\u2067\u2068"
    opened: list[str] = []
    for char in value:
        if char == "\n":
            opened.clear()
        elif char == "\u202c":
            if opened and opened[-1] in embedding:
                opened.pop()
        elif char == "\u2069":
            if any(each in isolates for each in opened):
                while opened.pop() not in isolates:
                    pass
        elif char in "\u202d\u202e\u2066\u2067\u2068\u200e\u200f\u061c":
            opened.append(char)
    return not opened


def _string(element: Element, value: str, issues: Issues, _: int) -> None:
    if EDGES.search(value):
        if re.fullmatch(f"[{SPACES}]*", value):
            message = f"{element.name} is nothing but white space"
            issues.warning("TYPE_SPECIFIC_CHECKS_DT_STRING_WS_ALL", element, message)
        else:
            message = f"{element.name} begins or ends with white space"
            issues.warning("TYPE_SPECIFIC_CHECKS_DT_STRING_WS", element, message)
    if len(value) > MOST_CHARACTERS // 2:
        length = len(value.encode("utf-16-le", "surrogatepass")) // 2
        if length > MOST_CHARACTERS:
            message = f"{element.name} has {length:,} characters; at most 1,048,576 are allowed"
            issues.error("TYPE_SPECIFIC_CHECKS_DT_STRING_LENGTH", element, message)


def _code(element: Element, value: str, issues: Issues, _: int) -> None:
    if CODE_SPACES.search(value):
        message = f"the code {quoted(value)} holds white space other than single blanks"
        issues.error("TYPE_SPECIFIC_CHECKS_DT_CODE_WS", element, message)


def _boolean(element: Element, value: str, issues: Issues, _: int) -> None:
    if value not in ("true", "false"):
        message = f"{element.name} is true or false, not {quoted(value)}"
        issues.error("TYPE_SPECIFIC_CHECKS_DT_BOOLEAN_VALUE", element, message)


def _uri(element: Element, value: str, issues: Issues, _: int) -> None:
    name, kind = element.name, element.structure.name
    if value.startswith("oid:"):
        message = f"{name} {quoted(value)} lacks urn: at its start"
        issues.error("TYPE_SPECIFIC_CHECKS_DT_URI_OID", element, message, f"write urn:{value}")
    if value.startswith("uuid:"):
        message = f"{name} {quoted(value)} lacks urn: at its start"
        issues.error("TYPE_SPECIFIC_CHECKS_DT_URI_UUID", element, message, f"write urn:{value}")
    if " " in value or EDGES.search(value):
        message = f"{name} {quoted(value)} holds white space"
        issues.error("TYPE_SPECIFIC_CHECKS_DT_URI_WS", element, message)
    if kind == "oid" and not value.startswith("urn:oid:"):
        message = f"{name} {quoted(value)} does not begin with urn:oid:"
        issues.error("TYPE_SPECIFIC_CHECKS_DT_OID_START", element, message)
    if kind == "uuid" and not value.startswith("urn:uuid:"):
        message = f"{name} {quoted(value)} does not begin with urn:uuid:"
        issues.error("TYPE_SPECIFIC_CHECKS_DT_UUID_STRAT", element, message)
    if kind == "canonical" and not value.startswith("#") and not is_absolute(value):
        message = f"{name} {quoted(value)} is not absolute: it begins with no scheme"
        issues.error("TYPE_SPECIFIC_CHECKS_CANONICAL_ABSOLUTE", element, message)
    if value.startswith("urn:"):
        _urn(element, value, issues)


def _urn(element: Element, value: str, issues: Issues) -> None:
    name, kind = element.name, element.structure.name
    if value.startswith("urn:uuid:"):
        uuid = value[9:].split("#", maxsplit=1)[0]
        if kind == "canonical":
            uuid = uuid.rpartition("|")[0] or uuid
        if UUID.fullmatch(uuid) is None:
            lower = value.lower() if UUID.fullmatch(uuid.lower()) else None
            message = f"{name} {quoted(value)} is no UUID in lower case"
            issues.error("TYPE_SPECIFIC_CHECKS_DT_UUID_VALID", element, message, lower)
    if value.startswith("urn:oid:"):
        oid = value[8:].split("|", maxsplit=1)[0] if kind == "canonical" else value[8:]
        if OID.fullmatch(oid) is None or (oid.rfind(".") < 4 and not oid.startswith("1.3")):
            message = f"{name} {quoted(value)} is no OID"
            issues.error("TYPE_SPECIFIC_CHECKS_DT_OID_VALID", element, message)


def _id(element: Element, value: str, issues: Issues, _: int) -> None:
    around = element.parent
    own = element.name == "id" and around is not None and around.structure.kind == "resource"
    if ID.fullmatch(value) is None and not own:
        message = f"{element.name} {quoted(value)} is no id"
        issues.error("TYPE_SPECIFIC_CHECKS_DT_ID_VALID", element, message)


def _integer(element: Element, value: str, issues: Issues, _: int) -> None:
    kind = element.structure.name
    if INTEGER.fullmatch(value) is None or not -(2**31) <= int(value) < 2**31:
        message = f"{element.name} {quoted(value)} is no integer"
        issues.error("TYPE_SPECIFIC_CHECKS_DT_INTEGER_VALID", element, message)
    elif kind == "unsignedInt" and int(value) < 0:
        message = f"{element.name} is {value}; 0 is the least"
        issues.error("TYPE_SPECIFIC_CHECKS_DT_INTEGER_LT0", element, message)
    elif kind == "positiveInt" and int(value) < 1:
        message = f"{element.name} is {value}; 1 is the least"
        issues.error("TYPE_SPECIFIC_CHECKS_DT_INTEGER_LT1", element, message)


def _decimal(element: Element, value: str, issues: Issues, _: int) -> None:
    if DECIMAL.fullmatch(value) is None:
        message = f"{element.name} {quoted(value)} is no decimal"
        issues.error("TYPE_SPECIFIC_CHECKS_DT_DECIMAL_VALID", element, message)
    else:
        number, *power = re.split("[eE]", value)
        whole, *places = number.lstrip("+-").split(".")
        if len(whole) > 18 or len("".join(places)) > 17 or len("".join(power).lstrip("+-")) > 4:
            message = f"{element.name} {quoted(value)} is more than programs can keep"
            issues.warning("TYPE_SPECIFIC_CHECKS_DT_DECIMAL_RANGE", element, message)


def _date(element: Element, value: str, issues: Issues, year: int) -> None:
    kind, name = element.structure.name, element.name
    invalid = {"date": "DATE_VALID", "instant": "DATETIME_REGEX"}.get(kind, "DATETIME_VALID")
    key = f"TYPE_SPECIFIC_CHECKS_DT_{invalid}"
    good = DATES[kind].fullmatch(value) is not None
    if not good:
        issues.error(key, element, f"{name} {quoted(value)} is no {kind}: like 2026-01-31")
    if kind == "dateTime" and "T" in value and not re.search("[-+Z]", value[10:]):
        message = f"{name} {quoted(value)} has a time and no time zone"
        issues.error("TYPE_SPECIFIC_CHECKS_DT_DATETIME_TZ", element, message, "end it with Z")
        good = False
    if not good:
        return
    if not _is_day(value):
        key = "TYPE_SPECIFIC_CHECKS_DT_INSTANT_VALID" if kind == "instant" else key
        issues.error(key, element, f"{name} {quoted(value)} is no day of the calendar")
    elif not EARLIEST <= int(value[:4]) <= year + YEARS_AHEAD:
        message = f"{name} {quoted(value)} is in a year that is hardly meant"
        issues.warning("TYPE_SPECIFIC_CHECKS_DT_DATETIME_REASONABLE", element, message)


def _is_day(value: str) -> bool:
    if len(value) < 10:
        return True
    try:
        dt.date.fromisoformat(value[:10])
    except ValueError:
        return False
    return True


def _time(element: Element, value: str, issues: Issues, _: int) -> None:
    if TIME.fullmatch(value) is None:
        message = f"{element.name} {quoted(value)} is no time: like 13:05:00"
        issues.error("TYPE_SPECIFIC_CHECKS_DT_TIME_VALID", element, message)


def _base64(element: Element, value: str, issues: Issues, _: int) -> None:
    if len(NOT_BASE64.sub("", value)) % 4:
        message = f"{element.name} is no base64: its characters are not a multiple of four"
        issues.error("TYPE_SPECIFIC_CHECKS_DT_BASE64_VALID", element, message)


CHECKS: dict[str, Callable[[Element, str, Issues, int], None]] = {
    "string": _string,
    "code": _code,
    "boolean": _boolean,
    **dict.fromkeys(URIS, _uri),
    "id": _id,
    **dict.fromkeys(("integer", "unsignedInt", "positiveInt"), _integer),
    "decimal": _decimal,
    **dict.fromkeys(DATES, _date),
    "time": _time,
    "base64Binary": _base64,
}
