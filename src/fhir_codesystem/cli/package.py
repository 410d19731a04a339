"""``codesystem package``: tables to a FHIR NPM package."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from fhir_codesystem.cli import findings
from fhir_codesystem.cli.progress import Progress
from fhir_codesystem.diagnostics import has_errors, shown
from fhir_codesystem.errors import EnvironmentProblem
from fhir_codesystem.npm import manifest
from fhir_codesystem.reporters.formats import TEXT

if TYPE_CHECKING:
    from pathlib import Path

    from fhir_codesystem.npm.packing import Packed


def _setting(_: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Refuse a name or a version that a package cannot have."""
    wrong = manifest.problem(str(parameter.name), value) if value is not None else None
    if wrong is not None:
        raise click.BadParameter(wrong)
    return value


@click.command(name="package")
@click.argument("sources", nargs=-1, type=findings.SOURCE, metavar="[SOURCE]...")
@findings.output_option("package")
@click.option("--name", callback=_setting, help="Name of the package: org.example.fruit.")
@click.option("--version", callback=_setting, help="Version of the package: 1.0.0.")
@findings.build_options
def command(
    *,
    sources: tuple[Path, ...],
    output: Path,
    name: str | None,
    version: str | None,
    canonical: str | None,
    fhir_version: str | None,
    templates: Path | None,
    strict: bool,
    quiet: bool,
    style: str,
    debug: bool,  # noqa: ARG001 - seen by main()
) -> int:
    """Build code systems and pack them as a FHIR NPM package, for servers that load packages.

    Each SOURCE is a table or its metadata (NAME.yaml beside it); - is standard input. Without a
    SOURCE everything in input/ goes into the package. Written is DIR/NAME-VERSION.tgz with all code
    systems, their value sets (build: valueSet: true) and what is said of the package, below build:
    package: or by options; what nobody states is derived and told. The file's name goes to standard
    output, findings to standard error.

    Exit code 0: done. 1: a source has an error, and nothing is written. 2: wrong usage, or a file
    that cannot be read or written.
    """
    started = time.perf_counter()
    problems: list[str] = []
    inputs = findings.inputs_of(sources, problems, tables=True)
    if problems:
        findings.say(problems[:-1])
        raise EnvironmentProblem(problems[-1])
    from fhir_codesystem.codesystem.versions import FHIRVersion
    from fhir_codesystem.npm.packing import pack
    from fhir_codesystem.pipeline import Options

    chosen = FHIRVersion(fhir_version) if fhir_version else None
    stated = {"name": name, "version": version}
    wanted = {setting: value for setting, value in stated.items() if value is not None}
    with Progress(len(inputs)) as progress:
        options = Options(chosen, canonical, templates, strict, kept=True)
        packed = pack(inputs, options, wanted, output, progress.next)
    _tell(packed, time.perf_counter() - started, style=style, quiet=quiet, strict=strict)
    failed = any(has_errors(each.diagnostics, strict=strict) for each in packed.outcomes)
    return 1 if failed else 0


def _tell(packed: Packed, seconds: float, *, style: str, quiet: bool, strict: bool) -> None:
    """Tell the findings, the name of the file and a summary."""
    outcomes = packed.outcomes
    files = [shown(packed.file)] if packed.file is not None else []
    summary = findings.summary_of(outcomes, seconds) | {"files": files}
    if style != TEXT:
        findings.tell_all(outcomes, style, summary, [], quiet=quiet, strict=strict, err=True)
    else:
        for outcome in outcomes:
            findings.tell(outcome.diagnostics, quiet=quiet)
    for file in files:
        click.echo(file)
    if style == TEXT and not quiet:
        written = findings.counted(len(files), "file") + " written"
        click.echo(findings.sentence(summary, [written], strict=strict), err=True)
