"""``codesystem convert``: a code system as a table that people edit."""

from __future__ import annotations

from pathlib import Path

import click

from fhir_codesystem.cli.findings import counted, tell
from fhir_codesystem.cli.loading import load
from fhir_codesystem.diagnostics import has_errors, quoted, shown
from fhir_codesystem.errors import EnvironmentProblem


@click.command(name="convert")
@click.argument("source", type=click.Path(path_type=Path, readable=False))
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Write over files that are there.")
@click.option("--quiet", "-q", is_flag=True, help="Tell errors and warnings only.")
@click.option("--debug", is_flag=True, help="Show the traceback of an internal error.")
def command(
    *,
    source: Path,
    target: Path,
    force: bool,
    quiet: bool,
    debug: bool,  # noqa: ARG001 - seen by main()
) -> int:
    """Write SOURCE, a CodeSystem (or any table), as the table TARGET, and its .yaml beside it.

    The ending of TARGET says the form: .xlsx, .ods, .csv, .tsv, .md, .json (an array of objects).
    A build of TARGET gives the same CodeSystem again. What a form cannot carry: docs/formats.md.
    """
    load()
    from fhir_codesystem.artifacts.writer import Folder
    from fhir_codesystem.convert import CannotCarry
    from fhir_codesystem.convert.forms import WRITERS, in_form
    from fhir_codesystem.preparation import prepare
    from fhir_codesystem.sources import resolve

    form = target.suffix.lower().removeprefix(".")
    if form not in WRITERS:
        message = f"the ending of {quoted(target.name)} is none of {', '.join(WRITERS)}"
        raise click.UsageError(message)
    metadata = target.with_suffix(".yaml")
    for file in (target, metadata):
        if file.exists() and not force:
            raise EnvironmentProblem(f"{shown(file)} is there already; --force writes over it")
    codesystem, _, found = prepare(resolve(source))
    tell(found, quiet=quiet)
    if codesystem is None or has_errors(found):
        return 1
    try:
        made = in_form(codesystem, form, target.name)
    except CannotCarry as problem:
        raise EnvironmentProblem(f"{shown(target)} cannot hold this: {problem}") from problem
    with Folder(target.parent) as folder:
        folder.write(target.name, [made.table])
        folder.write(metadata.name, [made.metadata.encode()])
        folder.commit()
    if made.line_ends and not quiet:
        click.echo(f"in {counted(made.line_ends, 'text')} CR LF or CR became LF", err=True)
    for file in folder.files:
        click.echo(shown(file))
    return 0
