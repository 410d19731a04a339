"""XHTML in a text, read as leniently as the official validator does, and no more."""

from __future__ import annotations

import pytest

from fhir_codesystem.instance.xhtml import Kind, Node
from fhir_codesystem.instance.xhtmltext import BrokenXhtmlError, parse


def shown(node: Node) -> str:
    """Write nodes so that they can be compared."""
    if node.kind is not Kind.ELEMENT:
        return f"{node.kind.name.lower()}({node.content})"
    space = "" if node.namespace is None else f"{{{node.namespace}}}"
    attributes = "".join(f" {name}={value}" for name, value in node.attributes.items())
    return f"{space}{node.name}{attributes}[{'|'.join(map(shown, node.children))}]"


@pytest.mark.parametrize(
    ("text", "nodes"),
    [
        ("<div/>", "div[]"),
        ("<DIV>x</div>", "div[text(x)]"),
        ("<div>a&amp;b&#65;&#x42;&eacute;</div>", "div[text(a&bABé)]"),
        ("<div>a&#x110000y;</div>", "div[text(a)]"),
        ("<div>a&#xD800;</div>", "div[text(a\ufffd)]"),
        ("<div a='1' b=2 c/>", "div a=1 b=2 c[]"),
        ('<div a="x>y">z</div>', 'div a=x[text(y">z)]'),
        ("<div a='x&lt;'/>", "div a=x<[]"),
        ("<div a b='c'/>", "div a=None b=c[]"),
        ("<div><!-- c --><?p?><![CDATA[d]]></div>", "div[comment( c )|comment(?p?)|cdata(d)]"),
        ("<div>x<!DOCTYPE y></div>", "div[text(x)|comment(DOCTYPE y)]"),
        ("\ufeff <!-- c --><?p?><!DOCTYPE y><div/>", "div[]"),
        ("<div>x</div><p>y</p>", "div[text(x)]"),
        ("<div><p>x", "div[p[text(x)]]"),
        ("<div><script>a<b>&c</script>d</div>", "div[script[text(a<b>&c)]|text(d)]"),
        ("<div xmlns='n'><p xmlns='n'/><p xmlns='m'/></div>", "{n}div[p[]|{m}p[]]"),
        ("<n:div xmlns:n='n'><n:p/><p/></n:div>", "{n}div[p[]|p[]]"),
        ("<div><n:p/></div>", "div[{http://error/undefined-namespace}p[]]"),
    ],
)
def test_what_is_read(text: str, nodes: str) -> None:
    assert shown(parse(text)[0]) == nodes


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no tag"),
        ("x", "no tag"),
        ("<div></p>", "</p> stands where </div> is expected"),
        ("<div></div >", "</div > stands"),
        ("<div>a < b</div>", "begins no tag"),
        ("<div>a & b</div>", "there is no entity"),
        ("<div>&;</div>", "begins no entity"),
        ("<div>&#;</div>", "is no character"),
        ("<div>&#x110000;</div>", "is no character"),
        ("<div>&nothing;</div>", "there is no entity &nothing;"),
        ("<div a!='x'/>", "has no value"),
        ("<div !/>", "an attribute is expected"),
        ("<div/ >", "does not end after /"),
        ("<div><!-- x ></div>", "the text ends before -->"),
        ("<div></div", "the text ends before >"),
        ("<div><![CDATA[x</div>", "the text ends before ]]>"),
        ("<div><!DOCTYPE x [<!ENTITY y 'z'>]>&y;</div>", "declares entities"),
        ("<b>" * 502, "more than 500 elements"),
    ],
)
def test_what_is_not_read_says_why(text: str, why: str) -> None:
    with pytest.raises(BrokenXhtmlError, match=r".") as raised:
        parse(text)
    assert why in str(raised.value)


def test_entities_that_xml_does_not_know_are_named() -> None:
    assert parse("<div a='&copy;'>&amp;&nbsp;</div>")[1] == ["copy", "nbsp"]
