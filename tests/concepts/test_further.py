"""Properties and designations from the columns of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Project

COMPLETE = (
    "id: table\nurl: http://example.org/table\nstatus: draft\ncaseSensitive: true\n"
    "content: complete\n"
)
STANDARD = "http://hl7.org/fhir/concept-properties#"


def values(project: Project, header: str, cells: list[str], metadata: str = COMPLETE) -> list[Any]:
    """Build a table with one further column; return its property's values, row by row."""
    codes = "abcdefgh"
    rows = "".join(f"{code} | {cell}\n" for code, cell in zip(codes, cells, strict=False))
    built = project.build(f"Code | {header}\n{rows}", metadata)
    assert built.ok, built.diagnostics
    return [
        [next(value for name, value in each.items() if name != "code") for each in stated]
        for concept in built.resource["concept"]
        if (stated := concept.get("property"))
    ]


@pytest.mark.parametrize(
    ("cells", "kind", "read"),
    [
        (["true", "FALSE"], "boolean", [True, False]),
        (["1", "-20", "+3"], "integer", [1, -20, 3]),
        (["1", "2.50"], "decimal", [1, 2.5]),
        (["2020-02", "2021-03-04"], "dateTime", ["2020-02", "2021-03-04"]),
        (["2020-02-03T04:05:06Z"], "dateTime", ["2020-02-03T04:05:06Z"]),
        (["01", "02"], "string", ["01", "02"]),
        (["b", "a"], "code", ["b", "a"]),
        (["b", "x"], "string", ["b", "x"]),
        (["99999999999"], "decimal", [99999999999]),
        (
            [r"http://loinc.org\|1-8 Acyclovir"],
            "Coding",
            [{"system": "http://loinc.org", "code": "1-8", "display": "Acyclovir"}],
        ),
    ],
)
def test_the_values_tell_the_type(
    cells: list[str], kind: str, read: list[Any], project: Project
) -> None:
    rows = [f"{code} | {cell}\n" for code, cell in zip("abc", cells, strict=False)]
    built = project.build("Code | P\n" + "".join(rows))
    declared = {"code": "P", "uri": "http://example.org/table#P", "type": kind}
    assert built.resource["property"] == [declared]
    assert values(project, "P", cells) == [[value] for value in read]


def test_decimals_stay_as_they_were_written(project: Project) -> None:
    built = project.build("Code | P\na | 1.50\n")
    assert b'"valueDecimal": 1.50\n' in built.json


@pytest.mark.parametrize(
    ("header", "cell", "declared"),
    [
        ("Status", "active", ("status", "code")),
        ("Inactive", "true", ("inactive", "boolean")),
        ("Not selectable", "false", ("notSelectable", "boolean")),
        ("Effective date", "2020", ("effectiveDate", "dateTime")),
        ("Comment", "12", ("comment", "string")),
        ("Item weight", "1", ("itemWeight", "decimal")),
    ],
)
def test_standard_properties_have_their_uri_and_type(
    header: str, cell: str, declared: tuple[str, str], project: Project
) -> None:
    built = project.build(f"Code | {header}\na | {cell}\n")
    code, kind = declared
    assert built.resource["property"] == [{"code": code, "uri": STANDARD + code, "type": kind}]


def test_a_standard_name_with_other_values_is_a_property_of_its_own(project: Project) -> None:
    built = project.build("Code | Inactive\na | since 2020\n")
    assert built.resource["property"] == [
        {"code": "inactive", "uri": "http://example.org/table#inactive", "type": "string"}
    ]


def test_settings_overrule_what_is_inferred(project: Project) -> None:
    metadata = (
        f"{COMPLETE}build:\n  columns:\n    Sense:\n      property: sense\n      type: string\n"
        "      uri: http://example.org/sense\n      description: What it means.\n"
        '      split: ";"\n'
    )
    built = project.build("Code | Sense\na | 1; 2;\n", metadata)
    assert built.resource["property"] == [
        {
            "code": "sense",
            "uri": "http://example.org/sense",
            "description": "What it means.",
            "type": "string",
        }
    ]
    assert built.resource["concept"][0]["property"] == [
        {"code": "sense", "valueString": "1"},
        {"code": "sense", "valueString": "2"},
    ]
    assert "CS113" not in {each.rule.number for each in built.diagnostics}


def test_values_that_are_not_of_the_type_are_told_at_their_cells(project: Project) -> None:
    metadata = f"{COMPLETE}build:\n  columns:\n    Rank: {{property: rank, type: integer}}\n"
    table = "Code | Rank\na | 1\nb | high\nc | 2147483648\n"
    assert project.found(table, metadata, of="CS438") == ["CS438 3:5", "CS438 4:5"]


def test_designations_have_a_language_and_a_use(project: Project) -> None:
    built = project.build(
        "Code | Display | Deutsch (German, de) | definition:fr | Synonyms\n"
        "a | A | Ah | Une lettre | aye\n"
    )
    snomed = "http://snomed.info/sct"
    assert built.resource["concept"][0]["designation"] == [
        {
            "use": {"system": snomed, "code": "900000000000013009", "display": "Synonym"},
            "value": "aye",
        },
        {"language": "de", "value": "Ah"},
        {
            "language": "fr",
            "use": {"system": snomed, "code": "900000000000550004", "display": "Definition"},
            "value": "Une lettre",
        },
    ]


def test_synonyms_that_all_are_codes_are_the_standard_property(project: Project) -> None:
    built = project.build("Code | Synonym\na | b\nb |\nc | a\n")
    assert built.resource["property"] == [
        {"code": "synonym", "uri": f"{STANDARD}synonym", "type": "code"}
    ]


def test_the_same_value_again_is_one_and_another_is_a_conflict(project: Project) -> None:
    table = "Code | Sense\na | x\na | x\na | y\n"
    assert project.found(table, of="CS214") == ["CS214 4:5"]
    metadata = f"{COMPLETE}build:\n  duplicates:\n    conflict: {{other: keep-all}}\n"
    built = project.build(table, metadata)
    assert built.resource["concept"] == [
        {
            "code": "a",
            "property": [
                {"code": "sense", "valueString": "x"},
                {"code": "sense", "valueString": "y"},
            ],
        }
    ]


def test_a_column_without_values_declares_nothing(project: Project) -> None:
    built = project.build("Code | Sense | Deutsch (German, de)\na | |\n")
    assert "property" not in built.resource
    assert built.resource["concept"] == [{"code": "a"}]


def test_values_are_indented_as_deep_as_their_concept(project: Project) -> None:
    built = project.build("Lvl | Code | P\n1 | a |\n2 | b | http://x.org\\|2\n")
    assert built.json.decode().splitlines()[-15:] == [
        '          "code": "b",',
        '          "property": [',
        "            {",
        '              "code": "P",',
        '              "valueCoding": {',
        '                "system": "http://x.org",',
        '                "code": "2"',
        "              }",
        "            }",
        "          ]",
        "        }",
        "      ]",
        "    }",
        "  ]",
        "}",
    ]


def test_the_page_has_a_column_for_each_language_and_property(project: Project) -> None:
    built = project.build("Code | Display | Colour | Deutsch (German, de)\na | A | red | Ah\n")
    page = built.artifacts["CodeSystem-table.md"].decode()
    assert "| Code | Display | de | colour |\n| --- | --- | --- | --- |\n" in page
    assert "| `a` | A | Ah | red |\n" in page
