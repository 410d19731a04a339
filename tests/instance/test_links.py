"""URLs of links and images in a narrative."""

from __future__ import annotations

import pytest

from fhir_codesystem.instance.links import wrong_url


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "is empty"),
        ("a b", "holds ' '"),
        ("a<b>", "holds '<', '>'"),
        ("\U0001f600", "holds"),
        ("data:", "brings no data"),
        ("data:,", "brings no data"),
        ("data:image/png;base64", "brings no data"),
        ("data:text/plain,a,b", "has more than one comma"),
        ("data:image/png;base64,eA=", "brings data that are no base64"),
        ("data:image,eA==", "states no media type"),
    ],
)
def test_what_is_wrong_is_said(url: str, why: str) -> None:
    assert (wrong_url(url) or "").startswith(why)


@pytest.mark.parametrize(
    "url",
    [
        "https://codes.example/é/%20?a=b&c=(d)#e",
        "#x",
        "data:,x",
        "data: ,x",
        "data:image/svg+xml;base64,eA==",
        "data:text/plain;charset=utf-8,x",
        "data:*/*,x",
    ],
)
def test_what_is_right_is_left(url: str) -> None:
    assert wrong_url(url) is None
