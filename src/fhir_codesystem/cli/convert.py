"""``codesystem convert``: a code system as a table that people edit."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fhir_codesystem.cli.findings import tell
from fhir_codesystem.diagnostics import has_errors, quoted, shown
from fhir_codesystem.errors import EnvironmentProblem

if TYPE_CHECKING:
    from collections.abc import Sequence

WRITERS = {
    ".csv": "delimited",
    ".tsv": "delimited",
    ".xlsx": "xlsx",
    ".ods": "ods",
    ".md": "markdown",
    ".json": "json",
}
"""The module of `fhir_codesystem.convert` that writes files of an ending."""


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
    from fhir_codesystem.artifacts.writer import Folder
    from fhir_codesystem.concepts.tabular import tabular
    from fhir_codesystem.metadata.draft import draft
    from fhir_codesystem.pipeline import Options, prepare
    from fhir_codesystem.sources import resolve

    if target.suffix.lower() not in WRITERS:
        raise click.UsageError(f"{quoted(target.suffix)} is none of {', '.join(WRITERS)}")
    metadata = target.with_suffix(".yaml")
    for file in (target, metadata):
        if file.exists() and not force:
            raise EnvironmentProblem(f"{shown(file)} is there already; --force writes over it")
    codesystem, _, found = prepare(resolve(source), Options())
    tell(found, quiet=quiet)
    if codesystem is None or has_errors(found):
        return 1
    table = tabular(codesystem)
    data = _written(target.suffix.lower(), table.header, table.rows)
    with Folder(target.parent) as folder:
        folder.write(target.name, [data])
        text = draft(codesystem.elements, {"source": target.name} | table.settings, commented=False)
        folder.write(metadata.name, [text.encode()])
        folder.commit()
    for file in folder.files:
        click.echo(shown(file))
    return 0


def _written(ending: str, header: Sequence[str], rows: Sequence[Sequence[str | None]]) -> bytes:
    from fhir_codesystem.convert import CannotCarry

    write = import_module(f"fhir_codesystem.convert.{WRITERS[ending]}").write
    options = {"delimiter": "\t"} if ending == ".tsv" else {}
    try:
        data: bytes = write(header, rows, **options)
    except CannotCarry as problem:
        raise EnvironmentProblem(f"{ending} cannot hold this table: {problem}") from problem
    return data
