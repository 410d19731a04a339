"""The tool's own settings: `build:` in a metadata file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from fhir_codesystem.codesystem.versions import FHIRVersion
from fhir_codesystem.diagnostics import quoted
from fhir_codesystem.metadata.document import did_you_mean, plain
from fhir_codesystem.rules import metadata as rules

if TYPE_CHECKING:
    from fhir_codesystem.diagnostics import Location
    from fhir_codesystem.metadata.document import Document, Path

Conflict = Literal["error", "keep-first", "keep-last"]


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Conflicts(_Settings):
    """What to do where rows give a code different texts."""

    display: Conflict | Literal["designation"] = "error"
    definition: Conflict = "error"

    @model_validator(mode="before")
    @classmethod
    def _same_for_both(cls, value: Any) -> Any:  # noqa: ANN401
        if value == "designation":
            return {"display": value}
        return {"display": value, "definition": value} if isinstance(value, str) else value


class Duplicates(_Settings):
    """What to do with rows that bear the same code, case by case."""

    repeat: Literal["merge", "error"] = "merge"
    fill_in: Literal["merge", "error"] = Field(default="merge", alias="fill-in")
    second_parent: Literal["keep", "first", "error"] = Field(default="keep", alias="second-parent")
    conflicts: Conflicts = Field(default=Conflicts(), alias="conflict")
    variant: Literal["auto", "merge", "keep", "error"] = "auto"

    def of(self, kind: str) -> str:
        """Return the policy for a kind of repeated row by its name in the .yaml."""
        policies = {
            "repeat": self.repeat,
            "fill-in": self.fill_in,
            "second-parent": self.second_parent,
        }
        return policies[kind]

    def conflict(self, field: str) -> str:
        """Return the policy for conflicting displays or definitions."""
        return self.conflicts.display if field == "display" else self.conflicts.definition


class Hierarchy(_Settings):
    """How the hierarchy is stated in the resource."""

    form: Literal["nested", "parent-property"] = Field(default="nested", alias="as")


class Build(_Settings):
    """All settings, each with what holds when nothing is said."""

    source: str | None = None
    fhir_version: Literal["R4", "R4B", "R5"] | None = Field(default=None, alias="fhirVersion")
    columns: dict[str, Literal["level", "code", "display", "definition", "ignore"]] = {}
    hierarchy: Hierarchy = Hierarchy()
    duplicates: Duplicates = Duplicates()
    narrative: bool = True

    @property
    def version(self) -> FHIRVersion | None:
        """The FHIR version, where one is stated."""
        return FHIRVersion(self.fhir_version) if self.fhir_version else None


class ColumnSetting:
    """One line of `build: columns:`: a header's name, what it means, where that is said."""

    __slots__ = ("field", "header", "location")

    def __init__(self, header: str, field: str, location: Location) -> None:
        self.header, self.field, self.location = header, field, location


def read_settings(document: Document) -> tuple[Build, tuple[ColumnSetting, ...]]:
    """Return the settings of a metadata file; what is wrong is told at its place."""
    node = next((v for k, v in _top(document) if k.value == "build"), None)
    if node is None:
        return Build(), ()
    try:
        values = plain(document, node, ("build",))
    except RecursionError:
        message = "the document refers to itself"
        document.found.append(rules.YAML_SYNTAX.at(document.place(node), message))
        return Build(), ()
    try:
        build = Build.model_validate(values if values is not None else {})
    except ValidationError as error:
        _tell(document, error)
        return Build(), ()
    columns = tuple(
        ColumnSetting(header, field, document.keys["build", "columns", header])
        for header, field in build.columns.items()
    )
    return build, columns


def _top(document: Document) -> list[tuple[Any, Any]]:
    return document.root.value if document.root is not None else []


def _tell(document: Document, error: ValidationError) -> None:
    told: set[Path] = set()
    for problem in error.errors(include_url=False):
        path: Path = ("build", *_stated(document, problem["loc"]))
        if path in told:
            continue
        told.add(path)
        name = ".".join(map(str, path))
        if problem["type"] == "extra_forbidden":
            place = document.keys[path]
            hint = did_you_mean(str(path[-1]), _names(path[1:-1]))
            message = f"there is no setting {quoted(name)}"
            document.found.append(rules.UNKNOWN_KEY.at(place, message, hint=hint, official=False))
        else:
            message = f"{name}: {problem['msg'][0].lower()}{problem['msg'][1:]}"
            rule = rules.UNKNOWN_CODE if problem["type"] == "literal_error" else rules.WRONG_TYPE
            document.found.append(rule.at(document.places[path], message, official=False))


def _stated(document: Document, path: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """Shorten the path of a problem to what stands in the document."""
    while path and ("build", *path) not in document.places | document.keys:
        path = path[:-1]
    return path


def _names(path: Path) -> list[str]:
    """Return the names of the settings below a path."""
    model: type[BaseModel] = Build
    for step in path:
        fields = {info.alias or name: info for name, info in model.model_fields.items()}
        kind = fields[str(step)].annotation if str(step) in fields else None
        if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
            return []
        model = kind
    return [info.alias or name for name, info in model.model_fields.items()]
