"""The page of a rule, made from its declaration: as plain text, and as Markdown."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

from fhir_codesystem.rules.rule import METADATA, RESOURCE, TABLE, XML_RESOURCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from fhir_codesystem.rules.rule import Example, Rule
    from fhir_codesystem.rules.sample import Workbook

MOST_LINES = 12
WIDTH = 88
LINKS = re.compile(r"(https?://\S+)|(?<!\S)((?:docs/)?(?:\w+/)*\w+\.md)")
ACTIVE = re.compile(r"([\\`*_\[\]<|])")
LANGUAGES = {"json": "json", "xml": "xml", "yaml": "yaml"}


def page(rule: Rule) -> str:
    """Return the page of a rule as plain text that is Markdown too."""
    parts = [
        f"# {rule.number} {rule.name} ({rule.severity.value})",
        _wrap(rule.what),
        "## Why",
        _wrap(rule.why),
        "## How to fix it",
        _wrap(rule.fix),
        "## Found here",
        *_example(rule.breaks, _indented),
        "## Not here",
        *_example(rule.holds, _indented),
        "## Source",
        rule.source,
    ]
    if rule.official:
        parts.append(_wrap(f"{OFFICIALLY}: {', '.join(keys(rule))}."))
    return "\n\n".join(parts)


def markdown(rule: Rule) -> str:
    """Return the page of a rule for docs/rules: fenced examples, links."""
    parts = [
        f"# {rule.number} {rule.name}",
        f"**{rule.severity.value.capitalize()}.** {escaped(rule.what)}",
        "## Why",
        escaped(rule.why),
        "## How to fix it",
        escaped(rule.fix),
        "## Found here",
        *_example(rule.breaks, _fenced),
        _place(rule.breaks),
        "## Not here",
        *_example(rule.holds, _fenced),
        "## Source",
        LINKS.sub(_link, rule.source),
    ]
    if rule.official:
        parts.append(f"{OFFICIALLY}: {', '.join(f'`{key}`' for key in keys(rule))}.")
    parts.append("[All rules](README.md)")
    return "\n\n".join(_wrapped(part) for part in parts) + "\n"


def keys(rule: Rule) -> list[str]:
    """Return the keys of the official validator, the element of which each speaks in brackets."""
    told = (key.partition(".") for key in rule.official)
    return [f"{key} ({part})" if part else key for key, _, part in told]


def escaped(text: str) -> str:
    """Return a sentence with its characters that mean something in Markdown escaped."""
    return ACTIVE.sub(r"\\\1", text)


OFFICIALLY = "The official HL7 validator gives it as well"


def _wrap(text: str) -> str:
    return "\n".join(textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False))


def _wrapped(part: str) -> str:
    """Wrap what is a paragraph: headings, names of files and examples stay as they are."""
    return part if "\n" in part or part.startswith("#") else _wrap(part)


def _link(found: re.Match[str]) -> str:
    url, file = found.groups()
    if url:
        return f"<{url}>"
    return f"[{file}]({'../' + file.removeprefix('docs/') if '/' in file else '../../' + file})"


def _place(example: Example) -> str:
    path, line, column = example.place
    if line is None:
        return f"The finding is of `{path}` as a whole."
    return f"The finding stands at line {line}, column {column} of `{path}`."


def _example(example: Example, show: Callable[[str, str], str]) -> list[str]:
    files: dict[str, str | bytes | Workbook | None]
    if example.resource is not None:
        kind = XML_RESOURCE if example.resource.startswith("<") else RESOURCE
        files = {kind: example.resource, **example.package}
    else:
        files = {TABLE: example.table, METADATA: example.metadata, **example.templates}
    return [f"{name}:\n\n{show(name, _shown(text))}" for name, text in files.items() if text]


def _shown(text: str | bytes | Workbook) -> str:
    """Return what a page shows of a file: lines that are printable, clipped, not too many."""
    shown = text.decode("latin-1") if isinstance(text, bytes) else str(text)
    lines = shown.rstrip("\n").split("\n")
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 2], "...", lines[-1]]
    visible = (_visible(line) for line in lines)
    return "\n".join(line if len(line) <= WIDTH else line[: WIDTH - 3] + "..." for line in visible)


def _indented(name: str, text: str) -> str:  # noqa: ARG001 - the name says nothing here
    return "\n".join(f"    {line}".rstrip() for line in text.split("\n"))


def _fenced(name: str, text: str) -> str:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{LANGUAGES.get(name.rpartition('.')[2], 'text')}\n{text}\n{fence}"


def _visible(line: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)
