"""What must hold of every input that is checked, whatever it is."""

from __future__ import annotations

import json
import re
import traceback
from typing import TYPE_CHECKING

from fhir_codesystem.instance import encoding
from fhir_codesystem.instance.checking import findings
from fhir_codesystem.pipeline import Options, Run
from fhir_codesystem.reporters.formats import reporter
from fhir_codesystem.reporters.report import Report, Told
from fhir_codesystem.reporters.text import lines as text_lines
from fhir_codesystem.rules.reading import NO_TEXT
from fhir_codesystem.rules.structured import XML_SYNTAX
from fhir_codesystem.sources import described
from fhir_codesystem.tables.source import Source

if TYPE_CHECKING:
    from fhir_codesystem.diagnostics import Diagnostic

    from .resources import Known

MARKS = re.compile(rb"[^\t-~]")
"""What a file that is told to be no text must hold."""

MOST_CHARACTERS = 1500


def flaw(known: Known) -> str | None:
    """Say what is wrong with how an input is checked: an exception, or a place outside it.

    It is judged, and checked as `codesystem check` does; the findings are told in two forms.
    """
    path, data, version = known
    try:
        source = Source(path, data)
        found = findings(source, version)
        outcome = Run(Options(version, most=None)).check(described(None, path, source))
        found += outcome.diagnostics
        report = Report([Told(path, found, ())], {}, (), None, "", strict=False)
        json.loads(reporter("json")(report).encode())
        for each in found:
            "".join(text_lines(each)).encode()
    except BaseException:  # noqa: BLE001 - all of it is a flaw
        return traceback.format_exc()
    text, lines = encoding.decoded(data), {}
    for of_bytes, read in ((True, data.decode("latin-1")), (False, text)):
        lines[of_bytes] = read.split("\n" if "\n" in read else "\r")
    for each in found:
        if _of_other_lines(each, data):
            continue
        why = _misplaced(each, lines[each.rule is NO_TEXT])  # of what is no text bytes are counted
        if len(each.message) > MOST_CHARACTERS:
            why = f"has a message of {len(each.message)}"
        if each.rule is NO_TEXT and not MARKS.search(data):
            why = f"is told of text: {each.message}"
        if why is not None:
            return f"{each.location}: {each.rule.number} {why}"
    return None


def _of_other_lines(found: Diagnostic, data: bytes) -> bool:
    """Whether a reader of tables tells it, of a text in which it counts in another way."""
    if found.rule is XML_SYNTAX:
        return b"\r" in data and b"\n" in data
    return found.rule is NO_TEXT and "UTF-16" in found.message


def _misplaced(found: Diagnostic, lines: list[str]) -> str | None:
    line, column = found.location.line, found.location.column
    if line is None and column is None:
        return None
    if line is None or column is None or not 1 <= line <= len(lines):
        return "stands in no line"
    if not 1 <= column <= len(lines[line - 1]) + 1:
        return "stands in no column"
    return None
