"""Whatever a resource is, it is checked: findings at places inside it, and never an exception."""

from __future__ import annotations

import json
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_codesystem.codesystem.versions import FHIRVersion
from fhir_codesystem.instance.checking import findings
from fhir_codesystem.rules.resources import HEAD, code_system
from fhir_codesystem.tables.source import Source

from .flaws import flaw
from .mutations import mutated
from .resources import Known, examples, rich

R4 = FHIRVersion.R4
RICH = [each for each in rich() if each.version is R4]
EXAMPLES = [each for each in examples() if len(each.data) < 5000]
BEGUN = "{" + ", ".join(HEAD)
XML = '<CodeSystem xmlns="http://hl7.org/fhir"><status value="draft"/>'


def found(data: str | bytes, name: str = "a.json") -> list[str]:
    """Judge a resource and tell its findings in short."""
    data = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    return [
        f"{each.rule.number} {each.location.line}:{each.location.column}"
        for each in findings(Source(name, data), R4)
    ]


@pytest.mark.parametrize("known", RICH, ids=lambda known: str(known.name))
def test_a_resource_that_is_cut_off_is_broken_where_it_ends(known: Known) -> None:
    whole = known.data.rstrip()
    for end in range(2, len(whole), 7):
        cut = known._replace(data=whole[:end])
        told = findings(Source(cut.name, cut.data), R4)
        assert told
        assert {each.rule.number for each in told} <= {"CS101", "CS103", "CS150", "CS151", "CS603"}
        assert flaw(cut, whole=False) is None, end


@pytest.mark.slow
@pytest.mark.parametrize("known", [*RICH, *EXAMPLES], ids=lambda known: str(known.name))
def test_a_resource_may_be_cut_off_at_every_byte(known: Known) -> None:
    for end in range(len(known.data)):
        cut = known._replace(data=known.data[:end])
        assert flaw(cut, whole=end % 20 == 0) is None, end


@settings(deadline=None, max_examples=60)
@given(st.integers(0))
def test_a_resource_changed_at_random_is_checked(seed: int) -> None:
    assert flaw(mutated(Random(seed), [*RICH, *EXAMPLES])) is None


@settings(deadline=None, max_examples=60)
@given(st.binary(), st.sampled_from(["a.json", "a.xml"]))
def test_any_bytes_are_checked(data: bytes, name: str) -> None:
    assert flaw(Known(name, data, R4)) is None


@settings(deadline=None, max_examples=60)
@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists))
def test_any_value_is_checked(value: object) -> None:
    members = {"resourceType": "CodeSystem", "concept": value, "text": value, "count": value}
    assert flaw(Known("a.json", json.dumps(members).encode(), R4)) is None
    assert flaw(Known("a.json", json.dumps(value).encode(), R4)) is None


@pytest.mark.parametrize(
    ("data", "expected"),
    {
        "empty": (b"", ["CS150 1:1"]),
        "blank": (b" \n\n", ["CS150 3:1"]),
        "mark-alone": (b"\xef\xbb\xbf", ["CS150 1:1"]),
        "null": (b"null", ["CS150 1:1"]),
        "number": (b"12", ["CS150 1:1"]),
        "array": (b"[{}]", ["CS150 1:1"]),
        "nothing": (b"{}", ["CS602 1:1"]),
        "unknown-type": (b'{"resourceType": "Codesystem"}', ["CS602 1:18"]),
        "another-type": (b'{"resourceType": "Patient", "x": 1}', []),
        "cut-in-a-character": (b'{"a": "\xc3', ["CS102 1:8", "CS150 1:7"]),
        "nul": (b'{"resourceType"\x00: "CodeSystem"}', ["CS150 1:16"]),
    }.values(),
)
def test_what_is_no_code_system(data: str | bytes, expected: list[str]) -> None:
    assert found(data) == expected


def test_what_is_no_utf8_is_an_error_and_judged_all_the_same() -> None:
    text = code_system('"title": "K\u00e4se"', '"x": 1')
    assert "CS102 5:13" not in found(text)
    assert {"CS102 5:13", "CS302 6:2"} <= set(found(text.encode("cp1252")))
    assert {"CS102 1:1", "CS302 6:2"} <= set(found(text.encode("utf-16")))
    mixed = text.encode() + "\u00d6".encode("cp1252")
    assert found(mixed) == ["CS103 7:1"]
    told = findings(Source("a.json", text.encode("cp1252")), R4)
    assert "error" in {each.severity for each in told if each.rule.number == "CS102"}


@pytest.mark.parametrize("mark", ["[", '{"a":', '{"concept":['])
def test_brackets_without_end(mark: str) -> None:
    for times in (300, 100_000):
        assert flaw(Known("a.json", f'{BEGUN}, "x": {mark * times}'.encode(), R4)) is None


def test_five_hundred_brackets_are_read_and_no_more() -> None:
    for concepts, read in ((249, True), (250, False)):
        nested = '"concept": [{"code": "a", ' * concepts + '"display": "A"' + "}]" * concepts
        told = found(f"{BEGUN}, {nested}}}")
        assert ("CS150" in " ".join(told)) is not read


def test_elements_that_stand_in_each_other_without_end() -> None:
    for times in (100, 240, 249):
        inside = f'"contained": [{BEGUN}, ' * times + '"id": "x"' + "}]" * times
        only = '{"assigner": {"identifier": ' * times + "1" + "}}" * times
        for each in (inside, f'"identifier": [{only}]', f"//\n{inside}"):
            assert flaw(Known("a.json", f"{BEGUN}, {each}}}".encode(), R4)) is None


def test_no_number() -> None:
    for each in ("Infinity", "NaN", "-Infinity", "1.", "+1", "0x1", "- 1", "1e", "."):
        data = f'{BEGUN}, "count": {each}}}'
        assert {"CS150", "CS307", "CS601"} & {told.split()[0] for told in found(data)}, each
        assert flaw(Known("a.json", data.encode(), R4)) is None


def test_numbers_of_any_length() -> None:
    digits = "9" * 1_000_000
    whole, exponent = f'"count": {digits}', f'"count": 1e{digits}'
    for each in (whole, exponent, f'"count": "{digits}"', f'"x": {digits}'):
        assert flaw(Known("a.json", code_system(each, '"y": 1').encode(), R4)) is None


def test_halves_of_characters() -> None:
    for title in ("\\ud800", "\\udc00" * 600_000, "\ud800"):
        data = code_system(f'"title": "{title}"', f'"{title[:6]}": 1')
        known = Known("a.json", data.encode("utf-8", "surrogatepass"), R4)
        assert flaw(known) is None


def test_a_message_is_short_however_long_a_name_is() -> None:
    div = '"text": {"status": "generated", "div": "<div>&NAME;</div>"}'
    for each in ('"NAME": 1', '"status": "NAME"', '"language": "NAME"', div):
        data = code_system(each.replace("NAME", "n" * 100_000))
        assert flaw(Known("a.json", data.encode(), R4)) is None


def test_the_first_of_two_members_of_a_name_is_where_findings_stand() -> None:
    twice = '"concept": [{"x": 1}]', '"concept": 5', '"zz": 1'
    assert {"CS302 5:15", "CS302 7:2"} <= set(found(code_system(*twice)))


def test_places_in_what_is_no_json_and_read_all_the_same() -> None:
    data = code_system('"concept": [{"code": "a", "x": 1} {"code": "b", "code": "c"}]')
    assert {"CS302 5:28", "CS303 5:50"} <= set(found(data))


def test_lines_of_xml_end_where_those_of_an_editor_do() -> None:
    assert found(f"{XML}\r <x/>\n <y/></CodeSystem>", "a.xml")[:2] == ["CS302 1:66", "CS302 2:2"]
    assert found(f"{XML}\r <x/>\r <y/></CodeSystem>", "a.xml")[:2] == ["CS302 2:2", "CS302 3:2"]
    assert "CS151 1:63" in found(f"{XML[:-1]}\r<", "a.xml")


@pytest.mark.parametrize(
    "one",
    {
        "comment": '\n// c\n{"code": "a"}',
        "no-comma": '{"code": "a" "display": "A"}',
        "twice": '{"code": "a", "code": "b"}',
        "null": "null",
        "empty": "{}",
        "unknown": '{"x": 1}',
    }.values(),
)
def test_a_hundred_thousand_findings(one: str) -> None:
    text = code_system(f'"concept": [{", ".join([one] * 20_000)}]')
    told = findings(Source("a.json", text.encode()), R4)
    assert len({(each.location.line, each.location.column) for each in told}) >= 20_000


def test_very_many_members_of_an_object() -> None:
    members = [f'"k{number}": 1' for number in range(20_000)]
    assert len(found(code_system(*members))) >= 20_000
    assert len(found(code_system(*['"title": "A"'] * 20_000))) >= 19_999


def test_very_many_references() -> None:
    known = [f'{{"resourceType": "Organization", "id": "o{i}"}}' for i in range(5000)]
    to = [f'{{"assigner": {{"reference": "#o{i}"}}}}' for i in range(5000)]
    uris = [f'{{"url": "http://a.example/b", "valueUri": "#x{i}"}}' for i in range(5000)]
    parts = (("contained", known), ("identifier", to), ("extension", uris))
    told = found(code_system(*(f'"{name}": [{", ".join(all_)}]' for name, all_ in parts)))
    assert len(told) >= 5000
