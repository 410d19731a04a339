"""``codesystem publish``: artifacts to a terminology server, with the proof that it serves them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fhir_codesystem.diagnostics import printable, shown
from fhir_codesystem.errors import EnvironmentProblem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fhir_codesystem.publishing.publication import Published

OUTPUT = Path("output")


@click.command(name="publish")
@click.argument(
    "artifacts", nargs=-1, type=click.Path(path_type=Path, readable=False), metavar="[ARTIFACT]..."
)
@click.option("--server", required=True, metavar="URL", help="Base of the server, or its name.")
@click.option("--dry-run", is_flag=True, help="Show the plan; write nothing.")
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Form of what is told.",
)
@click.option("--receipt", type=click.Path(path_type=Path), help="Write what was done here too.")
@click.option("--timeout", type=click.FloatRange(1), default=120, help="Seconds for an answer.")
@click.option(
    "--deadline",
    type=click.FloatRange(0),
    default=60,
    help="Seconds for a server to serve what it has stored.",
)
@click.option("--debug", is_flag=True, help="Show the traceback of an internal error.")
def command(
    *,
    artifacts: tuple[Path, ...],
    server: str,
    dry_run: bool,
    style: str,
    receipt: Path | None,
    timeout: float,
    deadline: float,
    debug: bool,  # noqa: ARG001 - seen by main()
) -> int:
    """Bring built code systems to a FHIR server, and prove that it serves them.

    Each ARTIFACT is a CodeSystem in JSON; without one, all of output/ are published. What the
    server has already is not written again; a draft is updated; a code system that is published
    there (active, retired) and differs is refused. --server is a base URL, or the name of a server
    in servers.toml. How to sign in: docs/publishing.md.

    Exit code 0: the server serves them all. 1: one is refused, rejected, in conflict, or not
    served as it should be. 2: wrong usage, or a server that cannot be worked with.
    """
    import orjson

    from fhir_codesystem.publishing import publication
    from fhir_codesystem.publishing.artifact import read
    from fhir_codesystem.publishing.client import Client, ServerProblem
    from fhir_codesystem.publishing.profiles import target

    paths = artifacts or tuple(sorted(OUTPUT.glob("CodeSystem-*.json")))
    if not paths:
        raise EnvironmentProblem(f"{OUTPUT} holds no CodeSystem; name an ARTIFACT")
    resources = [read(path) for path in paths]
    done: list[Published] = []
    problem: ServerProblem | None = None
    with Client(target(server), timeout) as client:
        capabilities, publishing = publication.publish(
            client, resources, dry_run=dry_run, seconds=deadline
        )
        try:
            for each in publishing:
                done.append(each)
                if style == "text":
                    _tell(each)
        except ServerProblem as stopped:
            problem = stopped
    when = datetime.now(UTC).isoformat(timespec="seconds")
    told = publication.receipt(str(client.target.address), capabilities, done, when)
    told["dryRun"] = dry_run
    told["problem"] = str(problem) if problem else None
    text = orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    if style == "json":
        click.echo(text.decode(), nl=False)
    if receipt is not None:
        _write(receipt, text)
    if problem is not None:
        raise problem
    return 0 if all(each.is_good for each in done) else 1


def _tell(published: Published) -> None:
    """Tell what became of an artifact, and what the server does not answer as it should."""
    from fhir_codesystem.publishing.applying import Result
    from fhir_codesystem.publishing.verification import Verdict

    applied = published.applied
    step = applied.step
    planned = applied.result is Result.PLANNED
    lines = [f"{step.action.value if planned else applied.result.value} {step.artifact.canonical}"]
    if applied.server_id:
        lines[0] += f" (CodeSystem/{applied.server_id})"
    lines[0] += f": {applied.message or step.reason}"
    if step.difference:
        lines.append(f"    differs: {step.difference}")
    right = sum(check.verdict is Verdict.RIGHT for check in published.checks)
    if published.checks:
        lines.append(f"    {right} of {len(published.checks)} answers are right")
    lines += [
        f"    {check.asked}: {check.answered}, not {check.expected}"
        + (" (a server need not answer for a part of a code system)" if is_open else "")
        for check in published.checks
        if (is_open := check.verdict is Verdict.OPEN) or check.verdict is Verdict.WRONG
    ]
    if any(check.verdict is Verdict.WRONG for check in published.checks):
        lines.append("    servers may store late or answer from memory: run again to ask again")
    _say(lines, err=not published.is_good)


def _say(lines: Sequence[str], *, err: bool) -> None:
    for line in lines:
        click.echo(printable(line), err=err)


def _write(path: Path, text: bytes) -> None:
    from fhir_codesystem.artifacts.writer import Folder

    with Folder(path.parent) as folder:
        folder.write(path.name, [text])
        folder.commit()
    click.echo(shown(path), err=True)
