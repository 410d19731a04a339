"""The verdict by column is that of the fhir.resources model, whatever a column holds."""

from __future__ import annotations

from typing import Annotated, Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import StringConstraints, TypeAdapter, ValidationError

from fhir_codesystem.codesystem import verdict
from fhir_codesystem.codesystem.versions import (
    FHIRVersion,
    column_adapter,
    model_of,
    pattern_of,
)

from .profiles import examples
from .texts import any_text

BAD = (
    *("", " ", "  ", "\t", "\n", "\r\n", "\xa0", "\u2003", "\u3000\u3000", "\u200b", "\x1c"),
    *("a  b", "a\tb", "a\nb", "a\xa0b", "a\u2003b", "a \xa0b", " a", "a ", "a\n", "\na", "a\x01b"),
    *("\u0301", "\u0301 ", "\x00", "\x7f", "\x85", "\u2028", "\ufeff", "\u202e", "\uffff"),
)
GOOD = ("a", "a b", "0020000D", "a b c", "ß", "\N{GRINNING FACE}", "|", "a,b", "None", "1.0")
TEXTS = st.sampled_from(BAD) | st.sampled_from(GOOD) | any_text(3)
CELLS = st.none() | TEXTS
COLUMNS = ("code", "display", "definition")

Column = list[tuple[str, str | None, str | None]]


def refused_by_column(rows: Column, version: FHIRVersion) -> set[tuple[int, str, str]]:
    """Return what the columns' verdict refuses: row, element, text."""
    frame = pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
    most = len(rows)
    refused = list(verdict.refused_values(frame, version, most))
    assert all(each.reason for each in refused)
    found = {(each.row, each.element, each.text) for each in refused}
    assert len(found) == len(refused)
    return found


def refused_by_model(rows: Column, version: FHIRVersion) -> set[tuple[int, str, str]]:
    """Return what the model refuses of the same concepts."""
    concepts = [
        {name: text for name, text in zip(COLUMNS, row, strict=True) if text is not None}
        for row in rows
    ]
    resource: dict[str, Any] = {
        "resourceType": "CodeSystem",
        "status": "draft",
        "content": "complete",
        "concept": concepts,
    }
    try:
        model_of(version).model_validate(resource)
    except ValidationError as error:
        places = [problem["loc"] for problem in error.errors(include_url=False)]
        assert {(len(place), place[0]) for place in places} == {(3, "concept")}
        return {(int(row), str(name), concepts[int(row)][str(name)]) for _, row, name in places}
    return set()


@pytest.mark.parametrize("version", FHIRVersion)
@given(rows=st.lists(st.tuples(TEXTS, CELLS, CELLS), min_size=1, max_size=8))
@examples(150)
def test_columns_and_model_refuse_the_same_values(version: FHIRVersion, rows: Column) -> None:
    assert refused_by_column(rows, version) == refused_by_model(rows, version)


@given(
    st.lists(st.tuples(TEXTS, CELLS, CELLS), min_size=1, max_size=12),
    st.integers(1, 4),
    st.sampled_from(FHIRVersion),
)
@examples(100)
def test_pieces_of_a_column_are_judged_as_the_whole(
    rows: Column, size: int, version: FHIRVersion
) -> None:
    whole = refused_by_column(rows, version)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verdict, "CHUNK", size)
        assert refused_by_column(rows, version) == whole


@given(
    st.lists(st.tuples(TEXTS, CELLS, CELLS), min_size=1, max_size=8), st.sampled_from(FHIRVersion)
)
@examples(100)
def test_the_patterns_of_types_say_what_the_types_say(rows: Column, version: FHIRVersion) -> None:
    by_pattern = refused_by_column(rows, version)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verdict, "pattern_of", lambda _: None)
        assert refused_by_column(rows, version) == by_pattern


@pytest.mark.parametrize("version", FHIRVersion)
@pytest.mark.parametrize("element", COLUMNS)
def test_a_pattern_is_all_that_the_types_of_concepts_ask(
    version: FHIRVersion, element: str
) -> None:
    assert pattern_of(column_adapter(version, element))


def test_a_type_that_asks_for_more_has_no_pattern() -> None:
    short = Annotated[str, StringConstraints(pattern="a", max_length=3)]
    assert pattern_of(TypeAdapter(list[Annotated[str, StringConstraints(pattern="a")]])) == "a"
    assert pattern_of(TypeAdapter(list[short])) is None
    assert pattern_of(TypeAdapter(list[str])) is None


@pytest.mark.parametrize("version", FHIRVersion)
def test_the_verdict_is_not_always_the_same(version: FHIRVersion) -> None:
    rows: Column = [("a b", " ", "\t"), ("a  b", "\u2003", None), (" a", None, "")]
    refused = {(1, "code", "a  b"), (1, "display", "\u2003"), (2, "code", " a")}
    assert refused_by_column(rows, version) == refused | {(2, "definition", "")}
