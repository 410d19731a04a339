"""What a run has to tell, whatever the form."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from fhir_codesystem.diagnostics import printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fhir_codesystem.diagnostics import Diagnostic, Suppressed


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of one source."""

    path: str
    findings: Sequence[Diagnostic] = ()
    suppressed: Sequence[Suppressed] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """All that a run has to tell.

    ``summary`` counts what was read and found, as JSON tells it; ``problems`` are files that could
    not be worked with, a line each; ``fixes`` the repairs as JSON has them, if they were asked for.
    ``folder`` is the absolute path of the folder from which relative paths start. ``strict`` says
    that warnings fail.
    """

    sources: Sequence[Told] = ()
    summary: Mapping[str, Any] = field(default_factory=dict)
    problems: Sequence[str] = ()
    fixes: Sequence[Mapping[str, Any]] | None = None
    folder: str = "/"
    strict: bool = False

    @property
    def findings(self) -> list[Diagnostic]:
        """The findings of all sources."""
        return [each for source in self.sources for each in source.findings]

    @property
    def suppressed(self) -> list[Suppressed]:
        """The suppressed findings of all sources."""
        return [each for source in self.sources for each in source.suppressed]

    def relative(self, path: str) -> str | None:
        """Return a path from the folder on, with slashes; None where it lies elsewhere."""
        return _relative(self.folder, path)

    def absolute(self, path: str) -> str:
        """Return the whole path of a file."""
        return _absolute(self.folder, path)


@lru_cache(maxsize=16)
def _relative(folder: str, path: str) -> str | None:
    way = PurePath(os.path.relpath(_absolute(folder, path), folder))
    return None if way.parts[:1] == (os.pardir,) else way.as_posix()


def _absolute(folder: str, path: str) -> str:
    return os.path.normpath(PurePath(folder, path))


def sentence(finding: Diagnostic) -> str:
    """Return the message of a finding, with the count of those left out; printable, one line."""
    more = f" (and {finding.more:,} more of this rule)" if finding.more else ""
    return printable(finding.message) + more
