"""Makes src/fhir_codesystem/instance/data/*.json of the definitions that HAPI ships.

Run by hand when a definition changes, after the Java program has laid out the packages:
``python tests/official/definitions.py tests/official/target/definitions``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

OUTPUT = Path(__file__).parents[2] / "src/fhir_codesystem/instance/data"
PACKAGES = {
    "R4": ("hl7.fhir.r4.core-4.0.1",),
    "R4B": ("hl7.fhir.r4b.core-4.3.0",),
    "R5": (
        "hl7.fhir.r5.core-5.0.0/hl7.fhir.r5.core",
        "hl7.fhir.uv.extensions.r5-1.0.0/hl7.fhir.uv.extensions.r5",
        "hl7.terminology-5.1.0/hl7.terminology",
    ),
}
SYSTEM = "http://hl7.org/fhirpath/System."
REGEX = "http://hl7.org/fhir/StructureDefinition/regex"
MOST_CODES = 3_000
KEPT = ("content", "count", "hierarchyMeaning", "valueSet", "language")
Resource = dict[str, Any]


def resources(folder: Path, names: tuple[str, ...]) -> list[Resource]:
    """Read the resources of packages; of two with the same URL the first stands."""
    read = []
    for name in names:
        for file in sorted((folder / name / "package").glob("*-*.json")):
            read.append(json.loads(file.read_text("utf-8")))
    return read


def element(definition: Resource) -> dict[str, Any]:
    """Keep of an element's definition what is looked at: see instance/definitions.py."""
    kept: dict[str, Any] = {"min": definition.get("min", 0), "max": definition["max"]}
    if "contentReference" in definition:
        kept["same"] = definition["contentReference"].split("#")[1]
    else:
        kept["types"] = [fhir_type(each) for each in definition.get("type", [])]
    binding = definition.get("binding", {})
    if binding.get("strength") in ("required", "extensible", "preferred") and "valueSet" in binding:
        kept["binding"] = [binding["strength"], binding["valueSet"].split("|")[0]]
    targets = [url for each in definition.get("type", []) for url in each.get("targetProfile", [])]
    if targets:
        kept["targets"] = [url.rpartition("/")[2] for url in targets]
    return kept


def fhir_type(stated: Resource) -> str:
    """Name a type; of ids and of URLs of extensions the one that FHIR means."""
    for each in stated.get("extension", []):
        if each["url"].endswith("structuredefinition-fhir-type"):
            return str(each.get("valueUrl", each.get("valueUri")))
    return str(stated["code"].removeprefix(SYSTEM)).replace("String", "string")


def structures(all_of: dict[str, Resource], roots: list[str]) -> dict[str, Any]:
    """Describe types and all types that they are made of, elements of elements by their paths."""
    waiting, made = list(roots), {}
    while waiting:
        name = waiting.pop()
        if name in made or name not in all_of:
            continue
        described = all_of[name]
        made[name] = {"kind": described["kind"], "elements": {}}
        for each in described["snapshot"]["element"][1:]:
            owner, _, last = each["path"].rpartition(".")
            kept = element(each)
            types = kept.get("types", [])
            if types in (["BackboneElement"], ["Element"]) and has_children(
                described, each["path"]
            ):
                kept["types"] = [each["path"]]
                made[each["path"]] = {"kind": types[0], "elements": {}}
            else:
                waiting += types
            if described["kind"] == "primitive-type" and last == "value":
                regex = regex_of(each)
                if regex:
                    made[name]["regex"] = regex
                continue
            if name != "xhtml":
                made[owner]["elements"][last] = kept
    return dict(sorted(made.items()))


def has_children(described: Resource, path: str) -> bool:
    """Whether a structure says more of an element than its type does."""
    return any(each["path"].startswith(f"{path}.") for each in described["snapshot"]["element"])


def regex_of(value: Resource) -> str | None:
    """Return the regular expression that a primitive type states for its value."""
    for holder in (value, *value.get("type", [])):
        for extension in holder.get("extension", []):
            if extension["url"] == REGEX:
                return str(extension["valueString"])
    return None


def extension(described: Resource) -> dict[str, Any]:
    """Keep of an extension's definition: where it may stand and what it may hold."""
    elements = described["snapshot"]["element"]
    value = next((e for e in elements if e["path"].startswith("Extension.value")), None)
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


class Terminology:
    """Value sets and code systems by URL."""

    def __init__(self, read: list[Resource]) -> None:
        self.sets = {each["url"]: each for each in read if each["resourceType"] == "ValueSet"}
        self.systems = {each["url"]: each for each in read if each["resourceType"] == "CodeSystem"}

    def is_deprecated(self, url: str) -> bool:
        """Whether a value set's standards status is deprecated."""
        stated = self.sets.get(url, {}).get("extension", [])
        return any(each.get("valueCode") == "deprecated" for each in stated)

    def codes(self, url: str) -> list[list[Any]] | None:
        """Enumerate a value set as [system, [codes]]; None where that cannot be done here."""
        if url not in self.sets:
            return None
        listed: list[list[Any]] = []
        for include in self.sets[url].get("compose", {}).get("include", []):
            if "filter" in include:
                return None
            if "valueSet" in include:
                for other in include["valueSet"]:
                    inside = self.codes(other.split("|")[0])
                    if inside is None:
                        return None
                    listed += inside
                continue
            system = include.get("system")
            if "concept" in include:
                listed.append([system, [each["code"] for each in include["concept"]]])
                continue
            described = self.systems.get(system, {})
            if described.get("content") != "complete":
                return None
            listed.append([system, list(codes_of(described.get("concept", [])))])
        if self.sets[url].get("compose", {}).get("exclude"):
            return None
        return listed if sum(len(codes) for _, codes in listed) <= MOST_CODES else None


def codes_of(concepts: list[Resource]) -> list[str]:
    """List codes, those of children behind their parent's."""
    return [c for each in concepts for c in (each["code"], *codes_of(each.get("concept", [])))]


def make(version: str, folder: Path) -> dict[str, Any]:
    """Make what is needed of one FHIR version."""
    read = resources(folder, PACKAGES[version])
    defined = [each for each in read if each["resourceType"] == "StructureDefinition"]
    types = {
        each["type"]: each
        for each in defined
        if each.get("derivation") != "constraint" and "snapshot" in each
    }
    made = structures(types, ["CodeSystem"])
    terminology = Terminology(read)
    extensions = {
        each["url"]: extension(each)
        for each in defined
        if each["type"] == "Extension" and each.get("derivation") == "constraint"
    }
    bound = {
        each["binding"][1]
        for structure in made.values()
        for each in structure["elements"].values()
        if "binding" in each
    } | {each["binding"][1] for each in extensions.values() if "binding" in each}
    return {
        "version": version,
        "structures": made,
        "resources": sorted(n for n, each in types.items() if each["kind"] == "resource"),
        "codes": {url: terminology.codes(url) for url in sorted(bound)},
        "deprecated": [url for url in sorted(bound) if terminology.is_deprecated(url)],
        "extensions": dict(sorted(extensions.items())),
        "urls": sorted({each["url"] for each in read if "url" in each} - set(terminology.sets)),
        "profiles": {
            each["url"]: required(each)
            for each in defined
            if each["type"] == "CodeSystem" and each.get("derivation") == "constraint"
        },
        "valueSets": {url: includes(each) for url, each in sorted(terminology.sets.items())},
    }


def required(profile: Resource) -> dict[str, list[str]]:
    """List what a profile of CodeSystem requires, by the path of the element it is in."""
    needed: dict[str, list[str]] = {}
    for each in profile["snapshot"]["element"][1:]:
        owner, _, name = each["path"].rpartition(".")
        if each.get("min"):
            needed.setdefault(owner, []).append(name)
    return needed


def includes(value_set: Resource) -> list[list[Any]]:
    """Say of what systems a value set is, and whether of all their codes."""
    return [
        [
            each.get("system"),
            not {"concept", "filter", "valueSet"} & each.keys(),
            each.get("version"),
        ]
        for each in value_set.get("compose", {}).get("include", [])
    ]


def systems(version: str, folder: Path) -> dict[str, Any]:
    """Make what is needed of all code systems of a version."""
    read = resources(folder, PACKAGES[version])
    made = {}
    for each in read:
        if each["resourceType"] == "CodeSystem" and each["url"] not in made:
            kept = {name: each[name] for name in KEPT if name in each}
            uris = {p["uri"]: value_set_of(p) for p in each.get("property", []) if "uri" in p}
            if uris:
                kept["properties"] = uris
            if each.get("content") in ("complete", "fragment", "example"):
                kept["codes"] = dict(bound_codes(each.get("concept", [])))
            made[each["url"]] = kept
    return dict(sorted(made.items()))


def value_set_of(declared: Resource) -> str | None:
    """Return the value set that a property states for its codes."""
    for each in declared.get("extension", []):
        if each["url"].endswith("codesystem-property-valueset"):
            return str(each.get("valueCanonical"))
    return None


def bound_codes(concepts: list[Resource]) -> list[tuple[str, str | None]]:
    """List codes with the value set that their property binding names."""
    listed = []
    for each in concepts:
        bound = [
            next((str(v) for k, v in p.items() if k.startswith("value")), None)
            for p in each.get("property", [])
            if p.get("code") == "binding"
        ]
        listed.append((each["code"], bound[0] if bound else None))
        listed += bound_codes(each.get("concept", []))
    return listed


def main() -> None:
    """Write one file a version."""
    folder = Path(sys.argv[1])
    for version in PACKAGES:
        write(version, make(version, folder))
        write(f"{version}-codes", systems(version, folder))


def write(name: str, made: dict[str, Any]) -> None:
    """Write one file."""
    text = json.dumps(made, separators=(",", ":"), ensure_ascii=False)
    (OUTPUT / f"{name}.json").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
