"""What is published: a CodeSystem as it stands in its file."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from fhir_codesystem.diagnostics import shown
from fhir_codesystem.errors import EnvironmentProblem
from fhir_codesystem.publishing.difference import walk

if TYPE_CHECKING:
    from pathlib import Path

OURS = {"profile", "security", "tag"}
"""What of meta the author says; the rest is the server's."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """A CodeSystem of a file: its resource as plain values, with the hash of the file."""

    path: str
    resource: dict[str, Any] = field(repr=False)
    sha256: str

    @property
    def url(self) -> str:
        """The canonical URL."""
        return str(self.resource["url"])

    @property
    def version(self) -> str | None:
        """The business version, where one is stated."""
        return self.resource.get("version")

    @property
    def canonical(self) -> str:
        """The URL with its version: ``http://example.org/colours|1.0.0``."""
        return f"{self.url}|{self.version}" if self.version else self.url

    @property
    def status(self) -> str:
        """The publication status (draft, active, retired, unknown)."""
        return str(self.resource["status"])

    @property
    def server_id(self) -> str:
        """An id for this URL in this version, and no other: servers keep one version per id."""
        name = str(self.resource.get("id") or "codesystem")
        parts = "-".join(part for part in (name, self.version) if part)
        readable = re.sub(r"[^A-Za-z0-9.-]+", "-", parts)[:55].strip("-.")
        return f"{readable or 'codesystem'}-{_hash(self.canonical.encode())[:8]}"

    def body(self, server_id: str | None) -> bytes:
        """The resource as it is sent, under an id of the server's, or none."""
        resource = {key: value for key, value in self.resource.items() if key not in {"id", "meta"}}
        if "meta" in self.resource:
            resource["meta"] = {k: v for k, v in self.resource["meta"].items() if k in OURS}
        first = {"resourceType": "CodeSystem"}
        return orjson.dumps(first | ({"id": server_id} if server_id else {}) | resource)


def read(path: Path) -> Artifact:
    """Read a CodeSystem in JSON; raises EnvironmentProblem where the file holds none."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise EnvironmentProblem(f"cannot read {shown(path)}: {error.strerror}") from None
    try:
        resource = orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise EnvironmentProblem(f"{shown(path)} is no JSON: {error}") from None
    if not isinstance(resource, dict) or resource.get("resourceType") != "CodeSystem":
        raise EnvironmentProblem(f"{shown(path)} holds no CodeSystem")
    for key in ("url", "status"):
        if not isinstance(resource.get(key), str) or not resource[key]:
            raise EnvironmentProblem(f"{shown(path)}: a CodeSystem is published with a {key}")
    for key in ("version", "id"):
        if not isinstance(resource.get(key, ""), str):
            raise EnvironmentProblem(f"{shown(path)}: the {key} is no text")
    if not isinstance(resource.get("meta", {}), dict):
        raise EnvironmentProblem(f"{shown(path)}: meta is no object")
    if not all(isinstance(concept.get("code"), str) for concept, _, _ in walk(resource)):
        raise EnvironmentProblem(f"{shown(path)}: a concept has no code")
    return Artifact(shown(path), resource, _hash(data))


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
