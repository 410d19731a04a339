"""Secrets in texts: none is left, in no form."""

from __future__ import annotations

import json
from html import escape
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_codesystem.publishing.hiding import BEGINNING, HIDDEN, Secrets

SECRET = 's3cret & "quoted"  <ü> of the tests'
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="*"))


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET, ensure_ascii=False)[1:-1],
        escape(SECRET),
        " ".join(SECRET.split()),
    ],
)
def test_each_form_is_hidden(form: str) -> None:
    secrets = Secrets()
    secrets.add(SECRET)
    assert secrets.hide(f"<{form}>, {form}") == f"<{HIDDEN}>, {HIDDEN}"


@pytest.mark.parametrize("length", [BEGINNING, BEGINNING + 1, 39])
def test_what_was_cut_is_hidden(length: int) -> None:
    secrets = Secrets()
    secrets.add("0123456789" * 4)
    cut = ("0123456789" * 4)[:length]
    assert secrets.hide(f"a {cut}… b {cut}") == f"a {HIDDEN}… b {HIDDEN}"


@given(st.lists(TEXTS.filter(bool), max_size=3), TEXTS, TEXTS)
def test_no_secret_is_left(hidden: list[str], before: str, after: str) -> None:
    secrets = Secrets()
    for each in hidden:
        secrets.add(each)
    shown = secrets.hide(before + "".join(hidden) + after)
    assert not any(each in shown for each in hidden)


@given(TEXTS)
def test_without_secrets_nothing_changes(text: str) -> None:
    secrets = Secrets()
    secrets.add("")
    assert secrets.hide(text) == text


def test_texts_in_a_value_are_hidden_and_names_are_not() -> None:
    secrets = Secrets()
    secrets.add("red")
    value = {"red": ["a red rose", 1, None, True, {"b": ("red",)}]}
    assert secrets.hide_in(value) == {"red": ["a *** rose", 1, None, True, {"b": ["***"]}]}


def test_secrets_are_in_no_repr() -> None:
    secrets = Secrets()
    secrets.add("red")
    assert "red" not in repr(secrets)
