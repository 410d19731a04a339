"""Any text stays text in the narrative: XHTML that every XML parser reads."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from hypothesis import given

from .builds import built, table
from .forests import Forest, as_read, forests
from .metadata import Metadata, metadata
from .profiles import examples

XHTML = "{http://www.w3.org/1999/xhtml}"
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
INDENT = "\N{NO-BREAK SPACE}" * 2


def as_xml(text: str | None) -> str:
    """Return what XML can hold of a text, line ends as its parsers give them."""
    lines = re.sub(r"\r\n?", "\n", text or "")
    return NOT_XML.sub("\N{REPLACEMENT CHARACTER}", lines)


@given(forests(8), metadata())
@examples(60)
def test_the_narrative_shows_the_texts(rows: Forest, stated: Metadata) -> None:
    div = built(table(rows), stated).resource["text"]["div"]
    root = ET.fromstring(div)
    assert root.tag == f"{XHTML}div"
    nested = any(row.level > 1 for row in rows)
    expected = [
        [
            *[str(row.level)] * nested,
            INDENT * (row.level - 1) + as_xml(row.code),
            as_xml(row.display),
            as_xml(row.definition),
        ]
        for row in as_read(rows)
    ]
    lines = root.findall(f".//{XHTML}tr")
    assert [[cell.text or "" for cell in line] for line in lines[1:]] == expected
    (heading,) = root.findall(f"{XHTML}h2")
    assert heading.text == as_xml(stated.get("title", "Metadata"))
    names = {element.tag.removeprefix(XHTML) for element in root.iter()}
    assert names <= {"div", "h2", "p", "code", "table", "tr", "th", "td"}
