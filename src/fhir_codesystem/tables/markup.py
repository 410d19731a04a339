"""HTML to tables of text and the lines between them, in one pass and without a tree.

The parser (libxml2, by lxml) calls a target for each tag. So a page costs no more memory than its
texts, and the depth of its tags costs nothing; nothing is fetched, no script is run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fhir_codesystem.characters import BLANKS
from fhir_codesystem.tables.breaks import BLOCK, LINE, PARAGRAPH, finished
from fhir_codesystem.tables.grid import MOST_ACROSS, MOST_DOWN, Grid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MOST_NESTED = 16
"""Tables in cells of tables that are taken apart; what is nested deeper is text of its cell."""

HEADINGS = {f"h{level}" for level in range(1, 7)}
PARAGRAPHS = {"p", "pre", "blockquote", "ul", "ol", "dl", *HEADINGS}
BLOCKS = {
    *("address", "article", "aside", "body", "center", "dd", "details", "div", "dt", "fieldset"),
    *("figcaption", "figure", "footer", "form", "header", "hr", "html", "legend", "li", "main"),
    *("nav", "section", "summary"),
}
BREAKING = PARAGRAPHS | BLOCKS
BOLD = {"b", "strong"}
UNSHOWN = {
    *("button", "datalist", "head", "iframe", "noscript", "object", "script", "select", "style"),
    *("svg", "template", "textarea", "title"),
}
"""Elements whose text is no text of the page."""

MARK = "data-at"
"""The attribute that holds the offset of a tag when a page is read for places."""
MARKED = re.compile(r"<(?:table|t[rdh])(?=[\s/>])", re.IGNORECASE)

NESTED = re.compile(r"\0t(\d+);")
HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
INDENT = re.compile(
    r"(?:padding-left|margin-left|text-indent)\s*:\s*(\d{1,4}(?:\.\d{1,4})?)(px|pt|r?em|ex|ch)",
    re.IGNORECASE,
)
PIXELS = {"px": 1.0, "pt": 4 / 3, "em": 16.0, "rem": 16.0, "ex": 8.0, "ch": 8.0}
NUMBER = re.compile(r"\s*\+?(\d+)")


@dataclass(frozen=True, slots=True)
class Line:
    """A block of text outside tables; a heading where it is marked so, or wholly bold."""

    text: str
    heading: bool


@dataclass(slots=True)
class Page:
    """What a page shows: its tables, in the order they begin, and its lines of text."""

    grids: list[Grid] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    def whole(self, text: str) -> str:
        """Return a cell's text with the text of tables inside it."""
        while NESTED.search(text):
            text = finished(NESTED.sub(lambda found: self._inner(int(found[1])), text))
        return text

    def _inner(self, number: int) -> str:
        rows = (" ".join(filter(None, row)) for row in self.grids[number - 1].rows)
        return BLOCK + BLOCK.join(rows) + BLOCK


def parse(data: bytes) -> Page:
    """Read a page, or a fragment of one, of UTF-8 text."""
    from lxml import etree  # noqa: PLC0415 - only where HTML is read

    target = _Target()
    # The stubs ask for methods that lxml calls only where a target has them.
    parser = etree.HTMLParser(target=target, encoding="utf-8")  # type: ignore[call-overload]
    try:
        parser.feed(data)
        parser.close()
    except etree.XMLSyntaxError:  # nothing in it: not one tag and no text
        target.close()
    return target.page


def marked(text: str) -> bytes:
    """Return a page in which the tags of tables, rows and cells bear their offsets in the text.

    What looks like such a tag inside a comment, a script or a value is changed too, and is still
    none.
    """
    return MARKED.sub(lambda tag: f"{tag[0]} {MARK}={tag.start()} ", text).encode()


@dataclass(slots=True)
class _Open:
    """A table that is not closed yet, and the text that goes on after it."""

    grid: Grid
    outside: list[str]
    in_cell: bool = False
    hidden: bool = False
    captioned: bool = False


class _Target:
    """Gathers texts as the parser calls it; each text is a list of pieces until it ends."""

    def __init__(self) -> None:
        self.page = Page()
        self._pieces: list[str] = []
        self._tables: list[_Open] = []
        self._unshown = 0
        self._bold = 0
        self._plain = False
        self._heading = False
        self._last_heading: str | None = None
        self._starts: dict[str, Callable[[Mapping[str, str]], None]] = {
            "td": self._start_cell,
            "th": self._start_cell,
            "tr": self._start_row,
            **dict.fromkeys(("thead", "tbody", "tfoot"), self._start_part),
            "table": self._start_table,
            "caption": self._start_caption,
            "br": lambda _: self._pieces.append(LINE),
            "input": self._tick,
            **dict.fromkeys(UNSHOWN, self._start_unshown),
        }
        self._ends: dict[str, Callable[[], None]] = {
            "td": self._end_cell,
            "th": self._end_cell,
            "table": self._end_table,
            "caption": self._end_caption,
        }

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take a start tag."""
        if self._unshown:
            self._unshown += 1
            return
        if (start := self._starts.get(tag)) is not None:
            start(attributes)
            return
        if attributes and self._tables and self._tables[-1].in_cell:
            if _hidden(attributes):
                self._unshown = 1
                return
            if (style := attributes.get("style")) is not None:
                self._indent(style)
        if tag in BREAKING:
            self._break(tag)
            self._heading = tag in HEADINGS
        elif tag in BOLD:
            self._bold += 1

    def end(self, tag: str) -> None:
        """Take an end tag; the parser gives one for each start tag."""
        if self._unshown:
            self._unshown -= 1
        elif (end := self._ends.get(tag)) is not None:
            end()
        elif tag in BREAKING:
            self._break(tag)
            self._heading = False
        elif tag in BOLD:
            self._bold = max(0, self._bold - 1)

    def data(self, text: str) -> None:
        """Take text."""
        if not self._unshown:
            self._pieces.append(text)
            if not self._tables and not self._bold and not self._plain:
                self._plain = bool(text.strip(BLANKS))

    def close(self) -> Page:
        """End whatever is open."""
        while self._tables:
            self._end_table()
        self._end_line()
        return self.page

    def _start_unshown(self, _: Mapping[str, str]) -> None:
        self._unshown = 1

    def _break(self, tag: str) -> None:
        if self._tables and self._tables[-1].in_cell:
            self._pieces.append(PARAGRAPH if tag in PARAGRAPHS else BLOCK)
        elif not self._tables:
            self._end_line()

    def _end_line(self) -> None:
        text = finished("".join(self._pieces)) if self._pieces else ""
        if text:
            heading = self._heading or not self._plain
            self.page.lines.append(Line(text, heading))
            if heading:
                self._last_heading = text
        self._pieces = []
        self._plain = False

    def _start_table(self, attributes: Mapping[str, str]) -> None:
        if len(self._tables) >= MOST_NESTED:
            self._tables.append(self._tables[-1])
            self._pieces.append(BLOCK)
            return
        number = len(self.page.grids) + 1
        if not self._tables:
            self._end_line()
        else:
            self._tables[-1].grid.nests = True
            self._pieces.append(f"\0t{number};")
        lines = self.page.lines
        above = [self._last_heading, lines[-1].text if lines else None]
        grid = Grid(number, list(dict.fromkeys(filter(None, above))), mark=_mark(attributes))
        self.page.grids.append(grid)
        self._tables.append(_Open(grid, self._pieces))
        self._pieces = []

    def _end_table(self) -> None:
        if not self._tables:
            return
        if len(self._tables) > MOST_NESTED:
            self._tables.pop()
            self._pieces.append(BLOCK)
            return
        self._end_cell()
        self._set_loose_aside()
        self._pieces = self._tables.pop().outside

    def _start_part(self, attributes: Mapping[str, str]) -> None:
        if self._tables:
            self._tables[-1].hidden = _hidden(attributes)

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        if len(self._tables) > MOST_NESTED:
            self._pieces.append(BLOCK)
            return
        if not self._tables:  # rows copied without their table
            self._start_table({})
        self._end_cell()
        self._set_loose_aside()
        grid = self._tables[-1].grid
        if self._tables[-1].hidden or _hidden(attributes):
            grid.hidden.add(len(grid.rows))
        grid.rows.append([])
        grid.row_marks.append(_mark(attributes))
        grid.marks.append([])

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        if len(self._tables) > MOST_NESTED:
            self._pieces.append(" ")
            return
        if not self._tables or not self._tables[-1].grid.rows:
            self._start_row({})
        self._end_cell()
        self._set_loose_aside()
        table = self._tables[-1]
        grid = table.grid
        table.in_cell = True
        if not attributes:
            return
        row, cell = len(grid.rows) - 1, len(grid.rows[-1])
        if "colspan" in attributes or "rowspan" in attributes:
            across = min(max(_number(attributes.get("colspan"), 1), 1), MOST_ACROSS)
            down = min(_number(attributes.get("rowspan"), 1) or MOST_DOWN, MOST_DOWN)
            if across > 1 or down > 1:
                grid.spans[row, cell] = (across, down)
        if _hidden(attributes):
            grid.hidden.add(row)
        if (style := attributes.get("style")) is not None:
            self._indent(style)
        if MARK in attributes:
            grid.marks[-1] += [None] * (cell - len(grid.marks[-1])) + [_mark(attributes)]

    def _set_loose_aside(self) -> None:
        """Keep what stands in a table but in no cell: it is shown outside of it."""
        if self._pieces:
            if not all(map(str.isspace, self._pieces)):
                self._tables[-1].outside += self._pieces
            self._pieces = []

    def _end_cell(self) -> None:
        if len(self._tables) > MOST_NESTED or not self._tables or not self._tables[-1].in_cell:
            return
        table = self._tables[-1]
        table.in_cell = False
        table.grid.rows[-1].append(finished("".join(self._pieces)))
        self._pieces = []

    def _start_caption(self, _: Mapping[str, str]) -> None:
        if self._tables and not self._tables[-1].in_cell:
            self._tables[-1].captioned = True
            self._pieces = []

    def _end_caption(self) -> None:
        if self._tables and self._tables[-1].captioned:
            self._tables[-1].captioned = False
            self._tables[-1].grid.above.append(finished("".join(self._pieces)))
            self._pieces = []

    def _tick(self, attributes: Mapping[str, str]) -> None:
        if attributes.get("type", "").lower() == "checkbox":
            self._pieces.append("true" if "checked" in attributes else "false")

    def _indent(self, style: str) -> None:
        """Count the indent of a cell that has no text yet."""
        table = self._tables[-1]
        found = INDENT.search(style)
        if found is not None and not "".join(self._pieces).strip(BLANKS):
            at = len(table.grid.rows) - 1, len(table.grid.rows[-1])
            pixels = float(found[1]) * PIXELS[found[2].lower()]
            table.grid.indents[at] = table.grid.indents.get(at, 0) + pixels


def _hidden(attributes: Mapping[str, str]) -> bool:
    return bool(attributes) and (
        "hidden" in attributes or HIDDEN.search(attributes.get("style", "")) is not None
    )


def _number(text: str | None, otherwise: int) -> int:
    """Read a number as HTML does: what follows the digits does not count."""
    found = NUMBER.match(text or "")
    return int(found[1][:9]) if found else otherwise


def _mark(attributes: Mapping[str, str]) -> int | None:
    return int(attributes[MARK]) if MARK in attributes else None
