"""Whatever the bytes are, a build tells findings, at places that are there, and never raises."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import click
import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

import fhir_codesystem
from fhir_codesystem.errors import BuildFailed
from fhir_codesystem.reporters import text as text_reporter
from fhir_codesystem.reporters.formats import FORMATS, TEXT, reporter
from fhir_codesystem.reporters.report import Report, Told
from fhir_codesystem.tables.decoding import decode

from .builds import table
from .forests import Forest, forests
from .layouts import ENCODINGS, layouts
from .metadata import metadata
from .profiles import examples
from .texts import any_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fhir_codesystem.api import Built
    from fhir_codesystem.diagnostics import Diagnostic, Location

GOOD = b"Lvl | Code | Display | Definition\n1 | a | A | x\n2 | b | B | y\n"
WIDE = {name: mark for name, mark in ENCODINGS.items() if mark}
WORDS = (
    *("Lvl", "Code", "Display", "Definition", "Level", "Name", "1", "2", "0", "-1", "a", "b", "AB"),
    *(" | ", "|", "\n", "\r\n", "\n\n", "\r", "---", "| --- |", r"\|", " ", "\t"),
    *(",", ";", '"', '""', "sep=;\n", "Code,Display\n", "# a\n\n", "| Code | Name |\n| - | - |\n"),
)


Lines = list[str]


def readings(path: str, data: bytes) -> list[Lines]:
    """Return the lines of a source as an editor shows them; of bytes as editors may show them."""
    text, _ = decode(path, data)
    if text is not None:
        return [text.data.decode().split("\n")]
    marked = [data[len(mark) :].decode(encoding, "replace") for encoding, mark in WIDE.items()]
    texts = [data.decode("utf-8", "surrogateescape"), data.decode("latin-1"), *marked]
    return [text.split("\n" if "\n" in text else "\r") for text in texts]


def is_inside(place: Location, lines: Lines) -> bool:
    """Whether a place is one in the lines; the place behind the last character is one too."""
    if place.line is None:
        return place.column is None
    if not 1 <= place.line <= len(lines):
        return False
    return 1 <= (place.column or 1) <= len(lines[place.line - 1].rstrip("\r")) + 1


def check(built: Built, sources: Mapping[str, bytes]) -> None:
    """Check what was said of a build, and that it is all or nothing."""
    lines = {path: readings(path, data) for path, data in sources.items()}

    def quote(location: Location) -> str | None:
        line, (first, *_) = location.line, lines[location.path]
        return first[line - 1] if line and line <= len(first) else None

    for found in built.diagnostics:
        for place in (found.location, *(related.location for related in found.related)):
            inside = any(is_inside(place, each) for each in lines[place.path])
            assert inside, (place, found.message)
        for told in text_reporter.lines(found, quote):
            assert click.unstyle(told).isprintable(), told
    report = Report([Told(built.outcome.path, built.diagnostics)], folder="/project")
    told_in = {style: reporter(style)(report) for style in FORMATS if style != TEXT}
    findings = json.loads(told_in["json"])["findings"]
    assert [each["message"] for each in findings] == [each.message for each in built.diagnostics]
    assert len(json.loads(told_in["sarif"])["runs"][0]["results"]) == len(findings)
    assert len(json.loads(told_in["fhir"])["issue"]) == max(1, len(findings))
    assert len(told_in["github"].splitlines()) == len(findings)
    assert ET.fromstring(told_in["junit"]).tag == "testsuites"
    if built.ok:
        assert json.loads(built.json) == built.resource
        assert built.markdown.endswith("\n")
        assert not any(_is_error(found) for found in built.diagnostics)
    else:
        assert any(_is_error(found) for found in built.diagnostics)
        assert not built.artifacts
        with pytest.raises(BuildFailed):
            _ = built.json


def _is_error(found: Diagnostic) -> bool:
    return found.severity.value == "error"


def build_and_check(data: bytes) -> Built:
    """Build a table given as bytes and check what was said."""
    built = fhir_codesystem.build(data)
    check(built, {"table": data})
    return built


@given(st.binary(max_size=200))
@examples(100)
def test_bytes(data: bytes) -> None:
    build_and_check(data)


@given(
    st.lists(st.sampled_from(WORDS) | any_text(2), max_size=20).map("".join),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "cp1252"]),
)
@examples(50)
def test_texts(text: str, encoding: str) -> None:
    build_and_check(("Code | Display\n" + text).encode(encoding, "replace"))
    build_and_check(text.encode(encoding, "replace"))


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """Draw a good table with some bytes put in, taken out or moved."""
    rows: Forest = draw(forests(6))
    data = bytearray(draw(layouts(rows)).data(rows))
    places = st.integers(0, len(data))
    for _ in range(draw(st.integers(1, 3))):
        start, end = sorted((draw(places), draw(places)))
        change = draw(st.sampled_from(["insert", "delete", "repeat", "replace"]))
        if change == "insert":
            data[start:start] = draw(st.sampled_from([b"|", b"\n", b"\r", b"\0", b"\xff", b"\\"]))
        elif change == "delete":
            del data[start : min(end, start + 4)]
        elif change == "repeat":
            data[end:end] = data[start:end][:200]
        else:
            data[start : start + 2] = draw(st.binary(max_size=3))
    return bytes(data)


@given(spoilt())
@example(b"| Code |\r| \xf0\n\x9f\x98\x80 |\r| \xf0\x9f\x98\x80 |")
@examples(80)
def test_spoilt_tables(data: bytes) -> None:
    build_and_check(data)


KEYS = (
    *(
        "url",
        "id",
        "name",
        "title",
        "status",
        "content",
        "version",
        "experimental",
        "date",
        "count",
    ),
    *(
        "publisher",
        "contact",
        "telecom",
        "system",
        "value",
        "description",
        "identifier",
        "property",
    ),
    *(
        "code",
        "type",
        "uri",
        "caseSensitive",
        "hierarchyMeaning",
        "valueSet",
        "supplements",
        "text",
    ),
    *(
        "concept",
        "extension",
        "valueString",
        "meta",
        "language",
        "_title",
        "useContext",
        "contained",
    ),
    *("jurisdiction", "coding", "filter", "operator", "build", "columns", "duplicates", "conflict"),
    *("source", "fhirVersion", "hierarchy", "as", "narrative", "repeat", "resourceType", "topic"),
    *(
        "titel",
        "",
        "Status",
        "copyrightLabel",
        "versionAlgorithmString",
        "effectivePeriod",
        "start",
    ),
)
VALUES = (
    *("draft", "active", "complete", "fragment", "not-present", "supplement", "is-a", "true", "R5"),
    *("http://example.org/x", "urn:oid:1.2", "2024-13-01", "2024", "code", "string", "merge", "en"),
    *("keep-last", "error", "display", "ignore", "parent-property", "nested", "CodeSystem", "#x"),
)
SCALARS = (
    st.sampled_from(VALUES)
    | any_text(2)
    | st.booleans()
    | st.integers(-1, 2**70)
    | st.none()
    | st.floats()
)
NODES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda below: (
        st.lists(below, max_size=3) | st.dictionaries(st.sampled_from(KEYS), below, max_size=4)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(KEYS), NODES | SCALARS, max_size=8))
@examples(70)
def test_metadata_of_any_shape(stated: dict[str, Any]) -> None:
    built = fhir_codesystem.build(GOOD, metadata=stated)
    text = yaml.safe_dump(stated, sort_keys=False, width=10**9)
    long = "\n".join(line + " " * 10**4 for line in (text + "\n" * 10**3).split("\n"))
    check(built, {"table": GOOD, "metadata": long.encode()})


@given(metadata(), st.dictionaries(st.sampled_from(KEYS), NODES, max_size=2))
@examples(40)
def test_good_metadata_with_something_odd(stated: dict[str, Any], odd: dict[str, Any]) -> None:
    test_metadata_of_any_shape.hypothesis.inner_test(stated | odd)  # type: ignore[attr-defined]


YAML_WORDS = (
    *("\n", "\n", "\n  ", "\n- ", ": ", ":", "- ", "  ", " ", "\t", "? ", "# x", " # y", "\r\n"),
    *("{", "}", "[", "]", ", ", "'", '"', "|\n  ", ">-\n  ", "|+\n", "\\", "%YAML 1.1\n", "---\n"),
    *(
        "...\n",
        "&a ",
        "*a",
        "!!str ",
        "!!python/object:os.system ",
        "!x ",
        "<<: ",
        "~",
        "null",
        "!",
    ),
    *("0x1F", "1_000", "1:30", "yes", "2024-01-01", ".inf", "\ufeff", "\u2028", "\x85", "\0", "@"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for a table and its metadata, used again by each example."""
    return tmp_path_factory.mktemp("input")


@given(
    text=st.lists(
        st.sampled_from(YAML_WORDS) | st.sampled_from(KEYS) | st.sampled_from(VALUES) | any_text(2),
        max_size=16,
    ).map("".join),
    encoding=st.sampled_from(["utf-8", "utf-8", "utf-16", "cp1252"]),
)
@examples(70)
def test_yaml_of_any_kind(folder: Path, text: str, encoding: str) -> None:
    metadata_path, table_path = folder / "x.yaml", folder / "x.txt"
    for beginning in ("", "status: draft\ncontent: complete\n"):
        data = (beginning + text).encode(encoding, "replace")
        metadata_path.write_bytes(data)
        table_path.write_bytes(GOOD)
        sources = {str(metadata_path): data, str(table_path): GOOD}
        check(fhir_codesystem.build(table_path), sources)


@given(forests(4), st.lists(st.tuples(st.sampled_from(KEYS), any_text(2)), max_size=3))
@examples(40)
def test_settings_of_columns(rows: Forest, columns: list[tuple[str, str]]) -> None:
    """Any header may be named, for any field."""
    data = table(rows)
    stated = {"build": {"columns": {header: field for field, header in columns}}}
    built = fhir_codesystem.build(data, metadata=stated)
    check(built, {"table": data, "metadata": (" " * 10**4 + "\n").encode() * 100})
