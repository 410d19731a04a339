"""Reads a server, and writes to it, without the code that is tested."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import urllib3


@dataclass(frozen=True)
class Reader:
    """What a server has, and somebody else who writes there."""

    url: str

    def get(self, path: str, **query: str) -> Any:
        """Return what is at a path."""
        headers = {"Cache-Control": "no-cache"}
        asked = f"{self.url}/{path}" + (f"?{urlencode(query)}" if query else "")
        return urllib3.request("GET", asked, headers=headers, timeout=60).json()

    def all_of(self, url: str, kind: str = "CodeSystem") -> dict[str, dict[str, Any]]:
        """Return the resources of a URL by version; no version may be there twice."""
        found = self.get(kind, url=url).get("entry", [])
        by_version = {each["resource"]["version"]: each["resource"] for each in found}
        assert len(by_version) == len(found)
        return by_version

    def parameter(self, path: str, name: str, **query: str) -> Any:
        """Call an operation; what a parameter of the answer holds, None where there is none."""
        for each in self.get(path, **query).get("parameter", []):
            if each["name"] == name:
                return next(each[key] for key in each if key.startswith("value"))
        return None

    def post(self, resource: dict[str, Any]) -> str:
        """Create a resource; its id."""
        return self._write("POST", resource["resourceType"], resource)

    def put(self, resource: dict[str, Any]) -> str:
        """Put a resource in the place of the one that has its id; that id."""
        return self._write("PUT", f"{resource['resourceType']}/{resource['id']}", resource)

    def _write(self, method: str, path: str, resource: dict[str, Any]) -> str:
        stored = urllib3.request(method, f"{self.url}/{path}", json=resource, timeout=60)
        assert stored.status in {200, 201}, stored.data
        return str(stored.json()["id"])
