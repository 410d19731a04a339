"""What a server says in its answer: an OperationOutcome, or whatever else came."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

from fhir_codesystem.publishing.values import dicts

if TYPE_CHECKING:
    from collections.abc import Callable

MOST = 300
"""Characters that are shown of what a server says."""


def said(value: object, text: bytes, hide: Callable[[str], str] = str) -> str:
    """Put in a line what an answer says: the issues of an OperationOutcome, or the bare text.

    ``value`` is the answer as JSON; where it is None, as there was none, the ``text`` is read.
    ``hide`` takes secrets out, before anything is cut.
    """
    if value is None:
        return _short(hide(_bare(text.decode("utf-8", "replace"))))
    issues = _issues(value)
    told = dict.fromkeys(_text(issue) for issue in issues)
    return _short(hide("; ".join(each for each in told if each)))


def has_errors(value: object) -> bool:
    """Whether a JSON value is an OperationOutcome that tells of an error."""
    return any(issue.get("severity") in ("error", "fatal") for issue in _issues(value))


def is_outcome(value: object) -> bool:
    """Whether a JSON value is an OperationOutcome."""
    return isinstance(value, dict) and value.get("resourceType") == "OperationOutcome"


def _issues(value: object) -> list[dict[str, Any]]:
    return dicts(value, "issue") if is_outcome(value) else []


def _text(issue: dict[str, Any]) -> str:
    details = issue.get("details")
    text = details.get("text") if isinstance(details, dict) else None
    texts = [str(each) for each in (text, issue.get("diagnostics")) if each]
    return ": ".join(dict.fromkeys(texts)) or str(issue.get("code", ""))


def _bare(text: str) -> str:
    text = re.sub(r"(?is)<(script|style|head)\b.*?</\1\s*>", " ", text)
    return unescape(re.sub(r"<[^>]*>", " ", text))


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= MOST else text[: MOST - 1] + "…"
