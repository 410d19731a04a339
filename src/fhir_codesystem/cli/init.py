"""``codesystem init``: a metadata file for a table, to keep and edit."""

from __future__ import annotations

from pathlib import Path

import click

from fhir_codesystem.cli.findings import tell
from fhir_codesystem.cli.loading import load
from fhir_codesystem.diagnostics import shown


@click.command(name="init")
@click.argument("table", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="File to write; - is standard output. Default: the .yaml beside TABLE.",
)
@click.option("--canonical", metavar="URL", help="Base of the url: URL/CodeSystem/ID.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("-q", "--quiet", is_flag=True, help="Tell errors and warnings only.")
@click.option("--debug", is_flag=True, help="Show the traceback of an internal error.")
def command(
    *,
    table: Path,
    output: Path | None,
    canonical: str | None,
    force: bool,
    quiet: bool,
    debug: bool,  # noqa: ARG001 - seen by main()
) -> int:
    """Write a commented .yaml for TABLE: what was inferred, and what is to be filled in.

    TABLE - is standard input; the .yaml then goes to standard output.

    It states the elements that were derived or that the table states, and what each column is. A
    build with it gives the same as one without it.
    """
    load()
    from fhir_codesystem.artifacts.writer import Folder
    from fhir_codesystem.concepts.settings import settings_of
    from fhir_codesystem.errors import EnvironmentProblem
    from fhir_codesystem.metadata.draft import draft
    from fhir_codesystem.preparation import prepare
    from fhir_codesystem.sources import alone

    target = output or (Path("-") if str(table) == "-" else table.with_suffix(".yaml"))
    if str(target) != "-" and target.exists() and not force:
        raise EnvironmentProblem(f"{shown(target)} is there already; --force writes over it")
    codesystem, _, found = prepare(alone(table), canonical=canonical)
    tell(found, quiet=quiet)
    if codesystem is None:
        return 1
    text = draft(codesystem.elements, settings_of(codesystem.origin))
    if str(target) == "-":
        click.echo(text, nl=False)
    else:
        with Folder(target.parent) as folder:
            folder.write(target.name, [text.encode()])
            folder.commit()
        click.echo(shown(target))
    return 0
