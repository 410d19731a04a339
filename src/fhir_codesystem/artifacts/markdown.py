"""Text that stays text in GitHub-flavoured Markdown, and the table of concepts by columns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import orjson
import polars as pl

from fhir_codesystem.artifacts.streaming import Rows, in_chunks
from fhir_codesystem.characters import ADDRESS, CONTROLS, IN_MARKDOWN, treated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fhir_codesystem.artifacts.streaming import Piece
    from fhir_codesystem.concepts.table import ConceptTable

SPECIAL = rf"([{IN_MARKDOWN}|])"
LINKS = r"(?i)(https?|ftp|mailto|xmpp|www)([:.])"
BREAKS = r"\r\n|\r|\n"
NOT_SHOWN = rf"[{CONTROLS}]"
TO_ESCAPE = rf"[{IN_MARKDOWN}|\x00-\x1f\x7f]|{ADDRESS}"
NOT_IN_SPAN = r"[`|\\\x00-\x1f\x7f]"
HTML = r"(\\*)<(?=[A-Za-z/!?])"
FIRST_SPACE = "&nbsp;"
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
WIDTH = 3
"""Spaces a level: such at which no line is broken, so the code stays beside them."""


def escaped(values: pl.Series) -> pl.Series:
    r"""Escape texts (null stays null) so that a cell of a table shows them as they are.

    Nothing in a text is taken for markup, a link or the end of the cell. A line break becomes
    ``<br>``; control characters, which no page can show, become U+FFFD.
    """
    if not values.str.contains(TO_ESCAPE).any():
        return values
    return (
        values.str.replace_all(SPECIAL, r"\$1")
        .str.replace_all(LINKS, r"$1\$2")
        .str.replace_all(BREAKS, "<br>")
        .str.replace_all(NOT_SHOWN, "\N{REPLACEMENT CHARACTER}")
    )


def cell(text: object) -> str:
    """Escape one text for a cell of a table or a line of Markdown; None is blank."""
    if text is None:
        return ""
    plain = str(text).strip()
    return str(escaped(pl.Series([plain], dtype=pl.String)).item())


def code(values: pl.Series) -> pl.Series:
    """Show codes as code: a code span, or where the text would break one, the HTML of one."""
    odd = values.str.contains(NOT_IN_SPAN)
    if not odd.any():
        return _spans(values)
    elements = pl.concat_str(pl.lit("<code>"), escaped(values), pl.lit("</code>"))
    return pl.select(pl.when(odd).then(elements).otherwise(_spans(values))).to_series()


def _spans(values: pl.Series) -> pl.Series:
    return pl.select(pl.concat_str(pl.lit("`"), values, pl.lit("`"))).to_series()


def code_span(text: object) -> str:
    """Show one text as code."""
    return str(code(pl.Series([str(text).strip()], dtype=pl.String)).item())


def quote(text: str) -> str:
    """Put Markdown that somebody wrote into a block quote: nothing in it reaches beyond.

    HTML in it is shown, not obeyed (in code too: ``<`` shows as ``&lt;`` there).
    """
    shown = re.sub(NOT_SHOWN, "\N{REPLACEMENT CHARACTER}", text.strip())
    lines = re.split(BREAKS, re.sub(HTML, _without_html, shown))
    return "\n".join(f"> {line}".rstrip() for line in lines)


def _without_html(tag: re.Match[str]) -> str:
    """Escape the beginning of a tag, unless its author did: by a backslash that escapes it."""
    backslashes = tag[1]
    return tag[0] if len(backslashes) % 2 else f"{backslashes}&lt;"


def table(concepts: ConceptTable) -> Iterator[Piece]:
    """Return the table of concepts in UTF-8, piece by piece, the first with the header.

    The hierarchy shows twice: by the level, and by the indentation of the codes. Columns that no
    concept fills are left out. Designations have a column for each language and use, properties
    one each.
    """
    frame = concepts.frame.select("depth", "code", "display", "definition")
    odd = (~concepts.frame["plain"]).arg_true()
    spoiled = odd.filter(frame["code"].gather(odd).str.contains(NOT_IN_SPAN))
    form = pl.zeros(frame.height, pl.Int32, eager=True).scatter(spoiled, 1).alias("form")
    texts = {"display": "Display", "definition": "Definition"}
    frame = frame.with_columns(
        treated(frame["code"], spoiled, escaped),
        *(treated(frame[name], odd, escaped) for name in texts),
        form,
    )
    columns = {
        name: title
        for name, title in texts.items()
        if frame[name].null_count() < frame.height or not frame.height
    }
    for number, (title, lists) in enumerate(_lists(concepts)):
        name = str(number)
        blank = pl.Series(name, [None], dtype=pl.String).new_from_index(0, len(concepts))
        frame = frame.with_columns(blank.scatter(lists["concept"], lists["shown"]))
        columns[name] = title
    header = [*(["Level"] if concepts.nested else []), "Code", *map(cell, columns.values())]
    ruler = ["---:" if name == "Level" else "---" for name in header]
    yield f"| {' | '.join(header)} |\n| {' | '.join(ruler)} |\n".encode()
    nested = concepts.nested
    before = pl.Series(
        [
            (f"| {depth} | {indent(depth)}" if nested else "| ") + opening
            for depth in range(concepts.levels + 1)
            for opening in ("`", "<code>")
        ]
    )
    after = pl.Series(["`", "</code>"])
    bar = pl.lit("|")

    def rows(part: pl.DataFrame) -> Rows:
        form = part["form"]
        shown = before.gather(part["depth"] * 2 + form), part["code"], after.gather(form)
        cells = [pl.concat_str(shown), bar]
        for name in columns:
            cells += [pl.lit(part[name]), bar]
        return Rows.of(cells, " ", "\n")

    yield from in_chunks(frame, rows)


def indent(depth: int) -> str:
    """Indent a code; parsers trim white space from cells, so the first is a reference to one."""
    spaces = WIDTH * max(depth - 1, 0)
    return FIRST_SPACE + NO_BREAK_SPACE * (spaces - 1) if spaces else ""


def _lists(concepts: ConceptTable) -> Iterator[tuple[str, pl.DataFrame]]:
    """Return what concepts have several of, by columns: the title, ``concept`` and ``shown``."""
    named = concepts.designations
    if named.is_empty() and concepts.parents.is_empty() and concepts.properties.is_empty():
        return
    for language, use in named.select("language", "use").unique(maintain_order=True).iter_rows():
        of_kind = named.filter(
            pl.col("language").eq_missing(language), pl.col("use").eq_missing(use)
        )
        yield _title(language, use), _listed(of_kind, escaped, "; ")
    if concepts.parents.height:
        title = "Also below" if concepts.nested else "Below"
        yield title, _listed(concepts.parents, code, ", ")
    values = concepts.properties
    for name, kind in values.select("code", "type").unique(maintain_order=True).iter_rows():
        of_kind = values.filter(pl.col("code") == name, pl.col("type") == kind)
        shown = {"code": code, "Coding": _codings}.get(kind, escaped)
        yield name, _listed(of_kind, shown, "; " if kind == "string" else ", ")


def _title(language: str | None, use: str | None) -> str:
    """Head a column of designations."""
    coding = orjson.loads(use) if use else {}
    called = str(coding.get("display") or coding.get("code") or "")
    if language is None:
        return "Also called" if called in {"", "Synonym"} else called
    return f"{language} ({called})" if called else language


def _codings(values: pl.Series) -> pl.Series:
    """Show Codings by their displays, or as ``system|code``."""
    codings = [orjson.loads(value) for value in values]
    told = [each.get("display") or f"{each.get('system')}|{each.get('code')}" for each in codings]
    return escaped(pl.Series(told, dtype=pl.String))


def _listed(
    links: pl.DataFrame, show: Callable[[pl.Series], pl.Series], between: str
) -> pl.DataFrame:
    """Write the values of each concept one after the other: ``concept``, ``shown``."""
    return (
        links.select("concept", show(links["value"]).alias("shown"))
        .group_by("concept", maintain_order=True)
        .agg(pl.col("shown").str.join(between))
    )
