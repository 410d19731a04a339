"""``codesystem explain``: what a rule means."""

from __future__ import annotations

from difflib import get_close_matches

import click

from fhir_codesystem.cli.loading import signals_waiting


@click.command(name="explain")
@click.argument("rule", required=False)
@click.option("--list", "listed", is_flag=True, help="List all rules, as without a RULE.")
def command(rule: str | None, *, listed: bool) -> None:
    """Say what a RULE (CS101 or no-text) means, why it is there, how to fix what it finds.

    What the official HL7 validator calls it (csd-1, CODESYSTEM_DUPLICATE_CODE) finds it too.
    Without a RULE all of them are listed.
    """
    with signals_waiting():
        from fhir_codesystem.rules.page import page
        from fhir_codesystem.rules.registry import OFFICIAL, RULES, find

    if rule and listed:
        raise click.UsageError("--list lists all rules, and goes with no RULE")
    if rule is None:
        for each in RULES:
            click.echo(f"{each.number} {each.severity.value:<11} {each.name:<24} {each.what}")
        return
    found = find(rule)
    if found is None:
        names = [name for each in RULES for name in (each.number, each.name)]
        names += [key.partition(".")[0] for key in OFFICIAL]
        near = [name for name in names if name.startswith(rule)]
        near = near or get_close_matches(rule, names, n=1)
        near = near or get_close_matches(rule.upper(), names, n=1)
        hint = f"; did you mean {near[0]}?" if near else "; codesystem explain lists all"
        raise click.UsageError(f"there is no rule {rule!r}{hint}")
    click.echo(page(found))
