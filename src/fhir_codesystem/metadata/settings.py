"""The tool's own settings: `build:` in a metadata file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from fhir_codesystem.codesystem.versions import FHIRVersion
from fhir_codesystem.diagnostics import quoted
from fhir_codesystem.metadata.document import did_you_mean
from fhir_codesystem.rules import metadata as rules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fhir_codesystem.diagnostics import Location
    from fhir_codesystem.metadata.document import Document

Choices = tuple[str, ...]
"""The values of a setting; the first holds when nothing is said."""


class Each(NamedTuple):
    """A mapping whose keys the author chooses, all with the same values."""

    values: Choices


TEXT = "a text"
SWITCH = "true or false"
CONFLICT = ("error", "keep-first", "keep-last")
SCHEMA: dict[str, Any] = {
    "source": TEXT,
    "fhirVersion": tuple(FHIRVersion),
    "columns": Each(("level", "code", "display", "definition", "ignore")),
    "hierarchy": {"as": ("nested", "parent-property")},
    "duplicates": {
        "repeat": ("merge", "error"),
        "fill-in": ("merge", "error"),
        "second-parent": ("keep", "first", "error"),
        "conflict": {"display": (*CONFLICT, "designation"), "definition": CONFLICT},
        "variant": ("auto", "merge", "keep", "error"),
    },
    "narrative": SWITCH,
}
"""All settings. A mapping of settings may be given one value for all in it that know the value."""


class ColumnSetting(NamedTuple):
    """One line of `build: columns:`: a header's name, what it means, where that is said."""

    header: str
    field: str
    location: Location


@dataclass(frozen=True, slots=True)
class Build:
    """The settings, each with what holds when nothing is said; `source` with its place."""

    source: str | None = None
    source_place: Location | None = None
    version: FHIRVersion | None = None
    columns: tuple[ColumnSetting, ...] = ()
    nested: bool = True
    policies: Mapping[str, str] = field(default_factory=dict)
    narrative: bool = True

    def policy(self, case: str) -> str:
        """Return the policy for a case of duplicates: ``repeat``, ``conflict.display``, ..."""
        choices = SCHEMA["duplicates"]
        for step in case.split("."):
            choices = choices[step]
        return self.policies.get(case, choices[0])


def read_settings(document: Document) -> Build:
    """Return the settings of a metadata file; what is wrong is told at its place."""
    entries = document.root.value if document.root is not None else []
    node = next((value for key, value in entries if key.value == "build"), None)
    if node is None or document.is_null(node):
        return Build()
    stated: dict[str, tuple[str, Location]] = {}
    columns: list[ColumnSetting] = []
    _read(document, node, SCHEMA, "build", stated, columns)
    values = {name: value for name, (value, _) in stated.items()}
    version = values.get("build.fhirVersion")
    return Build(
        source=values.get("build.source"),
        source_place=stated["build.source"][1] if "build.source" in stated else None,
        version=FHIRVersion(version) if version else None,
        columns=tuple(columns),
        nested=values.get("build.hierarchy.as") != "parent-property",
        policies={
            name.removeprefix("build.duplicates."): value
            for name, value in values.items()
            if name.startswith("build.duplicates.")
        },
        narrative=values.get("build.narrative") != "false",
    )


def _read(
    document: Document,
    node: yaml.Node,
    schema: Any,
    name: str,
    stated: dict[str, tuple[str, Location]],
    columns: list[ColumnSetting],
) -> None:
    """Read a setting, and those below it, by the schema."""
    place = document.place(node)
    if isinstance(schema, Each):
        for key, value in _entries(document, node, name):
            if _chosen(document, value, schema.values, f"{name}.{key.value}"):
                columns.append(ColumnSetting(key.value, value.value, document.place(key)))
    elif isinstance(schema, dict):
        below = _for_all(node.value, schema) if isinstance(node, yaml.ScalarNode) else []
        stated.update({f"{name}.{each}": (node.value, place) for each in below})
        for key, value in [] if below else _entries(document, node, name):
            at = f"{name}.{key.value}"
            if key.value in schema:
                _read(document, value, schema[key.value], at, stated, columns)
            else:
                _unknown(document, key, at, schema)
    elif schema not in (TEXT, SWITCH):
        if _chosen(document, node, schema, name):
            stated[name] = (node.value, place)
    elif _is(document, node, schema):
        stated[name] = (node.value.lower() if schema is SWITCH else node.value, place)
    else:
        message = f"{name} is {schema}"
        document.found.append(rules.WRONG_TYPE.at(place, message, official=False))


def _unknown(document: Document, key: yaml.Node, name: str, schema: dict[str, Any]) -> None:
    message = f"there is no setting {quoted(name)}"
    hint = did_you_mean(key.value, schema)
    place = document.place(key)
    document.found.append(rules.UNKNOWN_KEY.at(place, message, hint=hint, official=False))


def _is(document: Document, node: yaml.Node, kind: str) -> bool:
    if not isinstance(node, yaml.ScalarNode) or document.is_null(node):
        return False
    return kind is TEXT or (node.tag.endswith(":bool") and node.value.lower() in {"true", "false"})


def _for_all(value: str, schema: dict[str, Any]) -> list[str]:
    """Return the settings below that one value is meant for: all that know it."""
    return [
        name for name, choices in schema.items() if isinstance(choices, tuple) and value in choices
    ]


def _entries(
    document: Document, node: yaml.Node, name: str
) -> list[tuple[yaml.ScalarNode, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        return list(document.entries(node))
    message = f"{name} is a mapping of names to values"
    document.found.append(rules.WRONG_TYPE.at(document.place(node), message, official=False))
    return []


def _chosen(document: Document, node: yaml.Node, choices: Choices, name: str) -> bool:
    """Whether a value is one of the choices; if not, that is told."""
    if isinstance(node, yaml.ScalarNode) and node.value in choices:
        return True
    told = quoted(node.value) if isinstance(node, yaml.ScalarNode) else "this"
    message = f"{name} is one of {', '.join(choices)}, not {told}"
    hint = did_you_mean(node.value, choices) if isinstance(node, yaml.ScalarNode) else None
    place = document.place(node)
    document.found.append(rules.UNKNOWN_CODE.at(place, message, hint=hint, official=False))
    return False
