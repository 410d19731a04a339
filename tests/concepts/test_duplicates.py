"""Rows that bear the same code: each class of them, each policy, and what is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Project

METADATA = """\
id: table
url: http://example.org/table
name: Table
title: Table
status: draft
caseSensitive: {case}
hierarchyMeaning: is-a
content: complete
build:
  duplicates: {policies}
"""
SYNONYM = {"system": "http://snomed.info/sct", "code": "900000000000013009", "display": "Synonym"}


def metadata(policies: str = "{}", case: str = "true") -> str:
    return METADATA.format(policies=policies, case=case)


def flat(*rows: str) -> str:
    """Write rows of ``code display definition``; a dot is a blank cell, _ a blank."""
    lines = ["Code Display Definition", *rows]
    return (
        "".join(f"{' | '.join(line.split())}\n" for line in lines)
        .replace(".", "")
        .replace("_", " ")
    )


def levels(*rows: str) -> str:
    """Write rows of ``level code [display]``; the display is the code's if there is none."""
    table = "Lvl | Code | Display\n"
    for row in rows:
        level, code, *display = row.split()
        table += f"{level} | {code} | {display[0] if display else code.upper()}\n".replace(".", "")
    return table


def messages(project: Project, table: str, settings: str, of: str = "CS2") -> list[str]:
    found = project.build(table, settings).diagnostics
    return [each.message for each in found if each.rule.number.startswith(of)]


def texts(project: Project, table: str, settings: str) -> dict[str, list[str | None]]:
    concepts = project.concepts(project.build(table, settings).resource)
    return {
        code: [concept.get("display"), concept.get("definition")]
        for code, concept in concepts.items()
    }


def further_parents(resource: dict[str, Any], project: Project) -> dict[str, list[str]]:
    return {
        code: [each["valueCode"] for each in concept["property"]]
        for code, concept in project.concepts(resource).items()
        if "property" in concept
    }


REPEATS = {
    "one row": (flat("a A x", "a A x"), ["line 3 repeats line 2"]),
    "a block": (flat("a A x", "b B y", "a A x", "b B y"), ["lines 4-5 repeat lines 2-3"]),
    "a block twice": (
        flat("a A x", "b B y", "a A x", "b B y", "a A x", "b B y"),
        ["lines 4-5 repeat lines 2-3", "lines 6-7 repeat lines 2-3"],
    ),
    "every row twice": (
        flat("a A x", "a A x", "b B y", "b B y", "c C z", "c C z"),
        ["every second one of lines 3-7 repeats the line before it (lines 2-6)"],
    ),
    "the same row three times": (
        flat("a A x", "a A x", "a A x"),
        ["line 3 repeats line 2", "line 4 repeats line 2"],
    ),
    "in another order": (
        flat("a A x", "b B y", "b B y", "a A x"),
        ["line 4 repeats line 3", "line 5 repeats line 2"],
    ),
    "with others between": (
        flat("a A x", "b B y", "c C z", "a A x", "b B y", "d D d", "c C z"),
        ["lines 5-6 repeat lines 2-3", "line 8 repeats line 4"],
    ),
    "with new ones between": (
        flat("a A x", "c C z", "b B y", "d D w", "a A x", "e E v", "b B y", "f F u"),
        ["line 6 repeats line 2", "line 8 repeats line 4"],
    ),
    "without texts": (flat("a . .", "a . ."), ["line 3 repeats line 2"]),
    "below the same parent": (
        levels("1 a", "2 b", "2 c", "2 b", "2 c"),
        ["lines 5-6 repeat lines 3-4"],
    ),
    "parent and children": (
        levels("1 a", "2 b", "3 c", "1 a", "2 b", "3 c"),
        ["lines 5-7 repeat lines 2-4"],
    ),
    "blank lines within": (
        flat("a A x", "b B y", "a A x", "b B y").replace("a |", "\na |"),
        ["lines 6-7 repeat lines 3-4"],
    ),
}


@pytest.mark.parametrize(("table", "told"), REPEATS.values(), ids=REPEATS)
def test_what_repeats_is_said_once_a_block(table: str, told: list[str], project: Project) -> None:
    assert messages(project, table, metadata()) == told
    assert {each[:5] for each in project.found(table, metadata(), of="CS2")} == {"CS211"}
    assert messages(project, table, metadata("{repeat: merge}")) == told


@pytest.mark.parametrize(("table", "told"), REPEATS.values(), ids=REPEATS)
def test_what_repeats_changes_nothing(table: str, told: list[str], project: Project) -> None:
    """The concepts are those of the table without its repeated rows."""
    once = "".join(dict.fromkeys(table.splitlines(keepends=True)))
    assert len(once) < len(table)
    resource = project.build(table, metadata()).resource
    assert resource["concept"] == project.build(once, metadata()).resource["concept"]
    assert resource["count"] == len(project.concepts(resource))
    assert told


def test_repeats_can_be_refused(project: Project) -> None:
    table = flat("a A x", "b B y", "a A x", "b B y")
    for policies in ("{repeat: error}", "error"):
        built = project.build(table, metadata(policies))
        assert [each.severity.value for each in built.diagnostics[:1]] == ["error"]
        assert project.brief(built.diagnostics)[0] == "CS211 4:1"
        assert not built.ok
    assert project.build(table, metadata("{fill-in: error}")).ok


def test_the_first_row_is_related(project: Project) -> None:
    (found,) = project.build(flat("a A x", "b B y", "a A x"), metadata()).diagnostics
    assert [(each.location.line, each.location.column) for each in found.related] == [(2, 1)]


@pytest.mark.parametrize(
    ("table", "texts_of_a", "found"),
    [
        (flat("a A .", "a . x"), ["A", "x"], ["CS212 3:1"]),
        (flat("a A x", "a . ."), ["A", "x"], ["CS212 3:1"]),
        (flat("a . .", "a A x"), ["A", "x"], ["CS212 3:1"]),
        (flat("a . .", "a A .", "a . x"), ["A", "x"], ["CS212 3:1", "CS212 4:1"]),
        (flat("a . x", "a A x"), ["A", "x"], ["CS212 3:1"]),
        (flat("a . .", "b B y", "a A x", "b . ."), ["A", "x"], ["CS212 4:1"]),
    ],
)
def test_blank_cells_are_filled_from_each_other(
    table: str, texts_of_a: list[str], found: list[str], project: Project
) -> None:
    assert texts(project, table, metadata())["a"] == texts_of_a
    assert project.found(table, metadata(), of="CS2") == found
    refused = project.build(table, metadata("{fill-in: error}"))
    assert [each.severity.value for each in refused.diagnostics[: len(found)]] == ["error"] * len(
        found
    )
    assert not refused.ok


def test_a_text_that_filled_a_blank_can_be_contradicted(project: Project) -> None:
    table = flat("a . .", "a A .", "a B x")
    built = project.build(table, metadata())
    assert project.brief(built.diagnostics)[:2] == ["CS212 3:1", "CS214 4:5"]
    conflict = built.diagnostics[1]
    assert conflict.message == "'a' has the display 'B' here and 'A' in line 3"
    assert [(each.location.line, each.location.column) for each in conflict.related] == [(3, 5)]


SECOND_PARENTS = {
    "below another": (
        levels("1 a", "2 c", "1 b", "2 c"),
        ["a", ".c", "b"],
        {"c": ["b"]},
        ["CS213 5:5"],
    ),
    "first at the top": (
        levels("1 c", "1 a", "2 c"),
        ["c", "a"],
        {"c": ["a"]},
        ["CS213 4:5"],
    ),
    "its children follow it once": (
        levels("1 a", "2 c", "3 d", "1 b", "2 c"),
        ["a", ".c", "..d", "b"],
        {"c": ["b"]},
        ["CS213 6:5"],
    ),
    "its children again": (
        levels("1 a", "2 c", "3 d", "1 b", "2 c", "3 d"),
        ["a", ".c", "..d", "b"],
        {"c": ["b"]},
        ["CS213 6:5", "CS211 7:5"],
    ),
    "three parents": (
        levels("1 a", "2 z", "1 b", "2 z", "1 c", "2 z", "2 z"),
        ["a", ".z", "b", "c"],
        {"z": ["b", "c"]},
        ["CS213 5:5", "CS213 7:5", "CS211 8:5"],
    ),
    "a block below another": (
        levels("1 a", "2 x", "2 y", "1 b", "2 x", "2 y"),
        ["a", ".x", ".y", "b"],
        {"x": ["b"], "y": ["b"]},
        ["CS213 6:5"],
    ),
    "one below the other": (
        levels("1 a", "2 x", "2 y", "1 b", "2 x", "3 y"),
        ["a", ".x", ".y", "b"],
        {"x": ["b"], "y": ["x"]},
        ["CS213 6:5", "CS213 7:5"],
    ),
    "with blank cells, as pages are printed": (
        levels("1 a", "2 c C", "1 b", "2 c ."),
        ["a", ".c", "b"],
        {"c": ["b"]},
        ["CS213 5:5"],
    ),
    "the ancestor's ancestor": (
        levels("1 a", "2 b", "3 c", "2 c"),
        ["a", ".b", "..c"],
        {"c": ["a"]},
        ["CS213 5:5"],
    ),
}


@pytest.mark.parametrize(
    ("table", "outline", "parents", "found"), SECOND_PARENTS.values(), ids=SECOND_PARENTS
)
def test_a_second_parent_is_kept_as_a_property(
    table: str,
    outline: list[str],
    parents: dict[str, list[str]],
    found: list[str],
    project: Project,
) -> None:
    for policies in ("{}", "{second-parent: keep}"):
        resource = project.build(table, metadata(policies)).resource
        assert project.outline(resource) == outline
        assert further_parents(resource, project) == parents
        assert [each["uri"] for each in resource["property"]] == [
            "http://hl7.org/fhir/concept-properties#parent"
        ]
        assert project.found(table, metadata(policies), of="CS2") == found


@pytest.mark.parametrize(
    ("table", "outline", "parents", "found"), SECOND_PARENTS.values(), ids=SECOND_PARENTS
)
def test_a_second_parent_can_be_left_out_or_refused(
    table: str,
    outline: list[str],
    parents: dict[str, list[str]],
    found: list[str],
    project: Project,
) -> None:
    first = project.build(table, metadata("{second-parent: first}"))
    assert project.outline(first.resource) == outline
    assert further_parents(first.resource, project) == {}
    assert "property" not in first.resource
    told = [each for each in first.diagnostics if each.rule.number == "CS213"]
    assert len(told) == sum(each.startswith("CS213") for each in found)
    assert [each.message for each in told if "left out" not in each.message] == []
    assert not project.build(table, metadata("{second-parent: error}")).ok
    assert parents


def test_at_the_top_as_well_is_said_for_it_cannot_be_stated(project: Project) -> None:
    table = levels("1 a", "2 c", "1 c")
    resource = project.build(table, metadata()).resource
    assert project.outline(resource) == ["a", ".c"]
    assert further_parents(resource, project) == {}
    (told,) = messages(project, table, metadata())
    assert told.startswith("line 4 puts 'c' of line 3 at the top level")


def test_a_blank_that_a_second_parents_row_fills(project: Project) -> None:
    table = levels("1 a", "2 c .", "1 b", "2 c C")
    assert texts(project, table, metadata())["c"] == ["C", None]


def test_a_second_parent_is_named(project: Project) -> None:
    table = levels("1 a", "2 x", "2 y", "1 b", "2 x", "2 y", "1 c", "2 y")
    assert messages(project, table, metadata()) == [
        "lines 6-7 put 2 concepts of lines 3-4 below 'b' as well",
        "line 9 puts 'y' of line 4 below 'c' as well",
    ]


def test_a_row_may_contradict_and_put_below_another_at_once(project: Project) -> None:
    table = levels("1 a", "2 c C", "1 b", "2 c X")
    assert project.found(table, metadata(), of="CS2") == ["CS213 5:5", "CS214 5:9"]


CONFLICT = flat("a A x", "b B y", "a Q x", "a A z", "a R x")
"""The displays are A, Q, A, R; the definitions x, x, z, x."""


def test_a_conflict_shows_both_texts_and_both_places(project: Project) -> None:
    built = project.build(CONFLICT, metadata())
    assert not built.ok
    found = [each for each in built.diagnostics if each.rule.number == "CS214"]
    assert project.brief(found) == ["CS214 4:5", "CS214 5:9", "CS214 6:5"]
    assert [each.message for each in found] == [
        "'a' has the display 'Q' here and 'A' in line 2",
        "'a' has the definition 'z' here and 'x' in line 2",
        "'a' has the display 'R' here and 'A' in line 2",
    ]
    places = [(each.related[0].location.line, each.related[0].location.column) for each in found]
    assert places == [(2, 5), (2, 9), (2, 5)]
    assert {each.severity.value for each in found} == {"error"}
    assert [each.hint for each in found if "duplicates" not in (each.hint or "")] == []


@pytest.mark.parametrize(
    ("policies", "texts_of_a"),
    [
        ("{conflict: keep-first}", ["A", "x"]),
        ("{conflict: keep-last}", ["R", "x"]),
        ("{conflict: {display: keep-last, definition: keep-first}}", ["R", "x"]),
        ("{conflict: {display: keep-first, definition: keep-last}}", ["A", "x"]),
        ("{conflict: {display: designation, definition: keep-first}}", ["A", "x"]),
    ],
)
def test_a_conflict_is_settled_by_the_policy(
    policies: str, texts_of_a: list[str], project: Project
) -> None:
    assert texts(project, CONFLICT, metadata(policies)) == {"a": texts_of_a, "b": ["B", "y"]}
    found = project.build(CONFLICT, metadata(policies)).diagnostics
    told = [each.severity.value for each in found if each.rule.number == "CS214"]
    assert told == ["information"] * 3


@pytest.mark.parametrize(
    ("displays", "last"),
    [("A B", "B"), ("A B A", "A"), ("A B .", "B"), (". A B", "B"), ("A B C B", "B")],
)
def test_the_last_text_is_that_of_the_last_row_that_has_one(
    displays: str, last: str, project: Project
) -> None:
    table = flat(*(f"a {display} x" for display in displays.split()))
    assert texts(project, table, metadata("{conflict: keep-last}"))["a"][0] == last


def test_other_displays_can_become_designations(project: Project) -> None:
    policies = "{conflict: {display: designation, definition: keep-first}}"
    table = flat("b B y", "a A x", "a Q x", "a Q x", "a A x", "a R x")
    concepts = project.concepts(project.build(table, metadata(policies)).resource)
    assert concepts["a"]["display"] == "A"
    assert concepts["a"]["designation"] == [
        {"use": SYNONYM, "value": "Q"},
        {"use": SYNONYM, "value": "R"},
    ]
    assert "designation" not in concepts["b"]


def test_a_definition_cannot_become_a_designation(project: Project) -> None:
    built = project.build(CONFLICT, metadata("{conflict: designation}"))
    told = [(each.rule.number, each.severity.value) for each in built.diagnostics]
    assert told[:3] == [
        ("CS214", "information"),
        ("CS214", "error"),
        ("CS214", "information"),
    ]


def test_one_conflict_need_not_forbid_the_other(project: Project) -> None:
    table = flat("a A x", "a B x")
    assert project.build(table, metadata("{conflict: {display: keep-last}}")).ok
    assert not project.build(table, metadata("{conflict: {definition: keep-last}}")).ok


def test_cells_are_compared_one_by_one(project: Project) -> None:
    """Not joined: "ab" and "c" are other cells than "a" and "bc"."""
    table = flat("k ab c", "k a bc")
    assert project.found(table, metadata(), of="CS2") == ["CS214 3:5", "CS214 3:9"]


@pytest.mark.parametrize(
    ("policy", "case", "codes", "severity"),
    [
        ("auto", "true", ["ab", "AB"], "warning"),
        ("auto", "false", ["ab"], "information"),
        ("merge", "true", ["ab"], "information"),
        ("merge", "false", ["ab"], "information"),
        ("keep", "true", ["ab", "AB"], "warning"),
        ("keep", "false", ["ab", "AB"], "warning"),
        ("error", "true", None, "error"),
        ("error", "false", None, "error"),
    ],
)
def test_codes_that_differ_in_case_only(
    policy: str, case: str, codes: list[str] | None, severity: str, project: Project
) -> None:
    built = project.build(flat("ab A x", "AB A x"), metadata(f"{{variant: {policy}}}", case))
    (variant,) = [each for each in built.diagnostics if each.rule.number == "CS215"]
    assert variant.severity.value == severity
    assert variant.message.startswith("'AB' and 'ab' (line 2) differ in case or white space only")
    assert (variant.location.line, variant.related[0].location.line) == (3, 2)
    if codes is None:
        assert not built.ok
    else:
        assert list(project.concepts(built.resource)) == codes


@pytest.mark.parametrize(
    ("rows", "merged"),
    [
        (("a_b A x", "ab A x"), True),
        (("Straße A x", "STRASSE A x"), False),
        (("Ärzte A x", "ärzte A x"), True),
        (("a-b A x", "ab A x"), False),
        (("é A x", "e A x"), False),
        (("ab A x", "abc A x"), False),
    ],
)
def test_variants_are_told_by_case_and_white_space(
    rows: tuple[str, ...], merged: bool, project: Project
) -> None:
    table = flat(*rows)
    built = project.build(table, metadata(case="false"))
    assert len(project.concepts(built.resource)) == (1 if merged else 2)
    assert len(project.found(table, metadata(), of="CS215")) == (1 if merged else 0)


def test_merged_variants_are_compared_like_other_rows(project: Project) -> None:
    settings = metadata(case="false")
    assert project.found(flat("ab A x", "AB . x"), settings, of="CS2") == ["CS212 3:1", "CS215 3:1"]
    assert project.found(flat("ab A x", "AB B x"), settings, of="CS2") == ["CS215 3:1", "CS214 3:6"]
    table = levels("1 x", "2 ab Q", "1 y", "2 AB Q", "1 AB Q", "2 z")
    resource = project.build(table, settings).resource
    assert project.outline(resource) == ["x", ".ab", "..z", "y"]
    assert further_parents(resource, project) == {"ab": ["y"]}


def test_every_variant_is_told_once(project: Project) -> None:
    table = flat("ab A x", "AB A x", "Ab A x", "AB A x", "cd C y")
    assert project.found(table, metadata(), of="CS2") == ["CS215 3:1", "CS215 4:1", "CS211 5:1"]


BELOW_REPEATS = {
    "the parent again": (
        levels("1 a", "1 b", "1 a", "2 c", "2 d"),
        ["a", ".c", ".d", "b"],
        ["CS211 4:5", "CS216 5:5"],
        "lines 5-6 stand below line 4, which repeats 'a' of line 2",
    ),
    "behind the children it had": (
        levels("1 a", "2 x", "1 b", "1 a", "2 c", "3 e", "2 d"),
        ["a", ".x", ".c", "..e", ".d", "b"],
        ["CS211 5:5", "CS216 6:5"],
        "lines 6-8 stand below line 5, which repeats 'a' of line 2",
    ),
    "below a second parent": (
        levels("1 a", "2 x", "1 b", "2 a", "3 c"),
        ["a", ".x", ".c", "b"],
        ["CS213 5:5", "CS216 6:5"],
        "line 6 stands below line 5, which repeats 'a' of line 2",
    ),
    "right below": (
        levels("1 a", "1 a", "2 c"),
        ["a", ".c"],
        ["CS211 3:5", "CS216 4:5"],
        "line 4 stands below line 3, which repeats 'a' of line 2",
    ),
    "a known child and a new one": (
        levels("1 a", "2 c", "1 b", "1 a", "2 c", "2 d"),
        ["a", ".c", ".d", "b"],
        ["CS211 5:5", "CS216 7:5"],
        "line 7 stands below line 5, which repeats 'a' of line 2",
    ),
}


@pytest.mark.parametrize(
    ("table", "outline", "found", "told"), BELOW_REPEATS.values(), ids=BELOW_REPEATS
)
def test_children_below_a_repeated_row_belong_to_the_one_concept(
    table: str, outline: list[str], found: list[str], told: str, project: Project
) -> None:
    built = project.build(table, metadata())
    assert project.outline(built.resource) == outline
    assert project.found(table, metadata(), of="CS2") == found
    (message,) = messages(project, table, metadata(), of="CS216")
    assert message.startswith(told)


@pytest.mark.parametrize(
    ("table", "place", "path"),
    [
        (levels("1 a", "2 a"), "3:5", "'a' below 'a'"),
        (levels("1 a", "2 b", "3 a"), "4:5", "'a' below 'b' below 'a'"),
        (levels("1 a", "2 b", "1 b", "2 a"), "5:5", "'a' below 'b' below 'a'"),
        (
            levels("1 a", "2 b", "3 c", "1 c", "2 a"),
            "6:5",
            "'a' below 'c' below 'b' below 'a'",
        ),
        (levels("1 x", "2 a", "3 b", "1 b", "2 a"), "6:5", "'a' below 'b' below 'a'"),
    ],
)
def test_a_cycle_is_an_error_with_its_path(
    table: str, place: str, path: str, project: Project
) -> None:
    by_property = metadata() + "  hierarchy: {as: parent-property}\n"
    for settings in (metadata(), by_property):
        built = project.build(table, settings)
        assert not built.ok
        (found,) = [each for each in built.diagnostics if each.rule.number == "CS217"]
        assert project.brief([found]) == [f"CS217 {place}"]
        assert path in found.message
    assert project.build(table, metadata("{second-parent: first}")).ok


def test_a_diamond_is_no_cycle(project: Project) -> None:
    table = levels("1 top", "2 left", "3 end", "2 right", "3 end")
    built = project.build(table, metadata())
    assert project.outline(built.resource) == ["top", ".left", "..end", ".right"]
    assert further_parents(built.resource, project) == {"end": ["right"]}


def test_twenty_blocks_are_told_and_the_rest_is_counted(project: Project) -> None:
    rows = [row for number in range(25) for row in (f"a{number} A x", f"b{number} B x")]
    again = [row for row in reversed(rows) if row.startswith("a")]
    found = project.build(flat(*rows, *again), metadata()).diagnostics
    told = [each for each in found if each.rule.number == "CS211"]
    assert [each.more for each in told] == [0] * 19 + [5]


def test_the_count_is_that_of_the_concepts(project: Project) -> None:
    assert project.build(flat("a A x", "a A x", "b B y"), metadata()).resource["count"] == 2
