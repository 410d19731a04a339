"""``codesystem explain``: what a rule means."""

from __future__ import annotations

from difflib import get_close_matches

import click

from fhir_codesystem.cli.loading import signals_waiting


@click.command(name="explain")
@click.argument("rule", required=False)
def command(rule: str | None) -> None:
    """Say what a RULE (CS101 or no-text) means, why it is there, how to fix what it finds.

    Without a RULE all of them are listed.
    """
    with signals_waiting():
        from fhir_codesystem.rules.page import page
        from fhir_codesystem.rules.registry import RULES, find

    if rule is None:
        for each in RULES:
            click.echo(f"{each.number} {each.severity.value:<11} {each.name:<24} {each.what}")
        return
    found = find(rule)
    if found is None:
        names = [name for each in RULES for name in (each.number, each.name)]
        near = [name for name in names if name.startswith(rule)]
        near = near or get_close_matches(rule, names, n=1)
        hint = f"; did you mean {near[0]}?" if near else "; codesystem explain lists all"
        raise click.UsageError(f"there is no rule {rule!r}{hint}")
    click.echo(page(found))
