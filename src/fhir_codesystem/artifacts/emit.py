"""All artifacts of a code system, in the order they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fhir_codesystem.artifacts import json
from fhir_codesystem.artifacts.narrative import narrative
from fhir_codesystem.artifacts.templates import BrokenTemplate
from fhir_codesystem.codesystem.verdict import is_small, refused_resource

if TYPE_CHECKING:
    from fhir_codesystem.artifacts.templates import Templates
    from fhir_codesystem.artifacts.writer import Sink
    from fhir_codesystem.codesystem.resource import CodeSystem
    from fhir_codesystem.diagnostics import Diagnostic


def names(codesystem: CodeSystem) -> tuple[str, ...]:
    """Return the names of the artifacts."""
    return tuple(f"CodeSystem-{codesystem.id}.{ending}" for ending in ("json", "md"))


def emit(codesystem: CodeSystem, templates: Templates, sink: Sink) -> list[Diagnostic]:
    """Write all artifacts into a sink; the findings say why it must not be committed."""
    resource, page = names(codesystem)
    try:
        pieces = json.chunks(codesystem, narrative(codesystem, templates))
        if is_small(codesystem.concepts):
            whole = b"".join(pieces)
            if (reason := refused_resource(whole, codesystem.version)) is not None:
                raise RuntimeError(f"the model refuses the resource that was made: {reason}")
            pieces = iter([whole])
        sink.write(resource, pieces)
        sink.write(page, templates.page(codesystem))
    except BrokenTemplate as broken:
        return [broken.diagnostic]
    return []
