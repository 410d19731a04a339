"""Numbers of cells as people see them: codes with leading zeros, dates, plain numbers.

Formats of numbers are those of ECMA-376 part 1, 18.8.30 and 18.8.31.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

BUILT_IN = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "yyyy-mm-dd h:mm",
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
    48: "##0.0E+0",
} | dict.fromkeys((14, *range(27, 32), *range(34, 37), *range(50, 59)), "yyyy-mm-dd")
"""Formats that a workbook names by number only (18.8.30), as far as they matter here."""

EXACT_DIGITS = 15
"""Digits of a number that a spreadsheet keeps."""
LONGEST = 40
"""Characters of a number; what is longer is no number."""

TOKEN = re.compile(r'"([^"]*)"|\\(.)|[_*](?:.)|\[([^]]*)\]|(.)', re.DOTALL)
LITERALS = frozenset(" -():")
INTEGER = re.compile(r"-?\d+")


class Doubt(StrEnum):
    """Why a number is not what its author typed, if it was meant as a code."""

    DATE = "a date"
    SCIENTIFIC = "a number in scientific notation"
    DIGITS = "a number of more than 15 digits, of which the spreadsheet kept 15"


class Shown(NamedTuple):
    """A number as text; ``formatted``: its format adds zeros or characters to the number."""

    text: str
    formatted: bool = False
    doubt: Doubt | None = None


class Format(NamedTuple):
    """What a format makes of a number.

    ``pattern`` holds its characters where it only sets digits out: placeholders, literals (each
    as a pair of whether it is a placeholder and the character) and nothing else. ``date`` holds
    the letters of a date or time in it.
    """

    pattern: tuple[tuple[bool, str], ...] = ()
    date: frozenset[str] = frozenset()
    scientific: bool = False


@lru_cache(1024)
def format_of(code: str) -> Format | None:
    """Read the first section of a format; None where it says nothing that matters here."""
    pattern: list[tuple[bool, str]] = []
    letters: set[str] = set()
    simple = True
    for match in TOKEN.finditer(code[:255]):
        quoted, escaped, bracket, char = match.groups()
        if char == ";":
            break
        if literal := quoted or escaped:
            pattern += [(False, each) for each in literal]
        elif bracket is not None:
            letters |= set(bracket.lower()) if re.fullmatch("[hHmMsS]+", bracket) else set()
            simple = simple and not re.match("[<>=]", bracket)
        elif char is not None:
            letters |= set(char.lower()) & set("ymdhse+")
            simple = simple and (char in "0#?." or char in LITERALS)
            pattern.append((char in "0#?.", char))
    if letters & set("ymdhs"):
        return Format(date=frozenset(letters & set("ymdhs")))
    if {"e", "+"} <= letters:
        return Format(scientific=True)
    kinds = [char for placeholder, char in pattern if placeholder]
    if simple and len(pattern) > 1 and kinds and kinds.count(".") < 2:
        return Format(tuple(pattern))
    return None


def shown(raw: str, form: Format | None, *, from_1904: bool = False) -> Shown:
    """Return a number as text: as its format shows it where that says the same number.

    Integers have no decimal point, dates are ISO 8601 and as precise as their format.
    """
    if len(raw) > LONGEST:
        return Shown(raw)
    text = plain(raw)
    if form is None:
        return Shown(text, doubt=_lost_digits(text))
    if form.date:
        date = _date(raw, form.date, from_1904=from_1904)
        return Shown(date or text, doubt=Doubt.DATE if date else None)
    if form.scientific:
        return Shown(text, doubt=Doubt.SCIENTIFIC)
    laid_out = _laid_out(text, form)
    if laid_out is not None and laid_out != text:
        return Shown(laid_out, formatted=True)
    return Shown(text, doubt=_lost_digits(text))


def _lost_digits(text: str) -> Doubt | None:
    return Doubt.DIGITS if len(text) > EXACT_DIGITS and text.isdigit() else None


def plain(raw: str) -> str:
    """Return a number without a decimal point where it is whole, without noise where it is not."""
    if INTEGER.fullmatch(raw):
        return str(int(raw))
    try:
        number = Decimal(f"{float(raw):.{EXACT_DIGITS}g}")
    except (ValueError, InvalidOperation):
        return raw
    if not number.is_finite():
        return raw
    if not -EXACT_DIGITS <= number.adjusted() <= 20:
        return str(number)
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _laid_out(text: str, form: Format) -> str | None:
    """Lay a number's digits out as its format does; None where that would not say all of it."""
    places = _places(form)
    whole, _, fraction = text.partition(".")
    if not whole.isdigit() or len(fraction) > places:
        return None
    digits = list((whole if whole != "0" else "") + fraction.ljust(places, "0"))
    laid: list[str] = []
    first = next(i for i, (placeholder, _) in enumerate(form.pattern) if placeholder)
    for at in range(len(form.pattern) - 1, -1, -1):
        placeholder, char = form.pattern[at]
        if not placeholder or char == ".":
            laid.append(char)
        elif digits:
            laid.append(digits.pop())
        elif char == "0":
            laid.append("0")
        if at == first:
            laid += reversed(digits)
    return "".join(reversed(laid)).strip()


def _places(form: Format) -> int:
    kinds = "".join(char for placeholder, char in form.pattern if placeholder)
    return len(kinds.partition(".")[2])


def _date(raw: str, letters: frozenset[str], *, from_1904: bool) -> str | None:
    """Return a date of a workbook: days since the end of 1899, or of 1903."""
    try:
        days = float(raw)
        if from_1904:
            days += 1462
        elif days < 60:
            days += days >= 1  # there was no 29 February 1900, but workbooks count it
        moment = datetime(1899, 12, 30) + timedelta(milliseconds=round(days * 86_400_000))  # noqa: DTZ001 - dates in workbooks have no zone
    except (ValueError, OverflowError):
        return None
    if days < 0:
        return None
    clock = moment.replace(microsecond=0).time().isoformat()
    if not letters & set("yd"):
        return clock if letters & set("hs") else moment.date().isoformat()
    if "d" not in letters and "y" in letters:
        return f"{moment:%Y-%m}" if "m" in letters else f"{moment:%Y}"
    timed = letters & set("hs") and clock != "00:00:00"
    return f"{moment.date().isoformat()}T{clock}" if timed else moment.date().isoformat()
