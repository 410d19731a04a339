"""The examples of the rules are what they say to be: the official validator says so too."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import pytest

from fhir_codesystem.rules.registry import RULES

from . import official
from .case import Case
from .messages import Keys

if TYPE_CHECKING:
    from fhir_codesystem.rules.rule import Example, Rule

pytestmark = [pytest.mark.official, pytest.mark.usefixtures("validator")]
SHOWN = [rule for rule in RULES if rule.breaks.resource and not rule.breaks.package]
"""The rules of resources; packages are not put before the official validator."""
INVARIANT = re.compile(r"[a-z]+-\d+")
OURS = {"DESCRIPTION_SAYS_DEPRECATED", "ERROR_PARSING_XML_"}
"""What the official validator says without a key: its parser of XML speaks for itself."""


def by_number(rule: Rule) -> str:
    return f"{rule.number}-{rule.name}"


def case_of(rule: Rule, kind: str, example: Example) -> Case:
    assert example.resource is not None
    form = "xml" if example.resource.startswith("<") else "json"
    name = f"rules/{rule.number}-{kind}.{form}"
    return Case(name, example.resource.encode(), publication=example.publication)


@cache
def said() -> dict[str, set[str]]:
    """Return the keys that the official validator gives of each example, by its name."""
    cases: dict[str, list[Case]] = {}
    for rule in SHOWN:
        cases.setdefault(rule.breaks.version, []).append(case_of(rule, "breaks", rule.breaks))
        if not rule.holds.package:
            cases.setdefault(rule.holds.version, []).append(case_of(rule, "holds", rule.holds))
    return {
        case.name: {issue.key.upper() for issue in answer.issues}
        for version, of_version in cases.items()
        for case, answer in official.Official(version).judge(of_version)
    }


@pytest.mark.parametrize("rule", SHOWN, ids=by_number)
def test_the_official_validator_finds_what_breaks_a_rule_and_not_what_holds_it(rule: Rule) -> None:
    keys = {key.upper() for key in rule.keys}
    assert said()[case_of(rule, "breaks", rule.breaks).name] & keys
    if not rule.holds.package:
        assert not said()[case_of(rule, "holds", rule.holds).name] & keys


def test_every_key_is_one_of_the_official_validator() -> None:
    official.ready()
    (library,) = (official.TARGET / "lib").glob("org.hl7.fhir.utilities-*.jar")
    known = {key for key, _, _ in Keys(library).patterns}
    known |= {key.rpartition("_")[0] for key in known if key.endswith(("_ONE", "_OTHER"))}
    keys = {key for rule in RULES for key in rule.keys if not INVARIANT.fullmatch(key)}
    assert {key for key in keys if key.upper() not in known} == OURS
