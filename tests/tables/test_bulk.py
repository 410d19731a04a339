"""Exchange formats of terminologies: what is common to all of them.

tests/corpus/bulk holds one small terminology of colours in each of them, made for these tests
after the definitions that the readers name.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_codesystem import build
from fhir_codesystem.errors import EnvironmentProblem
from fhir_codesystem.sources import everything_in, resolve
from fhir_codesystem.tables import claml, hapi, obo, obographs, propcsv, skos
from fhir_codesystem.tables.bulk import packed
from fhir_codesystem.tables.reading import READERS, SIGNS, possible, read
from fhir_codesystem.tables.source import Source

if TYPE_CHECKING:
    from conftest import Project
    from fhir_codesystem.tables.table import Table

BULK = Path(__file__).parents[1] / "corpus" / "bulk"
READER = {
    "colours.1.propcsv.csv": propcsv,
    "colours.2.claml.xml": claml,
    "colours.3.claml.xml": claml,
    "colours.obo": obo,
    "colours.obographs.json": obographs,
    "colours.rdf": skos,
    "colours.ttl": skos,
}
SOURCES = {name: (BULK / name).read_bytes() for name in READER} | {
    "colours.zip": packed(BULK / "colours")
}
READER["colours.zip"] = hapi
NOT_OURS = {
    "FHIR XML": b'<?xml version="1.0"?><CodeSystem xmlns="http://hl7.org/fhir"/>',
    "FHIR JSON": b'{"resourceType":"CodeSystem","concept":[{"code":"graphs"}]}',
    "FHIR JSON with a text on graphs": b'{"resourceType":"CodeSystem","nodes":[],"graphs":""}',
    "HTML that shows ClaML": b"<html><body><ClaML version='2.0.0'/></body></html>",
    "HTML that shows Turtle": b"<!DOCTYPE html><pre>@prefix skos: "
    b"&lt;http://www.w3.org/2004/02/skos/core#&gt;</pre>",
    "Markdown that shows Turtle": b"# Title\n\nSome text\n\n    @prefix skos: "
    b"<http://www.w3.org/2004/02/skos/core#> .\n",
    "RDF that is not SKOS": b"@prefix : <http://example.org/> .\n:a :b :c .\n",
    "OWL in RDF/XML": b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>',
    "a zip archive of other files": packed(BULK),
    "a pipe-delimited table": b"Code | Display\nresource | CodeSystem\n",
    "a CSV": b"Code,Display\na,resource\nCodeSystem,b\n",
    "JSON": b'[{"code": "a"}]',
    "nothing": b"",
}


def table_of(name: str, data: bytes) -> Table:
    table = read(Source(name, data)).table
    assert table is not None
    return table


@pytest.mark.parametrize("name", SOURCES)
def test_the_same_terminology_is_read_from_every_format(name: str) -> None:
    table = table_of(name, SOURCES[name])
    codes, displays = (table.frame[cell].to_list() for cell in "01")
    assert codes == ["012", "0", "01", "02", "011"]
    first_words = [re.split(r"\W", display)[0] for display in displays]
    assert first_words == ["Violet", "Colour", "Warm", "Cold", "Red"]
    assert table.links.parents.rows() == [(0, "01"), (0, "02"), (2, "0"), (3, "0"), (4, "01")]


@pytest.mark.parametrize("name", SOURCES)
def test_exactly_one_reader_recognises_a_format_whatever_its_name(name: str) -> None:
    source = Source("table.txt", SOURCES[name])
    recognising = [each for each in set(READER.values()) if each.recognises(source)]
    assert recognising == [READER[name]]
    assert READERS[-1] == "pipe"


@pytest.mark.parametrize("name", SOURCES)
def test_a_reader_is_imported_for_what_it_may_read_alone(name: str) -> None:
    module = READER[name].__name__.rpartition(".")[2]
    assert module in possible(Source(name, SOURCES[name]))
    plain = Source("table.txt", b"Code | Display\na | A\n")
    assert SIGNS.keys().isdisjoint(possible(plain))


@pytest.mark.parametrize("data", NOT_OURS.values(), ids=NOT_OURS)
def test_what_is_of_another_format_is_not_claimed(data: bytes) -> None:
    for reader in set(READER.values()):
        assert not reader.recognises(Source("codes.zip", data))


@pytest.mark.parametrize("name", SOURCES)
def test_rows_know_the_places_of_their_codes(name: str) -> None:
    table = table_of(name, SOURCES[name])
    places = table.locate(table.frame["line"].to_list(), 0)
    if name == "colours.zip":
        text = (BULK / "colours" / "concepts.csv").read_text("utf-8")
    else:
        text = SOURCES[name].decode()
    lines = [line.rstrip("\r") for line in text.split("\n")]
    for place, code in zip(places, table.frame["0"].to_list(), strict=True):
        assert place.line is not None
        assert place.column is not None
        following = [lines[place.line - 1][place.column - 1 :], *lines[place.line :]]
        assert code in "".join(following[:2])
    assert table.heading(0).path == table.path


@pytest.mark.parametrize("name", SOURCES)
@settings(max_examples=40, deadline=None)
@given(at=st.floats(0, 1), cut=st.integers(0, 40), put=st.binary(max_size=8))
def test_a_damaged_file_is_a_finding_never_an_exception(
    name: str, at: float, cut: int, put: bytes
) -> None:
    data = SOURCES[name]
    start = int(at * len(data))
    damaged = Source(name, data[:start] + put + data[start + cut :])
    if READER[name].recognises(damaged):
        reading = READER[name].read(damaged)
        assert reading.table is not None or reading.diagnostics


@pytest.mark.parametrize("name", SOURCES)
def test_a_file_that_is_cut_off_gives_no_half_table_where_that_can_be_known(name: str) -> None:
    reading = read(Source(name, SOURCES[name][: len(SOURCES[name]) * 3 // 4]))
    if name.endswith((".obo", ".propcsv.csv")):  # nothing says where these end
        return
    assert reading.table is None
    assert {each.rule.number for each in reading.diagnostics} <= {"CS101", "CS160"}


def test_a_folder_of_the_bulk_format_is_a_source() -> None:
    folder = BULK / "colours"
    source = resolve(folder).source()
    assert source is not None
    table = table_of(source.path, source.data)
    assert table.path == str(folder / "concepts.csv")
    assert folder in everything_in(BULK)
    assert BULK / "colours.ttl" in everything_in(BULK)


def test_a_folder_and_its_archive_build_the_same(project: Project) -> None:
    project.write("codes/concepts.csv", "CODE,DISPLAY\n0,Colour\n011,Red\n")
    project.write("codes/codesystem.json", '{"resourceType": "CodeSystem"}')
    project.write("codes.zip", packed(project.folder / "codes"))
    built = [build(project.folder / name) for name in ("codes", "codes.zip")]
    assert built[0].resource["concept"] == [
        {"code": "0", "display": "Colour"},
        {"code": "011", "display": "Red"},
    ]
    assert built[0].resource == built[1].resource
    assert built[0].resource["id"] == "codes"


def test_a_folder_has_its_metadata_beside_it(tmp_path: Path) -> None:
    (tmp_path / "codes").mkdir()
    (tmp_path / "codes" / "concepts.csv").write_text("CODE,DISPLAY\na,A\n", "utf-8")
    (tmp_path / "codes.yaml").write_text("status: draft\ncontent: complete\n", "utf-8")
    of_folder = resolve(tmp_path / "codes")
    of_metadata = resolve(tmp_path / "codes.yaml")
    assert of_folder.document is not None
    assert of_folder.table == of_metadata.table == tmp_path / "codes"


def test_other_folders_are_refused_as_before(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="is a folder; name the files in it"):
        resolve(tmp_path)
    (tmp_path / "concepts.csv").mkdir()
    with pytest.raises(EnvironmentProblem, match="is a folder; name the files in it"):
        resolve(tmp_path)


def test_only_files_of_the_format_are_packed(tmp_path: Path) -> None:
    for name in ("concepts.csv", "hierarchy.csv", "secret.txt"):
        (tmp_path / name).write_text("CODE,DISPLAY\n", "utf-8")
    names = zipfile.ZipFile(io.BytesIO(packed(tmp_path))).namelist()
    assert names == ["concepts.csv", "hierarchy.csv"]
