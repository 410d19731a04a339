"""The verdict of the fhir.resources model on concepts: by column, or on a whole resource.

The model itself costs some 16 microseconds a concept; its field types over a whole column cost a
tenth of a microsecond a value and hold the same constraints. The patterns of these types are
matched by Polars, which costs a fifth of that and lets other threads go on: what matches is
accepted, the rest is judged by the type, which says why it is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
from pydantic import ValidationError

from fhir_codesystem.codesystem.versions import column_adapter, model_of, pattern_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl
    from pydantic import TypeAdapter

    from fhir_codesystem.codesystem.versions import FHIRVersion
    from fhir_codesystem.concepts.table import ConceptTable

CHUNK = 1_000
"""Values at a time: few enough that other threads need not wait long."""

MOST_CONCEPTS_WHOLE = 2_000
MOST_LEVELS_WHOLE = 25
"""Beyond these the resource is judged by column only: the model recurses, level by level."""


class Refused(NamedTuple):
    """A value that the model refuses: the row of the concept, its element, why."""

    row: int
    element: str
    text: str
    reason: str


def refused_values(frame: pl.DataFrame, version: FHIRVersion, most: int) -> Iterator[Refused]:
    """Validate codes, displays and definitions by the model's own field types.

    ``frame`` is that of a `ConceptTable`; blanks (null) are left out, as in the resource. Of a
    chunk of values at most ``most`` refusals are described, the rest is counted by its first.
    """
    for element in ("code", "display", "definition"):
        adapter = column_adapter(version, element)
        suspect = _suspect(frame[element], adapter)
        for start in range(0, len(suspect), CHUNK):
            rows = suspect.slice(start, CHUNK)
            values = frame[element].gather(rows).to_list()
            try:
                adapter.validate_python(values)
            except ValidationError as error:
                for problem in error.errors(include_url=False)[:most]:
                    index = int(problem["loc"][0])
                    yield Refused(int(rows[index]), element, values[index], problem["msg"])


def _suspect(values: pl.Series, adapter: TypeAdapter[list[Any]]) -> pl.Series:
    """Return the rows whose value (if it is not null) the pattern of its type does not match."""
    pattern = pattern_of(adapter)
    told = values.is_not_null() if pattern is None else ~values.str.contains(pattern)
    return told.arg_true()


def refused_links(concepts: ConceptTable, version: FHIRVersion, most: int) -> Iterator[Refused]:
    """Validate the values of properties and designations by the model's own field types.

    Each value is judged once, wherever it stands; the first concept that bears it is told.
    """
    values, names = concepts.properties, concepts.designations
    for (kind,), part in values.group_by("type", maintain_order=True):
        element = f"value{str(kind)[0].upper()}{str(kind)[1:]}"
        yield from _refused_of(part, "value", f"property.{element}", version, most)
    yield from _refused_of(values, "code", "property.code", version, most)
    for element in ("language", "use", "value"):
        yield from _refused_of(names, element, f"designation.{element}", version, most)


def _refused_of(
    links: pl.DataFrame, column: str, element: str, version: FHIRVersion, most: int
) -> Iterator[Refused]:
    if links.is_empty():
        return
    distinct = links.select("concept", column).drop_nulls().unique(column, maintain_order=True)
    texts = distinct[column].to_list()
    adapter = column_adapter(version, element)
    json = element.endswith((".use", "Coding", "Integer", "Boolean"))
    try:
        adapter.validate_python([orjson.loads(text) for text in texts] if json else texts)
    except ValidationError as error:
        for problem in error.errors(include_url=False)[:most]:
            index = int(problem["loc"][0])
            row = int(distinct["concept"][index])
            yield Refused(row, element, texts[index], problem["msg"])


def is_small(concepts: ConceptTable) -> bool:
    """Whether a resource is small enough to be validated whole."""
    return len(concepts) <= MOST_CONCEPTS_WHOLE and concepts.levels <= MOST_LEVELS_WHOLE


def refused_resource(resource: bytes, version: FHIRVersion) -> str | None:
    """Validate a whole resource, as its JSON was written; return why it is refused, if it is."""
    values = orjson.loads(resource)
    try:
        model_of(version, values["resourceType"]).model_validate(values)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        return f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}"
    return None
