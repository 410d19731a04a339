"""JUnit XML: well-formed whatever it holds, with counts that are right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from fhir_codesystem.diagnostics import Location, Severity, Suppressed
from fhir_codesystem.reporters import junit
from fhir_codesystem.reporters.report import Report, Told
from fhir_codesystem.rules.reading import NO_CODE

if TYPE_CHECKING:
    from fhir_codesystem import Diagnostic


def read(report: Report) -> ET.Element:
    """Read a report back; its counts must be true, for the whole and for each suite."""
    root = ET.fromstring(junit.report(report))
    assert root.tag == "testsuites"
    for element in (root, *root):
        cases = list(element.iter("testcase"))
        assert element.get("tests") == str(len(cases))
        for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert element.get(name) == str(sum(case.find(tag) is not None for case in cases))
    return root


def test_every_example_of_every_rule_is_a_case(examples: Report) -> None:
    root = read(examples)
    assert len(root) == len(examples.sources)
    for suite, source in zip(root, examples.sources, strict=True):
        assert suite.get("name") == source.path
        failed = {
            str(case.get("name")).split()[0] for case in suite if case.find("failure") is not None
        }
        assert failed == {
            each.rule.number for each in source.findings if each.severity is Severity.ERROR
        }


def test_hostile_texts_are_well_formed(nasty: Report) -> None:
    root = read(nasty)
    told = "".join(root.itertext())
    assert r"a\x00\x1b[2J\ud800\ufffe\u202e]]>&<" in told


@pytest.mark.parametrize("strict", [False, True])
def test_warnings_fail_only_where_strict(strict: bool, one: Any, row: Any) -> None:
    (case,) = read(one(row(3), row(4), strict=strict)).iter("testcase")
    assert (case.get("classname"), case.get("name")) == ("codes/table.txt", "CS109 short-row")
    failure, output = case.find("failure"), case.find("system-out")
    assert (failure is not None, output is not None) == (strict, not strict)
    text = str((output if failure is None else failure).text)  # type: ignore[union-attr]
    assert text.splitlines() == [
        f"codes/table.txt:{line}:5: warning CS109 short-row: a cell is missing" for line in (3, 4)
    ]


def test_an_error_is_a_failure_with_its_message(one: Any) -> None:
    found: Diagnostic = NO_CODE.at(Location("t", 2, 1), "this row has no code")
    (failure,) = read(one(found)).iter("failure")
    assert failure.attrib == {"message": "this row has no code", "type": "error"}


def test_nothing_found_is_a_case_that_passes(one: Any) -> None:
    (case,) = read(one()).iter("testcase")
    assert (case.get("name"), len(case)) == ("no findings", 0)


def test_a_suppressed_rule_is_skipped_with_its_reason(row: Any) -> None:
    by = Suppressed(row(2), "as printed", Location("t.yaml", 9))
    (case,) = read(Report([Told("t", [], [by])])).iter("testcase")
    assert case.find("skipped").attrib == {"message": "suppressed: as printed"}  # type: ignore[union-attr]
    (both,) = read(Report([Told("t", [row(1)], [by])])).iter("testcase")
    assert both.find("skipped") is None


def test_problems_are_errors() -> None:
    (error,) = read(Report(problems=["gone.txt is not there"])).iter("error")
    assert error.get("message") == "gone.txt is not there"
