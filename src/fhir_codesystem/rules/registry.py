"""All rules, in the order of their numbers."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from fhir_codesystem.rules import (
    bindings,
    codes,
    concepts,
    contained,
    content,
    duplicates,
    elements,
    exchange,
    extensions,
    hierarchy,
    invariants,
    metadata,
    narrative,
    pages,
    primitives,
    profiles,
    properties,
    publication,
    reading,
    repairs,
    structure,
    structured,
    supplements,
    syntax,
    templates,
    text,
    valuesets,
    workbooks,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fhir_codesystem.codesystem.resource import CodeSystem
    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.rules.rule import Rule

MODULES = (
    *(reading, text, pages, workbooks, structured, exchange, repairs),
    *(hierarchy, duplicates, metadata, elements, content, properties, concepts, templates),
    *(syntax, structure, primitives, bindings, invariants, narrative, contained, extensions),
    *(supplements, valuesets, codes, publication, profiles),
)
RULES: tuple[Rule, ...] = tuple(
    sorted((rule for module in MODULES for rule in module.RULES), key=lambda rule: rule.number)
)


OFFICIAL: dict[str, Rule] = {key: rule for rule in RULES for key in rule.official}
"""The rule of each message key and invariant of the official validator."""


def find(name: str) -> Rule | None:
    """Return the rule of a number (``CS101``) or a name (``no-text``), whatever the case.

    What the official validator calls its defect (``csd-1``, a message key) finds a rule too.
    """
    wanted = name.casefold()
    by_name = (r for r in RULES if wanted in {r.number.casefold(), r.name})
    by_key = (rule for key, rule in OFFICIAL.items() if wanted in _names(key))
    return next(by_name, None) or next(by_key, None)


def told_as(key: str, part: str = "") -> Rule | None:
    """Return the rule as which an official key is told, of a part (``profile``) where it matters.

    None is returned for a key that no rule has.
    """
    return OFFICIAL.get(f"{key}.{part}") or OFFICIAL.get(key)


def _names(key: str) -> set[str]:
    return {key.casefold(), key.partition(".")[0].casefold()}


@cache
def _by_key() -> dict[str, Rule]:
    return {key.upper(): rule for rule in reversed(RULES) for key in rule.official}


def official(key: str) -> Rule:
    """Return the rule that tells what the official validator tells by a message key."""
    return _by_key().get(key.upper()) or RULES[0]


def check(codesystem: CodeSystem) -> Iterator[Diagnostic]:
    """Check a code system against all rules that look at a finished resource."""
    for rule in RULES:
        if rule.check is not None:
            yield from rule.check(codesystem)
