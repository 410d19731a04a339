"""What commands that look at sources share: which sources, and how findings are told."""

from __future__ import annotations

import gc
import os
import sys
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from fhir_codesystem.cli.loading import load
from fhir_codesystem.diagnostics import Severity, count_of, printable
from fhir_codesystem.errors import EnvironmentProblem
from fhir_codesystem.reporters.formats import FORMATS, TEXT, reporter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from fhir_codesystem.diagnostics import Diagnostic, Location
    from fhir_codesystem.pipeline import Outcome
    from fhir_codesystem.sources import Input

T = TypeVar("T")
Command = TypeVar("Command", bound="Callable[..., Any]")
INPUT = Path("input")
ROWS_AT_A_TIME = "POLARS_IDEAL_SINK_MORSEL_SIZE_ROWS"
"""The variable that says how many rows Polars hands to the system at a time."""
SOURCE = click.Path(path_type=Path, readable=False)  # what cannot be read is told by its reader


def _together(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Make one decorator of the options of a command, which are told in this order."""

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


options = _together(
    click.option("--quiet", "-q", is_flag=True, help="Tell errors and warnings only."),
    click.option(
        "--format",
        "style",
        type=click.Choice(FORMATS),
        default=TEXT,
        show_default=True,
        help="Form of the findings.",
    ),
    click.option("--debug", is_flag=True, help="Show the traceback of an internal error."),
)
"""The options of all commands that look at sources."""

metadata_options = _together(
    click.option(
        "--canonical",
        metavar="URL",
        help="Base for sources that state no url: it becomes URL/CodeSystem/ID.",
    ),
    click.option(
        "--fhir-version",
        type=click.Choice(["R4", "R4B", "R5"]),
        help="FHIR version of the resource (default: what the metadata says, else R4).",
    ),
)
"""The options that go beside what the metadata says."""

build_options = _together(
    metadata_options,
    click.option(
        "--templates",
        type=click.Path(path_type=Path, file_okay=False, exists=True),
        metavar="DIR",
        help="Folder whose templates go before the project's and our own.",
    ),
    click.option("--strict", is_flag=True, help="Warnings fail too: nothing is written."),
    options,
)
"""The options of commands that build, but for where to."""


def output_option(what: str) -> Callable[[Command], Command]:
    """Return the option that names the folder in which something is written."""
    return click.option(
        "--output",
        "-o",
        type=SOURCE,
        default=Path("output"),
        show_default=True,
        metavar="DIR",
        help=f"Folder of the {what}.",
    )


def inputs_of(sources: Sequence[Path], problems: list[str], *, tables: bool = False) -> list[Input]:
    """Find what the named sources are, or everything in input/; import what they need.

    The first is begun to be read meanwhile; a large one as a table, if they are ``tables``.
    """
    from fhir_codesystem.beside import SMALL
    from fhir_codesystem.sources import everything_in, resolve, without_repeats

    paths = sources or everything_in(INPUT)
    if not paths:
        raise EnvironmentProblem(f"{INPUT} holds no table; name a SOURCE")
    found = [each for path in paths if (each := tried(partial(resolve, path), problems))]
    inputs = list(without_repeats(found))
    large = [each for each in inputs[:1] if each.size() > SMALL]
    for each in large:
        _settle()
        each.begin(reading=tables)
    load()
    if not large:
        _settle()
    return inputs


def _settle() -> None:
    """Let the collector go on, if seldom, threads take turns quickly, Polars write little at once.

    The last for the reason that `artifacts.writer` has too: see there, ``AT_A_TIME``.
    """
    gc.freeze()
    gc.set_threshold(100_000)
    gc.enable()
    sys.setswitchinterval(0.001)  # the checks, in Python, run beside Polars, which needs little
    os.environ.setdefault(ROWS_AT_A_TIME, "1000")


def tried(work: Callable[[], T], problems: list[str]) -> T | None:
    """Do some work on one source; a problem of the file system does not stop the others."""
    try:
        return work()
    except EnvironmentProblem as problem:
        problems.append(str(problem))
        return None


def wanted(diagnostics: Iterable[Diagnostic], *, quiet: bool) -> list[Diagnostic]:
    """Leave out information where only the rest is wanted."""
    information = Severity.INFORMATION
    return [each for each in diagnostics if not (quiet and each.severity is information)]


def tell(diagnostics: Iterable[Diagnostic], *, quiet: bool, err: bool = True) -> None:
    """Tell findings as text; a person who watches is shown the lines they speak of."""
    from fhir_codesystem.reporters.text import lines

    watched = (sys.stderr if err else sys.stdout).isatty()
    for diagnostic in wanted(diagnostics, quiet=quiet):
        for line in lines(diagnostic, _line_of if watched else None):
            click.echo(line, err=err)


def tell_all(
    outcomes: Sequence[Outcome],
    style: str,
    summary: dict[str, Any],
    problems: Sequence[str],
    *,
    quiet: bool,
    strict: bool,
    fixes: Sequence[dict[str, Any]] | None = None,
    err: bool = False,
) -> None:
    """Tell all that was found in a form for programs."""
    from fhir_codesystem.reporters.report import Report, Told

    sources = [
        Told(each.path, wanted(each.diagnostics, quiet=quiet), each.suppressed) for each in outcomes
    ]
    report = Report(sources, summary, problems, fixes, str(Path.cwd()), strict)
    if told := reporter(style)(report):
        click.echo(told, err=err)


def forget_lines() -> None:
    """Read the lines of sources again when they are next shown: a source has changed."""
    _source_lines.cache_clear()


@lru_cache(maxsize=2)
def _source_lines(path: str) -> list[str]:
    from fhir_codesystem.tables.decoding import decode

    try:
        text, _ = decode(path, Path(path).read_bytes())
    except OSError:
        return []
    return text.data.decode().split("\n") if text else []


def _line_of(location: Location) -> str | None:
    if (number := location.line) is None:
        return None
    lines = _source_lines(location.path)
    return lines[number - 1].rstrip("\r") if number <= len(lines) else None


def summary_of(outcomes: Sequence[Outcome], seconds: float) -> dict[str, Any]:
    """Count what was read and found."""
    found = [each for outcome in outcomes for each in outcome.diagnostics]
    return {
        "sources": len(outcomes),
        "failed": sum(outcome.failed for outcome in outcomes),
        "rows": sum(outcome.rows for outcome in outcomes),
        "concepts": sum(outcome.concepts for outcome in outcomes),
        "merged": sum(outcome.merged for outcome in outcomes),
        "errors": count_of(found, Severity.ERROR),
        "warnings": count_of(found, Severity.WARNING),
        "information": count_of(found, Severity.INFORMATION),
        "suppressed": sum(
            1 + each.finding.more for outcome in outcomes for each in outcome.suppressed
        ),
        "seconds": round(seconds, 3),
    }


def say(problems: Iterable[str]) -> None:
    """Say each problem in a line."""
    for problem in problems:
        click.echo(f"codesystem: {printable(problem)}", err=True)


def sentence(summary: dict[str, Any], done: Iterable[str], *, strict: bool) -> str:
    """Say a summary in a line; ``done`` is what the command has made of what it read."""
    parts = [counted(summary["sources"], "source") + " checked"]
    if summary["rows"]:
        parts = [
            counted(summary["rows"], "row") + " read",
            counted(summary["concepts"], "concept"),
            f"{summary['merged']:,} merged",
        ]
    parts += done
    parts += [counted(summary[kind], kind[:-1]) for kind in ("errors", "warnings") if summary[kind]]
    if strict and summary["warnings"]:
        parts[-1] += " that --strict makes errors"
    if summary["suppressed"]:
        parts.append(f"{summary['suppressed']:,} suppressed")
    if summary["failed"]:
        parts.append(f"{counted(summary['failed'], 'source')} of {summary['sources']:,} failed")
    return f"{', '.join(parts)} ({summary['seconds']:.2f} s)"


def counted(number: int, thing: str) -> str:
    """Say how many there are of a thing."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
