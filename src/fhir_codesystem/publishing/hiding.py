"""Secrets that have been read or obtained, and texts without them."""

from __future__ import annotations

import json
from html import escape
from typing import Any
from urllib.parse import quote, quote_plus

HIDDEN = "***"
BEGINNING = 12
"""So many characters of a secret, and what follows of it, are hidden where it was cut."""


class Secrets:
    """What must not be shown; it grows as secrets are read, and tokens obtained."""

    __slots__ = ("_forms",)

    def __init__(self) -> None:
        self._forms: list[str] = []

    def __repr__(self) -> str:
        return f"<{len(self._forms)} forms of secrets>"

    def add(self, secret: str) -> str:
        """Remember a secret, and the forms in which servers repeat it; return it."""
        known = {
            secret,
            quote(secret, safe=""),
            quote_plus(secret),
            json.dumps(secret)[1:-1],
            json.dumps(secret, ensure_ascii=False)[1:-1],
            escape(secret),
            " ".join(secret.split()),
        }
        forms = {*self._forms, *known} - {""}
        self._forms = sorted(forms, key=lambda form: (-len(form), form))
        return secret

    def hide(self, text: str) -> str:
        """Take the secrets out of a text, also where only their beginning is left."""
        for form in self._forms:
            text = text.replace(form, HIDDEN)
        for form in self._forms:
            text = _without_beginnings(text, form)
        return text

    def hide_in(self, value: Any) -> Any:
        """Take the secrets out of all texts of a value as JSON has them; names stay."""
        if isinstance(value, str):
            return self.hide(value)
        if isinstance(value, list | tuple):
            return [self.hide_in(each) for each in value]
        if isinstance(value, dict):
            return {name: self.hide_in(each) for name, each in value.items()}
        return value


def _without_beginnings(text: str, secret: str) -> str:
    beginning = secret[:BEGINNING]
    at = text.find(beginning) if len(secret) > BEGINNING else -1
    while at >= 0:
        end = at
        while end < len(text) and text[at : end + 1] == secret[: end + 1 - at]:
            end += 1
        text = text[:at] + HIDDEN + text[end:]
        at = text.find(beginning, at + len(HIDDEN))
    return text
