"""The value set of all codes of a code system, made of the code system's metadata.

https://hl7.org/fhir/R4/codesystem-definitions.html#CodeSystem.valueSet
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fhir_codesystem.codesystem.resource import VALUE_SET, ValueSet
from fhir_codesystem.codesystem.versions import elements_of, model_of
from fhir_codesystem.rules import allcodes as rules
from fhir_codesystem.rules.metadata import DERIVED_ELEMENT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fhir_codesystem.codesystem.resource import CodeSystem
    from fhir_codesystem.codesystem.versions import FHIRVersion
    from fhir_codesystem.diagnostics import Diagnostic, Location

TAKEN = (
    *("id", "implicitRules", "language", "version", "versionAlgorithmString"),
    *("versionAlgorithmCoding", "name", "title", "status", "experimental", "date", "publisher"),
    *("contact", "useContext", "jurisdiction", "copyright", "copyrightLabel", "effectivePeriod"),
    "topic",
)
"""Elements that are the code system's where the value set states none.

What identifies the code system, describes it or says who reviewed it is not among them.
"""

NO_URL = "nothing says what URL the value set has, and it cannot be derived from {url}"


def with_value_set(
    codesystem: CodeSystem, stated: dict[str, Any], *, pin: bool = False
) -> tuple[CodeSystem, list[Diagnostic]]:
    """Return a code system with the value set of all its codes, and what is told of that.

    ``stated`` are elements of the value set that go before what is taken over. Its URL, where
    nothing states it, is derived from the code system's: BASE/ValueSet/ID. With ``pin`` it has the
    codes of this version of the code system only. A complete code system names it. Where there can
    be none, the code system comes back as it was, with an error.
    """
    named, _, named_version = codesystem.elements.get("valueSet", "").partition("|")
    url = stated.get("url") or named or _derived(codesystem, stated)
    lacks = _lacks(codesystem, pin=pin)
    if url is None and lacks is None:
        lacks = NO_URL.format(url=codesystem.elements["url"])
    if lacks is not None:
        hint = rules.VALUE_SET_IMPOSSIBLE.fix
        return codesystem, [rules.VALUE_SET_IMPOSSIBLE.at(_place(codesystem), lacks, hint=hint)]
    found = []
    if "url" not in stated and not named:
        message = f"derived: url {url} of the value set (from the code system's)"
        found.append(DERIVED_ELEMENT.at(_place(codesystem), message))
    complete = codesystem.elements.get("content") == "complete"
    values = _taken(codesystem, stated) | stated | {"url": url}
    values["compose"] = {"include": [_include(codesystem, pin=pin)]}
    if complete and not pin:
        values.setdefault("immutable", True)
    elements = dict(codesystem.elements)
    if named:
        if named != url or named_version not in {"", values.get("version")}:
            found.append(_other(codesystem, values))
    elif complete:
        elements["valueSet"] = url
        place = codesystem.place(*VALUE_SET, "url")
        places = {**codesystem.origin.places, ("valueSet",): place}
        codesystem = replace(codesystem, origin=replace(codesystem.origin, places=places))
    else:
        message = f"content is {elements['content']}: the code system does not name {url}"
        found.append(rules.VALUE_SET_NOT_NAMED.at(_place(codesystem), message))
    own = frozenset((*stated, *(() if named else ("url",))))
    version = codesystem.version
    value_set = ValueSet(version, _ordered(values, version, "ValueSet"), own, codesystem.origin)
    elements = _ordered(elements, version, "CodeSystem")
    return replace(codesystem, elements=elements, value_set=value_set), found


def _lacks(codesystem: CodeSystem, *, pin: bool) -> str | None:
    """Say why there can be no value set of all codes, if so."""
    elements = codesystem.elements
    if elements.get("content") == "supplement":
        return "a supplement has no codes of its own, so there is no value set of them"
    if "url" not in elements:
        return "a value set refers to a code system by its URL, and there is none"
    if pin and "version" not in elements:
        return "pin names the version of the code system, and there is none"
    return None


def _derived(codesystem: CodeSystem, stated: Mapping[str, Any]) -> str | None:
    """Return BASE/ValueSet/ID for a URL BASE/CodeSystem/X, or BASE/X; None for others."""
    url = codesystem.elements.get("url", "").rstrip("/")
    base = re.fullmatch(r"(https?://[^/?#\s]+(?:/[^?#\s]*?)??)(?:/CodeSystem)?/[^/?#\s]+", url)
    return f"{base[1]}/ValueSet/{stated.get('id', codesystem.id)}" if base else None


def _taken(codesystem: CodeSystem, stated: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is taken over, each element with its extensions, and a description."""
    names = [each for name in TAKEN if name not in stated for each in (name, f"_{name}")]
    taken = {name: codesystem.elements[name] for name in names if name in codesystem.elements}
    title = re.sub(r"([\\`*_\[\]<>&])", r"\\\1", codesystem.elements["title"])
    return {"description": f"All codes of the code system {title}."} | taken


def _include(codesystem: CodeSystem, *, pin: bool) -> dict[str, str]:
    names = ("version",) if pin else ()
    return {"system": codesystem.elements["url"]} | {
        name: codesystem.elements[name] for name in names
    }


def _other(codesystem: CodeSystem, values: Mapping[str, Any]) -> Diagnostic:
    """Tell that the code system names another value set than the one that is built."""
    built = "|".join(values[name] for name in ("url", "version") if name in values)
    message = f"valueSet is {codesystem.elements['valueSet']}, and the value set built is {built}"
    return rules.OTHER_VALUE_SET.at(codesystem.place("valueSet"), message)


def _ordered(values: Mapping[str, Any], version: FHIRVersion, resource: str) -> dict[str, Any]:
    return {
        name: values[name] for name in elements_of(model_of(version, resource)) if name in values
    }


def _place(codesystem: CodeSystem) -> Location:
    return codesystem.place(*VALUE_SET)
