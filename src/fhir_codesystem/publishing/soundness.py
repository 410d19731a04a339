"""Code systems are judged before they are written: what has errors is not published."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fhir_codesystem.codesystem.versions import FHIRVersion
from fhir_codesystem.diagnostics import Severity
from fhir_codesystem.pipeline import Options, Run
from fhir_codesystem.publishing.planning import Action
from fhir_codesystem.sources import described
from fhir_codesystem.tables.source import Source

if TYPE_CHECKING:
    from fhir_codesystem.publishing.planning import Step


def sound(step: Step, release: str) -> Step:
    """Refuse a step that would write a CodeSystem with errors, as `codesystem check` finds them.

    It is judged by the FHIR version of the server (R4, R4B, R5).
    """
    artifact = step.artifact
    if not step.writes or artifact.resource_type != "CodeSystem":
        return step
    options = Options(FHIRVersion(release), official=True)
    source = described(None, artifact.path, Source(artifact.path, artifact.data))
    found = Run(options).check(source).diagnostics
    errors = [each for each in found if each.severity is Severity.ERROR]
    if not errors:
        return step
    first = errors[0]
    more = f", and {len(errors) - 1:,} more" if len(errors) > 1 else ""
    reason = (
        f"codesystem check --fhir-version {release} finds errors: "
        f"{first.location}: {first.rule.number} {first.message}{more}"
    )
    return replace(step, action=Action.REFUSE, reason=reason)
