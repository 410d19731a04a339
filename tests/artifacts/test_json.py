"""The resource as JSON: its layout to the byte, and every character of every cell."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from fhir_codesystem.artifacts import streaming

if TYPE_CHECKING:
    from conftest import Project

METADATA = """\
id: t
url: http://example.org/t
name: Tt
title: Käse „漢字“
status: draft
content: complete
build:
  narrative: false
  duplicates: {policies}
"""
SMALL = """\
{
  "resourceType": "CodeSystem",
  "id": "t",
  "url": "http://example.org/t",
  "name": "Tt",
  "title": "Käse „漢字“",
  "status": "draft",
  "content": "complete",
  "count": 4,
  "property": [
    {
      "code": "parent",
      "uri": "http://hl7.org/fhir/concept-properties#parent",
      "description": "A further parent of the concept: it stands below more than one.",
      "type": "code"
    }
  ],
  "concept": [
    {
      "code": "a",
      "display": "A",
      "concept": [
        {
          "code": "b",
          "definition": "x",
          "concept": [
            {
              "code": "c",
              "display": "C",
              "definition": "z",
              "designation": [
                {
                  "use": {
                    "system": "http://snomed.info/sct",
                    "code": "900000000000013009",
                    "display": "Synonym"
                  },
                  "value": "\\"C\\""
                }
              ],
              "property": [
                {
                  "code": "parent",
                  "valueCode": "d"
                }
              ]
            }
          ]
        }
      ]
    },
    {
      "code": "d"
    }
  ]
}
"""


def metadata(policies: str = "{}") -> str:
    return METADATA.format(policies=policies)


def canonical(built: bytes) -> bytes:
    """Lay JSON out anew: two blanks a level, UTF-8 as it is, a line end at the end."""
    return orjson.dumps(orjson.loads(built), option=orjson.OPT_INDENT_2) + b"\n"


def nested(levels: list[int]) -> str:
    return "Lvl | Code | Display | Definition\n" + "".join(
        f"{level} | c{number} | D {number} | {'' if number % 3 else f'x {number}'} |\n"
        for number, level in enumerate(levels)
    )


def test_the_layout_is_fixed_to_the_byte(project: Project) -> None:
    table = (
        "Lvl | Code | Display | Definition\n1 | a | A |\n2 | b | | x\n3 | c | C | z\n1 | d | |\n"
    )
    table += '2 | c | "C" |\n'
    built = project.build(table, metadata("{conflict: {display: designation}}"))
    assert built.json.decode() == SMALL


@pytest.mark.parametrize(
    "levels",
    [
        [],
        [1],
        [1, 1],
        [1, 2],
        [1, 2, 1],
        [1, 2, 3, 4, 5],
        [1, 2, 3, 4, 5, 1],
        [1, 2, 3, 2, 3, 1, 2, 2, 3, 4, 2],
        list(range(1, 101)),
    ],
    ids=lambda levels: "-".join(map(str, levels[:12])) or "none",
)
def test_any_tree_is_laid_out_as_orjson_does(levels: list[int], project: Project) -> None:
    built = project.build(nested(levels), metadata())
    assert built.json == canonical(built.json)
    outline = ["." * (level - 1) + f"c{number}" for number, level in enumerate(levels)]
    assert project.outline(built.resource) == outline
    assert ("concept" in built.resource) == bool(levels)


@pytest.mark.parametrize("rows", [5_999, 6_000, 6_001, 12_001])
def test_chunks_are_joined_without_a_seam(
    rows: int, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "CHUNK", 6_000)
    levels = [(1, 2, 3, 2, 3, 4)[row % 6] for row in range(rows)]
    built = project.build(nested(levels), metadata())
    assert built.json == canonical(built.json)
    outline = ["." * (level - 1) + f"c{number}" for number, level in enumerate(levels)]
    assert project.outline(built.resource) == outline
    lines = built.markdown.splitlines()
    assert (
        len([line for line in lines if line.startswith(("| 1 |", "| 2 |", "| 3 |", "| 4 |"))])
        == rows
    )


CHARACTERS = {
    "quotes": "\"x\" 'y'",
    "backslashes": "C:\\new\\table",
    "a backslash at the end": "x\\",
    "an escape": '\\u0041 \\n \\"',
    "a tab": "x\ty",
    "a carriage return": "x\ry",
    "slashes": "</script> a/b",
    "JSON": '{"code": "x"}, [1, 2]',
    "bars": "x\\|y",
    "other scripts": "Käse 漢字 مرحبا हिन्दी",
    "beyond the first plane": "😀 \U0001d518 🇩🇪 👩\u200d👩\u200d👧",
    "combining": "e\u0301 é",
    "right to left": "\u202b\u05e9\u05dc\u05d5\u05dd\u202c",
    "private use": "\ue000 \U000f0000",
    "non-characters": "\ufdd0 \ufffe \U0001ffff",
    "a replacement character": "\ufffd",
    "C1 controls": "x\x80y\x9fz",
}


@pytest.mark.parametrize("text", CHARACTERS.values(), ids=CHARACTERS)
def test_every_character_of_a_cell_is_kept(text: str, project: Project) -> None:
    shown = text.replace("\\|", "|")
    table = "Code | Display | Definition\nplain | P | y\n"
    table += f"a | {text} | x\nb | B | {text}\nc | {text} | {text}\n"
    built = project.build(table, metadata())
    assert built.json == canonical(built.json)
    concepts = project.concepts(json.loads(built.json))
    texts = [
        [concepts["plain"]["display"], concepts["plain"]["definition"]],
        [concepts["a"]["display"], concepts["b"]["definition"]],
        [concepts["c"]["display"], concepts["c"]["definition"]],
    ]
    assert texts == [["P", "y"], [shown, shown], [shown, shown]]


@pytest.mark.parametrize(
    "code", ['a"b', "a\\b", "a/b", "<a>", "{a}", "ä", "😀", "#", "a,b", "a\\|b"]
)
def test_every_character_of_a_code_is_kept(code: str, project: Project) -> None:
    table = f"Lvl | Code | Display\n1 | p | P\n2 | {code} | A\n3 | x | X\n"
    table += f"1 | q | Q\n2 | {code} | A\n"
    built = project.build(table, metadata())
    assert built.json == canonical(built.json)
    shown = code.replace("\\|", "|")
    concepts = project.concepts(built.resource)
    assert list(concepts) == ["p", "q", shown, "x"]
    assert concepts[shown]["property"] == [{"code": "parent", "valueCode": "q"}]


ODD = 'x "y" \\ <b>'
MERGED: dict[str, tuple[str, str, Any]] = {
    "a text that fills a blank": ("a | | x\na | {} |\n", "{}", ODD),
    "a text that fills the blank of a later row": (
        "a | | x\nb | B | y\na | | x\na | {} | x\n",
        "{}",
        ODD,
    ),
    "the first of two": ("a | {} | x\na | A | x\n", "{conflict: keep-first}", ODD),
    "the last of two": ("a | A | x\na | {} | x\n", "{conflict: keep-last}", ODD),
    "the last of two, the first is odd": ("a | {} | x\na | A | x\n", "{conflict: keep-last}", "A"),
    "a designation": ("a | A | x\na | {} | x\n", "{conflict: designation}", "A"),
    "a repeat": ("a | {} | x\na | {} | x\n", "{}", ODD),
}


@pytest.mark.parametrize(("rows", "policies", "display"), MERGED.values(), ids=MERGED)
def test_texts_that_come_from_another_row_are_escaped_too(
    rows: str, policies: str, display: str, project: Project
) -> None:
    table = f"Code | Display | Definition\n{rows.replace('{}', ODD)}z | Z | z\n"
    built = project.build(table, metadata(policies))
    assert built.json == canonical(built.json)
    concept = project.concepts(json.loads(built.json))["a"]
    assert concept["display"] == display
    if policies == "{conflict: designation}":
        assert [each["value"] for each in concept["designation"]] == [ODD]
    (row,) = [line for line in built.markdown.splitlines() if line.startswith("| `a` |")]
    assert "<b>" not in row
    assert (r"\<b\>" in row) == (display == ODD or "designation" in policies)


def test_a_column_that_is_blank_in_part_of_the_table_leaves_nothing(project: Project) -> None:
    built = project.build("Code | Display | Definition\na | | x\nb | B |\nc | |\n", metadata())
    assert built.resource["concept"] == [
        {"code": "a", "definition": "x"},
        {"code": "b", "display": "B"},
        {"code": "c"},
    ]
    assert b"null" not in built.json


def test_members_stand_before_the_concepts_below(project: Project) -> None:
    table = "Lvl | Code | Display\n1 | a | A\n2 | b | B\n3 | c | C\n1 | d | D\n2 | b | B\n"
    built = project.build(table, metadata())
    concept = built.resource["concept"][0]["concept"][0]
    assert list(concept) == ["code", "display", "property", "concept"]


def test_metadata_is_not_escaped_either(project: Project) -> None:
    text = "id: t\ntitle: 'Ä \"q\" \\ /'\nstatus: draft\ncontent: complete\n"
    built = project.build("Code\na\n", text)
    assert '"title": "Ä \\"q\\" \\\\ /"'.encode() in built.json
    assert built.json == canonical(built.json)
