"""A table that is begun to be read is the one that is read in the end, or the problem there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fhir_codesystem import EnvironmentProblem, sources
from fhir_codesystem.sources import Input, resolve
from fhir_codesystem.tables import reading

if TYPE_CHECKING:
    from pathlib import Path

    from fhir_codesystem.tables.source import Source
    from fhir_codesystem.tables.table import Reading

TABLE = "Code | Display\na | One\nb | Two\n"


def begun(tmp_path: Path) -> tuple[Path, Input]:
    path = tmp_path / "table.txt"
    path.write_text(TABLE)
    return path, resolve(path)


def test_a_begun_table_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []
    read = reading.read

    def counted(source: Source) -> Reading:
        seen.append(source.data)
        return read(source)

    monkeypatch.setattr(sources, "read", counted)
    path, table = begun(tmp_path)
    table.begin(reading=True)
    first = table.reading()
    assert first is not None
    assert first.table is not None
    assert first.table.frame["0"].to_list() == ["a", "b"]
    assert seen == [TABLE.encode()]
    path.write_text(TABLE + "c | Three\n")
    again = table.reading()
    assert again is not None
    assert again.table is not None
    assert again.table.frame.height == 3
    assert len(seen) == 2


@pytest.mark.parametrize("reading", [False, True])
def test_a_table_that_is_gone_is_told_when_it_is_wanted(tmp_path: Path, *, reading: bool) -> None:
    path, table = begun(tmp_path)
    path.unlink()
    table.begin(reading=reading)
    with pytest.raises(EnvironmentProblem, match="is not there"):
        table.reading()
