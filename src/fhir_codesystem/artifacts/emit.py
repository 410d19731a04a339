"""All artifacts of a code system, in the order they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

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


class Emitted(NamedTuple):
    """Why artifacts must not be committed: findings of templates, the refusal of the model."""

    diagnostics: tuple[Diagnostic, ...] = ()
    refused: str | None = None


def emit(codesystem: CodeSystem, templates: Templates, sink: Sink) -> Emitted:
    """Write all artifacts into a sink; small resources are validated whole, as they are written."""
    resource, page = names(codesystem)
    refused = None
    try:
        pieces = json.chunks(codesystem, narrative(codesystem, templates))
        if is_small(codesystem.concepts):
            whole = b"".join(pieces)
            refused = refused_resource(whole, codesystem.version)
            pieces = iter([whole])
        sink.write(resource, pieces)
        sink.write(page, templates.page(codesystem))
    except BrokenTemplate as broken:
        return Emitted((broken.diagnostic,))
    return Emitted(refused=refused)
