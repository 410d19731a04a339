"""Reading what a server has sent: what is not of the form that is asked for is not there."""

from __future__ import annotations

from typing import Any

import orjson

LEVELS = 250
"""Objects and arrays that may stand in one another; orjson writes 254, and a Bundle adds three."""


def dicts(holder: object, key: str) -> list[dict[str, Any]]:
    """Return the objects in the array under a key; none where there is no array or no holder."""
    found = holder.get(key) if isinstance(holder, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def parameter(parameters: object, name: str) -> Any:
    """Return the value of the first parameter of a name in a Parameters; None where it has none."""
    for each in dicts(parameters, "parameter"):
        if each.get("name") == name:
            return next((each[key] for key in each if key.startswith("value")), None)
    return None


def is_deep(resource: object) -> bool:
    """Whether a resource has more than `LEVELS` levels, and can be neither compared nor sent."""
    try:
        orjson.dumps([[[[resource]]]])
    except orjson.JSONEncodeError:
        return True
    return False
