"""Resources in XML: the same elements as from JSON, and each slip at its line and column."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_codesystem.codesystem.versions import FHIRVersion
from fhir_codesystem.instance.checking import findings
from fhir_codesystem.instance.recognition import is_resource
from fhir_codesystem.instance.verdict import verdict
from fhir_codesystem.tables.source import Source

ROOT = '<CodeSystem xmlns="http://hl7.org/fhir">'
XSI = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'
STATUS = '<status value="active"/>'
GOOD = f"""\
<?xml version="1.0" encoding="UTF-8"?>
<!-- two letters -->
{ROOT}
 <id value="letters"/>
 <text>
  <status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml"><p>Letters</p></div>
 </text>
 <url value="http://codes.example/letters"/>
 <name value="Letters"/>
 {STATUS}
 <caseSensitive value="true"/>
 <content value="complete"/>
 <concept>
  <code value="a"/>
  <display value="A"><extension url="http://codes.example/x"><valueCode value="x"/></extension>
  </display>
 </concept>
 <concept id="i"><code value="b"/></concept>
</CodeSystem>
"""
WRONG = {
    "no-namespace": (
        (ROOT, "<CodeSystem>"),
        ("THIS_DOES_NOT_APPEAR_TO_BE_A_FHIR_RESOURCE_UNKNOWN_NAMESPACENAME_", "CodeSystem", 3, 1),
    ),
    "no-resource": (
        ("CodeSystem", "Codes"),
        ("THIS_DOES_NOT_APPEAR_TO_BE_A_FHIR_RESOURCE_UNKNOWN_NAMESPACENAME_", "Codes", 3, 1),
    ),
    "other-namespace": (
        (STATUS, '<x:status xmlns:x="http://codes.example" value="active"/>'),
        ("WRONG_NAMESPACE__EXPECTED_", "/f:CodeSystem/?:status", 10, 2),
    ),
    "unknown-element": (
        (STATUS, f'{STATUS}<stat value="x"/>'),
        ("UNDEFINED_ELEMENT_", "/f:CodeSystem", 10, 26),
    ),
    "unknown-inside": (
        ('<code value="a"/>', '<code value="a"><x/></code>'),
        ("UNDEFINED_ELEMENT_", "/f:CodeSystem/f:concept/f:code", 14, 19),
    ),
    "attribute-as-element": (
        ('<code value="b"/>', '<code value="b"><id value="x"/></code>'),
        ("UNDEFINED_ELEMENT_", "/f:CodeSystem/f:concept/f:code", 18, 34),
    ),
    "unknown-attribute": (
        (STATUS, '<status value="active" val="x"/>'),
        ("UNDEFINED_ATTRIBUTE__ON__FOR_TYPE__PROPERTIES__", "/f:CodeSystem/f:status", 10, 2),
    ),
    "schema-location": (
        (
            ROOT,
            f'{ROOT[:-1]} {XSI} i:schemaLocation="x">',
        ),
        ("UNDEFINED_ATTRIBUTE__ON__FOR_TYPE__PROPERTIES__", "/f:CodeSystem", 3, 1),
    ),
    "text": (
        (STATUS, f"{STATUS}\n  é text"),
        ("TEXT_SHOULD_NOT_BE_PRESENT", "/f:CodeSystem", 11, 3),
    ),
    "value-as-text": (
        ('<code value="b"/>', "<code> b </code>"),
        ("TEXT_SHOULD_NOT_BE_PRESENT", "/f:CodeSystem/f:concept/f:code", 18, 25),
    ),
    "no-value": (
        ('<name value="Letters"/>', "<name/>"),
        ("ELEMENT_MUST_HAVE_SOME_CONTENT", "/f:CodeSystem/f:name", 9, 2),
    ),
    "empty-value": (
        ('<name value="Letters"/>', '<name value=""/>'),
        ("TYPE_SPECIFIC_CHECKS_DT_PRIMITIVE_NOTEMPTY", "CodeSystem.name", 9, 2),
    ),
    "instruction": (
        (ROOT, f"<?x y?>{ROOT}"),
        ("NO_PROCESSING_INSTRUCTIONS_ALLOWED_IN_RESOURCES", "(document)", 3, 1),
    ),
    "instruction-inside": (
        (STATUS, f"{STATUS}<?x y?>"),
        ("NODE_TYPE__IS_NOT_ALLOWED", "/f:CodeSystem", 10, 26),
    ),
    "document-type": (
        (ROOT, f"<!DOCTYPE CodeSystem [<!ENTITY a 'a'>]>{ROOT}"),
        ("ERROR_PARSING_XML_", "(xml)", 3, 22),
    ),
    "entity": ((STATUS, '<status value="&a;"/>'), ("ERROR_PARSING_XML_", "(xml)", 10, 2)),
    "not-closed": ((STATUS, "<status>"), ("ERROR_PARSING_XML_", "(xml)", 19, 3)),
    "encoding": (("UTF-8", "ISO-8859-1"), ("XML_ENCODING_INVALID", "XML", 1, 1)),
    "encoding-unknown": (("UTF-8", "x-none"), ("ERROR_PARSING_XML_", "(xml)", 1, 1)),
    "order": (
        (f'{STATUS}\n <caseSensitive value="true"/>', f'<caseSensitive value="true"/>\n {STATUS}'),
        ("VALIDATION_VAL_PROFILE_OUTOFORDER", "CodeSystem.status", 11, 2),
    ),
    "repeated": (
        (STATUS, STATUS * 2),
        ("VALIDATION_VAL_PROFILE_MAXIMUM", "CodeSystem", 10, 26),
    ),
    "type": (
        (
            STATUS,
            f'<status {XSI} i:type="x" value="draft"/>',
        ),
        ("XSI_TYPE_WRONG", "/f:CodeSystem/f:status", 10, 2),
    ),
    "type-known": (
        (
            STATUS,
            f'<status {XSI} i:type="code" value="draft"/>',
        ),
        ("XSI_TYPE_UNNECESSARY", "/f:CodeSystem/f:status", 10, 2),
    ),
    "xhtml-namespace": (
        ('<div xmlns="http://www.w3.org/1999/xhtml">', "<div>"),
        ("XHTML_XHTML_NS_INVALID", "CodeSystem.text.div", 6, 30),
    ),
    "contained-nothing": (
        (" <url", " <contained/>\n <url"),
        ("ELEMENT_MUST_HAVE_SOME_CONTENT", "/f:CodeSystem/f:contained", 8, 2),
    ),
    "contained-unknown": (
        (" <url", " <contained><Thing/></contained>\n <url"),
        (
            "CONTAINED_RESOURCE_DOES_NOT_APPEAR_TO_BE_A_FHIR_RESOURCE_UNKNOWN_NAME_",
            "/f:CodeSystem/f:contained",
            8,
            13,
        ),
    ),
    "contained-no-id": (
        (" <url", " <contained><Basic><language value='de'/></Basic></contained>\n <url"),
        ("RESOURCE_RES_ID_MISSING", "CodeSystem.contained[0]/*Basic/null*/", 8, 2),
    ),
    "value": (
        ('<caseSensitive value="true"/>', '<caseSensitive value="1"/>'),
        ("TYPE_SPECIFIC_CHECKS_DT_BOOLEAN_VALUE", "CodeSystem.caseSensitive", 11, 2),
    ),
}


def told(data: bytes) -> set[tuple[str, str, int | None, int | None]]:
    found = verdict(data, "x.xml", FHIRVersion.R4)
    return {(each.key, each.expression, each.spot.line, each.spot.column) for each in found}


def test_a_good_resource_is_found_good() -> None:
    assert not [each for each in told(GOOD.encode()) if each[0] not in EXTENSIONS]


EXTENSIONS = frozenset(("EXTENSION_EXT_UNKNOWN",))
"""What is said of extensions that nobody knows."""


@pytest.mark.parametrize("name", WRONG)
def test_each_slip_is_told_at_its_place(name: str) -> None:
    (old, new), issue = WRONG[name]
    assert old in GOOD
    count = -1 if old == "CodeSystem" else 1
    found = told(GOOD.replace(old, new, count).encode())
    assert issue in found
    assert issue not in told(GOOD.encode())


def test_of_what_is_no_xml_nothing_else_is_told() -> None:
    data = GOOD.replace(STATUS, "<stat/><").encode()
    assert [key for key, *_ in told(data)] == ["ERROR_PARSING_XML_"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_columns_are_those_of_the_text_in_any_encoding(encoding: str) -> None:
    text = f'{ROOT}<title value="\U0001f600é"/><stat/></CodeSystem>'
    assert ("UNDEFINED_ELEMENT_", "/f:CodeSystem", 1, text.index("<stat") + 1) in told(
        text.encode(encoding)
    )


def test_latin_1_is_read_as_it_says() -> None:
    text = f'<?xml version="1.0" encoding="ISO-8859-1"?>{ROOT}<title value="é"/></CodeSystem>'
    keys = {key for key, *_ in told(text.encode("latin-1"))}
    assert "XML_ENCODING_INVALID" in keys
    assert "ERROR_PARSING_XML_" not in keys


def test_nesting_has_a_limit() -> None:
    deep = "<concept>" * 300 + "</concept>" * 300
    (found,) = told(f"{ROOT}{deep}</CodeSystem>".encode())
    assert found[0] == "ERROR_PARSING_XML_"


def test_a_narrative_may_not_be_endless_either() -> None:
    deep = "<b>" * 300 + "</b>" * 300
    (found,) = told(GOOD.replace("<p>", f"<p>{deep}").encode())
    assert found[0] == "ERROR_PARSING_XML_"


def test_what_is_contained_is_told_with_its_id() -> None:
    inside = '<contained><CodeSystem><id value="c"/><status value="x"/></CodeSystem></contained>'
    found = told(GOOD.replace(" <url", f" {inside}<url", 1).encode())
    place = "CodeSystem.contained[0]/*CodeSystem/c*/.status"
    assert ("TERMINOLOGY_TX_NOVALID_16", place, 8, 40) in found


def test_of_a_value_set_the_contained_code_systems_are_judged() -> None:
    system = GOOD[GOOD.index(ROOT) :].replace(STATUS, '<status value="x"/><stat/>')
    whole = (
        '<ValueSet xmlns="http://hl7.org/fhir"><status value="y"/><contained><Basic/></contained>'
        f"<contained>{system}</contained><nonsense/></ValueSet>"
    )
    found = {(key, place) for key, place, *_ in told(whole.encode())}
    place = "ValueSet.contained[1]/*CodeSystem/letters*/.status"
    assert ("TERMINOLOGY_TX_NOVALID_16", place) in found
    assert ("UNDEFINED_ELEMENT_", "CodeSystem") in found
    assert not [p for _, p in found if p.startswith("ValueSet") and "contained[1]" not in p]


def test_another_resource_is_not_judged() -> None:
    assert not told(b'<Patient xmlns="http://hl7.org/fhir"><x/><?x y?></Patient>')


def test_findings_have_the_place_in_the_file() -> None:
    data = GOOD.replace(STATUS, f"{STATUS}<stat/>").encode()
    (found,) = [
        each
        for each in findings(Source("x.xml", data), FHIRVersion.R4)
        if "stat" in each.message and each.location.line == 10
    ]
    assert (found.location.path, found.location.column) == ("x.xml", 26)


def test_a_wrong_value_has_the_place_of_its_text() -> None:
    data = GOOD.replace(STATUS, "<status\n  id='s' value='\u00e9'/>").encode()
    found = findings(Source("x.xml", data), FHIRVersion.R4)
    places = {
        (each.location.line, each.location.column) for each in found if "status" in each.message
    }
    assert places == {(11, 17)}


@pytest.mark.parametrize(
    ("text", "known"),
    [
        (GOOD, True),
        (GOOD.replace("CodeSystem", "ValueSet"), False),
        (f'<ValueSet xmlns="http://hl7.org/fhir"><contained>{ROOT}</contained></ValueSet>', True),
        ('<f:CodeSystem xmlns:f="http://hl7.org/fhir"/>', True),
        ('<CodeSystem xmlns="http://codes.example"/>', False),
        ('<Patient xmlns="http://hl7.org/fhir"/>', False),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_code_systems_are_recognised(text: str, known: bool, encoding: str) -> None:
    assert is_resource(Source("x.xml", text.encode(encoding))) is known


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(GOOD)), st.integers(0, 60), st.binary(max_size=8))
def test_no_change_makes_it_raise(start: int, length: int, new: bytes) -> None:
    data = GOOD.encode()
    verdict(data[:start] + new + data[start + length :], "x.xml", FHIRVersion.R5)


@settings(deadline=None)
@given(st.binary())
def test_no_bytes_make_it_raise(data: bytes) -> None:
    verdict(b"<" + data, "x.xml", FHIRVersion.R4)


PIECES = [
    *re.findall(r"<[^>]*>", GOOD),
    "<!--",
    "]]>",
    "<![CDATA[",
    "&#1;",
    "&amp;",
    "x",
    "<contained>",
]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=20))
def test_no_order_of_tags_makes_it_raise(pieces: list[str]) -> None:
    verdict((ROOT + "".join(pieces) + "</CodeSystem>").encode(), "x.xml", FHIRVersion.R4)


@pytest.mark.parametrize("name", ["x\0y", "hex", "idna", "utf-7", "gbk", "é"])
def test_no_name_of_an_encoding_makes_it_raise(name: str) -> None:
    data = GOOD.replace("UTF-8", name).encode()
    assert list(findings(Source("x.xml", data), FHIRVersion.R4))
