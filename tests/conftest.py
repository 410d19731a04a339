"""Fixtures that all tests share: a project folder of one's own, and findings told in short."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from fhir_codesystem import build

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from fhir_codesystem import Built, Diagnostic

COMPLETE = """\
id: table
url: http://example.org/table
name: Table
title: Table
status: draft
caseSensitive: true
hierarchyMeaning: is-a
content: complete
"""
"""Metadata that leaves nothing to be said: every finding then comes from what a test adds."""


@dataclass(frozen=True)
class Project:
    """A folder in which a test lays out table.txt and table.yaml, and builds them."""

    folder: Path

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file, text as UTF-8 with the line ends it has."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def build(
        self,
        table: str | bytes,
        metadata: str | bytes | None = COMPLETE,
        templates: dict[str, str] | None = None,
        **options: Any,
    ) -> Built:
        """Build a table with its metadata (None: a bare table), by default without a finding."""
        source = self.write("table.txt", table)
        (self.folder / "table.yaml").unlink(missing_ok=True)
        if metadata is not None:
            source = self.write("table.yaml", metadata)
        for name, text in (templates or {}).items():
            self.write(f"own/{name}", text)
        folder = self.folder / "own" if templates else None
        return build(source, templates=folder, **options)

    def found(
        self,
        table: str | bytes,
        metadata: str | bytes | None = COMPLETE,
        *,
        of: str = "CS",
        **options: Any,
    ) -> list[str]:
        """Build, and return the findings in short whose numbers begin with ``of``."""
        built = self.build(table, metadata, **options)
        return [each for each in self.brief(built.diagnostics) if each.startswith(of)]

    @staticmethod
    def brief(diagnostics: Iterable[Diagnostic]) -> list[str]:
        """Tell findings in short: ``CS108 2:12``, and ``CS312`` for the file as a whole."""
        return [
            f"{each.rule.number} {each.location.line}:{each.location.column}"
            if each.location.line
            else each.rule.number
            for each in diagnostics
        ]

    @staticmethod
    def outline(resource: dict[str, Any]) -> list[str]:
        """Return the codes of a resource in document order, each indented by dots."""

        def walk(concepts: list[dict[str, Any]], indent: str) -> Iterator[str]:
            for concept in concepts:
                yield indent + concept["code"]
                yield from walk(concept.get("concept", []), indent + ".")

        return list(walk(resource.get("concept", []), ""))

    @staticmethod
    def concepts(resource: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """Return the concepts of a resource by code, nested ones too; no code may stand twice."""
        by_code: dict[str, dict[str, Any]] = {}
        waiting = list(resource.get("concept", []))
        while waiting:
            concept = waiting.pop(0)
            assert concept["code"] not in by_code
            by_code[concept["code"]] = concept
            waiting += concept.get("concept", [])
        return by_code


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what is slow, but in CI, and say so."""
    if not os.environ.get("CI"):
        skip = pytest.mark.skip(reason="slow: `make test-all` and CI run it")
        for item in items:
            if item.get_closest_marker("slow"):
                item.add_marker(skip)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return an empty project folder."""
    return Project(tmp_path)
