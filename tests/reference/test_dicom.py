"""The data dictionary of DICOM: tags as codes, those that repeat, and a machine without it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import polars as pl
import pytest

from fhir_codesystem.reference.dicom import dictionary

if TYPE_CHECKING:
    from conftest import Project

DICOM = "status: draft\ncontent: fragment\nbuild:\n  reference: dicom\n"


def entry(key: str) -> tuple[str, str, bool]:
    """Return what the dictionary has under a key: code, display, whether it is retired."""
    reference = dictionary()
    assert reference is not None
    found = reference.frame.filter(pl.col("key") == key)
    assert found.height == 1
    code, display, retired = found.select("code", "display", "retired").row(0)
    return code, display, retired


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("0020000D", ("0020000D", "Study Instance UID", False)),
        ("00080010", ("00080010", "Recognition Code", True)),
        ("00181008", ("00181008", "Gantry ID", False)),
        ("60000010", ("60000010", "Overlay Rows", False)),
        ("601E0010", ("601E0010", "Overlay Rows", False)),
        ("60XX0010", ("60xx0010", "Overlay Rows", False)),
    ],
)
def test_an_element_stands_under_its_tag(tag: str, expected: tuple[str, str, bool]) -> None:
    assert entry(tag) == expected


def test_groups_repeat_in_even_numbers_up_to_1e() -> None:
    reference = dictionary()
    assert reference is not None
    keys = set(reference.frame["key"])
    assert {"60020010", "601E0010"} <= keys
    assert not {"60010010", "60200010"} & keys


@pytest.mark.parametrize(
    "written", ["0020000D", "0020000d", "(0020,000D)", "0020,000d", "0020 000D"]
)
def test_a_tag_may_be_written_with_brackets_and_small(written: str, project: Project) -> None:
    table = f"Code\tDisplay\n{written}\tStudy Instance UID\n"
    assert project.found(table, DICOM, of="CS75") == []


def test_without_pydicom_one_warning_says_what_to_install(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pydicom", None)
    built = project.build("Code | Display\n00181008 | Device\n", DICOM)
    (found,) = (each for each in built.diagnostics if each.rule.number == "CS751")
    assert (found.severity, found.location.line) == ("warning", 4)
    assert "pip install 'fhir-codesystem[dicom]'" in str(found.hint)
    assert built.ok


def test_the_first_input_has_one_element_that_is_not_in_ps3_6(project: Project) -> None:
    rows = "0020000D | Study Instance UID\n00181008 | Manufacturer Device Class UID\n"
    built = project.build("Code | Display\n" + rows, DICOM)
    (found,) = (each for each in built.diagnostics if each.rule.number.startswith("CS75"))
    assert (found.rule.number, found.location.line, found.location.column) == ("CS753", 3, 12)
    assert found.message == "00181008 is 'Gantry ID' in dicom, not 'Manufacturer Device Class UID'"
    assert "0018100B" in str(found.hint)
