"""The links and images of a narrative: where they lead, and their URLs."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

from fhir_codesystem.diagnostics import quoted
from fhir_codesystem.instance.urls import is_absolute

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fhir_codesystem.instance.element import Element
    from fhir_codesystem.instance.structure import Walk
    from fhir_codesystem.instance.xhtml import Node

URLS = {"a": "href", "img": "src"}
"""The attributes of elements that lead somewhere."""
ACTIVE = frozenset(("javascript", "vbscript"))
NO_LINKS = frozenset(("urn", "cid"))
SCHEMES = frozenset(("http", "https", "tel", "mailto", "data"))
KEY = "TYPE_SPECIFIC_CHECKS_DT_XHTML_"
ALLOWED = frozenset(";?:@&=+$.,/%-_~#[]!'()*|")
MEDIA_TYPE = re.compile(r"(?:\w+|\*)/(?:[\w+-]+|\*)(?:;\s*\w+=\s*\S+)?", re.ASCII)


def check(element: Element, elements: Sequence[Node], walk: Walk) -> None:
    """Check where the links and images of a narrative lead, inside the resource and outside."""
    targets = _Targets(element, walk)
    for _, href in _urls(elements, "a"):
        _link(element, href, targets, walk)
    for _, source in _urls(elements, "img"):
        if source.startswith("#"):
            _image(element, source, targets, walk)


def wrong_urls(elements: Sequence[Node]) -> Iterator[tuple[str, str]]:
    """Return the URLs of links and images that are none: a message key and a message."""
    for name, url in _urls(elements, *URLS):
        if why := wrong_url(url):
            yield "XHTML_URL_INVALID", f"the URL {quoted(url)} of <{name}> {why}"


def _urls(elements: Sequence[Node], *names: str) -> Iterator[tuple[str, str]]:
    """Return where elements of some names (a, img) lead, each with its name."""
    for node in elements:
        if node.name in names and (url := node.attributes.get(URLS[node.name])) is not None:
            yield node.name, url


class _Targets:
    """What a fragment of a URL may mean in the resource around a narrative."""

    def __init__(self, element: Element, walk: Walk) -> None:
        while element.parent is not None and element.structure.kind != "resource":
            element = element.parent
        self.resource = element
        self.meant = walk.references.setdefault(id(element), set())

    def count(self, fragment: str, *, names: bool) -> int:
        """Count the ids (and names of anchors) that are a fragment; note that it is meant."""
        self.meant.add(fragment)
        return self._ids[fragment] + (self._names[fragment] if names else 0)

    @cached_property
    def _ids(self) -> Counter[str | None]:
        ids = Counter(each.value for each in self.resource.descendants() if each.name == "id")
        ids.update(node.attributes.get("id") for node in self._nodes())
        return ids

    @cached_property
    def _names(self) -> Counter[str | None]:
        return Counter(node.attributes.get("name") for node in self._nodes() if node.name == "a")

    def _nodes(self) -> Iterator[Node]:
        for each in self.resource.descendants():
            if each.xhtml is not None:
                yield from each.xhtml.elements()


def _link(element: Element, href: str, targets: _Targets, walk: Walk) -> None:
    if not href:
        walk.issues.error(f"{KEY}EMPTY_HREF", element, "a link of the narrative is empty")
    elif href.startswith("#") and href != "#":
        count = targets.count(href[1:], names=True)
        if not count:
            message = f"the link {quoted(href)} of the narrative leads to nothing in it"
            walk.issues.error(f"{KEY}RESOLVE", element, message)
        elif count > 1:
            message = f"the link {quoted(href)} of the narrative leads to {count} places"
            walk.issues.warning(f"{KEY}MULTIPLE_MATCHES", element, message)
    elif is_absolute(href):
        _scheme(element, href, walk)


def _scheme(element: Element, href: str, walk: Walk) -> None:
    scheme = href.partition(":")[0]
    if scheme in ACTIVE:
        message = f"the link {quoted(href)} runs a program; a narrative does not"
        walk.issues.error(f"{KEY}ACTIVE_HREF", element, message)
    elif scheme in NO_LINKS:
        message = f"the link {quoted(href)} is no address that can be opened"
        walk.issues.error(f"{KEY}LITERAL_HREF", element, message)
    elif scheme not in SCHEMES:
        message = f"the scheme of the link {quoted(href)} is not known"
        walk.issues.information(f"{KEY}UNKNOWN_HREF", element, message)


def _image(element: Element, source: str, targets: _Targets, walk: Walk) -> None:
    count = targets.count(source[1:], names=False)
    if not count:
        message = f"the image {quoted(source)} of the narrative is not in the resource"
        walk.issues.error(f"{KEY}RESOLVE_IMG", element, message)
    elif count > 1:
        message = f"the image {quoted(source)} of the narrative stands {count} times"
        walk.issues.error(f"{KEY}MULTIPLE_MATCHES", element, message)


def wrong_url(url: str) -> str | None:
    """Say what is wrong with a URL, as the official validator sees it; None where nothing is."""
    if not url:
        return "is empty"
    if url.startswith("data:"):
        return _wrong_data(url[5:])
    wrong = sorted({char for char in url if not _is_allowed(char)})
    if wrong:
        return f"holds {', '.join(repr(char) for char in wrong)}, which stands in none"
    return None


def _is_allowed(char: str) -> bool:
    if char.isascii():
        return char.isalnum() or char in ALLOWED
    return char <= "\uffff" and unicodedata.category(char) in ("Lu", "Ll", "Lt", "Lm", "Lo", "Nd")


def _wrong_data(rest: str) -> str | None:
    head, *data = rest.rstrip(",").split(",")
    if not data:
        return "brings no data"
    if len(data) > 1:
        return "has more than one comma"
    if head.endswith(";base64"):
        head = head.removesuffix(";base64")
        if sum(char.isalnum() or char in "/=+" for char in data[0]) % 4:
            return "brings data that are no base64"
    head = head.strip() if head.startswith(" ") else head
    if head.strip() and MEDIA_TYPE.fullmatch(head) is None:
        return "states no media type"
    return None
