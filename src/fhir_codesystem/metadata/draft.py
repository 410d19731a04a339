"""Writing a metadata file: what was derived and inferred, for an author to keep and edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

NOT_WRITTEN = {"resourceType", "text", "concept", "contained", "count"}
"""Elements that the tool makes itself."""

WANTED = {
    "url": "http://example.org/fhir/CodeSystem/...   (the canonical URL: Coding.system)",
    "version": "1.0.0",
    "publisher": "...",
    "description": "...",
    "caseSensitive": "true",
    "hierarchyMeaning": "is-a   (or grouped-by, part-of, classified-with)",
}
"""Elements that a published code system should state, with what they look like."""

OFFERED = "#   valueSet: true   # a value set of all codes is built too\n"
"""Settings that an author may want, as comments below the others."""


class _Dumper(yaml.SafeDumper):
    """Writes YAML as people do: no anchors, texts of several lines as blocks."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def draft(elements: Mapping[str, Any], build: Mapping[str, Any], *, commented: bool = True) -> str:
    """Return a metadata file that states some elements of CodeSystem, and settings.

    With comments it tells what is missing and what can be set.
    """
    stated = {name: value for name, value in elements.items() if name not in NOT_WRITTEN}
    parts = []
    if commented:
        parts.append(
            "# What was derived and inferred for this table; keep it, correct it, fill it in.\n"
            "# Elements of CodeSystem by their FHIR names: https://hl7.org/fhir/R4/codesystem.html\n"
        )
    parts += [_dump({name: value}) for name, value in stated.items()]
    if commented:
        missing = {name: form for name, form in WANTED.items() if name not in stated}
        parts += [f"# {name}: {form}\n" for name, form in missing.items()]
    if build:
        parts.append("\n# The settings of the tool.\n" if commented else "")
        parts.append(_dump({"build": dict(build)}))
    if commented:
        parts.append(OFFERED if build else f"\n# build:\n{OFFERED}")
    return "".join(parts)


def _dump(values: dict[str, Any]) -> str:
    text: str = yaml.dump(values, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=96)
    return text
