"""Tables that are built, and what came of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import note

import fhir_codesystem

from .forests import Forest, Row, flattened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fhir_codesystem.api import Built

COLUMNS = "Lvl | Code | Display | Definition\n"


def built(data: bytes, metadata: dict[str, Any] | None = None) -> Built:
    """Build a table that must be accepted."""
    result = fhir_codesystem.build(data, metadata=metadata)
    for found in result.diagnostics:
        note(f"{found.location}: {found.rule.number} {found.message}")
    assert result.ok
    return result


def table(rows: Sequence[Row]) -> bytes:
    """Write rows in the plainest layout."""
    lines = []
    for row in rows:
        cells = [str(row.level), row.code, row.display or "", row.definition or ""]
        lines.append(" | ".join(cell.replace("|", r"\|") + " " for cell in cells) + "\n")
    return (COLUMNS + "".join(lines)).encode()


def concepts(result: Built) -> Forest:
    """Return the concepts of what was built."""
    return flattened(result.resource["concept"])


def stated_parents(concepts: Sequence[dict[str, Any]]) -> dict[str, list[str]]:
    """Return the parents that concepts state as properties."""
    found = {}
    for concept in concepts:
        if "property" in concept:
            assert all(set(each) == {"code", "valueCode"} for each in concept["property"])
            found[concept["code"]] = [each["valueCode"] for each in concept["property"]]
            assert {each["code"] for each in concept["property"]} == {"parent"}
        found |= stated_parents(concept.get("concept", []))
    return found
