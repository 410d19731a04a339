"""Sixty tables of real pages: their artifacts and findings to the byte, and the tree itself."""

from __future__ import annotations

import difflib
import itertools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click
import pytest

from fhir_codesystem import build
from fhir_codesystem.reporters.text import lines

if TYPE_CHECKING:
    from collections.abc import Iterator

CORPUS = Path(__file__).parent / "corpus"
EXPECTED = CORPUS / "expected"
SOURCES = sorted(
    path
    for path in CORPUS.glob("*.*")
    if path.suffix == ".yaml" or not path.with_suffix(".yaml").exists()
)
"""Each code system by its metadata, where it has some, else by its table."""

CONFLICTING = {"subscription-notification-type", "therapy-relationship-type"}
"""Pages whose rows contradict each other: refused, with both texts."""

LARGE = {"CodeSystem-dicom-dcim.md"}
"""Artifacts that are not kept: the rest of the table's artifacts say enough."""

PARENT = "http://hl7.org/fhir/concept-properties#parent"


class Row(NamedTuple):
    """A row of a table, read as plainly as can be."""

    level: int
    code: str
    display: str
    definition: str
    parents: list[str]
    further: list[str]


def expected_of(source: Path) -> dict[str, bytes]:
    """Build a source of the corpus (the working folder); return its artifacts and its findings."""
    built = build(source.name)
    told = "".join(
        f"{click.unstyle(line)}\n" for found in built.diagnostics for line in lines(found)
    )
    made = {name: data for name, data in built.artifacts.items() if name not in LARGE}
    return {**made, f"{source.stem}.findings.txt": told.encode()}


def rows_of(source: Path) -> list[Row]:
    """Read the table of a source without any of our own code."""
    name = source.stem.removesuffix("-last")
    header, *rest = (CORPUS / f"{name}.txt").read_text("utf-8").split("\n")
    names = [name.strip() for name in header.split("|")]
    rows = []
    for line in rest:
        if line.strip():
            cells = dict(zip(names, (cell.strip() for cell in line.split("|")), strict=True))
            parents = [code.strip() for code in cells.get("Parent", "").split(",") if code.strip()]
            level, code = int(cells.get("Lvl", "1")), cells["Code"]
            known = {"Lvl", "Code", "Display", "Definition", "Parent"}
            further = [cell for name, cell in cells.items() if name not in known and cell]
            texts = cells.get("Display", ""), cells.get("Definition", "")
            rows.append(Row(level, code, *texts, parents, further))
    return rows


def parents_of_rows(rows: list[Row]) -> dict[str, set[str]]:
    """Return the parents of each code, in the order in which the codes first appear."""
    parents: dict[str, set[str]] = {}
    above: list[str] = []
    for row in rows:
        del above[row.level - 1 :]
        parents.setdefault(row.code, set()).update(above[-1:])
        above.append(row.code)
    return parents


def walk(
    concepts: list[dict[str, Any]], above: str | None
) -> Iterator[tuple[dict[str, Any], str | None]]:
    for concept in concepts:
        yield concept, above
        yield from walk(concept.get("concept", []), concept["code"])


def parent_codes(resource: dict[str, Any]) -> set[str]:
    return {each["code"] for each in resource.get("property", []) if each.get("uri") == PARENT}


def parents_of_resource(resource: dict[str, Any]) -> dict[str, set[str]]:
    """Return the parents of each code, by nesting and by the standard property, in order."""
    declared = parent_codes(resource)
    parents: dict[str, set[str]] = {}
    for concept, above in walk(resource["concept"], None):
        assert concept["code"] not in parents
        stated = [each for each in concept.get("property", []) if each["code"] in declared]
        nested = set() if above is None else {above}
        parents[concept["code"]] = nested | {each["valueCode"] for each in stated}
    return parents


def value_of(stated: dict[str, Any]) -> Any:
    """Return the value of a property."""
    (value,) = (value for name, value in stated.items() if name != "code")
    return value


def difference(name: str, expected: bytes, built: bytes) -> str:
    before, after = expected.decode().splitlines(), built.decode().splitlines()
    told = difflib.unified_diff(before, after, "expected", "built", lineterm="", n=2)
    return "\n".join([f"{name} differs (make golden writes it anew):", *itertools.islice(told, 40)])


def by_name(source: Path) -> str:
    return source.stem


@pytest.fixture(autouse=True)
def corpus(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in the corpus: findings then name the tables as they are."""
    monkeypatch.chdir(CORPUS)


@pytest.mark.parametrize("source", SOURCES, ids=by_name)
def test_artifacts_and_findings_are_as_expected(source: Path) -> None:
    for name, built in expected_of(source).items():
        assert (EXPECTED / name).is_file(), f"{name} is new (make golden writes it)"
        expected = (EXPECTED / name).read_bytes()
        if built != expected:
            pytest.fail(difference(name, expected, built))


def test_nothing_else_is_expected() -> None:
    wanted = {
        f"{kind}{source.stem}.{ending}"
        for source in SOURCES
        for kind, ending in (("CodeSystem-", "json"), ("CodeSystem-", "md"), ("", "findings.txt"))
        if ending == "findings.txt" or source.stem not in CONFLICTING
    }
    assert {path.name for path in EXPECTED.iterdir()} == wanted - LARGE


@pytest.mark.parametrize(
    "source", [source for source in SOURCES if source.stem not in CONFLICTING], ids=by_name
)
def test_the_resource_is_the_table(source: Path) -> None:
    """Judged by a reader of a few lines, so that no golden file can bless a wrong tree."""
    rows = rows_of(source)
    resource = json.loads((EXPECTED / f"CodeSystem-{source.stem}.json").read_bytes())
    declared = parent_codes(resource)
    wanted = parents_of_rows(rows)
    built = parents_of_resource(resource)
    assert list(built) == list(wanted)
    assert built == wanted
    assert resource["count"] == len(wanted)
    texts: dict[str, list[list[str]]] = {code: [[], []] for code in wanted}
    for row in rows:
        for kept, text in zip(texts[row.code], (row.display, row.definition), strict=True):
            if text and text not in kept:
                kept.append(text)
    for concept, _ in walk(resource["concept"], None):
        displays, definitions = texts[concept["code"]]
        assert concept.get("display") == next(iter(displays), None)
        assert [each["value"] for each in concept.get("designation", [])] == displays[1:]
        assert concept.get("definition") == next(reversed(definitions), None)
        values = [each for each in concept.get("property", []) if each["code"] not in declared]
        cells = [cell for row in rows if row.code == concept["code"] for cell in row.further]
        stated = {str(value_of(each)).casefold() for each in values}
        assert stated == {cell.casefold() for cell in cells}


@pytest.mark.parametrize("name", ["v3-CalendarCycle", "v3-NullFlavor"])
def test_the_parents_are_those_of_the_tables_own_column(name: str) -> None:
    """These pages print a concept below each parent, and name all parents in a column too."""
    source = CORPUS / f"{name}.txt"
    stated: dict[str, set[str]] = {}
    for row in rows_of(source):
        stated.setdefault(row.code, set()).update(row.parents)
    resource = json.loads((EXPECTED / f"CodeSystem-{name}.json").read_bytes())
    assert parents_of_resource(resource) == stated
    assert max(map(len, stated.values())) == 2


@pytest.mark.parametrize(
    "source",
    [
        source
        for source in SOURCES
        if source.stem not in CONFLICTING and f"CodeSystem-{source.stem}.md" not in LARGE
    ],
    ids=by_name,
)
def test_the_page_has_a_row_for_each_concept(source: Path) -> None:
    page = (EXPECTED / f"CodeSystem-{source.stem}.md").read_text("utf-8")
    section = page.partition("\n## Concepts\n")[2].partition("\n## ")[0]
    table = [line for line in section.splitlines() if line.startswith("|")]
    codes = list(parents_of_rows(rows_of(source)))
    assert len(table) == 2 + len(codes)
    for line, code in zip(table[2:], codes, strict=True):
        assert f"`{code}` |" in line


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("subscription-notification-type", ["6:16", "6:30"]),
        ("therapy-relationship-type", ["7:25", "7:92"]),
    ],
)
def test_rows_that_contradict_each_other_are_refused(name: str, places: list[str]) -> None:
    built = build(f"{name}.txt")
    assert not built.ok
    assert dict(built.artifacts) == {}
    errors = [each for each in built.diagnostics if each.severity.value == "error"]
    assert [each.rule.number for each in errors] == ["CS214", "CS214"]
    assert [f"{each.location.line}:{each.location.column}" for each in errors] == places
    assert {each.related[0].location.line for each in errors} == {int(places[0][0]) - 1}


def test_no_other_table_has_an_error() -> None:
    told = {path: path.read_text("utf-8") for path in EXPECTED.glob("*.findings.txt")}
    wrong = {path.name.removesuffix(".findings.txt") for path in told if ": error " in told[path]}
    assert wrong == CONFLICTING


def test_there_are_many_tables_of_every_kind() -> None:
    assert len(SOURCES) >= 60
    headers = {path.read_text("utf-8").split("\n")[0].strip() for path in CORPUS.glob("*.txt")}
    assert len(headers) >= 10
    sizes = [path.stat().st_size for path in CORPUS.glob("*.txt")]
    assert min(sizes) < 300
    assert max(sizes) > 400_000
