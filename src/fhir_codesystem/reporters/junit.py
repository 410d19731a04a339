"""Findings as JUnit XML: a suite a source, a case a rule that found something."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import click

from fhir_codesystem.diagnostics import has_errors, printable
from fhir_codesystem.reporters.text import lines

if TYPE_CHECKING:
    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.reporters.report import Report, Told
    from fhir_codesystem.rules.rule import Rule


def report(report: Report) -> str:
    """Return a report as JUnit XML.

    Errors are failures, warnings too where they fail; what else is found stands in the output of a
    case that passes. A rule of which all is suppressed is a case that is skipped. A source without
    a finding has one case, which passes; what could not be worked with is a case with an error.
    """
    root = ET.Element("testsuites", name="codesystem")
    for source in report.sources:
        _counted(_suite(root, source, strict=report.strict))
    for problem in report.problems:
        suite = ET.SubElement(root, "testsuite", name="codesystem")
        case = ET.SubElement(suite, "testcase", classname="codesystem", name="problem")
        ET.SubElement(case, "error", message=printable(problem))
        _counted(suite)
    _counted(root)
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="us-ascii", xml_declaration=True)
    return written.decode()


def _suite(root: ET.Element, source: Told, *, strict: bool) -> ET.Element:
    path = printable(source.path)
    suite = ET.SubElement(root, "testsuite", name=path)
    found: dict[str, list[Diagnostic]] = {}
    for each in source.findings:
        found.setdefault(_name(each.rule), []).append(each)
    for name, findings in found.items():
        case = _case(suite, path, name)
        if has_errors(findings, strict=strict):
            gravest = next(each for each in findings if has_errors([each], strict=strict))
            kind = {"message": printable(gravest.message), "type": gravest.severity.value}
            ET.SubElement(case, "failure", kind).text = _text(findings)
        else:
            ET.SubElement(case, "system-out").text = _text(findings)
    reasons = {_name(each.finding.rule): each.reason for each in source.suppressed}
    for name, reason in reasons.items():
        if name not in found:
            case = _case(suite, path, name)
            ET.SubElement(case, "skipped", message=f"suppressed: {printable(reason)}")
    if not len(suite):
        _case(suite, path, "no findings")
    return suite


def _name(rule: Rule) -> str:
    return f"{rule.number} {rule.name}"


def _case(suite: ET.Element, path: str, name: str) -> ET.Element:
    return ET.SubElement(suite, "testcase", classname=path, name=name)


def _text(findings: list[Diagnostic]) -> str:
    return "\n".join(click.unstyle(line) for each in findings for line in lines(each))


def _counted(element: ET.Element) -> None:
    """State how many cases an element holds, and how they went."""
    element.set("tests", str(len(element.findall(".//testcase"))))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(name, str(len(element.findall(f".//{tag}"))))
