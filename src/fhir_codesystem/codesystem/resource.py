"""The code system: metadata and concepts together, ready to be checked and emitted."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from fhir_codesystem.codesystem.versions import FHIRVersion, elements_of, model_of
from fhir_codesystem.concepts.table import PARENT_URI, ConceptTable
from fhir_codesystem.diagnostics import Location
from fhir_codesystem.rules import metadata as rules
from fhir_codesystem.rules.properties import NAMESPACE, TYPES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fhir_codesystem.concepts.columns import Columns
    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.metadata.document import Path
    from fhir_codesystem.reference.reference import Reference
    from fhir_codesystem.tables.table import Table

PARENT_DESCRIPTION = "A further parent of the concept: it stands below more than one."
VALUE_SET = ("build", "valueSet")
"""Where the metadata states elements of the value set of all codes."""
FLAT_DESCRIPTION = "A parent of the concept in the hierarchy."


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the parts of a code system come from: places for findings.

    ``hierarchy`` says where the table states it, as `build.hierarchy.by` does. ``reference`` is
    what the code system is to be compared with.
    """

    path: str
    places: Mapping[Path, Location] = field(default_factory=dict)
    table: Table | None = None
    columns: Columns | None = None
    hierarchy: str = "none"
    reference: Reference | None = None

    def place(self, *path: str | int) -> Location:
        """Return where an element is stated, or the nearest one around it, or the source."""
        while path:
            if path in self.places:
                return self.places[path]
            path = path[:-1]
        return Location(self.path)


class Described(Protocol):
    """The metadata of a resource, as rules of single elements see it.

    ``resource`` is its type; ``elements`` are as FHIR JSON has them, in the order of the
    specification.
    """

    @property
    def resource(self) -> str: ...  # noqa: D102
    @property
    def version(self) -> FHIRVersion: ...  # noqa: D102
    @property
    def elements(self) -> dict[str, Any]: ...  # noqa: D102
    @property
    def id(self) -> str: ...  # noqa: D102

    def place(self, *path: str | int) -> Location:
        """Return where an element is stated, or the nearest one around it, or the source."""


def file_of(described: Described) -> str:
    """Name the file of a resource as JSON."""
    return f"{described.resource}-{described.id}.json"


@dataclass(frozen=True, slots=True)
class ValueSet:
    """The value set of all codes of a code system.

    ``elements`` holds everything but ``text`` as FHIR JSON has it, in the order of the
    specification; those called ``stated`` are its own, and not the code system's.
    """

    version: FHIRVersion
    elements: dict[str, Any]
    stated: frozenset[str]
    origin: Origin
    resource: str = "ValueSet"

    @property
    def id(self) -> str:
        """The logical id: it names the artifact."""
        name: str = self.elements["id"]
        return name

    def place(self, *path: str | int) -> Location:
        """Return where an element is stated, or the nearest one around it, or the source."""
        return self.origin.place(*VALUE_SET, *path)


@dataclass(frozen=True, slots=True)
class CodeSystem:
    """A CodeSystem of one FHIR version.

    ``elements`` holds everything but ``text`` and ``concept`` as FHIR JSON has it, in the order
    of the specification; the concepts stay in columns. ``value_set`` is that of all codes, where
    the metadata asks for one.
    """

    version: FHIRVersion
    elements: dict[str, Any]
    concepts: ConceptTable
    origin: Origin
    narrative: bool = True
    value_set: ValueSet | None = None
    resource: str = "CodeSystem"

    @property
    def id(self) -> str:
        """The logical id: it names the artifacts."""
        name: str = self.elements["id"]
        return name

    @property
    def resources(self) -> tuple[CodeSystem | ValueSet, ...]:
        """The code system, and the value set of all codes where one is built."""
        return (self,) if self.value_set is None else (self, self.value_set)

    @property
    def is_hl7(self) -> bool:
        """Whether HL7 defines the code system, as the official validator tells by the URL."""
        url = self.elements.get("url", "")
        return "hl7.org" in url or "fhir.org" in url

    @property
    def parent_property(self) -> str:
        """The code by which the code system declares the standard parent property."""
        declared = self.elements.get("property", [])
        codes = [each.get("code") for each in declared if each.get("uri") == PARENT_URI]
        return str(codes[0]) if codes and codes[0] else "parent"

    def place(self, *path: str | int) -> Location:
        """Return where an element is stated, or the nearest one around it, or the source."""
        return self.origin.place(*path)

    def place_of(self, concept: int, element: str) -> Location:
        """Return the cell of a concept's element (its line, where the table lacks the column)."""
        return self.places_of([concept], element)[0]

    def places_of(self, concepts: Sequence[int], element: str) -> list[Location]:
        """Return the cells of an element of some concepts; they are looked for together."""
        lines = self.concepts.frame["line"].gather(concepts).to_list()
        table, columns = self.origin.table, self.origin.columns
        if table is None or columns is None:
            return [Location(self.origin.path, line) for line in lines]
        return table.locate(lines, columns.cell_of(element))


def assemble(
    stated: dict[str, Any],
    declared: Sequence[dict[str, Any]],
    concepts: ConceptTable,
    version: FHIRVersion,
    origin: Origin,
    *,
    canonical: str | None = None,
    narrative: bool = True,
    silent: bool = False,
) -> tuple[CodeSystem, list[Diagnostic]]:
    """Put metadata and concepts together; derive what nobody stated, and say so.

    ``declared`` are properties that the table brings; what has no URI gets the standard one or one
    under the code system's. ``silent`` says that no metadata states any.
    """
    derived = _derived(stated, origin.path, silent=silent)
    found = []
    if "url" not in stated:
        identity = stated.get("id") or derived["id"][0]
        if canonical:
            url = f"{canonical.rstrip('/')}/CodeSystem/{identity}"
            derived["url"] = (url, "from --canonical and the id")
        else:
            message = "the code system has no canonical URL"
            hint = rules.NO_CANONICAL_URL.fix
            found.append(rules.NO_CANONICAL_URL.at(Location(origin.path), message, hint=hint))
    if derived:
        told = "; ".join(f"{key} {value} ({how})" for key, (value, how) in derived.items())
        found.append(rules.DERIVED_ELEMENT.at(Location(origin.path), f"derived: {told}"))
    elements = {**stated, **{key: value for key, (value, _) in derived.items()}}
    if elements.get("content") == "complete":
        elements.setdefault("count", len(concepts))
    named = [
        *elements.get("property", []),
        *(_with_uri(each, elements.get("url")) for each in declared),
    ]
    if concepts.parents.height:
        named = _with_parent(named, nested=concepts.nested)
    if named:
        elements["property"] = named
    ordered = {key: elements[key] for key in elements_of(model_of(version)) if key in elements}
    return CodeSystem(version, ordered, concepts, origin, narrative), found


def _derived(stated: dict[str, Any], path: str, *, silent: bool) -> dict[str, tuple[Any, str]]:
    """Derive elements that nobody stated, each with a word on how."""
    derived: dict[str, tuple[Any, str]] = {}
    name = "".join(filter(str.isprintable, re.split(r"[/\\]", path)[-1]))
    stem = name.lstrip(".").rsplit(".", 1)[0]
    if "id" not in stated:
        identity = re.sub(r"[^A-Za-z0-9.-]+", "-", stem).strip("-.")[:64]
        derived["id"] = (identity or "codesystem", "from the file's name")
    words = re.findall(r"[A-Za-z0-9]+", stated.get("title", stem))
    if "name" not in stated:
        joined = "".join(word[0].upper() + word[1:] for word in words)
        derived["name"] = (
            (joined if joined[:1].isalpha() else f"CodeSystem{joined}")[:255],
            "from the title" if "title" in stated else "from the file's name",
        )
    if "title" not in stated:
        title = " ".join(re.split(r"[-_\s]+", stem)).strip() or "Code system"
        derived["title"] = (title[0].upper() + title[1:], "from the file's name")
    if silent:
        defaults = {"status": "draft", "content": "complete"}
        derived |= {k: (v, "the default") for k, v in defaults.items() if k not in stated}
    return derived


def _with_uri(declared: dict[str, Any], url: str | None) -> dict[str, Any]:
    """Give a declaration a URI: that of the standard property, else one under the code system."""
    code = declared["code"]
    uri = f"{url}#{quote(code)}" if url else None
    if TYPES.get(code) == declared["type"]:
        uri = f"{NAMESPACE}{code}"
    named = {"code": code, "uri": declared.get("uri") or uri} | declared
    order = ("code", "uri", "description", "type")
    return {name: named[name] for name in order if named.get(name)}


def _with_parent(declared: list[dict[str, Any]], *, nested: bool) -> list[dict[str, Any]]:
    """Declare the standard parent property, unless the metadata does (or takes its code)."""
    if any(each.get("uri") == PARENT_URI or each.get("code") == "parent" for each in declared):
        return declared
    description = PARENT_DESCRIPTION if nested else FLAT_DESCRIPTION
    parent = {"code": "parent", "uri": PARENT_URI, "description": description, "type": "code"}
    return [*declared, parent]
