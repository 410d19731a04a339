"""All artifacts of a code system; they are made and written beside one another."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

from fhir_codesystem.artifacts import json
from fhir_codesystem.artifacts.narrative import narrative, value_set_narrative
from fhir_codesystem.artifacts.streaming import CHUNK, joined
from fhir_codesystem.artifacts.templates import BrokenTemplate
from fhir_codesystem.codesystem.resource import file_of
from fhir_codesystem.codesystem.verdict import is_small, refused_resource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from fhir_codesystem.artifacts.streaming import Piece
    from fhir_codesystem.artifacts.templates import Templates
    from fhir_codesystem.artifacts.writer import Sink
    from fhir_codesystem.codesystem.resource import CodeSystem
    from fhir_codesystem.diagnostics import Diagnostic


def names(codesystem: CodeSystem) -> tuple[str, ...]:
    """Return the names of the artifacts: the resource, the page, the value set if there is one."""
    resource, *others = map(file_of, codesystem.resources)
    return (resource, f"CodeSystem-{codesystem.id}.md", *others)


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
    resource, page, *_ = names(codesystem)
    expected = len(codesystem.concepts) // CHUNK + 1
    refused = None

    def watched(pieces: Iterable[Piece]) -> Iterator[Piece]:
        for done, piece in enumerate(pieces, 1):
            yield piece
            tell(min(1.0, done / expected))

    with ThreadPoolExecutor(1) as pool:
        try:
            pieces = json.chunks(codesystem, narrative(codesystem, templates))
            second = pool.submit(lambda: sink.write(page, templates.page(codesystem)))
            if is_small(codesystem.concepts):
                whole = joined(pieces)
                refused = refused_resource(whole, codesystem.version)
                pieces = iter([whole])
            sink.write(resource, watched(pieces))
            refused = refused or _emit_value_set(codesystem, templates, sink)
            second.result()
        except BrokenTemplate as broken:
            return Emitted((broken.diagnostic,))
    return Emitted(refused=refused)


def _emit_value_set(codesystem: CodeSystem, templates: Templates, sink: Sink) -> str | None:
    """Write the value set of all codes, if there is one; return why the model refuses it, if so."""
    if codesystem.value_set is None:
        return None
    written = json.value_set(codesystem.value_set, value_set_narrative(codesystem, templates))
    sink.write(names(codesystem)[-1], [written])
    return refused_resource(written, codesystem.version)
