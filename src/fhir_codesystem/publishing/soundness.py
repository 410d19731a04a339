"""Code systems are judged before they are written: what has errors is not published."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fhir_codesystem.codesystem.versions import FHIRVersion
from fhir_codesystem.diagnostics import Severity
from fhir_codesystem.instance import packages
from fhir_codesystem.instance.checking import findings
from fhir_codesystem.publishing.planning import Action
from fhir_codesystem.tables.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.publishing.planning import Step


def sound(steps: Iterable[Step], release: str, at_hand: Iterable[Path] = ()) -> Iterator[Step]:
    """Refuse steps that would write a CodeSystem with errors, as `codesystem check` finds them.

    It is judged by the FHIR version of the server (R4, R4B, R5). It may refer to what is published
    with it, and to what is in packages that are ``at_hand``.
    """
    steps = tuple(steps)
    brought = packages.read(at_hand)
    packages.add((step.artifact.resource for step in steps), brought)
    for step in steps:
        artifact = step.artifact
        if not step.writes or artifact.resource_type != "CodeSystem":
            yield step
            continue
        source = Source(artifact.path, artifact.data)
        found = findings(source, FHIRVersion(release), packages=brought)
        errors = [each for each in found if each.severity is Severity.ERROR]
        yield _refused(step, release, errors) if errors else step


def _refused(step: Step, release: str, errors: list[Diagnostic]) -> Step:
    first = min(errors, key=lambda each: each.sort_key)
    more = f", and {len(errors) - 1:,} more" if len(errors) > 1 else ""
    reason = (
        f"codesystem check --fhir-version {release} finds errors: "
        f"{first.location}: {first.rule.number} {first.message}{more}"
    )
    return replace(step, action=Action.REFUSE, reason=reason)
