"""Check that an artifact holds the concepts of its table, all of them and no others.

Run as a script, in a process of its own. The expectation is made here from the table by the
plainest means (split the line, first row of a code wins), independent of what is measured.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


class Concept(NamedTuple):
    """One concept at its depth; the root's level is 1."""

    level: int
    code: str
    display: str
    definition: str


class MismatchError(Exception):
    """The artifact is not what the table says."""


def expected(table: Path) -> list[Concept]:
    """The table's concepts in document order, repeated rows once."""
    concepts: dict[str, Concept] = {}
    with table.open(encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            level, code, display, definition, *_ = (cell.strip() for cell in line.split("|"))
            concepts.setdefault(code, Concept(int(level), code, display, definition))
    return list(concepts.values())


def found(nodes: Any, level: int = 1) -> Iterator[Concept]:
    """The concepts of nested JSON in document order."""
    if not isinstance(nodes, list):
        message = f"not a list of concepts at level {level}"
        raise MismatchError(message)
    for node in nodes:
        yield Concept(level, node["code"], node.get("display", ""), node.get("definition", ""))
        if "concept" in node:
            yield from found(node["concept"], level + 1)


def check_members(nodes: Any, each: dict[str, int]) -> None:
    """Every concept has so many designations, so many properties."""
    for node in nodes:
        for name, count in each.items():
            if len(node.get(name, [])) != count:
                message = f"{node['code']} has {len(node.get(name, []))} of {name}, not {count}"
                raise MismatchError(message)
        check_members(node.get("concept", []), each)


def check_json(concepts: list[Concept], artifact: Path, each: dict[str, int]) -> None:
    """Every concept at its place, with its display and definition, and what each has."""
    resource: dict[str, Any] = json.loads(artifact.read_bytes())
    check_members(resource.get("concept"), each)
    number = 0
    for concept in found(resource.get("concept")):
        if number == len(concepts) or concept != concepts[number]:
            wanted = concepts[number] if number < len(concepts) else "the end"
            message = f"{artifact.name}, concept {number + 1}: {concept}, not {wanted}"
            raise MismatchError(message)
        number += 1
    if number != len(concepts):
        message = f"{artifact.name}: {number} concepts, not {len(concepts)}"
        raise MismatchError(message)
    if resource.get("count", number) != number:
        message = f"{artifact.name}: count is {resource['count']}, not {number}"
        raise MismatchError(message)


def check_markdown(concepts: list[Concept], artifact: Path, _: dict[str, int]) -> None:
    """Every code in document order."""
    page, position = artifact.read_text(encoding="utf-8"), 0
    for concept in concepts:
        position = page.find(concept.code, position)
        if position < 0:
            message = f"{artifact.name}: {concept.code} is missing or out of order"
            raise MismatchError(message)
        position += len(concept.code)


def main(arguments: list[str]) -> int:
    """`verify.py TABLE ARTIFACT ... NAME=COUNT ...`: how many concepts agree, or what does not."""
    concepts = expected(Path(arguments[0]))
    each = {name: int(count) for name, _, count in (a.partition("=") for a in arguments) if count}
    try:
        for artifact in (Path(argument) for argument in arguments[1:] if "=" not in argument):
            check = check_markdown if artifact.suffix == ".md" else check_json
            check(concepts, artifact, each)
    except (MismatchError, OSError, ValueError) as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    sys.stdout.write(f"{len(concepts)}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
