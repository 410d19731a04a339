"""The keys of messages that the official validator gives without one: those of its parsers."""

from __future__ import annotations

import re
import zipfile
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

INVARIANT = re.compile(r"https?://hl7\.org/fhir/.*#([a-z]+-[0-9]+[a-z]?)$")
XML = "ERROR_PARSING_XML_"
"""Stands for what the parser of XML says: the official validator hands that on without a key."""
ARGUMENT = re.compile(r"\{(\d+)[^{}]*\}")


class Keys:
    """Finds the key of a message, by the patterns of the validator's own resource bundle."""

    def __init__(self, library: Path) -> None:
        """Read the bundle in the archive ``org.hl7.fhir.utilities``."""
        with zipfile.ZipFile(library) as archive:
            bundle = archive.read("Messages.properties").decode("utf-8")
        found = [(key, text) for key, text in _properties(bundle) if ARGUMENT.sub("", text).strip()]
        found.sort(key=lambda each: -len(ARGUMENT.sub("", each[1])))
        self.patterns = [(key.upper(), _literal(text), _pattern(text)) for key, text in found]

    def of(self, key: str, message: str, *, fatal: bool = False) -> str:
        """Return the key in upper case; of an invariant its name in lower case.

        What no pattern is like is said by the parser of XML where it is ``fatal``, else the text.
        """
        if invariant := INVARIANT.match(key):
            return invariant[1]
        if key:
            return key.upper()
        known = self._of_text(message)
        return XML if known == message and fatal else known

    @cache  # noqa: B019 - there is one object, and few messages
    def _of_text(self, message: str) -> str:
        for key, literal, pattern in self.patterns:
            if literal in message and pattern.fullmatch(message):
                return key
        return message


def _properties(text: str) -> list[tuple[str, str]]:
    """Read a Java resource bundle: ``key = text``, lines go on after a backslash."""
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    pairs = (line.partition("=") for line in lines if line.strip() and line[0] not in "#!")
    return [(key.strip(), _unescaped(text.strip())) for key, equals, text in pairs if equals]


def _unescaped(text: str) -> str:
    escapes = {"n": "\n", "t": "\t", "r": "\r"}
    return re.sub(
        r"\\(u[0-9a-fA-F]{4}|.)",
        lambda found: (
            chr(int(found[1][1:], 16)) if len(found[1]) == 5 else escapes.get(found[1], found[1])
        ),
        text,
    )


def _plain(text: str) -> str:
    return text.replace("''", "'")


def _literal(text: str) -> str:
    """Return the longest part of a message that is always the same."""
    return max((_plain(part) for part in ARGUMENT.split(text)[::2]), key=len)


def _pattern(text: str) -> re.Pattern[str]:
    parts = ARGUMENT.split(text)[::2]
    return re.compile(".*?".join(re.escape(_plain(part)) for part in parts), re.DOTALL)
