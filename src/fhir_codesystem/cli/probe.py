"""``codesystem probe``: what a terminology server is and can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from fhir_codesystem.cli import servers
from fhir_codesystem.diagnostics import printable

if TYPE_CHECKING:
    from fhir_codesystem.publishing.capabilities import Ability, Capabilities

SHOWN = ("lookup", "validate-code", "subsumes", "expand", "upload-external-code-system")
"""Operations that matter to publishing; servers state dozens."""


@click.command(name="probe")
@click.argument("server", metavar="URL")
@servers.asking
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
    from fhir_codesystem.publishing.capabilities import probe
    from fhir_codesystem.publishing.client import Client
    from fhir_codesystem.publishing.profiles import target

    with Client(target(server), timeout) as client:
        found = probe(client)
    stated = client.sign_in.secrets.hide_in(_stated(str(client.target.address), found))
    if style == "json":
        import orjson

        click.echo(orjson.dumps(stated, option=orjson.OPT_INDENT_2).decode())
        return 0
    rows = [row for name, value in stated.items() for row in _rows(name, value)]
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        click.echo(f"{name:<{width}}  {printable(value)}")
    return 0


def _stated(server: str, found: Capabilities) -> dict[str, Any]:
    """Return what is known of a server as plain values."""
    return {
        "server": server,
        "software": found.software,
        "fhirVersion": found.fhir,
        "publishable": bool(found.methods),
        "methods": list(found.methods),
        **({} if found.methods else {"advice": found.advice}),
        "CodeSystem": _ability(found.of("CodeSystem")),
        "ValueSet": _ability(found.of("ValueSet")),
        "terminologyCapabilities": found.terminology,
        "codeSystems": found.code_systems,
    }


def _ability(ability: Ability) -> dict[str, Any]:
    return {
        "interactions": list(ability.interactions),
        "operations": [each for each in SHOWN if each in ability.operations],
        "conditionalCreate": ability.conditional_create,
        "updateCreate": ability.update_create,
        "versioning": ability.versioning,
    }


def _rows(name: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return [row for key, each in value.items() for row in _rows(f"{name} {key}", each)]
    if isinstance(value, list):
        return [(name, ", ".join(value) or "none")]
    if isinstance(value, bool):
        return [(name, "yes" if value else "no")]
    return [(name, "not stated" if value in {None, ""} else str(value))]
