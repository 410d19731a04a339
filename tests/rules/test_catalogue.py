"""What the official validator finds has a rule here: each of its keys one, and no more."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fhir_codesystem.diagnostics import Severity
from fhir_codesystem.rules.concepts import NO_DEFINITION, NO_DISPLAY, NO_NARRATIVE
from fhir_codesystem.rules.registry import RULES, find, official

if TYPE_CHECKING:
    from fhir_codesystem.rules.rule import Rule

FOLDER = Path(__file__).parent
CATALOGUE: list[str] = json.loads((FOLDER / "catalogue.json").read_text("utf-8"))
"""The conditions of the official validator: their keys, those of one condition joined by |."""
OFFICIAL: dict[str, list[str]] = json.loads((FOLDER / "official.json").read_text("utf-8"))
"""The severities that the official validator gives each key."""
KEYS = [key for rule in RULES for key in rule.official]
ELSEWHERE = {
    "csd-6": "an invariant of R6, which is not built here",
    "(literal)": "it has no key there; here DESCRIPTION_SAYS_DEPRECATED",
    "shareablecodesystem R4/R4B": "a profile: told by cardinality (CS691)",
    "shareablecodesystem R5": "a profile: told by cardinality, scs-1 and scs-2 (CS691)",
    "publishablecodesystem R5": "a profile: told by cardinality (CS691)",
    "crmi-shareable": "a profile: told by cardinality, scs-1 and scs-2 (CS691)",
    "publishablecodesystem": "a profile: told by cardinality (CS691)",
    "IG Publisher": "another program, which finds repeated codes as well (CS671)",
}
"""What of the catalogue no rule names, and why."""


def test_every_condition_of_the_catalogue_has_a_rule_or_a_reason() -> None:
    named = {key for rule in RULES for key in rule.keys}
    without = {key for keys in CATALOGUE for key in keys.split("|")} - named
    assert without == ELSEWHERE.keys()


def test_no_key_stands_in_two_rules() -> None:
    assert [key for key, times in Counter(KEYS).items() if times > 1] == []


def test_the_catalogue_is_the_whole() -> None:
    assert len(CATALOGUE) == 129


def test_the_severities_are_of_the_keys_that_rules_have() -> None:
    assert OFFICIAL.keys() == {key for rule in RULES for key in rule.keys}


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if rule.official], ids=lambda rule: f"{rule.number}"
)
def test_severities_are_those_of_the_official_validator(rule: Rule) -> None:
    severities = {each for key in rule.keys for each in OFFICIAL[key]}
    if rule in (NO_DISPLAY, NO_DEFINITION, NO_NARRATIVE):
        # Warnings there: the first two only for HL7's own, the third at the level of best
        # practice, which its test suite ignores.
        assert severities == {"warning"}
        assert rule.severity is Severity.INFORMATION
    else:
        assert rule.severity.value in severities


@pytest.mark.parametrize("key", KEYS)
def test_a_key_is_told_as_its_rule(key: str) -> None:
    rule = next(rule for rule in RULES if key in rule.official)
    name, _, part = key.partition(".")
    assert official(name, part) is rule
    assert find(key) is rule
    assert find(key.upper()) is rule


def test_a_key_is_told_by_its_part_where_it_has_one() -> None:
    key = "VALIDATION_VAL_PROFILE_MINIMUM"
    assert [official(key), official(key, "concept"), official(key, "profile")] == [
        find("CS306"),
        find("CS306"),
        find("CS691"),
    ]
    assert find(key) is find("CS306")


def test_a_key_that_always_has_a_part_is_found_without_it() -> None:
    assert find("CODESYSTEM_CS_NONHL7_MISSING_ELEMENT") is find("CS306")
    assert official("CODESYSTEM_CS_NONHL7_MISSING_ELEMENT") is find("CS306")


def test_what_nobody_calls_so_has_no_rule() -> None:
    assert find("NO_SUCH_KEY") is None
    assert find("") is None
