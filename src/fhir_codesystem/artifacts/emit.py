"""All artifacts of a code system, in the order they are written."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from fhir_codesystem.artifacts import json
from fhir_codesystem.artifacts.narrative import narrative
from fhir_codesystem.artifacts.streaming import CHUNK
from fhir_codesystem.artifacts.templates import BrokenTemplate
from fhir_codesystem.codesystem.verdict import is_small, refused_resource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

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


def emit(
    codesystem: CodeSystem,
    templates: Templates,
    sink: Sink,
    tell: Callable[[float], None] = lambda _: None,
) -> Emitted:
    """Write all artifacts into a sink; small resources are validated whole, as they are written.

    ``tell`` hears now and then what share is done, 0 to 1.
    """
    resource, page = names(codesystem)
    pieces_in_all = 2 * (len(codesystem.concepts) // CHUNK + 1)
    done = count(1)

    def watched(pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            yield piece
            tell(min(1.0, next(done) / pieces_in_all))

    refused = None
    try:
        pieces = json.chunks(codesystem, narrative(codesystem, templates))
        if is_small(codesystem.concepts):
            whole = b"".join(pieces)
            refused = refused_resource(whole, codesystem.version)
            pieces = iter([whole])
        sink.write(resource, watched(pieces))
        sink.write(page, watched(templates.page(codesystem)))
    except BrokenTemplate as broken:
        return Emitted((broken.diagnostic,))
    return Emitted(refused=refused)
