"""All repairs of a table that need consent: which cells, what they should say, why."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from fhir_codesystem import characters as chars
from fhir_codesystem.diagnostics import MOST, quoted
from fhir_codesystem.repairs import columns
from fhir_codesystem.rules import repairs as rules
from fhir_codesystem.rules.reading import INVISIBLE_CHARACTER
from fhir_codesystem.rules.rule import first_few
from fhir_codesystem.rules.workbooks import LOST_ZEROS as NUMBERS
from fhir_codesystem.tables import cleaning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fhir_codesystem.concepts.columns import Columns
    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.rules.rule import Rule
    from fhir_codesystem.tables.table import Table

ROUNDS = 8
"""How often a column is gone through: a repair may bring to light what another one is for."""

SHOWN = 30
"""Characters that are shown before the first that changes."""

PROPOSALS = pl.Schema(
    {
        "row": pl.UInt32,
        "cell": pl.UInt32,
        "rule": pl.String,
        "before": pl.String,
        "after": pl.String,
    }
)

MESSAGES = {
    rules.LOST_ZEROS.number: "the code {before} is shorter than the others: {after} is meant?",
    rules.MOJIBAKE.number: "{before} is UTF-8 read as another encoding: {after} is meant?",
    rules.SMART_QUOTES.number: "{before} has typographic quotes, others straight ones: {after}?",
    rules.ODD_DASH.number: "the code {before} has a {names}: {after} is meant?",
    rules.LOOK_ALIKE.number: "the code {before} has a {names}: {after} is meant?",
    rules.FULL_WIDTH.number: "the code {before} has a {names}: {after} is meant?",
}


@dataclass(frozen=True, slots=True)
class Cells:
    """Which cells of a row (0-based index) hold what: codes, codes of other concepts, texts.

    A column of several codes in a cell is neither. The first of the texts is what tells concepts
    apart: the display. Where nothing else says
    what the hierarchy is, white space in front of a cell may: ``indented``, it stays as it is.
    """

    code: int
    others: tuple[int, ...] = ()
    texts: tuple[int, ...] = ()
    indented: bool = False

    @classmethod
    def of(cls, meaning: Columns) -> Cells:
        """Take them from what the columns mean."""
        single = [each for each in meaning.properties if each.split is None]
        named = [each.cell for each in single if each.code in {"parent", "child", "partOf"}]
        if meaning.parent is not None and meaning.parent_split is None:
            named.append(meaning.parent)
        fields = [cell for cell in (meaning.display, meaning.definition) if cell is not None]
        others = [each.cell for each in meaning.further if each.cell not in named]
        return cls(
            meaning.code,
            tuple(named),
            (*fields, *others),
            indented=meaning.level is None and meaning.parent is None,
        )


def proposals(frame: pl.DataFrame, cells: Cells, *, invisible: bool = True) -> pl.DataFrame:
    """Propose repairs for the cells of a table's frame.

    Returns a frame of single steps, in the order in which they must be made: ``row`` (an index of
    the frame), ``cell``, ``rule`` (its number), ``before`` and ``after`` (String). A cell that
    several rules speak of has several steps, each of which begins where the one before ended.
    ``invisible`` says whether invisible characters are to be looked for.
    """
    text, code = (
        tuple(each for each in mends if invisible or each[0] is not INVISIBLE_CHARACTER)
        for mends in (TEXT, CODE)
    )
    steps = []
    beside = None
    for cell in cells.texts:
        made, mended = _mended(frame, cell, text, indented=cells.indented)
        beside = mended if beside is None else beside
        steps.append(made)
    zeros = (rules.LOST_ZEROS, lambda codes, _, __: columns.with_zeros(codes, beside))
    renamed, codes = _mended(frame, cells.code, (*code, zeros), indented=cells.indented)
    steps.append(renamed)
    for cell in cells.others:
        followed = _followed(frame[str(cell)], codes, renamed)
        steps.append(
            followed.with_columns(pl.lit(cell, pl.UInt32).alias("cell")).select(*PROPOSALS)
        )
        steps.append(_mended(_with(frame, cell, followed), cell, code, indented=False)[0])
    return pl.concat(steps)


def changes(steps: pl.DataFrame) -> pl.DataFrame:
    """Join the steps of each cell: ``row``, ``cell``, ``rules`` (a list), ``before``, ``after``."""
    joined = steps.group_by("row", "cell", maintain_order=True).agg(
        pl.col("rule").unique(maintain_order=True).alias("rules"),
        pl.col("before").first(),
        pl.col("after").last(),
    )
    return joined.filter(pl.col("before") != pl.col("after")).sort("row", "cell")


def findings(table: Table, meaning: Columns, told: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Tell the repairs that are proposed for a table, but for what reading has ``told``.

    That is invisible characters, and codes that a workbook holds as numbers without their zeros.
    """
    invisible = any(each.rule is INVISIBLE_CHARACTER for each in told)
    numbers = {each.location for each in told if each.rule is NUMBERS}
    steps = proposals(table.frame, Cells.of(meaning), invisible=invisible)
    if steps.is_empty():
        return []
    found = [each for rule in rules.RULES for each in _told(table, rule, steps)]
    return [each for each in found if each.location not in numbers]


def _told(table: Table, rule: Rule, steps: pl.DataFrame) -> Iterator[Diagnostic]:
    mine = steps.filter(pl.col("rule") == rule.number).unique(["row", "cell"], maintain_order=True)
    if not mine.height:
        return
    few = mine.sort("row", "cell").head(MOST)
    lines = table.frame["line"].gather(few["row"]).to_list()
    places = [table.locate([line], cell)[0] for line, cell in zip(lines, few["cell"], strict=True)]
    found = [
        rule.at(
            place, _message(rule, before, after), hint="codesystem check --fix shows the change"
        )
        for place, before, after in zip(places, few["before"], few["after"], strict=True)
    ]
    yield from first_few(found, mine.height)


def _message(rule: Rule, before: str, after: str) -> str:
    gone = [each for each in dict.fromkeys(before) if each not in after and not each.isascii()]
    names = " and a ".join(chars.name_of(each) for each in gone)
    same = next((at for at, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), 0)
    start = "…" if same > SHOWN else ""
    cut = same - SHOWN if start else 0
    return MESSAGES[rule.number].format(
        before=quoted(start + before[cut:]), after=quoted(start + after[cut:]), names=names
    )


def _visible(values: pl.Series, _: pl.Series, careful: pl.Series, *, code: bool) -> pl.DataFrame:
    """Take out what is invisible, as reading does; a cell of nothing else is left."""
    if not len(careful):
        return columns.NONE
    hits = careful.filter(values.gather(careful).str.contains(f"[{chars.INVISIBLE}]"))
    texts = pl.DataFrame({"row": hits.cast(pl.UInt32), "before": values.gather(hits)})
    mended = texts.with_columns(cleaning.repaired(pl.col("before"), code=code).alias("after"))
    return mended.filter(pl.col("before") != pl.col("after")).drop("before")


Mend = tuple["Rule", "Callable[[pl.Series, pl.Series, pl.Series], pl.DataFrame]"]
"""A kind of repair: gets a column, its rows that are not ASCII, and those that are not plain."""

TEXT: tuple[Mend, ...] = (
    (rules.MOJIBAKE, lambda values, odd, _: columns.redecoded(values, odd)),
    (INVISIBLE_CHARACTER, partial(_visible, code=False)),
    (rules.SMART_QUOTES, lambda values, odd, _: columns.straightened(values, odd)),
)
CODE: tuple[Mend, ...] = (
    (rules.MOJIBAKE, lambda values, odd, _: columns.redecoded(values, odd)),
    (INVISIBLE_CHARACTER, partial(_visible, code=True)),
    (rules.FULL_WIDTH, lambda values, odd, _: columns.half_width(values, odd)),
    (rules.ODD_DASH, lambda values, odd, _: columns.with_hyphens(values, odd)),
    (rules.LOOK_ALIKE, lambda values, odd, _: columns.in_latin(values, odd)),
)


SPACE = f"[ {chars.ODD_SPACES}{chars.OTHER_SPACES}]"
LEADERS = r"[.\x{b7}\x{2022}\x{2013}\x{2014}-]+"
INDENT = f"^(?:{SPACE}|{LEADERS}{SPACE})*"
"""What may stand in front of a cell to show how deep it is: spaces, dots, dashes."""


def _mended(
    frame: pl.DataFrame, cell: int, mends: tuple[Mend, ...], *, indented: bool
) -> tuple[pl.DataFrame, pl.Series]:
    """Go through a column until nothing more is proposed; return the steps, and what it says then.

    The number of rounds has a limit, though no known column needs more than three.
    """
    values, plain = frame[str(cell)], frame["plain"]
    if indented and values.gather(columns.odd(values)).str.contains(f"{INDENT[:-1]}+").any():
        return _mended_behind(values.str.extract(f"({INDENT})"), frame, cell, mends)
    steps = [pl.DataFrame(schema=PROPOSALS)]
    for _ in range(ROUNDS):
        told = len(steps)
        odd = columns.odd(values)
        careful = (~plain).arg_true()
        for rule, mend in mends:
            made = mend(values, odd, careful)
            if not made.height:
                continue
            made = made.with_columns(
                pl.lit(cell, pl.UInt32).alias("cell"),
                pl.lit(rule.number).alias("rule"),
                values.gather(made["row"]).alias("before"),
            )
            steps.append(made.select(*PROPOSALS))
            values = values.clone().scatter(made["row"], made["after"])
            plain = plain.clone().scatter(made["row"], False)  # noqa: FBT003
        if len(steps) == told:
            break
    return pl.concat(steps), values


def _mended_behind(
    indents: pl.Series, frame: pl.DataFrame, cell: int, mends: tuple[Mend, ...]
) -> tuple[pl.DataFrame, pl.Series]:
    """Go through a column without the indents of its cells, and put them in front again."""
    bodies = frame[str(cell)].str.replace(INDENT, "")
    bare = frame.with_columns(bodies.alias(str(cell)))
    steps, values = _mended(bare, cell, mends, indented=False)
    front = indents.gather(steps["row"])
    before, after = (front + steps[name] for name in ("before", "after"))
    steps = steps.with_columns(before.alias("before"), after.alias("after"))
    return steps, indents + values


def _followed(others: pl.Series, codes: pl.Series, renamed: pl.DataFrame) -> pl.DataFrame:
    """Name concepts by what their codes are called after their repair, zeros at the front too.

    Returns ``row``, ``rule``, ``before``, ``after`` for cells that are no code as they stand.
    """
    unknown = pl.DataFrame({"before": others}).with_row_index("row").drop_nulls()
    unknown = unknown.filter(~pl.col("before").is_in(codes.implode()))
    if not unknown.height:
        return unknown.with_columns(rule=pl.lit(""), after="before")
    zeros = codes.filter(codes.str.contains("^0[0-9]+$"))
    names = pl.concat(
        [
            changes(renamed).select("before", "after", pl.col("rules").list.first().alias("rule")),
            pl.DataFrame({"before": zeros.str.strip_chars_start("0"), "after": zeros}).with_columns(
                pl.lit(rules.LOST_ZEROS.number).alias("rule")
            ),
        ]
    ).unique("before", keep="first", maintain_order=True)
    return unknown.join(names, on="before", maintain_order="left")


def _with(frame: pl.DataFrame, cell: int, steps: pl.DataFrame) -> pl.DataFrame:
    if not steps.height:
        return frame
    values = frame[str(cell)].clone().scatter(steps["row"], steps["after"])
    return frame.with_columns(values.alias(str(cell)))
