"""Findings for programs: one JSON object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fhir_codesystem.diagnostics import Diagnostic, Location
    from fhir_codesystem.repairs.fixing import Change, Fix


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


def fix_as_dict(fix: Fix) -> dict[str, Any]:
    """Return the repairs of a source as JSON has them."""
    return {
        "path": fix.path,
        "changes": [_change(each) for each in fix.changes],
        "byHand": [_change(each) for each in fix.by_hand],
        "diff": fix.diff,
    }


def report(
    diagnostics: Iterable[Diagnostic],
    summary: dict[str, Any],
    fixes: list[dict[str, Any]] | None = None,
) -> str:
    """Return all findings, the repairs where they were asked for, the summary; indented JSON."""
    content: dict[str, Any] = {"findings": [as_dict(each) for each in diagnostics]}
    if fixes is not None:
        content["fixes"] = fixes
    content["summary"] = summary
    return orjson.dumps(content, option=orjson.OPT_INDENT_2).decode()


def _change(change: Change) -> dict[str, Any]:
    return {
        **_place(change.location),
        "rules": change.rules,
        "before": change.before,
        "after": change.after,
    }


def _place(location: Location) -> dict[str, Any]:
    place = {"path": location.path, "line": location.line, "column": location.column}
    return place if location.cell is None else place | {"cell": location.cell}
