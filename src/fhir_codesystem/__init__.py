"""From a table of codes to a validated FHIR CodeSystem and a page to read.

The library does all that the command ``codesystem`` does, and prints nothing. What is imported
here is imported when it is first used, so that ``codesystem --help`` answers at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fhir_codesystem.api import Built, build, check, fix, package
    from fhir_codesystem.codesystem.versions import FHIRVersion
    from fhir_codesystem.diagnostics import Diagnostic, Location, Related, Severity, Suppressed
    from fhir_codesystem.errors import BuildFailed, EnvironmentProblem
    from fhir_codesystem.npm.packing import Packed
    from fhir_codesystem.repairs.fixing import Change, Fix

__version__ = "0.1.0"

__all__ = [
    "BuildFailed",
    "Built",
    "Change",
    "Diagnostic",
    "EnvironmentProblem",
    "FHIRVersion",
    "Fix",
    "Location",
    "Packed",
    "Related",
    "Severity",
    "Suppressed",
    "__version__",
    "build",
    "check",
    "fix",
    "package",
]

_HOME = {
    "BuildFailed": "errors",
    "Built": "api",
    "Change": "repairs.fixing",
    "Diagnostic": "diagnostics",
    "EnvironmentProblem": "errors",
    "FHIRVersion": "codesystem.versions",
    "Fix": "repairs.fixing",
    "Location": "diagnostics",
    "Packed": "npm.packing",
    "Related": "diagnostics",
    "Severity": "diagnostics",
    "Suppressed": "diagnostics",
    "build": "api",
    "check": "api",
    "fix": "api",
    "package": "api",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
