"""The forms in which findings are told, one module each."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from fhir_codesystem.reporters.report import Report

TEXT = "text"
"""The form for people: it is told source by source, not at the end."""

FORMATS = (TEXT, "json", "sarif", "github", "junit", "fhir")


def reporter(name: str) -> Callable[[Report], str]:
    """Return the function that tells a report in a form, of the module of that name.

    Its text ends without a line end. There is one for every form but `TEXT`.
    """
    report: Callable[[Report], str] = import_module(f"fhir_codesystem.reporters.{name}").report
    return report
