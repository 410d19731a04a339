"""Resources that are too large to be judged are told so before they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fhir_codesystem import check, fix
from fhir_codesystem.errors import EnvironmentProblem
from fhir_codesystem.instance import acceptance
from fhir_codesystem.instance.acceptance import MOST_BYTES, too_large
from fhir_codesystem.rules.resources import CONCEPT, code_system, xml
from fhir_codesystem.sources import Input, resolve

if TYPE_CHECKING:
    from pathlib import Path

JSON = code_system(CONCEPT)
XML = xml('<status value="draft"/>')


def large(folder: Path, name: str, text: str, size: int = MOST_BYTES + 1) -> Path:
    """Write a file that has a size and takes no room."""
    path = folder / name
    with path.open("wb") as file:
        file.write(text.encode())
        file.truncate(size)
    return path


@pytest.mark.parametrize(("name", "text"), [("a.json", JSON), ("a.xml", XML)])
def test_a_large_resource_is_told_and_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    path = large(tmp_path, name, text)

    def read(_: Input) -> None:
        raise AssertionError("the file is read")

    monkeypatch.setattr(Input, "source", read)
    (found,) = check(path)
    assert (found.rule.number, found.location.path) == ("CS161", str(path))
    assert "300 MB" in found.message
    assert not fix(path).changes


def test_a_large_resource_is_not_read_ahead(tmp_path: Path) -> None:
    source = resolve(large(tmp_path, "a.json", JSON))
    source.begin()
    assert source.size() == MOST_BYTES + 1
    beginning = source.beginning(10)
    assert beginning is not None
    assert beginning.data == JSON.encode()[:10]


def test_the_size_of_bytes_and_of_a_file_that_is_gone(tmp_path: Path) -> None:
    path = large(tmp_path, "a.json", JSON, 100)
    source = resolve(path)
    path.unlink()
    assert source.size() == 0
    with pytest.raises(EnvironmentProblem, match="is not there"):
        source.beginning(10)


@pytest.mark.parametrize(("text", "values"), [(JSON, 8), (XML, 5)])
def test_very_many_values_are_told_and_not_judged(
    monkeypatch: pytest.MonkeyPatch, text: str, values: int
) -> None:
    monkeypatch.setattr(acceptance, "MOST_VALUES", values)
    assert "CS161" not in [each.rule.number for each in check(text.encode())]
    monkeypatch.setattr(acceptance, "MOST_VALUES", values - 1)
    assert [each.rule.number for each in check(text.encode())] == ["CS161"]


def test_the_largest_resource_is_read() -> None:
    assert too_large("a.json", MOST_BYTES) is None
    assert too_large("a.json", MOST_BYTES + 1) is not None
