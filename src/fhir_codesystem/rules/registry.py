"""All rules, in the order of their numbers."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from fhir_codesystem.rules import (
    allcodes,
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
    lifecycle,
    lookalikes,
    metadata,
    narrative,
    packaging,
    pages,
    primitives,
    profiles,
    properties,
    publication,
    reading,
    reference,
    repairs,
    repeating,
    servers,
    strings,
    structure,
    structured,
    supplements,
    syntax,
    templates,
    text,
    texts,
    valuesets,
    workbooks,
)
from fhir_codesystem.rules.glance import of_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fhir_codesystem.codesystem.resource import CodeSystem
    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.rules.glance import Glance
    from fhir_codesystem.rules.rule import Rule

MODULES = (
    *(reading, text, pages, workbooks, structured, exchange, repairs),
    *(hierarchy, duplicates, metadata, allcodes, elements, strings, content, properties, concepts),
    *(
        packaging,
        templates,
        syntax,
        structure,
        primitives,
        bindings,
        invariants,
        narrative,
        contained,
    ),
    *(extensions, supplements, valuesets, codes, publication, profiles),
    *(lookalikes, repeating, texts, lifecycle, servers, reference),
)
RULES: tuple[Rule, ...] = tuple(
    sorted((rule for module in MODULES for rule in module.RULES), key=lambda rule: rule.number)
)

BEYOND = tuple(rule for rule in RULES if rule.number >= "CS7")
"""The rules beyond the official validator."""

OFFICIAL: dict[str, Rule] = {key: rule for rule in RULES for key in rule.official}
"""The rule of each message key and invariant of the official validator."""


def find(name: str) -> Rule | None:
    """Return the rule of a number (``CS101``) or a name (``no-text``), whatever the case.

    What the official validator calls its defect (``csd-1``, a message key) finds a rule too.
    """
    wanted = name.casefold()
    found = (rule for rule in RULES if wanted in {rule.number.casefold(), rule.name})
    return next(found, None) or _by_key().get(name.upper())


def official(key: str, part: str = "") -> Rule:
    """Return the rule that tells what the official validator tells by a message key.

    ``part`` is the element or kind that the key is about, where several rules share it
    (``caseSensitive``, ``profile``).
    """
    known = _by_key()
    return known.get(f"{key}.{part}".upper()) or known[key.upper()]


@cache
def _by_key() -> dict[str, Rule]:
    """The rules by key; a key whose parts all have a rule is that of the first by itself."""
    by_key = {key.upper(): rule for key, rule in OFFICIAL.items()}
    alone = {key.partition(".")[0]: rule for key, rule in reversed(by_key.items())}
    return alone | by_key


def that_may_tell(glance: Glance | None, rules: Iterable[Rule] = BEYOND) -> list[Rule]:
    """Return the rules whose check must be made of a code system, as it is seen at a glance."""
    return [rule for rule in rules if rule.may_tell(glance)]


def check_rules(codesystem: CodeSystem, rules: Iterable[Rule]) -> Iterator[Diagnostic]:
    """Check a code system against some rules."""
    for rule in rules:
        if rule.check is not None:
            yield from rule.check(codesystem)


def check(codesystem: CodeSystem) -> Iterator[Diagnostic]:
    """Check a code system against all rules that look at a finished resource."""
    yield from check_rules(codesystem, that_may_tell(of_columns(codesystem), RULES))
    yield from allcodes.findings(codesystem)
