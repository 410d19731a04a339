"""A source is changed where its cells change, and nowhere else."""

from __future__ import annotations

import codecs
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fhir_codesystem
from fhir_codesystem import EnvironmentProblem
from fhir_codesystem.repairs import fixing
from fhir_codesystem.repairs.diff import unified
from fhir_codesystem.repairs.editing import Edit, Text, edited, revise
from fhir_codesystem.tables.reading import read
from fhir_codesystem.tables.source import Source
from fhir_codesystem.tables.table import Reading, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conftest import Project

NBSP = "\N{NO-BREAK SPACE}"
TABLE = f"""\
| Code | Display | Definition |
|------|:-------:|------------|
| 00080005 |  Crohn's \\| x | "so" |
| 00080008 | MÃ¼ller \\| y  | an{NBSP}e |
|  80016\t| it's | "so"

| 0020000D | d's | “so” and "so" |
| B‑1 | e’s | \\|“f” |"""
FIXED = """\
| Code | Display | Definition |
|------|:-------:|------------|
| 00080005 |  Crohn's \\| x | "so" |
| 00080008 | Müller \\| y  | an e |
|  00080016\t| it's | "so"

| 0020000D | d's | “so” and "so" |
| B-1 | e's | \\|“f” |"""
ENDS = {"LF": "\n", "CR LF": "\r\n", "CR": "\r"}
ENCODINGS = {
    "utf-8": b"",
    "utf-8 with a mark": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_all_else_stays_byte_for_byte(encoding: str, end: str, project: Project) -> None:
    def laid_out(text: str) -> bytes:
        codec = encoding.split(" ", maxsplit=1)[0]
        return ENCODINGS[encoding] + text.replace("\n", end).encode(codec)

    path = project.write("table.txt", laid_out(TABLE))
    fix = fhir_codesystem.fix(path)
    assert path.read_bytes() == laid_out(TABLE)
    assert fix.data == laid_out(FIXED)
    assert fix.by_hand == ()
    fix.write()
    assert path.read_bytes() == laid_out(FIXED)
    again = fhir_codesystem.fix(path)
    assert (again.changes, again.by_hand, again.diff) == ((), (), "")


def test_changes_name_place_rule_and_texts(project: Project) -> None:
    fix = fhir_codesystem.fix(project.write("table.txt", TABLE))
    told = [
        (each.location.line, each.location.column, each.before, each.after, each.rules)
        for each in fix.changes
    ]
    assert told == [
        (4, 14, "MÃ¼ller | y", "Müller | y", ("CS181",)),
        (4, 30, f"an{NBSP}e", "an e", ("CS111",)),
        (5, 4, "80016", "00080016", ("CS180",)),
        (8, 3, "B‑1", "B-1", ("CS183",)),
        (8, 9, "e’s", "e's", ("CS182",)),
    ]


def test_the_diff_is_unified(project: Project) -> None:
    path = project.write("table.txt", TABLE)
    assert (
        fhir_codesystem.fix(path).diff
        == f"""\
--- {path}
+++ {path}
@@ -1,8 +1,8 @@
 | Code | Display | Definition |
 |------|:-------:|------------|
 | 00080005 |  Crohn's \\| x | "so" |
-| 00080008 | MÃ¼ller \\| y  | an{NBSP}e |
-|  80016\t| it's | "so"
+| 00080008 | Müller \\| y  | an e |
+|  00080016\t| it's | "so"
 {""}
 | 0020000D | d's | “so” and "so" |
-| B‑1 | e’s | \\|“f” |
\\ No newline at end of file
+| B-1 | e's | \\|“f” |
\\ No newline at end of file
"""
    )


def test_windows_1252_stays_so(project: Project) -> None:
    text = "Code | Display\n01 | Käse\n02 | “b”\n3 | c\n"
    fix = fhir_codesystem.fix(project.write("table.txt", text.encode("cp1252")))
    assert fix.data == text.replace("3 |", "03 |").encode("cp1252")


def test_an_edit_stays_in_its_line_and_encoding() -> None:
    text = Text.of("Käse\n".encode("cp1252"))
    assert text is not None
    assert text.takes(Edit(1, 2, "–", 0))
    assert not text.takes(Edit(1, 2, "ő", 0))
    assert not text.takes(Edit(3, 5, "x", 0))


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7\n", b"\x00\x01", b"Term | Sense\na | M\xc3\x83\xc2\xbcller\n"]
)
def test_what_is_no_table_is_left(content: bytes, project: Project) -> None:
    fix = fhir_codesystem.fix(project.write("table.txt", content))
    assert (fix.changes, fix.by_hand, fix.diff) == ((), (), "")
    fix.write()
    assert (project.folder / "table.txt").read_bytes() == content


def test_bytes_are_fixed_without_a_file() -> None:
    fix = fhir_codesystem.fix(b"Code | Display\na | M\xc3\x83\xc2\xbcller\n")
    assert fix.data.decode() == "Code | Display\na | Müller\n"
    fix.write()


def test_a_file_changed_meanwhile_is_left(project: Project) -> None:
    path = project.write("table.txt", TABLE)
    fix = fhir_codesystem.fix(path)
    project.write("table.txt", TABLE + "\n")
    with pytest.raises(EnvironmentProblem, match="was changed meanwhile: nothing was written"):
        fix.write()
    assert path.read_bytes() == (TABLE + "\n").encode()
    assert [each.name for each in project.folder.iterdir()] == ["table.txt"]


def test_permissions_and_links_stay(project: Project) -> None:
    path = project.write("table.txt", TABLE)
    path.chmod(0o640)
    link = project.folder / "link.txt"
    link.symlink_to("table.txt")
    fhir_codesystem.fix(link).write()
    assert link.is_symlink()
    assert path.read_bytes() == FIXED.encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_file_that_cannot_be_replaced_is_left(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = project.write("table.txt", TABLE)
    fix = fhir_codesystem.fix(path)

    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(EnvironmentProblem, match=r"cannot write .*table.txt: Permission denied"):
        fix.write()
    assert path.read_bytes() == TABLE.encode()
    assert [each.name for each in project.folder.iterdir()] == ["table.txt"]


class Sheet:
    """Places of a table that is no text."""

    def positions(self, lines: Sequence[int], cell: int | None) -> list[tuple[int, int]]:
        return [(line, (cell or 0) + 1) for line in lines]

    def indents(self, cell: int) -> None:  # noqa: ARG002
        return None


def test_a_workbook_must_be_changed_by_hand(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = read(Source("x", "Code | Display\na | MÃ¼ller\n".encode())).table
    assert text is not None
    sheet = Table("b.xlsx", text.header, 1, text.frame, Sheet(), unit="row", sheet="Codes")
    monkeypatch.setattr(fixing, "read", lambda _: Reading(sheet, ()))
    path = project.write("b.xlsx", b"PK\x03\x04")
    fix = fhir_codesystem.fix(path)
    assert (fix.changes, fix.diff, fix.data) == ((), "", b"PK\x03\x04")
    assert [str(each.location.cell) for each in fix.by_hand] == ["Codes!B2"]


class At:
    """Places that a test states: of each cell the offset in the text."""

    def __init__(self, text: str, cells: dict[tuple[int, int], str]) -> None:
        self.text, self.cells = text, cells

    def positions(self, lines: Sequence[int], cell: int | None) -> list[tuple[int, int]]:
        return [self._position(line, cell or 0) for line in lines]

    def indents(self, cell: int) -> None:  # noqa: ARG002
        return None

    def _position(self, line: int, cell: int) -> tuple[int, int]:
        before = self.text[: self.text.index(self.cells[line, cell])]
        return before.count("\n") + 1, len(before) - before.rfind("\n")


WAYS = {
    "quoted (CSV)": ('x,"a, ""b"" d’s","y"', '"a, ', 'a, "b" d’s', 'a, "b" d\'s'),
    "quoted, the place inside": ('x,"a, ""b"" d’s","y"', "a, ", 'a, "b" d’s', 'a, "b" d\'s'),
    "in lines (CSV)": ('x,"a\r\nb d’s"', '"a', "a\nb d’s", "a\nb d's"),
    "entities": ("<td>a &lt;b&#62; d&rsquo;s</td>", "<td>", "a <b> d’s", "a <b> d's"),
    "tags": ("<td><b>a</b> <i>d</i>’s<br/>e</td>", "<td>", "a d’s\ne", "a d's\ne"),
    "tags at the place": ("<td>\n  <p>d’s", "<p>", "d’s", "d's"),
    "blanks": ("<td>a\n    b d’s", "a\n", "a b d’s", "a b d's"),
    "escaped": (r"| \*a\* \_ d’s |", r"\*a", "*a* _ d’s", "*a* _ d's"),
    "JSON": (r'{"x": "a \"b\" d\u2019s"}', '"a', 'a "b" d’s', 'a "b" d\'s'),
    "taken out": ("<td>a&nbsp;b&#8203;c</td>", "<td>", "a\xa0b\u200bc", "a bc"),
}


@pytest.mark.parametrize(("text", "start", "before", "after"), WAYS.values(), ids=WAYS)
def test_a_cell_is_found_as_its_format_writes_it(
    text: str, start: str, before: str, after: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = read_as(text, {(2, 0): start}, before)
    monkeypatch.setattr(
        "fhir_codesystem.repairs.editing.read", lambda _: Reading(read_as("", {}, after), ())
    )
    changes = changes_of(before, after)
    content = Text.of(text.encode())
    assert content is not None
    revision = revise(Source("x", text.encode()), content, table, changes)
    assert revision.made == {0}
    done = revision.data.decode()
    plain = text.replace("&nbsp;", " ").replace("&#8203;", "")
    for apostrophe in ("’", "&rsquo;", r"\u2019"):
        plain = plain.replace(apostrophe, "'")
    assert done == plain


def test_a_change_that_would_move_a_bar_is_not_made(project: Project) -> None:
    path = project.write("table.txt", f"|Code|Display|\n|a|x\\{NBSP}|\n|b|MÃ¼ller|\n")
    fix = fhir_codesystem.fix(path)
    assert [each.before for each in fix.by_hand] == [f"x\\{NBSP}"]
    assert [each.after for each in fix.changes] == ["Müller"]


def test_what_is_read_as_something_else_is_not_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    other = Reading(read_as("", {}, "other"), ())
    monkeypatch.setattr("fhir_codesystem.repairs.editing.read", lambda _: other)
    text = Text.of("d’s".encode())
    assert text is not None
    source = Source("x", "d’s".encode())
    revision = revise(source, text, read_as("d’s", {(2, 0): "d"}, "d’s"), changes_of("d’s", "d's"))
    assert (revision.data, revision.edits, revision.made) == (source.data, (), frozenset())


def read_as(text: str, cells: dict[tuple[int, int], str], code: str) -> Table:
    frame = pl.DataFrame(
        {"line": [2], "0": [code], "plain": [True]}, schema_overrides={"line": pl.UInt32}
    )
    return Table("x", ("Code",), 1, frame, At(text, cells))


def changes_of(before: str, after: str) -> pl.DataFrame:
    return pl.DataFrame(
        {"row": [0], "cell": [0], "before": [before], "after": [after]},
        schema_overrides={"row": pl.UInt32, "cell": pl.UInt32},
    )


PIECES = (
    *("a", "b", "7", "08", "009", "80016", "00080016", "0020000D", "x y", "-", "'", '"', r"\|"),
    *(
        "Ã¼",
        "â€™",
        "Ã\xa0",
        "Ã\x83Â¼",
        "ü",
        "’",
        "“",
        "”",
        "–",
        "\u2011",
        "А",
        "В",
        "α",
        "１",
        "Ａ",
    ),
    *(NBSP, "\u200b", "\xad", "\x01", "\x85", "\u2028", "„", "漢", "&amp;", "<b>", "`"),
)
CELL = st.lists(st.sampled_from(PIECES), max_size=4).map("".join)
ROWS = st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=12)
LAYOUTS = st.tuples(
    st.sampled_from(["{} | {} | {}", "|{}|{}|{}|", "| {}\t| {} |{}"]),
    st.sampled_from(list(ENDS.values())),
    st.sampled_from(
        [("utf-8", b""), ("utf-8", codecs.BOM_UTF8), ("utf-16-le", codecs.BOM_UTF16_LE)]
    ),
    st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(rows=ROWS, layout=LAYOUTS)
def test_a_second_time_there_is_nothing_to_fix(
    rows: list[tuple[str, str, str]], layout: tuple[str, str, tuple[str, bytes], bool]
) -> None:
    """Whatever the cells: all changes can be made, other lines stay, and once is enough."""
    form, end, (codec, mark), last = layout
    lines = [form.format(*cells) for cells in [("Code", "Display", "Definition"), *rows]]
    data = mark + (end.join(lines) + end * last).encode(codec)
    fix = fhir_codesystem.fix(data)
    assert fix.by_hand == ()
    again = fhir_codesystem.fix(fix.data)
    assert (again.changes, again.by_hand, again.diff) == ((), (), "")
    touched = {each.location.line for each in fix.changes}
    before, after = (each[len(mark) :].decode(codec).split(end) for each in (data, fix.data))
    assert [
        at for at, pair in enumerate(zip(before, after, strict=True), 1) if pair[0] != pair[1]
    ] == sorted(line for line in touched if line)


LINES = st.lists(st.text("ab", max_size=3), min_size=1, max_size=30)


@settings(deadline=None)
@given(lines=LINES, last=st.booleans(), data=st.data())
def test_the_diff_makes_the_new_text_of_the_old(
    lines: list[str], last: bool, data: st.DataObject
) -> None:
    content = "\n".join(lines) + "\n" * last
    text = Text.of(content.encode())
    assert text is not None
    spots = data.draw(st.sets(st.integers(0, max(len(content) - 1, 0)), max_size=6))
    edits = [Edit(at, at + 1, "N", 0) for at in sorted(spots) if content and content[at] != "\n"]
    patched = applied(content, "".join(unified("x", text, edits)))
    assert patched == edited(content, edits)


def applied(content: str, diff: str) -> str:
    """Apply a unified diff as `patch` does, all of it being exact."""
    lines = content.splitlines(keepends=True)
    out: list[str] = []
    at, mark = 0, ""
    for line in diff.splitlines(keepends=True)[2:]:
        if line.startswith("@@"):
            start = int(line.split(",", maxsplit=1)[0].removeprefix("@@ -")) - 1
            out += lines[at:start]
            at = start
        elif line.startswith("\\"):
            out[-1:] = [out[-1].removesuffix("\n")] if mark == "+" else out[-1:]
        elif line[0] == "+":
            out.append(line[1:])
        else:
            assert lines[at].rstrip("\n") == line[1:].rstrip("\n")
            out += [lines[at]] if line[0] == " " else []
            at += 1
        mark = line[0]
    return "".join([*out, *lines[at:]])
