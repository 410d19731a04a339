"""``codesystem build``: tables to artifacts."""

from __future__ import annotations

import gc
import sys
import time
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from fhir_codesystem.cli.progress import Progress
from fhir_codesystem.diagnostics import Severity, count_of, has_errors, printable, shown
from fhir_codesystem.errors import EnvironmentProblem

if TYPE_CHECKING:
    from collections.abc import Callable

    from fhir_codesystem.diagnostics import Diagnostic, Location
    from fhir_codesystem.pipeline import Outcome

T = TypeVar("T")
INPUT = Path("input")
SOURCE = click.Path(path_type=Path, readable=False)  # what cannot be read is told by its reader


@click.command(name="build")
@click.argument("sources", nargs=-1, type=SOURCE, metavar="[SOURCE]...")
@click.option(
    "--output",
    "-o",
    type=SOURCE,
    default=Path("output"),
    show_default=True,
    metavar="DIR",
    help="Folder of the artifacts.",
)
@click.option(
    "--canonical",
    metavar="URL",
    help=("Base for sources that state no url: it becomes URL/CodeSystem/ID."),
)
@click.option(
    "--fhir-version",
    type=click.Choice(["R4", "R4B", "R5"]),
    help=("FHIR version of the resource (default: what the metadata says, else R4)."),
)
@click.option(
    "--templates",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="DIR",
    help="Folder whose templates go before the project's and our own.",
)
@click.option("--strict", is_flag=True, help="Warnings fail too: nothing is written.")
@click.option("--quiet", "-q", is_flag=True, help="Tell errors and warnings only.")
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Form of the findings.",
)
@click.option("--debug", is_flag=True, help="Show the traceback of an internal error.")
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

    Each SOURCE is a table (NAME.txt) or its metadata (NAME.yaml beside it). Without a SOURCE
    everything in input/ is built. Written are DIR/CodeSystem-ID.json, the resource, and
    DIR/CodeSystem-ID.md, a page to read; their names go to standard output, findings to standard
    error. A source with an error writes nothing and does not stop the others.
    """
    started = time.perf_counter()
    from fhir_codesystem.sources import everything_in, resolve, without_repeats

    paths = sources or everything_in(INPUT)
    if not paths:
        raise EnvironmentProblem(f"{INPUT} holds no table; name a SOURCE")
    problems: list[str] = []
    found = [each for path in paths if (each := _tried(partial(resolve, path), problems))]
    inputs = list(without_repeats(found))
    for each in inputs[:1]:
        each.begin()  # a large table takes as long to read as what follows to import
    from fhir_codesystem.codesystem.versions import FHIRVersion
    from fhir_codesystem.pipeline import Options, Run

    gc.freeze()
    gc.enable()
    sys.setswitchinterval(0.0001)  # the checks, in Python, run beside Polars, which needs little
    version = FHIRVersion(fhir_version) if fhir_version else None
    outcomes: list[Outcome] = []
    with Progress(len(inputs)) as progress:
        run = Run(Options(version, canonical, templates, strict), output, progress.tell)
        for each in inputs:
            outcome = _tried(partial(run.build, each), problems)
            progress.next()
            if outcome is not None:
                outcomes.append(outcome)
                progress.pause()
                _print(outcome, style=style, quiet=quiet)
    summary = _summary(outcomes, time.perf_counter() - started)
    if style == "json":
        _report(outcomes, summary | {"problems": problems}, quiet=quiet)
    else:
        _close(summary, problems, quiet=quiet, strict=strict)
    failed = any(has_errors(outcome.diagnostics, strict=strict) for outcome in outcomes)
    return 2 if problems else 1 if failed else 0


def _print(outcome: Outcome, *, style: str, quiet: bool) -> None:
    if style == "text":
        _tell(outcome, quiet=quiet)
    for file in outcome.files:
        click.echo(shown(file))


def _tried(work: Callable[[], T], problems: list[str]) -> T | None:
    """Do some work on one source; a problem of the file system does not stop the others."""
    try:
        return work()
    except EnvironmentProblem as problem:
        problems.append(str(problem))
        return None


def _report(outcomes: list[Outcome], summary: dict[str, Any], *, quiet: bool) -> None:
    from fhir_codesystem.reporters.json import report

    findings = [found for outcome in outcomes for found in _wanted(outcome, quiet=quiet)]
    click.echo(report(findings, summary), err=True)


def _close(summary: dict[str, Any], problems: list[str], *, quiet: bool, strict: bool) -> None:
    for problem in problems:
        click.echo(f"codesystem: {printable(problem)}", err=True)
    if summary["sources"] and not quiet:
        click.echo(_sentence(summary, strict=strict), err=True)


def _wanted(outcome: Outcome, *, quiet: bool) -> list[Diagnostic]:
    information = Severity.INFORMATION
    return [each for each in outcome.diagnostics if not (quiet and each.severity is information)]


def _tell(outcome: Outcome, *, quiet: bool) -> None:
    from fhir_codesystem.reporters.text import lines

    quote = _line_of if sys.stderr.isatty() else None
    for diagnostic in _wanted(outcome, quiet=quiet):
        for line in lines(diagnostic, quote):
            click.echo(line, err=True)


@lru_cache(maxsize=2)
def _source_lines(path: str) -> list[str]:
    from fhir_codesystem.tables.decoding import decode

    try:
        text, _ = decode(path, Path(path).read_bytes())
    except OSError:
        return []
    return text.data.decode().split("\n") if text else []


def _line_of(location: Location) -> str | None:
    lines = _source_lines(location.path)
    number = location.line
    return lines[number - 1].rstrip("\r") if number and number <= len(lines) else None


def _summary(outcomes: list[Outcome], seconds: float) -> dict[str, Any]:
    found = [each for outcome in outcomes for each in outcome.diagnostics]
    return {
        "sources": len(outcomes),
        "failed": sum(not outcome.files for outcome in outcomes),
        "rows": sum(outcome.rows for outcome in outcomes),
        "concepts": sum(outcome.concepts for outcome in outcomes),
        "merged": sum(outcome.merged for outcome in outcomes),
        "files": [shown(file) for outcome in outcomes for file in outcome.files],
        "errors": count_of(found, Severity.ERROR),
        "warnings": count_of(found, Severity.WARNING),
        "information": count_of(found, Severity.INFORMATION),
        "seconds": round(seconds, 3),
    }


def _sentence(summary: dict[str, Any], *, strict: bool) -> str:
    parts = [
        _counted(summary["rows"], "row") + " read",
        _counted(summary["concepts"], "concept"),
        f"{summary['merged']:,} merged",
        _counted(len(summary["files"]), "file") + " written",
    ]
    parts += [
        _counted(summary[kind], kind[:-1]) for kind in ("errors", "warnings") if summary[kind]
    ]
    if strict and summary["warnings"]:
        parts[-1] += " that --strict makes errors"
    if summary["failed"]:
        parts.append(f"{_counted(summary['failed'], 'source')} of {summary['sources']:,} failed")
    return f"{', '.join(parts)} ({summary['seconds']:.2f} s)"


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
