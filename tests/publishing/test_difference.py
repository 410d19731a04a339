"""The difference in meaning between two code systems."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from fhir_codesystem.publishing.difference import Difference, concepts_of, difference, walk

from .conftest import colours

if TYPE_CHECKING:
    from collections.abc import Callable

CODES = st.lists(st.sampled_from("abcdefghij"), unique=True, max_size=10)


@st.composite
def trees(draw: Callable[..., Any]) -> list[dict[str, Any]]:
    """Concepts, each below one of those before it or at the top."""
    top: list[dict[str, Any]] = []
    made: list[dict[str, Any]] = []
    for code in draw(CODES):
        concept = {"code": code, "display": draw(st.sampled_from(["one", "two"]))}
        at = draw(st.integers(-1, len(made) - 1))
        (top if at < 0 else made[at].setdefault("concept", [])).append(concept)
        made.append(concept)
    return top


@given(trees())
def test_nothing_differs_from_itself_in_any_order(concept: list[dict[str, Any]]) -> None:
    turned = copy.deepcopy(concept)
    turned.reverse()
    assert not difference(colours(concept=concept), colours(concept=turned))


@given(trees(), trees())
def test_the_difference_back_is_the_difference_turned(
    one: list[dict[str, Any]], two: list[dict[str, Any]]
) -> None:
    there = difference(colours(concept=one), colours(concept=two))
    back = difference(colours(concept=two), colours(concept=one))
    assert set(there.added) == set(back.removed)
    assert set(there.changed) == set(back.changed)
    assert set(there.moved) == set(back.moved)
    codes = {concept["code"] for concept, _, _ in walk(colours(concept=two))}
    assert codes == set(concepts_of(colours(concept=one))) - set(there.removed) | set(there.added)


def test_each_kind_of_difference() -> None:
    after = colours(title="T", text={"status": "empty"}, meta={"versionId": "9"}, id="other")
    after["concept"] = [
        {"code": "colour", "display": "Color", "concept": [{"code": "green"}]},
        {"code": "red", "display": "Red"},
    ]
    assert difference(colours(), after) == Difference(
        elements=("title",),
        added=("green",),
        removed=("blue",),
        changed=("colour",),
        moved=("red",),
    )


def test_the_order_of_properties_and_designations_means_nothing() -> None:
    def with_properties(*codes: str) -> dict[str, Any]:
        values = [{"code": code, "valueString": "x"} for code in codes]
        return colours(concept=[{"code": "a", "property": values}])

    assert not difference(with_properties("p", "q"), with_properties("q", "p"))
    assert difference(with_properties("p", "q"), with_properties("q")).changed == ("a",)


def test_concepts_that_are_there_twice_differ_from_one() -> None:
    once, twice = [{"code": "a"}, {"code": "b"}], [{"code": "a"}, {"code": "b"}, {"code": "a"}]
    found = difference(colours(concept=twice), colours(concept=once))
    assert found == Difference(doubled=("a",))
    assert str(found) == "1 doubled (a)"
    assert found == difference(colours(concept=once), colours(concept=twice))
    assert not difference(colours(concept=twice), colours(concept=twice))


def test_it_is_told_in_a_line() -> None:
    found = Difference(elements=("title",), added=("a", "b", "c", "d"), moved=("x",))
    assert str(found) == "4 added (a, b, c, …); 1 moved (x); title"
