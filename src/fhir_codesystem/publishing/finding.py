"""What a server has of a URL: found by searches, read one by one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fhir_codesystem.diagnostics import quoted
from fhir_codesystem.publishing.client import ServerProblem
from fhir_codesystem.publishing.values import LEVELS, dicts, is_deep

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fhir_codesystem.publishing.client import Client

PAGES = 100
"""Pages of one search that are read; more than that is no search for one URL."""
NAMED = 5
"""Versions that are named one by one."""


def search(client: Client, resource_type: str, url: str, version: str | None) -> tuple[str, ...]:
    """Return the ids of what a server has of a url and version; raises ServerProblem.

    What cannot be read in an answer is a problem: taken for nothing, it would be created again.
    """
    query = {"url": url, **({"version": version} if version else {})}
    ids: dict[str, None] = {}
    for resource in _resources(client, resource_type, query):
        if is_of(resource, resource_type, url, version):
            if not is_id(server_id := resource.get("id")):
                raise ServerProblem(
                    f"{client.target.address} has {url} under an id that is none: "
                    f"{quoted(str(server_id))}"
                )
            ids[server_id] = None
    return tuple(ids)


def escaped(value: str) -> str:
    """Return a value as searches take it, in which a comma would stand between two values.

    https://hl7.org/fhir/R4/search.html#escaping
    """
    return re.sub(r"[\\,|$]", r"\\\g<0>", value)


def _resources(client: Client, resource_type: str, query: dict[str, str]) -> Iterator[Any]:
    """Yield what a search finds: id, url, version and status of each, perhaps more than once.

    Some servers (Helios) know nothing of escapes, so values that have some are asked for as they
    are, too.
    """
    by_the_book = {name: escaped(value) for name, value in query.items()}
    for asked in (by_the_book, query) if by_the_book != query else (query,):
        yield from _found(client, resource_type, asked)


def _found(client: Client, resource_type: str, query: dict[str, str]) -> Iterator[Any]:
    """Yield what is on the pages of a search; two may have the same, as others write meanwhile."""
    bundle = client.json(resource_type, "Bundle", **query, _elements="url,version,status")
    total, listed = bundle.get("total"), 0
    for _ in range(PAGES):
        for resource in _listed(client, bundle):
            listed += resource.get("resourceType") == resource_type
            yield resource
        links = dicts(bundle, "link")
        further = [each.get("url") for each in links if each.get("relation") == "next"]
        if further:
            bundle = client.following(str(further[0]))
        elif total and not listed:
            raise ServerProblem(f"{client.target.address} finds {total} and lists none")
        else:
            return
    raise ServerProblem(f"{client.target.address} finds no end of {query['url']}")


def _listed(client: Client, bundle: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the resources in a page of a search; raises ServerProblem where there is no list."""
    entries = bundle.get("entry", [])
    if isinstance(entries, list):
        found = [each.get("resource") for each in entries if isinstance(each, dict)]
        resources = [each for each in found if isinstance(each, dict)]
        if len(resources) == len(entries):
            return resources
    raise ServerProblem(f"{client.target.address} answers a search with no list of resources")


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


def named(found: Sequence[str]) -> str:
    """Name versions in a message, the latest last: all of a few, the latest of many."""
    few = ", ".join(found[-NAMED:])
    return few if len(found) <= NAMED else f"{len(found):,} versions, the latest {few}"


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
    if is_deep(resource):
        raise ServerProblem(
            f"{client.target.address}/{path}: objects and arrays in more than {LEVELS} levels"
        )
    return resource, answer.etag or _weak(resource)
