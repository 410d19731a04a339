"""What a server says of itself: CapabilityStatement and TerminologyCapabilities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fhir_codesystem.publishing.client import ServerProblem

if TYPE_CHECKING:
    from fhir_codesystem.publishing.client import Client

VERSIONS = {"4.0": "R4", "4.3": "R4B", "5.0": "R5"}
OPERATIONS = ("lookup", "validate-code", "subsumes")


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a server is and can do with a CodeSystem.

    ``interactions`` are FHIR's codes (read, create, update, ...). ``update_create`` is None where
    the server does not say whether a PUT may create. ``terminology`` tells whether it states
    TerminologyCapabilities, and ``code_systems`` how many it lists there.
    """

    software: str
    fhir: str
    interactions: tuple[str, ...]
    conditional_create: bool
    update_create: bool | None
    versioning: str | None
    operations: tuple[str, ...]
    terminology: bool
    code_systems: int

    @property
    def release(self) -> str | None:
        """The release (R4, R4B, R5), or None where it is none that is published to."""
        return VERSIONS.get(".".join(self.fhir.split(".")[:2]))

    @property
    def can_create(self) -> bool:
        """Whether a new CodeSystem may be written."""
        return "create" in self.interactions or self.can_put

    @property
    def can_put(self) -> bool:
        """Whether a new CodeSystem may be put under an id of ours."""
        return "update" in self.interactions and self.update_create is not False

    @property
    def can_write(self) -> bool:
        """Whether code systems can be published by reading and writing resources."""
        return {"read", "search-type", "update"} <= set(self.interactions) and self.can_create


def probe(client: Client) -> Capabilities:
    """Ask a server what it is; raises ServerProblem where it is not reached, or no FHIR server."""
    stated = client.json("metadata", "CapabilityStatement")
    rest = _first(stated, "rest", "mode", "server")
    resource = _first(rest, "resource", "type", "CodeSystem")
    software = stated.get("software")
    named = software if isinstance(software, dict) else {}
    terminology = _terminology(client)
    return Capabilities(
        software=" ".join(str(named[key]) for key in ("name", "version") if named.get(key)),
        fhir=str(stated.get("fhirVersion", "")),
        interactions=_codes(resource, "interaction", "code"),
        conditional_create=resource.get("conditionalCreate") is True,
        update_create=resource.get("updateCreate"),
        versioning=resource.get("versioning"),
        operations=tuple(
            each
            for each in OPERATIONS
            if each in {*_codes(resource, "operation", "name"), *_codes(rest, "operation", "name")}
        ),
        terminology=terminology is not None,
        code_systems=len(_dicts(terminology or {}, "codeSystem")),
    )


def _terminology(client: Client) -> dict[str, Any] | None:
    """Read the TerminologyCapabilities; many servers have none, or answer with something else."""
    try:
        return client.json("metadata", "TerminologyCapabilities", mode="terminology")
    except ServerProblem:
        return None


def _first(holder: dict[str, Any], key: str, name: str, value: str) -> dict[str, Any]:
    return next((each for each in _dicts(holder, key) if each.get(name) == value), {})


def _dicts(holder: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found = holder.get(key)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _codes(holder: dict[str, Any], key: str, name: str) -> tuple[str, ...]:
    return tuple(str(each[name]).removeprefix("$") for each in _dicts(holder, key) if name in each)
