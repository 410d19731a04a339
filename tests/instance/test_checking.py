"""A defect of a resource is told once, as the rule that is about it."""

from __future__ import annotations

from fhir_codesystem import check
from fhir_codesystem.rules.resources import CONCEPT, code_system, supplement


def numbers(resource: str, version: str = "R4") -> list[str]:
    return [each.rule.number for each in check(resource.encode(), fhir_version=version)]


def test_a_key_that_several_rules_share_is_told_as_the_one_it_is_about() -> None:
    nested = '"concept": [{"code": "a", "concept": [{"code": "b"}]}]'
    assert {"CS421", "CS422"} <= set(numbers(code_system(nested)))
    assert "CS306" not in numbers(code_system(nested))


def test_what_a_profile_requires_is_not_what_every_code_system_must_have() -> None:
    url = "http://hl7.org/fhir/StructureDefinition/shareablecodesystem"
    found = numbers(code_system(f'"meta": {{"profile": ["{url}"]}}', CONCEPT))
    assert "CS691" in found
    assert "CS306" not in found


def test_a_repeated_code_is_told_at_its_place_and_not_of_the_whole_as_well() -> None:
    twice = '"concept": [{"code": "a"}, {"code": "a"}]'
    assert numbers(code_system(twice)).count("CS671") == 1


def test_a_supplement_of_nothing_is_told_once() -> None:
    for version in ("R4", "R5"):
        assert numbers(supplement(), version).count("CS427") == 1
