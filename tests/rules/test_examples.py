"""Every rule finds what breaks it, at its place, and is silent where it is held."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fhir_codesystem import check
from fhir_codesystem.diagnostics import Severity
from fhir_codesystem.pipeline import Run
from fhir_codesystem.rules import reading
from fhir_codesystem.rules.packaging import PACKAGE_INCOMPLETE, PACKAGE_MIXTURE
from fhir_codesystem.rules.registry import RULES, find
from fhir_codesystem.rules.rule import RESOURCE, XML_RESOURCE
from fhir_codesystem.rules.templates import SAME_ARTIFACT
from fhir_codesystem.sources import resolve

if TYPE_CHECKING:
    from conftest import Project
    from fhir_codesystem import Built, Diagnostic
    from fhir_codesystem.rules.rule import Example, Rule

OF_SEVERAL = (SAME_ARTIFACT, PACKAGE_INCOMPLETE, PACKAGE_MIXTURE)
SINGLE = [rule for rule in RULES if rule not in OF_SEVERAL]
"""The rules that the build of one source can break; tests/npm shows those of packages."""
BUILT = [rule for rule in SINGLE if rule.breaks.resource is None]
"""Those that are shown on a table."""


def by_number(rule: Rule) -> str:
    return f"{rule.number}-{rule.name}"


def built(project: Project, example: Example) -> Built:
    return project.build(
        example.content, example.metadata, example.templates, fhir_version=example.version
    )


def checked(project: Project, example: Example) -> tuple[Diagnostic, ...]:
    """Check the resource of an example as it is, with the package that is at hand for it."""
    assert example.resource is not None
    kind = XML_RESOURCE if example.resource.startswith("<") else RESOURCE
    path = project.write(kind, example.resource)
    options: dict[str, Any] = {}
    if example.package:
        for name, text in example.package.items():
            project.write(f"package/{name}", text)
        options["packages"] = [project.folder / "package"]
    if example.publication:
        options["publication"] = True
    return check(path, fhir_version=example.version, **options)


def found_in(project: Project, example: Example) -> tuple[Diagnostic, ...]:
    if example.resource is not None:
        return checked(project, example)
    return built(project, example).diagnostics


@pytest.mark.parametrize("rule", SINGLE, ids=by_number)
def test_what_breaks_a_rule_is_found_at_its_place(rule: Rule, project: Project) -> None:
    diagnostics = found_in(project, rule.breaks)
    found = [each for each in diagnostics if each.rule is rule]
    places = [(each.location.path, each.location.line, each.location.column) for each in found]
    named = [(Path(path).name, line, column) for path, line, column in places]
    assert named == [rule.breaks.place]
    assert [each.severity for each in found] == [rule.severity]


@pytest.mark.parametrize("rule", SINGLE, ids=by_number)
def test_what_breaks_a_rule_breaks_no_other_so_that_it_is_an_error(
    rule: Rule, project: Project
) -> None:
    errors = [each for each in found_in(project, rule.breaks) if each.severity is Severity.ERROR]
    assert {each.rule.number for each in errors} <= {rule.number}


@pytest.mark.parametrize("rule", BUILT, ids=by_number)
def test_an_error_forbids_the_build_and_nothing_else_does(rule: Rule, project: Project) -> None:
    outcome = built(project, rule.breaks)
    errors = [each for each in outcome.diagnostics if each.severity is Severity.ERROR]
    assert outcome.ok == (not errors)


@pytest.mark.parametrize("rule", SINGLE, ids=by_number)
def test_what_holds_a_rule_is_not_found(rule: Rule, project: Project) -> None:
    diagnostics = found_in(project, rule.holds)
    assert [each for each in diagnostics if each.rule is rule] == []
    assert [each for each in diagnostics if each.severity is Severity.ERROR] == []


def test_the_same_id_twice_in_one_run_is_found_at_the_second_source(project: Project) -> None:
    first = project.write("a/codes.txt", "Code | Display\na | A\n")
    second = project.write("b/codes.txt", "Code | Display\nb | B\n")
    run = Run()
    outcomes = [run.build(resolve(path)) for path in (first, second)]
    assert bool(outcomes[0].artifacts)
    assert not outcomes[1].artifacts
    found = [each for each in outcomes[1].diagnostics if each.rule is SAME_ARTIFACT]
    assert [(each.location.path, each.severity) for each in found] == [
        (str(second), Severity.ERROR)
    ]
    assert str(first) in found[0].message
    assert SAME_ARTIFACT not in [each.rule for each in outcomes[0].diagnostics]


def test_a_source_that_failed_does_not_claim_its_artifacts(project: Project) -> None:
    project.write("a/codes.txt", "Term | Sense\na | A\n")
    project.write("b/codes.txt", "Code | Display\nb | B\n")
    run = Run()
    failed = run.build(resolve(project.folder / "a/codes.txt"))
    assert reading.NO_CODE_COLUMN in [each.rule for each in failed.diagnostics]
    assert run.build(resolve(project.folder / "b/codes.txt")).artifacts


def test_numbers_and_names_are_well_formed_unique_and_in_order() -> None:
    numbers = [rule.number for rule in RULES]
    assert numbers == sorted(set(numbers))
    assert [number for number in numbers if not re.fullmatch(r"CS[1-7]\d\d", number)] == []
    names = [rule.name for rule in RULES]
    assert len(names) == len(set(names))
    assert [name for name in names if not re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", name)] == []


@pytest.mark.parametrize("rule", RULES, ids=by_number)
def test_a_rule_is_found_by_number_and_by_name(rule: Rule) -> None:
    for name in (rule.number, rule.number.lower(), rule.name, rule.name.upper()):
        assert find(name) is rule


def test_no_rule_is_found_by_another_name() -> None:
    assert find("CS000") is None
    assert find("no-such-rule") is None
    assert find("") is None


@pytest.mark.parametrize("rule", RULES, ids=by_number)
def test_a_rule_says_what_why_and_how(rule: Rule) -> None:
    for text in (rule.what, rule.why, rule.fix):
        assert re.fullmatch(r"[A-Z].*[.)}]", text), text
    assert rule.source
