"""Resources changed at random and checked: ``python -m tests.official.fuzz --count 100000``.

They are made of the code systems that are put before the official validator, and of the examples
of the rules. The same seed makes the same inputs. Each is checked as `codesystem check` does; what
must hold is `flaw`. Inputs for which it does not are kept in a folder that is named at the end
(exit code 1).
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from fhir_codesystem.codesystem.versions import FHIRVersion
from fhir_codesystem.instance import encoding
from fhir_codesystem.instance.checking import findings
from fhir_codesystem.pipeline import Options, Run
from fhir_codesystem.reporters.formats import reporter
from fhir_codesystem.reporters.report import Report, Told
from fhir_codesystem.reporters.text import lines as text_lines
from fhir_codesystem.rules.reading import NO_TEXT
from fhir_codesystem.rules.registry import RULES
from fhir_codesystem.sources import described
from fhir_codesystem.tables.source import Source

from .bases import bases
from .case import text_of
from .fhirxml import tree_of, xml_of

if TYPE_CHECKING:
    from fhir_codesystem.diagnostics import Diagnostic

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:<>=/]|[^\s"{}\[\],:<>=/]+|\s+', re.DOTALL)
MARKS = re.compile(rb"[^\t-~]")
"""What a file that is told to be no text must hold."""

MOST_CHARACTERS = 1500
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


class Known(NamedTuple):
    """A resource to begin with: in JSON, and in XML where it can be written so."""

    version: FHIRVersion
    json: bytes
    xml: bytes


def flaw(path: str, data: bytes, version: FHIRVersion) -> str | None:
    """Say what is wrong with how an input is checked: an exception, or a place outside it."""
    try:
        source = Source(path, data)
        found = findings(source, version)
        outcome = Run(Options(version, most=None)).check(described(None, path, source))
        found += outcome.diagnostics
        report = Report([Told(path, found, ())], {}, (), None, "", strict=False)
        json.loads(reporter("json")(report).encode())
        for each in found:
            "".join(text_lines(each)).encode()
    except BaseException:  # noqa: BLE001 - all of it is a flaw
        return traceback.format_exc()
    text, lines = encoding.decoded(data), {}
    for of_bytes, read in ((True, data.decode("latin-1")), (False, text)):
        lines[of_bytes] = read.split("\n" if "\n" in read else "\r")
    for each in found:
        why = _misplaced(each, lines[each.rule is NO_TEXT])  # of what is no text bytes are counted
        if len(each.message) > MOST_CHARACTERS:
            why = f"has a message of {len(each.message)}"
        if each.rule is NO_TEXT and not MARKS.search(data):
            why = f"is told of text: {each.message}"
        if why is not None:
            return f"{each.location}: {each.rule.number} {why}"
    return None


def _misplaced(found: Diagnostic, lines: list[str]) -> str | None:
    line, column = found.location.line, found.location.column
    if line is None and column is None:
        return None
    if line is None or column is None or not 1 <= line <= len(lines):
        return "stands in no line"
    if not 1 <= column <= len(lines[line - 1]) + 1:
        return "stands in no column"
    return None


def resources() -> list[Known]:
    """Return the resources to begin with."""
    known = [
        Known(version, text_of(resource), xml_of(tree_of(resource)))
        for version in FHIRVersion
        for resource in bases(version.value).values()
    ]
    for rule in RULES:
        for example in (rule.breaks, rule.holds):
            if example.resource is not None:
                data = example.resource.encode("utf-8", "surrogatepass")
                version = FHIRVersion(example.version)
                of_xml = data.startswith(b"<")
                known.append(Known(version, b"" if of_xml else data, data if of_xml else b""))
    return known


def mutated(chance: random.Random, known: list[Known]) -> tuple[str, bytes, FHIRVersion]:
    """Return an input: its name, its bytes and the version it is checked for."""
    version, text, markup = chance.choice(known)
    other = chance.choice(known)
    kind = chance.randrange(3)
    if kind == 0 and (value := _value(text)) is not None:
        foreign = _value(other.json)
        for _ in range(chance.randint(1, 4)):
            value = restructured(value, chance, foreign)
        indent, escaped = chance.choice((None, 1)), chance.random() < 0.5
        said = json.dumps(value, indent=indent, ensure_ascii=escaped)
        return "a.json", said.encode("utf-8", "surrogatepass"), version
    forms = (("a.json", text, other.json), ("a.xml", markup, other.xml))
    path, data, further = chance.choice([each for each in forms if each[1]])
    change = rewritten if kind == 1 else retold
    for _ in range(chance.randint(1, 5)):
        data = change(data, chance, further or b"\n")
    return path, data, version


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


def main() -> int:
    """Run, and say how many inputs there were and what was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.official.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    chance, known = random.Random(given.seed), resources()
    flaws: Counter[str] = Counter()
    folder: Path | None = None
    started = time.perf_counter()
    for number in range(given.count):
        path, data, version = mutated(chance, known)
        why = flaw(path, data, version)
        if why is not None:
            folder = folder or Path(tempfile.mkdtemp(prefix="fuzz-"))
            (folder / f"{version.value}-{number}{Path(path).suffix}").write_bytes(data)
            (folder / f"{version.value}-{number}.txt").write_text(why, "utf-8")
            flaws[why.strip().rpartition("\n")[2][:150]] += 1
    seconds = time.perf_counter() - started
    print(f"{given.count:,} inputs of seed {given.seed}: {flaws.total():,} flaws ({seconds:.0f} s)")
    for why, count in flaws.most_common():
        print(f"{count:6} {why}")
    if folder is not None:
        print(f"the inputs are in {folder}")
    return 1 if flaws else 0


if __name__ == "__main__":
    sys.exit(main())
