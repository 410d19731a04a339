"""One table in ten forms is one code system, byte for byte."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from fhir_codesystem import build

FORMS = Path(__file__).parent / "corpus" / "forms"
FILES = (
    *("pipe.txt", "markdown.md", "comma.csv", "tab.tsv", "workbook.xlsx", "workbook.ods"),
    *("page.html", "objects.json", "hapi.zip", "resource.json"),
)
"""Written by hand, the workbooks by openpyxl and odfpy: none of it by our own writers."""

METADATA = """\
id: fruit
url: http://example.org/fhir/CodeSystem/fruit
version: 1.0.0
name: Fruit
title: Fruit
status: draft
experimental: true
description: Fruit.
caseSensitive: true
hierarchyMeaning: grouped-by
content: complete
property:
- {code: Colour, uri: 'http://example.org/fhir/CodeSystem/fruit#Colour', type: string}
- {code: Weight, uri: 'http://example.org/fhir/CodeSystem/fruit#Weight', type: integer}
"""


@pytest.mark.parametrize("name", FILES)
def test_every_form_gives_the_same_code_system(name: str, tmp_path: Path) -> None:
    shutil.copy(FORMS / name, tmp_path / name)
    (tmp_path / name).with_suffix(".yaml").write_text(METADATA, encoding="utf-8")
    built = build(tmp_path / name)
    assert built.ok, built.diagnostics
    assert built.json == (FORMS / "expected.json").read_bytes()


def test_what_is_expected_is_what_the_forms_say() -> None:
    """The expected bytes are those of a build, so what they say is said here once more."""
    resource = json.loads((FORMS / "expected.json").read_bytes())
    fruit, nut = resource["concept"]
    apple, banana = fruit["concept"]
    (granny,) = apple["concept"]
    assert [each["code"] for each in (fruit, apple, granny, banana, nut)] == [
        *("fruit", "apple", "granny", "banana", "nut")
    ]
    assert granny["display"] == 'Granny Smith, "green"'
    assert banana["display"] == "Banane \N{EN DASH} jaune"
    assert apple["property"] == [
        {"code": "Colour", "valueString": "red"},
        {"code": "Weight", "valueInteger": 3},
    ]
    assert "property" not in fruit
