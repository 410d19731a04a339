"""What commands that talk to servers share: their options, and how a publication is told."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fhir_codesystem.cli.progress import Progress
from fhir_codesystem.diagnostics import printable, shown
from fhir_codesystem.errors import EnvironmentProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from fhir_codesystem.publishing.publication import Publication, Published

COLUMNS = ("plan", "result", "resource", "at the server", "answers")


def asking(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that all which ask a server have."""
    for option in reversed(
        (
            click.option(
                "--format",
                "style",
                type=click.Choice(["text", "json"]),
                default="text",
                show_default=True,
                help="Form of what is told.",
            ),
            click.option(
                "--timeout",
                type=click.FloatRange(1),
                default=120,
                show_default=True,
                help="Seconds for an answer.",
            ),
            click.option("--debug", is_flag=True, help="Show the traceback of an internal error."),
        )
    ):
        command = option(command)
    return command


def changing(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that all which change a server have."""
    command = asking(command)
    for option in reversed(
        (
            click.option(
                "--server", required=True, metavar="URL", help="Base of the server, or its name."
            ),
            click.option("--dry-run", is_flag=True, help="Show the plan; write nothing."),
            click.option(
                "--receipt", type=click.Path(path_type=Path), help="Write what was done here too."
            ),
            click.option(
                "--deadline",
                type=click.FloatRange(0),
                default=60,
                show_default=True,
                help="Seconds for each artifact, until the server must serve what it has stored.",
            ),
        )
    ):
        command = option(command)
    return command


def carry_out(
    publication: Publication,
    *,
    dry_run: bool,
    style: str,
    receipt: Path | None,
    deadline: float,
) -> int:
    """Do a publication, or show its plan; tell it, and return the exit code.

    What was done until something ended it (a server, Ctrl-C) is told, and in the receipt too.
    Raises EnvironmentProblem, before anything is done, where the receipt cannot be written.
    """
    if receipt is not None:
        _try(receipt)
    done: dict[tuple[str, str], Published] = {}
    end = partial(_end, publication, done, dry_run=dry_run, style=style, receipt=receipt)
    client = publication.client
    try:
        with Progress(len(publication.steps), "publishing") as progress:
            client.progress = progress.tell
            for each in publication.planned() if dry_run else publication.done(deadline):
                done[each.key] = each
                if each.awaited:
                    continue
                progress.pause()
                if style == "text":
                    _tell(each, client.sign_in.hide)
                if not dry_run:
                    progress.next()
    except BaseException as stopped:
        try:
            end(str(stopped) if isinstance(stopped, Exception) else "interrupted")
        except (EnvironmentProblem, OSError) as further:
            with suppress(OSError):
                click.echo(f"codesystem: {further}", err=True)
        raise
    end(None)
    return 0 if all(each.is_good for each in done.values()) else 1


def _end(
    publication: Publication,
    done: Mapping[Any, Published],
    problem: str | None,
    *,
    dry_run: bool,
    style: str,
    receipt: Path | None,
) -> None:
    """Tell what was done in all, as a table or as JSON, and write the receipt."""
    import orjson

    from fhir_codesystem.publishing.receipt import receipt as receipt_of

    when = datetime.now(UTC).isoformat(timespec="seconds")
    told = receipt_of(publication, list(done.values()), when) | {
        "dryRun": dry_run,
        "problem": problem,
    }
    told = publication.client.sign_in.secrets.hide_in(told)
    text = orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    try:
        if style == "json":
            click.echo(text.decode(), nl=False)
        elif done:
            for line in _table(list(done.values())):
                click.echo(publication.client.sign_in.hide(line))
    finally:
        if receipt is not None:
            _write(receipt, text)


def _tell(published: Published, hide: Callable[[str], str]) -> None:
    """Tell what became of an artifact, and what the server does not answer as it should."""
    from fhir_codesystem.publishing.applying import Result
    from fhir_codesystem.publishing.verification import Verdict

    applied = published.applied
    step = applied.step
    planned = applied.result is Result.PLANNED
    lines = [f"{step.action.value if planned else applied.result.value} {step.artifact.canonical}"]
    if applied.server_id:
        lines[0] += f" ({step.artifact.resource_type}/{applied.server_id})"
    lines[0] += f": {applied.message or step.reason}"
    if step.difference:
        lines.append(f"    differs: {step.difference}")
    lines += [
        f"    {check.asked}: {check.answered}, not {check.expected}"
        + (f" ({check.note})" if check.note else "")
        for check in published.checks
        if check.verdict is not Verdict.RIGHT
    ]
    if any(check.verdict is Verdict.WRONG for check in published.checks):
        lines.append("    servers may store late or answer from memory: run again to ask again")
    for line in lines:
        click.echo(printable(hide(line)), err=True)


def _table(done: Sequence[Published]) -> list[str]:
    """Lay the summary out: a line an artifact, with a header."""
    from fhir_codesystem.publishing.verification import Verdict

    rows: list[tuple[str, ...]] = [COLUMNS]
    for each in done:
        applied = each.applied
        artifact = applied.step.artifact
        right = sum(check.verdict is Verdict.RIGHT for check in each.checks)
        rows.append(
            (
                applied.step.action.value,
                applied.result.value,
                printable(artifact.canonical),
                f"{artifact.resource_type}/{applied.server_id}" if applied.server_id else "-",
                f"{right} of {len(each.checks)} right" if each.checks else "-",
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _try(path: Path) -> None:
    """Make sure that a file can be written, and leave nothing behind."""
    from fhir_codesystem.artifacts.writer import Folder

    with Folder(path.parent) as folder:
        folder.write(path.name, [b""])


def _write(path: Path, text: bytes) -> None:
    from fhir_codesystem.artifacts.writer import Folder

    with Folder(path.parent) as folder:
        folder.write(path.name, [text])
        folder.commit()
    click.echo(shown(path), err=True)
