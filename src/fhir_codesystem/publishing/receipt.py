"""What was published, as plain values: for programs, and as a receipt to keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fhir_codesystem.publishing.publication import Publication, Published


def receipt(publication: Publication, published: Sequence[Published], when: str) -> dict[str, Any]:
    """Return what was done: server, time, ids, versions, entity tags, hashes, answers.

    ``when`` is the time (RFC 3339) at which it was done. No secret is among the values.
    """
    return {
        "server": str(publication.client.target.address),
        "software": publication.capabilities.software,
        "fhirVersion": publication.capabilities.fhir,
        "method": publication.method.value,
        "time": when,
        "artifacts": [_of(each) for each in published],
    }


def _of(published: Published) -> dict[str, Any]:
    applied = published.applied
    step = applied.step
    differs = step.difference
    return {
        "path": step.artifact.path,
        "sha256": step.artifact.sha256,
        "resourceType": step.artifact.resource_type,
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
            "doubled": list(differs.doubled),
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
