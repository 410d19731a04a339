"""Metadata that a build accepts, with any text where FHIR allows one."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from .texts import any_text, is_code, raw_code

VERSIONS = st.sampled_from(["R4", "R4B", "R5"])
TYPES = ("code", "Coding", "string", "integer", "boolean", "dateTime", "decimal")
URLS = (
    "http://example.org/fhir/CodeSystem/x",
    "http://example.org/a_b*c~d(e)[f]/$g?h=i&j=k|l`m\\n<o>",
    "urn:oid:1.2.3",
    "HTTPS://WWW.EXAMPLE.ORG/Ä/\N{GRINNING FACE}",
)

Metadata = dict[str, Any]


def full_text(most: int = 8) -> st.SearchStrategy[str]:
    """Any text that FHIR takes for one: there is something to see in it."""
    return any_text(most).filter(lambda text: bool(text.strip()))


def properties(text: st.SearchStrategy[str]) -> st.SearchStrategy[list[Metadata]]:
    """Declare properties of one's own; the strategy gives their descriptions."""
    declared = st.builds(
        lambda code, kind, number, description: {
            "code": code,
            **({"uri": f"http://example.org/p#{number}"} if number else {}),
            **({"description": description} if description else {}),
            "type": kind,
        },
        raw_code().filter(is_code),
        st.sampled_from(TYPES),
        st.integers(0, 1),
        st.none() | text,
    )
    return st.lists(declared, min_size=1, max_size=3, unique_by=lambda each: each["code"]).map(
        _different
    )


def _different(declared: list[Metadata]) -> list[Metadata]:
    for number, each in enumerate(declared):
        if "uri" in each:
            each["uri"] += str(number)
    return declared


def metadata(text: st.SearchStrategy[str] | None = None) -> st.SearchStrategy[Metadata]:
    """Draw metadata for which only warnings are told; ``text`` gives the texts in it."""
    text = text or full_text()
    contact = st.fixed_dictionaries(
        {},
        optional={
            "name": text,
            "telecom": st.lists(
                st.fixed_dictionaries({"system": st.just("url"), "value": text}),
                min_size=1,
                max_size=2,
            ),
        },
    ).filter(bool)
    return st.fixed_dictionaries(
        {
            "status": st.sampled_from(["draft", "active", "retired", "unknown"]),
            "content": st.sampled_from(["complete", "fragment", "example"]),
            "url": st.sampled_from(URLS),
        },
        optional={
            "id": st.from_regex(r"[A-Za-z0-9.-]{1,64}", fullmatch=True),
            "language": st.sampled_from(["en", "de-CH"]),
            "identifier": st.lists(
                st.fixed_dictionaries(
                    {"system": st.just("urn:ietf:rfc:3986")}, optional={"value": text}
                ),
                min_size=1,
                max_size=2,
            ),
            "version": text,
            "name": st.from_regex(r"[A-Z][A-Za-z0-9_]{1,20}", fullmatch=True),
            "title": text,
            "experimental": st.booleans(),
            "date": st.sampled_from(["2024", "2024-02-29", "2024-02-29T23:59:60Z"]),
            "publisher": text,
            "contact": st.lists(contact, min_size=1, max_size=2),
            "description": text,
            "purpose": text,
            "copyright": text,
            "caseSensitive": st.just(True),
            "hierarchyMeaning": st.sampled_from(["is-a", "part-of", "grouped-by"]),
            "property": properties(text),
        },
    )
