"""Rules of what looks the same and is not: codes, words of two alphabets, displays of another."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from fhir_codesystem.characters import treated
from fhir_codesystem.diagnostics import Severity, quoted
from fhir_codesystem.repairs.columns import LIKE_LATIN, LOOK_ALIKES, in_latin
from fhir_codesystem.rules.rule import TABLE, Example, Rule
from fhir_codesystem.rules.telling import one_by_one

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fhir_codesystem.codesystem.resource import CodeSystem
    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.rules.glance import Glance

CONFUSABLES = "https://www.unicode.org/reports/tr39/#Confusable_Detection"
HEADER = "Code | Display\n"
DIGITS = dict(zip("OIl|", "0111", strict=True))
LOOKS = {chr(ord_): DIGITS.get(chr(like), chr(like)) for ord_, like in LOOK_ALIKES.items()} | DIGITS
"""Characters that look like another one, to that: letters of other alphabets, digits last."""
LOOK = str.maketrans(LOOKS)

WORD_OF_TWO = rf"[A-Za-z]{LIKE_LATIN}|{LIKE_LATIN}[A-Za-z]"
"""A Latin letter beside one of another alphabet that looks Latin."""
MIXED = re.compile(WORD_OF_TWO)

SCRIPTS = {
    "Latin": r"\p{Latin}",
    "Cyrillic": r"\p{Cyrillic}",
    "Greek": r"\p{Greek}",
    "Arabic": r"\p{Arabic}",
    "Hebrew": r"\p{Hebrew}",
    "Thai": r"\p{Thai}",
    "Devanagari": r"\p{Devanagari}",
    "Chinese, Japanese or Korean": r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]",
}
FEW = 20
"""Displays in another script are odd where there are this many times as many in the usual one."""

WORDS = r"\pL{3,}\P{L}+\pL{3,}"
"""Two words: less may be an abbreviation, a symbol or a name in a text of any script."""


def _codes(codesystem: CodeSystem) -> Iterator[Diagnostic]:
    codes = codesystem.concepts.frame["code"]
    rows = _may_be_mistaken(codes)
    if not len(rows):
        return
    marks = _look(codes.gather(rows)).hash().sort()
    if not (marks == marks.shift(1)).any() and not codes.hash().is_in(marks.implode()).any():
        return
    looks = treated(codes, rows, _look)
    same = (
        pl.DataFrame({"look": looks, "fold": codes.str.to_lowercase()})
        .with_row_index("row")
        .filter(pl.col("look").is_duplicated())
        .with_columns(pl.col("row", "fold").first().over("look").name.prefix("first_"))
        .filter(pl.col("fold") != pl.col("first_fold"))
    )
    first = dict(same.select("row", "first_row").rows())
    yield from one_by_one(
        codesystem,
        SIMILAR_CODES,
        same["row"],
        "code",
        lambda row: f"the codes {quoted(codes[first[row]])} and {quoted(codes[row])} look the same",
    )


def _may_look_alike(glance: Glance) -> bool:
    looks = {code.translate(LOOK) for code in glance.codes}
    return len(looks) < len(glance.codes)


def _may_be_mistaken(codes: pl.Series) -> pl.Series:
    """Return the rows whose code has a letter that looks like another character.

    Of two codes that look the same, at least one is among them. A code of one letter is never
    one: in a list of letters and numbers nobody expects otherwise. Nor is a Latin code with a
    letter of another alphabet, which CS184 tells of by itself.
    """
    letters = codes.str.contains_any(list(DIGITS))
    beyond = codes.str.len_bytes() != codes.str.len_chars()
    rows = ((letters | beyond) & (codes.str.len_bytes() > 1)).arg_true()
    mixed = in_latin(codes, beyond.arg_true())["row"]
    return rows.filter(~rows.is_in(mixed.implode())) if len(mixed) else rows


def _look(codes: pl.Series) -> pl.Series:
    """Write codes with one character for all that look the same."""
    return codes.str.replace_many(list(LOOKS), list(LOOKS.values()))


def _words(codesystem: CodeSystem) -> Iterator[Diagnostic]:
    displays = codesystem.concepts.frame["display"]
    rows = codesystem.concepts.odd_displays
    rows = rows.filter(displays.gather(rows).str.contains(WORD_OF_TWO))
    yield from one_by_one(
        codesystem,
        WORD_OF_TWO_SCRIPTS,
        rows,
        "display",
        lambda row: f"a word of the display {quoted(displays[row])} is of two alphabets",
    )


def _scripts(codesystem: CodeSystem) -> Iterator[Diagnostic]:
    displays = codesystem.concepts.frame["display"]
    odd = codesystem.concepts.odd_displays
    beyond = odd.filter(displays.gather(odd).str.contains(r"[^\x00-\x7f]"))
    if not len(beyond) or len(displays) <= FEW:
        return
    special = displays.gather(beyond)
    has = {name: special.str.contains(script) for name, script in SCRIPTS.items()}
    ascii_only = displays.len() - displays.null_count() - len(beyond)
    count = {name: int(each.sum()) for name, each in has.items()}
    count["Latin"] += ascii_only
    usual = max(count, key=lambda name: count[name])
    if usual == "Latin":
        for name, there in has.items():
            if name != usual:
                yield from _told_odd(codesystem, beyond.filter(there & ~has[usual]), name, usual)
        return
    latin = displays.str.contains(r"\p{Latin}") & ~displays.str.contains(SCRIPTS[usual])
    yield from _told_odd(codesystem, latin.arg_true(), "Latin", usual)


def _told_odd(codesystem: CodeSystem, rows: pl.Series, name: str, usual: str) -> list[Diagnostic]:
    displays = codesystem.concepts.frame["display"]
    if len(displays) < FEW * len(rows):
        return []
    words = WORDS if name != "Chinese, Japanese or Korean" else r"\pL{2,}"
    return one_by_one(
        codesystem,
        OTHER_SCRIPT,
        rows.filter(displays.gather(rows).str.contains(words)),
        "display",
        lambda row: (
            f"the display {quoted(displays[row])} is written in {name} letters, "
            f"nearly all others in {usual} ones"
        ),
    )


SIMILAR_CODES = Rule(
    number="CS701",
    name="similar-codes",
    severity=Severity.WARNING,
    what="Two codes look the same: they differ in O and 0, or l, I and 1, or by alphabet.",
    why="Who types the code from a page, or hears it read out, gets the other concept.",
    fix="Give one of the two another code, if the code system is not in use yet.",
    breaks=Example(table=HEADER + "B0 | zero\nBO | letter\n", place=(TABLE, 3, 1)),
    holds=Example(table=HEADER + "B0 | zero\nBX | letter\nIO | both\n"),
    source=CONFUSABLES,
    check=_codes,
    may=_may_look_alike,
)
WORD_OF_TWO_SCRIPTS = Rule(
    number="CS702",
    name="word-of-two-alphabets",
    severity=Severity.WARNING,
    what="A word of a display has a Cyrillic or Greek letter that looks Latin among Latin ones.",
    why="The word looks right, and no search finds it.",
    fix="Type the word again.",
    breaks=Example(
        table=HEADER + "a | Lung \N{CYRILLIC SMALL LETTER ES}ancer\n", place=(TABLE, 2, 5)
    ),
    holds=Example(
        table=HEADER + "a | Lung cancer\nb | TNF\N{GREEK SMALL LETTER ALPHA}\nc | вход IN\n"
    ),
    source=CONFUSABLES,
    check=_words,
    may=lambda glance: any(map(MIXED.search, glance.displays)),
)
OTHER_SCRIPT = Rule(
    number="CS703",
    name="display-in-another-script",
    severity=Severity.INFORMATION,
    what="A few displays are written in another script than nearly all others.",
    why="A display of another language slipped in, or one that was not translated.",
    fix="Translate the display; give the text in the other language as a designation.",
    breaks=Example(
        table=HEADER
        + "".join(f"c{n} | Lobe number {n}\n" for n in range(40))
        + "x | левое лёгкое\n",
        place=(TABLE, 42, 5),
    ),
    holds=Example(
        table=HEADER + "".join(f"c{n} | Доля номер {n}\n" for n in range(40)) + "x | IgE\n"
    ),
    source="https://www.unicode.org/reports/tr24/",
    check=_scripts,
    may=lambda glance: glance.beyond_latin and len(glance.displays) > FEW,
)

RULES = (SIMILAR_CODES, WORD_OF_TWO_SCRIPTS, OTHER_SCRIPT)
