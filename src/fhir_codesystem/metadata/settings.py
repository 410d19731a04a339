"""The tool's own settings: `build:` in a metadata file."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from fhir_codesystem.codesystem.versions import FHIRVersion
from fhir_codesystem.diagnostics import quoted
from fhir_codesystem.metadata.document import did_you_mean
from fhir_codesystem.metadata.suppressions import read_suppressions
from fhir_codesystem.npm import manifest
from fhir_codesystem.rules import metadata as rules
from fhir_codesystem.rules.packaging import BAD_PACKAGE_SETTING
from fhir_codesystem.tables.source import ANY, Wanted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fhir_codesystem.diagnostics import Location
    from fhir_codesystem.metadata.document import Document
    from fhir_codesystem.metadata.suppressions import Suppression
    from fhir_codesystem.rules.rule import Rule

Choices = tuple[str, ...]
"""The values of a setting; the first holds when nothing is said."""


class Each(NamedTuple):
    """A mapping whose keys the author chooses, all with the same values."""

    values: Choices


TEXT = "a text"
SWITCH = "true or false"
ENTRIES = "a list of entries"
VALUE_SET = "true, false or elements of ValueSet"
PAIRS = "a mapping of packages to versions"
PACKAGE = "build.package."
PIN = "pin"
"""The setting among the elements of the value set: whether it names the code system's version."""
FIELDS = (
    *("level", "code", "display", "definition", "parent"),
    *("property", "designation", "ignore"),
)
TYPES = ("code", "string", "integer", "decimal", "boolean", "dateTime", "Coding")
COLUMN: dict[str, Any] = {
    "as": FIELDS,
    "property": TEXT,
    "type": TYPES,
    "uri": TEXT,
    "description": TEXT,
    "designation": TEXT,
    "use": {"system": TEXT, "code": TEXT, "display": TEXT},
    "split": TEXT,
}
"""What can be said of a column beyond its field."""

CONFLICT = ("error", "keep-first", "keep-last")
SCHEMA: dict[str, Any] = {
    "source": TEXT,
    "table": TEXT,
    "sheet": TEXT,
    "fhirVersion": tuple(FHIRVersion),
    "columns": Each(FIELDS),
    "hierarchy": {
        "by": ("auto", "level", "outline", "indent", "parent", "prefix", "none"),
        "as": ("nested", "parent-property"),
    },
    "duplicates": {
        "repeat": ("merge", "error"),
        "fill-in": ("merge", "error"),
        "second-parent": ("keep", "first", "error"),
        "conflict": {
            "display": (*CONFLICT, "designation"),
            "definition": CONFLICT,
            "other": (*CONFLICT, "keep-all"),
        },
        "variant": ("auto", "merge", "keep", "error"),
    },
    "narrative": SWITCH,
    "reference": TEXT,
    "valueSet": VALUE_SET,
    "package": dict.fromkeys(manifest.SETTINGS, TEXT) | {"dependencies": PAIRS},
    "suppress": ENTRIES,
}
"""All settings. A mapping of settings may be given one value for all in it that know the value."""


class ColumnSetting(NamedTuple):
    """One entry of `build: columns:`: a header's name, what it means, where that is said.

    ``field`` is one of `FIELDS`; ``details`` holds what else is said, nested
    settings under names with dots: ``property``, ``type``, ``use.code``, ``split``.
    """

    header: str
    field: str
    location: Location
    details: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Build:
    """The settings, each with what holds when nothing is said; paths with their places.

    ``value_set`` is where a value set of all codes is asked for: true, or elements of it.
    ``package`` holds what is said of a package, as `npm.manifest` names it, with the places.
    """

    source: str | None = None
    source_place: Location | None = None
    wanted: Wanted = ANY
    version: FHIRVersion | None = None
    columns: tuple[ColumnSetting, ...] = ()
    hierarchy: str = "auto"
    nested: bool = True
    policies: Mapping[str, str] = field(default_factory=dict)
    narrative: bool = True
    reference: str | None = None
    reference_place: Location | None = None
    value_set: yaml.Node | None = None
    pin: bool = False
    package: Mapping[str, tuple[str, Location]] = field(default_factory=dict)
    suppressions: tuple[Suppression, ...] = ()

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
    reader = _Reader(document)
    reader.read(node, SCHEMA, "build")
    stated = reader.stated
    values = {name: value for name, (value, _) in stated.items()}
    version = values.get("build.fhirVersion")
    places = {name: place for name, (_, place) in stated.items()}
    return Build(
        wanted=Wanted(
            values.get("build.table"),
            values.get("build.sheet"),
            places.get("build.table"),
            places.get("build.sheet"),
        ),
        source=values.get("build.source"),
        source_place=places.get("build.source"),
        version=FHIRVersion(version) if version else None,
        columns=tuple(reader.columns),
        hierarchy=values.get("build.hierarchy.by", "auto"),
        nested=values.get("build.hierarchy.as") != "parent-property",
        policies={
            name.removeprefix("build.duplicates."): value
            for name, value in values.items()
            if name.startswith("build.duplicates.")
        },
        narrative=values.get("build.narrative") != "false",
        reference=values.get("build.reference"),
        reference_place=places.get("build.reference"),
        value_set=reader.value_set,
        pin=values.get(f"build.valueSet.{PIN}") == "true",
        package=_package(reader.stated, document),
        suppressions=reader.suppressions,
    )


def _package(
    stated: Mapping[str, tuple[str, Location]], document: Document
) -> dict[str, tuple[str, Location]]:
    """Return what is said of a package; a value that it cannot have is told and left out."""
    package = {}
    for name, (value, place) in stated.items():
        setting = name.removeprefix(PACKAGE)
        if setting == name:
            continue
        if (problem := manifest.problem(setting, value)) is None:
            package[setting] = value, place
        else:
            document.found.append(BAD_PACKAGE_SETTING.at(place, problem))
    return package


class _Reader:
    """Reads settings by the schema: values by their full names, and the columns."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.stated: dict[str, tuple[str, Location]] = {}
        self.columns: list[ColumnSetting] = []
        self.suppressions: tuple[Suppression, ...] = ()
        self.value_set: yaml.Node | None = None

    def read(self, node: yaml.Node, schema: Any, name: str) -> None:
        """Read a setting, or a mapping of settings."""
        if isinstance(schema, Each):
            for key, value in self._entries(node, name):
                self._column(key, value, schema.values, f"{name}.{key.value}")
        elif isinstance(schema, dict):
            self._group(node, schema, name)
        elif schema is ENTRIES:
            self.suppressions = read_suppressions(self.document, node)
        elif schema is PAIRS:
            for key, value in self._entries(node, name):
                self._text(value, TEXT, f"{name}.{key.value}")
        elif schema is VALUE_SET:
            self._value_set(node, name)
        elif schema in (TEXT, SWITCH):
            self._text(node, schema, name)
        elif self._is_one_of(node, schema, name):
            self.stated[name] = (node.value, self.document.place(node))

    def _column(self, key: yaml.ScalarNode, node: yaml.Node, fields: Choices, name: str) -> None:
        """Read what a column means: the name of a field, or a mapping that says more."""
        place = self.document.place(key)
        if not isinstance(node, yaml.MappingNode):
            if self._is_one_of(node, fields, name):
                self.columns.append(ColumnSetting(key.value, node.value, place))
            return
        reader = _Reader(self.document)
        reader.read(node, COLUMN, name)
        details = {at[len(name) + 1 :]: value for at, (value, _) in reader.stated.items()}
        designates = any(each == "designation" or each.startswith("use.") for each in details)
        implied = "designation" if designates else "property"
        field = details.pop("as", implied)
        self.columns.append(ColumnSetting(key.value, field, place, details))

    def _group(self, node: yaml.Node, schema: dict[str, Any], name: str) -> None:
        choices = {key: values for key, values in schema.items() if type(values) is tuple}
        if isinstance(node, yaml.ScalarNode) and choices and name != "build":
            known = dict.fromkeys(value for values in choices.values() for value in values)
            if self._is_one_of(node, tuple(known), name):
                place = self.document.place(node)
                below = [key for key, values in choices.items() if node.value in values]
                self.stated.update({f"{name}.{key}": (node.value, place) for key in below})
            return
        for key, value in self._entries(node, name):
            at = f"{name}.{key.value}"
            if key.value in schema:
                self.read(value, schema[key.value], at)
            else:
                hint = did_you_mean(key.value, schema)
                self._tell(rules.UNKNOWN_KEY, key, f"there is no setting {quoted(at)}", hint)

    def _text(self, node: yaml.Node, kind: str, name: str) -> None:
        value = node.value if isinstance(node, yaml.ScalarNode) else None
        switch = kind is SWITCH
        if value is None or self.document.is_null(node):
            self._tell(rules.WRONG_TYPE, node, f"{name} is {kind}")
        elif switch and not (node.tag.endswith(":bool") and value.lower() in {"true", "false"}):
            self._tell(rules.WRONG_TYPE, node, f"{name} is {kind}, not {quoted(value)}")
        else:
            text = value.lower() if switch else value
            self.stated[name] = (text, self.document.place(node))

    def _value_set(self, node: yaml.Node, name: str) -> None:
        """Keep where elements of a value set stand: the FHIR version says how they are read."""
        if isinstance(node, yaml.MappingNode):
            self.value_set = node
            pins = [value for key, value in node.value if key.value == PIN]
            for each in pins[:1]:
                self._text(each, SWITCH, f"{name}.{PIN}")
        elif isinstance(node, yaml.ScalarNode) and node.tag.endswith(":bool"):
            self._text(node, SWITCH, name)
            self.value_set = node if node.value.lower() == "true" else None
        else:
            self._tell(rules.WRONG_TYPE, node, f"{name} is {VALUE_SET}")

    def _entries(self, node: yaml.Node, name: str) -> list[tuple[yaml.ScalarNode, yaml.Node]]:
        if isinstance(node, yaml.MappingNode):
            return list(self.document.entries(node))
        self._tell(rules.WRONG_TYPE, node, f"{name} is a mapping of names to values")
        return []

    def _is_one_of(self, node: yaml.Node, choices: Choices, name: str) -> bool:
        """Whether a value is one of the choices; if not, that is told."""
        if not isinstance(node, yaml.ScalarNode):
            self._tell(rules.WRONG_TYPE, node, f"{name} is one of {', '.join(choices)}")
            return False
        if node.value in choices:
            return True
        message = f"{name} is one of {', '.join(choices)}, not {quoted(node.value)}"
        self._tell(rules.UNKNOWN_CODE, node, message, did_you_mean(node.value, choices))
        return False

    def _tell(self, rule: Rule, node: yaml.Node, message: str, hint: str | None = None) -> None:
        place = self.document.place(node)
        self.document.found.append(rule.at(place, message, hint=hint, official=False))
