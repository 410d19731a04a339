"""The pages in docs/rules are what the declarations of the rules make, and their links lead on."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

from fhir_codesystem.rules.index import INDEX, THEMES, pages
from fhir_codesystem.rules.page import escaped, markdown
from fhir_codesystem.rules.registry import RULES, find
from fhir_codesystem.rules.rule import RESOURCE

if TYPE_CHECKING:
    from fhir_codesystem.rules.rule import Rule

FOLDER = Path(__file__).parents[2] / "docs" / "rules"
PAGES = pages()
PARSER = MarkdownIt("commonmark").enable("table")


def by_number(rule: Rule) -> str:
    return f"{rule.number}-{rule.name}"


def test_the_pages_are_those_of_the_rules_make_docs_writes_them() -> None:
    assert {path.name for path in FOLDER.iterdir()} == PAGES.keys()
    stale = [name for name, text in PAGES.items() if (FOLDER / name).read_text("utf-8") != text]
    assert stale == []


@pytest.mark.parametrize("rule", RULES, ids=by_number)
def test_a_page_shows_the_examples_as_they_are(rule: Rule) -> None:
    tokens = PARSER.parse(markdown(rule))
    shown = [token.content for token in tokens if token.type == "fence"]
    assert len(shown) >= 2
    for example in (rule.breaks, rule.holds):
        text = example.resource or example.metadata
        if text and all(len(line) <= 88 and line.isprintable() for line in text.split("\n")):
            clipped = text.count("\n") > 12
            assert clipped or text.rstrip("\n") + "\n" in shown
    headings = [after.content for token, after in pairwise(tokens) if token.type == "heading_open"]
    assert headings == [
        f"{rule.number} {rule.name}",
        *("Why", "How to fix it", "Found here", "Not here", "Source"),
    ]


@pytest.mark.parametrize("rule", RULES, ids=by_number)
def test_the_sentences_of_a_page_are_read_as_they_are_written(rule: Rule) -> None:
    for text in (rule.what, rule.why, rule.fix):
        (_, inline, _) = PARSER.parse(escaped(text))
        said = "".join(child.content for child in inline.children or ())
        assert said == text


def test_links_lead_to_files_and_rules_that_are_there() -> None:
    for name, text in PAGES.items():
        for target in re.findall(r"\]\(([^)#]+)\)", text):
            assert (FOLDER / target).exists(), (name, target)


@pytest.mark.parametrize("rule", RULES, ids=by_number)
def test_rules_that_a_rule_names_are_there(rule: Rule) -> None:
    for number in re.findall(r"\bCS\d{3}\b", f"{rule.what} {rule.why} {rule.fix}"):
        assert find(number) is not None


def test_the_index_lists_each_rule_once_under_its_theme() -> None:
    rows = re.findall(r"^\| \[(CS\d{3})\]\((CS\d{3}\.md)\) ", PAGES[INDEX], re.MULTILINE)
    assert rows == [(rule.number, f"{rule.number}.md") for rule in RULES]
    themes = re.findall(r"^## (.+)$", PAGES[INDEX], re.MULTILINE)
    assert themes == [theme for theme in THEMES.values() if theme in themes]
    assert len(themes) == len(set(themes))


@pytest.mark.parametrize("rule", RULES, ids=by_number)
def test_a_page_says_where_the_finding_stands(rule: Rule) -> None:
    path, line, column = rule.breaks.place
    where = f"of `{path}` as a whole" if line is None else f"line {line}, column {column}"
    assert where in markdown(rule).replace("\n", " ")


def test_the_source_of_a_rule_of_resources_is_a_page_of_a_specification() -> None:
    sources = [rule.source for rule in RULES if rule.breaks.place[0] == RESOURCE]
    assert [source for source in sources if not re.match(r"https?://\S+$", source)] == []
