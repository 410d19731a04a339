"""A publication: the plan for some artifacts, what became of them, what the server now serves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from fhir_codesystem.publishing import applying, retiring, transaction, uploading
from fhir_codesystem.publishing.applying import STORED, Applied, Result
from fhir_codesystem.publishing.capabilities import probe
from fhir_codesystem.publishing.client import ServerProblem
from fhir_codesystem.publishing.planning import Action, plan, require_method
from fhir_codesystem.publishing.questions import questions
from fhir_codesystem.publishing.soundness import sound
from fhir_codesystem.publishing.verification import Check, Verdict, verify

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from fhir_codesystem.publishing.artifact import Artifact
    from fhir_codesystem.publishing.capabilities import Capabilities
    from fhir_codesystem.publishing.client import Client
    from fhir_codesystem.publishing.planning import Step


class Method(StrEnum):
    """How resources are written: one by one, in one transaction, or with concepts as tables."""

    PUT = "put"
    BUNDLE = "bundle"
    UPLOAD = "upload"


@dataclass(frozen=True, slots=True)
class Published:
    """One artifact: what was planned, what became of it, how the server answers for it.

    ``awaited`` says that the server is still to be asked.
    """

    applied: Applied
    checks: tuple[Check, ...] = ()
    awaited: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """What tells the artifact from the others of its publication."""
        artifact = self.applied.step.artifact
        return artifact.path, artifact.canonical

    @property
    def is_proven(self) -> bool:
        """Whether the server has it and every answer is right, or could not be asked for."""
        wrong = any(check.verdict is Verdict.WRONG for check in self.checks)
        return self.applied.result in STORED and not wrong and not self.awaited

    @property
    def is_good(self) -> bool:
        """Whether it is proven; in a dry run, whether it would not be refused."""
        planned = self.applied.result is Result.PLANNED
        return (planned and self.applied.step.action is not Action.REFUSE) or self.is_proven


@dataclass(frozen=True, slots=True)
class Publication:
    """A plan for a server, which has not changed yet."""

    client: Client
    capabilities: Capabilities
    steps: tuple[Step, ...]
    method: Method = Method.PUT

    def planned(self) -> Iterator[Published]:
        """Tell the plan; nothing is written."""
        for step in self.steps:
            yield Published(Applied(step, Result.PLANNED, step.server_id, step.etag))

    def done(self, seconds: float = 60) -> Iterator[Published]:
        """Do the plan, and verify each artifact for ``seconds`` at most; raises ServerProblem.

        What was written is told at once, as awaited, and again when it is verified. A step is done
        when its result is asked for, but for a transaction, which is done at once.
        """
        systems: dict[str, Artifact] = {}
        changed = False
        for together in self._applied():
            for applied in together:
                yield Published(applied, awaited=_is_stored(applied))
            for applied in filter(_is_stored, together):
                artifact, server_id = applied.step.artifact, str(applied.server_id)
                checks: tuple[Check, ...] = ()
                if artifact.resource_type == "CodeSystem":
                    systems |= dict.fromkeys((artifact.url, artifact.canonical), artifact)
                    changed = changed or applied.result is not Result.UNCHANGED
                elif changed and applied.result is not Result.CREATED:
                    checks = tuple(self._expanded_anew(server_id))
                asked = questions(artifact, server_id, self.capabilities, systems)
                checks += verify(self.client, asked, seconds=seconds)
                yield Published(applied, checks)

    def _applied(self) -> Iterator[list[Applied]]:
        """Yield what became of steps that are done together."""
        if self.method is Method.BUNDLE:
            yield list(transaction.apply(self.client, self.capabilities, self.steps))
            return
        apply = uploading.apply if self.method is Method.UPLOAD else applying.apply
        for step in self.steps:
            yield [apply(self.client, self.capabilities, step)]

    def _expanded_anew(self, server_id: str) -> Iterator[Check]:
        """Have HAPI forget what it expanded from code systems that have changed since."""
        if "invalidate-expansion" not in self.capabilities.of("ValueSet").operations:
            return
        path = f"ValueSet/{server_id}/$invalidate-expansion"
        try:
            answer = self.client.write("POST", path, b'{"resourceType":"Parameters"}')
            answered = "done" if answer.is_good else f"{answer.status} {answer.said}".strip()
        except ServerProblem as problem:
            answered = str(problem)
        verdict = Verdict.RIGHT if answered == "done" else Verdict.WRONG
        yield Check("$invalidate-expansion", "done", answered, verdict)


def _is_stored(applied: Applied) -> bool:
    """Whether the server has it, so that it can be asked for it."""
    return applied.result in STORED and applied.server_id is not None


def publication(
    client: Client,
    artifacts: Sequence[Artifact],
    method: Method = Method.PUT,
    *,
    again: bool = False,
    check: bool = True,
    packages: Iterable[Path] = (),
) -> Publication:
    """Probe a server and plan what is to be done there; raises ServerProblem, EnvironmentProblem.

    The plan for all is made before anything is written. ``again`` plans to write what the server
    has already, as it may not serve what it has. ``check`` refuses code systems that have
    errors; they may refer to what is in ``packages``.
    """
    capabilities = probe(client)
    steps = plan(client, capabilities, artifacts)
    if again:
        steps = tuple(_again(step) for step in steps)
    require_method(client, capabilities, steps, method)
    if check:
        steps = tuple(sound(steps, capabilities.release or "R4", packages))
    if method is Method.UPLOAD:
        steps = tuple(uploading.planned(step) for step in steps)
    return Publication(client, capabilities, steps, method)


def _again(step: Step) -> Step:
    if step.action is not Action.UNCHANGED:
        return step
    return replace(step, action=Action.UPDATE, reason=f"{step.reason}, and is to store it again")


def retirement(client: Client, canonicals: Sequence[str], today: date) -> Publication:
    """Plan to retire what a server has of some URLs and versions; raises as `publication` does."""
    capabilities = probe(client)
    steps = retiring.plan(client, capabilities, canonicals, today)
    return Publication(client, capabilities, steps)
