"""``codesystem publish``: artifacts to a terminology server, with the proof that it serves them."""

from __future__ import annotations

from pathlib import Path

import click

from fhir_codesystem.cli import servers
from fhir_codesystem.errors import EnvironmentProblem

OUTPUT = Path("output")
BUILT = ("CodeSystem-*.json", "ValueSet-*.json")


@click.command(name="publish")
@click.argument(
    "artifacts", nargs=-1, type=click.Path(path_type=Path, readable=False), metavar="[ARTIFACT]..."
)
@servers.changing
@click.option(
    "--method",
    type=click.Choice(["put", "bundle", "upload"]),
    default="put",
    show_default=True,
    help="One resource at a time, all in one transaction, or concepts as HAPI's CSV files.",
)
@click.option("--again", is_flag=True, help="Write what the server has already, too.")
@click.option(
    "--package",
    "packages",
    multiple=True,
    type=click.Path(path_type=Path, readable=False),
    metavar="FILE|DIR",
    help="A FHIR package that code systems may refer to when they are checked; may be repeated.",
)
@click.option("--unchecked", is_flag=True, help="Publish code systems that have errors, too.")
def command(
    *,
    artifacts: tuple[Path, ...],
    server: str,
    dry_run: bool,
    style: str,
    receipt: Path | None,
    timeout: float,
    deadline: float,
    method: str,
    again: bool,
    packages: tuple[Path, ...],
    unchecked: bool,
    debug: bool,  # noqa: ARG001 - seen by main()
) -> int:
    """Bring built artifacts to a FHIR server, and prove that it serves them.

    Each ARTIFACT is a CodeSystem or a ValueSet in JSON, or a FHIR package (.tgz, or a folder) with
    such; without one, all of output/ are published. What the server has already is not written
    again; a draft is updated; what is published there (active, retired) and differs is refused, as
    is a CodeSystem with errors. --server is a base URL, or the name of a server in servers.toml.
    How to sign in: docs/publishing.md.

    Exit code 0: the server serves them all. 1: one is refused, rejected, in conflict, or not
    served as it should be. 2: wrong usage, or a server that cannot be worked with.
    """
    from fhir_codesystem.publishing.artifact import read_all
    from fhir_codesystem.publishing.client import Client
    from fhir_codesystem.publishing.profiles import target
    from fhir_codesystem.publishing.publication import Method, publication

    paths = artifacts or tuple(path for form in BUILT for path in sorted(OUTPUT.glob(form)))
    if not paths:
        raise EnvironmentProblem(f"{OUTPUT} holds no CodeSystem and no ValueSet; name an ARTIFACT")
    read = read_all(paths)
    with Client(target(server), timeout) as client:
        publishing = publication(
            *(client, read, Method(method)),
            again=again,
            check=not unchecked,
            packages=packages,
        )
        return servers.carry_out(
            publishing, dry_run=dry_run, style=style, receipt=receipt, deadline=deadline
        )
