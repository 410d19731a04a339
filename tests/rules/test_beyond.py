"""Rules beyond the official validator: what they find, and above all what they leave in peace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_codesystem.concepts.folding import folded

if TYPE_CHECKING:
    from conftest import Project

CYRILLIC_A, CYRILLIC_ES = "\N{CYRILLIC CAPITAL LETTER A}", "\N{CYRILLIC SMALL LETTER ES}"


def codes(*codes: str) -> str:
    """Make a table of codes, each with a display of its own."""
    rows = (f"{code} | Organ number {at}\n" for at, code in enumerate(codes))
    return "Code | Display\n" + "".join(rows)


def texts(display: str, definition: str = "Something else altogether.") -> str:
    """Make a table of one concept."""
    return f"Code | Display | Definition\na | {display} | {definition}\n"


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (codes("BRP_030", "BRP_O30"), ["CS701 3:1"]),
        (codes("RPI_I0I", "x", "RPI_I01"), ["CS701 4:1"]),
        (codes("TIDl", "TIDI", "TID1"), ["CS701 3:1", "CS701 4:1"]),
        (codes("OO", "II", "XX"), []),
        (codes("1", "I", "0", "O"), []),
        (codes("00", "11", "01"), []),
        (codes("AB", f"{CYRILLIC_A}\N{CYRILLIC CAPITAL LETTER VE}"), ["CS701 3:1"]),
    ],
)
def test_codes_that_look_the_same(table: str, expected: list[str], project: Project) -> None:
    assert project.found(table, of="CS701") == expected


def test_codes_that_other_rules_tell_of_are_not_told_twice(project: Project) -> None:
    assert project.found(codes("Il0", "il0"), of="CS701") == []
    assert project.found(codes("BA1", f"B{CYRILLIC_A}1"), of="CS701") == []


@pytest.mark.parametrize(
    ("display", "expected"),
    [
        (f"Lung {CYRILLIC_ES}ancer", ["CS702 2:5"]),
        ("TNF-\N{GREEK SMALL LETTER ALPHA}", []),
        ("\N{MICRO SIGN}g", []),
        ("рак лёгкого", []),
        ("Ménière", []),
    ],
)
def test_words_of_two_alphabets(display: str, expected: list[str], project: Project) -> None:
    assert project.found(texts(display), of="CS702") == expected


@pytest.mark.parametrize(
    ("usual", "other", "count", "found"),
    [
        ("Lobe of lung", "левое лёгкое", 40, True),
        ("Lobe of lung", "左肺上葉", 40, True),
        ("Доля лёгкого", "Left lung", 40, True),
        ("左肺上葉", "Left lung", 40, True),
        ("左肺上葉", "MRI", 40, False),
        ("Lobe of lung", "β", 40, False),
        ("Lobe of lung", "левое лёгкое", 5, False),
        ("Lobe of lung", "Foramen ovale (δεξιό) apertum", 40, False),
    ],
)
def test_a_display_in_another_script(
    usual: str, other: str, count: int, *, found: bool, project: Project
) -> None:
    rows = "".join(f"c{at} | {usual} {at}\n" for at in range(count))
    expected = [f"CS703 {count + 2}:6"] if found else []
    assert project.found(f"Code | Display\n{rows}xx | {other}\n", of="CS703") == expected


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ("Lung", "lung", True),
        ("Left lung", "Left  lung", True),
        ("Lung", "\N{FULLWIDTH LATIN CAPITAL LETTER L}ung", True),
        ("ÉCLAT", "éclat", True),
        ("Lung", "Lungs", False),
        ("A", "a", False),
    ],
)
def test_the_same_display_for_two_codes(
    first: str, second: str, *, found: bool, project: Project
) -> None:
    told = project.found(f"Code | Display\nc1 | {first}\nc2 | {second}\n", of="CS711")
    assert told == (["CS711 3:6"] if found else [])


def test_a_concept_out_of_use_may_have_the_display_of_the_one_that_replaced_it(
    project: Project,
) -> None:
    table = "Code | Display | status\nc1 | Lung | %s\nc2 | Lung | active\n"
    assert project.found(table % "active", of="CS711") == ["CS711 3:6"]
    assert project.found(table % "retired", of="CS711") == []


def test_a_concept_may_have_the_display_of_its_heading(project: Project) -> None:
    table = "Lvl | Code | Display\n1 | _Aleut | Aleut\n%s | x-ALW | Aleut\n"
    assert project.found(table % 2, of="CS711") == []
    assert project.found(table % 1, of="CS711") == ["CS711 3:13"]


@pytest.mark.parametrize(
    ("display", "definition", "expected"),
    [
        ("Self-employed", "Self-employed,", ["CS712"]),
        ("Device UID", "device uid.", ["CS712"]),
        ("Prescribing provider", "The prescribing provider.", ["CS713"]),
        ("Lung", "This is a lung.", ["CS713"]),
        ("Lung", "A left lung.", []),
        ("Lung", "A lung of a mammal.", []),
        ("Original name", "The original name of the item.", []),
        ("IN", "Inside.", []),
    ],
)
def test_definitions_that_say_nothing(
    display: str, definition: str, expected: list[str], project: Project
) -> None:
    found = project.found(texts(display, definition), of="CS71")
    assert [each.split()[0] for each in found] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Left  lung", ["CS721"]),
        ("Left\N{EM SPACE}lung", ["CS722"]),
        ("Left\N{RIGHT-TO-LEFT OVERRIDE}lung", ["CS722"]),
        ("Left\N{ZERO WIDTH JOINER}lung", ["CS722"]),
        ("5\N{NARROW NO-BREAK SPACE}mm", []),
        ("می\N{ZERO WIDTH NON-JOINER}روم", []),
        ("رئة\N{LEFT-TO-RIGHT MARK} (5)", []),
        ("Heart <b>left</b>", ["CS723"]),
        ("Line<br/>break", ["CS723"]),
        ("Line<BR>break", ["CS723"]),
        ('<a href="x">x</a>', ["CS723"]),
        ("Heart &amp; lung", ["CS723"]),
        ("Heart &#38; lung", ["CS723"]),
        ("R&D; more", []),
        ("p < 5 and q > 3", []),
        ("<name of the drug>", []),
        ("a<b and c>d", []),
        ("AT&T;", []),
    ],
)
def test_characters_and_markup(text: str, expected: list[str], project: Project) -> None:
    found = project.found(texts(text), of="CS72")
    assert [each.split()[0] for each in found] == expected


def test_markup_is_found_in_definitions_and_designations(project: Project) -> None:
    table = "Code | Display | Definition | Deutsch (German, de)\na | A | x<p>y | R &amp; S\n"
    found = project.build(table).diagnostics
    told = [each.message.split(" holds ")[0] for each in found if each.rule.number == "CS723"]
    assert told == ["the designation of 'a'", "the definition of 'a'"]


@pytest.mark.parametrize(
    ("header", "value", "found"),
    [
        ("status", "retired", True),
        ("status", "Deprecated", True),
        ("status", "active", False),
        ("inactive", "true", True),
        ("inactive", "false", False),
        ("retirementDate", "2020-01-01", True),
        ("effectiveDate", "2020-01-01", False),
    ],
)
def test_a_parent_that_is_out_of_use(
    header: str, value: str, *, found: bool, project: Project
) -> None:
    table = f"Lvl | Code | Display | {header}\n1 | a | A | {value}\n2 | b | B |\n2 | c | C |\n"
    assert project.found(table, of="CS731") == (["CS731 2:5"] if found else [])


def test_a_further_parent_that_is_out_of_use(project: Project) -> None:
    table = (
        "Code | Display | Parent | status\np | P | | active\nq | Q | | retired\n"
        "c | C | p, q | active\n"
    )
    assert project.found(table, of="CS731") == ["CS731 3:1"]


def test_children_that_are_out_of_use_too_are_not_missed(project: Project) -> None:
    table = "Lvl | Code | Display | status\n1 | a | A | retired\n2 | b | B | deprecated\n"
    assert project.found(table, of="CS731") == []


METADATA = "id: t\nurl: http://example.org/t\nstatus: %s\ncaseSensitive: true\ncontent: complete\n"


@pytest.mark.parametrize(
    ("status", "stated", "found"),
    [
        ("active", "title: Colours (deprecated)", True),
        ("active", "title: '[Retired] Colours'", True),
        ("active", "title: 'DEPRECATED: colours'", True),
        ("active", "title: Colours - do not use", True),
        ("active", "name: DeprecatedColours", True),
        ("active", "name: ColoursDeprecated", True),
        ("retired", "title: Colours (deprecated)", False),
        ("active", "title: Retired persons", False),
        ("active", "title: Reasons for deprecated codes", False),
        ("active", "name: DeprecatedReasonOf", True),
        ("active", "name: ISO31663retired", False),
    ],
)
def test_a_name_that_says_deprecated(
    status: str, stated: str, *, found: bool, project: Project
) -> None:
    told = project.found("Code | Display\na | A\n", METADATA % status + stated, of="CS732")
    assert bool(told) is found


@pytest.mark.parametrize(
    ("version", "found"),
    [
        ("latest", True),
        ("May 2021 Edition", True),
        ("http://example.org/2", True),
        ("1.0|2", True),
        ("1.0.0", False),
        ("v2", False),
        ("2024-03", False),
        ("07/14/2020", False),
        ("4.0.0-ballot+build.7", False),
    ],
)
def test_a_version_that_is_none(version: str, *, found: bool, project: Project) -> None:
    metadata = METADATA % "active" + f"version: {version!r}\n".replace('"', "'")
    told = project.found("Code | Display\na | A\n", metadata, of="CS742")
    assert told == (["CS742 6:10"] if found else [])


@pytest.mark.parametrize(("size", "found"), [(500, False), (501, True)])
def test_a_code_that_is_too_long_to_store(size: int, *, found: bool, project: Project) -> None:
    table = f"Code | Display\n{'é' * size} | A\n"
    assert project.found(table, of="CS741") == (["CS741 2:1"] if found else [])


def test_findings_beyond_twenty_are_counted(project: Project) -> None:
    table = "Code | Display\n" + "".join(f"c{at} | Lung\n" for at in range(50))
    found = [each for each in project.build(table).diagnostics if each.rule.number == "CS711"]
    assert len(found) == 20
    assert found[-1].more == 29


@given(st.lists(st.text(st.characters(codec="utf-8"))))
def test_folding_twice_is_folding_once_and_knows_no_case(values: list[str]) -> None:
    once = folded(pl.Series(values, dtype=pl.String))
    assert folded(once).to_list() == once.to_list()
