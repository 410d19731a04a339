"""What is proposed for a column, and what is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from fhir_codesystem.repairs import columns

if TYPE_CHECKING:
    from collections.abc import Callable

Texts = list[str | None]
MISREAD = [
    "Müller",
    "Größe",
    "café – naïve",
    "Crohn’s",
    "“so”…",
    "€ 5",
    "µg",
    "Ω",
    "Привет",
    "日本",
    "😀",
]


def made(propose: Callable[..., pl.DataFrame], texts: Texts, **others: pl.Series) -> Texts:
    """Return the column with all that is proposed for it."""
    values = pl.Series(texts, dtype=pl.String)
    rows = () if propose is columns.with_zeros else (columns.odd(values),)
    proposed = propose(values, *rows, **others)
    assert proposed.schema == columns.NONE.schema
    assert (values.gather(proposed["row"]) != proposed["after"]).all()
    return values.scatter(proposed["row"], proposed["after"]).to_list()


@pytest.mark.parametrize("text", MISREAD)
@pytest.mark.parametrize("codec", ["cp1252", "latin-1"])
def test_utf8_read_as_something_else_is_read_again(text: str, codec: str) -> None:
    misread = "".join(
        bytes([byte]).decode(codec, "replace").replace("\ufffd", chr(byte))
        for byte in text.encode()
    )
    assert made(columns.redecoded, [None, "plain", misread]) == [None, "plain", text]


@pytest.mark.parametrize(
    "text",
    [
        *MISREAD,
        "« CAFÉ»",
        "MALMÖ”",
        "CAFÉ…",
        "Müller and MÃ¼ller",
        "São “João”",
        "IRMÃ",
        "Ã",
        "£ 5 – 10 °C",
        "naïve “É»”",
        "Â",
        "été",
    ],
)
def test_good_text_is_not_read_again(text: str) -> None:
    assert made(columns.redecoded, [text]) == [text]


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        (["a's", "b's", "c's", "d’s"], ["a's", "b's", "c's", "d's"]),
        (["a's", "b's", "c’s"], None),
        (["a’s", "b’s", None], None),
        (['"a"', '"b"', '"c"', "“d”", "e’s"], ['"a"', '"b"', '"c"', '"d"', "e’s"]),
        (["a's", "b's", "c's", "„d‘"], None),
        (["a's", "b's", "c's", "«d’s»"], None),
        (["a's", "b's", "c's", "漢‘字’"], None),
        (["a's", "b's", "c's", "a′"], None),
    ],
)
def test_quotes_are_straightened_where_most_are_straight(
    texts: Texts, wanted: Texts | None
) -> None:
    assert made(columns.straightened, texts) == (wanted or texts)


@pytest.mark.parametrize(
    ("codes", "wanted"),
    [
        (["a-1", "a–2"], ["a-1", "a-2"]),
        (["a-1", "a−2", None], ["a-1", "a-2", None]),
        (["a–1", "a—2", "a-3"], None),
        (["a–1"], None),
        (["a\u20111", "b"], ["a-1", "b"]),
        (["a\u20101", "b–2"], ["a-1", "b–2"]),
    ],
)
def test_dashes_in_codes_become_hyphens(codes: Texts, wanted: Texts | None) -> None:
    assert made(columns.with_hyphens, codes) == (wanted or codes)


@pytest.mark.parametrize(
    ("codes", "wanted"),
    [
        (["BА1"], ["BA1"]),
        (["СОVID"], ["COVID"]),
        (["ΑTC", "A"], ["ATC", "A"]),
        (["А00", "B01", "C02"], ["A00", "B01", "C02"]),
        (["А00", "В01", "C02"], None),
        (["А00"], None),
        (["А", "B", "C"], None),
        (["TNF-α", "IFNγ", "β2", "µg", "5′"], None),
        (["Жук", "ЖA", "Альфа"], None),
        (["Ärzte", "É"], None),
    ],
)
def test_letters_that_look_latin_become_so_in_latin_codes(
    codes: Texts, wanted: Texts | None
) -> None:
    assert made(columns.in_latin, codes) == (wanted or codes)


@pytest.mark.parametrize(
    ("codes", "wanted"),
    [
        (["A1", "A２"], ["A1", "A2"]),
        (["12", "Ａ－１．２", None], ["12", "A-1.2", None]),
        (["１", "２", "3"], None),
        (["１"], None),
        (["a", "｜"], None),
    ],
)
def test_full_width_becomes_ordinary_where_more_are_so(codes: Texts, wanted: Texts | None) -> None:
    assert made(columns.half_width, codes) == (wanted or codes)


@pytest.mark.parametrize(
    ("codes", "wanted"),
    [
        (["00080005", "0020000D", "80016"], ["00080005", "0020000D", "00080016"]),
        (["004", "100", "200", "8"], ["004", "100", "200", "008"]),
        (["01", "02", "0", "10"], ["01", "02", "00", "10"]),
        (["root", "02", None, "12", "1"], ["root", "02", None, "12", "01"]),
        # numbers that were never padded, however many of them are as long as the longest
        ([str(number) for number in range(1, 1000)], None),
        # codes whose length is their level
        (["0", "01", "011", "0111", "1", "11", "111", "1111", "1112", "1113"], None),
        (["0111", "0112", "0113", "0114", "1a"], None),
        # too few, too long, the longer code is there
        (["001", "2", "3"], None),
        (["00", "01", "1", "100"], None),
        (["01", "02", "10", "1"], None),
        (["0"], None),
        ([None], None),
        (["a", "b"], None),
        (["0a"], None),
    ],
)
def test_zeros_come_back_where_codes_are_equally_long(codes: Texts, wanted: Texts | None) -> None:
    assert made(columns.with_zeros, codes) == (wanted or codes)


@pytest.mark.parametrize(("last", "after"), [("A", "01"), ("B", "1"), (None, "1")])
def test_a_code_that_is_there_is_made_again_only_for_the_same_display(
    last: str | None, after: str
) -> None:
    displays = pl.Series(["A", "C", last])
    codes = made(columns.with_zeros, ["01", "02", "1"], beside=displays)
    assert codes == ["01", "02", after]


def test_two_codes_without_displays_are_not_made_one() -> None:
    displays = pl.Series([None, None, None], dtype=pl.String)
    codes = made(columns.with_zeros, ["01", "02", "1"], beside=displays)
    assert codes == ["01", "02", "1"]
