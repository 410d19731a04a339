"""Whatever a finding says, each form of it is valid and can be read back."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

from fhir.resources.operationoutcome import OperationOutcome
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from fhir_codesystem.diagnostics import Diagnostic, Location, Related, Severity, Suppressed
from fhir_codesystem.reporters.formats import reporter
from fhir_codesystem.reporters.report import Report, Told
from fhir_codesystem.rules.registry import RULES

from .profiles import examples

SCHEMA = Path(__file__).parents[1] / "reporters/sarif-schema-2.1.0.json"
SARIF = Draft7Validator(json.loads(SCHEMA.read_text("utf-8")))
TEXTS = st.text(st.characters(), min_size=1, max_size=20)
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20)
NUMBERS = st.none() | st.integers(1, 9)
SURROGATE = RULES[0].at(Location("a", 1, 1, "\ud800"), "\ud801", expression="\ud802")
PLACES = st.builds(Location, NAMES, NUMBERS, NUMBERS, st.none() | TEXTS)
FINDINGS = st.builds(
    Diagnostic,
    rule=st.sampled_from(RULES[::7]),
    severity=st.sampled_from(Severity),
    location=PLACES,
    message=TEXTS,
    hint=st.none() | TEXTS,
    related=st.lists(st.builds(Related, PLACES, TEXTS), max_size=2).map(tuple),
    expression=st.none() | TEXTS,
    more=st.integers(0, 2),
)
SOURCES = st.builds(
    Told,
    NAMES,
    st.lists(FINDINGS, max_size=3),
    st.lists(st.builds(Suppressed, FINDINGS, TEXTS, PLACES), max_size=2),
)
REPORTS = st.builds(
    Report,
    st.lists(SOURCES, max_size=2),
    problems=st.lists(TEXTS, max_size=1),
    folder=st.just("/project"),
    strict=st.booleans(),
)


@given(REPORTS)
@example(Report([Told("a", [SURROGATE])], folder="/project"))
@examples(150)
def test_every_form_is_valid(report: Report) -> None:
    found, told = len(report.findings), len(report.findings) + len(report.problems)
    assert len(json.loads(reporter("json")(report))["findings"]) == found
    log = json.loads(reporter("sarif")(report))
    assert [error.message for error in SARIF.iter_errors(log)] == []
    assert len(log["runs"][0]["results"]) == found + len(report.suppressed)
    outcome = OperationOutcome.model_validate_json(reporter("fhir")(report))
    assert len(outcome.issue) == max(told, 1)
    commands = reporter("github")(report)
    assert len(commands.split("\n")) == max(told, 1)
    assert bool(commands) == bool(told)
    suites = ET.fromstring(reporter("junit")(report))
    assert len(suites) == len(report.sources) + len(report.problems)
