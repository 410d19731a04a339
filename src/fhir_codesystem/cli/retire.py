"""``codesystem retire``: what a server has, to the status retired."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from fhir_codesystem.cli import servers

if TYPE_CHECKING:
    from pathlib import Path


@click.command(name="retire")
@click.argument("canonicals", nargs=-1, required=True, metavar="URL|VERSION...")
@servers.changing
def command(
    *,
    canonicals: tuple[str, ...],
    server: str,
    dry_run: bool,
    style: str,
    receipt: Path | None,
    timeout: float,
    deadline: float,
    debug: bool,  # noqa: ARG001 - seen by main()
) -> int:
    """Retire code systems and value sets that a FHIR server has.

    Each URL|VERSION names one by its canonical URL and its version (quote it: | is the shell's); a
    CodeSystem and a ValueSet of the same name are both retired. The status becomes retired, the
    date today's, and nothing else changes: nothing is ever deleted, and what is retired is still
    served. --server is a base URL, or the name of a server in servers.toml.

    Exit code 0: they are retired. 1: one is refused, or in conflict. 2: wrong usage, one that the
    server does not have, or a server that cannot be worked with.
    """
    from fhir_codesystem.publishing.client import Client
    from fhir_codesystem.publishing.profiles import target
    from fhir_codesystem.publishing.publication import retirement

    with Client(target(server), timeout) as client:
        retiring = retirement(client, canonicals, datetime.now(UTC).date())
        return servers.carry_out(
            retiring, dry_run=dry_run, style=style, receipt=receipt, deadline=deadline
        )
