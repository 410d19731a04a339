"""FHIR resources: a CodeSystem, one inside another resource, or the expansion of a ValueSet.

What of them is read: https://hl7.org/fhir/R5/codesystem.html, of which R4 and R4B have a part,
and https://hl7.org/fhir/R5/valueset-definitions.html#ValueSet.expansion. The elements of the code
system itself are passed on as they are; only the concepts are looked into.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fhir_codesystem.diagnostics import Location, has_errors, quoted
from fhir_codesystem.rules.metadata import WRONG_TYPE
from fhir_codesystem.rules.structured import JSON_SYNTAX, NO_CONCEPTS, NOT_CARRIED
from fhir_codesystem.tables import expansion
from fhir_codesystem.tables.choosing import Choice, choose
from fhir_codesystem.tables.document import frame_of, kind_of, locate, value_at
from fhir_codesystem.tables.fhirconcepts import CODE_SYSTEM, Concepts
from fhir_codesystem.tables.table import Reading, Table
from fhir_codesystem.tables.tree import Items

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.tables.document import Document
    from fhir_codesystem.tables.jsontext import Path
    from fhir_codesystem.tables.source import Wanted

HEADER = ("Level", "Code", "Display", "Definition")
CELLS: tuple[Path, ...] = ((), ("code",), ("display",), ("definition",))
KIND = "resourceType"
MADE = (KIND, "concept", "text")
"""Elements of a CodeSystem that are not passed on: the concepts are rows, the rest is made."""


def holds_resources(value: Any) -> bool:
    """Whether a value is a resource, or an array of them (as the lines of a bulk export are)."""
    if isinstance(value, list):
        return bool(value) and all(isinstance(each, dict) and KIND in each for each in value)
    return isinstance(value, dict) and KIND in value


def read(document: Document, wanted: Wanted) -> Reading:
    """Read the concepts of a resource, of one inside it, or of one of several."""
    if isinstance(document.value, list):
        choices = list(_among(document.value, (), ()))
        kind = "array"
    else:
        choices = [
            *_among(document.value, ("contained",), ()),
            *_among(document.value, ("entry",), ("resource",)),
        ]
        kind = document.value[KIND]
    if kind == "CodeSystem":
        return _code_system(document, ())
    if choices:
        choice, found = choose(document, choices, wanted, "code systems")
        return _code_system(document, choice.path) if choice else Reading(None, tuple(found))
    if kind == "ValueSet":
        return _expansion(document, wanted)
    message = f"the resource is a {quoted(str(kind))}; concepts are read from a CodeSystem"
    if kind in ("array", "Bundle"):
        message = "none of the resources is a CodeSystem"
    return _refused(document, (KIND,), message)


def _refused(document: Document, path: Path, message: str) -> Reading:
    place = locate(document, [path])[0]
    return Reading(None, (NO_CONCEPTS.at(place, message, hint=NO_CONCEPTS.fix),))


def _among(value: Any, around: Path, inside: Path) -> Iterator[Choice]:
    """Find the code systems in an array at a path; in each of its items at a further one."""
    listed = value_at(value, around)
    for index in range(len(listed) if isinstance(listed, list) else 0):
        path = (*around, index, *inside)
        held = value_at(value, path)
        if value_at(held, (KIND,)) == "CodeSystem":
            yield Choice(path, _names(held))


def _names(resource: dict[str, Any]) -> tuple[str, ...]:
    """Return the names by which a resource may be called."""
    names = [resource.get(key) for key in ("url", "id", "name", "title")]
    if "url" in resource and "version" in resource:
        names.append(f"{resource['url']}|{resource['version']}")
    return tuple(each for each in names if isinstance(each, str))


def _code_system(document: Document, root: Path) -> Reading:
    resource = value_at(document.value, root)
    stated = {key: each for key, each in resource.items() if key not in MADE}
    found = []
    if "text" in resource:
        message = "the text of the resource is left out: a narrative is generated"
        found.append(NOT_CARRIED.at(locate(document, [(*root, "text")])[0], message))
    concepts = Concepts(CODE_SYSTEM)
    return _table(document, (*root, "concept"), concepts, lambda: stated, found)


def _expansion(document: Document, wanted: Wanted) -> Reading:
    path = ("expansion", "contains")
    listed = value_at(document.value, path)
    if not isinstance(listed, list) or not listed:
        message = "the ValueSet has no expansion: its codes are not in this file"
        at = ("expansion",) if "expansion" in document.value else (KIND,)
        return _refused(document, at, message)
    system, found = expansion.system_of(document, listed, wanted)
    if system is None:
        return Reading(None, tuple(found))
    concepts = expansion.concepts_of(system)
    return _table(
        document, path, concepts, lambda: expansion.stated(system, document.value, concepts), []
    )


def _table(
    document: Document,
    path: Path,
    concepts: Concepts,
    stated: Callable[[], Mapping[str, Any]],
    found: list[Diagnostic],
) -> Reading:
    """Collect the concepts at a path; there is no table of concepts that hold errors."""
    try:
        value = document.written() if document.decimals else document.value
    except RecursionError:
        message = "the concepts are nested too deep for their decimals to be read"
        return Reading(None, (JSON_SYNTAX.at(Location(document.path), message, official=False),))
    listed = value_at(value, path)
    if listed is not None and not isinstance(listed, list):
        message = f"{path[-1]} is {kind_of(listed)}; it must be an array"
        return Reading(None, (WRONG_TYPE.at(locate(document, [path])[0], message),))
    tree = concepts.notes.tree
    tree.root = path[:-1]
    concepts.collect(listed or [])
    columns = concepts.columns()
    found += concepts.notes.found(document)
    if has_errors(found):
        return Reading(None, tuple(found))
    table = Table(
        document.path,
        HEADER,
        0,
        frame_of(concepts.lines, columns),
        Items(document.without_value(), tree, CELLS, [path] * len(CELLS)),
        concepts.links(),
        stated(),
        unit="concept",
    )
    return Reading(table, tuple(found))
