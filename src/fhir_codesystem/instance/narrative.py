"""The narrative of a resource: https://hl7.org/fhir/R5/narrative.html."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from fhir_codesystem.diagnostics import Severity, quoted
from fhir_codesystem.instance import links, markup
from fhir_codesystem.instance.issue import Issue
from fhir_codesystem.instance.xhtml import XHTML
from fhir_codesystem.instance.xhtmltext import BrokenXhtmlError, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fhir_codesystem.instance.element import Element
    from fhir_codesystem.instance.issue import Issues
    from fhir_codesystem.instance.structure import Walk
    from fhir_codesystem.instance.xhtml import Node


def read(resource: Element, issues: Issues) -> None:
    """Read the XHTML of a resource's narrative where it is a text; tell why it cannot be read."""
    div = _div(resource)
    if div is None or div.xhtml is not None or div.value is None:
        return
    try:
        div.xhtml, entities = parse(div.value)
    except BrokenXhtmlError as error:
        message = f"the narrative cannot be read: {error}"
        issues.written("ERROR_PARSING_XHTML_", div.parsed_path, message, div.spot)
        return
    for entity in dict.fromkeys(entities):
        message = f"XML does not know the entity &{entity};: write the character itself"
        issues.written("XHTML_XHTML_ENTITY_ILLEGAL", div.parsed_path, message, div.spot)


def is_read(resource: Element) -> bool:
    """Whether a resource has a narrative that could be read."""
    div = _div(resource)
    return div is not None and div.xhtml is not None


def check(element: Element, walk: Walk) -> None:
    """Check the XHTML of a narrative."""
    root = element.xhtml
    if root is None:
        message = "the narrative holds nothing that can be read"
        walk.issues.error("txt-1", element, f"{message} (txt-1)")
        walk.issues.error("txt-2", element, f"{message} (txt-2)")
        return
    elements = root.elements()
    for key, message in dict.fromkeys(_errors(root, elements[1:])):
        walk.issues.error(key, element, message)
    for key, message in dict.fromkeys(_warnings(root, elements[1:])):
        walk.issues.warning(key, element, message)
    if any("xml:space" in node.attributes for node in elements[1:]):
        message = "xml:space is not of XHTML in FHIR"
        walk.issues.information("XHTML_XHTML_ATTRIBUTE_XML_SPACE", element, message)
    links.check(element, elements, walk)


def check_language(resource: Element, walk: Walk) -> None:
    """Check that a narrative says the language that its resource states."""
    language, div = resource.text("language"), _div(resource)
    root = div.xhtml if div is not None else None
    if language is None or root is None or div is None:
        return
    stated = root.attributes
    if stated.get("lang") is None and stated.get("xml:lang") is None:
        spoken = [node for node in root.children if "xml:lang" in node.attributes]
        if spoken and not any(markup.is_text(node) for node in root.children):
            stated = spoken[0].attributes
    lang, xml_lang = stated.get("lang"), stated.get("xml:lang")
    for which, message in _languages(language, lang, xml_lang):
        key = f"LANGUAGE_XHTML_LANG_{which}"
        issue = Issue(key, Severity.WARNING, resource.path, message, div.spot)
        walk.issues.found.append(issue)


def _languages(language: str, lang: str | None, xml_lang: str | None) -> Iterator[tuple[str, str]]:
    said = f"the resource is in {quoted(language)}, and its narrative"
    if lang is None and xml_lang is None:
        yield "MISSING1", f"{said} states neither lang nor xml:lang"
        return
    if lang is None:
        yield "MISSING2", f"{said} states xml:lang without lang"
    elif lang != language:
        yield "DIFFERENT1", f"{said} states lang={quoted(lang)}"
    if xml_lang is None:
        yield "MISSING3", f"{said} states lang without xml:lang"
    elif xml_lang not in (language, lang):
        yield "DIFFERENT2", f"{said} states xml:lang={quoted(xml_lang)}"


def _errors(root: Node, inside: list[Node]) -> Iterator[tuple[str, str]]:
    if root.namespace != XHTML:
        stated = "none" if root.namespace is None else quoted(root.namespace)
        yield "XHTML_XHTML_NS_INVALID", f"the namespace of the narrative is {XHTML}, not {stated}"
    if root.name != "div":
        message = f"the narrative begins with {quoted(root.name)}: it is one div"
        yield "XHTML_XHTML_NAME_INVALID", message
    wrong = list(markup.wrong_names(root))
    yield from wrong
    yield from markup.wrong_places(root)
    yield from links.wrong_urls(inside)
    if any(key in markup.NOT_BASIC for key, _ in (*wrong, *markup.wrong_name(root))):
        message = "the narrative holds what is not basic formatting: scripts, forms, unknown tags"
        yield "txt-1", f"{message} (txt-1)"
    if not root.has_content() and not any(each.name == "img" for each in (root, *inside)):
        yield "txt-2", "the narrative says nothing: it has neither text nor image (txt-2)"


def _warnings(root: Node, inside: list[Node]) -> Iterator[tuple[str, str]]:
    counts = Counter(anchor for node in inside if node.attributes for anchor in _anchors(node))
    repeated = sorted(name for name, count in counts.items() if count > 1)
    if repeated:
        message = f"ids and anchors of the narrative stand more than once: {', '.join(repeated)}"
        yield "XHTML_XHTML_DUPLICATE_IDS", message
    spoken = [
        each for each in root.children if each.name == "div" and "xml:lang" in each.attributes
    ]
    if spoken and any(each.has_content() for each in root.children if each not in spoken):
        message = "the narrative has parts in a language, and text beside them in none"
        yield "XHTML_XHTML_MIXED_LANG", message


def _anchors(node: Node) -> set[str]:
    """Return the names by which a link may lead to an element."""
    named = {node.attributes.get("id")}
    if node.name == "a":
        named.add(node.attributes.get("name"))
    return {name for name in named if name is not None}


def _div(resource: Element) -> Element | None:
    text = resource.child("text")
    return text.child("div") if text is not None else None
