"""Generated classifications: the same concepts as a table of codes and as a SUSHI project.

Everything follows from the seed: the same size gives the same bytes on every machine. Run as a
script it writes one set of files, so that the harness itself stays small (see measure.py).
"""

from __future__ import annotations

import random
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

SEED = 20250301
NAME = "classification"
ROOT_LEVEL = 1
HEADER = "Lvl | Code | Display | Definition |\n"

METADATA = """\
id: classification
url: http://example.org/fhir/CodeSystem/classification
version: 1.0.0
name: Classification
title: A generated classification
status: draft
experimental: false
caseSensitive: true
hierarchyMeaning: is-a
content: complete
description: A generated classification of the benchmarks.
"""

SUSHI_CONFIG = """\
id: example.classification
canonical: http://example.org/fhir
name: GeneratedClassification
version: 1.0.0
status: draft
fhirVersion: 4.3.0
FSHOnly: true
"""

FSH_HEAD = """\
CodeSystem: Classification
Id: classification
Title: "A generated classification"
Description: "A generated classification of the benchmarks."
* ^experimental = false
* ^caseSensitive = true
* ^hierarchyMeaning = #is-a
* ^content = #complete
"""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


STEMS = _words(
    "arter cardi cephal chondr cyst derm enter gastr gloss hepat kerat laryng lymph mast my nephr "
    "neur oste ot phleb pleur rhin splen tend vas"
)
ENDINGS = _words("algia ectomy itis oma opathy osis otomy")
QUALIFIERS = _words(
    "acute benign chronic distal early focal late left local mild minor mixed new open other "
    "partial primary rare right severe simple stable upper lower total"
)
NOUNS = _words(
    "agent area blood bone care cause cell chest course defect device drug event finding fluid "
    "graft group hand heart hip injury joint knee lesion limb loss lung mass method node organ "
    "pain part phase rate risk scan side sign site skin spine stage state tissue tract valve wall"
)
LINKS = _words("and at by due for from in of on or the to with within without")
ACCENTED = ("Behçet", "Sjögren", "Ménière", "µg", "café-au-lait")
MARKED = ("A & B", "< 5 mm", '"not otherwise specified"', "50 %", "x*y", "type_2")

# Of all definitions, the shares that hold an accented word, a sign that some format must escape,
# or a comma.
ACCENTED_SHARE, MARKED_SHARE, COMMA_SHARE = 0.05, 0.03, 0.32

TERMS = tuple(stem + ending for stem in STEMS for ending in ENDINGS)
WORDS = (*TERMS, *QUALIFIERS * 4, *NOUNS * 4, *LINKS * 6)
OPENERS = tuple(word.capitalize() for word in (*TERMS, *QUALIFIERS * 4, *NOUNS * 2))

# Where the next row goes after a row of this level: (next level, weight). Levels 1 to 5, about
# thirty rows a chapter section and a thousand or two a chapter, whatever the size of the whole.
NEXT_LEVEL: dict[int, tuple[tuple[int, ...], tuple[float, ...]]] = {
    1: ((2,), (1.0,)),
    2: ((3,), (1.0,)),
    3: ((4, 3, 2), (0.85, 0.13, 0.02)),
    4: ((5, 4, 3), (0.65, 0.28, 0.07)),
    5: ((5, 4, 3, 2), (0.82, 0.15, 0.028, 0.002)),
}


class Row(NamedTuple):
    """One concept, in document order; its parent is the nearest row above of a lower level."""

    level: int
    code: str
    display: str
    definition: str


def rows(count: int, seed: int = SEED) -> Iterator[Row]:
    """`count` concepts in pre-order, the root first; codes and displays are unique."""
    rng = random.Random(seed)
    yield Row(ROOT_LEVEL, "classification", "Classification", "All concepts of the classification.")
    displays: set[str] = set()
    level, chapter, serial = ROOT_LEVEL, -1, 0
    for _ in range(count - 1):
        targets, weights = NEXT_LEVEL[level]
        level = rng.choices(targets, weights)[0]
        if level == ROOT_LEVEL + 1:
            chapter, serial = chapter + 1, 0
        yield Row(level, _code(chapter, serial), _display(rng, displays), _definition(rng))
        serial += 1


def _code(chapter: int, serial: int) -> str:
    """Three letters for the chapter, five digits within it: AAB00042."""
    letters = ""
    for _ in range(3):
        chapter, digit = divmod(chapter, 26)
        letters = chr(ord("A") + digit) + letters
    return f"{letters}{serial:05d}"


def _display(rng: random.Random, taken: set[str]) -> str:
    """Three to six words that no concept before has."""
    while True:
        words = [rng.choice(OPENERS), *rng.choices(WORDS, k=rng.randint(2, 5))]
        display = " ".join(words)
        if display not in taken:
            taken.add(display)
            return display


def _definition(rng: random.Random) -> str:
    """Ten to fourteen words with the punctuation, accents and signs that real definitions have."""
    words = [rng.choice(OPENERS), *rng.choices(WORDS, k=rng.randint(9, 13))]
    kinds = ("accented", "marked", "comma", "plain")
    shares = (ACCENTED_SHARE, MARKED_SHARE, COMMA_SHARE)
    kind = rng.choices(kinds, (*shares, 1 - sum(shares)))[0]
    place = rng.randrange(1, len(words) - 1)
    if kind == "accented":
        words[place] = rng.choice(ACCENTED)
    elif kind == "marked":
        words[place] = rng.choice(MARKED)
    elif kind == "comma":
        words[place] += ","
    return " ".join(words) + "."


def write_tables(folder: Path, count: int) -> None:
    """`once/` and `twice/` under `folder`: the rows once, and those after the root once more."""
    once, twice = folder / "once", folder / "twice"
    for place in (once, twice):
        place.mkdir(parents=True)
        (place / f"{NAME}.yaml").write_text(METADATA, encoding="utf-8")
    table = once / f"{NAME}.txt"
    with table.open("w", encoding="utf-8", newline="") as out:
        out.write(HEADER)
        for number, row in enumerate(rows(count)):
            out.write(f"{row.level} | {row.code} | {row.display} | {row.definition} |\n")
            if number == 0:
                root_end = out.tell()
    repeated = twice / f"{NAME}.txt"
    shutil.copyfile(table, repeated)
    with table.open("rb") as block, repeated.open("ab") as end:
        block.seek(root_end)
        shutil.copyfileobj(block, end, 1 << 20)


def write_fsh(folder: Path, count: int) -> None:
    """A SUSHI project with the same concepts, children indented below their parent."""
    (folder / "input" / "fsh").mkdir(parents=True)
    (folder / "sushi-config.yaml").write_text(SUSHI_CONFIG, encoding="utf-8")
    source = folder / "input" / "fsh" / f"{NAME}.fsh"
    with source.open("w", encoding="utf-8", newline="") as out:
        out.write(FSH_HEAD)
        for row in rows(count):
            indent = "  " * (row.level - ROOT_LEVEL)
            display, definition = fsh_string(row.display), fsh_string(row.definition)
            out.write(f"{indent}* #{row.code} {display} {definition}\n")


def fsh_string(text: str) -> str:
    """A text as FSH has it, in quotes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def main(arguments: list[str]) -> int:
    """`content.py tables|fsh COUNT FOLDER`: whole or absent, through a folder beside it."""
    form, count, target = arguments[0], int(arguments[1]), Path(arguments[2])
    partial = target.with_name(target.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    {"tables": write_tables, "fsh": write_fsh}[form](partial, count)
    partial.rename(target)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
