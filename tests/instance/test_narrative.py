"""Narratives: what may stand in them, what they must say, and where their links lead."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_codesystem.codesystem.versions import FHIRVersion
from fhir_codesystem.diagnostics import Severity
from fhir_codesystem.instance.checking import findings
from fhir_codesystem.instance.verdict import verdict
from fhir_codesystem.tables.source import Source

XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'
DIV = "CodeSystem.text.div"
LINK = "TYPE_SPECIFIC_CHECKS_DT_XHTML_"
WRONG = {
    f"<div {XHTML}/>": ["txt-2"],
    f"<div {XHTML}> \n </div>": ["txt-2"],
    f"<div {XHTML}><![CDATA[x]]></div>": ["txt-2"],
    "<div>x</div>": ["XHTML_XHTML_NS_INVALID"],
    '<div xmlns="http://codes.example">x</div>': ["XHTML_XHTML_NS_INVALID"],
    f'<div {XHTML}><p xmlns="http://codes.example">x</p></div>': ["XHTML_XHTML_NS_INVALID"],
    f"<p {XHTML}>x</p>": ["XHTML_XHTML_NAME_INVALID"],
    f"<div {XHTML}><u>x</u></div>": ["XHTML_XHTML_ELEMENT_ILLEGAL", "txt-1"],
    f'<div {XHTML}><p onclick="x">x</p></div>': ["XHTML_XHTML_ATTRIBUTE_ILLEGAL", "txt-1"],
    f'<div {XHTML} onclick="x">x</div>': ["txt-1"],
    f'<div {XHTML}><p xml:space="preserve">x</p></div>': ["XHTML_XHTML_ATTRIBUTE_XML_SPACE"],
    f"<div {XHTML}>x<!DOCTYPE html></div>": ["XHTML_XHTML_DOCTYPE_ILLEGAL", "txt-1"],
    f"<div {XHTML}><p><b><p>x</p></b></p></div>": ["XHTML_XHTML_ELEMENT_ILLEGAL_IN_PARA"],
    f"<div {XHTML}><h1><table><tr><td>x</td></tr></table></h1></div>": [
        "XHTML_XHTML_BLOCK_IN_PARA"
    ],
    f"<div {XHTML}><b>x<i><b>y</b></i></b></div>": ["XHTML_XHTML_NO_RECURSION"],
    f"<div {XHTML}>x<br>y</br></div>": ["XHTML_XHTML_NO_CHILDREN"],
    f"<div {XHTML}><li>x</li></div>": ["XHTML_XHTML_OUT_OF_PLACE"],
    f"<div {XHTML}><ul>x</ul></div>": ["XHTML_XHTML_ILLEGAL_CHILDREN"],
    f'<div {XHTML}><p id="a">x</p><a name="a">y</a></div>': ["XHTML_XHTML_DUPLICATE_IDS"],
    f'<div {XHTML}><div xml:lang="en">x</div>y</div>': ["XHTML_XHTML_MIXED_LANG"],
    f'<div {XHTML}><a href="a b">x</a></div>': ["XHTML_URL_INVALID"],
    f'<div {XHTML}><a href="">x</a></div>': [f"{LINK}EMPTY_HREF", "XHTML_URL_INVALID"],
    f'<div {XHTML}><img src="data:image/png;base64,x"/></div>': ["XHTML_URL_INVALID"],
    f'<div {XHTML}><a href="#y">x</a></div>': [f"{LINK}RESOLVE"],
    f'<div {XHTML}><a href="#y">x</a><a name="y"/><i id="y"/></div>': [
        f"{LINK}MULTIPLE_MATCHES",
        "XHTML_XHTML_DUPLICATE_IDS",
    ],
    f'<div {XHTML}><img src="#y"/></div>': [f"{LINK}RESOLVE_IMG"],
    f'<div {XHTML}><img src="#y"/><a name="y"/></div>': [f"{LINK}RESOLVE_IMG"],
    f'<div {XHTML}><a href="javascript:x()">x</a></div>': [f"{LINK}ACTIVE_HREF"],
    f'<div {XHTML}><a href="urn:x:y">x</a></div>': [f"{LINK}LITERAL_HREF"],
    f'<div {XHTML}><a href="ftp://x.example">x</a></div>': [f"{LINK}UNKNOWN_HREF"],
    f"<div {XHTML}>&eacute;</div>": ["XHTML_XHTML_ENTITY_ILLEGAL"],
    f"<div {XHTML}>a & b</div>": ["ERROR_PARSING_XHTML_", "dom-6", "txt-1", "txt-2"],
    f"<div {XHTML}><p>x</div>": ["ERROR_PARSING_XHTML_", "dom-6", "txt-1", "txt-2"],
    "x": ["ERROR_PARSING_XHTML_", "dom-6", "txt-1", "txt-2"],
}
GOOD = (
    f"<div {XHTML}>x</div>",
    f"<div {XHTML}>&#160;</div>",
    f'<div {XHTML}><img src="x.png" alt=""/></div>',
    f'<div {XHTML}><a href="#letters">x</a><a href="#">y</a></div>',
    f'<div {XHTML}><img src="#y"/><p id="y">x</p></div>',
    f'<div {XHTML}><a href="https://codes.example">x</a><a href="x.html">y</a></div>',
    "<h:div xmlns:h='http://www.w3.org/1999/xhtml'><h:p>x</h:p></h:div>",
    f"<!-- x --><?x y?><div {XHTML}>x<!-- y --><?z?></div> and more",
    f"<div {XHTML}><p>x",
    f'<div {XHTML}><table border="1"><tbody><tr><td nowrap>x</td></tr></tbody></table></div>',
    f'<div {XHTML}><table><colgroup><col width="1"/></colgroup><tr><th>x</th></tr></table></div>',
    f"<div {XHTML}><dl><dt>x</dt><dd>y</dd></dl><ol><li><p>x</p></li></ol></div>",
)
LANGUAGES = {
    "": "MISSING1",
    'lang="en"': "MISSING3",
    'xml:lang="en"': "MISSING2",
    'lang="de" xml:lang="en"': "DIFFERENT1",
    'lang="en" xml:lang="de"': "DIFFERENT2",
}


def resource(div: str, **elements: Any) -> dict[str, Any]:
    return {
        "resourceType": "CodeSystem",
        "id": "letters",
        "text": {"status": "generated", "div": div},
        "status": "active",
        "caseSensitive": True,
        "content": "not-present",
        **elements,
    }


def told(div: str, **elements: Any) -> list[tuple[str, str, Severity]]:
    data = json.dumps(resource(div, **elements)).encode()
    found = verdict(data, "x.json", FHIRVersion.R4)
    return sorted((each.key, each.expression, each.severity) for each in found)


@pytest.mark.parametrize("div", WRONG)
def test_each_slip_is_told(div: str) -> None:
    assert [key for key, *_ in told(div)] == WRONG[div]
    assert {place for key, place, _ in told(div) if key != "dom-6"} == {DIV}


@pytest.mark.parametrize("div", GOOD)
def test_good_narratives_are_found_good(div: str) -> None:
    assert told(div) == []


@pytest.mark.parametrize("attributes", LANGUAGES)
def test_a_narrative_states_the_language_of_its_resource(attributes: str) -> None:
    found = told(f"<div {XHTML} {attributes}>x</div>", language="en")
    key = f"LANGUAGE_XHTML_LANG_{LANGUAGES[attributes]}"
    assert (key, "CodeSystem", Severity.WARNING) in found
    assert sum(each.startswith("LANGUAGE") for each, *_ in found) == 1


@pytest.mark.parametrize(
    "div",
    [
        f'<div {XHTML} lang="en" xml:lang="en">x</div>',
        f'<div {XHTML}><div lang="en" xml:lang="en">x</div> <div xml:lang="de">y</div></div>',
    ],
)
def test_a_narrative_that_states_it_is_found_good(div: str) -> None:
    assert not [each for each, *_ in told(div, language="en") if each.startswith("LANGUAGE")]


def test_a_finding_has_the_place_of_the_text() -> None:
    text = json.dumps(resource("<div>x</div>"), indent=1)
    (found,) = [
        each
        for each in findings(Source("x.json", text.encode()), FHIRVersion.R4)
        if "namespace" in each.message
    ]
    lines = text.split("\n")
    line = next(at for at, each in enumerate(lines) if '"div"' in each)
    assert found.location.line == line + 1
    assert found.location.column == lines[line].index('"<div>') + 1


def test_xml_is_judged_alike() -> None:
    for div, keys in WRONG.items():
        if not {"ERROR_PARSING_XHTML_", "XHTML_XHTML_ENTITY_ILLEGAL"} & set(keys):
            _, start, rest = div.partition("<div")
            if not start or "DOCTYPE" in div or "CDATA" in div:
                continue
            data = (
                '<CodeSystem xmlns="http://hl7.org/fhir"><id value="letters"/><text>'
                f'<status value="generated"/>{start}{rest}</text><status value="active"/>'
                '<caseSensitive value="true"/><content value="not-present"/></CodeSystem>'
            )
            found = verdict(data.encode(), "x.xml", FHIRVersion.R4)
            assert sorted(each.key for each in found) == keys


PIECES = [
    *("<div>", "</div>", "<p>", "</p>", "<a href='#x'>", "</a>", "<", ">", "&", "&amp;", "&#0;"),
    *("&#xD800;", "&#", "&#x;", "<!--", "-->", "<![CDATA[", "]]>", "<!DOCTYPE x [", "]>", "<?"),
    *(
        " a=",
        "'",
        '"',
        "/",
        "x:",
        "xmlns:x=''",
        "<x:p",
        "<script>",
        "</script>",
        "\ufeff",
        "é",
        " ",
    ),
]


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25))
def test_no_text_makes_it_raise(pieces: list[str]) -> None:
    told("<div>" + "".join(pieces))


@settings(deadline=None)
@given(st.text())
def test_nor_does_any_other(text: str) -> None:
    told(text)


def test_nesting_has_a_limit() -> None:
    depth = 600
    found = told(f"<div {XHTML}>{'<span>' * depth}x{'</span>' * depth}</div>")
    assert found[0][0] == "ERROR_PARSING_XHTML_"
