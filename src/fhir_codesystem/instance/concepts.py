"""The concepts of a CodeSystem: codes, designations, values of properties.

https://hl7.org/fhir/R5/codesystem-definitions.html#CodeSystem.concept
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fhir_codesystem.diagnostics import Severity, quoted
from fhir_codesystem.instance.properties import Codes

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from fhir_codesystem.instance.element import Element
    from fhir_codesystem.instance.known import System
    from fhir_codesystem.instance.properties import Property
    from fhir_codesystem.instance.structure import Walk


def check(root: Element, declared: dict[str, Property], base: System | None, walk: Walk) -> None:
    """Check all concepts; ``base`` is what the code system supplements, where it is known."""
    codes: dict[str | None, Element] = {}
    concepts = list(_all(root))
    language = root.text("language")
    blank = {"display", "definition"} if "hl7" in (root.text("url") or "") else set()
    compared = base if root.text("valueSet") else None
    for concept in concepts:
        code = concept.text("code")
        first = codes.setdefault(code, concept)
        if first is not concept:
            message = f"the code {quoted(code or '')} stands here again"
            walk.issues.again("CODESYSTEM_DUPLICATE_CODE", concept, first, message)
        if blank:
            _without(concept, code, blank, walk)
        display = concept.text("display")
        if compared is not None and display and code is not None:
            _compared(concept, code, display, language, compared, walk)
        for child in concept.children:
            if child.name == "designation":
                _designation(child, display, language, walk)
    seen: set[tuple[str | None, str | None]] = set()
    supplement = root.text("supplements")
    for concept in concepts:
        for child in concept.children:
            if child.name == "property":
                _value(child, declared, codes, seen, supplement, walk)


def _all(element: Element) -> Iterator[Element]:
    for each in element.children:
        if each.name == "concept":
            yield each
            yield from _all(each)


def _without(concept: Element, code: str | None, blank: set[str], walk: Walk) -> None:
    """Tell the first concept that lacks a text; of each text only one."""
    for name in sorted(blank):
        if concept.child(name) is None:
            message = f"the concept {quoted(code or '')} has no {name}"
            walk.issues.warning(f"CODESYSTEM_CONCEPT_NO_{name.upper()}", concept, message)
            blank.discard(name)


def _compared(
    concept: Element, code: str, display: str, language: str | None, base: System, walk: Walk
) -> None:
    known = base.displays.get(code)
    if known is None or known.casefold() == display.casefold() or base.language != language:
        return
    message = f"the display {quoted(display)} differs from the code system's own, {quoted(known)}"
    walk.issues.information("CODESYSTEM_SUPP_NO_DISPLAY", concept, message)


def _designation(element: Element, display: str | None, language: str | None, walk: Walk) -> None:
    if element.child("use") is not None or element.child("additionalUse") is not None:
        return
    own, value = element.text("language"), element.text("value")
    if display is None or display == value:
        return
    shown = f"the designation {quoted(value or '')} differs from the display {quoted(display)}"
    if language is None and own is None:
        message = f"{shown} and has neither a use nor a language"
        walk.issues.warning("CODESYSTEM_DESIGNATION_DISP_CLASH_NO_LANG", element, message)
    elif language is not None and own in (None, language):
        message = f"{shown} in the same language, {language}, and has no use"
        walk.issues.warning("CODESYSTEM_DESIGNATION_DISP_CLASH_LANG", element, message)


def _value(
    element: Element,
    declared: dict[str, Property],
    codes: Container[str | None],
    seen: set[tuple[str | None, str | None]],
    supplement: str | None,
    walk: Walk,
) -> None:
    code, value = element.text("code"), element.child("value")
    if code is None:
        return
    definition = declared.get(code)
    if definition is None:
        message = f"the property {quoted(code)} is not declared"
        walk.issues.warning("CODESYSTEM_PROPERTY_UNDEFINED", element, message)
    if value is None:
        message = f"the property {quoted(code)} has no value"
        walk.issues.error("CODESYSTEM_PROPERTY_NO_VALUE", element, message)
        return
    if definition is not None:
        kind = value.structure.name
        if kind != definition.type:
            message = f"the property {quoted(code)} is declared as {definition.type}, not {kind}"
            walk.issues.error("CODESYSTEM_PROPERTY_WRONG_TYPE", element, message)
        elif kind == "code":
            _code(element, value.value, definition, codes, seen, supplement, walk)
    if code == "synonym" and (value.value if value.structure.primitive else None) not in codes:
        message = f"the synonym {quoted(value.value or '')} is no code of the code system"
        walk.issues.warning("CODESYSTEM_PROPERTY_SYNONYM_CHECK", element, message)


def _code(
    element: Element,
    code: str | None,
    definition: Property,
    codes: Container[str | None],
    seen: set[tuple[str | None, str | None]],
    supplement: str | None,
    walk: Walk,
) -> None:
    if definition.codes is Codes.NOTHING:
        return
    if definition.codes is Codes.VALUE_SET and definition.value_set is None:
        return
    if (definition.value_set, code) in seen:
        return
    seen.add((definition.value_set, code))
    if definition.codes is Codes.VALUE_SET:
        allowed = walk.definitions.codes(definition.value_set or "")
        if allowed is not None and not any(code in each for each in allowed.values()):
            message = f"{quoted(code or '')} is no code of the value set {definition.value_set}"
            walk.issues.error("CODESYSTEM_PROPERTY_BAD_PROPERTY_CODE", element, message)
        return
    if supplement is None:
        good = code in codes
    else:
        base = walk.known.system(supplement)
        good = base is None or code in base.codes
    if not good:
        strict = definition.codes is Codes.OWN or supplement is not None
        message = f"{quoted(code or '')} is no code of the code system"
        severity = Severity.ERROR if strict else Severity.WARNING
        walk.issues.add("CODESYSTEM_PROPERTY_BAD_INTERNAL_REFERENCE", severity, element, message)
