"""The same input gives the same bytes, however the work is cut into pieces."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import fhir_codesystem
from fhir_codesystem.artifacts import streaming
from fhir_codesystem.codesystem import verdict
from fhir_codesystem.tables import decoding, lines

from .builds import table
from .layouts import layouts
from .metadata import VERSIONS, Metadata, metadata
from .profiles import examples
from .reprints import Polyhierarchy, polyhierarchies, tables

if TYPE_CHECKING:
    from collections.abc import Callable

    from fhir_codesystem.api import Built

    from .forests import Forest


def everything(built: Built) -> tuple[dict[str, bytes], list[str]]:
    """Return all that a build gives: its artifacts, its findings."""
    return dict(built.artifacts), [repr(found) for found in built.diagnostics]


def in_pieces(build: Callable[[], Built], size: int) -> Built:
    """Build with as few rows, values and bytes a piece as is asked for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streaming, "CHUNK", size)
        patch.setattr(streaming, "LARGE", 1)
        patch.setattr(verdict, "CHUNK", size)
        patch.setattr(verdict, "MOST_CONCEPTS_WHOLE", 0)
        patch.setattr(lines, "LARGE", 0)
        return build()


@given(st.data(), polyhierarchies(), st.integers(1, 5))
@examples(30)
def test_pieces_give_the_same_bytes(data: st.DataObject, drawn: Polyhierarchy, size: int) -> None:
    source = data.draw(layouts(drawn.printed)).data(drawn.printed)
    whole = fhir_codesystem.build(source)
    assert whole.ok
    pieces = in_pieces(lambda: fhir_codesystem.build(source), size)
    assert everything(pieces) == everything(whole)


@given(tables(), st.integers(1, 3), metadata(), VERSIONS)
@examples(30)
def test_the_same_input_gives_the_same_bytes_and_findings(
    rows: Forest, size: int, stated: Metadata, version: str
) -> None:
    source = table(rows)

    def build() -> Built:
        return fhir_codesystem.build(source, metadata=stated, fhir_version=version)

    once = everything(build())
    assert everything(build()) == once
    assert everything(in_pieces(build, size)) == once


@given(tables(), st.integers(1, 3), metadata())
@examples(30)
def test_what_is_written_is_what_is_returned(rows: Forest, size: int, stated: Metadata) -> None:
    """Rows are written in another way than they are joined in memory."""
    source = table(rows)
    once = dict(fhir_codesystem.build(source, metadata=stated).artifacts)
    with TemporaryDirectory() as folder:
        in_pieces(lambda: fhir_codesystem.build(source, metadata=stated, output=folder), size)
        assert {each.name: each.read_bytes() for each in Path(folder).iterdir()} == once


@given(
    st.binary(max_size=12) | st.text(max_size=6).map(str.encode),
    st.sampled_from([b"", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf0\x9f\x98"]),
    st.integers(1, 5),
)
@examples(200)
def test_utf8_is_checked_in_pieces_as_in_one(data: bytes, end: bytes, size: int) -> None:
    whole = data + end + b"x"
    expected = None
    try:
        whole.decode()
    except UnicodeDecodeError as error:
        expected = error.start
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decoding, "SAMPLE", size)
        assert decoding._utf8_error(whole) == expected
