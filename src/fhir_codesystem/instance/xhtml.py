"""The XHTML of a narrative as nodes."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

XHTML = "http://www.w3.org/1999/xhtml"
TRIMMED = "".join(map(chr, range(33)))
"""What Java takes from the ends of a text."""


class Kind(Enum):
    """What a node is."""

    ELEMENT = auto()
    TEXT = auto()
    COMMENT = auto()
    CDATA = auto()


@dataclass(slots=True, eq=False)
class Node:
    """An element with a name, attributes and children; or a text or a comment with content.

    ``namespace`` is stated where it is another one than that of the element around; attributes are
    named as they are written (``xml:lang``) and have None where no value stands.
    """

    kind: Kind = Kind.ELEMENT
    name: str = ""
    content: str = ""
    namespace: str | None = None
    attributes: dict[str, str | None] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)

    def descendants(self) -> Iterator[tuple[Node, Node]]:
        """Return all nodes inside, in document order, each with the one around it."""
        waiting = [(self, child) for child in reversed(self.children)]
        while waiting:
            around, node = waiting.pop()
            yield around, node
            if node.children:
                waiting += [(node, child) for child in reversed(node.children)]

    def elements(self) -> list[Node]:
        """Return the element itself and all elements inside, in document order."""
        return [self, *(node for _, node in self.descendants() if node.kind is Kind.ELEMENT)]

    def texts(self) -> Iterator[str]:
        """Return the texts inside that are more than white space, trimmed."""
        for _, node in self.descendants():
            if node.kind is Kind.TEXT and (text := node.content.strip(TRIMMED)):
                yield text

    def contents(self) -> Iterator[str]:
        """Return all texts and the values of attributes inside, as they are."""
        for _, node in self.descendants():
            yield node.content
            yield from (value for value in node.attributes.values() if value is not None)

    def has_content(self) -> bool:
        """Whether the node is or holds a text that is more than white space."""
        if self.kind is Kind.TEXT:
            return bool(self.content.strip(TRIMMED))
        return next(self.texts(), None) is not None


class Builder:
    """Builds nodes of the events of a parser of XML."""

    def __init__(self) -> None:
        self.opened: list[Node] = []
        self.spaces: list[str] = []

    def start(self, namespace: str, name: str, attributes: dict[str, str | None]) -> None:
        """Begin an element; an element without a namespace says none."""
        around = self.spaces[-1] if self.spaces else ""
        new = namespace if namespace != around else None
        node = Node(name=name, namespace=new or None, attributes=attributes)
        if not self.opened and not namespace:
            node.namespace = XHTML
        elif self.opened:
            self.opened[-1].children.append(node)
        self.opened.append(node)
        self.spaces.append(namespace)

    def text(self, text: str) -> None:
        """Take a text."""
        self.opened[-1].children.append(Node(Kind.TEXT, content=text))

    def comment(self, text: str) -> None:
        """Take a comment."""
        self.opened[-1].children.append(Node(Kind.COMMENT, content=text))

    def end(self) -> Node | None:
        """End an element; returns the outermost when that ends."""
        node = self.opened.pop()
        self.spaces.pop()
        return None if self.opened else node
