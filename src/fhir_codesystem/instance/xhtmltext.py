"""XHTML as the official validator reads it where it is a text in JSON.

It is no parser of XML: what is not closed at the end, attributes without quotes and names of HTML's
entities are let through, and this reads the same. Nothing is fetched and nothing is expanded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.entities import html5
from typing import NoReturn

from fhir_codesystem.instance.xhtml import Kind, Node

MOST_DEPTH = 500
XML_ENTITIES = frozenset(("quot", "amp", "apos", "lt", "gt"))
NAME = re.compile(r"[\w.:-]*+")
BLANK = re.compile(r"\s*+")
TEXT = re.compile(r"[^<&]++")
ENTITY = re.compile(r"""([^;&'"><]*+)[;&'"><]?""")
SUBSET = re.compile(r"DOCTYPE [^>\[]*+\[")
PLAIN = {"'": re.compile("[^'>&]*+"), '"': re.compile('[^">&]*+')}
UNQUOTED = re.compile("[^>/&]*+")


class BrokenXhtmlError(ValueError):
    """The text is no XHTML that is read; says why."""


def parse(text: str) -> tuple[Node, list[str]]:
    """Return the first element of a text, and the entities in it that XML does not know.

    Raises BrokenXhtmlError where the official validator reads nothing.
    """
    reader = _Reader(text)
    return reader.document(), reader.entities


@dataclass(slots=True)
class _Open:
    """An element that is open: its node and the namespaces by prefix (blank: the default)."""

    node: Node
    spaces: dict[str, str]


class _Reader:
    """Reads one text, a tag after the other."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.entities: list[str] = []

    def document(self) -> Node:
        """Read to the end of the first element; what stands behind it is not looked at."""
        self._prolog()
        if not self._take("<"):
            self._fail("no tag stands at its beginning")
        opened: list[_Open] = []
        root = self._tag(opened, lower=True)
        while opened and self.at < len(self.text):
            self._next(opened)
        return root

    def _prolog(self) -> None:
        while True:
            self.at = _after(BLANK, self.text, self.at)
            if self._take("\ufeff"):
                continue
            if self._take("<!--"):
                self._until("-->")
            elif self._take("<!") or self._take("<?"):
                self._until(">")
            else:
                return

    def _next(self, opened: list[_Open]) -> None:
        node = opened[-1].node
        if not self.text.startswith("<", self.at):
            self._text(node)
        elif self._take("</"):
            name = self._until(">").partition(":")
            closed = name[2] or name[0]
            if closed != node.name:
                self._fail(f"</{closed}> stands where </{node.name}> is expected")
            opened.pop()
        elif self._take("<![CDATA["):
            node.children.append(Node(Kind.CDATA, content=self._until("]]>")))
        elif self._take("<!"):
            node.children.append(Node(Kind.COMMENT, content=self._comment()))
        elif self._take("<?"):
            node.children.append(Node(Kind.COMMENT, content="?" + self._until(">")))
        else:
            self.at += 1
            if not self.text[self.at : self.at + 1].isalnum():
                self._fail("< begins no tag; write &lt;")
            self._tag(opened)

    def _tag(self, opened: list[_Open], *, lower: bool = False) -> Node:
        """Read a tag behind its <."""
        if len(opened) > MOST_DEPTH:
            self._fail(f"more than {MOST_DEPTH} elements are open")
        written = self._name().lower() if lower else self._name()
        prefix, colon, local = written.partition(":")
        node = Node(name=local if colon else prefix)
        around = spaces = opened[-1].spaces if opened else {}
        if colon or not self.text.startswith(">", self.at):
            self._attributes(node)
            node.namespace, spaces = _namespace(prefix if colon else "", node, around)
        if opened:
            opened[-1].node.children.append(node)
        if self._take("/"):
            if not self._take(">"):
                self._fail(f"the tag <{written}> does not end after /")
            return node
        self._take(">")
        if opened and node.name == "script":
            end = self.text.find("</script>", self.at)
            content = self.text[self.at : end if end >= 0 else len(self.text)]
            node.children += [Node(Kind.TEXT, content=content)] if content else []
            self.at = end + len("</script>") if end >= 0 else len(self.text)
            return node
        opened.append(_Open(node, spaces))
        return node

    def _attributes(self, node: Node) -> None:
        self.at = _after(BLANK, self.text, self.at)
        while (mark := self.text[self.at : self.at + 1]) and mark not in "/>":
            name = self._name()
            if not name:
                self._fail(f"an attribute is expected in <{node.name}>")
            self.at = _after(BLANK, self.text, self.at)
            if self._take("="):
                self.at = _after(BLANK, self.text, self.at)
                node.attributes[name] = self._value()
            elif (mark := self.text[self.at : self.at + 1]) in (">", "/") or _is_name(mark):
                node.attributes[name] = None
            else:
                self._fail(f"the attribute {name} of <{node.name}> has no value")
            self.at = _after(BLANK, self.text, self.at)

    def _value(self) -> str:
        mark = self.text[self.at : self.at + 1]
        plain = PLAIN.get(mark, UNQUOTED)
        self.at += mark in PLAIN
        parts: list[str] = []
        while True:
            end = _after(plain, self.text, self.at)
            parts.append(self.text[self.at : end])
            self.at = end
            if not self.text.startswith("&", end):
                break
            parts.append(self._entity())
        if mark in PLAIN:
            self._take(mark)
        return "".join(parts)

    def _text(self, node: Node) -> None:
        end = self.text.find("<", self.at)
        plain = self.text[self.at : end]
        if end > 0 and "&" not in plain:
            self.at = end
            node.children.append(Node(Kind.TEXT, content=plain))
            return
        parts: list[str] = []
        while (mark := self.text[self.at : self.at + 1]) and mark != "<":
            if mark == "&":
                parts.append(self._entity())
            else:
                end = _after(TEXT, self.text, self.at)
                parts.append(self.text[self.at : end])
                self.at = end
        if content := "".join(parts):
            node.children.append(Node(Kind.TEXT, content=content))

    def _entity(self) -> str:
        """Read an entity; it ends at ; or at what may stand in none, which is taken too."""
        found = ENTITY.match(self.text, self.at + 1)
        assert found is not None  # noqa: S101 - it matches nothing as well
        self.at = found.end()
        name = found[1]
        if not name:
            self._fail("& begins no entity; write &amp;")
        if name.startswith("#"):
            return self._character(name[1:])
        if name not in XML_ENTITIES:
            self.entities.append(name)
        known = html5.get(f"{name};")
        if known is None:
            self._fail(f"there is no entity &{name};")
        return known

    def _character(self, number: str) -> str:
        """Return the character of a number, nothing where it is none that XML knows."""
        try:
            code = int(number.removeprefix("x"), 16 if number.startswith("x") else 10)
        except ValueError:
            code = None
        if not number or (code is not None and not 0 <= code < 0x110000):
            self._fail(f"&#{number}; is no character")
        if code is None:
            return ""
        return "\ufffd" if 0xD800 <= code < 0xE000 else chr(code)

    def _comment(self) -> str:
        """Read a comment or a document type behind <!."""
        if self._take("--"):
            return self._until("-->")
        if SUBSET.match(self.text, self.at):
            self._fail("a document type declares entities; they are not read")
        return self._until(">")

    def _until(self, end: str) -> str:
        at = self.text.find(end, self.at)
        if at < 0:
            self._fail(f"the text ends before {end}")
        found = self.text[self.at : at]
        self.at = at + len(end)
        return found

    def _name(self) -> str:
        start = self.at
        self.at = _after(NAME, self.text, start)
        return self.text[start : self.at]

    def _take(self, mark: str) -> bool:
        if not self.text.startswith(mark, self.at):
            return False
        self.at += len(mark)
        return True

    def _fail(self, message: str) -> NoReturn:
        raise BrokenXhtmlError(message)


def _after(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found is not None else at


def _is_name(mark: str) -> bool:
    return mark.isalnum() or (mark != "" and mark in "_-:.")


def _namespace(
    prefix: str, node: Node, around: dict[str, str]
) -> tuple[str | None, dict[str, str]]:
    """Take the declarations from an element: its namespace where it is new, and all inside."""
    stated = [name for name in node.attributes if name == "xmlns" or name.startswith("xmlns:")]
    spaces = around
    if stated or prefix:
        spaces = dict(around)
        for name in stated:
            spaces[name[6:]] = node.attributes.pop(name) or ""
        if prefix:
            spaces[""] = spaces.get(prefix, "http://error/undefined-namespace")
    own = spaces.get("")
    return (own if own != around.get("") else None), spaces
