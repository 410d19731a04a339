"""From bytes to text: the encodings that are read, those that are guessed, and what is no text."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Project

TEXT = "Code | Display\na | Käse\nb | 12 € “Öl”\n"
DISPLAYS = ["Käse", "12 € “Öl”"]
CYRILLIC = "Code | Display\na | Привет дом\nb | Как дела сегодня, всё хорошо? Да, всё в порядке!\n"
CHINESE = "Code | Display\na | 漢字漢字漢字漢字漢字漢字\nb | 编码系统编码系统\n"

SILENT = {
    "UTF-8": TEXT.encode(),
    "UTF-8 with a mark": codecs.BOM_UTF8 + TEXT.encode(),
    "UTF-16 LE with a mark": codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
    "UTF-16 BE with a mark": codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
    "UTF-32 LE with a mark": codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"),
    "UTF-32 BE with a mark": codecs.BOM_UTF32_BE + TEXT.encode("utf-32-be"),
}
GUESSED = {
    "Windows-1252": (TEXT.encode("cp1252"), "CS102 2:6", "Windows-1252"),
    "Windows-1252, CR LF": (
        TEXT.replace("\n", "\r\n").encode("cp1252"),
        "CS102 2:6",
        "Windows-1252",
    ),
    "Windows-1252, lone CR": (
        TEXT.replace("\n", "\r").encode("cp1252"),
        "CS102 2:6",
        "Windows-1252",
    ),
    "UTF-16 LE": (TEXT.encode("utf-16-le"), "CS102 1:1", "UTF-16-LE"),
    "UTF-16 BE": (TEXT.encode("utf-16-be"), "CS102 1:1", "UTF-16-BE"),
    "UTF-16 LE, CR LF": (TEXT.replace("\n", "\r\n").encode("utf-16-le"), "CS102 1:1", "UTF-16-LE"),
    "UTF-16 LE, lone CR": (TEXT.replace("\n", "\r").encode("utf-16-le"), "CS102 1:1", "UTF-16-LE"),
}
NO_TEXT = {
    "a PDF document": (b"%PDF-1.7\nCode | Display\n", "CS101"),
    "a workbook": (b"PK\x03\x04\x14\x00", "CS101"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1", "CS101"),
    "an image": (b"\x89PNG\r\n\x1a\n", "CS101"),
    "a gzip archive": (b"\x1f\x8b\x08\x00", "CS101"),
    "a NUL in UTF-8": (b"Code | Display\na | A\nb\x00c | B\n", "CS101 3:2"),
    "a NUL in UTF-16": ("Code | Display\na | x\0y\n".encode("utf-16"), "CS101 2:6"),
    "a byte that Windows-1252 lacks": ("Code | Käse\na | \x81\n".encode("latin-1"), "CS101 2:5"),
    "half a UTF-16 character": (
        "Code\na\n".encode("utf-16-le").join((b"\xff\xfe", b"x")),
        "CS101 3:1",
    ),
    "UTF-16 with a lone surrogate": (
        b"\xff\xfe" + "Code\na\n".encode("utf-16-le") + b"\x00\xd8b\x00",
        "CS101 3:1",
    ),
    "a mark of UTF-8 before Windows-1252": (codecs.BOM_UTF8 + TEXT.encode("cp1252"), "CS101 2:6"),
    "random bytes": (bytes(range(256)), "CS101 1:1"),
}
MIXED = {
    "UTF-8, then Windows-1252": (b"Code | Display\na | K\xc3\xa4se\nb | \xd6l\n", "CS103 3:5"),
    "Windows-1252, then UTF-8": (b"Code | Display\na | \xd6l\nb | K\xc3\xa4se\n", "CS103 2:5"),
    "in one cell": (b"Code | Display\na | \xc3\xa4\xe4\n", "CS103 2:6"),
    "lone CR": (b"Code | Display\ra | K\xc3\xa4se\rb | \xd6l\r", "CS103 3:5"),
}


def displays(project: Project, data: bytes) -> list[str]:
    return [concept["display"] for concept in project.build(data).resource["concept"]]


@pytest.mark.parametrize("data", SILENT.values(), ids=SILENT)
def test_what_says_its_encoding_is_read_without_a_word(data: bytes, project: Project) -> None:
    assert displays(project, data) == DISPLAYS
    assert project.found(data, of="CS1") == []


@pytest.mark.parametrize(("data", "found", "name"), GUESSED.values(), ids=GUESSED)
def test_what_is_guessed_is_said(data: bytes, found: str, name: str, project: Project) -> None:
    assert displays(project, data) == DISPLAYS
    told = [each for each in project.build(data).diagnostics if each.rule.number == "CS102"]
    assert project.brief(told) == [found]
    assert told[0].message.startswith(f"read as {name}: ")
    assert told[0].hint == "save the file as UTF-8"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [CYRILLIC, CHINESE], ids=["Cyrillic", "Chinese"])
def test_utf_16_without_a_mark_is_known_in_other_scripts(
    text: str, encoding: str, project: Project
) -> None:
    data = text.encode(encoding)
    assert project.found(data, of="CS1") == ["CS102 1:1"]
    assert displays(project, data) == [line.split(" | ")[1] for line in text.splitlines()[1:]]


@pytest.mark.parametrize(("data", "found"), NO_TEXT.values(), ids=NO_TEXT)
def test_what_is_no_text_is_refused(data: bytes, found: str, project: Project) -> None:
    assert project.found(data, of="CS1") == [found]
    assert not project.build(data).ok


@pytest.mark.parametrize(("data", "found"), MIXED.values(), ids=MIXED)
def test_two_encodings_in_one_file_are_refused(data: bytes, found: str, project: Project) -> None:
    assert project.found(data, of="CS1") == [found]
    assert not project.build(data).ok


def test_every_byte_of_windows_1252_is_read(project: Project) -> None:
    high = bytes(byte for byte in range(0x80, 0x100) if byte not in b"\x81\x8d\x8f\x90\x9d")
    data = b"Code | Display\na | x" + high + b"x\n"
    # No-break space and soft hyphen are repaired, as in any encoding.
    wanted = high.decode("cp1252").replace("\xa0", " ").replace("\xad", "")
    assert displays(project, data) == [f"x{wanted}x"]
    assert project.found(data, of="CS1") == ["CS111 2:5", "CS102 2:6"]


def test_a_mark_is_no_part_of_the_first_column(project: Project) -> None:
    built = project.build("\ufeffDisplay | Code\nA | a\n")
    assert built.resource["concept"] == [{"code": "a", "display": "A"}]


def test_metadata_may_be_utf_16_too(project: Project) -> None:
    text = "url: http://example.org/x\ntitle: Käse\nstatus: draft\ncontent: complete\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        built = project.build("Code | Display\na | A\n", text.encode(encoding))
        assert built.resource["title"] == "Käse"
