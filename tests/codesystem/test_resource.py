"""The resource: what is derived, counted, declared and refused, in each FHIR version."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from fhir.resources.codesystem import CodeSystem as CodeSystemR5
from fhir.resources.R4B.codesystem import CodeSystem as CodeSystemR4B

if TYPE_CHECKING:
    from conftest import Project

VERSIONS = ["R4", "R4B", "R5"]
TABLE = "Code | Display | Definition\na | A | x\nb | B | y\n"
NESTED = "Lvl | Code | Display | Definition\n1 | a | A | x\n2 | b | B | y\n"
TWO_PARENTS = "Lvl | Code | Display\n1 | a | A\n2 | c | C\n1 | b | B\n2 | c | C\n"
NO_ROWS = "Code | Display | Definition\n"
ORDER_R4 = re.findall(
    r"\w+",
    """
    id meta implicitRules language text extension url identifier version name title status
    experimental date publisher contact description useContext jurisdiction purpose copyright
    caseSensitive valueSet hierarchyMeaning compositional versionNeeded content supplements count
    filter property concept
    """,
)


def metadata(**stated: str) -> str:
    values = {
        "id": "table",
        "url": "http://example.org/table",
        "name": "Table",
        "title": "Table",
        "status": "draft",
        "caseSensitive": "true",
        "content": "complete",
        **stated,
    }
    return "".join(f"{name}: {value}\n" for name, value in values.items() if value)


def severities(project: Project, table: str, text: str, rule: str, **options: Any) -> list[str]:
    found = project.build(table, text, **options).diagnostics
    return [each.severity.value for each in found if each.rule.number == rule]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("table", [TABLE, NESTED, TWO_PARENTS, NO_ROWS])
def test_the_models_accept_what_is_built(version: str, table: str, project: Project) -> None:
    built = project.build(table, metadata(hierarchyMeaning="is-a"), fhir_version=version)
    model = CodeSystemR5 if version == "R5" else CodeSystemR4B
    valid = model.model_validate_json(built.json)
    assert valid.model_dump(mode="json", by_alias=True, exclude_none=True) == built.resource
    assert isinstance(built.model, model)


def test_elements_stand_in_the_order_of_the_specification(project: Project) -> None:
    text = """\
copyright: c
contact: [{name: n}]
supplements: http://example.org/y
property: [{code: p, uri: 'http://example.org/p#p', type: string}]
filter: [{code: f, operator: ['='], value: v}]
count: 5
versionNeeded: true
compositional: true
hierarchyMeaning: is-a
valueSet: http://example.org/vs
purpose: p
jurisdiction: [{text: x}]
useContext: [{code: {code: focus}, valueCodeableConcept: {text: x}}]
description: d
publisher: p
date: 2020
experimental: true
version: '1'
identifier: [{value: i}]
extension: [{url: http://example.org/e, valueString: x}]
language: en
implicitRules: http://example.org/r
meta: {versionId: '1'}
"""
    text = metadata(content="supplement", caseSensitive="") + text
    keys = list(project.build(TABLE, text).resource)
    assert keys == ["resourceType", *(key for key in ORDER_R4 if key != "caseSensitive")]


@pytest.mark.parametrize(
    ("content", "count", "stated"),
    [
        ("complete", "", 2),
        ("complete", "2", 2),
        ("fragment", "", None),
        ("fragment", "9", 9),
        ("example", "", None),
        ("not-present", "", None),
        ("not-present", "5", 5),
    ],
)
def test_the_count_is_stated_where_the_content_is_complete(
    content: str, count: str, stated: int | None, project: Project
) -> None:
    table = NO_ROWS if content == "not-present" else TABLE
    resource = project.build(table, metadata(content=content, count=count)).resource
    assert resource.get("count") == stated


def test_nested_concepts_and_repeated_rows_count_once(project: Project) -> None:
    assert project.build(NESTED, metadata()).resource["count"] == 2
    assert project.build(TWO_PARENTS, metadata()).resource["count"] == 3


@pytest.mark.parametrize(
    ("content", "count", "table", "found"),
    [
        ("complete", "3", TABLE, ["CS423"]),
        ("complete", "1", TABLE, ["CS423"]),
        ("complete", "1", NESTED, ["CS422", "CS423"]),
        ("complete", "2", TABLE, []),
        ("fragment", "2", TABLE, ["CS424"]),
        ("fragment", "1", TABLE, ["CS424"]),
        ("fragment", "3", TABLE, []),
        ("example", "2", TABLE, ["CS424"]),
        ("not-present", "7", NO_ROWS, []),
        ("not-present", "", TABLE, ["CS426"]),
        ("complete", "", NO_ROWS, ["CS425"]),
        ("fragment", "", NO_ROWS, []),
        ("complete", "0", NO_ROWS, ["CS425"]),
    ],
)
def test_count_and_content_must_agree(
    content: str, count: str, table: str, found: list[str], project: Project
) -> None:
    told = project.found(table, metadata(content=content, count=count), of="CS42")
    assert [each.split(" ")[0] for each in told] == found


@pytest.mark.parametrize(
    ("stated", "found"),
    [
        ({"content": "supplement", "supplements": "http://example.org/y", "caseSensitive": ""}, 0),
        ({"content": "supplement", "caseSensitive": ""}, 1),
        ({"content": "supplement", "supplements": "http://example.org/y"}, 1),
        ({"content": "supplement"}, 2),
        ({"supplements": "http://example.org/y"}, 1),
    ],
)
def test_a_supplement_says_so_twice(stated: dict[str, str], found: int, project: Project) -> None:
    assert len(project.found(TABLE, metadata(**stated), of="CS427")) == found


@pytest.mark.parametrize("content", ["complete", "fragment", "example"])
def test_a_value_set_of_all_codes_needs_all_codes(content: str, project: Project) -> None:
    text = metadata(content=content, valueSet="http://example.org/vs")
    assert bool(project.found(TABLE, text, of="CS428")) == (content != "complete")


@pytest.mark.parametrize(
    ("url", "severity"),
    [
        ("http://example.org/x", "information"),
        ("http://hl7.org/fhir/x", "warning"),
        ("http://terminology.hl7.org/CodeSystem/x", "warning"),
        ("http://fhir.org/x", "warning"),
    ],
)
def test_case_and_hierarchy_weigh_more_where_hl7_defines(
    url: str, severity: str, project: Project
) -> None:
    text = metadata(url=url, caseSensitive="")
    assert severities(project, NESTED, text, "CS421") == [severity]
    assert severities(project, NESTED, text, "CS422") == [severity]


@pytest.mark.parametrize(
    ("version", "severity"), [("R4", "information"), ("R4B", "information"), ("R5", "warning")]
)
def test_r5_warns_of_a_hierarchy_without_meaning(
    version: str, severity: str, project: Project
) -> None:
    told = severities(project, NESTED, metadata(), "CS422", fhir_version=version)
    assert told == [severity]
    text = metadata(hierarchyMeaning="part-of")
    assert severities(project, NESTED, text, "CS422", fhir_version=version) == []
    assert severities(project, TABLE, metadata(), "CS422", fhir_version=version) == []


def test_r5_warns_of_parents_as_properties_too(project: Project) -> None:
    text = metadata() + "build: {hierarchy: parent-property}\n"
    assert severities(project, NESTED, text, "CS422", fhir_version="R5") == ["warning"]
    assert severities(project, NESTED, text, "CS422", fhir_version="R4") == []


@pytest.mark.parametrize(
    ("url", "severity", "official"),
    [
        ("http://example.org/x", "information", False),
        ("http://terminology.hl7.org/CodeSystem/x", "warning", True),
    ],
)
def test_concepts_without_texts_are_told(
    url: str, severity: str, official: bool, project: Project
) -> None:
    table = "Code | Display | Definition\na | A | x\nb | |\nc | C | z\nd | | w\n"
    found = project.build(table, metadata(url=url)).diagnostics
    told = [each for each in found if each.rule.number in {"CS443", "CS444"}]
    assert project.brief(told) == ["CS443 3:4", "CS444 3:6"]
    assert [each.severity.value for each in told] == [severity] * 2
    assert [each.official for each in told] == [official] * 2
    assert told[0].message == "2 of 4 concepts have no display: 'b' (line 3), 'd' (line 5)"
    assert told[1].message == "1 of 4 concept has no definition: 'b' (line 3)"
    assert [each.expression for each in told] == [
        "CodeSystem.concept[1].display",
        "CodeSystem.concept[1].definition",
    ]


def test_concepts_without_texts_are_named_up_to_five(project: Project) -> None:
    rows = "".join(f"c{number} |\n" for number in range(9))
    found = project.build(f"Code | Display\n{rows}x | X\n", metadata()).diagnostics
    (message,) = [each.message for each in found if each.rule.number == "CS443"]
    assert message.endswith("'c4' (line 6) and 4 more")


def test_a_column_that_is_not_there_is_told_once(project: Project) -> None:
    assert project.found("Code\na\nb\n", metadata(), of="CS44") == ["CS443 1:1", "CS444 1:1"]


@pytest.mark.parametrize(
    ("version", "name", "told", "official"),
    [
        ("R4", "Table_1", False, None),
        ("R4", "T", False, None),
        ("R4", "table", True, True),
        ("R4", "1Table", True, True),
        ("R4", "My-Table", True, True),
        ("R4", "Tabelle_Ä", True, True),
        ("R4B", "My-Table", True, False),
        ("R4B", "my-table", True, True),
        ("R5", "T", True, True),
        ("R5", "Ta", False, None),
        ("R4", "T" * 255, False, None),
        ("R4", "T" * 256, True, True),
    ],
)
def test_the_name_is_one_for_programs(
    version: str, name: str, told: bool, official: bool | None, project: Project
) -> None:
    found = project.build(TABLE, metadata(name=name), fhir_version=version).diagnostics
    bad = [each for each in found if each.rule.number == "CS404"]
    assert bool(bad) == told
    assert [each.official for each in bad] == ([official] if told else [])


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("http://example.org/x", []),
        ("https://example.org/x", []),
        ("urn:oid:2.16.840.1.113883.6.1", []),
        ("urn:uuid:c757873d-ec9a-4326-a141-556f43239520", []),
        ("urn:iso:std:iso:3166", []),
        ("codes/x", ["CS402"]),
        ("example.org/x", ["CS402"]),
        ("'#x'", ["CS402"]),
        ("http://example.org/a b", ["CS403"]),
        ("oid:1.2.3", ["CS403"]),
        ("urn:oid:3.2.1", ["CS403"]),
        ("urn:oid:1.02", ["CS403"]),
        ("urn:oid:1", ["CS403"]),
        ("urn:uuid:C757873D-EC9A-4326-A141-556F43239520", ["CS403"]),
        ("urn:uuid:c757873d", ["CS403"]),
    ],
)
def test_the_url_is_absolute_and_of_its_form(url: str, found: list[str], project: Project) -> None:
    told = project.found(TABLE, metadata(url=url), of="CS40")
    assert told == [f"{each} 2:6" for each in found]


@pytest.mark.parametrize(
    ("version", "url", "told"),
    [
        ("R5", "http://example.org/x#y", True),
        ("R5", "http://example.org/x|1", True),
        ("R5", "http://example.org/x", False),
        ("R4", "http://example.org/x#y", False),
    ],
)
def test_r5_keeps_marks_out_of_urls(version: str, url: str, told: bool, project: Project) -> None:
    text = metadata(url=url)
    assert bool(project.found(TABLE, text, of="CS405", fhir_version=version)) == told


def test_the_standard_parent_is_declared_where_it_is_used(project: Project) -> None:
    declared = {
        "code": "parent",
        "uri": "http://hl7.org/fhir/concept-properties#parent",
        "description": "A further parent of the concept: it stands below more than one.",
        "type": "code",
    }
    assert project.build(TWO_PARENTS, metadata()).resource["property"] == [declared]
    own = "property: [{code: x, uri: 'http://example.org/x#x', type: string}]\n"
    both = project.build(TWO_PARENTS, metadata() + own).resource["property"]
    assert [each["code"] for each in both] == ["x", "parent"]
    assert "property" not in project.build(NESTED, metadata()).resource


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{code: x, uri: x/y, type: string}", {"CS431", "CS436"}),
        ("{code: x, uri: x, type: string}", {"CS431", "CS436"}),
        ("{code: x, type: string}", {"CS435"}),
        ("{code: status, type: code}", {"CS435"}),
        ("{code: status, uri: 'http://hl7.org/fhir/concept-properties#status', type: code}", set()),
        ("{code: mine, uri: 'http://hl7.org/fhir/concept-properties#status', type: code}", set()),
        (
            "{code: status, uri: 'http://hl7.org/fhir/concept-properties#status', type: string}",
            {"CS434"},
        ),
        (
            "{code: parent, uri: 'http://hl7.org/fhir/concept-properties#child', type: code}",
            {"CS434"},
        ),
        (
            "{code: x, uri: 'http://hl7.org/fhir/concept-properties#order', type: integer}",
            {"CS433"},
        ),
        ("{code: x, uri: 'http://example.org/x', type: string}", {"CS436"}),
        ("{code: x, uri: 'http://example.org/x#x', type: string}", set()),
    ],
)
def test_declared_properties_are_checked(text: str, found: set[str], project: Project) -> None:
    told = project.found(TABLE, metadata() + f"property: [{text}]\n", of="CS43")
    assert {each.split(" ")[0] for each in told} == found


@pytest.mark.parametrize("version", VERSIONS)
def test_every_finding_of_an_element_names_one_that_is_there(
    version: str, project: Project
) -> None:
    """The FHIRPath of a finding leads to the value it speaks of."""
    text = metadata(url="'http://example.org/x#'", name="my-table", version="1#2", count="7")
    text += "contact: [{name: x}, {name: ' y'}]\nproperty: [{code: x, type: string}]\n"
    table = "Lvl | Code | Display\n1 | a | A\n2 | b |\n2 | c  d | C\n1 | e |\n"
    built = project.build(table, text, fhir_version=version)
    expressions = {each.expression for each in built.diagnostics if each.expression}
    wanted = {
        "CodeSystem.name",
        "CodeSystem.version",
        "CodeSystem.count",
        "CodeSystem.contact[1].name",
        "CodeSystem.property[0]",
        "CodeSystem.concept[0].concept[0].display",
        "CodeSystem.concept[0].concept[1].code",
    }
    assert expressions == wanted | ({"CodeSystem.url"} if version == "R5" else set())


@pytest.mark.parametrize(("concepts", "table"), [(300, True), (301, False)])
def test_the_narrative_is_a_table_up_to_some_hundred_concepts(
    concepts: int, table: bool, project: Project
) -> None:
    rows = "".join(f"c{number} | C{number}\n" for number in range(concepts))
    text = project.build(f"Code | Display\n{rows}", metadata()).resource["text"]
    assert text["status"] == "generated"
    assert ("<table" in text["div"]) == table
    assert ("C42" in text["div"]) == table
    if not table:
        assert f"{concepts:,} concepts" in text["div"]


def test_the_narrative_can_be_left_out(project: Project) -> None:
    built = project.build(TABLE, metadata() + "build: {narrative: false}\n")
    assert "text" not in built.resource
    assert "CS445" in project.brief(built.diagnostics)


def test_no_cell_breaks_out_of_the_narrative(project: Project) -> None:
    row = "a<b>&\"' | </td></table></div><script>x</script> | {{ 7*7 }} {% raw %} <!-- ]]>\n"
    built = project.build(
        f"Code | Display | Definition\n{row}", metadata(title="'<b>T</b> & {{ 1 }}'")
    )
    div = built.resource["text"]["div"]
    assert "<script" not in div
    assert "<b>" not in div
    assert "49" not in div
    assert "{{ 7*7 }} {% raw %}" in div
    assert built.model.model_dump(by_alias=True)["text"]["div"] == div


@pytest.mark.parametrize(
    ("table", "found"),
    [
        ("Code | Display\na\u0085b | A\n", []),
        ("Code | Display\na  b | A\n", ["CS441 2:1"]),
        ("Lvl | Code\n1 | a\n2 | b\tc\n", ["CS441 3:5"]),
        ("Code | Display\na | \u2003\n", ["CS442 2:5"]),
    ],
)
def test_values_are_those_that_the_model_allows(
    table: str, found: list[str], project: Project
) -> None:
    told = project.found(table, metadata(), of="CS44")
    assert [each for each in told if each < "CS443"] == found
    assert project.build(table, metadata()).ok == (not found)


def test_a_text_has_a_million_characters_at_most(project: Project) -> None:
    most = 1024 * 1024
    assert project.found(f"Code | Display\na | {'x' * most}\n", metadata(), of="CS407") == []
    long = "😀" * (most // 2 + 1)
    table = f"Code | Display | Definition\na | A | {'x' * (most + 1)}\nb | {long} | y\n"
    assert project.found(table, metadata(), of="CS407") == ["CS407 2:9", "CS407 3:5"]
