"""``codesystem check``: findings, and the repairs that are proposed."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from fhir_codesystem.cli import findings
from fhir_codesystem.cli.progress import Progress
from fhir_codesystem.diagnostics import MOST, has_errors, printable, quoted
from fhir_codesystem.reporters.formats import TEXT

if TYPE_CHECKING:
    from pathlib import Path

    from fhir_codesystem.pipeline import Outcome
    from fhir_codesystem.repairs.fixing import Fix
    from fhir_codesystem.sources import Input


@click.command(name="check")
@click.argument("files", nargs=-1, type=findings.SOURCE, metavar="[FILE]...")
@click.option("--fix", is_flag=True, help="Show what can be repaired as a unified diff.")
@click.option("--write", is_flag=True, help="With --fix: change the files so.")
@findings.metadata_options
@click.option("--strict", is_flag=True, help="Warnings fail too.")
@click.option(
    "--package",
    "packages",
    multiple=True,
    type=findings.SOURCE,
    metavar="FILE|DIR",
    help="A FHIR package (.tgz, or a folder) that resources may refer to; may be repeated.",
)
@click.option("--publication", is_flag=True, help="Ask for what published resources need too.")
@click.option(
    "--official", is_flag=True, help="Tell what the official HL7 validator says alone, and errors."
)
@click.option("--all", "every", is_flag=True, help="Tell more than 20 findings of a rule.")
@findings.options
def command(
    *,
    files: tuple[Path, ...],
    fix: bool,
    write: bool,
    canonical: str | None,
    fhir_version: str | None,
    strict: bool,
    packages: tuple[Path, ...],
    publication: bool,
    official: bool,
    every: bool,
    quiet: bool,
    style: str,
    debug: bool,  # noqa: ARG001 - seen by main()
) -> int:
    """Check code systems: tables, their .yaml, or CodeSystem resources as they are.

    Each FILE is a table or its metadata (NAME.yaml beside it), or a CodeSystem in JSON or XML that
    anybody made; - is standard input. Without a FILE everything in input/ is checked. What a build
    would find goes to standard output; of a resource what the official HL7 validator would say,
    and what our own rules say (CS701 on); with --official the former alone.
    Nothing is written.

    Of each rule 20 findings are told and the rest is counted; with --all every finding of a
    resource is told. Of a table more is told too, but what reading it left out stays counted.

    With --fix the diff goes to standard output and the findings to standard error; with --write
    too the files are changed as the diff shows, and the findings are those that remain.

    Exit code 0: no errors (and with --fix nothing that it could repair). 1: errors, or with --fix
    a diff that was not written. 2: wrong usage, or a file that cannot be read or written.
    """
    if write and not fix:
        raise click.UsageError("--write goes with --fix, which shows what would be written")
    if fix and style not in {TEXT, "json"}:
        raise click.UsageError(f"--fix goes with --format text or json; {style} tells no repairs")
    started = time.perf_counter()
    problems: list[str] = []
    inputs = findings.inputs_of(files, problems)
    from fhir_codesystem.codesystem.versions import FHIRVersion
    from fhir_codesystem.pipeline import Options, Run

    version = FHIRVersion(fhir_version) if fhir_version else None
    outcomes: list[Outcome] = []
    fixes: list[Fix] = []
    with Progress(len(inputs)) as progress:
        most = None if every else MOST
        options = Options(
            *(version, canonical),
            strict=strict,
            most=most,
            packages=packages,
            publication=publication,
            official=official,
        )
        run = Run(options, tell=progress.tell)
        for each in inputs:
            done = findings.tried(partial(_fixed, each, write=write), problems) if fix else None
            outcome = findings.tried(partial(run.check, each), problems)
            progress.next()
            progress.pause()
            if done is not None:
                fixes.append(done)
                _show(done, style=style)
            if outcome is not None:
                outcomes.append(replace(outcome, artifacts={}))
                if style == TEXT:
                    findings.tell(outcome.diagnostics, quiet=quiet, err=fix)
    summary = findings.summary_of(outcomes, time.perf_counter() - started)
    if style != TEXT:
        repairs = [_as_dict(each) for each in fixes] if fix else None
        findings.tell_all(
            outcomes, style, summary, problems, quiet=quiet, strict=strict, fixes=repairs
        )
    else:
        findings.say(problems)
        if outcomes and not quiet:
            told = [_counted(fixes, write=write)] if fix else []
            click.echo(findings.sentence(summary, told, strict=strict), err=True)
    failed = any(has_errors(outcome.diagnostics, strict=strict) for outcome in outcomes)
    failed = failed or (not write and any(each.changes for each in fixes))
    return 2 if problems else 1 if failed else 0


def _fixed(source: Input, *, write: bool) -> Fix:
    from fhir_codesystem.repairs.fixing import fix

    done = fix(source)
    if write:
        done.write()
        findings.forget_lines()
    return done


def _show(done: Fix, *, style: str) -> None:
    """Show the diff to a person, or hand it on as it is; say what must be changed by hand."""
    from fhir_codesystem.reporters.diff import lines

    if style != TEXT:
        return
    if sys.stdout.isatty():
        for line in lines(done.diff):
            click.echo(line)
    else:
        click.echo(done.diff, nl=False)
    for change in done.by_hand[:MOST]:
        what = f"{quoted(change.before)} to {quoted(change.after)}"
        click.echo(f"{printable(str(change.location))}: to be changed by hand: {what}", err=True)
    if len(done.by_hand) > MOST:
        click.echo(f"    and {len(done.by_hand) - MOST:,} more", err=True)


def _counted(fixes: list[Fix], *, write: bool) -> str:
    cells = sum(len(each.changes) for each in fixes)
    files = sum(bool(each.changes) for each in fixes)
    told = f"{findings.counted(cells, 'cell')} {'repaired' if write else 'to repair'}"
    if cells:
        told += f" in {findings.counted(files, 'file')}"
        told += "" if write else " with --write"
    return told


def _as_dict(fix: Fix) -> dict[str, Any]:
    from fhir_codesystem.reporters.json import fix_as_dict

    return fix_as_dict(fix)
