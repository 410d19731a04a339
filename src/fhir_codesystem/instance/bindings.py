"""Coded values against the value sets they are bound to, and the code systems they are of.

Without a terminology server much cannot be said; what the official validator says then is said
here too: https://hl7.org/fhir/R5/terminologies.html#strength.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fhir_codesystem.diagnostics import Severity, quoted
from fhir_codesystem.instance.urls import is_absolute
from fhir_codesystem.metadata.document import did_you_mean

if TYPE_CHECKING:
    from fhir_codesystem.instance.element import Element
    from fhir_codesystem.instance.structure import Walk

KINDS = frozenset(("code", "string", "uri", "url", "canonical"))
LANGUAGES = "http://hl7.org/fhir/ValueSet/languages"
SERVER_ONLY = frozenset(
    (
        "http://loinc.org",
        "http://unitsofmeasure.org",
        "http://hl7.org/fhir/sid/icd-9-cm",
        "http://snomed.info/sct",
        "http://www.nlm.nih.gov/research/umls/rxnorm",
    )
)
"""Code systems that nobody has at hand."""

NEARLY = (
    "http://snomed.info/sct",
    "http://loinc.org",
    "http://unitsofmeasure.org",
    "http://www.nlm.nih.gov/research/umls/rxnorm",
)


def check_code(element: Element, *, usable: bool, walk: Walk) -> None:
    """Check a primitive value that is bound."""
    definition = element.definition
    assert definition is not None  # noqa: S101 - the caller has looked
    strength, value_set = definition.strength, definition.value_set or ""
    if not usable:
        if strength == "required":
            message = f"{element.name} has no code, and one of its value set is required"
            walk.issues.error("TERMINOLOGY_TX_CODE_VALUESET_MISSING", element, message)
        return
    value = element.value or ""
    if element.structure.name not in KINDS:
        return
    codes = walk.definitions.codes(value_set)
    if codes is None:
        if strength == "required":
            message = f"whether {quoted(value)} is a {element.name} a terminology server knows"
            walk.issues.information("TERMINOLOGY_TX_NOVALID_15", element, message)
        return
    if value_set == LANGUAGES:
        if not any(value in each for each in codes.values()):
            return
        message = f"whether {quoted(value)} is a language cannot be checked here (BCP 47)"
        walk.issues.warning("UNKNOWN_CODESYSTEM", element, message)
        walk.issues.inside("UNKNOWN_CODESYSTEM", Severity.WARNING, element, "system", message)
        return
    if any(value in each for each in codes.values()):
        return
    known = [code for each in codes.values() for code in sorted(each)]
    hint = did_you_mean(value, known)
    if strength == "required":
        shown = f": one of {', '.join(known)}" if len(known) <= 12 else ""
        message = f"{quoted(value)} is no {element.name}{shown}"
        walk.issues.error("TERMINOLOGY_TX_NOVALID_16", element, message, hint)
        walk.issues.error("UNABLE_TO_INFER_CODESYSTEM", element, message, hint)


def check_coding(element: Element, walk: Walk) -> None:
    """Check a Coding that stands by itself."""
    system, code = element.text("system"), element.text("code")
    if code is not None and system is None:
        message = f"the code {quoted(code)} has no system, so it has no meaning"
        walk.issues.warning("TERMINOLOGY_TX_SYSTEM_NO_CODE", element, message)
    if system is None or code is None:
        return
    definition = element.definition
    strength = definition.strength if definition is not None else None
    if strength == "extensible" and definition is not None:
        if not system.strip():
            _without_system(element, walk)
        if system in SERVER_ONLY:
            message = f"{quoted(code)} of {system} can be checked by a terminology server only"
            walk.issues.information("TERMINOLOGY_TX_BINDING_NOSERVER", element, message)
            return
        known = _coded(element, system, code, Severity.WARNING, walk, ".system")
        if not known or not _may_be_among(definition.value_set or "", system, code, walk):
            message = f"{quoted(code)} of {system} is not in the value set of {element.name}"
            walk.issues.warning("TERMINOLOGY_TX_NOVALID_13", element, message)
        return
    _coded(element, system, code, Severity.INFORMATION, walk, "")


def _coded(
    element: Element, system: str, code: str, gravity: Severity, walk: Walk, at: str
) -> bool:
    """Check a code of a system; returns whether it is known to be one."""
    issues, inside = walk.issues, at.removeprefix(".")
    if at and not system.strip():
        return False
    absolute = is_absolute(system) if at else system.startswith(("http:", "https:", "urn:"))
    if not absolute:
        key = "TERMINOLOGY_TX_SYSTEM_RELATIVE"
        message = f"the system {quoted(system)} is not absolute: it begins with no scheme"
    elif walk.known.value_set(system) is not None:
        key = "TERMINOLOGY_TX_SYSTEM_VALUESET2"
        message = f"the system {quoted(system)} is a value set, no code system"
    elif (known := walk.known.system(system)) is not None and known.codes:
        if code in known.codes:
            return _display(element, known.displays.get(code), walk)
        if known.complete and code.strip():
            message = f"{quoted(code)} is no code of {system}"
            hint = did_you_mean(code, list(known.codes))
            issues.inside("UNKNOWN_CODE_IN_VERSION", Severity.ERROR, element, "code", message, hint)
        return not known.complete
    else:
        if not at and _by_space(element, system, code, walk):
            return True
        message = f"the code system {quoted(system)} is not known, so its codes are not checked"
        issues.inside("UNKNOWN_CODESYSTEM", gravity, element, "system", message)
        return False
    if inside:
        issues.inside(key, Severity.ERROR, element, inside, message)
        if not absolute:
            issues.inside("UNKNOWN_CODESYSTEM", gravity, element, inside, message)
    else:
        issues.error(key, element, message)
    return False


def _display(element: Element, known: str | None, walk: Walk) -> bool:
    """Compare the display of a coding with that of its code system."""
    stated = element.text("display")
    if not (stated or "").strip() or known is None:
        return True
    if stated is None or stated.casefold() == known.casefold():
        return True
    blanks = " ".join(stated.split()).casefold() == known.casefold()
    key = "DISPLAY_NAME_WS_FOR" if blanks else "DISPLAY_NAME_FOR"
    message = f"the display is {quoted(known)} in the code system, not {quoted(stated)}"
    key = f"{key}__SHOULD_BE_ONE_OF__INSTEAD_OF"
    walk.issues.inside(key, Severity.ERROR, element, "display", message)
    return False


def _by_space(element: Element, system: str, code: str, walk: Walk) -> bool:
    """Tell what is said of systems of certain publishers; returns whether something was said."""
    issues = walk.issues
    if system.startswith(("http://hl7.org/fhir/sid/", "http://hl7.org/fhir/test")):
        return True
    if system.startswith("http://hl7.org/fhir"):
        message = f"HL7 defines no code system {quoted(system)}"
        issues.error("TERMINOLOGY_TX_SYSTEM_UNKNOWN", element, message)
    elif system in SERVER_ONLY:
        _server_only(element, system, code, walk)
    elif system.startswith(NEARLY):
        message = f"{quoted(system)} is nearly, but not quite, the URL of a code system"
        issues.error("TERMINOLOGY_TX_SYSTEM_INVALID", element, message)
    else:
        return False
    return True


def _server_only(element: Element, system: str, code: str, walk: Walk) -> None:
    message = f"{quoted(code)} of {system} can be checked by a terminology server only"
    key = "ERROR_VALIDATING_CODE_RUNNING_WITHOUT_TERMINOLOGY_SERVICES"
    walk.issues.warning(key, element, message)


def check_quantity(element: Element, walk: Walk) -> None:
    """Check the unit of a quantity."""
    system, code = element.text("system"), element.text("code")
    if system and code:
        if system in SERVER_ONLY:
            _server_only(element, system, code, walk)
        elif not system.startswith(("http:", "https:", "urn:")):
            message = f"the system {quoted(system)} is not absolute: it begins with no scheme"
            walk.issues.error("TERMINOLOGY_TX_SYSTEM_RELATIVE", element, message)
        elif system.startswith(NEARLY):
            message = f"{quoted(system)} is nearly, but not quite, the URL of a code system"
            walk.issues.error("TERMINOLOGY_TX_SYSTEM_INVALID", element, message)


def check_concept(element: Element, walk: Walk) -> None:
    """Check a CodeableConcept."""
    definition = element.definition
    bound = definition is not None and definition.strength == "extensible"
    value_set = (definition.value_set or "") if definition is not None else ""
    codings = [each for each in element.all("coding") if each.children]
    if not codings:
        if bound:
            message = f"{element.name} has no code, and should have one of its value set"
            walk.issues.warning("TERMINOLOGY_TX_CODE_VALUESET_EXT", element, message)
        return
    if value_set in walk.definitions.deprecated:
        message = f"the value set of {element.name} is deprecated"
        walk.issues.information("MSG_DEPRECATED", element, message)
    good = False
    for coding in codings:
        good = _of_concept(coding, value_set if bound else "", walk) or good
    if bound and not good:
        message = f"none of the codes is in the value set of {element.name}"
        walk.issues.warning("TERMINOLOGY_TX_NOVALID_2_CC", element, message)


def _of_concept(coding: Element, value_set: str, walk: Walk) -> bool:
    """Check a coding of a concept; returns whether it may be of the value set."""
    system, code, version = (coding.text(name) for name in ("system", "code", "version"))
    if system is None or not system.strip():
        _without_system(coding, walk)
        return False
    known = walk.known.system(system)
    if known is None or not known.codes:
        key = "UNKNOWN_CODESYSTEM" if version is None else "UNKNOWN_CODESYSTEM_VERSION_NONE"
        message = f"the code system {quoted(system)} is not known, so its codes are not checked"
        walk.issues.inside(key, Severity.WARNING, coding, "system", message)
        included = walk.known.includes(value_set) or []
        if any(system == each and of for each, _, of in included):
            version_key = "UNKNOWN_CODESYSTEM_VERSION"
            walk.issues.inside(version_key, Severity.WARNING, coding, "system", message)
        return any(system == each for each, _, _ in included)
    if code is not None and code not in known.codes and known.complete:
        message = f"{quoted(code)} is no code of {system}"
        walk.issues.inside("UNKNOWN_CODE_IN_VERSION", Severity.ERROR, coding, "code", message)
        return False
    return bool(value_set) and _among(value_set, system, code or "", walk)


def _without_system(coding: Element, walk: Walk) -> None:
    message = "the code has no system, so it has no meaning"
    walk.issues.warning("CODING_HAS_NO_SYSTEM__CANNOT_VALIDATE", coding, message)


def _may_be_among(value_set: str, system: str, code: str, walk: Walk) -> bool:
    """Whether a code is in a value set, or nobody can say because not all of it is known."""
    if walk.definitions.codes(value_set) is not None:
        return _among(value_set, system, code, walk)
    included = walk.known.value_set(value_set)
    if included is None:
        return False
    imports = any(each is None for each, _ in included.includes)
    known = imports and walk.known.system(system) is not None
    return known or any(system == each for each, _ in included.includes)


def _among(value_set: str, system: str, code: str, walk: Walk) -> bool:
    codes = walk.definitions.codes(value_set)
    return codes is not None and code in codes.get(system, frozenset())
