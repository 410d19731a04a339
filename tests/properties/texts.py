"""Texts for cells and metadata, and what the reader makes of them."""

from __future__ import annotations

import unicodedata

from hypothesis import strategies as st

BLANKS = " \t\r\n\x0b\x0c"
SPACES_IN_TEXT = "\x85\xa0\u2028\u2029"
"""Spaces that become ordinary ones in every cell; the others become so in codes only."""
TAKEN_OUT = (
    "\xad\u034f\u180e\u200b\u2060\u2061\u2062\u2063\u2064\ufeff\ufff9\ufffa\ufffb"  # zero width
)
CONTROLS = "".join(chr(code) for code in (*range(32), 127) if chr(code) not in "\t\r\n")
C1_CONTROLS = "".join(chr(code) for code in range(0x80, 0xA0) if code != 0x85)
TAKEN_OUT_OF_CODES = C1_CONTROLS + (
    "\u200c\u200d"  # joiners
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e"  # directions
    "\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f"
)

MARKUP = (
    *"|\\`*_[]<>&#$~!@:^(){}=+-.'\"/%;,?",
    *("||", "\\|", "|\\", "\\\\", "\\\\|", "``", "```", "~~~", "~~", "**", "__", "***", "$$"),
    *("---", "===", "- ", "* ", "+ ", "1. ", "1) ", "> ", "# ", "## ", " #", "    ", "|---|"),
    *("&lt;", "&#124;", "&#x7c;", "&amp;", "&emsp;", "&", "&#0;", "&bogus;"),
    *("<br>", "<br/>", "<code>", "</code>", "<b>", "</td>", "</table>", "<script>", "<div>"),
    *("<!--", "-->", "<!-- x -->", "<?x?>", "<![CDATA[", "]]>", "</blockquote>", "<a href='x'>"),
    *("http://", "https://a.example/b_c_d?e=f&g=h", "www.", "www.example.org", "ftp://x.y"),
    *("HTTP://EXAMPLE.ORG", "mailto:a@b.example", "xmpp:a@b.example", "a.b@c.example", "@user"),
    *("<http://x.example>", "<a@b.example>", "[x](y)", "![x](y)", "[x]: y", "[^1]", "[^1]: z"),
    *("- [ ] x", ":-)", ":smile:", "{{ x }}", "{% x %}", "{#", "$x$", "\\(", "\\n", "a_b_c", "a*b"),
    *("\N{GRINNING FACE}", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "e\u0301", "\u0301"),
    *("\u05d0\u05d1", "\u202eabc\u202c", "\u0600", "\U000e0001", "\ufffd", "\ud7ff\ue000"),
    *("\ufdd0|", "\ufdd0\ufdd1\\|", "\ufffe", "\uffff", "\U0010ffff"),
)
INVISIBLE = (*SPACES_IN_TEXT, *TAKEN_OUT, *TAKEN_OUT_OF_CODES, *"\u1680\u2003\u202f\u3000")
WORDS = ("a", "b", "A", "aa", "one", "two words", " ", "ß", "0", "007", "1", "\N{KELVIN SIGN}")
PIECES = (*WORDS, *MARKUP, *WORDS, *MARKUP, *INVISIBLE, *CONTROLS, *"\t\r\n", "\r\n")
IN_CODES = (*WORDS, *(text for text in MARKUP if " " not in text), *TAKEN_OUT, *TAKEN_OUT_OF_CODES)
CHARACTERS = st.characters(exclude_categories=["Cs"])


def any_text(most: int = 6) -> st.SearchStrategy[str]:
    """Whatever a string can hold (no surrogates), heavy on what some syntax gives a meaning."""
    return _pieces(PIECES, CHARACTERS, most)


def raw_text(most: int = 5) -> st.SearchStrategy[str]:
    """What a cell can hold: no line end, no NUL, not only spaces that FHIR takes for nothing."""
    cells = any_text(most).map(lambda text: text.translate({10: " ", 0: None}))
    return cells.filter(lambda text: not _only_odd_spaces(cleaned(text)))


def raw_code(most: int = 4) -> st.SearchStrategy[str]:
    """What a cell can hold from which a good code can be read."""
    characters = st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"])
    space = st.sampled_from([" ", " ", " ", "\xa0", "\u2003", " \u200d", "\x01 "])
    ends = st.sampled_from(["", "", "", " ", "\t", "\xa0", "\u3000", "\u200b", "\x7f"])
    return (
        st.tuples(ends, _pieces(IN_CODES, characters, most), space, ends)
        .map(lambda drawn: drawn[0] + drawn[2].join(drawn[1].split()) + drawn[3])
        .filter(lambda text: is_code(cleaned_code(text)))
    )


def _pieces(
    fixed: tuple[str, ...], characters: st.SearchStrategy[str], most: int
) -> st.SearchStrategy[str]:
    """Put texts together of pieces, with some characters in the midst; or take one piece alone."""

    def joined(drawn: tuple[list[str], str]) -> str:
        parts, others = drawn
        half = len(parts) // 2
        return "".join([*parts[:half], others, *parts[half:]])

    one = st.sampled_from(fixed)
    parts = st.lists(one, max_size=most)
    return (
        st.sampled_from(WORDS) | one | st.tuples(parts, st.text(characters, max_size=3)).map(joined)
    )


def is_code(text: str | None) -> bool:
    """Whether a text is a code by the FHIR specification: single blanks inside, none around."""
    return bool(text) and text == " ".join(str(text).split())


def cleaned(text: str) -> str | None:
    """Return what the reader makes of a cell: odd characters mended, ends trimmed, blank None."""
    return _cleaned(text, spaces=SPACES_IN_TEXT, taken_out=TAKEN_OUT + CONTROLS)


def cleaned_code(text: str) -> str | None:
    """Return what the reader makes of a code's cell: nothing invisible stays in it."""
    spaces = [c for c in text if unicodedata.category(c) in {"Zs", "Zl", "Zp"} or c == "\x85"]
    return _cleaned(
        text, spaces="".join(spaces), taken_out=TAKEN_OUT + CONTROLS + TAKEN_OUT_OF_CODES
    )


def _cleaned(text: str, *, spaces: str, taken_out: str) -> str | None:
    plain = "".join(" " if c in spaces else c for c in text.strip(BLANKS) if c not in taken_out)
    return plain.strip(BLANKS) or None


def _only_odd_spaces(text: str | None) -> bool:
    return text is not None and not text.strip()
