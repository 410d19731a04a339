"""Reads a server, and writes to it, without the code that is tested."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import urllib3


@dataclass(frozen=True)
class Reader:
    """What a server has, and somebody else who writes there."""

    url: str

    def get(self, path: str) -> Any:
        """Return what is at a path."""
        headers = {"Cache-Control": "no-cache"}
        return urllib3.request("GET", f"{self.url}/{path}", headers=headers, timeout=60).json()

    def all_of(self, url: str) -> dict[str, dict[str, Any]]:
        """Return the code systems of a URL by version; no version may be there twice."""
        found = self.get(f"CodeSystem?url={quote(url)}").get("entry", [])
        by_version = {each["resource"]["version"]: each["resource"] for each in found}
        assert len(by_version) == len(found)
        return by_version

    def post(self, resource: dict[str, Any]) -> str:
        """Create a resource; its id."""
        kind = resource["resourceType"]
        stored = urllib3.request("POST", f"{self.url}/{kind}", json=resource, timeout=60)
        assert stored.status == 201, stored.data
        return str(stored.json()["id"])
