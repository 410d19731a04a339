"""docs/official-validator.md: its list of differences is made from their table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .differential import accepted

if TYPE_CHECKING:
    from .differential import Accepted

PAGE = Path(__file__).parent.parent.parent / "docs" / "official-validator.md"
HEADING = "## Where we differ"
SIDES = {
    "missing": "it alone gives it",
    "extra": "we alone give it",
    "place": "it gives another place",
    "severity": "it gives another severity",
}


def page(before: str, table: tuple[Accepted, ...]) -> str:
    """Return the page with its list written anew; what stands before the list stays."""
    head = before.partition(HEADING)[0]
    listed = "".join(_entry(each) for each in table) or "Nowhere that is known.\n"
    return f"{head}{HEADING}\n\n{listed}"


def write() -> None:
    """Write the page anew."""
    PAGE.write_text(page(PAGE.read_text("utf-8"), accepted()), "utf-8")


def _entry(each: Accepted) -> str:
    side = SIDES.get(each.side)
    told = f"- **`{each.key}`**{f', {side}' if side else ''}: {each.reason.strip()}"
    if each.source:
        told += f" (`{each.source}`)"
    return f"{told}\n"
