"""A YAML document as nodes that know their places."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING

import yaml

from fhir_codesystem.diagnostics import Location, quoted
from fhir_codesystem.rules import metadata as rules
from fhir_codesystem.tables.decoding import decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fhir_codesystem.diagnostics import Diagnostic

MOST_BYTES = 2 * 2**20
MOST_NODES = 100_000

Path = tuple[str | int, ...]
"""The way to an element: ``("contact", 0, "name")``."""


@dataclass
class Document:
    """The nodes of a metadata file, what was found on the way, and where each element stands."""

    path: str
    text: str = ""
    root: yaml.MappingNode | None = None
    found: list[Diagnostic] = field(default_factory=list)
    places: dict[Path, Location] = field(default_factory=dict)
    visited: int = 0

    @cached_property
    def line_starts(self) -> list[int]:
        """The index of the first character of each line."""
        return [0, *(end.end() for end in re.finditer("\n", self.text))]

    @property
    def whole(self) -> Location:
        """The document as a whole."""
        return Location(self.path)

    def place(self, node: yaml.Node) -> Location:
        """Return where a node begins."""
        return self.place_at(node.start_mark.index)

    def place_at(self, index: int) -> Location:
        """Return the place of a character; YAML knows more line ends than editors do."""
        line = bisect_right(self.line_starts, index)
        return Location(self.path, line, index - self.line_starts[line - 1] + 1)

    @staticmethod
    def is_null(node: yaml.Node) -> bool:
        """Whether a node has no value: nothing behind the colon, ``~`` or ``null``."""
        return str(node.tag).endswith(":null")

    def entries(self, node: yaml.MappingNode) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
        """Return keys and values of a mapping; keys that are no text or stand twice are told."""
        seen: dict[str, Location] = {}
        for key, value in node.value:
            place = self.place(key)
            self.visited += 1
            if self.visited > MOST_NODES:
                continue
            if not isinstance(key, yaml.ScalarNode):
                self.found.append(
                    rules.WRONG_TYPE.at(place, "a key must be a name", official=False)
                )
            elif key.value in seen:
                message = f"{quoted(key.value)} stands twice, first in line {seen[key.value].line}"
                self.found.append(rules.REPEATED_KEY.at(place, message, official=False))
            else:
                seen[key.value] = place
                yield key, value


def parse(path: str, data: bytes) -> Document:
    """Parse YAML into nodes; what is no YAML, or no mapping, becomes a finding."""
    document = Document(path)
    if len(data) > MOST_BYTES:
        message = f"{len(data):,} bytes of metadata; at most {MOST_BYTES:,} are read"
        document.found.append(rules.YAML_SYNTAX.at(Location(path), message))
        return document
    text, found = decode(path, data)
    document.found += found
    if text is None:
        return document
    document.text = text.data.decode()
    try:
        root = yaml.compose(document.text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = document.place_at(mark.index) if mark else Location(path)
        message = error.problem or error.context or "this is no YAML"
        document.found.append(rules.YAML_SYNTAX.at(place, message))
        return document
    except yaml.reader.ReaderError as error:
        message = f"the character U+{int(error.character):04X} is not allowed in YAML"
        place = document.place_at(error.position)
        document.found.append(rules.YAML_SYNTAX.at(place, message))
        return document
    except RecursionError:
        message = "the document is nested too deep"
        document.found.append(rules.YAML_SYNTAX.at(Location(path), message))
        return document
    if isinstance(root, yaml.MappingNode):
        document.root = root
    elif root is not None and not document.is_null(root):
        message = "metadata is a mapping of names to values (url: ..., status: ...)"
        document.found.append(rules.WRONG_TYPE.at(document.place(root), message))
    return document


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that a misspelt one is nearest to, if any is near."""
    by_fold = {other.casefold(): other for other in known}
    matches = get_close_matches(name.casefold(), by_fold, n=1, cutoff=0.6)
    return by_fold[matches[0]] if matches else None


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """Return the hint that names the nearest known name."""
    match = nearest(name, known)
    return f"did you mean {match}?" if match else None
