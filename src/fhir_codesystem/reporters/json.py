"""Findings for programs: one JSON object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from fhir_codesystem.diagnostics import Diagnostic, Location
    from fhir_codesystem.repairs.fixing import Change, Fix
    from fhir_codesystem.reporters.report import Report


def as_dict(diagnostic: Diagnostic) -> dict[str, Any]:
    """Return a finding as JSON has it; every key is always there."""
    return {
        "rule": diagnostic.rule.number,
        "name": diagnostic.rule.name,
        "severity": diagnostic.severity.value,
        "message": _text(diagnostic.message),
        **_place(diagnostic.location),
        "expression": _text(diagnostic.expression),
        "hint": _text(diagnostic.hint),
        "related": [
            {**_place(related.location), "message": _text(related.message)}
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


def report(report: Report) -> str:
    """Return a report as one indented JSON object.

    ``findings``, ``suppressed`` (the same with ``reason`` and ``by``, the place that says so),
    ``fixes`` where they were asked for, ``summary``.
    """
    content: dict[str, Any] = {
        "findings": [as_dict(each) for each in report.findings],
        "suppressed": [
            as_dict(each.finding) | {"reason": _text(each.reason), "by": _place(each.location)}
            for each in report.suppressed
        ],
    }
    if report.fixes is not None:
        content["fixes"] = report.fixes
    content["summary"] = {
        **report.summary,
        "problems": [_text(each) for each in report.problems],
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2).decode()


def _change(change: Change) -> dict[str, Any]:
    return {
        **_place(change.location),
        "rules": change.rules,
        "before": change.before,
        "after": change.after,
    }


def _text(text: str | None) -> str | None:
    """Return a text as UTF-8 can hold it: half a pair of surrogates is escaped."""
    return text and text.encode("utf-8", "backslashreplace").decode()


def _place(location: Location) -> dict[str, Any]:
    place = {"path": location.path, "line": location.line, "column": location.column}
    return place if location.cell is None else place | {"cell": _text(location.cell)}
