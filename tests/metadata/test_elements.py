"""FHIR elements in a metadata file: read by the model, each mistake told at its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from fhir_codesystem import build

if TYPE_CHECKING:
    from conftest import Project

GOOD = "url: http://example.org/x\nstatus: draft\ncontent: complete\n"
TABLE = "Code | Display | Definition\na | A | x\n"
R5_ONLY = [
    "versionAlgorithmString: semver",
    "copyrightLabel: ACME",
    "approvalDate: '2020-01-01'",
    "lastReviewDate: '2020-01-01'",
    "effectivePeriod: {start: '2020-01-01'}",
    "topic: [{text: x}]",
    "author: [{name: x}]",
    "editor: [{name: x}]",
    "reviewer: [{name: x}]",
    "endorser: [{name: x}]",
    "relatedArtifact: [{type: documentation, label: x}]",
]


def resource(text: str, project: Project, **options: Any) -> dict[str, Any]:
    return project.build(TABLE, GOOD + text, **options).resource


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("title: A title", "title", "A title"),
        ("title: 5", "title", "5"),
        ("title: 1.0", "title", "1.0"),
        ("title: true", "title", "true"),
        ("title: 2020-01-01", "title", "2020-01-01"),
        ("title: 0020000D", "title", "0020000D"),
        ("title: 'yes'", "title", "yes"),
        ("title: 漢字 😀", "title", "漢字 😀"),
        ("version: 1.10", "version", "1.10"),
        ("version: 2024", "version", "2024"),
        ("date: 2020", "date", "2020"),
        ("date: 2020-01", "date", "2020-01"),
        ("date: 2020-01-01", "date", "2020-01-01"),
        ("date: 2020-01-01T10:00:00+02:00", "date", "2020-01-01T10:00:00+02:00"),
        ("experimental: true", "experimental", True),
        ("experimental: False", "experimental", False),
        ("count: 1", "count", 1),
        ("language: de-CH", "language", "de-CH"),
        ("description: |\n  a\n\n  b", "description", "a\n\nb\n"),
        ("description: >-\n  a\n  b", "description", "a b"),
        ("contact:\n- name: N\n  telecom:\n  - {system: url, value: x}", "contact", None),
        ("identifier: [{system: urn:ietf:rfc:3986, value: urn:oid:1.2.3}]", "identifier", None),
        (
            "jurisdiction: [{coding: [{system: urn:iso:std:iso:3166, code: DE}]}]",
            "jurisdiction",
            None,
        ),
        ("extension: [{url: http://example.org/e, valueString: y}]", "extension", None),
        ("_title: {extension: [{url: http://example.org/e, valueCode: y}]}", "_title", None),
        ("meta: {profile: [http://example.org/p]}", "meta", None),
        ("filter: [{code: c, operator: ['=', in], value: v}]", "filter", None),
    ],
)
def test_values_are_those_of_fhir_json(text: str, name: str, value: Any, project: Project) -> None:
    built = project.build(TABLE, f"{GOOD}{text}\n")
    stated = built.resource[name]
    if value is None:
        assert isinstance(stated, list | dict)
        assert built.model.model_dump(by_alias=True)
    else:
        assert stated == value
        assert type(stated) is type(value)


def test_nested_values_are_kept_whole(project: Project) -> None:
    text = "contact:\n- name: N\n  telecom:\n  - {system: phone, value: '1', rank: 2}\n"
    text += "  - {value: x}\n"
    assert resource(text, project)["contact"] == [
        {"name": "N", "telecom": [{"system": "phone", "value": "1", "rank": 2}, {"value": "x"}]}
    ]


def test_an_alias_stands_for_its_value(project: Project) -> None:
    text = "publisher: &p ACME\ncopyright: *p\n"
    built = resource(text, project)
    assert built["publisher"] == built["copyright"] == "ACME"


def test_elements_are_put_in_the_order_of_the_specification(project: Project) -> None:
    text = "copyright: c\npublisher: p\ntitle: t\nname: N\nversion: '1'\nid: i\n"
    keys = list(resource(text, project))
    assert keys == [
        *("resourceType", "id", "text", "url", "version", "name", "title", "status"),
        *("publisher", "copyright", "content", "count", "concept"),
    ]


WRONG = {
    "titel: x": ("CS302 4:1", "did you mean title?"),
    "publsher: x": ("CS302 4:1", "did you mean publisher?"),
    "Title: x": ("CS302 4:1", "did you mean title?"),
    "casesensitive: true": ("CS302 4:1", "did you mean caseSensitive?"),
    "case-sensitive: true": ("CS302 4:1", "did you mean caseSensitive?"),
    "hierarchymeaning: is-a": ("CS302 4:1", "did you mean hierarchyMeaning?"),
    "zzz: x": ("CS302 4:1", "the tool's own settings stand under build:"),
    "1: x": ("CS302 4:1", None),
    "contact:\n- nmae: x": ("CS302 5:3", "did you mean name?"),
    "contact:\n- name: x\n  telecom:\n  - {valeu: x, system: url}": (
        "CS302 7:6",
        "did you mean value?",
    ),
    "? [a, b]\n: x": ("CS304 4:3", None),
    "title: x\ntitle: y": ("CS303 5:1", None),
    "contact:\n- {name: x, name: y}": ("CS303 5:13", None),
    "title: [x]": ("CS304 4:8", None),
    "title: {a: b}": ("CS304 4:8", None),
    "title: ~": ("CS304 4:8", None),
    "title:": ("CS304 4:7", None),
    "title: ''": ("CS304 4:8", None),
    "experimental: yes": ("CS304 4:15", "write true"),
    "experimental: off": ("CS304 4:15", "write false"),
    "experimental: on": ("CS304 4:15", "write true"),
    "experimental: 'true'": ("CS304 4:15", None),
    "experimental: 1": ("CS304 4:15", None),
    "experimental: maybe": ("CS304 4:15", None),
    "contact: x": ("CS304 4:10", None),
    "contact: {name: x}": ("CS304 4:10", None),
    "contact: []": ("CS304 4:10", None),
    "contact:\n- x": ("CS304 5:3", None),
    "contact:\n- {}": ("CS304 5:3", None),
    "count: x": ("CS304 4:8", None),
    "count: 1.5": ("CS304 4:8", None),
    "count: -1": ("CS307 4:8", None),
    "meta: x": ("CS304 4:7", None),
    "resourceType: ValueSet": ("CS304 4:15", None),
    "resourceType: [CodeSystem]": ("CS304 4:15", None),
    "hierarchyMeaning: isa": ("CS305 4:19", "did you mean is-a?"),
    "hierarchyMeaning: partof": ("CS305 4:19", "did you mean part-of?"),
    "property: [{code: x, type: strin}]": ("CS305 4:28", "did you mean string?"),
    "filter: [{code: x, operator: ['=='], value: v}]": ("CS305 4:31", "did you mean =?"),
    "contact:\n- telecom:\n  - {system: fone}": ("CS305 6:14", "did you mean phone?"),
    "property: [{code: x}]": ("CS306 4:12", None),
    "property: [{type: code}]": ("CS306 4:12", None),
    "filter: [{code: x, operator: ['=']}]": ("CS306 4:10", None),
    "date: 2020-1-1": ("CS307 4:7", None),
    "date: 2020-02-30": ("CS307 4:7", None),
    "date: 2020-01-01 10:00:00": ("CS307 4:7", None),
    "date: today": ("CS307 4:7", None),
    "id: a b": ("CS307 4:5", None),
    "id: ../../etc/passwd": ("CS307 4:5", None),
    "id: a/b": ("CS307 4:5", None),
    "id: ä": ("CS307 4:5", None),
    "concept: [{code: b}]": ("CS308 4:1", None),
    "text: {status: generated}": ("CS308 4:1", None),
    "contained: [{resourceType: ValueSet}]": ("CS308 4:1", None),
}


@pytest.mark.parametrize(
    ("text", "expected"), WRONG.items(), ids=[text.replace("\n", "") for text in WRONG]
)
def test_a_wrong_element_is_told_once_at_its_place(
    text: str, expected: tuple[str, str | None], project: Project
) -> None:
    built = project.build(TABLE, f"{GOOD}{text}\n")
    place, hint = expected
    told = [each for each in built.diagnostics if each.severity.value == "error"]
    assert project.brief(told) == [place]
    assert hint is None or told[0].hint == hint
    assert not built.ok
    assert told[0].location.path.endswith("table.yaml")


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("status: drafd\ncontent: complete\n", ["CS305 1:9"]),
        ("status: draft\ncontent: complet\n", ["CS305 2:10"]),
        ("status: [draft]\ncontent: complete\n", ["CS304 1:9"]),
        ("status:\ncontent: complete\n", ["CS304 1:8"]),
        ("status: draft\n", ["CS306 1:1"]),
        ("content: complete\n", ["CS306 1:1"]),
        ("title: x\n", ["CS306 1:1", "CS306 1:1"]),
    ],
)
def test_status_and_content_must_be_stated(text: str, places: list[str], project: Project) -> None:
    built = project.build(TABLE, text)
    told = [each for each in built.diagnostics if each.severity.value == "error"]
    assert project.brief(told) == places
    assert not built.ok


def test_the_codes_of_a_bound_element_are_listed(project: Project) -> None:
    built = project.build(TABLE, "status: Draft\ncontent: complete\n")
    (found,) = [each for each in built.diagnostics if each.rule.number == "CS305"]
    assert found.message == "'Draft' is no status; it is one of draft, active, retired, unknown"
    assert found.hint == "did you mean draft?"


@pytest.mark.parametrize("text", R5_ONLY, ids=[text.split(":")[0] for text in R5_ONLY])
def test_elements_of_r5_are_unknown_before_it_and_the_hint_says_so(
    text: str, project: Project
) -> None:
    name = text.split(":", maxsplit=1)[0]
    for version in ("R4", "R4B"):
        built = project.build(TABLE, f"{GOOD}{text}\n", fhir_version=version)
        (found,) = [each for each in built.diagnostics if each.rule.number == "CS302"]
        assert project.brief([found]) == ["CS302 4:1"]
        assert found.hint is not None
        assert "R5" in found.hint
        assert version in found.hint
    built = project.build(TABLE, f"{GOOD}{text}\n", fhir_version="R5")
    assert name in built.resource
    settings = "build:\n  fhirVersion: R5\n"
    assert name in project.build(TABLE, f"{GOOD}{text}\n{settings}").resource


def test_codes_are_those_of_the_version(project: Project) -> None:
    text = f"{GOOD}filter: [{{code: x, operator: [child-of], value: y}}]\n"
    assert project.found(TABLE, text, of="CS305", fhir_version="R4B") == ["CS305 4:31"]
    assert project.found(TABLE, text, of="CS305", fhir_version="R5") == []


def test_the_option_goes_before_the_settings_version(project: Project) -> None:
    text = GOOD + "copyrightLabel: x\nbuild:\n  fhirVersion: R5\n"
    assert project.build(TABLE, text).ok
    assert project.found(TABLE, text, of="CS302", fhir_version="R4") == ["CS302 4:1"]


NOT_YAML = {
    "an open bracket": ("title: [a\nb: c\n", "CS301 2:2"),
    "an open quote": ("title: 'x\n", "CS301 2:1"),
    "a tab for indentation": ("\ttitle: x\n", "CS301 1:1"),
    "two colons": ("title: a: b\n", "CS301 1:9"),
    "two documents": ("url: x\n---\nurl: y\n", "CS301 2:1"),
    "an unknown alias": ("title: *x\n", "CS301 1:8"),
    "wrong indentation": ("contact:\n  - name: x\n - name: y\n", "CS301 3:2"),
    "a control character": ("title: x\n# a \x07\n", "CS301 2:5"),
    "a list": ("- a\n- b\n", "CS304 1:1"),
    "a text": ("# comment\njust text\n", "CS304 2:1"),
    "endless nesting": ("[" * 5000 + "\n", "CS301"),
    "endless nesting of mappings": ("{a: " * 5000 + "\n", "CS301"),
    "too large": (f"title: {'x' * 2**22}\n", "CS301"),
    "no text": ("title: \0\n", "CS101 1:8"),
}


@pytest.mark.parametrize(("text", "found"), NOT_YAML.values(), ids=NOT_YAML)
def test_what_is_no_metadata_is_told_at_its_place(text: str, found: str, project: Project) -> None:
    built = project.build(TABLE, text)
    assert not built.ok
    told = [each for each in built.diagnostics if each.severity.value == "error"]
    assert project.brief(told) == [found]
    assert told[0].location.path.endswith("table.yaml")


def test_control_characters_in_texts_are_told(project: Project) -> None:
    for escape, name in (("\\0", "U+0000"), ("\\x07", "U+0007"), ("\\x1f", "U+001F")):
        built = project.build(TABLE, f'{GOOD}publisher: "a{escape}b"\n')
        told = [each for each in built.diagnostics if each.rule.number == "CS409"]
        assert project.brief(told) == ["CS409 4:12"]
        assert name in told[0].message
    assert project.found(TABLE, GOOD + 'publisher: "a\\tb\\nc"\n', of="CS409") == []


def test_the_character_that_is_not_allowed_is_named(project: Project) -> None:
    built = project.build(TABLE, "title: \x07\n")
    (found,) = [each for each in built.diagnostics if each.rule.number == "CS301"]
    assert "U+0007" in found.message


@pytest.mark.parametrize(
    "tag", ["!!python/object/apply:os.getcwd []", "!!python/name:os.getcwd x", "!x y"]
)
def test_tags_make_no_objects(tag: str, project: Project) -> None:
    built = project.build(TABLE, f"{GOOD}title: {tag}\n")
    if built.ok:
        assert built.resource["title"] in {"x", "y"}
    else:
        assert project.brief(built.diagnostics)


def bomb(depth: int) -> str:
    """Nine extensions in each of nine, and so on: 9 ** depth values in a few lines."""
    lines = ["extension:\n- &e0 {url: http://example.org/e, valueString: x}\n"]
    for level in range(1, depth):
        items = ", ".join([f"*e{level - 1}"] * 9)
        lines.append(f"- &e{level} {{url: http://example.org/e, extension: [{items}]}}\n")
    return "".join(lines)


def test_aliases_cannot_multiply_without_end(project: Project) -> None:
    assert project.build(TABLE, GOOD + bomb(3)).ok
    built = project.build(TABLE, GOOD + bomb(30))
    errors = [each for each in built.diagnostics if each.severity.value == "error"]
    assert [each.rule.number for each in errors] == ["CS301"]
    assert "alias" in errors[0].message


def test_aliases_of_mistakes_are_told_twenty_times_at_most(project: Project) -> None:
    items = ", ".join(["*wrong"] * 5_000)
    text = f"useContext:\n- &wrong {{a: 1}}\ncontact: [{items}]\n"
    built = project.build(TABLE, GOOD + text)
    assert len(built.diagnostics) < 100
    assert sum(1 + each.more for each in built.diagnostics) > 5_000


@pytest.mark.parametrize(
    "text",
    [
        "extension: &x\n- {url: http://example.org/e, extension: *x}\n",
        "contact: &x\n- name: n\n  telecom: *x\n",
        "build: &x\n  columns: *x\n",
        "build: &x\n  duplicates: {conflict: *x}\n",
        "title: &x [*x]\n",
    ],
)
def test_a_document_that_holds_itself_is_told(text: str, project: Project) -> None:
    built = project.build(TABLE, GOOD + text)
    assert not built.ok
    assert [each for each in built.diagnostics if each.severity.value == "error"]


def test_what_is_derived_is_said(project: Project) -> None:
    built = project.build(TABLE, None)
    (found,) = [each for each in built.diagnostics if each.rule.number == "CS311"]
    assert found.message == (
        "derived: id table (from the file's name); name Table (from the file's name); "
        "title Table (from the file's name); status draft (the default); "
        "content complete (the default)"
    )


@pytest.mark.parametrize(
    ("file", "identity", "name", "title"),
    [
        ("yes-no.txt", "yes-no", "YesNo", "Yes no"),
        ("v3-ActCode.txt", "v3-ActCode", "V3ActCode", "V3 ActCode"),
        ("my codes (2).txt", "my-codes-2", "MyCodes2", "My codes (2)"),
        ("2024.txt", "2024", "CodeSystem2024", "2024"),
        ("a_b.c.txt", "a-b.c", "ABC", "A b.c"),
        ("Käse.txt", "K-se", "KSe", "Käse"),
        ("漢字.txt", "codesystem", "CodeSystem", "漢字"),
        ("noending", "noending", "Noending", "Noending"),
        (f"{'x' * 80}.txt", "x" * 64, "X" + "x" * 79, "X" + "x" * 79),
    ],
)
def test_a_bare_table_takes_its_names_from_its_file(
    file: str, identity: str, name: str, title: str, project: Project
) -> None:
    built = build(project.write(file, TABLE))
    stated = built.resource
    assert (stated["id"], stated["name"], stated["title"]) == (identity, name, title)
    assert sorted(built.artifacts) == [f"CodeSystem-{identity}.json", f"CodeSystem-{identity}.md"]


def test_the_name_comes_from_the_title_where_there_is_one(project: Project) -> None:
    assert resource("title: My little codes\n", project)["name"] == "MyLittleCodes"


def test_the_canonical_base_serves_where_no_url_is_stated(project: Project) -> None:
    text = "id: x\nstatus: draft\ncontent: complete\n"
    for base in ("http://example.org/fhir", "http://example.org/fhir/"):
        built = project.build(TABLE, text, canonical=base)
        assert built.resource["url"] == "http://example.org/fhir/CodeSystem/x"
        assert "CS312" not in project.brief(built.diagnostics)
    assert resource("", project, canonical="http://other.org")["url"] == "http://example.org/x"
    assert "url" not in project.build(TABLE, text).resource
    assert "CS312" in project.found(TABLE, text)
