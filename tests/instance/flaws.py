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
from fhir_codesystem.tables.decoding import SIGNATURES
from fhir_codesystem.tables.source import Source

if TYPE_CHECKING:
    from fhir_codesystem.diagnostics import Diagnostic

    from .resources import Known

SIGNS = tuple(signature for signature, _ in SIGNATURES)
MARKS = re.compile(rb"[^\t-~]")
"""What a file that is told to be no text must begin with, or hold."""

MOST_CHARACTERS = 1500


def flaw(known: Known, *, whole: bool = True) -> str | None:
    """Say what is wrong with how an input is checked: an exception, or a place outside it.

    It is judged, and, where the ``whole`` is asked for, checked as `codesystem check` does; the
    findings are told in two forms.
    """
    path, data, version = known
    try:
        source = Source(path, data)
        found = findings(source, version)
        if whole:
            run = Run(Options(version, most=None))
            found += run.check(described(None, path, source)).diagnostics
        report = Report([Told(path, found, ())], {}, (), None, "", strict=False)
        json.loads(reporter("json")(report).encode())
        for each in found:
            "".join(text_lines(each)).encode()
    except BaseException:  # noqa: BLE001 - all of it is a flaw
        return traceback.format_exc()
    readings = [text.split("\n" if "\n" in text else "\r") for text in _texts(data)]
    for each in found:
        why = None
        if len(each.message) > MOST_CHARACTERS:
            why = f"has a message of {len(each.message)}"
        elif each.rule is NO_TEXT and not (MARKS.search(data) or data.startswith(SIGNS)):
            why = f"is told of text: {each.message}"
        elif not (each.rule is XML_SYNTAX and b"\r" in data):  # tables count as their parser does
            whys = [_misplaced(each, lines) for lines in readings]
            why = whys[0] if all(whys) else None
        if why is not None:
            return f"{each.location}: {each.rule.number} {why}"
    return None


def _texts(data: bytes) -> list[str]:
    """Return the text of an input; all that it may be read as where it is not UTF-8."""
    text = encoding.decoded(data)
    try:
        data.decode()
    except UnicodeDecodeError:
        others = ("latin-1", "utf-16-le", "utf-16-be")
        return [text, *(data.decode(each, "replace") for each in others)]
    return [text, data.decode("utf-16-le", "replace")] if b"\0" in data else [text]


def _misplaced(found: Diagnostic, lines: list[str]) -> str | None:
    line, column = found.location.line, found.location.column
    if line is None:
        return None if column is None else "stands in a column of no line"
    if not 1 <= line <= len(lines):
        return "stands in no line"
    if column is not None and not 1 <= column <= len(lines[line - 1]) + 1:
        return "stands in no column"
    return None
