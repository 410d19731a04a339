"""Findings that an author does not want to be told: `build: suppress:` in a metadata file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import yaml

from fhir_codesystem.diagnostics import MOST, Severity, Suppressed, in_order, quoted
from fhir_codesystem.metadata.document import did_you_mean
from fhir_codesystem.rules import metadata as rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fhir_codesystem.diagnostics import Diagnostic, Location
    from fhir_codesystem.metadata.document import Document
    from fhir_codesystem.rules.rule import Rule

    AtCode = Callable[[Diagnostic, str], bool]

NAME = "build.suppress"
KEYS = ("rule", "reason", "code", "expression")


@dataclass(frozen=True, slots=True)
class Suppression:
    """One entry: which findings are not told, why, and where that is said.

    These are the findings of ``rule``; with ``code`` those at one concept; with ``expression``
    those at an element (a FHIRPath as findings have it) or below it.
    """

    rule: Rule
    reason: str
    location: Location
    code: str | None = None
    expression: str | None = None

    def covers(self, finding: Diagnostic, at_code: AtCode) -> bool:
        """Whether it speaks of a finding, however grave that is."""
        return (
            finding.rule is self.rule
            and (self.expression is None or _is_below(finding.expression, self.expression))
            and (self.code is None or at_code(finding, self.code))
        )

    def takes(self, finding: Diagnostic) -> bool:
        """Whether it suppresses a finding that it covers.

        No error, for it forbids the resource. Nor, where a place is named, the last one of very
        many, which counts those after it.
        """
        everywhere = self.code is None and self.expression is None
        return finding.severity is not Severity.ERROR and (everywhere or not finding.more)

    def __str__(self) -> str:
        parts = [f"{self.rule.number} {self.rule.name}"]
        parts += [f"at the code {quoted(self.code)}"] if self.code is not None else []
        parts += [f"at {quoted(self.expression)}"] if self.expression is not None else []
        return " ".join(parts)


class Judged(NamedTuple):
    """Findings that are told, in any order, and those that are not, entry by entry."""

    told: list[Diagnostic]
    suppressed: tuple[Suppressed, ...]


def suppress(
    found: Sequence[Diagnostic],
    entries: Sequence[Suppression],
    at_code: AtCode,
    *,
    complete: bool,
    most: int | None = MOST,
) -> Judged:
    """Take out the findings that entries speak of; tell which entries take out nothing.

    ``at_code`` says whether a finding stands at the concept that has a code. ``complete`` says that
    every rule was looked at: only then is it known that nothing is found, and only of rules of
    which none was left out. Of each rule an entry names the first ``most`` it takes out, the last
    of them counting the rest.
    """
    counted = {each.rule.number for each in found if each.more}
    told: list[Diagnostic] = []
    covered: list[list[Diagnostic]] = [[] for _ in entries]
    for finding in found:
        at = next((i for i, each in enumerate(entries) if each.covers(finding, at_code)), None)
        if at is not None:
            covered[at].append(finding)
        if at is None or not entries[at].takes(finding):
            told.append(finding)
    suppressed: list[Suppressed] = []
    for entry, mine in zip(entries, covered, strict=True):
        taken = in_order(filter(entry.takes, mine), most)
        suppressed += [Suppressed(each, entry.reason, entry.location) for each in taken]
        if any(each.severity is Severity.ERROR for each in mine):
            message = f"{entry} is an error, and errors are not suppressed"
            told.append(rules.UNUSED_SUPPRESSION.at(entry.location, message))
        elif complete and not mine and entry.rule.number not in counted:
            message = f"there is no {entry} to suppress"
            told.append(rules.UNUSED_SUPPRESSION.at(entry.location, message))
    return Judged(told, tuple(suppressed))


def _is_below(expression: str | None, above: str) -> bool:
    """Whether a FHIRPath is another one, or begins with it."""
    if expression is None or not expression.startswith(above):
        return False
    return expression[len(above) : len(above) + 1] in {"", ".", "["}


def read_suppressions(document: Document, node: yaml.Node) -> tuple[Suppression, ...]:
    """Read a list of entries; what is wrong is told among the document's findings."""
    if not isinstance(node, yaml.SequenceNode):
        message = f"{NAME} is a list of entries, each with rule and reason"
        _tell(document, rules.WRONG_TYPE, node, message)
        return ()
    entries = (_entry(document, each) for each in node.value)
    return tuple(entry for entry in entries if entry is not None)


def _entry(document: Document, node: yaml.Node) -> Suppression | None:
    if not isinstance(node, yaml.MappingNode):
        message = f"an entry of {NAME} is a mapping with rule and reason"
        _tell(document, rules.WRONG_TYPE, node, message)
        return None
    nodes = dict(_values(document, node))
    texts = {key: each.value.strip() for key, each in nodes.items()}
    lacking = [key for key in KEYS[:2] if not texts.get(key)]
    if lacking:
        message = f"an entry of {NAME} must state its {' and its '.join(lacking)}"
        _tell(document, rules.INCOMPLETE_SUPPRESSION, node, message)
    from fhir_codesystem.rules import registry  # noqa: PLC0415 - all rules; entries are rare

    rule = registry.find(texts["rule"]) if texts.get("rule") else None
    if rule is None and texts.get("rule"):
        names = [each for rule in registry.RULES for each in (rule.number, rule.name)]
        hint = did_you_mean(texts["rule"], names) or rules.UNKNOWN_RULE.fix
        message = f"there is no rule {quoted(texts['rule'])}"
        _tell(document, rules.UNKNOWN_RULE, nodes["rule"], message, hint)
    if rule is None or lacking:
        return None
    place = document.place(node)
    return Suppression(rule, texts["reason"], place, texts.get("code"), texts.get("expression"))


def _values(document: Document, node: yaml.MappingNode) -> Iterator[tuple[str, yaml.ScalarNode]]:
    """Return what an entry states, each a text; null is the same as nothing."""
    for key, value in document.entries(node):
        if key.value not in KEYS:
            hint = did_you_mean(key.value, KEYS)
            message = f"there is no setting {quoted(f'{NAME}.{key.value}')}"
            _tell(document, rules.UNKNOWN_KEY, key, message, hint)
        elif not isinstance(value, yaml.ScalarNode):
            _tell(document, rules.WRONG_TYPE, value, f"{NAME}.{key.value} is a text")
        elif not document.is_null(value):
            yield key.value, value


def _tell(
    document: Document, rule: Rule, node: yaml.Node, message: str, hint: str | None = None
) -> None:
    place = document.place(node)
    document.found.append(rule.at(place, message, hint=hint, official=False))
