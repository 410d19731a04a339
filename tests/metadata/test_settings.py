"""The tool's own settings under ``build:``, and what is said of wrong ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fhir_codesystem import FHIRVersion, build
from fhir_codesystem.metadata.document import parse
from fhir_codesystem.metadata.settings import SCHEMA, read_settings

if TYPE_CHECKING:
    from conftest import Project
    from fhir_codesystem.metadata.settings import Build

GOOD = "url: http://example.org/x\nstatus: draft\ncontent: complete\n"
TABLE = "Lvl | Code | Display\n1 | a | A\n2 | b | B\n"
CASES = ("repeat", "fill-in", "second-parent", "conflict.display", "conflict.definition", "variant")


def settings(text: str) -> Build:
    document = parse("x.yaml", text.encode())
    build = read_settings(document)
    assert document.found == []
    return build


def policies(build: Build) -> dict[str, str]:
    return {case: build.policy(case) for case in CASES}


DEFAULTS = {
    "repeat": "merge",
    "fill-in": "merge",
    "second-parent": "keep",
    "conflict.display": "error",
    "conflict.definition": "error",
    "variant": "auto",
}


@pytest.mark.parametrize(
    "text", ["", "url: http://example.org/x\n", "build:\n", "build: {}\n", "build: ~\n"]
)
def test_what_is_not_said_has_a_default(text: str) -> None:
    build = settings(text)
    assert (build.source, build.version, build.columns) == (None, None, ())
    assert build.nested
    assert build.narrative
    assert policies(build) == DEFAULTS


@pytest.mark.parametrize("version", list(FHIRVersion))
def test_the_version_is_read(version: FHIRVersion) -> None:
    assert settings(f"build:\n  fhirVersion: {version}\n").version is version


def test_every_setting_is_read() -> None:
    build = settings(
        "build:\n  source: other.txt\n  fhirVersion: R5\n  columns:\n    Kürzel: code\n"
        "    X: ignore\n  hierarchy:\n    by: outline\n    as: parent-property\n  table: Codes\n"
        "  sheet: 2\n  duplicates:\n    repeat: error\n"
        "    fill-in: error\n    second-parent: first\n    conflict:\n      display: designation\n"
        "      definition: keep-last\n    variant: keep\n  narrative: false\n"
        "  reference: other.json\n"
    )
    assert (build.reference, str(build.reference_place)) == ("other.json", "x.yaml:21:14")
    assert build.source == "other.txt"
    assert str(build.source_place) == "x.yaml:2:11"
    assert build.version is FHIRVersion.R5
    assert [(each.header, each.field, str(each.location)) for each in build.columns] == [
        ("Kürzel", "code", "x.yaml:5:5"),
        ("X", "ignore", "x.yaml:6:5"),
    ]
    assert not build.nested
    assert build.hierarchy == "outline"
    assert (build.wanted.table, build.wanted.sheet) == ("Codes", "2")
    assert str(build.wanted.table_place) == "x.yaml:10:10"
    assert str(build.wanted.sheet_place) == "x.yaml:11:10"
    assert not build.narrative
    assert list(policies(build).values()) == [
        "error",
        "error",
        "first",
        "designation",
        "keep-last",
        "keep",
    ]
    known = {"source", "table", "sheet", "fhirVersion", "columns", "hierarchy", "duplicates"}
    known |= {"narrative", "reference", "package", "suppress", "valueSet"}
    assert set(SCHEMA) == known


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        (
            "{conflict: keep-first}",
            {"conflict.display": "keep-first", "conflict.definition": "keep-first"},
        ),
        ("{conflict: designation}", {"conflict.display": "designation"}),
        (
            "error",
            {"repeat": "error", "fill-in": "error", "second-parent": "error", "variant": "error"},
        ),
        ("{variant: merge}", {"variant": "merge"}),
        ("{second-parent: first}", {"second-parent": "first"}),
        ("{}", {}),
    ],
)
def test_one_value_goes_for_all_that_know_it(text: str, changed: dict[str, str]) -> None:
    assert policies(settings(f"build:\n  duplicates: {text}\n")) == {**DEFAULTS, **changed}


def test_the_hierarchy_may_be_one_word(project: Project) -> None:
    built = project.build(TABLE, GOOD + "build:\n  hierarchy: parent-property\n")
    assert project.outline(built.resource) == ["a", "b"]


@pytest.mark.parametrize("value", ["true", "false", "True", "FALSE"])
def test_the_narrative_is_switched(value: str, project: Project) -> None:
    built = project.build(TABLE, GOOD + f"build:\n  narrative: {value}\n")
    assert ("text" in built.resource) == (value.lower() == "true")


WRONG = {
    "build: x": ("CS304 4:8", None),
    "build: [columns]": ("CS304 4:8", None),
    "build:\n  colums: {}": ("CS302 5:3", "did you mean columns?"),
    "build:\n  fhirversion: R4": ("CS302 5:3", "did you mean fhirVersion?"),
    "build:\n  zzz: 1": ("CS302 5:3", None),
    "build:\n  duplicates:\n    repaet: merge": ("CS302 6:5", "did you mean repeat?"),
    "build:\n  duplicates: {conflict: {dispaly: error}}": ("CS302 5:27", "did you mean display?"),
    "build:\n  fhirVersion: R6": ("CS305 5:16", None),
    "build:\n  fhirVersion: r5": ("CS305 5:16", "did you mean R5?"),
    "build:\n  fhirVersion: [R5]": ("CS304 5:16", None),
    "build:\n  fhirVersion:": ("CS305 5:15", None),
    "build:\n  duplicates: {repeat: marge}": ("CS305 5:24", "did you mean merge?"),
    "build:\n  duplicates: {variant: first}": ("CS305 5:25", None),
    "build:\n  duplicates: {conflict: {definition: designation}}": ("CS305 5:39", None),
    "build:\n  duplicates: {conflict: keep-frist}": ("CS305 5:26", "did you mean keep-first?"),
    "build:\n  duplicates: {conflict: {definition: keep-frist}}": (
        "CS305 5:39",
        "did you mean keep-first?",
    ),
    "build:\n  hierarchy: nestd": ("CS305 5:14", "did you mean nested?"),
    "build:\n  duplicates: [error]": ("CS304 5:15", None),
    "build:\n  hierarchy: {as: tree}": ("CS305 5:19", None),
    "build:\n  hierarchy: {is: nested}": ("CS302 5:15", None),
    "build:\n  narrative: no": ("CS304 5:14", None),
    "build:\n  narrative: 'true'": ("CS304 5:14", None),
    "build:\n  narrative: maybe": ("CS304 5:14", None),
    "build:\n  narrative:": ("CS304 5:13", None),
    "build:\n  source: [a]": ("CS304 5:11", None),
    "build:\n  source: ~": ("CS304 5:11", None),
    "build:\n  columns: [Code]": ("CS304 5:12", None),
    "build:\n  columns: {Code: cod}": ("CS305 5:19", "did you mean code?"),
    "build:\n  columns: {Code: code, Code: display}": ("CS303 5:25", None),
    "build:\n  narrative: true\n  narrative: false": ("CS303 6:3", None),
    "build:\n  columns:\n    ? [a]\n    : code": ("CS304 6:7", None),
}


@pytest.mark.parametrize(
    ("text", "expected"), WRONG.items(), ids=[text.replace("\n", "") for text in WRONG]
)
def test_a_wrong_setting_is_told_at_its_place(
    text: str, expected: tuple[str, str | None], project: Project
) -> None:
    project.write("x.txt", TABLE)
    built = project.build(TABLE, f"{GOOD}{text}\n")
    told = [
        each
        for each in built.diagnostics
        if each.rule.number in {"CS302", "CS303", "CS304", "CS305"}
    ]
    place, hint = expected
    assert project.brief(told) == [place]
    if hint is not None:
        assert told[0].hint == hint
    assert not told[0].official
    assert not built.ok


def test_what_a_setting_can_be_is_listed(project: Project) -> None:
    built = project.build(TABLE, GOOD + "build:\n  fhirVersion: R6\n")
    messages = [each.message for each in built.diagnostics if each.rule.number == "CS305"]
    assert messages == ["build.fhirVersion is one of R4, R4B, R5, not 'R6'"]


def test_the_table_may_have_another_name(project: Project) -> None:
    project.write("sub/other.psv", "Code | Display\nx | X\n")
    built = project.build(TABLE, GOOD + "build:\n  source: sub/other.psv\n")
    assert project.outline(built.resource) == ["x"]


def test_a_table_that_is_not_there_is_told_where_it_is_named(project: Project) -> None:
    text = GOOD + "build:\n  source: gone.txt\n"
    assert project.found(TABLE, text, of="CS3") == ["CS310 5:11"]


@pytest.mark.parametrize("name", ["x.txt", "x.psv", "x.md", "x.list", "x"])
def test_the_table_is_looked_for_beside_the_metadata(name: str, project: Project) -> None:
    project.write(name, "Code | Display\na | A\n")
    project.write("other.txt", "Code | Display\nb | B\n")
    for ending in (".yaml", ".yml"):
        metadata = project.write(f"x{ending}", GOOD)
        assert project.outline(build(metadata).resource) == ["a"]
        metadata.unlink()


def test_metadata_alone_is_told(project: Project) -> None:
    built = build(project.write("x.yaml", GOOD))
    assert "CS310" in project.brief(built.diagnostics)
    assert not built.ok


def test_a_yaml_of_settings_only_is_a_bare_table(project: Project) -> None:
    built = project.build("Kürzel | Display\na | A\n", "build:\n  columns: {Kürzel: code}\n")
    bare = project.build("Code | Display\na | A\n", None)
    for resource in (built.resource, bare.resource):
        assert (resource["status"], resource["content"]) == ("draft", "complete")
        assert project.outline(resource) == ["a"]


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "\n\n", "---\n", "~\n", "{}\n"])
def test_metadata_without_content_is_a_bare_table(text: str, project: Project) -> None:
    assert project.build("Code | Display\na | A\n", text).resource["status"] == "draft"
