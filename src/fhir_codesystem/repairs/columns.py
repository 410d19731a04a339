"""What the cells of a column should probably say: columns in, proposals out.

Each function takes a column of text (null where blank) and the indices of its rows that are worth
a look, and returns a frame of proposals: ``row`` (UInt32, an index) and ``after`` (String). Where
nothing is odd it costs next to nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from fhir_codesystem.characters import ODD_SPACES, OTHER_SPACES

if TYPE_CHECKING:
    from collections.abc import Callable

NONE = pl.DataFrame(schema={"row": pl.UInt32, "after": pl.String})

WINDOWS_1252 = {
    ord(character): byte
    for byte in range(0x80, 0xA0)
    if (character := bytes([byte]).decode("cp1252", "ignore"))
}
"""The characters of Windows-1252 that Latin-1 has elsewhere, to the bytes they stand for."""

FOLLOWING = r"[\x{80}-\x{BF}" + "".join(map(chr, WINDOWS_1252)) + "]"
LONGER = rf"[à-ï]{FOLLOWING}{{2}}|[ð-ô]{FOLLOWING}{{3}}"
CERTAIN = rf"[ÂÃÄÅÎÏÐÑ]{FOLLOWING}|{LONGER}"
"""A character of two to four bytes as it looks when each byte is taken for a character.

Of two bytes only those of the Latin, Greek and Cyrillic alphabets: in others the first is a
letter such as É or Ö, after which a quote or an ellipsis may well stand.
"""
MISREAD = re.compile("[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
PROPER = re.compile("[^\x00-\x7f\xa0]")

SINGLE, DOUBLE = "‘’", "“”"
OTHER_QUOTES = r"[„‚«»‹›「」『』\p{Han}\p{Hiragana}\p{Katakana}]"
"""Where one of these is, curved quotes belong to the language."""

HYPHENS = "\N{HYPHEN}\N{NON-BREAKING HYPHEN}"
DASHES = "\N{FIGURE DASH}\N{EN DASH}\N{EM DASH}\N{HORIZONTAL BAR}\N{MINUS SIGN}"

FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code - 0xFEE0).isalnum()}
FULL_WIDTH |= {ord(wide): ord(plain) for wide, plain in zip("－．／：＿", "-./:_", strict=True)}

LOOK_ALIKES = str.maketrans(
    "АВЕЗКМНОРСТУХЅІЈаеорсухѕіј" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο",
    "ABE3KMHOPCTYXSIJaeopcyxsij" + "ABEZHIKMNOPTYXo",
)
"""Cyrillic and Greek letters that look like a Latin letter (or a digit) in every typeface.

After Unicode's confusables.txt (UTS 39). The small Greek letters but omicron are left out: TNF-α
is written so.
"""
LIKE_LATIN = "[" + "".join(map(chr, LOOK_ALIKES)) + "]"


FULL_WIDTH_FORMS = r"\x{FF01}-\x{FF5E}"
WORTH_A_LOOK = (
    f"[{SINGLE}{DOUBLE}{HYPHENS}{DASHES}{FULL_WIDTH_FORMS}{ODD_SPACES}{OTHER_SPACES}]"
    f"|{LIKE_LATIN}|{CERTAIN}"
)
"""What a cell holds of which any function here has something to say, but for zeros."""


def odd(values: pl.Series) -> pl.Series:
    """Return which rows are worth a look: not ASCII, and with more than accents."""
    text = pl.col("text").str
    frame = pl.DataFrame({"text": values})
    rows = frame.select((text.len_bytes() != text.len_chars()).arg_true()).to_series()
    return _those(values, rows, WORTH_A_LOOK)


def redecoded(values: pl.Series, rows: pl.Series) -> pl.DataFrame:
    """Undo the reading of UTF-8 as Windows-1252 or Latin-1, where a whole cell can be undone.

    All that is not ASCII in it, but for no-break spaces, must turn out as UTF-8: a cell that has
    one proper 'ü' besides has not been misread as a whole, and is left.
    """
    hits = _those(values, rows, CERTAIN)
    return _proposed(values, hits, _from_bytes)


def _from_bytes(text: str) -> str:
    characters = text.translate(WINDOWS_1252)
    if PROPER.search(MISREAD.sub("", characters)):
        return text
    try:
        return MISREAD.sub(lambda found: found[0].encode("latin-1").decode(), characters)
    except UnicodeDecodeError:
        return text


def straightened(values: pl.Series, rows: pl.Series) -> pl.DataFrame:
    """Make typographic quotes straight where at least three times as many cells have straight ones.

    Single and double quotes are judged apart. Quotes of other languages („so“, « ainsi ») and
    texts in Chinese or Japanese stay.
    """
    table: dict[int, str] = {}
    for curved, straight in ((SINGLE, "'"), (DOUBLE, '"')):
        few = len(_those(values, rows, f"[{curved}]"))
        if few and values.str.contains(straight, literal=True).sum() >= 3 * few:
            table |= dict.fromkeys(map(ord, curved), straight)
    if not table:
        return NONE
    hits = _those(values, rows, "[" + "".join(map(chr, table)) + "]")
    own = values.gather(hits).str.contains(OTHER_QUOTES)
    return _proposed(values, hits.filter(~own), lambda text: text.translate(table))


def with_hyphens(codes: pl.Series, rows: pl.Series) -> pl.DataFrame:
    """Make hyphens of Unicode, and dashes where more codes have a hyphen-minus, hyphen-minuses."""
    few = len(_those(codes, rows, f"[{DASHES}]"))
    usual = few and codes.str.contains("-", literal=True).sum() >= few
    table = dict.fromkeys(map(ord, HYPHENS + (DASHES if usual else "")), "-")
    hits = _those(codes, rows, "[" + "".join(map(chr, table)) + "]")
    return _proposed(codes, hits, lambda text: text.translate(table))


def in_latin(codes: pl.Series, rows: pl.Series) -> pl.DataFrame:
    """Make letters that look Latin so, in codes that are Latin but for them.

    That is a code with a Latin letter besides, or one with a digit (such as А00 with a Cyrillic А)
    where more codes begin with a Latin letter.
    """
    hits = _those(codes, rows, LIKE_LATIN)
    if not len(hits):
        return NONE
    rest = codes.gather(hits).str.replace_all(LIKE_LATIN, "")
    latin = rest.str.contains("[A-Za-z]")
    if codes.str.contains("^[A-Za-z]").sum() > len(hits):
        latin |= rest.str.contains("[0-9]")
    return _proposed(
        codes,
        hits.filter(latin & rest.str.contains(r"^[\x00-\x7f]*$")),
        lambda text: text.translate(LOOK_ALIKES),
    )


def half_width(codes: pl.Series, rows: pl.Series) -> pl.DataFrame:
    """Make full-width digits and letters ordinary where more codes have ordinary ones only."""
    hits = _those(codes, rows, f"[{FULL_WIDTH_FORMS}]")
    if not len(hits) or codes.str.contains(r"^[\x00-\x7f]*[0-9A-Za-z]").sum() < len(hits):
        return NONE
    return _proposed(codes, hits, lambda text: text.translate(FULL_WIDTH))


def with_zeros(codes: pl.Series, beside: pl.Series | None = None) -> pl.DataFrame:
    """Give codes back the zeros at their front that a spreadsheet took for nothing.

    The numbers among the codes (hexadecimal ones too) tell: at least two of three have the same
    number of digits, which none exceeds, and one of these begins with a zero. A shorter one that
    begins with a zero, or has a letter, shows that the length is free: then nothing is proposed.
    Nor where the longer code is there already, unless ``beside`` (the displays) says the same.
    """
    if not codes.str.starts_with("0").any():
        return NONE
    numbers = codes.str.contains("^[0-9A-Fa-f]*[0-9][0-9A-Fa-f]*$")
    frame = (
        pl.DataFrame({"code": codes}).with_row_index("row").filter(numbers.fill_null(value=False))
    )
    size = pl.col("code").str.len_bytes()
    longest = frame["code"].str.len_bytes().max()
    if not isinstance(longest, int) or longest < 2:
        return NONE
    short = frame.filter(size < longest)
    full = frame.filter(size == longest)
    free = short["code"].str.contains("^0.|[A-Fa-f]").any()
    zeros = full["code"].str.starts_with("0").any()
    if free or not zeros or not short.height or full.height < 2 * short.height:
        return NONE
    made = short.select("row", pl.col("code").str.zfill(longest).alias("after"))
    return made.join(_same_code_other_display(made, full, beside), on="row", how="anti")


def _same_code_other_display(
    made: pl.DataFrame, full: pl.DataFrame, beside: pl.Series | None
) -> pl.DataFrame:
    """Find the proposals that would make a code of another concept of them."""
    there = made.join(full.rename({"row": "other"}), left_on="after", right_on="code")
    if beside is None:
        return there
    same = beside.gather(there["row"]) == beside.gather(there["other"])
    return there.filter(~same.fill_null(value=False))


def _those(values: pl.Series, rows: pl.Series, pattern: str) -> pl.Series:
    """Return which of some rows match."""
    return rows.filter(values.gather(rows).str.contains(pattern)) if len(rows) else rows


def _proposed(values: pl.Series, rows: pl.Series, mend: Callable[[str], str]) -> pl.DataFrame:
    """Propose for some rows what mends them, each text once."""
    if not len(rows):
        return NONE
    after = [mend(text) for text in values.gather(rows)]
    made = pl.DataFrame({"row": rows, "after": pl.Series(after, dtype=pl.String)}, NONE.schema)
    return made.filter(made["after"] != values.gather(rows))
