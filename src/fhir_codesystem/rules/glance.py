"""What is seen of a small code system at a glance, before rules look at it closely.

A question to Polars takes 50 µs, be it of a dozen concepts or of thousands; of a dozen texts Python
answers it in one. So a rule may say by plain texts that it has nothing to tell (`Rule.may`). Mostly
none has, and the concepts of a resource that is judged are never made columns.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import orjson

from fhir_codesystem.characters import BLANKS, INVISIBLE_IN_PYTHON

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fhir_codesystem.codesystem.resource import CodeSystem

MOST_BYTES, MOST_CONCEPTS = 500_000, 2_000
"""The largest resource, and the most concepts in columns, of which a glance saves time."""

BEYOND_LATIN = re.compile("[^\x00-\u024f\u2010-\u2027]")
"""Whatever is no Latin letter, dash, quote, bullet or sign of ASCII."""


@dataclass(frozen=True)
class Glance:
    """The texts of concepts; blank ones are empty.

    ``codes``, ``displays`` and ``definitions`` have a text a concept, in any order; the other texts
    are not told apart by concepts. ``values`` are those of properties: code, type, value.
    ``elements`` are as they are stated; others may still be derived. ``uris`` are those of the
    declared properties, by code. ``compared`` says that there is a reference.
    """

    elements: Mapping[str, Any]
    codes: Sequence[str]
    displays: Sequence[str]
    definitions: Sequence[str]
    designations: Sequence[str] = ()
    values: Sequence[tuple[str, str, str]] = ()
    uris: Mapping[str, str] = field(default_factory=dict)
    compared: bool = False

    @cached_property
    def text(self) -> str:
        """All texts but codes, a line or more each."""
        return "\n".join((*self.displays, *self.definitions, *self.designations))

    @cached_property
    def hidden(self) -> bool:
        """Whether a text but a code holds a character that nobody sees."""
        return INVISIBLE_IN_PYTHON.search(self.text) is not None

    @cached_property
    def beyond_latin(self) -> bool:
        """Whether a display has letters of other alphabets, or symbols."""
        return any(map(BEYOND_LATIN.search, self.displays))


def of_columns(codesystem: CodeSystem) -> Glance | None:
    """Return what is seen of a code system; None of a large one."""
    concepts = codesystem.concepts
    if len(concepts) > MOST_CONCEPTS:
        return None
    texts = concepts.frame.select("code", "display", "definition").fill_null("")
    codes, displays, definitions = (column.to_list() for column in texts)
    return Glance(
        codesystem.elements,
        codes,
        displays,
        definitions,
        designations=concepts.designations["value"].to_list(),
        values=concepts.properties.select("code", "type", "value").rows(),
        uris=uris_of(codesystem.elements),
        compared=codesystem.origin.reference is not None,
    )


def of_resource(data: bytes) -> Glance | None:
    """Return what is seen of a CodeSystem in JSON (UTF-8) that stands by itself.

    None means that it must be looked at closely: it is large, something in it is not as it should
    be, or a text is one that reading changes.
    """
    if len(data) > MOST_BYTES:
        return None
    try:
        resource = orjson.loads(data.removeprefix(BOM_UTF8))
        glance = _of_concepts(resource, list(_concepts(resource)))
    except (AttributeError, TypeError, ValueError):  # it is no JSON, or has other types of values
        return None
    if resource.get("resourceType") != "CodeSystem" or glance.hidden or _are_merged(glance.codes):
        return None
    return glance


def _concepts(resource: dict[str, Any]) -> Iterator[dict[str, Any]]:
    waiting = list(resource.get("concept") or ())
    while waiting:
        concept = waiting.pop()
        waiting += concept.get("concept") or ()
        yield concept


def _of_concepts(resource: dict[str, Any], concepts: list[dict[str, Any]]) -> Glance:
    def texts(element: str) -> list[str]:
        return [(each.get(element) or "").strip(BLANKS) for each in concepts]

    def inside(element: str) -> Iterator[dict[str, Any]]:
        return (value for each in concepts for value in each.get(element) or ())

    values = (
        (str(each.get("code")), name.removeprefix("value"), str(value))
        for each in inside("property")
        for name, value in each.items()
        if name != "code"
    )
    return Glance(
        resource,
        texts("code"),
        texts("display"),
        texts("definition"),
        designations=[(each.get("value") or "").strip(BLANKS) for each in inside("designation")],
        values=list(values),
        uris=uris_of(resource),
    )


def uris_of(elements: Mapping[str, Any]) -> dict[str, str]:
    """Return the URIs of the properties that are declared, by their codes."""
    declared = elements.get("property") or ()
    return {str(each["code"]): str(each.get("uri")) for each in declared if each.get("code")}


def _are_merged(codes: Sequence[str]) -> bool:
    """Whether concepts may become one: codes differ in case and what nobody sees at most."""
    bare = {"".join(code.split()).lower() for code in codes}
    return len(bare) < len(codes) or INVISIBLE_IN_PYTHON.search("".join(codes)) is not None
