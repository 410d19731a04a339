"""What a package says of itself: stated, derived, refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_codesystem import package
from fhir_codesystem.npm.manifest import DEPENDENCIES, MOST_CHARACTERS, problem

if TYPE_CHECKING:
    from conftest import Project
    from fhir_codesystem import Packed

TABLE = "Code | Display | Definition\na | A | The first.\n"
METADATA = """\
id: {id}
url: {url}
version: {version}
name: Fruit
title: Fruit
status: draft
caseSensitive: true
content: complete
"""


def packed(project: Project, *urls: str, version: str = "1.0.0", more: str = "") -> Packed:
    paths = []
    for number, url in enumerate(urls):
        project.write(f"t{number}.txt", TABLE)
        text = METADATA.format(id=f"fruit{number or ''}", url=url, version=version) + more
        paths.append(project.write(f"t{number}.yaml", text))
    return package(paths)


def manifest(project: Project, *urls: str, **options: str) -> dict[str, Any]:
    made = packed(project, *urls, **options)
    assert made.ok, made.diagnostics
    return dict(made.manifest)


def test_it_is_derived_of_one_code_system(project: Project) -> None:
    made = packed(project, "http://codes.example.org/fhir/CodeSystem/fruit")
    assert made.manifest == {
        "name": "org.example.codes.fruit",
        "version": "1.0.0",
        "title": "Fruit",
        "description": "Fruit",
        "type": "Conformance",
        "author": "codes.example.org",
        "canonical": "http://codes.example.org/fhir",
        "fhirVersions": ["4.0.1"],
        "dependencies": {"hl7.fhir.r4.core": "4.0.1"},
    }
    (told,) = [each.message for each in made.diagnostics if each.rule.number == "CS311"]
    assert told == (
        "derived: of the package name org.example.codes.fruit (from the host and the id); version"
        " 1.0.0 (from the code system's); canonical http://codes.example.org/fhir (from the URL);"
        " author codes.example.org (from the publisher, a contact or the host)"
    )


@pytest.mark.parametrize(
    ("urls", "canonical", "name"),
    [
        (["http://x.test/CodeSystem/a"], "http://x.test", "test.x.fruit"),
        (["https://x.test:8080/a/b"], "https://x.test:8080/a", "test.x.fruit"),
        (
            ["http://x.test/a/CodeSystem/a", "http://x.test/ab/CodeSystem/b"],
            "http://x.test",
            "test.x.codesystems",
        ),
        (["http://x.test/a/c", "http://x.test/a/d"], "http://x.test/a", "test.x.codesystems"),
    ],
)
def test_the_canonical_is_what_all_urls_begin_with(
    project: Project, urls: list[str], canonical: str, name: str
) -> None:
    made = manifest(project, *urls)
    assert (made["canonical"], made["name"]) == (canonical, name)


@pytest.mark.parametrize(
    ("version", "derived"),
    [("1", "1.0.0"), ("2.1", "2.1.0"), ("1.0.0-beta.1", "1.0.0-beta.1"), ("2026.1.5", "2026.1.5")],
)
def test_the_version_is_the_code_systems(project: Project, version: str, derived: str) -> None:
    assert manifest(project, "http://x.test/a/b", version=version)["version"] == derived


@pytest.mark.parametrize(
    ("url", "version", "lacks"),
    [
        ("urn:oid:1.2.3", "1.0.0", "name, canonical, author"),
        ("http://x.test/a/b", "2026-01-01", "version"),
        ("http://x.test/a/b", "01.2.3", "version"),
        ("http://127.0.0.1/a/b", "1.0.0", "name"),
    ],
)
def test_what_cannot_be_derived_must_be_stated(
    project: Project, url: str, version: str, lacks: str
) -> None:
    made = packed(project, url, version=version)
    assert not made.ok
    errors = [each for each in made.diagnostics if each.rule.number == "CS504"]
    assert [each.message for each in errors] == [f"nothing says this of the package: {lacks}"]


def test_code_systems_of_several_versions_give_none(project: Project) -> None:
    project.write("a.txt", TABLE)
    project.write("b.txt", TABLE)
    first = METADATA.format(id="a", url="http://x.test/c/a", version="1.0.0")
    second = METADATA.format(id="b", url="http://x.test/c/b", version="2.0.0")
    paths = [project.write("a.yaml", first), project.write("b.yaml", second)]
    assert not package(paths).ok
    assert package(paths, version="3.0.0").manifest["version"] == "3.0.0"


def test_what_is_stated_goes_before_what_is_derived_and_options_before_that(
    project: Project,
) -> None:
    more = (
        "publisher: ACME\nbuild:\n  package:\n    name: org.example.all\n    version: 2.0.0\n"
        "    title: All\n    description: All of it.\n    author: A. Author\n    license: CC0-1.0\n"
        "    canonical: http://example.org/all\n"
        "    dependencies: {hl7.terminology.r4: 5.0.0, hl7.fhir.uv.extensions.r4: 5.1.x}\n"
    )
    stated = {
        "name": "org.example.all",
        "version": "2.0.0",
        "title": "All",
        "description": "All of it.",
        "type": "Conformance",
        "license": "CC0-1.0",
        "author": "A. Author",
        "canonical": "http://example.org/all",
        "fhirVersions": ["4.0.1"],
        "dependencies": {
            "hl7.fhir.r4.core": "4.0.1",
            "hl7.terminology.r4": "5.0.0",
            "hl7.fhir.uv.extensions.r4": "5.1.x",
        },
    }
    assert manifest(project, "http://x.test/a/b", more=more) == stated
    made = package(project.folder / "t0.yaml", name="org.example.other", version="3.0.0")
    assert made.manifest == stated | {"name": "org.example.other", "version": "3.0.0"}
    assert made.name == "org.example.other-3.0.0.tgz"


def test_the_author_is_the_publisher_or_a_contact(project: Project) -> None:
    contact = "contact:\n- name: A. Author\n"
    assert manifest(project, "http://x.test/a/b", more=contact)["author"] == "A. Author"
    both = contact + "publisher: ACME\n"
    assert manifest(project, "http://x.test/a/b", more=both)["author"] == "ACME"


@pytest.mark.parametrize(
    ("version", "number", "core"),
    [
        ("R4", "4.0.1", "hl7.fhir.r4.core"),
        ("R4B", "4.3.0", "hl7.fhir.r4b.core"),
        ("R5", "5.0.0", "hl7.fhir.r5.core"),
    ],
)
def test_it_depends_on_the_specification(
    project: Project, version: str, number: str, core: str
) -> None:
    made = manifest(project, "http://x.test/a/b", more=f"build:\n  fhirVersion: {version}\n")
    assert (made["fhirVersions"], made["dependencies"]) == ([number], {core: number})


@pytest.mark.parametrize(
    ("setting", "place"),
    [
        ("name: Fruit", "CS320 10:19"),
        ("name: fruit", "CS320 10:19"),
        ("name: org.2x", "CS320 10:19"),
        (f"name: a.{'b' * MOST_CHARACTERS}", "CS320 10:19"),
        ("version: 1.0", "CS320 10:22"),
        ("version: v1.0.0", "CS320 10:22"),
        ("version: 1.02.3", "CS320 10:22"),
        ("canonical: example.org", "CS320 10:24"),
        ("author: ' '", "CS320 10:21"),
        ("dependencies: {Fruit: 1.0.0}", "CS320 10:35"),
        ("dependencies: {org.fruit: '1 0'}", "CS320 10:39"),
        ("dependencies: [a]", "CS304 10:27"),
        ("dependencies: {a.b: }", "CS304 10:32"),
        ("nam: a.b", "CS302 10:13"),
        ("name: [a.b]", "CS304 10:19"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(project: Project, setting: str, place: str) -> None:
    metadata = METADATA.format(id="x", url="http://x.test/a/b", version="1")
    metadata += f"build:\n  package: {{{setting}}}\n"
    assert project.found(TABLE, metadata) == [place]


@pytest.mark.parametrize("value", ["x", "[a]", "true"])
def test_a_package_is_a_mapping(project: Project, value: str) -> None:
    metadata = METADATA.format(id="x", url="http://x.test/a/b", version="1")
    assert project.found(TABLE, f"{metadata}build:\n  package: {value}\n") == ["CS304 10:12"]


@given(st.from_regex(r"[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+", fullmatch=True))
def test_names_of_the_specification_are_taken(name: str) -> None:
    assert (problem("name", name) is None) == (len(name) <= MOST_CHARACTERS)
    assert (problem(DEPENDENCIES + name, "1.0.0") is None) == (len(name) <= MOST_CHARACTERS)


@given(st.text(max_size=12))
def test_no_name_or_version_can_leave_its_folder(text: str) -> None:
    for setting in ("name", "version"):
        if problem(setting, text) is None:
            assert re.fullmatch(r"[0-9A-Za-z.-]+", text)
            assert not text.startswith(".")
