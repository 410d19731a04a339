"""What the official validator asks of a CodeSystem beyond its structure.

https://hl7.org/fhir/R5/codesystem.html, and what HL7 adds for code systems of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fhir_codesystem.diagnostics import Severity, quoted
from fhir_codesystem.instance import concepts, properties, supplements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fhir_codesystem.instance.element import Element
    from fhir_codesystem.instance.structure import Walk

SHAREABLE = ("url", "version", "title", "status", "experimental", "description", "content")


def check(root: Element, walk: Walk) -> None:
    """Check a CodeSystem, the resource itself or a contained one."""
    url, content = root.text("url"), root.text("content")
    number = sum(1 for _ in concepts_of(root))
    if root.text("supplements"):
        _supplement(root, content, walk)
    else:
        _statements(root, url, content, walk)
    _count(root, content, number, walk)
    value_set = root.text("valueSet")
    base = supplements.check(root, content, walk)
    if value_set:
        _value_set(root, value_set, url, content, number, walk)
    if root.parent is not None:
        _inside(root, walk)
    elif walk.publication:
        _shareable(root, url, walk)
    declared = properties.check(root, walk)
    concepts.check(root, declared, base, walk)


def concepts_of(element: Element) -> Iterator[Element]:
    """Return all concepts, in document order."""
    for each in element.children:
        if each.name == "concept":
            yield each
            yield from concepts_of(each)


def _at(root: Element, name: str) -> Element:
    return root.child(name) or root


def _supplement(root: Element, content: str | None, walk: Walk) -> None:
    if content != "supplement":
        key = "CODESYSTEM_CS_HL7_PRESENT_ELEMENT_SUPPL_WRONG"
        message = f"supplements is stated, and content is {content}"
        walk.issues.error(key, _at(root, "content"), message, "state content: supplement")
    if root.text("caseSensitive"):
        key = "CODESYSTEM_CS_HL7_PRESENT_ELEMENT_SUPPL"
        message = "a supplement has the caseSensitive of the code system it supplements"
        walk.issues.error(key, _at(root, "caseSensitive"), message, "leave caseSensitive out")


def _statements(root: Element, url: str | None, content: str | None, walk: Walk) -> None:
    hl7 = url is not None and ("hl7.org" in url or "fhir.org" in url)
    if not content:
        key = "SHALL" if hl7 else ""
        _unstated(root, "content", Severity.ERROR if hl7 else Severity.WARNING, key, walk)
    elif content == "supplement":
        key = "CODESYSTEM_CS_HL7_PRESENT_ELEMENT_SUPPL_MISSING"
        message = "content is supplement, and nothing says what is supplemented"
        hint = "state supplements: its canonical URL"
        walk.issues.error(key, _at(root, "content"), message, hint)
    gentle = Severity.WARNING if hl7 else Severity.INFORMATION
    if not root.text("caseSensitive"):
        _unstated(root, "caseSensitive", gentle, "SHOULD" if hl7 else "", walk)
    if not root.text("hierarchyMeaning") and any(
        each.child("concept") is not None for each in root.all("concept")
    ):
        _unstated(root, "hierarchyMeaning", gentle, "SHOULD" if hl7 else "", walk)


def _unstated(root: Element, name: str, severity: Severity, must: str, walk: Walk) -> None:
    key = "CODESYSTEM_CS_NONHL7_MISSING_ELEMENT"
    if must:
        key = f"CODESYSTEM_CS_HL7_MISSING_ELEMENT_{must}"
    meaning = {
        "content": "nothing says how much of the code system is here",
        "caseSensitive": "nothing says whether case matters when codes are compared",
        "hierarchyMeaning": "the concepts stand in a hierarchy, and nothing says what it means",
    }
    message = f"{meaning[name]}: {name} is not stated"
    walk.issues.add(key, severity, _at(root, name), message, part=name)


def _count(root: Element, content: str | None, number: int, walk: Walk) -> None:
    if not number and content == "complete":
        message = "the code system is said to be complete, and has no concept"
        walk.issues.warning("CODESYSTEM_CS_COMPLETE_AND_EMPTY", root, message)
    stated = root.child("count")
    count = _integer(stated.value) if stated is not None else None
    if stated is not None and count is not None and count > -1:
        if content == "complete" and count != number:
            message = f"count says {count:,}, the complete code system has {number:,} concepts"
            walk.issues.error("CODESYSTEM_CS_COUNT_COMPLETE_WRONG", stated, message)
        elif content in ("fragment", "example") and number >= count:
            message = f"count says {count:,} in all, and the {content} has {number:,} already"
            walk.issues.warning("CODESYSTEM_CS_COUNT_FRAGMENT_WRONG", stated, message)
        elif content == "not-present" and number and not count:
            message = "count says that the code system has no concept, and there are some"
            first = root.child("concept")
            if first is not None:
                walk.issues.information("CODESYSTEM_CS_COUNT_NOTPRESENT_ZERO", first, message)
        elif content == "supplement":
            base = walk.known.system(root.text("supplements") or "")
            if base is not None and base.count != number:
                message = f"the code system supplemented states {base.count:,} concepts"
                walk.issues.error("CODESYSTEM_CS_COUNT_SUPPLEMENT_WRONG", stated, message)
    first = root.child("concept")
    if content == "not-present" and first is not None:
        message = "content says not-present, and there are concepts"
        walk.issues.error("CODESYSTEM_CS_COUNT_NO_CONTENT_ALLOWED", first, message)


def _integer(value: str | None) -> int | None:
    """Read a count as the official validator does: in 32 bits."""
    try:
        count = int(value or "")
    except ValueError:
        return None
    return count if abs(count) < 2**31 else None


def _value_set(
    root: Element, value_set: str, url: str | None, content: str | None, number: int, walk: Walk
) -> None:
    base = walk.known.system(root.text("supplements") or "") if content == "supplement" else None
    if base is not None:
        if base.value_set is None:
            message = "valueSet is stated, and the code system supplemented states none"
            walk.issues.warning("CODESYSTEM_CS_NO_VS_SUPPLEMENT1", root, message)
        elif base.value_set != value_set:
            message = f"valueSet is another than {base.value_set}, that of the code system"
            walk.issues.warning("CODESYSTEM_CS_NO_VS_SUPPLEMENT2", root, message)
    elif content != "complete":
        message = f"valueSet is the set of all codes, and content is {content}"
        severity = Severity.WARNING if content == "supplement" else Severity.INFORMATION
        walk.issues.add("CODESYSTEM_CS_NO_VS_NOTCOMPLETE", severity, root, message)
    known = walk.known.value_set(value_set)
    if known is None:
        return
    if len(known.includes) != 1:
        message = f"the value set {quoted(value_set)} is not the set of all codes of one system"
        walk.issues.error("CODESYSTEM_CS_VS_INVALID", root, message)
        return
    system, whole = known.includes[0]
    if system != url:
        message = f"the value set {quoted(value_set)} is of {system}"
        walk.issues.error("CODESYSTEM_CS_VS_WRONGSYSTEM", root, message)
        return
    if not whole:
        message = f"the value set {quoted(value_set)} does not include all codes"
        walk.issues.error("CODESYSTEM_CS_VS_INCLUDEDETAILS", root, message)
    if known.expanded is not None and known.expanded != number:
        message = (
            f"the expansion of {quoted(value_set)} has {known.expanded:,} codes, not {number:,}"
        )
        walk.issues.error("CODESYSTEM_CS_VS_EXP_MISMATCH", root, message)


def _inside(root: Element, walk: Walk) -> None:
    if walk.root.type in ("CodeSystem", "Questionnaire"):
        message = "a contained code system cannot be referred to by its URL from elsewhere"
        walk.issues.information("CODESYSTEM_NOT_CONTAINED", root, message)


def _shareable(root: Element, url: str | None, walk: Walk) -> None:
    hl7 = "hl7" in (url or "")
    end = "_HL7" if hl7 else ""
    needed = list(SHAREABLE)
    if root.text("content") != "supplement":
        needed.append("caseSensitive")
    for name in needed:
        if root.child(name) is None:
            message = f"{name} is missing, which a published code system states"
            severity = Severity.ERROR if hl7 else Severity.WARNING
            walk.issues.add(f"CODESYSTEM_SHAREABLE_MISSING{end}", severity, root, message)
    if root.child("name") is None:
        message = "name is missing, which a published code system should state"
        walk.issues.warning(f"CODESYSTEM_SHAREABLE_EXTRA_MISSING{end}", root, message)
    if url and "hl7.org" in url and "terminology.hl7.org" not in url:
        if "hl7.org/cda/stds/core" not in url:
            message = "code systems of HL7 mostly move to http://terminology.hl7.org (THO)"
            walk.issues.information("CODESYSTEM_THO_CHECK", root, message)
