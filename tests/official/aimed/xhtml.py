"""Narratives once more: what stands in what, links, images and slips in the text itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .narratives import XHTML, json_narrative, xml_narrative

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..case import Case

INSIDE = {
    "attribute-bare": "<p a>x</p>",
    "attribute-case": "<p title=\"\">x</p><p title='y'>z</p>",
    "attribute-greater": '<a href="a>b">x</a>',
    "attribute-space": '<p xml:space="preserve">x</p>',
    "attribute-unquoted": "<a href=x y>z</a>",
    "attributes-of-one": '<pre space="x">x</pre>',
    "block-caption": "<table><caption><ul><li>x</li></ul></caption></table>",
    "block-deep": "<p><b><p>x</p></b></p>",
    "block-heading": "<h1><table><tr><td>x</td></tr></table></h1>",
    "block-list": "<div><p><ul><li>x</li></ul></p></div>",
    "caption": "<caption>x</caption>",
    "character-large": "a&#99999999;b",
    "character-none": "a&#;b",
    "character-word": "a&#xZZ;b",
    "close-space": "<p>x</p >",
    "doctype": "x<!DOCTYPE html>",
    "doctype-entities": '<!DOCTYPE x [<!ENTITY y "z">]>x',
    "empty-held": "x<br>y</br>",
    "entities": "&Aacute;&lang;&apos;&hellip;",
    "id-and-name": '<p id="a">x</p><a name="a">y</a>',
    "id-is-name": '<a name="q" id="q">x</a><a href="#q">y</a>',
    "image-anchor": '<img src="#y"/><a name="y"/>',
    "image-data-commas": '<img src="data:a/b,c,d"/>',
    "image-data-none": '<img src="data:,x"/>',
    "image-data-type": '<img src="data:a/b.c;base64,eA=="/>',
    "image-data-wrong": '<img src="data:image/png;base64,x"/>',
    "image-held": '<img src="x">a</img>',
    "image-itself": '<img src="#"/>',
    "instruction": "<?x y?>x",
    "item-alone": "<li>x</li>",
    "languages": '<div lang="en" xml:lang="en">x</div> <div xml:lang="de">y</div>',
    "languages-mixed": '<div xml:lang="en">x</div>y',
    "link-characters": '<a href="é😀">x</a>',
    "link-empty": '<a href="">x</a>',
    "link-itself": '<a href="#">x</a><a href="#small">y</a>',
    "link-line-end": '<a href="a\nb">x</a>',
    "link-places": '<a href="#y">x</a><a name="y"/><i id="y"/>',
    "link-schemes": '<a href="tel:1">x</a><a href="cid:1">x</a><a href="foo:1">x</a>',
    "link-space": '<a href="a b">x</a>',
    "list-definition": "<dl><p>x</p></dl>",
    "map": "<map><p>x</p></map>",
    "prefix-unknown": "<x:p>x</x:p>",
    "quotation": "<q>a<q>b</q></q>",
    "recursion": "<b>x<i><b>y</b></i></b>",
    "rule-open": "<hr>",
    "script": "<script>a<b></script>x",
    "table": "<table>x<tr><p>y</p></tr></table>",
    "cell-alone": "<td nowrap>x</td>",
}


def cases(_: str) -> Iterator[Case]:
    """Make all cases."""
    for name, inside in INSIDE.items():
        div = f"<div {XHTML}>{inside}</div>"
        text = {"status": "generated", "div": div}
        yield json_narrative(f"inside/{name}", text=text)
        yield json_narrative(f"inside-en/{name}", text=text, language="en")
        yield xml_narrative(f"inside/{name}", div)
