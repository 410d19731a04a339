"""The reference of all rules, docs/rules: an index, and a page for each."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from fhir_codesystem.rules.page import escaped, markdown
from fhir_codesystem.rules.registry import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fhir_codesystem.rules.rule import Rule

INDEX = "README.md"
THEMES = {
    "CS101": "Reading tables",
    "CS120": "Tables in text and documents",
    "CS133": "Published pages",
    "CS140": "Workbooks",
    "CS150": "JSON and XML",
    "CS160": "Exchange formats",
    "CS180": "Repairs",
    "CS201": "Hierarchy",
    "CS211": "Repeated codes in tables",
    "CS301": "Metadata and elements",
    "CS401": "Identifiers, URLs, texts",
    "CS421": "What a code system says of its content",
    "CS431": "Declared properties",
    "CS441": "Concepts",
    "CS501": "Artifacts",
    "CS601": "The text of a resource",
    "CS611": "Elements that are empty, repeated or out of order",
    "CS621": "Single values",
    "CS631": "Codes from value sets",
    "CS641": "Elements that belong together",
    "CS651": "Contained resources",
    "CS656": "Extensions",
    "CS661": "Supplements",
    "CS666": "The value set of all codes",
    "CS671": "Concepts of a resource",
    "CS681": "Publication",
    "CS691": "Profiles",
    "CS701": "Beyond the official validator",
}
"""The themes by the number with which each begins."""
INTRODUCTION = """\
# Rules

All that `codesystem build` and `codesystem check` find. Each finding names its rule;
`codesystem explain CS215` shows the page here. Severities are the usual ones; where one differs
(by FHIR version, or for code systems of HL7) the page says so. These pages are made from the
declarations of the rules: `make docs`.
"""


def pages(rules: Iterable[Rule] = RULES) -> dict[str, str]:
    """Return the files of docs/rules by name: ``README.md``, ``CS101.md``, ..."""
    listed = list(rules)
    return {INDEX: _index(listed)} | {f"{rule.number}.md": markdown(rule) for rule in listed}


def _index(rules: list[Rule]) -> str:
    parts = [INTRODUCTION]
    for theme, members in groupby(rules, key=_theme):
        lines = [f"## {theme}", "", "| rule | severity | what it finds |", "|---|---|---|"]
        for rule in members:
            name = f"[{rule.number}]({rule.number}.md) {rule.name}"
            lines.append(f"| {name} | {rule.severity.value} | {escaped(rule.what)} |")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _theme(rule: Rule) -> str:
    return THEMES[max(first for first in THEMES if first <= rule.number)]
