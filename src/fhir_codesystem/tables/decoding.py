"""From bytes to UTF-8 text: byte-order marks, UTF-16, Windows-1252, and what is no text at all."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fhir_codesystem.diagnostics import Location
from fhir_codesystem.rules.reading import GUESSED_ENCODING, MIXED_ENCODINGS, NO_TEXT

if TYPE_CHECKING:
    from fhir_codesystem.diagnostics import Diagnostic

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
SIGNATURES = (
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a zip archive or a workbook (.xlsx, .ods)"),
    (b"\xd0\xcf\x11\xe0", "an old Office document (.xls, .doc)"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x7fELF", "a program"),
)
SAMPLE = 65536
"""Bytes from the start that are looked at where the encoding or the format must be guessed."""


@dataclass(frozen=True, slots=True)
class Text:
    """Text as UTF-8 without a byte-order mark; lines end in LF or CR LF."""

    path: str
    data: bytes


def is_utf8(data: bytes) -> bool:
    """Whether bytes can be read as UTF-8."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def decode(path: str, data: bytes) -> tuple[Text | None, list[Diagnostic]]:
    """Return the bytes as UTF-8 text, with what had to be guessed; no text where they are none."""
    for signature, kind in SIGNATURES:
        if data.startswith(signature):
            message = f"this is {kind}, not a table in text"
            return None, [NO_TEXT.at(Location(path), message)]
    for mark, declared in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _declared(path, data[len(mark) :], declared)
    if (encoding := _wide(data)) is not None:
        text, found = _declared(path, data, encoding)
        if text is not None:
            found.append(_guessed(path, encoding.upper(), "it has no byte-order mark"))
        return text, found
    if b"\0" in data:
        return None, [_binary(path, data, data.index(b"\0"))]
    if (start := _utf8_error(data)) is not None:
        return _single_byte(path, data, start)
    return Text(path, _lines(data)), []


def encoding_of(data: bytes) -> tuple[bytes, str] | None:
    """Return the byte-order mark and the codec by which text is decoded; None for no text."""
    if any(data.startswith(signature) for signature, _ in SIGNATURES):
        return None
    for mark, declared in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return mark, declared
    if (wide := _wide(data)) is not None:
        return b"", wide
    if b"\0" in data:
        return None
    return b"", "utf-8" if _utf8_error(data) is None else "cp1252"


def beginning(path: str, data: bytes) -> Text | None:
    """Return the beginning of a text, by which its format is recognised; None where it is none.

    It may end inside a line, not inside a character.
    """
    ends = range(SAMPLE, SAMPLE - 4, -1) if len(data) > SAMPLE else [len(data)]
    texts = (decode(path, data[:end])[0] for end in ends)
    return next((text for text in texts if text is not None), None)


def _utf8_error(data: bytes) -> int | None:
    """Return the offset of the first byte that is not UTF-8, if there is one."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(data)
    try:  # in pieces that the processor's cache can hold
        for start in range(0, len(data), SAMPLE):
            decoder.decode(view[start : start + SAMPLE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        before = re.match("[^\ud800-\udfff]*", data.decode("utf-8", "surrogateescape"))
        return len(before.group().encode()) if before else 0
    return None


def _declared(path: str, data: bytes, encoding: str) -> tuple[Text | None, list[Diagnostic]]:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        message = f"the file says it is {encoding.upper()}, but byte {error.start} on is not"
        before = data[: error.start].decode(encoding, "replace")
        place = _place(path, data.decode(encoding, "replace"), len(before))
        return None, [NO_TEXT.at(place, message)]
    if "\0" in text:
        place = _place(path, text, text.index("\0"))
        return None, [NO_TEXT.at(place, "a NUL character: this is no text")]
    return Text(path, _lines(text.encode())), []


def _wide(data: bytes) -> str | None:
    """Recognise UTF-16 without a mark: bars and line ends have a zero in one byte of two."""
    sample = data[:SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd > 20 * even and (b"|\0" in sample or b"\n\0" in sample):
        return "utf-16-le"
    if even > 20 * odd and (b"\0|" in sample or b"\0\n" in sample):
        return "utf-16-be"
    return None


def _single_byte(path: str, data: bytes, start: int) -> tuple[Text | None, list[Diagnostic]]:
    """Read what is not UTF-8 as Windows-1252, unless other parts of it *are* UTF-8."""
    data = _lines(data)
    lenient = data.decode("utf-8", "surrogateescape")
    foreign = re.search("[^\0-\x7f\ud800-\udfff]", lenient)
    place = _place(path, lenient, len(data[:start].decode("utf-8")))
    if foreign is not None:
        other = _place(path, lenient, foreign.start())
        message = (
            f"byte 0x{data[start]:02X} is not UTF-8, while {foreign.group()!r} "
            f"in line {other.line} is: the file mixes encodings"
        )
        return None, [MIXED_ENCODINGS.at(place, message, hint="save the file as UTF-8")]
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError as error:
        return None, [_binary(path, data, error.start)]
    guessed = f"byte 0x{data[start]:02X} is not UTF-8"
    return Text(path, text.encode()), [
        _guessed(path, "Windows-1252", guessed, place),
    ]


def _guessed(path: str, name: str, reason: str, place: Location | None = None) -> Diagnostic:
    return GUESSED_ENCODING.at(
        place or Location(path, 1, 1), f"read as {name}: {reason}", hint="save the file as UTF-8"
    )


def _binary(path: str, data: bytes, offset: int) -> Diagnostic:
    place = _place(path, data.decode("latin-1"), offset)
    return NO_TEXT.at(place, f"byte 0x{data[offset]:02X} at offset {offset}: this is no text")


def _place(path: str, text: str, offset: int) -> Location:
    """Return the place of a character; lone carriage returns end lines where no LF does."""
    before = (text if "\n" in text else text.replace("\r", "\n"))[:offset]
    line = before.count("\n") + 1
    return Location(path, line, len(before) - (before.rfind("\n") + 1) + 1)


def _lines(data: bytes) -> bytes:
    """Give lone carriage returns, the line ends of old Macs, the form of the others."""
    return data.replace(b"\r", b"\n") if b"\r" in data and b"\n" not in data else data
