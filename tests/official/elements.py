"""What can be done to every element of a resource in JSON, without knowing what it is."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from .bases import EXTENSION, bases
from .case import Case, json_case

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .case import Json

ZERO_WIDTH, NO_BREAK, OVERRIDE, CONTROL = "\u200b", "\u00a0", "\u202e", "\u0001"
HTML = "see <b>this</b>"
REMOVED = object()
FEW = {
    *("removed", "null", "number", "text", "array", "scalar", "empty", "space", "renamed", "html"),
    *("empty-object", "empty-array", "unknown-inside", "value-case", "space-after", "doubled"),
}
"""What is done to elements deep inside data types: FHIR has more of them than code systems use."""


class Change(NamedTuple):
    """What becomes of an element: its new name (None: the old one), its new value."""

    what: str
    value: Any
    name: str | None = None
    beside: Any = REMOVED


def cases(version: str) -> Iterator[Case]:
    """Make all cases: each element that a base has and none before it, changed in every way."""
    done: set[str] = set()
    for name, base in bases(version).items():
        yield json_case(f"{name}/unchanged", base)
        for path in paths(base):
            owner = path[:-1] if isinstance(path[-1], str) else path[:-2]
            kind = kind_of(told(path), _at(base, owner))
            if kind in done:
                continue
            done.add(kind)
            for change in changes(path[-1], _at(base, path)):
                if ":" in kind and change.what not in FEW:
                    continue
                where = f"{name}/{told(path)}/{change.what}"
                yield json_case(where, made(base, path, change))


def kind_of(path: str, beside: Iterable[str]) -> str:
    """Return what elements of one kind have in common: their path without numbers.

    Deep inside, it is their name and those of the elements ``beside`` them: so the start of a
    period is of one kind wherever there is a period.
    """
    end = "[]" if path.endswith("]") else ""
    names = re.sub(r"\[\d+\]", "", path).split(".")
    if len(names) < 3 or names[0] in {"concept", "property"}:
        return ".".join(names) + end
    return f"{' '.join(sorted(beside))}: {names[-1]}{end}"


def paths(value: Any, above: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Walk through all elements below a value, in document order."""
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for name, each in members:
        yield (*above, name)
        if isinstance(each, (dict, list)):
            yield from paths(each, (*above, name))


def told(path: tuple[str | int, ...]) -> str:
    """Write a path for people: ``concept[0].code``."""
    parts = (f"[{each}]" if isinstance(each, int) else f".{each}" for each in path)
    return "".join(parts).removeprefix(".")


def changes(name: str | int, value: Any) -> Iterator[Change]:
    """Return what is done to an element of some name and value."""
    yield Change("removed", REMOVED)
    for what, other in (("null", None), ("true", True), ("number", 1), ("text", "x")):
        if type(other) is not type(value):
            yield Change(what, other)
    for what, empty in (("empty-object", {}), ("empty-array", []), ("empty", ""), ("space", " ")):
        yield Change(what, empty)
    yield Change("object", {"x": 1})
    if isinstance(name, int):
        yield Change("array", [value])
        return
    yield Change("renamed", value, f"{name}x")
    yield Change("name-case", value, name[0].swapcase() + name[1:])
    if isinstance(value, list):
        yield Change("scalar", value[0])
        yield Change("doubled", value * 2)
        yield Change("null-last", [*value, None])
        yield Change("null-first", [None, *value])
        yield Change("nested", [value])
    else:
        yield Change("array", [value])
        yield Change("doubled", [value, value])
    if isinstance(value, dict):
        yield Change("unknown-inside", {**value, "unknownThing": "x"})
        yield Change("id-bad", {"id": "not good", **value})
    elif not isinstance(value, list) and name != "resourceType" and not name.startswith("_"):
        yield from _beside(value)
    if isinstance(value, str):
        yield from _texts(value)
    elif isinstance(value, (int, float)):
        yield from _numbers(value)


def _beside(value: Any) -> Iterator[Change]:
    """What stands in ``_name`` beside a primitive."""
    for what, beside in (
        ("with-id", {"id": "i"}),
        ("with-extension", {"extension": [EXTENSION]}),
        ("with-empty", {}),
        ("with-null", None),
        ("with-text", "x"),
        ("with-array", [{"id": "i"}]),
        ("with-unknown", {"unknownThing": 1}),
    ):
        yield Change(what, value, beside=beside)
    yield Change("extension-only", REMOVED, beside={"extension": [EXTENSION]})


def _texts(value: str) -> Iterator[Change]:
    yield Change("value-case", value.swapcase())
    yield Change("space-before", f" {value}")
    yield Change("space-after", f"{value} ")
    yield Change("spaces-inside", f"{value}  x")
    yield Change("space-inside", f"{value} x")
    yield Change("tab", f"{value}\tx")
    yield Change("line-end", f"{value}\n")
    yield Change("no-break-space", f"{value}{NO_BREAK}x")
    yield Change("no-break-space-after", f"{value}{NO_BREAK}")
    yield Change("zero-width", f"{value}{ZERO_WIDTH}")
    yield Change("control", f"{value}{CONTROL}")
    yield Change("bidi", f"{value}{OVERRIDE}x")
    yield Change("html", HTML)
    yield Change("long", value + "x" * 2000)


def _numbers(value: float) -> Iterator[Change]:
    yield Change("as-text", str(value).lower())
    for what, other in (
        ("negative", -1),
        ("zero", 0),
        ("fraction", 1.5),
        ("huge", 10**30),
        ("over-int", 2**31),
    ):
        yield Change(what, other)


def made(base: Json, path: tuple[str | int, ...], change: Change) -> Json:
    """Return a copy of a base in which the element at a path is changed."""
    resource = copy.deepcopy(base)
    parent = _at(resource, path[:-1])
    last = path[-1]
    if isinstance(parent, list):
        assert isinstance(last, int)
        if change.value is REMOVED:
            parent.pop(last)
        else:
            parent[last] = change.value
        return resource
    members = list(parent.items())
    parent.clear()
    for name, value in members:
        if name != last:
            parent[name] = value
            continue
        if change.value is not REMOVED:
            parent[change.name or name] = change.value
        if change.beside is not REMOVED:
            parent[f"_{name}"] = change.beside
    return resource


def _at(value: Any, path: tuple[str | int, ...]) -> Any:
    for part in path:
        value = value[part]
    return value
