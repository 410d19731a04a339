"""A table becomes a code system, and the code system is the table's tree again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from fhir_codesystem.codesystem.versions import FHIRVersion, elements_of, model_of

from .builds import built, concepts, stated_parents, table
from .forests import Forest, Row, as_read, flattened, forests, parents
from .layouts import layouts
from .metadata import VERSIONS, metadata
from .profiles import examples
from .reprints import Polyhierarchy, code_of, polyhierarchies, reprinted

if TYPE_CHECKING:
    from fhir_core.fhirabstractmodel import FHIRAbstractModel

PARENT = "http://hl7.org/fhir/concept-properties#parent"


@st.composite
def written(draw: st.DrawFn) -> tuple[Forest, bytes]:
    """Draw a forest and a table of it."""
    rows = draw(forests())
    return rows, draw(layouts(rows)).data(rows)


@given(written())
@examples(100)
def test_the_tree_survives_any_layout(drawn: tuple[Forest, bytes]) -> None:
    rows, data = drawn
    assert concepts(built(data)) == as_read(rows)


@given(forests())
@examples(40)
def test_a_table_that_stands_twice_gives_the_same_resource(rows: Forest) -> None:
    assert built(table([*rows, *rows])).json == built(table(rows)).json


@given(forests())
@examples(40)
def test_every_row_twice_gives_the_same_resource(rows: Forest) -> None:
    twice = [row for row in rows for _ in range(2)]
    assert built(table(twice)).json == built(table(rows)).json


@given(reprinted())
@examples(50)
def test_rows_printed_again_below_the_same_parent_change_nothing(
    drawn: tuple[Forest, Forest],
) -> None:
    rows, printed = drawn
    once, again = built(table(rows)), built(table(printed))
    assert (again.json, again.markdown) == (once.json, once.markdown)


@given(polyhierarchies())
@examples(50)
def test_further_parents_become_properties(drawn: Polyhierarchy) -> None:
    rows, printed, expected = drawn
    resource = built(table(printed)).resource
    assert flattened(resource["concept"]) == as_read(rows)
    assert stated_parents(resource["concept"]) == expected
    declared = [(each["code"], each["uri"]) for each in resource.get("property", [])]
    assert declared == [("parent", PARENT)] * bool(expected)


@given(polyhierarchies())
@examples(40)
def test_parents_as_properties_lose_no_parent(drawn: Polyhierarchy) -> None:
    """Flat: the parent in which a concept would be nested is the first of its properties."""
    rows, printed, further = drawn
    metadata = {
        "url": "http://example.org/x",
        "status": "draft",
        "content": "complete",
        "build": {"hierarchy": {"as": "parent-property"}},
    }
    resource = built(table(printed), metadata).resource
    expected = {}
    for row, parent in zip(rows, parents([row.level for row in rows]), strict=True):
        nest = [] if parent is None else [code_of(rows[parent])]
        if every := nest + further.get(code_of(row), []):
            expected[code_of(row)] = every
    assert stated_parents(resource["concept"]) == expected
    flat = [Row(1, row.code, row.display, row.definition) for row in rows]
    assert flattened(resource["concept"]) == as_read(flat)


@given(
    polyhierarchies(), st.text('"\\\x7fäx\t', min_size=1).filter(str.strip), metadata(), VERSIONS
)
@examples(50)
def test_json_has_the_layout_and_the_order_that_are_promised(
    drawn: Polyhierarchy, other: str, stated: dict[str, Any], version: str
) -> None:
    settings = {"fhirVersion": version, "duplicates": {"conflict": {"display": "designation"}}}
    rows = [*drawn.printed, Row(1, drawn.forest[0].code, other)]
    result = built(table(rows), stated | {"build": settings})
    text = result.json.decode()
    assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"
    assert _in_order(result.resource, model_of(FHIRVersion(version)))
    for name in stated.keys() - {"property"}:
        assert result.resource[name] == stated[name]


def _in_order(values: dict[str, Any], model: type[FHIRAbstractModel]) -> bool:
    """Whether the elements of a value, and of those in it, stand as in the specification."""
    sequence = ["resourceType", *model.elements_sequence()]
    assert list(values) == [name for name in sequence if name in values]
    elements = elements_of(model)
    for name, value in values.items():
        if name in elements and (below := elements[name].complex_type) is not None:
            assert all(
                _in_order(item, below) for item in (value if isinstance(value, list) else [value])
            )
    return True
