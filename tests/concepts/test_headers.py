"""Headers of columns that are no field of a concept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fhir_codesystem.concepts.headers import (
    DEFINITION,
    FULLY_SPECIFIED_NAME,
    SYNONYM,
    designation,
    property_code,
)

if TYPE_CHECKING:
    from conftest import Project


@pytest.mark.parametrize(
    ("header", "language", "use"),
    [
        ("Deutsch (German, de)", "de", None),
        ("中文 (Chinese, zh-hans)", "zh-Hans", None),
        ("display:de", "de", None),
        ("Display (de-ch)", "de-CH", None),
        ("display [fr]", "fr", None),
        ("definition:fr", "fr", DEFINITION),
        ("Synonyms", None, SYNONYM),
        ("Synonym (it)", "it", SYNONYM),
        ("Fully specified name", None, FULLY_SPECIFIED_NAME),
        ("FSN:en", "en", FULLY_SPECIFIED_NAME),
        ("designation:es-419", "es-419", None),
    ],
)
def test_designations_are_known_by_their_headers(
    header: str, language: str | None, use: str | None
) -> None:
    read = designation(0, header)
    assert read is not None
    assert (read.language, read.use) == (language, use)


@pytest.mark.parametrize(
    "header", ["Weight (kg)", "Display", "Definition", "Colour", "Size (mm, cm)x", "de", "(de)"]
)
def test_other_headers_are_no_designations(header: str) -> None:
    assert designation(0, header) is None


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("Colour", "colour"),
        ("ICD", "ICD"),
        ("internalId", "internalId"),
        ("ICD-10 code", "icd-10-code"),
        ("Not Selectable", "notSelectable"),
        ("DEPRECATION_DATE", "deprecationDate"),
        ("Comments", "comment"),
        ("item weight", "itemWeight"),
        ("% of all", "of-all"),
    ],
)
def test_the_code_of_a_property_is_its_header(header: str, code: str) -> None:
    assert property_code(header) == code


def test_a_declared_property_gives_its_code_to_its_column(project: Project) -> None:
    metadata = (
        "id: table\nurl: http://example.org/table\nstatus: draft\ncontent: complete\n"
        "property:\n- {code: color-code, uri: http://example.org/table#c, type: code}\n"
    )
    built = project.build("Code | Color Code\na | red\n", metadata)
    assert built.resource["concept"][0]["property"] == [{"code": "color-code", "valueCode": "red"}]
    assert len(built.resource["property"]) == 1
