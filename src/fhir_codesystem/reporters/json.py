"""Findings for programs: one JSON object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fhir_codesystem.diagnostics import Diagnostic, Location


def as_dict(diagnostic: Diagnostic) -> dict[str, Any]:
    """Return a finding as JSON has it; every key is always there."""
    return {
        "rule": diagnostic.rule.number,
        "name": diagnostic.rule.name,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        **_place(diagnostic.location),
        "expression": diagnostic.expression,
        "hint": diagnostic.hint,
        "related": [
            {**_place(related.location), "message": related.message}
            for related in diagnostic.related
        ],
        "official": diagnostic.official,
        "more": diagnostic.more,
    }


def report(diagnostics: Iterable[Diagnostic], summary: dict[str, Any]) -> str:
    """Return all findings and the summary as indented JSON."""
    content = {"findings": [as_dict(each) for each in diagnostics], "summary": summary}
    return orjson.dumps(content, option=orjson.OPT_INDENT_2).decode()


def _place(location: Location) -> dict[str, Any]:
    place = {"path": location.path, "line": location.line, "column": location.column}
    return place if location.cell is None else place | {"cell": location.cell}
