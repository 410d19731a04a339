"""All proposals for a table: in what order they are made, what follows from what, how often."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fhir_codesystem import check, fix
from fhir_codesystem.repairs.proposals import Cells, changes, proposals
from fhir_codesystem.rules.sample import Workbook
from fhir_codesystem.tables.reading import read
from fhir_codesystem.tables.source import Source

if TYPE_CHECKING:
    import polars as pl

    from conftest import Project

CODE, DISPLAY, PARENT = 0, 1, 2
NBSP = "\N{NO-BREAK SPACE}"


def steps(text: str, cells: Cells) -> pl.DataFrame:
    table = read(Source("table.txt", text.encode())).table
    assert table is not None
    return proposals(table.frame, cells)


def changed(text: str, cells: Cells) -> list[tuple[int, int, str, str, list[str]]]:
    """Return the changes of a table: row, cell, before, after, rules."""
    columns = ("row", "cell", "before", "after", "rules")
    return list(changes(steps(text, cells)).select(columns).iter_rows())


def test_one_cell_may_be_changed_for_several_reasons_in_turn() -> None:
    text = f"Code | Display\na | Crohn's\nb | C's\nc | D's\nd | MÃ¼llerâ€™s{NBSP}x\n"
    assert changed(text, Cells(CODE, (), (DISPLAY,))) == [
        (3, 1, f"MÃ¼llerâ€™s{NBSP}x", "Müller's x", ["CS181", "CS111", "CS182"])
    ]


def test_what_a_repair_brings_to_light_is_repaired_too() -> None:
    twice = "MÃ¼ller".encode().decode("latin-1")
    assert changed(f"Code | Display\na | {twice}\n", Cells(CODE, (), (DISPLAY,))) == [
        (0, 1, twice, "Müller", ["CS181"])
    ]
    hidden = "Ã\u200b¼"
    assert changed(f"Code | Display\na | {hidden}\n", Cells(CODE, (), (DISPLAY,))) == [
        (0, 1, hidden, "ü", ["CS111", "CS181"])
    ]
    wide = "Code\n02\n03\n１\n"
    assert changed(wide, Cells(CODE)) == [(2, 0, "１", "01", ["CS185", "CS180"])]


def test_the_steps_of_a_cell_are_a_chain() -> None:
    text = "Code | Display\n02 | x\n03 | y\n１\u200b | â€™Ã¼\n"
    for _, mine in steps(text, Cells(CODE, (), (DISPLAY,))).group_by("row", "cell"):
        assert mine["before"].to_list()[1:] == mine["after"].to_list()[:-1]


@pytest.mark.parametrize(
    "parent", ["80016", "00080016"], ids=["as the code was", "as the code will be"]
)
def test_parents_follow_their_codes(parent: str) -> None:
    text = (
        "Code | Display | Parent\n00080005 | A | \n00080008 | B | 80005\n0020000D | C | \n"
        f"80016 | D | \n00080018 | E | {parent}\n00080019 | F | other\n"
    )
    wanted = [
        (1, 2, "80005", "00080005", ["CS180"]),
        (3, 0, "80016", "00080016", ["CS180"]),
        (4, 2, "80016", "00080016", ["CS180"]),
    ]
    found = changed(text, Cells(CODE, (PARENT,), (DISPLAY,)))
    assert found == wanted[: 3 if parent == "80016" else 2]


def test_a_parent_that_is_a_code_as_it_stands_stays() -> None:
    text = "Code | Display | Parent\n01 | A |\n02 | B | 1\n10 | C | \n1 | D |\n"
    assert changed(text, Cells(CODE, (PARENT,), (DISPLAY,))) == []


@pytest.mark.parametrize("indent", [NBSP, NBSP * 4, f".{NBSP}.{NBSP}", f"– {NBSP}"])
def test_an_indent_may_be_the_hierarchy_and_stays(indent: str) -> None:
    rows = f"02 | x\n{indent}03 | {indent}MÃ¼ller{NBSP}\n{indent}4 | y{NBSP}\n"
    cells = Cells(CODE, (), (DISPLAY,), indented=True)
    assert changed(f"Code | Display\n{rows}", cells) == [
        (1, 1, f"{indent}MÃ¼ller{NBSP}", f"{indent}Müller", ["CS181", "CS111"]),
        (2, 0, f"{indent}4", f"{indent}04", ["CS180"]),
        (2, 1, f"y{NBSP}", "y", ["CS111"]),
    ]


def test_a_level_makes_indents_superfluous(project: Project) -> None:
    path = project.write("table.txt", f"Lvl | Code\n1 | a\n2 | {NBSP}b\n")
    assert [each.after for each in fix(path).changes] == ["b"]
    assert fix(f"Code\na\n{NBSP}b\n".encode()).changes == ()


def test_a_cell_of_nothing_visible_is_left() -> None:
    assert changed("Code | Display\na | \u200b\n", Cells(CODE, (), (DISPLAY,))) == []


def test_findings_name_the_proposal_and_the_character(project: Project) -> None:
    found = project.build("Code | Display\nBA1 | x\nBА2 | y\n").diagnostics
    (told,) = [each for each in found if each.rule.number == "CS184"]
    assert told.message == (
        "the code 'BА2' has a cyrillic capital letter a (U+0410): 'BA2' is meant?"
    )
    assert (told.location.line, told.location.column) == (3, 1)


def test_a_long_cell_is_shown_around_what_changes(project: Project) -> None:
    rows = "".join(f"c{row} | it's {row}\n" for row in range(3))
    found = project.build(f"Code | Display\n{rows}d | {'x' * 100} d’s\n").diagnostics
    (told,) = [each for each in found if each.rule.number == "CS182"]
    assert "…xxx" in told.message
    assert "x d’s'" in told.message
    assert "x d's'" in told.message


def test_twenty_are_told_and_the_rest_is_counted(project: Project) -> None:
    rows = "".join(f"c{row} | MÃ¼ller {row}\n" for row in range(33))
    found = project.build(f"Code | Display\n{rows}").diagnostics
    told = [each for each in found if each.rule.number == "CS181"]
    assert [each.location.line for each in told] == list(range(2, 22))
    assert told[-1].more == 13


def test_the_build_repairs_nothing_of_these(project: Project) -> None:
    built = project.build("Code | Display\n00080005 | MÃ¼ller\n00080006 | B\n80016 | C\n")
    assert [each["code"] for each in built.resource["concept"]][-1] == "80016"
    assert built.resource["concept"][0]["display"] == "MÃ¼ller"


def test_a_number_among_codes_is_told_once() -> None:
    number = '<c r="{}"><v>30</v></c>'
    rows = (("Code", "Display"), ("0010", "A"), ("0020", "B"), ("0040", "D"), (number, "C"))
    told = [each.rule.number for each in check(Workbook("", rows).data)]
    assert "CS148" in told
    assert "CS180" not in told
    as_text = (*rows[:-1], ("30", "C"))
    assert "CS180" in [each.rule.number for each in check(Workbook("", as_text).data)]
