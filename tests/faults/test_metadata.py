"""Metadata files that are no YAML, too large, too deep, or meant to do harm."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import pytest

from fhir_codesystem import Severity
from fhir_codesystem.metadata.document import parse
from fhir_codesystem.pipeline import Options, Run
from fhir_codesystem.sources import described
from fhir_codesystem.tables.source import Source

from .workplace import MEASURED, METADATA, TABLE

if TYPE_CHECKING:
    from .workplace import Result, Workplace

LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join(['*' + before] * 10)}]\n"
    for before, name in zip("abcdefghij", "bcdefghijk", strict=True)
)
BAD: dict[str, tuple[str | bytes, str]] = {
    # what is added to good metadata of eight lines, and what is found first in it
    "a thousand million laughs": (LAUGHS + "contact: *k\n", "9:1 CS302"),
    "laughs where they fit": (
        "contact:\n- &a {name: x}\n" + "identifier:\n" + "- *a\n" * 100,
        "10:7 CS302",
    ),
    "laughs of mappings": (
        "extension:\n- &a {url: u, extension: [{url: u, valueCode: c}]}\n"
        + "".join(
            f"- &{name} {{url: u, extension: [{', '.join(['*' + before] * 9)}]}}\n"
            for before, name in zip("abcdefgh", "bcdefghi", strict=True)
        ),
        "1:1 CS301",
    ),
    "a list in itself": ("contact: &a [*a]\n", "9:10 CS304"),
    "a mapping in itself": ("contact:\n- &a {telecom: [*a]}\n", "10:7 CS302"),
    "a document in itself": ("extension:\n- &a {url: u, extension: [*a]}\n", "1:1 CS301"),
    "settings in themselves": ("build: &a\n  duplicates: *a\n", "10:3 CS302"),
    "an unknown alias": ("description: *x\n", "9:14 CS301"),
    "100,000 brackets": ("description: " + "[" * 100_000, "CS301"),
    "100,000 dashes": ("description:\n" + "- " * 100_000, "CS301"),
    "100,000 braces": ("description: " + "{a: " * 100_000, "CS301"),
    "1,000 steps": (
        "description:\n" + "".join(" " * step + "a:\n" for step in range(1, 1000)),
        "",
    ),
    "a tab": ("contact:\n\t- name: x\n", "10:1 CS301"),
    "a key twice": ("status: active\n", "9:1 CS303"),
    "a key 20,000 times": ("status: active\n" * 20_000, "9:1 CS303"),
    "20,000 unknown keys": ("".join(f"key{n}: 1\n" for n in range(20_000)), "9:1 CS302"),
    "a merge key": ("<<: {publisher: x}\n", "9:1 CS302"),
    "a program": ('publisher: !!python/object/apply:os.system ["touch run"]\n', "9:12 CS304"),
    "a program of a new kind": (
        "contact: !!python/object/new:os.system [touch run]\n",
        "9:41 CS304",
    ),
    "a named program": ("publisher: !!python/name:os.system touch run\n", "9:12 CS30"),
    "a foreign tag": ("publisher: !secret ENV\n", "9:12 CS30"),
    "two documents": ("---\na: b\n", "9:1 CS301"),
    "a newer YAML": ("...\n%YAML 9.9\n---\na: b\n", "10:1 CS301"),
    "a complex key": ("? [a, b]\n: c\n", "9:3 CS304"),
    "a key of nothing": (": c\n", "9:1 CS30"),
    "a number of 5,000 digits": ("count: " + "1" * 5000 + "\n", "9:8 CS30"),
    "infinity": ("date: .inf\n", "9:7 CS307"),
    "half a pair": ('publisher: "\\ud800"\n', "9:12 CS307"),
    "a NUL byte": (b"publisher: a\0b\n", "9:13 CS101"),
    "noise": (b"\xff\xfe\xfd\x81\n", "9:4 CS101"),
    "a path for an id": ("build:\n  source: [..]\n", "10:11 CS304"),
}


def errors_by_path(result: Result) -> dict[str, list[str]]:
    """Return the errors, each without its path, by the path; no more than a person reads."""
    errors: dict[str, list[str]] = {}
    for error in result.errors:
        path, place = re.split(r"(?<=\.yaml):? ?", error)
        errors.setdefault(path, []).append(place)
    assert all(len(each) <= 100 for each in errors.values())
    return errors


def test_bad_metadata_are_told_at_their_places(workplace: Workplace) -> None:
    names = {}
    for number, (name, (added, expected)) in enumerate(BAD.items()):
        workplace.write(f"{number}.txt", TABLE)
        text = added.encode() if isinstance(added, str) else added
        workplace.write(f"{number}.yaml", METADATA.encode() + text)
        names[f"{number}.yaml"] = (name, expected)
    errors = errors_by_path(workplace.build(*names, prepared=MEASURED))
    told = {name: errors.get(path, []) for path, (name, _) in names.items()}
    wrong = {
        name: (expected, told[name])
        for name, expected in names.values()
        if not any(each.startswith(expected) for each in told[name])
    }
    assert not wrong
    assert workplace.is_as_before()
    assert not (workplace.folder / "run").exists()
    assert int((workplace.folder / "peak").read_text()) < 2**30


WHOLE: dict[str, tuple[str | bytes, str]] = {
    # metadata that are this and nothing else
    "5 MB": ("#" + "x" * 5_000_000, "CS301"),
    "a text": ("hello", "1:1 CS304"),
    "a list": ("- a", "1:1 CS304"),
    "a program": ("!!python/object/apply:os.system [touch run]\n", "1:1 CS304"),
    "UTF-16, cut off": (METADATA.encode("utf-16")[:-1], "8:18 CS101"),
    "an archive": (b"PK\x03\x04" + bytes(100), "CS101"),
    "NULs": (bytes(1000), "1:1 CS101"),
}


def test_what_is_no_metadata_is_told(workplace: Workplace) -> None:
    names = {}
    for number, (content, expected) in enumerate(WHOLE.values()):
        workplace.write(f"{number}.txt", TABLE)
        workplace.write(f"{number}.yaml", content)
        names[f"{number}.yaml"] = expected
    errors = errors_by_path(workplace.build(*names))
    assert {path: each[0] for path, each in errors.items()} == names
    assert workplace.is_as_before()
    assert not (workplace.folder / "run").exists()


@pytest.mark.parametrize("element", ["description", "url", "title"])
def test_a_huge_value(workplace: Workplace, element: str) -> None:
    lines = [line for line in METADATA.splitlines() if not line.startswith(element)]
    lines += [f"{element}: http://{'x' * 1_100_000}"]
    workplace.write("table.yaml", "\n".join(lines) + "\n")
    result = workplace.build(prepared=MEASURED)
    assert result.code in {0, 1}
    assert all(" error " not in each for each in result.findings) == (result.code == 0)
    assert len(result.err) < 5000
    assert workplace.is_as_before() == (result.code == 1)
    assert int((workplace.folder / "peak").read_text()) < 2**30


def test_an_id_names_no_other_folder(workplace: Workplace) -> None:
    names = []
    for number, identity in enumerate(["../../x", "a/b", "x" * 65, r"a\0b", "a b", "", "a\\b"]):
        names.append(f"{number}.yaml")
        workplace.write(f"{number}.txt", TABLE)
        workplace.write(names[-1], METADATA.replace("id: table", f'id: "{identity}"'))
    before = set(workplace.folder.rglob("*"))
    errors = errors_by_path(workplace.build(*names))
    assert {path: each[0][:4] for path, each in errors.items()} == dict.fromkeys(names, "1:5 ")
    assert set(workplace.folder.rglob("*")) == before


ALPHABETS = {
    "bytes": bytes(range(256)),
    "marks": b"[]{}:,-?&*!|>'\"%@`#~<=. \n\tab1",
    "words": b"idurlstauscone:- \n[]{}&*a",
}


@pytest.mark.parametrize("alphabet", ALPHABETS)
@pytest.mark.parametrize("start", ["", METADATA], ids=["alone", "after good"])
def test_random_metadata(alphabet: str, start: str) -> None:
    dice = random.Random(f"{alphabet} {len(start)}")
    run = Run(Options())
    for _ in range(50):
        noise = bytes(dice.choices(ALPHABETS[alphabet], k=dice.randrange(1, 200)))
        document = parse("table.yaml", start.encode() + noise)
        run.written.clear()
        outcome = run.build(described(document, "table.txt", Source("table.txt", TABLE.encode())))
        errors = [each for each in outcome.diagnostics if each.severity is Severity.ERROR]
        assert bool(outcome.artifacts) != bool(errors), noise
        assert all(each.message.isprintable() for each in outcome.diagnostics), noise
