"""Rows of texts: joined in memory or written to a file, the bytes are the same."""

from __future__ import annotations

import errno
import io
import os
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_codesystem.artifacts.streaming import Rows

TEXTS = st.none() | st.text(alphabet=st.sampled_from('a "|\\,;\n\r\t\0é漢😀')) | st.text()
FULL = Path("/dev/full")


@st.composite
def cells(draw: st.DrawFn) -> pl.DataFrame:
    width = draw(st.integers(1, 4))
    rows = draw(st.lists(st.tuples(*[TEXTS] * width), max_size=6))
    schema = {str(cell): pl.String for cell in range(width)}
    return pl.DataFrame(rows, schema=schema, orient="row")


@given(cells(), st.sampled_from('" |'), st.sampled_from(["", "\n", " |\n"]))
def test_rows_are_written_as_they_are_joined(frame: pl.DataFrame, between: str, end: str) -> None:
    rows = Rows(frame, between, end)
    texts = [between.join(text or "" for text in row) + end for row in frame.rows()]
    assert rows.joined() == "".join(texts).encode()
    file = io.BytesIO()
    rows.write(file)
    assert file.getvalue() == rows.joined()


def test_rows_stand_between_what_else_is_written(tmp_path: Path) -> None:
    path = tmp_path / "file"
    rows = Rows(pl.DataFrame({"0": ["a", None], "1": ["b", "c"]}), " ", "\n")
    with path.open("xb", buffering=0) as file:
        file.write(b"before\n")
        rows.write(file)
        assert file.tell() == len(b"before\na b\n c\n")
        file.write(b"after\n")
    assert path.read_bytes() == b"before\na b\n c\nafter\n"


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full here")
def test_what_the_system_refuses_is_told_in_its_words() -> None:
    rows = Rows(pl.DataFrame({"0": ["a" * 100_000]}), " ")
    with FULL.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space") as told:
        rows.write(file)
    assert told.value.strerror == os.strerror(errno.ENOSPC)
