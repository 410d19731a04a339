"""How verdicts are compared, and the page that lists differences: without Java."""

from __future__ import annotations

from . import official
from .case import Case
from .differential import Accepted, Difference, Said, accepted, differences
from .messages import _pattern, _properties
from .page import HEADING, PAGE, page

CASE = Case("small/x.json", b"{}")


def issue(key: str, place: str, severity: str = "error") -> official.Issue:
    return official.Issue(severity, key, place, 1, 1, "said")


def test_the_same_is_no_difference() -> None:
    answer = official.Answer((issue("A", "x"), issue("A", "x"), issue("csd-1", "y", "fatal")))
    we = {Said("A", "error", "x"), Said("csd-1", "error", "y")}
    assert not list(differences(CASE, we, answer))


def test_differences_are_paired_by_key() -> None:
    answer = official.Answer((issue("A", "x"), issue("B", "x"), issue("C", "x")))
    we = {Said("A", "error", "y"), Said("B", "warning", "x"), Said("D", "error", "x")}
    found = {(each.side, each.said.key) for each in differences(CASE, we, answer)}
    assert found == {("place", "A"), ("severity", "B"), ("missing", "C"), ("extra", "D")}


def test_where_it_breaks_down_an_error_is_enough() -> None:
    broken = official.Answer((), "NullPointerException")
    assert not list(differences(CASE, {Said("A", "error", "")}, broken))
    assert [each.side for each in differences(CASE, set(), broken)] == ["missing"]


def test_what_is_meant_is_covered_as_a_whole() -> None:
    entry = Accepted("A.*", "a reason", side="extra", files="small/.*")
    made = Difference("extra", Said("AB", "error", "x"), "small/x.json")
    assert entry.covers(made)
    assert not entry.covers(made._replace(side="missing"))
    assert not entry.covers(made._replace(case="rich/small/x.json"))
    assert not entry.covers(made._replace(said=Said("BA", "error", "x")))


def test_messages_have_the_keys_of_their_patterns() -> None:
    ((key, text),) = _properties("# said\nUnknown_ = It''s \\\n  ''{0}'' not {1,number}\n")
    assert key == "Unknown_"
    assert _pattern(text).fullmatch("It's 'x' not 7")
    assert not _pattern(text).fullmatch("It's 'x' nor 7")


def test_the_page_lists_the_differences() -> None:
    written = PAGE.read_text("utf-8")
    assert written == page(written, accepted()), "python -m tests.official --docs writes it anew"
    listed = page(
        f"before\n{HEADING}\nold", (Accepted("A", "a reason", "extra", source="X.java:1"),)
    )
    assert "old" not in listed
    assert listed.startswith("before\n")
    assert "- **`A`**, we alone give it: a reason (`X.java:1`)" in listed
