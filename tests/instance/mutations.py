"""Resources changed at random: bytes, tokens, members and items."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from .resources import Known

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:<>=/]|[^\s"{}\[\],:<>=/]+|\s+', re.DOTALL)
BYTES = (
    *(b"\0", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xe4"),
    *(b"\r", b"\n", b"\t", b"\x1b", b"\x85", b"\xe2\x80\xa8", b"\xf0\x9f\x98\x80", b"\\", b'"'),
    *(b"<", b"&", b"]]>", b"<!--", b"-->", b"<?", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;"),
)
TOKENS = (
    *("{", "}", "[", "]", ",", ":", "//", "/*", "*/", "#", "'", '"', "<", ">", "/>", "</", "="),
    *("NaN", "Infinity", "-Infinity", "-0", "1e999999999", "0x1", "1.", ".5", "+1", "9" * 5000),
    *("null", "true", "FALSE", "undefined", '""', '" "', '"\\ud800"', '"\\u0000"', '"\\x"', "\x00"),
    *('"resourceType"', '"concept"', '"_code"', '"value"', '"extension"', '"#"', '"url"', '"id"'),
    *("[" * 300, '{"a":' * 600, '"a' * 50, "&#x0;", "&nbsp;", "&lt;", "<![CDATA[", "]]>", "<f:a "),
)
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 2**63, 10**400, 1.5, float("nan"), float("inf"), "", " ", "#", "a"),
    *("\ud800", "\0", "a" * 5000, "http://[", "urn:oid:1.2.3", "2024-02-30", "<div>", "<b>&x;</b>"),
    *([], {}, [[]], [{}], [None], [1, "a", None], {"a": {}}, {"resourceType": "CodeSystem"}),
    *({"extension": [{"url": "a"}]}, {"div": "<a"}, [{"code": "a"}, {"code": "a", "concept": []}]),
)
KEYS = (
    "code",
    "_code",
    "concept",
    "value",
    "valueCode",
    "resourceType",
    "extension",
    "id",
    "x",
    "",
)


def mutated(chance: random.Random, known: Sequence[Known]) -> Known:
    """Return a resource changed in one to five ways."""
    name, data, version = chance.choice(known)
    foreign = chance.choice(known).data
    value = None if name.endswith(".xml") else _value(data)
    kind = chance.randrange(3 if value is not None else 2)
    if kind == 2:
        for _ in range(chance.randint(1, 4)):
            value = restructured(value, chance, _value(foreign))
        indent, escaped = chance.choice((None, 1)), chance.random() < 0.5
        text = json.dumps(value, indent=indent, ensure_ascii=escaped)
        return Known(name, text.encode("utf-8", "surrogatepass"), version)
    change = rewritten if kind else retold
    for _ in range(chance.randint(1, 5)):
        data = change(data, chance, foreign)
    return Known(name, data, version)


def _value(text: bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def rewritten(data: bytes, chance: random.Random, foreign: bytes) -> bytes:
    """Change bytes: take out, put in, repeat, exchange, cut off, splice."""
    start = chance.randrange(len(data) + 1)
    end = min(len(data), start + chance.choice((0, 1, 1, 2, 8, 64)))
    kind = chance.randrange(7)
    if kind == 0:
        middle = chance.choice(BYTES)
    elif kind == 1:
        middle = bytes([chance.randrange(256)])
    elif kind == 2:
        middle = data[start:end] * chance.choice((0, 2, 3, 50))
    elif kind == 3:
        return data[:start] if chance.random() < 0.3 else data[start:] + data[:start]
    elif kind == 4:
        at = chance.randrange(len(foreign))
        middle = foreign[at : at + chance.choice((1, 20, 200))]
    elif kind == 5 and chance.random() < 0.2:
        text = data.decode("utf-8", "replace")
        return text.encode(chance.choice(("utf-16", "cp1252")), "replace")
    else:
        middle = b""
    return data[:start] + middle + data[end:]


def retold(data: bytes, chance: random.Random, foreign: bytes) -> bytes:
    """Change tokens: take out, put in, repeat, swap, take from another resource."""
    tokens = TOKEN.findall(data.decode("utf-8", "replace"))
    if not tokens:
        return data
    at, to = chance.randrange(len(tokens)), chance.randrange(len(tokens))
    kind = chance.randrange(5)
    if kind == 0:
        del tokens[at]
    elif kind == 1:
        tokens[at] = chance.choice(TOKENS)
    elif kind == 2:
        tokens.insert(at, chance.choice(TOKENS))
    elif kind == 3:
        tokens[at], tokens[to] = tokens[to], tokens[at]
    else:
        others = TOKEN.findall(foreign.decode("utf-8", "replace"))
        begin = chance.randrange(len(others))
        tokens[at:to] = others[begin : begin + chance.randint(1, 40)]
    return "".join(tokens).encode("utf-8", "replace")


def restructured(value: Any, chance: random.Random, foreign: Any) -> Any:
    """Change members and items: take out, rename, retype, repeat, nest, take from another."""
    holders = [each for each in _all(value) if isinstance(each, (dict, list)) and each]
    if not holders:
        return chance.choice(VALUES)
    holder = chance.choice(holders)
    at: Any = chance.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
    kind = chance.randrange(7)
    if kind == 0:
        del holder[at]
    elif kind == 1:
        holder[at] = _copy(chance.choice(VALUES))
    elif kind == 2:
        holder[at] = _copy(chance.choice(_all(foreign)))
    elif kind == 3:
        holder[at] = [_copy(holder[at]) for _ in range(chance.choice((1, 2, 30)))]
    elif kind == 4:
        for _ in range(chance.choice((1, 5, 130))):
            holder[at] = {chance.choice(KEYS): holder[at]} if at != 0 else [holder[at]]
    elif isinstance(holder, dict):
        new = holder[at] if kind == 5 else chance.choice(VALUES)
        holder[chance.choice((*KEYS, *holder))] = _copy(new)
    else:
        holder.insert(at, _copy(chance.choice(_all(value)[:50])) if kind == 5 else None)
    return value


def _copy(value: Any) -> Any:
    return json.loads(json.dumps(value))


def _all(value: Any) -> list[Any]:
    found = [value]
    for each in found:
        found += each.values() if isinstance(each, dict) else each if isinstance(each, list) else []
    return found
