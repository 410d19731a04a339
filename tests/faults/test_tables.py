"""Tables that are none, or too deep, too wide, too long."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import orjson
import pytest

from fhir_codesystem import FHIRVersion, Severity
from fhir_codesystem.codesystem.versions import model_of
from fhir_codesystem.pipeline import Options, Run
from fhir_codesystem.sources import described
from fhir_codesystem.tables.source import Source

from .workplace import MEASURED, METADATA

if TYPE_CHECKING:
    from .workplace import Workplace

HEAD = "Code | Display | Definition\n"
BAD: dict[str, tuple[bytes, str]] = {
    "empty": (b"", ".txt CS104"),
    "blank": (b" \t\r\n\n \n", ".txt CS104"),
    "a mark alone": (b"\xef\xbb\xbf", ".txt CS104"),
    "UTF-16, a mark alone": (b"\xff\xfe", ".txt CS104"),
    "UTF-16, cut off": (HEAD.encode("utf-16")[:-1], ".txt:1:28 CS101"),
    "UTF-16, half a pair": (b"\xff\xfeC\0o\0d\0e\0\n\0\x00\xd8", ".txt:2:1 CS101"),
    "UTF-32, no character": (b"\xff\xfe\0\0C\0\0\0\0\0\x11\0", ".txt:1:2 CS101"),
    "NUL": (HEAD.encode() + b"a | \0 | x\n", ".txt:2:5 CS101"),
    "NUL in UTF-16": ("Code\n\0".encode("utf-16"), ".txt:2:1 CS101"),
    "NULs": (bytes(1000), ".txt:1:1 CS101"),
    "archive": (b"PK\x03\x04" + bytes(range(256)), ".txt CS101"),
    "no code column": (b"Kode | Name\na | A\n", ".txt:1:1 CS105"),
    "10,000 columns": (b"Code" + b" | x" * 9999 + b"\n", ".txt:1:1 CS112"),
    "a row of 10,000 cells": (
        HEAD.encode() + b"a" + b" | x" * 9999 + b"\n",
        ".txt:2:13 CS108",
    ),
    "a level that is none": (
        b"Lvl|Code|Display|Definition\n1|a|A|x\n1e400|b|B|x\n",
        ".txt:3:1 CS201",
    ),
    "a level of 30 digits": (
        b"Lvl|Code|Display|Definition\n1|a|A|x\n" + b"9" * 30 + b"|b|B|x\n",
        ".txt:3:1 CS201",
    ),
}


def test_bad_tables_are_told_at_their_places(workplace: Workplace) -> None:
    expected = []
    for number, (content, place) in enumerate(BAD.values(), 10):
        workplace.write(f"input/{number}.txt", content)
        workplace.write(f"input/{number}.yaml", METADATA)
        expected.append(f"input/{number}{place}")
    assert workplace.run("build", "--quiet").errors == expected
    assert workplace.is_as_before()


def test_a_header_alone_is_a_code_system_without_concepts(workplace: Workplace) -> None:
    workplace.write("table.txt", HEAD)
    result = workplace.build()
    assert result.code == 0
    assert all(" error " not in each for each in result.findings)
    assert not workplace.is_as_before()


def deep(levels: int) -> str:
    """Return a table whose every row stands below the row before."""
    rows = "".join(f"{level} | c{level} | C | x\n" for level in range(1, levels + 1))
    return "Level | Code | Display | Definition\n" + rows


def test_ten_thousand_levels(workplace: Workplace) -> None:
    workplace.write("table.txt", deep(10_000))
    assert workplace.build().errors == ["table.txt:102:1 CS204"]
    assert workplace.is_as_before()


def test_ten_thousand_levels_by_the_parent_property(workplace: Workplace) -> None:
    workplace.write("table.txt", deep(10_000))
    workplace.write("table.yaml", METADATA + "build: {hierarchy: {as: parent-property}}\n")
    result = workplace.build()
    assert (result.code, result.err) == (0, "")
    assert workplace.content()["CodeSystem-table.json"].count(b'"code": "parent"') == 10_000


@pytest.mark.slow
def test_a_million_blank_lines(workplace: Workplace) -> None:
    workplace.write("table.txt", b"\n" * 1_000_000)
    assert workplace.build().errors == ["table.txt CS104"]
    workplace.write("table.txt", b"\n" * 1_000_000 + HEAD.encode() + b"\n" * 1_000_000 + b"a | A\n")
    result = workplace.build()
    assert result.code == 0
    assert ".txt:2000002:" in result.err


M = 1_000_000
LONG: dict[str, tuple[bytes, bytes, int]] = {
    # what comes before, what is repeated, how often: 100 MB in all
    "header without bars": (b"", b"x" * M, 100),
    "header with bars": (b"", b"Code |x|" * (M // 8), 100),
    "row that is one code": (HEAD.encode(), b"x" * M, 100),
    "row with bars": (HEAD.encode() + b"a", b" | bc" * (M // 5), 100),
    "odd blanks": (HEAD.encode() + b"a | b | ", "x\u00a0y\u200b".encode() * (M // 7), 100),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", LONG)
def test_a_line_of_100_million_bytes(workplace: Workplace, name: str) -> None:
    before, repeated, times = LONG[name]
    table = workplace.folder / "table.txt"
    with table.open("wb") as file:
        file.write(before)
        for _ in range(times):
            file.write(repeated)
    try:
        result = workplace.build(prepared=MEASURED)
    finally:
        table.unlink()
    assert result.errors
    assert len(result.err) < 5000
    assert workplace.is_as_before()
    assert int((workplace.folder / "peak").read_text()) < 2 * 2**30


class Library:
    """Builds many tables one after the other, as the command does with many sources."""

    def __init__(self) -> None:
        self.run = Run(Options())

    def is_whole(self, data: bytes) -> bool:
        """Whether a build ends with an error, or with artifacts that are good."""
        self.run.written.clear()
        outcome = self.run.build(described(None, "table.txt", Source("table.txt", data)))
        errors = [each for each in outcome.diagnostics if each.severity is Severity.ERROR]
        assert all(each.message.isprintable() for each in outcome.diagnostics)
        if errors or not outcome.artifacts:
            return bool(errors) and not outcome.artifacts
        resource = orjson.loads(outcome.artifacts["CodeSystem-table.json"])
        return bool(model_of(FHIRVersion.R4).model_validate(resource))


ALPHABETS = {
    "bytes": bytes(range(256)),
    "text": b"aA1 |\\\"'\n\r\t\xc3\xa9\xe2\x80\x8b",
    "bars": b"|\\\n 1-:",
    "controls": bytes(range(32)) + b"|a\n\x7f\x80\x85\x9f\xa0\xff",
    "wide": b"\0\0\0\0a|\n1\xd8",
}


@pytest.mark.parametrize("alphabet", ALPHABETS)
@pytest.mark.parametrize("head", ["", "Lvl|Code|Display|Definition\n1|"], ids=["none", "header"])
def test_random_bytes(alphabet: str, head: str) -> None:
    dice = random.Random(f"{alphabet} {head}")
    library = Library()
    for _ in range(20):
        noise = bytes(dice.choices(ALPHABETS[alphabet], k=dice.randrange(1, 400)))
        for data in (head.encode() + noise, b"\xff\xfe" + noise, b"\xef\xbb\xbf" + noise):
            assert library.is_whole(data), data


@pytest.mark.slow
def test_every_byte_by_itself() -> None:
    library = Library()
    for byte in range(256):
        for around in (b"%b", b"Code|Display\na%b|A%bB\n%bc|C\n"):
            data = around.replace(b"%b", bytes([byte]))
            assert library.is_whole(data), data


def test_random_bytes_from_files(workplace: Workplace) -> None:
    """A folder of noise: each file has its finding, the good one is built."""
    dice = random.Random(2)
    for number in range(40):
        workplace.write(f"input/noise{number}.txt", b"\xfe" + dice.randbytes(dice.randrange(3000)))
    for number in range(40):
        text = "".join(chr(dice.choice([10, 124, 32, 200, 8232, 0x10FFFF])) for _ in range(300))
        workplace.write(f"input/noise{number + 40}.txt", "x" + text)
    workplace.write("input/table.txt", HEAD + "a | A | x\n")
    workplace.write("input/table.yaml", METADATA)
    result = workplace.run("build", "--quiet")
    told = {re.sub(r"[: ].*", "", each) for each in result.errors}
    assert told == {f"input/noise{number}.txt" for number in range(80)}
    assert result.out.split() == ["output/CodeSystem-table.json", "output/CodeSystem-table.md"]
