"""What is put before both validators: a file, by a name that can be quoted."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

Json = dict[str, Any]


class Case(NamedTuple):
    """A file: its name (``small/status/removed.json``, which says what was done), its bytes.

    ``keys`` are the message keys that the official validator must give of it, where the case was
    made for them; ``publication`` asks for the checks of resources that are published.
    """

    name: str
    data: bytes
    keys: tuple[str, ...] = ()
    publication: bool = False


def text_of(resource: object) -> bytes:
    """Return a resource as JSON, a line an element."""
    return json.dumps(resource, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass")


def json_case(name: str, resource: object, *keys: str, publication: bool = False) -> Case:
    """Make a case of a resource as JSON."""
    return Case(f"{name}.json", text_of(resource), keys, publication)


def changed(base: Json, change: Callable[[Json], object]) -> Json:
    """Return a copy of a resource after a change."""
    resource = copy.deepcopy(base)
    change(resource)
    return resource


def merged(base: Json, /, **elements: Any) -> Json:
    """Return a copy of a resource with elements set; those of value ``...`` are removed."""
    resource = copy.deepcopy(base)
    for name, value in elements.items():
        if value is ...:
            resource.pop(name, None)
        else:
            resource[name] = value
    return resource
