"""Where a reference comes from: the dictionary of DICOM, or a source beside the metadata file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fhir_codesystem.diagnostics import Severity
from fhir_codesystem.errors import EnvironmentProblem
from fhir_codesystem.reference import dicom
from fhir_codesystem.reference.reference import of_code_system
from fhir_codesystem.rules.reference import NO_REFERENCE, dicom_is_missing
from fhir_codesystem.sources import alone

if TYPE_CHECKING:
    from collections.abc import Callable

    from fhir_codesystem.codesystem.resource import CodeSystem
    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.reference.reference import Reference
    from fhir_codesystem.sources import Input

    Prepare = Callable[[Input], tuple[CodeSystem | None, int, list[Diagnostic]]]


def read_reference(source: Input, prepare: Prepare, found: list[Diagnostic]) -> Reference | None:
    """Read what a code system is to be compared with, if anything.

    ``prepare`` makes a code system of a source, or tells why there is none. What cannot be read
    is added to ``found``.
    """
    wanted, document = source.build.reference, source.document
    if wanted is None or document is None:
        return None
    place = source.build.reference_place or document.whole
    if wanted == dicom.NAME:
        dictionary = dicom.dictionary()
        if dictionary is None:
            found.append(dicom_is_missing(place))
        return dictionary
    try:
        read, _, told = prepare(alone(Path(document.path).parent / wanted))
    except EnvironmentProblem as problem:
        read, reason = None, str(problem)
    else:
        errors = (each.message for each in told if each.severity is Severity.ERROR)
        reason = next(errors, "there is no concept in it")
    if read is None:
        found.append(NO_REFERENCE.at(place, reason, hint=NO_REFERENCE.fix))
        return None
    return of_code_system(read, wanted)
