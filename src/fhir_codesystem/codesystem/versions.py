"""The FHIR versions, and the models of CodeSystem and ValueSet in each."""

from __future__ import annotations

import typing
from enum import StrEnum
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from fhir_codesystem.tables.resting import collector_resting

if TYPE_CHECKING:
    from fhir_core.fhirabstractmodel import FHIRAbstractModel
    from pydantic import TypeAdapter
    from pydantic.fields import FieldInfo


class FHIRVersion(StrEnum):
    """A FHIR release. R4 and R4B have the same CodeSystem."""

    R4 = "R4"
    R4B = "R4B"
    R5 = "R5"

    @property
    def number(self) -> str:
        """The release's number: ``4.0.1``."""
        return {"R4": "4.0.1", "R4B": "4.3.0", "R5": "5.0.0"}[self.value]


MODULES = {
    FHIRVersion.R4: "fhir.resources.R4B",
    FHIRVersion.R4B: "fhir.resources.R4B",
    FHIRVersion.R5: "fhir.resources",
}


def model_of(version: FHIRVersion, resource: str = "CodeSystem") -> type[FHIRAbstractModel]:
    """Return the model of CodeSystem, or of ValueSet.

    fhir.resources has no R4; these resources are the same in R4B.
    """
    with collector_resting():
        module = import_module(f"{MODULES[version]}.{resource.lower()}")
    model: type[FHIRAbstractModel] = getattr(module, resource)
    return model


def concept_model_of(version: FHIRVersion) -> type[FHIRAbstractModel]:
    """Return the model of CodeSystem.concept."""
    model: type[FHIRAbstractModel] = import_module(
        f"{MODULES[version]}.codesystem"
    ).CodeSystemConcept
    return model


@typing.final
class Element:
    """An element as the model declares it: its type, whether it repeats, its codes."""

    def __init__(self, info: FieldInfo) -> None:
        annotation = _without_none(info.annotation)
        self.repeats = typing.get_origin(annotation) is list
        self.type: Any = typing.get_args(annotation)[0] if self.repeats else annotation
        extra = info.json_schema_extra
        self.codes: tuple[str, ...] = ()
        if isinstance(extra, dict):
            self.codes = tuple(str(code) for code in extra.get("enum_values") or ())  # type: ignore[union-attr]

    @property
    def complex_type(self) -> type[FHIRAbstractModel] | None:
        """The model of a complex type; None for a primitive one."""
        if not hasattr(self.type, "get_model_klass"):
            return None
        model: type[FHIRAbstractModel] = self.type.get_model_klass()
        return model

    @property
    def type_name(self) -> str:
        """The name of a primitive type as FHIR writes it: ``code``, ``dateTime``, ``boolean``."""
        if self.type is bool:
            return "boolean"
        for mark in typing.get_args(self.type)[1:]:
            name = type(mark).__name__
            return name[0].lower() + name[1:]
        return {int: "integer", str: "string"}.get(self.type, str(self.type))

    def adapter(self) -> TypeAdapter[Any]:
        """Return the validator of one value of a primitive type."""
        return _adapter(self.type)


def _without_none(annotation: Any) -> Any:
    kinds = [kind for kind in typing.get_args(annotation) if kind is not type(None)]
    optional = type(None) in typing.get_args(annotation)
    return kinds[0] if optional else annotation


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter  # noqa: PLC0415 - a large package; a name needs none of it

    return TypeAdapter(kind)


@cache
def elements_of(model: type[FHIRAbstractModel]) -> dict[str, Element]:
    """Return the elements of a model by their FHIR names, in the order of the specification.

    The extensions of a primitive element stand behind it, under its name with an underscore.
    """
    fields = {info.alias or name: info for name, info in model.model_fields.items()}
    ordered: dict[str, Element] = {}
    for name in model.elements_sequence():
        for key in (name, f"_{name}"):
            if key in fields:
                ordered[key] = Element(fields[key])
    return ordered


@cache
def column_adapter(version: FHIRVersion, element: str) -> TypeAdapter[list[Any]]:
    """Return the validator of many values of an element of CodeSystem.concept at once.

    The element may be one of a part: ``designation.language``, ``property.valueCode``.
    """
    many: Any = list
    model = concept_model_of(version)
    *parts, name = element.split(".")
    for part in parts:
        model = elements_of(model)[part].complex_type or model
    return _adapter(many[elements_of(model)[name].type])


def pattern_of(many: TypeAdapter[list[Any]]) -> str | None:
    """Return the pattern that is all that the type of a column asks of a text; None: more is asked.

    It is one of Rust's regex, which pydantic and Polars both match by.
    """
    schema: dict[str, Any] = {"items_schema": {}, **many.core_schema}
    asked = schema["items_schema"]
    return str(asked["pattern"]) if asked.keys() == {"type", "pattern"} else None
