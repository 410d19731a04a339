"""XML read safely with the parser of the standard library, with the places of its elements.

Nothing is fetched: a DOCTYPE is tolerated, whatever it points to. An entity may stand for a short
text (RDF writes the beginnings of its IRIs so), never for a file or for other entities, and all
of them may not swell the text beyond a limit.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn
from xml.parsers import expat

from fhir_codesystem.diagnostics import Location, quoted
from fhir_codesystem.rules.exchange import BROKEN, ENTITY, TOO_LARGE

if TYPE_CHECKING:
    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.rules.rule import Rule

HEAD = 65536
"""Bytes within which the root element must begin."""
LONGEST_ENTITY = 1000
MOST_GROWTH = 10
"""How many times as long as the file its text may become."""
MOST_DEPTH = 1000
"""Elements inside each other; formats of terminologies need some twenty."""
XML = "http://www.w3.org/XML/1998/namespace "


class _EnoughError(Exception):
    """Ends a parse at the root element, or at what is not to be read."""


def root(data: bytes) -> str:
    """Return the name of the root element (namespace, a blank, name); blank if this is no XML."""
    start = data[:HEAD].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0")
    names: list[str] = []
    if not start.startswith(b"<"):
        return ""
    parser = expat.ParserCreate(namespace_separator=" ")

    def found(name: str, _: dict[str, str]) -> None:
        names.append(name)
        raise _EnoughError

    parser.StartElementHandler = found
    with suppress(_EnoughError, expat.ExpatError, ValueError, LookupError):
        parser.Parse(data[:HEAD], False)  # noqa: FBT003 - expat takes no keyword
    return names[0] if names else ""


class Document:
    """Reads a document element by element; a subclass says what to do with them.

    Names of elements and attributes are without namespace, but for those of XML itself
    (``XML + "lang"``); white space is as it stands.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.depth = 0
        self.refused: Diagnostic | None = None
        self.left = 0

    @property
    def spot(self) -> tuple[int, int]:
        """Where the parser stands: line and character column, 1-based."""
        return self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin an element."""

    def end(self, name: str) -> None:
        """End an element."""

    def text(self, text: str) -> None:
        """Take a piece of text."""

    def read(self, data: bytes) -> Diagnostic | None:
        """Read all; returns why it cannot be read, if so."""
        parser = self.parser
        self.left = MOST_GROWTH * len(data) + HEAD
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.EntityDeclHandler = self._entity
        try:
            parser.Parse(data, True)  # noqa: FBT003 - expat takes no keyword
        except _EnoughError:
            return self.refused
        except expat.ExpatError as error:
            place = Location(self.path, error.lineno, error.offset + 1)
            return BROKEN.at(place, f"this is no XML: {expat.ErrorString(error.code)}")
        except (ValueError, LookupError) as error:  # an encoding that Python does not know
            return BROKEN.at(Location(self.path, 1, 1), f"this is no XML: {error}")
        return None

    def _refuse(self, rule: Rule, message: str) -> NoReturn:
        self.refused = rule.at(Location(self.path, *self.spot), message)
        raise _EnoughError

    def _grown(self, characters: int) -> None:
        self.left -= characters
        if self.left < 0:
            self._refuse(TOO_LARGE, f"its entities make the text {MOST_GROWTH} times as long")

    def _text(self, text: str) -> None:
        self._grown(len(text))
        self.text(text)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            self._refuse(TOO_LARGE, f"more than {MOST_DEPTH:,} elements stand inside each other")
        self._grown(sum(map(len, attributes.values())))
        self.start(_local(name), {_local(key): value for key, value in attributes.items()})

    def _end(self, name: str) -> None:
        self.depth -= 1
        self.end(_local(name))

    def _entity(self, name: str, _: bool, value: str | None, *__: str | None) -> None:  # noqa: FBT001
        if value is not None and "&" not in value and len(value) <= LONGEST_ENTITY:
            return
        what = "stands for a file" if value is None else "is made of other entities, or too long"
        self._refuse(ENTITY, f"the entity {quoted(name)} {what}; it is not read")


def _local(name: str) -> str:
    return name if name.startswith(XML) else name.rpartition(" ")[2]
