"""All rules, in the order of their numbers."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from fhir_codesystem.rules import (
    concepts,
    content,
    duplicates,
    elements,
    exchange,
    hierarchy,
    lifecycle,
    lookalikes,
    metadata,
    pages,
    properties,
    reading,
    reference,
    repairs,
    repeating,
    servers,
    structured,
    templates,
    text,
    texts,
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
    *(lookalikes, repeating, texts, lifecycle, servers, reference),
)
RULES: tuple[Rule, ...] = tuple(
    sorted((rule for module in MODULES for rule in module.RULES), key=lambda rule: rule.number)
)


def find(name: str) -> Rule | None:
    """Return the rule of a number (``CS101``) or a name (``no-text``), whatever the case."""
    wanted = name.casefold()
    return next((r for r in RULES if wanted in {r.number.casefold(), r.name}), None)


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
