"""``codesystem build``: tables to artifacts."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from fhir_codesystem.cli import findings
from fhir_codesystem.cli.progress import Progress
from fhir_codesystem.diagnostics import has_errors, shown
from fhir_codesystem.reporters.formats import TEXT

if TYPE_CHECKING:
    from pathlib import Path

    from fhir_codesystem.pipeline import Outcome


@click.command(name="build")
@click.argument("sources", nargs=-1, type=findings.SOURCE, metavar="[SOURCE]...")
@findings.output_option("artifacts")
@findings.build_options
def command(
    *,
    sources: tuple[Path, ...],
    output: Path,
    canonical: str | None,
    fhir_version: str | None,
    templates: Path | None,
    strict: bool,
    quiet: bool,
    style: str,
    debug: bool,  # noqa: ARG001 - seen by main()
) -> int:
    """Build code systems: tables, or their .yaml, to artifacts.

    Each SOURCE is a table or its metadata (NAME.yaml beside it); - is standard input. Without a
    SOURCE everything in input/ is built. Written are DIR/CodeSystem-ID.json, the resource, and
    DIR/CodeSystem-ID.md, a page to read, and where the .yaml asks for it (build: valueSet: true)
    DIR/ValueSet-ID.json, the value set of all codes. Their names go to standard output, findings to
    standard error. A source with an error writes nothing and does not stop the others.
    """
    started = time.perf_counter()
    problems: list[str] = []
    inputs = findings.inputs_of(sources, problems, tables=True)
    from fhir_codesystem.codesystem.versions import FHIRVersion
    from fhir_codesystem.pipeline import Options, Run

    version = FHIRVersion(fhir_version) if fhir_version else None
    outcomes: list[Outcome] = []
    with Progress(len(inputs)) as progress:
        run = Run(Options(version, canonical, templates, strict, kept=True), output, progress.tell)
        for each in inputs:
            outcome = findings.tried(partial(run.build, each), problems)
            progress.next()
            if outcome is not None:
                outcomes.append(outcome)
                progress.pause()
                _print(outcome, style=style, quiet=quiet)
    seconds = time.perf_counter() - started
    files = [shown(file) for outcome in outcomes for file in outcome.files]
    summary = findings.summary_of(outcomes, seconds) | {"files": files}
    if style != TEXT:
        findings.tell_all(outcomes, style, summary, problems, quiet=quiet, strict=strict, err=True)
    else:
        _close(summary, problems, quiet=quiet, strict=strict)
    failed = any(has_errors(outcome.diagnostics, strict=strict) for outcome in outcomes)
    return 2 if problems else 1 if failed else 0


def _print(outcome: Outcome, *, style: str, quiet: bool) -> None:
    if style == TEXT:
        findings.tell(outcome.diagnostics, quiet=quiet)
    for file in outcome.files:
        click.echo(shown(file))


def _close(summary: dict[str, Any], problems: list[str], *, quiet: bool, strict: bool) -> None:
    findings.say(problems)
    if summary["sources"] and not quiet:
        written = findings.counted(len(summary["files"]), "file") + " written"
        click.echo(findings.sentence(summary, [written], strict=strict), err=True)
