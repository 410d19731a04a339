"""The elements of a resource against their definitions, one after the other.

Cardinalities, values, bindings, extensions and invariants of each element and what is in it:
https://hl7.org/fhir/R5/validation.html.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from fhir_codesystem.instance import (
    bindings,
    datatypes,
    extensions,
    invariants,
    narrative,
    references,
    resource,
)
from fhir_codesystem.instance.primitives import check_primitive

if TYPE_CHECKING:
    from fhir_codesystem.codesystem.versions import FHIRVersion
    from fhir_codesystem.instance.definitions import Definitions
    from fhir_codesystem.instance.element import Element
    from fhir_codesystem.instance.issue import Issues
    from fhir_codesystem.instance.known import Known


@dataclass
class Walk:
    """One walk through a resource: what all checks need.

    ``references`` are the ids of contained resources that something refers to, by the resource
    that does (the root or a contained one).
    """

    version: FHIRVersion
    definitions: Definitions
    issues: Issues
    root: Element
    known: Known
    year: int
    publication: bool = False
    references: dict[int, set[str]] = field(default_factory=dict)

    @cached_property
    def ids(self) -> frozenset[str | None]:
        """The ids of all elements."""
        return frozenset(each.text("id") for each in self.root.descendants())

    @cached_property
    def contained_ids(self) -> frozenset[str | None]:
        """The ids of the contained resources."""
        return frozenset(each.text("id") for each in self.root.all("contained"))

    def check(self, element: Element) -> None:
        """Check an element and all inside it."""
        self._children(element, element)

    def _children(self, element: Element, around: Element) -> None:
        structure = element.structure
        children = element.children
        for definition in structure.required:
            if not any(each.definition is definition for each in children):
                message = f"{definition.name.removesuffix('[x]')} is missing; it must be there"
                self.issues.error("VALIDATION_VAL_PROFILE_MINIMUM", element, message)
        if len(children) > 1 and element.line is not None:
            self._most(element)
            self._order(element)
        check = datatypes.CHECKS.get(structure.name)
        if check is not None:
            check(element, self)
        for child in children:
            self._one(child, around)

    def _most(self, element: Element) -> None:
        """Tell which elements there are too many of; only XML can say so."""
        counted = Counter(each.definition.name for each in element.children if each.definition)
        for definition in element.structure.elements.values():
            count = counted[definition.name]
            if definition.most is not None and count > definition.most:
                message = f"{definition.name} stands {count} times, {definition.most} at most"
                same = [each for each in element.children if each.definition is definition]
                surplus = same[definition.most]
                key = "VALIDATION_VAL_PROFILE_MAXIMUM"
                self.issues.written(key, element.path, message, surplus.tag)

    def _order(self, element: Element) -> None:
        """Tell which elements stand behind others that they go before; only XML asks that."""
        order, last, before = element.structure.order, 0, ""
        for child in element.children:
            if child.definition is None or _is_attribute(child, element):
                continue
            at = order[child.definition.name]
            if at < last:
                message = f"{child.name} stands behind {before}; it goes before it"
                place = f"{element.path}.{child.plain_step}"
                key = "VALIDATION_VAL_PROFILE_OUTOFORDER"
                self.issues.written(key, place, message, child.tag)
            last, before = at, child.name

    def _one(self, element: Element, around: Element) -> None:
        structure = element.structure
        if structure.primitive:
            self._primitive(element, around)
        elif structure.kind == "resource":
            self.check_contained(element)
        else:
            if structure.name == "Extension":
                extensions.check(element, self)
            elif structure.name == "Reference":
                references.check_reference(element, around, self)
            self._children(element, around)

    def _primitive(self, element: Element, around: Element) -> None:
        definition = element.definition
        usable = check_primitive(element, self.issues, self.year)
        if definition is not None and definition.strength is not None:
            bindings.check_code(element, usable=usable, walk=self)
        if not element.value and not element.children:
            self.issues.error("ele-1", element, f"{element.name} is empty (ele-1)")
        if usable and element.structure.name in references.KINDS:
            references.check(element, around, self)
        if element.structure.name == "xhtml":
            narrative.check(element, self)
        for child in element.children:
            self._one(child, around)

    def check_contained(self, element: Element) -> None:
        """Check a resource that another one contains."""
        resource.check(element, self)
        if element.structure.name in self.definitions.structures:
            self._children(element, element)
        if element.structure.name == "CodeSystem":
            invariants.check(element, self)


def _is_attribute(child: Element, element: Element) -> bool:
    """Whether XML writes an element as an attribute."""
    if child.name == "id":
        return element.structure.kind != "resource"
    return child.name == "url" and element.structure.name == "Extension"
