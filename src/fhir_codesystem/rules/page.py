"""The page of a rule, made from its declaration."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fhir_codesystem.rules.rule import Example, Rule
    from fhir_codesystem.rules.sample import Workbook

MOST_LINES = 8
WIDTH = 88


def page(rule: Rule) -> str:
    """Return the page of a rule as plain text that is Markdown too."""
    parts = [
        f"# {rule.number} {rule.name} ({rule.severity.value})",
        _wrap(rule.what),
        "## Why",
        _wrap(rule.why),
        "## How to fix it",
        _wrap(rule.fix),
        "## Found here",
        *_example(rule.breaks),
        "## Not here",
        *_example(rule.holds),
        "## Source",
        rule.source,
    ]
    if rule.official:
        names = ", ".join(rule.official)
        parts.append(_wrap(f"The official HL7 validator gives it as well: {names}."))
    return "\n\n".join(parts)


def _wrap(text: str) -> str:
    return "\n".join(textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False))


def _example(example: Example) -> list[str]:
    files = {"table.txt": example.table, "table.yaml": example.metadata, **example.templates}
    return [f"{name}:\n\n{_block(text)}" for name, text in files.items() if text]


def _block(text: str | bytes | Workbook) -> str:
    shown = text.decode("latin-1") if isinstance(text, bytes) else str(text)
    lines = shown.rstrip("\n").split("\n")
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 2], "...", lines[-1]]
    visible = (_visible(line) for line in lines)
    clipped = (line if len(line) <= WIDTH else line[: WIDTH - 3] + "..." for line in visible)
    return "\n".join(f"    {line}".rstrip() for line in clipped)


def _visible(line: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)
