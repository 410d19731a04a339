"""What is kept of the definitions that FHIR and its packages bring: small, and as plain values.

The functions read canonical resources as JSON has them, and raise KeyError, TypeError or
AttributeError where these are none. The files in ``data/`` are made with them, and packages read.
"""

from __future__ import annotations

from typing import Any

Resource = dict[str, Any]
KEPT = ("content", "count", "hierarchyMeaning", "valueSet", "language")
DISPLAYS = "displays"


def system(described: Resource) -> dict[str, Any]:
    """Keep of a CodeSystem its codes, displays and properties, and what it says of them.

    ``codes`` have the value set that a concept binds to (its property ``binding``), or None.
    """
    kept = {name: described[name] for name in KEPT if name in described}
    stated = described.get("property", [])
    uris = {each["uri"]: value_set_of(each) for each in stated if "uri" in each}
    if uris:
        kept["properties"] = uris
    if described.get("content") in ("complete", "fragment", "example", "supplement"):
        concepts = _concepts(described.get("concept", []))
        kept["codes"] = {each["code"]: _binding(each) for each in concepts}
        kept[DISPLAYS] = {each["code"]: each["display"] for each in concepts if "display" in each}
    return kept


def value_set_of(declared: Resource) -> str | None:
    """Return the value set that a property states for its codes."""
    for each in declared.get("extension", []):
        if each["url"].endswith("codesystem-property-valueset"):
            return str(each.get("valueCanonical"))
    return None


def value_set(described: Resource) -> list[list[Any]]:
    """Keep of a ValueSet each include: its system, whether all of its codes, of what version."""
    return [
        [
            each.get("system"),
            not {"concept", "filter", "valueSet"} & each.keys(),
            each.get("version"),
        ]
        for each in described.get("compose", {}).get("include", [])
    ]


def extension(described: Resource) -> dict[str, Any]:
    """Keep of an extension where it may stand and what it may hold."""
    elements = described["snapshot"]["element"]
    value = next((each for each in elements if each["path"].startswith("Extension.value")), None)
    kept: dict[str, Any] = {
        "contexts": [
            [each["type"], each["expression"]]
            for each in described.get("context", [])
            if isinstance(each, dict)
        ],
    }
    if elements[0].get("isModifier"):
        kept["modifier"] = True
    if value is not None and value["max"] != "0":
        kept["types"] = [each["code"] for each in value.get("type", [])]
        kept["min"] = value.get("min", 0)
        binding = value.get("binding", {})
        if binding.get("strength") in ("required", "extensible") and "valueSet" in binding:
            kept["binding"] = [binding["strength"], binding["valueSet"].split("|")[0]]
    slices = {
        each["sliceName"]: [each.get("min", 0), each["max"]]
        for each in elements
        if each["path"] == "Extension.extension" and "sliceName" in each
    }
    if slices:
        kept["slices"] = slices
    return kept


def profile(described: Resource) -> dict[str, list[str]]:
    """Keep of a profile what it requires, by the path of the element it is in."""
    needed: dict[str, list[str]] = {}
    for each in described["snapshot"]["element"][1:]:
        owner, _, name = each["path"].rpartition(".")
        if each.get("min") and "sliceName" not in each:
            needed.setdefault(owner, []).append(name)
    return needed


def _concepts(concepts: list[Resource]) -> list[Resource]:
    """List concepts, children behind their parent."""
    listed = []
    waiting = list(reversed(concepts))
    while waiting:
        each = waiting.pop()
        listed.append(each)
        waiting += reversed(each.get("concept", []))
    return listed


def _binding(concept: Resource) -> str | None:
    for each in concept.get("property", []):
        if each.get("code") == "binding":
            return next((str(v) for name, v in each.items() if name.startswith("value")), None)
    return None
