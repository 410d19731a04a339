"""Narratives: tags and attributes that are allowed and not, languages, statuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..bases import SMALL
from ..case import Case, json_case, merged
from ..fhirxml import tree_of, xml_of

if TYPE_CHECKING:
    from collections.abc import Iterator

XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'
DIVS = {
    "good": f"<div {XHTML}><p>x</p></div>",
    "plain": f"<div {XHTML}>x</div>",
    "no-namespace": "<div><p>x</p></div>",
    "wrong-namespace": '<div xmlns="http://example.org"><p>x</p></div>',
    "html": "<html><body>x</body></html>",
    "empty": f"<div {XHTML}></div>",
    "closed": f"<div {XHTML}/>",
    "spaces": f"<div {XHTML}>  \n </div>",
    "no-break": f"<div {XHTML}>&#160;</div>",
    "image": f'<div {XHTML}><img src="a.png" alt="x"/></div>',
    "image-no-alt": f'<div {XHTML}><img src="a.png"/></div>',
    "image-data": f'<div {XHTML}><img src="data:image/png;base64,aGk=" alt="x"/></div>',
    "image-local": f'<div {XHTML}><img src="#x" alt="x"/></div>',
    "script": f"<div {XHTML}><script>alert(1)</script></div>",
    "style-tag": f"<div {XHTML}><style>p {{}}</style><p>x</p></div>",
    "style": f'<div {XHTML} style="color: red" class="c">x</div>',
    "event": f'<div {XHTML}><p onclick="x()">x</p></div>',
    "form": f"<div {XHTML}><form><input/></form></div>",
    "iframe": f'<div {XHTML}><iframe src="x"/></div>',
    "font": f"<div {XHTML}><font>x</font></div>",
    "unknown": f"<div {XHTML}><foo>x</foo></div>",
    "attribute": f'<div {XHTML}><p data-x="1" foo="x">x</p></div>',
    "upper": f"<div {XHTML}><P>x</P></div>",
    "comment": f"<div {XHTML}><!-- x --><p>x</p></div>",
    "entity": f"<div {XHTML}>a &copy; b &eacute; &nbsp; &lt; &amp;</div>",
    "entity-unknown": f"<div {XHTML}>a &foo; b</div>",
    "entity-number": f"<div {XHTML}>a &#233; &#xe9; b</div>",
    "ampersand": f"<div {XHTML}>a & b</div>",
    "unclosed": f"<div {XHTML}><p>x</div>",
    "unclosed-end": f"<div {XHTML}><p>x",
    "two": f"<div {XHTML}>x</div><div>y</div>",
    "text-after": f"<div {XHTML}>x</div> y",
    "not-xml": "x",
    "blank": "",
    "space": " ",
    "instruction": f"<div {XHTML}><?x y?>x</div>",
    "declaration": f'<?xml version="1.0"?><div {XHTML}>x</div>',
    "doctype": f"<!DOCTYPE html><div {XHTML}>x</div>",
    "cdata": f"<div {XHTML}><![CDATA[x]]></div>",
    "table": f"<div {XHTML}><table><thead><tr><th>x</th></tr></thead></table></div>",
    "link": f'<div {XHTML}><a href="http://codes.example/x">x</a></div>',
    "link-local": f'<div {XHTML}><a href="#x">x</a></div>',
    "link-local-good": f'<div {XHTML}><a href="#x">x</a><a name="x">y</a></div>',
    "link-mail": f'<div {XHTML}><a href="mailto:a@codes.example">x</a></div>',
    "link-script": f'<div {XHTML}><a href="javascript:x()">x</a></div>',
    "link-relative": f'<div {XHTML}><a href="x.html">x</a></div>',
    "prefixed": '<h:div xmlns:h="http://www.w3.org/1999/xhtml"><h:p>x</h:p></h:div>',
    "other-inside": f'<div {XHTML}><svg xmlns="http://www.w3.org/2000/svg"/>x</div>',
    "ids": f'<div {XHTML}><p id="x">x</p><p id="x">y</p></div>',
    "nested-block": f"<div {XHTML}><p><p>x</p></p></div>",
    "list": f"<div {XHTML}><ul><li>x</li>y</ul></div>",
    "quotes": f"<div {XHTML}><q>x</q><blockquote>y</blockquote><pre>z</pre><hr/></div>",
    "bold": f"<div {XHTML}><b>x</b><i>x</i><em>x</em><strong>x</strong><tt>x</tt><u>x</u></div>",
    "definition-list": f"<div {XHTML}><dl><dt>x</dt><dd>y</dd></dl></div>",
    "column-group": f'<div {XHTML}><table border="1"><colgroup><col/></colgroup></table></div>',
    "lang": f'<div {XHTML} lang="en">x</div>',
    "xml-lang": f'<div {XHTML} xml:lang="en">x</div>',
    "langs": f'<div {XHTML} lang="en" xml:lang="en">x</div>',
    "langs-differ": f'<div {XHTML} lang="en" xml:lang="de">x</div>',
    "bidi": f"<div {XHTML}>a\u202eb</div>",
    "control": f"<div {XHTML}>a\u0001b</div>",
}
REJECTED = {
    "script": ("txt-1",),
    "font": (),
    "empty": ("txt-2",),
}


def cases(version: str) -> Iterator[Case]:
    """Make all cases."""
    for name, div in DIVS.items():
        text = {"status": "generated", "div": div}
        yield json_narrative(f"div/{name}", text=text)
        yield json_narrative(f"div-en/{name}", text=text, language="en")
        yield xml_narrative(name, div)
    good = DIVS["good"]
    for status in ("generated", "extensions", "additional", "empty", "Generated", "x", "", " "):
        yield json_narrative(f"status/{status}", text={"status": status, "div": good})
    yield json_narrative("no-status", "VALIDATION_VAL_PROFILE_MINIMUM", text={"div": good})
    yield json_narrative("no-div", "VALIDATION_VAL_PROFILE_MINIMUM", text={"status": "generated"})
    yield json_narrative("empty", text={})
    yield json_narrative("text", text="x")
    yield json_narrative("list", text=[{"status": "generated", "div": good}])
    yield json_narrative("div-number", text={"status": "generated", "div": 1})
    yield json_narrative("div-null", text={"status": "generated", "div": None})
    extension = [{"url": "http://codes.example/x", "valueString": "x"}]
    beside = {"status": "generated", "div": good, "_div": {"extension": extension}}
    yield json_narrative("div-extension", text=beside)
    missing = "LANGUAGE_XHTML_LANG_MISSING1"
    text = {"status": "generated", "div": good}
    yield json_narrative("lang-missing", missing, language="en", text=text)
    other = {"status": "generated", "div": DIVS["langs"]}
    yield json_narrative("lang-other", "LANGUAGE_XHTML_LANG_DIFFERENT1", language="de", text=other)
    if version != "R5":
        yield json_narrative("none", "dom-6")


def json_narrative(name: str, /, *keys: str, **elements: Any) -> Case:
    """Make a case of a resource with a narrative, and with other elements."""
    made = merged(SMALL, **elements)
    order = {
        name: made[name] for name in ("resourceType", "id", "language", "text") if name in made
    }
    return json_case(f"narrative/{name}", order | made, *keys)


def xml_narrative(name: str, div: str) -> Case:
    """Put a narrative into XML as it is, even where it is none."""
    text = {"status": "generated", "div": DIVS["good"]}
    made = {"resourceType": "CodeSystem", "id": "small", "text": text}
    whole = xml_of(tree_of(made | merged(SMALL, resourceType=..., id=...)))
    start = whole.index(b"<div")
    end = whole.index(b"</div>") + len(b"</div>")
    return Case(f"narrative/xml/{name}.xml", whole[:start] + div.encode() + whole[end:])
