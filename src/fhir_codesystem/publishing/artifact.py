"""What is published: code systems and value sets as they stand in their files, or in a package."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import orjson

from fhir_codesystem.diagnostics import quoted, shown
from fhir_codesystem.errors import EnvironmentProblem
from fhir_codesystem.npm.reading import files
from fhir_codesystem.publishing.difference import walk
from fhir_codesystem.publishing.values import LEVELS, is_deep

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

RESOURCE_TYPES = ("CodeSystem", "ValueSet")
"""What is published, in this order: a value set is expanded from code systems that are there."""
PACKAGES = (".tgz", ".tar.gz", ".tar")
OURS = {"profile", "security", "tag"}
"""What of meta the author says; the rest is the server's."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """A CodeSystem or ValueSet: its resource as plain values, with the hash of its file.

    ``data`` is the file itself; ``path`` says where it is: that of a resource in a package is
    below the package's.
    """

    path: str
    resource: dict[str, Any] = field(repr=False)
    data: bytes = field(default=b"", repr=False)

    @property
    def sha256(self) -> str:
        """The hash of the file, in hexadecimal digits."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def resource_type(self) -> str:
        """CodeSystem or ValueSet."""
        return str(self.resource["resourceType"])

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
        name = str(self.resource.get("id") or self.resource_type.lower())
        parts = "-".join(part for part in (name, self.version) if part)
        readable = re.sub(r"[^A-Za-z0-9.-]+", "-", parts)[:55].strip("-.")
        digits = hashlib.sha256(self.canonical.encode()).hexdigest()[:8]
        return f"{readable or self.resource_type.lower()}-{digits}"

    def sent(self, server_id: str | None) -> dict[str, Any]:
        """The resource as it is sent, under an id of the server's, or none."""
        resource = {key: value for key, value in self.resource.items() if key not in {"id", "meta"}}
        if "meta" in self.resource:
            resource["meta"] = {k: v for k, v in self.resource["meta"].items() if k in OURS}
        first = {"resourceType": self.resource_type}
        return first | ({"id": server_id} if server_id else {}) | resource


def is_package(path: Path) -> bool:
    """Whether this is a FHIR package: a folder, or by its name an archive."""
    return path.is_dir() or path.name.lower().endswith(PACKAGES)


def read_all(paths: Iterable[Path]) -> tuple[Artifact, ...]:
    """Read artifacts from their files and packages, code systems before value sets.

    Raises EnvironmentProblem where a file holds neither, or a package none.
    """
    found: list[Artifact] = []
    for path in paths:
        found += _packed(path) if is_package(path) else [read(path)]
    return tuple(sorted(found, key=lambda each: RESOURCE_TYPES.index(each.resource_type)))


def read(path: Path) -> Artifact:
    """Read a CodeSystem or ValueSet in JSON; raises EnvironmentProblem where there is none."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise EnvironmentProblem(f"cannot read {shown(path)}: {error.strerror}") from None
    resource = _parsed(shown(path), data)
    if not isinstance(resource, dict) or resource.get("resourceType") not in RESOURCE_TYPES:
        raise EnvironmentProblem(f"{shown(path)} holds no CodeSystem and no ValueSet")
    return _artifact(shown(path), resource, data)


def held(place: str, resource: dict[str, Any]) -> Artifact:
    """Take a CodeSystem or ValueSet that a server has, at a place there, for an artifact.

    Raises EnvironmentProblem where it cannot be worked with.
    """
    return replace(_artifact(place, resource, b""), data=orjson.dumps(resource))


def _packed(path: Path) -> Iterator[Artifact]:
    """Yield the code systems and value sets of a package."""
    none = True
    for name, data in files(path):
        place = f"{shown(path)}/{name}"
        resource = _parsed(place, data)
        if isinstance(resource, dict) and resource.get("resourceType") in RESOURCE_TYPES:
            none = False
            yield _artifact(place, resource, data)
    if none:
        raise EnvironmentProblem(f"{shown(path)} holds no CodeSystem and no ValueSet")


def _parsed(place: str, data: bytes) -> Any:
    try:
        return orjson.loads(data.removeprefix(b"\xef\xbb\xbf").decode("utf-8"))
    except UnicodeDecodeError:
        raise EnvironmentProblem(f"{place} is not in UTF-8") from None
    except orjson.JSONDecodeError as error:
        raise EnvironmentProblem(f"{place} is no JSON: {error}") from None


def _artifact(place: str, resource: dict[str, Any], data: bytes) -> Artifact:
    """Hold a resource to what publishing relies on; all else is for `check` to say."""
    kind = resource["resourceType"]
    if is_deep(resource):
        raise EnvironmentProblem(f"{place}: objects and arrays in more than {LEVELS} levels")
    for key in ("url", "status"):
        if not isinstance(resource.get(key), str) or not resource[key]:
            raise EnvironmentProblem(f"{place}: a {kind} is published with a {key}")
    for key in ("version", "id"):
        if not isinstance(resource.get(key, ""), str):
            raise EnvironmentProblem(f"{place}: the {key} is no text")
    for key in ("url", "version"):
        if "|" in resource.get(key, ""):
            raise EnvironmentProblem(f"{place}: the {key} {quoted(resource[key])} holds a |")
    if not isinstance(resource.get("meta", {}), dict):
        raise EnvironmentProblem(f"{place}: meta is no object")
    if not all(isinstance(concept.get("code"), str) for concept, _, _ in walk(resource)):
        raise EnvironmentProblem(f"{place}: a concept has no code")
    return Artifact(place, resource, data)
