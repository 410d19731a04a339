"""Which elements and attributes a narrative may have, and what may stand in what.

https://hl7.org/fhir/R5/narrative.html#xhtml, as the official validator holds resources to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fhir_codesystem.instance.xhtml import XHTML, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fhir_codesystem.instance.xhtml import Node

Found = tuple[str, str]
"""A message key and a message."""

PARAGRAPHS = frozenset(
    ["p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "address", "span", "caption", "dd", "dt"]
)
INLINE = frozenset(
    [
        "a",
        "b",
        "em",
        "i",
        "strong",
        "small",
        "big",
        "sub",
        "sup",
        "code",
        "tt",
        "dfn",
        "q",
        "var",
        "abbr",
        "acronym",
        "cite",
        "bdo",
        "kbd",
        "samp",
    ]
)
EMPTY = frozenset(("br", "img", "hr", "area"))
ELEMENTS = (PARAGRAPHS | INLINE | EMPTY) | frozenset(
    [
        "div",
        "blockquote",
        "ul",
        "ol",
        "li",
        "dl",
        "table",
        "colgroup",
        "col",
        "thead",
        "tr",
        "tfoot",
        "tbody",
        "th",
        "td",
        "map",
    ]
)
BLOCKS = frozenset(("div", "blockquote", "table", "ol", "ul", "p"))
"""What a p may not hold."""
STRUCTURES = frozenset(("div", "pre", "table", "ul", "ol"))
"""What no element of text may hold."""
ATTRIBUTES = frozenset(
    [
        "title",
        "style",
        "class",
        "id",
        "lang",
        "xml:lang",
        "dir",
        "accesskey",
        "tabindex",
        "span",
        "width",
        "align",
        "valign",
        "char",
        "charoff",
        "abbr",
        "axis",
        "headers",
        "scope",
        "rowspan",
        "colspan",
    ]
)
OWN = {
    "a": frozenset(
        ["href", "name", "charset", "type", "hreflang", "rel", "rev", "shape", "coords"]
    ),
    "img": frozenset(["src", "border", "alt", "longdesc", "height", "width", "usemap", "ismap"]),
    "div": frozenset(("xmlns",)),
    "blockquote": frozenset(("cite",)),
    "q": frozenset(("cite",)),
    "map": frozenset(("name",)),
    "area": frozenset(["shape", "coords", "href", "nohref", "alt"]),
    "table": frozenset(
        ["summary", "width", "border", "frame", "rules", "cellspacing", "cellpadding"]
    ),
    "pre": frozenset(("space",)),
    "td": frozenset(("nowrap",)),
}
"""Attributes that only some elements have."""
HOLDS = {
    "table": ("tbody", "tr", "caption", "thead", "tfoot", "col", "colgroup"),
    "tr": ("td", "th"),
    "tbody": ("tr",),
    "thead": ("tr",),
    "tfoot": ("tr",),
    "ul": ("li",),
    "ol": ("li",),
    "dl": ("dd", "dt"),
    "map": ("area",),
}
"""What alone may stand in an element."""
STANDS_IN = {
    "tr": ("table", "thead", "tfoot", "tbody"),
    "tbody": ("table",),
    "thead": ("table",),
    "tfoot": ("table",),
    "caption": ("table",),
    "colgroup": ("table",),
    "col": ("colgroup", "table"),
    "th": ("tr", "thead", "tfoot"),
    "td": ("tr", "thead", "tfoot"),
    "li": ("ul", "ol"),
    "dd": ("dl",),
    "dt": ("dl",),
}
"""Where alone an element may stand."""
NOT_BASIC = frozenset(f"XHTML_XHTML_{what}_ILLEGAL" for what in ("DOCTYPE", "ELEMENT", "ATTRIBUTE"))
"""What forbids a narrative to be basic formatting (the invariant txt-1)."""


def wrong_names(root: Node) -> Iterator[Found]:
    """Return the elements, attributes and namespaces that XHTML in FHIR does not have."""
    inside_p: set[int] = set()
    for around, node in root.descendants():
        if node.kind is Kind.COMMENT and node.content.startswith("DOCTYPE"):
            yield "XHTML_XHTML_DOCTYPE_ILLEGAL", "a document type stands in the narrative"
        if node.kind is not Kind.ELEMENT:
            continue
        if node.namespace not in (None, XHTML):
            message = f"<{node.name}> is of another namespace: {node.namespace}"
            yield "XHTML_XHTML_NS_INVALID", message
        if node.attributes or node.name not in ELEMENTS:
            yield from wrong_name(node)
        if id(around) in inside_p or (around.name == "p" and around is not root):
            inside_p.add(id(node))
            if node.name in BLOCKS:
                message = f"<{node.name}> stands inside a <p>"
                yield "XHTML_XHTML_ELEMENT_ILLEGAL_IN_PARA", message


def wrong_name(node: Node) -> Iterator[Found]:
    """Return whether XHTML in FHIR has no such element, and the attributes that it has not."""
    if node.name not in ELEMENTS:
        yield "XHTML_XHTML_ELEMENT_ILLEGAL", f"a narrative has no element <{node.name}>"
    for name in node.attributes:
        if name != "xml:space" and not _is_known(node, name):
            message = f"<{node.name}> has no attribute {name} in a narrative"
            yield "XHTML_XHTML_ATTRIBUTE_ILLEGAL", message


def wrong_places(root: Node) -> Iterator[Found]:
    """Return the elements that stand where they may not."""
    for around, node in root.descendants():
        if node.kind is not Kind.ELEMENT:
            continue
        name = node.name
        if name in PARAGRAPHS or name in INLINE:
            blocks = {each.name for _, each in node.descendants() if each.name in STRUCTURES}
            for block in sorted(blocks):
                yield "XHTML_XHTML_BLOCK_IN_PARA", f"<{block}> stands inside a <{name}>"
        if name in INLINE and any(each.name == name for _, each in node.descendants()):
            yield "XHTML_XHTML_NO_RECURSION", f"<{name}> stands inside another <{name}>"
        if name in EMPTY and node.children:
            yield "XHTML_XHTML_NO_CHILDREN", f"<{name}> holds something; it is always empty"
        allowed = STANDS_IN.get(name)
        if allowed is not None and around.name not in allowed:
            message = f"<{name}> stands in a <{around.name}>, not in a <{'> or <'.join(allowed)}>"
            yield "XHTML_XHTML_OUT_OF_PLACE", message
        if name in HOLDS:
            for held in sorted(_strangers(node, HOLDS[name])):
                yield "XHTML_XHTML_ILLEGAL_CHILDREN", f"<{name}> holds {held} directly"


def is_text(node: Node) -> bool:
    """Whether a node holds text and says no language."""
    return "xml:lang" not in node.attributes and node.has_content()


def _strangers(node: Node, allowed: tuple[str, ...]) -> set[str]:
    held = set()
    for child in node.children:
        if child.kind is Kind.TEXT and child.has_content():
            held.add("text")
        elif child.kind is Kind.ELEMENT and child.name not in allowed:
            held.add(f"<{child.name}>")
    return held


def _is_known(node: Node, attribute: str) -> bool:
    return (
        attribute.startswith("xmlns")
        or attribute in ATTRIBUTES
        or attribute in OWN.get(node.name, ())
    )
