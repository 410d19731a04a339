"""What a server says of itself: CapabilityStatement and TerminologyCapabilities."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fhir_codesystem.publishing.artifact import RESOURCE_TYPES
from fhir_codesystem.publishing.client import ServerProblem
from fhir_codesystem.publishing.values import dicts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fhir_codesystem.publishing.client import Client

VERSIONS = {"4.0": "R4", "4.3": "R4B", "5.0": "R5"}
UPLOAD = "upload-external-code-system"
SEEN = {"read", "search-type"}
LOADERS = {
    "snowstorm": "load the package: curl --form file=@PACKAGE.tgz --form resourceUrls='*' "
    "SERVER/fhir-admin/load-package",
    "fhirsmith": "name the package in its library, from which it loads at the start",
}
"""How servers that are known to load packages are given one, by a word of their name."""
LOADING = (
    "if it loads packages (at its start, or by an operation of its own), give it the one that "
    "`codesystem package` makes"
)


@dataclass(frozen=True, slots=True)
class Ability:
    """What a server can do with resources of one type.

    ``interactions`` are FHIR's codes (read, create, update, ...), ``operations`` stand without $.
    ``update_create`` is None where the server does not say whether a PUT may create.
    """

    interactions: tuple[str, ...] = ()
    conditional_create: bool = False
    update_create: bool | None = None
    versioning: str | None = None
    operations: tuple[str, ...] = ()

    @property
    def can_be_asked(self) -> bool:
        """Whether resources can be searched for and read."""
        return set(self.interactions) >= SEEN

    @property
    def creates_conditionally(self) -> bool:
        """Whether a POST creates only what is not there yet."""
        return self.conditional_create and "create" in self.interactions

    @property
    def can_put(self) -> bool:
        """Whether a new resource may be put under an id of ours."""
        return "update" in self.interactions and self.update_create is not False

    @property
    def can_write(self) -> bool:
        """Whether resources can be published by reading and writing them."""
        able = set(self.interactions)
        return self.can_be_asked and "update" in able and ("create" in able or self.can_put)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a server is and can do, by type of resource.

    ``terminology`` tells whether it states TerminologyCapabilities, and ``code_systems`` how many
    it lists there; ``transaction`` whether it takes Bundles that are done whole or not at all.
    """

    software: str
    fhir: str
    abilities: Mapping[str, Ability] = field(default_factory=dict)
    transaction: bool = False
    terminology: bool = False
    code_systems: int = 0

    @property
    def release(self) -> str | None:
        """The release (R4, R4B, R5), or None where it is none that is published to."""
        return VERSIONS.get(".".join(self.fhir.split(".")[:2]))

    def of(self, resource_type: str) -> Ability:
        """Return what it can do with a type of resource."""
        return self.abilities.get(resource_type, Ability())

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods by which code systems can be published."""
        return self.methods_for(RESOURCE_TYPES[:1])

    def methods_for(self, resource_types: Iterable[str]) -> tuple[str, ...]:
        """Return the methods by which resources of some types can be written: put, bundle, upload.

        An upload is of the concepts of code systems, whatever is written beside it.
        """
        able = self.release is not None and all(self.of(each).can_write for each in resource_types)
        found = {
            "put": able,
            "bundle": able and self.transaction,
            "upload": able and UPLOAD in self.of("CodeSystem").operations,
        }
        return tuple(name for name, can in found.items() if can)

    @property
    def advice(self) -> str:
        """What to do where the server takes no code systems over REST."""
        name = self.software.lower()
        return next((how for word, how in LOADERS.items() if word in name), LOADING)


def probe(client: Client) -> Capabilities:
    """Ask a server what it is; raises ServerProblem where it is not reached, or no FHIR server."""
    stated = client.json("metadata", "CapabilityStatement")
    rest = _first(stated, "rest", "mode", "server")
    software = stated.get("software")
    named = software if isinstance(software, dict) else {}
    terminology = _terminology(client)
    return Capabilities(
        software=" ".join(str(named[key]) for key in ("name", "version") if named.get(key)),
        fhir=str(stated.get("fhirVersion", "")),
        abilities={each: _ability(rest, each) for each in RESOURCE_TYPES},
        transaction="transaction" in _codes(rest, "interaction", "code"),
        terminology=terminology is not None,
        code_systems=len(dicts(terminology or {}, "codeSystem")),
    )


def _ability(rest: dict[str, Any], resource_type: str) -> Ability:
    stated = _first(rest, "resource", "type", resource_type)
    created, versioning = stated.get("updateCreate"), stated.get("versioning")
    operations = (*_codes(stated, "operation", "name"), *_codes(rest, "operation", "name"))
    return Ability(
        interactions=_codes(stated, "interaction", "code"),
        conditional_create=stated.get("conditionalCreate") is True,
        update_create=created if isinstance(created, bool) else None,
        versioning=versioning if isinstance(versioning, str) else None,
        operations=tuple(dict.fromkeys(operations)),
    )


def _terminology(client: Client) -> dict[str, Any] | None:
    """Read the TerminologyCapabilities; many servers have none, or answer with something else."""
    try:
        return client.json("metadata", "TerminologyCapabilities", mode="terminology")
    except ServerProblem:
        return None


def _first(holder: dict[str, Any], key: str, name: str, value: str) -> dict[str, Any]:
    return next((each for each in dicts(holder, key) if each.get(name) == value), {})


def _codes(holder: dict[str, Any], key: str, name: str) -> tuple[str, ...]:
    return tuple(str(each[name]).removeprefix("$") for each in dicts(holder, key) if name in each)
