"""The slips of a JSON text, each told at the element that it is about."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from fhir_codesystem.instance.issue import Spot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fhir_codesystem.instance.issue import Issues, Path
    from fhir_codesystem.instance.jsonvalues import Slip

OF_MEMBERS = {
    "JSON_PROPERTY_NO_QUOTES": "the name stands without quotes",
    "JSON_COMMA_MISSING": "a comma is missing before this",
}
"""What is told of an object when one of its members has the slip."""


class Slips:
    """The slips of one text by their keys and paths: true where there are any.

    ``expression`` is the place as the official parser writes it.
    """

    def __init__(self, slips: Sequence[Slip], issues: Issues) -> None:
        self.issues = issues
        self.known: dict[tuple[str, Path], list[Slip]] = defaultdict(list)
        for slip in slips:
            path = slip.path[:-1] if slip.key in OF_MEMBERS else slip.path
            self.known[slip.key, path].append(slip)

    def __bool__(self) -> bool:
        return bool(self.known)

    def comments(self, path: Path, expression: str) -> None:
        """Tell of the comments before a value."""
        self._tell("JSON_COMMENTS_NOT_ALLOWED", path, expression, "JSON has no comments")

    def of_object(self, path: Path, expression: str) -> None:
        """Tell of commas and quotes in an object."""
        message = "a comma stands before the end of the object"
        self._tell("JSON_COMMA_EXTRA", path, expression, message)
        for key, message in OF_MEMBERS.items():
            self._tell(key, path, expression, message)

    def of_array(self, path: Path, expression: str) -> None:
        """Tell of a comma too many in an array."""
        message = "a comma stands before the end of the array"
        self._tell("JSON_COMMA_EXTRA", path, expression, message)

    def unquoted(self, path: Path, expression: str) -> bool:
        """Tell that a value stands without quotes; returns whether it does."""
        message = "the text stands without quotes"
        return self._tell("JSON_PROPERTY_VALUE_NO_QUOTES", path, expression, message)

    def controls(self, expression: str) -> None:
        """Tell of control characters in texts, which the official parser alone lets pass."""
        message = "a text holds a control character, which JSON has as an escape only"
        self._tell("own-control", (), expression, message)

    def _tell(self, key: str, path: Path, expression: str, message: str) -> bool:
        slips = self.known.get((key, path), ())
        for slip in slips:
            self.issues.written(key, expression, message, Spot(offset=slip.offset))
        return bool(slips)
