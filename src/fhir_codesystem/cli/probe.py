"""``codesystem probe``: what a terminology server is and can do."""

from __future__ import annotations

from typing import Any

import click

from fhir_codesystem.diagnostics import printable
from fhir_codesystem.publishing.capabilities import Capabilities, probe
from fhir_codesystem.publishing.client import Client
from fhir_codesystem.publishing.profiles import target


@click.command(name="probe")
@click.argument("server", metavar="URL")
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Form of the answer.",
)
@click.option("--timeout", type=click.FloatRange(1), default=120, help="Seconds for an answer.")
@click.option("--debug", is_flag=True, help="Show the traceback of an internal error.")
def command(
    *,
    server: str,
    style: str,
    timeout: float,
    debug: bool,  # noqa: ARG001 - seen by main()
) -> int:
    """Say what the FHIR server at URL is, and whether code systems can be published there.

    URL is the server's base, or the name of a server in servers.toml. How to sign in:
    docs/publishing.md.

    Exit code 0: it answers. 2: it does not, or is no FHIR server.
    """
    with Client(target(server), timeout) as client:
        found = probe(client)
    rows = _rows(str(client.target.address), found)
    if style == "json":
        import orjson

        click.echo(orjson.dumps(dict(rows), option=orjson.OPT_INDENT_2).decode())
        return 0
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        click.echo(f"{name:<{width}}  {printable(_told(value))}")
    return 0


def _rows(server: str, found: Capabilities) -> list[tuple[str, Any]]:
    return [
        ("server", server),
        ("software", found.software),
        ("fhirVersion", found.fhir),
        ("publishable", found.can_write and found.release is not None),
        ("interactions", list(found.interactions)),
        ("operations", list(found.operations)),
        ("conditionalCreate", found.conditional_create),
        ("updateCreate", found.update_create),
        ("versioning", found.versioning),
        ("terminologyCapabilities", found.terminology),
        ("codeSystems", found.code_systems),
    ]


def _told(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "not stated" if value in {None, ""} else str(value)
