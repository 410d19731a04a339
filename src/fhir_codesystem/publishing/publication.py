"""A publication: the plan for some artifacts, what became of it, what the server now serves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fhir_codesystem.publishing.applying import STORED, Applied, Result, apply
from fhir_codesystem.publishing.capabilities import Capabilities, probe
from fhir_codesystem.publishing.planning import Action, plan
from fhir_codesystem.publishing.verification import Check, Verdict, verify

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fhir_codesystem.publishing.artifact import Artifact
    from fhir_codesystem.publishing.client import Client


@dataclass(frozen=True, slots=True)
class Published:
    """One artifact: what was planned, what became of it, how the server answers for it."""

    applied: Applied
    checks: tuple[Check, ...] = ()

    @property
    def is_proven(self) -> bool:
        """Whether the server has it and every answer is right, or could not be asked for."""
        wrong = any(check.verdict is Verdict.WRONG for check in self.checks)
        return self.applied.result in STORED and not wrong

    @property
    def is_good(self) -> bool:
        """Whether it is proven; in a dry run, whether it would not be refused."""
        planned = self.applied.result is Result.PLANNED
        return (planned and self.applied.step.action is not Action.REFUSE) or self.is_proven


def publish(
    client: Client, artifacts: Sequence[Artifact], *, dry_run: bool = False, seconds: float = 60
) -> tuple[Capabilities, Iterator[Published]]:
    """Publish artifacts at a server: probe, plan, apply, verify.

    The plan for all is made before anything is written; then each artifact is done and verified,
    for ``seconds`` at most, as it is asked for. Raises ServerProblem, at the beginning or there.
    """
    capabilities = probe(client)
    steps = plan(client, capabilities, artifacts)

    def done() -> Iterator[Published]:
        for step in steps:
            if dry_run:
                yield Published(Applied(step, Result.PLANNED, step.server_id, step.etag))
                continue
            applied = apply(client, capabilities, step)
            checks: tuple[Check, ...] = ()
            if applied.result in STORED and applied.server_id:
                checks = verify(
                    client, capabilities, step.artifact, applied.server_id, seconds=seconds
                )
            yield Published(applied, checks)

    return capabilities, done()


def receipt(
    server: str, capabilities: Capabilities, published: Sequence[Published], when: str
) -> dict[str, Any]:
    """Return what was published as plain values: no secret is among them.

    ``when`` is the time (RFC 3339) at which it was done.
    """
    return {
        "server": server,
        "software": capabilities.software,
        "fhirVersion": capabilities.fhir,
        "time": when,
        "artifacts": [_receipt_of(each) for each in published],
    }


def _receipt_of(published: Published) -> dict[str, Any]:
    applied = published.applied
    step = applied.step
    differs = step.difference
    return {
        "path": step.artifact.path,
        "sha256": step.artifact.sha256,
        "url": step.artifact.url,
        "version": step.artifact.version,
        "status": step.artifact.status,
        "plan": {
            "action": step.action.value,
            "reason": step.reason,
            "elements": list(differs.elements),
            "added": list(differs.added),
            "removed": list(differs.removed),
            "changed": list(differs.changed),
            "moved": list(differs.moved),
        },
        "result": applied.result.value,
        "message": applied.message,
        "id": applied.server_id,
        "etag": applied.etag,
        "checks": [
            {
                "asked": check.asked,
                "expected": check.expected,
                "answered": check.answered,
                "verdict": check.verdict.value,
                "attempts": check.attempts,
            }
            for check in published.checks
        ],
    }
