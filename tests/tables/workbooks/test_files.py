"""Workbooks of the corpus, as a hospital keeps them; all names are made up."""

from __future__ import annotations

from pathlib import Path

from fhir_codesystem import build

from .sheets import cells_of, found, reading_of, table_of

FILES = Path(__file__).parents[2] / "corpus" / "workbooks"


def test_the_export_of_the_ig_publisher_builds_what_was_exported() -> None:
    built = build(FILES / "triage-level.xlsx")
    assert built.resource["url"] == "http://example.org/fhir/CodeSystem/triage-level"
    assert [(one["code"], len(one.get("concept", []))) for one in built.resource["concept"]] == [
        ("urgent", 3),
        ("4", 0),
        ("5", 0),
    ]
    assert built.resource["property"][0]["code"] == "notSelectable"


def test_a_workbook_of_an_author() -> None:
    """Titles, codes by their format, merged cells, dates, a hidden row and column, two sheets."""
    reading = reading_of((FILES / "departments.xlsx").read_bytes())
    assert reading.table is not None
    assert reading.table.header == (
        *("Code", "Bereich", "Display", "Deutsch (German, de)", "effectiveDate", "Notiz"),
    )
    assert [row[:2] + row[4:] for row in cells_of(reading.table)] == [
        ["0100", "Chirurgie", "2019-01-01", None],
        ["0110", "Chirurgie", "2019-01-01", "früher 105"],
        ["0111", "Chirurgie", "2021-07-01", None],
        ["0200", "Innere Medizin", "2019-01-01", None],
        ["1200", "Innere Medizin", "2022-03-15", "neu"],
    ]
    assert found(reading) == [
        "CS143 Abteilungen!A1",
        "CS145 Abteilungen!A7",
        "CS145 Abteilungen!F4",
        "CS146 Abteilungen!B5",
        "CS147 Abteilungen!A5",
    ]


def test_a_workbook_of_opendocument() -> None:
    table = table_of((FILES / "blood-groups.ods").read_bytes())
    assert table.header == ("Code", "Display", "Definition", "inactive")
    assert [(row[0], row[3]) for row in cells_of(table)] == [
        ("A+", "false"),
        ("A-", "false"),
        ("AB+", "false"),
        ("0+", "false"),
        ("Bombay", "true"),
    ]
