"""The zip archive of a workbook, and the XML of its parts, read within bounds.

Nothing is ever written to a disk; a part is found by its exact name. What an archive says of the
size of a part is what `zipfile` gives at most, so sizes are checked before anything is inflated.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import IO, TYPE_CHECKING, Protocol
from xml.parsers import expat

from fhir_codesystem.diagnostics import printable
from fhir_codesystem.rules import workbooks as rules

if TYPE_CHECKING:
    from collections.abc import Callable

    from fhir_codesystem.diagnostics import Diagnostic, Location
    from fhir_codesystem.rules.rule import Rule

MOST_PARTS = 10_000
MOST_BYTES = 512 * 2**20
"""Bytes that the parts of a workbook that are read may have together, inflated."""
MOST_DESCRIBING = 32 * 2**20
"""Bytes of a part that only describes others (styles, relationships), inflated."""
MOST_RATIO = 250
"""How many times larger than its compressed form a large part may be; sheets have 5 to 30."""
LARGE = 16 * 2**20
PIECE = 2**18
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    ValueError,
)
"""What `zipfile`, `expat` (of an unknown encoding) and `int` raise of what is damaged."""


class Unreadable(Exception):
    """A workbook cannot be read: the one finding that says so, but for its place."""

    def __init__(self, rule: Rule, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.rule = rule
        self.hint = hint

    def at(self, place: Location) -> Diagnostic:
        """Make the finding."""
        return self.rule.at(place, str(self), hint=self.hint)


class Content(Protocol):
    """Takes what stands in a part: elements and attributes by name, ``namespace local``."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""

    def end(self, name: str) -> None:
        """Take the end of an element."""

    def text(self, text: str) -> None:
        """Take characters, all up to the next tag at once."""


class Package:
    """The parts of a workbook by name."""

    def __init__(self, data: bytes) -> None:
        """Open the archive; raises `Unreadable`."""
        if data.count(b"PK\x01\x02") > MOST_PARTS:
            message = f"the archive holds more than {MOST_PARTS:,} files"
            raise Unreadable(rules.LARGE_WORKBOOK, message)
        try:
            self.archive = zipfile.ZipFile(io.BytesIO(data))
        except DAMAGE as error:
            raise _damaged("the zip archive", error) from error
        self.names = {_folded(name): name for name in self.archive.namelist()}
        self.sizes: dict[str, int] = {}

    def __contains__(self, name: str) -> bool:
        return _folded(name) in self.names

    def _part(self, name: str) -> zipfile.ZipInfo:
        return self.archive.getinfo(self.names[_folded(name)])

    def opened(self, name: str) -> IO[bytes]:
        """Open a part; raises `Unreadable` where it is missing, encrypted or too large."""
        if name not in self:
            message = f"the part {printable(name[:80])} is missing"
            raise Unreadable(rules.UNREADABLE_WORKBOOK, message)
        part = self._part(name)
        if part.flag_bits & 1:
            raise encrypted()
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            message = f"the part {printable(name[:80])} is compressed in a way workbooks are not"
            raise Unreadable(rules.UNREADABLE_WORKBOOK, message)
        self.sizes[name] = part.file_size
        if sum(self.sizes.values()) > MOST_BYTES:
            raise too_large(f"its parts are more than {MOST_BYTES >> 20} MB")
        if part.file_size > max(LARGE, MOST_RATIO * part.compress_size):
            raise too_large(
                f"{printable(name[:80])} is {part.file_size >> 20} MB of almost nothing"
            )
        try:
            return self.archive.open(part)
        except DAMAGE as error:
            raise _damaged(f"the part {printable(name[:80])}", error) from error

    def bytes(self, name: str, most: int) -> bytes:
        """Return the first bytes of a part."""
        try:
            with self.opened(name) as part:
                return part.read(most)
        except DAMAGE as error:
            raise _damaged(f"the part {printable(name[:80])}", error) from error

    def parse(self, name: str, content: Content) -> None:
        """Parse a part; raises `Unreadable` where it is no well-formed XML without a DTD.

        Documents of workbooks have no DTD, and without one there is no entity to expand and
        nothing outside to load.
        """
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.buffer_size = PIECE
        parser.StartElementHandler = content.start
        parser.EndElementHandler = content.end
        parser.CharacterDataHandler = content.text
        parser.StartDoctypeDeclHandler = _refused(name)
        try:
            with self.opened(name) as part:
                while piece := part.read(PIECE):
                    parser.Parse(piece)
            parser.Parse(b"", True)  # noqa: FBT003 - its parameters have no names
        except expat.ExpatError as error:
            place = f"line {error.lineno}, column {error.offset + 1}"
            message = f"{printable(name[:80])} is no well-formed XML at its {place}"
            raise Unreadable(rules.UNREADABLE_WORKBOOK, message) from error
        except DAMAGE as error:
            raise _damaged(f"the part {printable(name[:80])}", error) from error

    def each(self, name: str, take: Callable[[str, dict[str, str]], None]) -> None:
        """Give the elements of a part that describes others: names and attributes, local ones."""
        if name in self and self._part(name).file_size > MOST_DESCRIBING:
            raise too_large(f"{printable(name[:80])} is more than {MOST_DESCRIBING >> 20} MB")
        self.parse(name, _Starts(take))


class _Starts:
    """Content of which only the starts of elements count."""

    def __init__(self, take: Callable[[str, dict[str, str]], None]) -> None:
        self.take = take

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        self.take(name.rpartition(" ")[2], local)

    def end(self, name: str) -> None:
        """Take the end of an element."""

    def text(self, text: str) -> None:
        """Take characters."""


def _folded(name: str) -> str:
    """Names of parts are the same whatever their case (ECMA-376 part 2)."""
    return name.replace("\\", "/").casefold()


def _refused(part: str) -> Callable[..., None]:
    def refuse(*_: object) -> None:
        message = f"{printable(part[:80])} declares a document type, as no workbook does"
        raise Unreadable(rules.UNREADABLE_WORKBOOK, message)

    return refuse


def _damaged(what: str, error: Exception) -> Unreadable:
    reason = printable(str(error))[:100] or type(error).__name__
    return Unreadable(
        rules.UNREADABLE_WORKBOOK,
        f"{what} is damaged or cut off: {reason}",
        hint="open it in a spreadsheet program and save it again",
    )


def encrypted() -> Unreadable:
    """Say that a workbook has a password."""
    return Unreadable(
        rules.UNREADABLE_WORKBOOK,
        "the workbook is encrypted",
        hint="save it without a password",
    )


def too_large(why: str) -> Unreadable:
    """Say that a workbook would need too much time or memory."""
    return Unreadable(
        rules.LARGE_WORKBOOK, f"the workbook is too large to read: {why}", "save its table as CSV"
    )
