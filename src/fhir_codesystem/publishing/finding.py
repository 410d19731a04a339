"""What a server has of a URL: found by searches, read one by one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fhir_codesystem.publishing.client import ServerProblem
from fhir_codesystem.publishing.values import dicts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fhir_codesystem.publishing.client import Client

PAGES = 100
"""Pages of one search that are read; more than that is no search for one URL."""


def search(client: Client, resource_type: str, url: str, version: str | None) -> Iterator[str]:
    """Yield the ids of what a server has of a url and version; raises ServerProblem."""
    query = {"url": url, **({"version": version} if version else {})}
    for resource in _resources(client, resource_type, query):
        if is_of(resource, resource_type, url, version) and is_id(resource.get("id")):
            yield str(resource["id"])


def _resources(client: Client, resource_type: str, query: dict[str, str]) -> Iterator[Any]:
    """Yield what a search finds: id, url, version and status of each, page by page."""
    query = {**query, "_elements": "url,version,status"}
    bundle = client.json(resource_type, "Bundle", **query)
    for _ in range(PAGES):
        for entry in dicts(bundle, "entry"):
            if isinstance(resource := entry.get("resource"), dict):
                yield resource
        links = dicts(bundle, "link")
        further = [each.get("url") for each in links if each.get("relation") == "next"]
        if not further:
            return
        bundle = client.following(str(further[0]))
    raise ServerProblem(f"{client.target.address} finds no end of {query['url']}")


def is_id(value: object) -> bool:
    """Whether a value is an id (https://hl7.org/fhir/R4/datatypes.html#id)."""
    return isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9.-]{1,64}", value) is not None


def is_of(resource: Any, resource_type: str, url: str, version: str | None) -> bool:
    """Whether a resource is of a type, a url and a version (None: of none)."""
    return (
        isinstance(resource, dict)
        and resource.get("resourceType") == resource_type
        and resource.get("url") == url
        and (resource.get("version") or None) == (version or None)
    )


def _weak(resource: dict[str, Any]) -> str | None:
    """The entity tag that FHIR makes of a version id, where the server sent none."""
    meta = resource.get("meta")
    version = meta.get("versionId") if isinstance(meta, dict) else None
    return f'W/"{version}"' if version else None


def versions(client: Client, resource_type: str, url: str) -> tuple[str, ...]:
    """Return the versions of a url that a server has, the latest last; raises ServerProblem."""
    found = {
        str(each["version"])
        for each in _resources(client, resource_type, {"url": url})
        if each.get("url") == url and each.get("version")
    }
    return tuple(sorted(found, key=age))


def age(version: str) -> list[tuple[int, str]]:
    """Return what versions are ordered by, as people do: 1.10 after 1.9, and 2.0-rc before 2.0."""
    parts = re.findall(r"[0-9]+|[^0-9.\-_+]+", version)
    return [(int(part) + 1, "") if part.isdecimal() else (0, part) for part in (*parts, "~")]


def overtaken(version: str | None, others: Sequence[str]) -> str:
    """Warn where a server has a later version: what is written last may answer for all."""
    later = [each for each in others if version is not None and age(each) > age(version)]
    if not later:
        return ""
    return (
        f"; {later[-1]} is later, and servers may answer with what was written last where they are "
        "asked without a version"
    )


def stored(client: Client, resource_type: str, server_id: str) -> tuple[dict[str, Any], str | None]:
    """Read a resource that a search has found, and its entity tag; raises ServerProblem."""
    path = f"{resource_type}/{server_id}"
    answer = client.get(path)
    if answer.status in {404, 410}:
        raise ServerProblem(f"{client.target.address}/{path} is found by a search and is not there")
    resource = client.resource_in(answer, path, resource_type)
    return resource, answer.etag or _weak(resource)
