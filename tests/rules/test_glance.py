"""A glance at a small code system: what it says that no rule tells, none tells."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fhir_codesystem import check, pipeline
from fhir_codesystem.concepts.folding import folded, folded_text
from fhir_codesystem.preparation import prepare
from fhir_codesystem.rules.glance import MOST_BYTES, of_columns, of_resource
from fhir_codesystem.rules.registry import BEYOND, check_rules, that_may_tell
from fhir_codesystem.sources import described
from fhir_codesystem.tables.source import Source

if TYPE_CHECKING:
    from fhir_codesystem.codesystem.resource import CodeSystem

STANDARD = "http://hl7.org/fhir/concept-properties#"
ODD = (*("\N{NO-BREAK SPACE}", "\N{SOFT HYPHEN}", "\N{THIN SPACE}", "\x85", "  ", "\t", "\n", " "),)
LETTERS = (*"abOIl01|", "\N{CYRILLIC CAPITAL LETTER O}", "ß", "É", "ﬁ", "ª", "肺", "é", "-", "(")
WORDS = (*("Lung", "lung", "LUNG", "left lung", "Доля", "&amp;", "<b>", "<", "1.5"), *ODD, *LETTERS)
QUIET: dict[str, Any] = {
    "resourceType": "CodeSystem",
    "url": "http://example.org/x",
    "version": "1.0.0",
    "name": "Organs",
    "title": "Organs",
    "status": "active",
    "content": "complete",
    "concept": [
        {"code": "a", "display": "Lung", "definition": "An organ of breathing, one of two."},
        {"code": "b", "display": "Heart", "definition": "It pumps.", "concept": [{"code": "b1"}]},
    ],
}

texts = st.lists(st.sampled_from(WORDS), max_size=4).map("".join)
wrong = st.sampled_from((None, 1, 1.5, True, False, [], {}, ["x"], {"x": 1}))


def mostly(good: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Draw what is good, and now and then what is of another type."""
    return st.integers(0, 60).flatmap(lambda drawn: good if drawn else wrong)


@st.composite
def definitions(draw: st.DrawFn, display: object) -> str:
    before = draw(st.sampled_from(("", "", "A ", "This is the ", "Means ", "Some ")))
    after = draw(st.sampled_from(("", ".", " .;", " concept", " of a dog that barks at night")))
    return f"{before}{display}{after}" if draw(st.booleans()) else draw(texts)


@st.composite
def concepts(draw: st.DrawFn, depth: int = 2) -> dict[str, Any]:
    display = draw(st.one_of(texts, st.sampled_from(("Lung", "x" * 401))))
    made: dict[str, Any] = {
        "code": draw(mostly(st.lists(st.sampled_from(LETTERS), min_size=1).map("".join))),
        "display": draw(mostly(st.just(display))),
        "definition": draw(mostly(definitions(display))),
        "designation": draw(mostly(st.lists(st.builds(dict, value=mostly(texts)), max_size=2))),
        "property": draw(mostly(st.lists(properties, max_size=2))),
        "concept": draw(mostly(st.lists(concepts(depth - 1), max_size=3))) if depth else [],
    }
    chosen = draw(st.sets(st.sampled_from([*made])))
    return {name: made[name] for name in made if name == "code" or name in chosen}


named = st.sampled_from(("status", "inactive", "deprecated", "retirementDate", "own", "parent"))
properties: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.builds(dict, code=named, valueCode=st.sampled_from(("retired", "Withdrawn", "active"))),
    st.builds(dict, code=named, valueBoolean=st.booleans()),
    st.builds(dict, code=named, valueString=st.sampled_from(("TRUE", "obsolete", "x"))),
    st.builds(dict, code=named, valueDateTime=st.just("2024-03-01")),
)
declared: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict, code=mostly(named), uri=mostly(named.map(STANDARD.__add__)), type=st.just("code")
)
systems = st.fixed_dictionaries(
    {
        "resourceType": st.just("CodeSystem"),
        "status": mostly(st.sampled_from(("active", "active", "draft"))),
        "content": st.just("complete"),
        "concept": mostly(st.lists(concepts(), max_size=30)),
    },
    optional={
        "caseSensitive": st.booleans(),
        "version": mostly(st.sampled_from(("1", "latest", "1 0"))),
        "name": mostly(st.sampled_from(("Organs", "DeprecatedOrgans"))),
        "title": mostly(st.sampled_from(("Organs", "Organs (deprecated)"))),
        "property": mostly(st.lists(declared, max_size=2)),
    },
)


def made_of(data: bytes) -> CodeSystem | None:
    """Make columns of a resource."""
    source = described(None, "DoNotUse.json", Source("DoNotUse.json", data))
    return prepare(source, repairs=False)[0]


@settings(deadline=None)
@given(systems)
@example(QUIET | {"version": True})
@example(QUIET | {"concept": [{"code": "a"}, {"code": "b", "designation": [{"value": 1}]}]})
def test_what_is_not_looked_at_closely_has_no_findings(resource: dict[str, Any]) -> None:
    data = json.dumps(resource).encode()
    codesystem = made_of(data)
    at_a_glance = that_may_tell(of_resource(data))
    if codesystem is None:
        return
    found = list(check_rules(codesystem, BEYOND))
    assert list(check_rules(codesystem, at_a_glance)) == found
    assert list(check_rules(codesystem, that_may_tell(of_columns(codesystem)))) == found


def test_of_most_resources_no_columns_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "prepare", None)
    data = json.dumps(QUIET).encode()
    assert check(data) == check(b"\xef\xbb\xbf" + data)
    with pytest.raises(TypeError):
        check(data.replace(b"Heart", b"Lung"))


@pytest.mark.parametrize(
    "change",
    [
        {"resourceType": "ValueSet"},
        {"concept": [{"code": "a"}, {"code": "A"}]},
        {"concept": [{"code": "a", "display": 1}]},
        {"concept": [{"code": "a", "display": "two\N{NO-BREAK SPACE}words"}]},
        {"concept": {"code": "a"}},
        {"description": "x" * MOST_BYTES},
    ],
)
def test_what_is_odd_is_looked_at_closely(change: dict[str, Any]) -> None:
    assert of_resource(json.dumps(QUIET).encode()) is not None
    assert of_resource(json.dumps(QUIET | change).encode()) is None


@given(st.text(st.characters(max_codepoint=0x24F, exclude_characters="\x1c\x1d\x1e\x1f")))
def test_texts_are_folded_as_columns_are(text: str) -> None:
    assert [folded_text(text)] == folded(pl.Series([text])).to_list()
