"""All primitive values of a resource's metadata, with their paths and types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from fhir_codesystem.codesystem.versions import elements_of, model_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fhir_core.fhirabstractmodel import FHIRAbstractModel

    from fhir_codesystem.codesystem.resource import Described
    from fhir_codesystem.metadata.document import Path


class Primitive(NamedTuple):
    """A primitive value: its path, the name of its type, the value as JSON has it."""

    path: Path
    type_name: str
    value: Any
    resource: str

    @property
    def expression(self) -> str:
        """The FHIRPath of the value: ``CodeSystem.contact[0].name``."""
        return f"{self.resource}.{self.name}"

    @property
    def name(self) -> str:
        """The path without the resource's name."""
        steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        return "".join(steps).removeprefix(".")


def primitives(described: Described, *types: str) -> Iterator[Primitive]:
    """Walk the metadata in order; only values of the named types, if any are named."""
    kind = described.resource
    for primitive in _walk(described.elements, model_of(described.version, kind), (), kind):
        if not types or primitive.type_name in types:
            yield primitive


def _walk(
    values: dict[str, Any], model: type[FHIRAbstractModel], path: Path, resource: str
) -> Iterator[Primitive]:
    elements = elements_of(model)
    for name, value in values.items():
        element = elements[name]
        nested = element.complex_type
        items = enumerate(value) if element.repeats else [(None, value)]
        for index, item in items:
            at = (*path, name) if index is None else (*path, name, index)
            if nested is not None:
                yield from _walk(item, nested, at, resource)
            else:
                yield Primitive(at, element.type_name, item, resource)
