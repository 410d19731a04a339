"""Rows of the same code: what they come to and what is said, against a plain model of both."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import assume, example, given
from hypothesis import strategies as st

import fhir_codesystem

from .builds import stated_parents, table
from .forests import Forest, Row, flattened
from .merging import KINDS, Merged, Policies, merged
from .pages import parsed
from .profiles import examples
from .reprints import tables

RULES = dict(zip(KINDS, ("CS211", "CS212", "CS213"), strict=True))
LINES = re.compile(r"\blines? (\d+)(?:-(\d+))?")
FIRST_LINE = 2
"""The line of row 0: that below the header."""


POLICIES = st.builds(
    Policies,
    second_parent=st.sampled_from(["keep", "keep", "first"]),
    display=st.sampled_from(["keep-first", "keep-last", "designation", "error"]),
    definition=st.sampled_from(["keep-first", "keep-last", "keep-first", "error"]),
    one_spelling=st.booleans(),
    nested=st.booleans(),
)


def metadata(policies: Policies) -> dict[str, Any]:
    """Write policies as settings."""
    return {
        "url": "http://example.org/x",
        "status": "draft",
        "content": "complete",
        "caseSensitive": not policies.one_spelling,
        "build": {
            "narrative": False,
            "hierarchy": {"as": "nested" if policies.nested else "parent-property"},
            "duplicates": {
                "second-parent": policies.second_parent,
                "conflict": {"display": policies.display, "definition": policies.definition},
            },
        },
    }


def designations(concepts: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Return the designations of all concepts that have some."""
    found = {}
    for concept in concepts:
        if "designation" in concept:
            found[concept["code"]] = [each["value"] for each in concept["designation"]]
        found |= designations(concept.get("concept", []))
    return found


@given(tables(), POLICIES)
@examples(120)
@example([Row(1, "a", "x"), Row(1, "a", "y"), Row(1, "a", "x")], Policies(display="keep-last"))
def test_rows_come_to_what_the_plain_model_says(rows: Forest, policies: Policies) -> None:
    expected = merged(rows, policies)
    built = fhir_codesystem.build(table(rows), metadata=metadata(policies))
    clashes = [
        text
        for text, told in expected.clashes.items()
        if told and getattr(policies, text) == "error"
    ]
    cyclic = expected.cyclic and policies.second_parent != "first"
    assert built.ok == (not clashes and not cyclic)
    if not built.ok:
        return
    concepts = built.resource["concept"]
    assert flattened(concepts) == expected.rows(nested=policies.nested)
    assert stated_parents(concepts) == expected.parents(policies)
    assert designations(concepts) == {
        each.code: each.designations for each in expected.concepts if each.designations
    }
    assert built.resource["count"] == len(expected.concepts)
    page = parsed(built.markdown).table("Concepts")
    shown = page.header.index("Display") if "Display" in page.header else None
    displays = [row.display or "" for row in expected.rows(nested=policies.nested)]
    assert [row[shown] for row in page.rows if shown] == (displays if shown else [])
    assert bool(shown) == any(displays)


@given(tables(), POLICIES)
@examples(120)
@example([Row(1, code) for code in "abcdaec"], Policies())
@example([Row(1, code) for code in "abcdeabfd"], Policies())
def test_every_repeated_line_is_named_and_no_other(rows: Forest, policies: Policies) -> None:
    expected = merged(rows, policies)
    built = fhir_codesystem.build(table(rows), metadata=metadata(policies))
    told: dict[str, dict[int, int]] = {}
    clashing: set[int] = set()
    for found in built.diagnostics:
        assume(not found.more)  # those left out name no line
        number = found.rule.number
        if number in RULES.values():
            claims = claimed(found.message)
            assert found.location.line == min(claims)
            assert not told.setdefault(number, {}).keys() & claims.keys()
            told[number] |= claims
            if number == "CS213":
                assert len({id(expected.under[line - FIRST_LINE]) for line in claims}) == 1
        elif number == "CS214":
            assert found.location.line is not None
            clashing.add(found.location.line)
        elif number == "CS217":
            assert expected.cyclic
    assert told == _by_line(expected)
    assert clashing == {
        row + FIRST_LINE for told_rows in expected.clashes.values() for row in told_rows
    }


def claimed(message: str) -> dict[int, int]:
    """Return what a message says: the lines that repeat others, each with the line it repeats."""
    (again, firsts) = LINES.findall(message)
    step = 2 if message.startswith("every second one of") else 1
    repeating, repeated = (
        range(int(first), int(last or first) + 1, step) for first, last in (again, firsts)
    )
    claims = dict(zip(repeating, repeated, strict=True))
    if "the line before it" in message:
        assert all(line == first + 1 for line, first in claims.items()), message
    return claims


def _by_line(expected: Merged) -> dict[str, dict[int, int]]:
    return {
        RULES[kind]: {row + FIRST_LINE: first + FIRST_LINE for row, first in rows.items()}
        for kind, rows in expected.repeats.items()
        if rows
    }


@given(tables(), st.sampled_from(KINDS))
@examples(60)
def test_a_kind_of_repeat_can_be_refused(rows: Forest, kind: str) -> None:
    lenient = Policies(display="keep-first", definition="keep-first")
    settings = metadata(lenient)
    settings["build"]["duplicates"][kind] = "error"
    expected = merged(rows, lenient)
    built = fhir_codesystem.build(table(rows), metadata=settings)
    assert built.ok == (not expected.repeats[kind] and not expected.cyclic)
