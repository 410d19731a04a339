"""Makes src/fhir_codesystem/instance/data/*.json of the definitions that HAPI ships.

Run by hand when a definition changes, after the Java program has laid out the packages:
``python tests/official/definitions.py tests/official/target/definitions``.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from fhir_codesystem.instance import described

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
OLD = re.compile("/v[23]-")
"""Code systems of HL7 v2 and v3: their displays are left out, there are so many."""
Resource = dict[str, Any]


def resources(folder: Path, names: tuple[str, ...]) -> list[Resource]:
    """Read the resources of packages; of two with the same URL the first stands."""
    return [
        json.loads(file.read_text("utf-8"))
        for name in names
        for file in sorted((folder / name / "package").glob("*-*.json"))
    ]


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
        structure = all_of[name]
        made[name] = {"kind": structure["kind"], "elements": {}}
        for each in structure["snapshot"]["element"][1:]:
            owner, _, last = each["path"].rpartition(".")
            kept = element(each)
            types = kept.get("types", [])
            if types in (["BackboneElement"], ["Element"]) and has_children(
                structure, each["path"]
            ):
                kept["types"] = [each["path"]]
                made[each["path"]] = {"kind": types[0], "elements": {}}
            else:
                waiting += types
            if structure["kind"] == "primitive-type" and last == "value":
                regex = regex_of(each)
                if regex:
                    made[name]["regex"] = regex
                continue
            if name != "xhtml":
                made[owner]["elements"][last] = kept
    return dict(sorted(made.items()))


def has_children(structure: Resource, path: str) -> bool:
    """Whether a structure says more of an element than its type does."""
    return any(each["path"].startswith(f"{path}.") for each in structure["snapshot"]["element"])


def regex_of(value: Resource) -> str | None:
    """Return the regular expression that a primitive type states for its value."""
    for holder in (value, *value.get("type", [])):
        for extension in holder.get("extension", []):
            if extension["url"] == REGEX:
                return str(extension["valueString"]).replace("{1,9}})?", "{1,9})?")
    return None


class Terminology:
    """Value sets and code systems by URL."""

    def __init__(self, read: list[Resource]) -> None:
        self.sets = {each["url"]: each for each in read if each["resourceType"] == "ValueSet"}
        self.systems = {each["url"]: each for each in read if each["resourceType"] == "CodeSystem"}

    def is_deprecated(self, url: str) -> bool:
        """Whether a value set's standards status is deprecated."""
        stated = self.sets.get(url, {}).get("extension", [])
        return any(each.get("valueCode") == "deprecated" for each in stated)

    def is_whole(self, url: str) -> bool:
        """Whether all value sets that a value set is made of are there."""
        if url not in self.sets:
            return False
        included = self.sets[url].get("compose", {}).get("include", [])
        others = [other.split("|")[0] for each in included for other in each.get("valueSet", [])]
        return all(map(self.is_whole, others))

    def is_draft(self, url: str) -> bool:
        """Whether a code system of a value set is a draft."""
        included = self.sets.get(url, {}).get("compose", {}).get("include", [])
        systems = [self.systems.get(each.get("system"), {}) for each in included]
        return any(each.get("status") == "draft" for each in systems)

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
            known = self.systems.get(system, {})
            if known.get("content") != "complete":
                return None
            listed.append([system, list(codes_of(known.get("concept", [])))])
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
    later = version == "R5"  # the official validator looks at the status of R5's alone
    extensions = {
        each["url"]: described.extension(each)
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
        "members": {name: members(each) for name, each in sorted(types.items())},
        "codes": {url: terminology.codes(url) for url in sorted(bound)},
        "drafts": [url for url in sorted(bound) if terminology.is_draft(url)] if later else [],
        "unresolved": [url for url in sorted(bound) if not terminology.is_whole(url)],
        "deprecated": [url for url in sorted(bound) if terminology.is_deprecated(url)],
        "extensions": dict(sorted(extensions.items())),
        "urls": sorted({each["url"] for each in read if "url" in each} - set(terminology.sets)),
        "profiles": {
            each["url"]: described.profile(each)
            for each in defined
            if each["type"] == "CodeSystem" and each.get("derivation") == "constraint"
        },
        "valueSets": {
            url: described.value_set(each) for url, each in sorted(terminology.sets.items())
        },
    }


def members(structure: Resource) -> list[str]:
    """Return the names of the elements directly in a type."""
    paths = [each["path"].split(".") for each in structure["snapshot"]["element"]]
    return [path[1] for path in paths if len(path) == 2]


def systems(version: str, folder: Path) -> dict[str, Any]:
    """Make what is needed of all code systems of a version."""
    made: dict[str, Any] = {}
    for each in resources(folder, PACKAGES[version]):
        if each["resourceType"] == "CodeSystem" and each["url"] not in made:
            made[each["url"]] = kept = described.system(each)
            if OLD.search(each["url"]):
                kept.pop(described.DISPLAYS, None)
    return dict(sorted(made.items()))


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
