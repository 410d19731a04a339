"""Rows that bear the same code: what each is, and the one concept they make."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from fhir_codesystem.concepts.hierarchy import arrange, find_cycle, parents, too_deep
from fhir_codesystem.concepts.repeats import (
    NOBODY,
    Merge,
    blocks,
    clash,
    moved,
    plainly,
    variants,
)
from fhir_codesystem.concepts.table import ConceptTable, links
from fhir_codesystem.diagnostics import MOST, Related, Severity, quoted
from fhir_codesystem.rules import duplicates as rules
from fhir_codesystem.rules import hierarchy as hierarchy_rules
from fhir_codesystem.rules.rule import first_few

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fhir_codesystem.diagnostics import Diagnostic


class Merged(NamedTuple):
    """What became of the rows.

    ``cells`` holds the further columns of the table, a row a concept. ``owner`` says which
    concept (``concept``, UInt32) each row of the table belongs to (``at``, UInt32). ``more`` are
    cells that the policies keep beside the first: ``concept``, ``column``, ``value``.
    """

    concepts: ConceptTable
    cells: pl.DataFrame
    owner: pl.DataFrame
    more: pl.DataFrame
    found: list[Diagnostic]


def merge(rows: pl.DataFrame, how: Merge, named: pl.DataFrame | None = None) -> Merged:
    """Make one concept of all rows that bear the same code.

    ``rows`` has ``at``, ``line``, ``level`` (Int32), ``code``, the columns of `Merge.texts` and
    ``plain``. ``named`` are the parents that rows name, where the levels are not the hierarchy:
    ``row`` (an index into the rows) and ``value``.
    """
    found: list[Diagnostic] = []
    spelling, distinct, folded = variants(rows, how, found)
    if distinct == len(spelling) and named is None:
        return _as_they_are(rows, how, found)
    rows = rows.with_row_index("row").with_columns(spelling.alias("key"))
    rows = rows.with_columns(pl.col("row").first().over("key").alias("first"))
    if named is None:
        rows = _below_levels(rows)
        further = rows.filter("new_parent", pl.col("under") != NOBODY)
    else:
        rows, further = _below_names(rows, named, how, folded=folded, found=found)
    base, repeated = _classified(rows, how.texts)
    found += blocks(base, repeated, how)
    found += moved(rows, how)
    base, more, clashes = _settled(base, repeated, how)
    found += clashes
    if how.policy("second-parent") == "first":
        further = further.clear()
    cycle = list(_cycle(rows, base, further, how, named=named is not None))
    found += cycle
    if cycle:
        further = further.clear()
    concepts, order = _arranged(base, further, how, anew=named is not None)
    if named is not None and not cycle:
        found += too_deep(concepts.levels, how.table, order["line"], concepts.frame["depth"])
    number = order.select(pl.col("row").alias("first")).with_row_index("concept")
    owner = rows.select("at", "first").join(number, on="first", maintain_order="left")
    more = more.join(number, left_on="row", right_on="first", maintain_order="left")
    return Merged(
        concepts,
        order.select(how.texts[2:]),
        owner.select("at", "concept"),
        more.select("concept", "column", "value"),
        found,
    )


def _as_they_are(rows: pl.DataFrame, how: Merge, found: list[Diagnostic]) -> Merged:
    """Make a concept of every row: no code stands twice."""
    more = pl.DataFrame(schema={"concept": pl.UInt32, "column": pl.String, "value": pl.String})
    owner = rows.select("at").with_row_index("concept")
    cells = rows.select(how.texts[2:])
    frame = rows.rename({"level": "depth"}).select(FRAME)
    if how.nested or frame["depth"].max() in (None, 1):
        return Merged(ConceptTable(frame), cells, owner, more, found)
    parent = parents(frame["depth"])
    below = parent.is_not_null().arg_true()
    further = links(below, frame["code"].gather(parent.gather(below)))
    flat = frame.with_columns(pl.lit(1, pl.Int32).alias("depth"))
    return Merged(ConceptTable(flat, further), cells, owner, more, found)


PAIR = ("first", "under")
"""What names a step of the hierarchy: a concept and what it stands below."""

FRAME = ("line", "code", "display", "definition", "depth", "plain")
"""The columns of the frame of a `ConceptTable`."""


def _below_levels(rows: pl.DataFrame) -> pl.DataFrame:
    """Say what each row stands below, by the levels.

    Adds ``parent`` (row, null at the top), ``under`` (the parent's concept, `NOBODY` at the top)
    and ``new_parent`` (whether a repeated row puts its concept below a parent that is new to it).
    A concept is named by the row that first bears its code (``first``).
    """
    rows = rows.with_columns(parents(rows["level"]).alias("parent"))
    under = rows["first"].gather(rows["parent"]).fill_null(NOBODY).alias("under")
    pair = rows["first"].cast(pl.UInt64) * 2**32 + under
    return rows.with_columns(
        under, ((pl.col("row") != pl.col("first")) & pair.is_first_distinct()).alias("new_parent")
    )


def _below_names(
    rows: pl.DataFrame,
    named: pl.DataFrame,
    how: Merge,
    *,
    folded: bool,
    found: list[Diagnostic],
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Say what each row stands below, by the codes of parents.

    Adds the same columns as `_below_levels`; a concept stands below the first parent that any of
    its rows names. Returns also the further parents: ``first``, ``under``, ``line``.
    """
    key = plainly(pl.col("value")) if folded else pl.col("value")
    known = rows.select("key", pl.col("first").alias("under")).unique("key", keep="first")
    stated = (
        named.with_columns(key.alias("key"))
        .join(known, on="key", how="left", maintain_order="left")
        .join(rows.select("row", "first", "line"), on="row", maintain_order="left")
    )
    found += _unknown(stated.filter(pl.col("under").is_null()), how)
    stated = stated.drop_nulls("under").unique(PAIR, keep="first", maintain_order=True)
    nest = stated.unique("first", keep="first", maintain_order=True)
    further = stated.join(nest, on=PAIR, how="anti", maintain_order="left")
    rows = (
        rows.join(nest.select("first", "under"), on="first", how="left", maintain_order="left")
        .with_columns(pl.col("under").alias("parent"), pl.col("under").fill_null(NOBODY))
        .with_columns(
            (
                pl.col("row").is_in(further["row"].implode()) & (pl.col("row") != pl.col("first"))
            ).alias("new_parent")
        )
    )
    return rows, further


def _unknown(stated: pl.DataFrame, how: Merge) -> list[Diagnostic]:
    """Tell of parents that are no code of the table."""
    few = stated.head(MOST)
    places = how.table.locate(few["line"].to_list(), how.columns.parent)
    return first_few(
        [
            hierarchy_rules.UNKNOWN_PARENT.at(place, f"{quoted(value)} is no code of the table")
            for place, value in zip(places, few["value"], strict=True)
        ],
        stated.height,
    )


def _classified(rows: pl.DataFrame, texts: tuple[str, ...]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Compare each repeated row with the concept's first text in each column.

    Returns the first rows, their blanks filled (the concepts, with ``row``), and the repeated
    rows with ``X_base`` (what the concept says) for each text and ``kind``: repeat, fill-in or
    second-parent.
    """
    again = pl.col("row") != pl.col("first")
    repeated = rows.filter(again)
    base = rows.filter(~again).with_columns(pl.col("line").alias(f"{text}_line") for text in texts)
    for text in texts:
        filling = (
            repeated.filter(pl.col(text).is_not_null())
            .unique("first", keep="first", maintain_order=True)
            .select(
                pl.col("first").alias("row"),
                pl.col(text).alias("filling"),
                pl.col("line").alias("filling_line"),
            )
        )
        if base[text].null_count() and filling.height:
            blank = pl.col(text).is_null()
            base = (
                base.join(filling, on="row", how="left", maintain_order="left")
                .with_columns(
                    pl.coalesce(text, "filling").alias(text),
                    pl.when(blank)
                    .then("filling_line")
                    .otherwise(f"{text}_line")
                    .alias(f"{text}_line"),
                    pl.col("plain") & ~(blank & pl.col("filling").is_not_null()),
                )
                .drop("filling", "filling_line")
            )
    first = repeated["first"]
    concept = rows.select((~again).cum_sum() - 1).to_series().gather(first)
    repeated = repeated.with_columns(
        base["line"].gather(concept).alias("first_line"),
        *(base[text].gather(concept).alias(f"{text}_base") for text in texts),
        *(base[f"{text}_line"].gather(concept) for text in texts),
        *(rows[text].gather(first).alias(f"{text}_first") for text in texts),
    )
    blanks = pl.any_horizontal(
        pl.col(text).is_null() != pl.col(f"{text}_first").is_null() for text in texts
    )
    kind = (
        pl.when("new_parent")
        .then(pl.lit("second-parent"))
        .when(blanks)
        .then(pl.lit("fill-in"))
        .otherwise(pl.lit("repeat"))
    )
    return base, repeated.with_columns(kind.alias("kind"))


def _settled(
    base: pl.DataFrame, repeated: pl.DataFrame, how: Merge
) -> tuple[pl.DataFrame, pl.DataFrame, list[Diagnostic]]:
    """Settle conflicting texts by the policies; returns concepts, further cells and findings."""
    found: list[Diagnostic] = []
    more = [pl.DataFrame(schema={"row": pl.UInt32, "column": pl.String, "value": pl.String})]
    for text in how.texts:
        clashing = repeated.filter(clash(text))
        if clashing.is_empty():
            continue
        policy = how.policy_of(text)
        severity = Severity.INFORMATION if policy != "error" else None
        few = clashing.head(MOST)
        places = how.table.locate(few["line"].to_list(), how.columns.cell_of(text))
        firsts = how.table.locate(few[f"{text}_line"].to_list(), how.columns.cell_of(text))
        cells = zip(places, firsts, few["code"], few[text], few[f"{text}_base"], strict=True)
        found += first_few(
            [
                rules.CONFLICTING_ROWS.at(
                    place,
                    f"{quoted(code)} has the {how.called(text)} {quoted(this)} here and "
                    f"{quoted(that)} in {first.told}{SETTLED[policy]}",
                    severity=severity,
                    hint=rules.CONFLICTING_ROWS.fix if policy == "error" else None,
                    related=(Related(first, quoted(that)),),
                )
                for place, first, code, this, that in cells
            ],
            clashing.height,
        )
        if policy == "keep-last":
            last = (
                repeated.filter(
                    pl.col(text).is_not_null(), pl.col("first").is_in(clashing["first"].implode())
                )
                .unique("first", keep="last", maintain_order=True)
                .select(pl.col("first").alias("row"), pl.col(text).alias("last"))
            )
            base = (
                base.join(last, on="row", how="left", maintain_order="left")
                .with_columns(
                    pl.coalesce("last", text).alias(text),
                    pl.col("plain") & pl.col("last").is_null(),
                )
                .drop("last")
            )
        if policy in {"designation", "keep-all"}:
            beside = clashing.select(
                pl.col("first").alias("row"),
                pl.lit(text).alias("column"),
                pl.col(text).alias("value"),
            )
            more.append(beside.unique(maintain_order=True))
    return base, pl.concat(more), found


SETTLED = {
    "error": "",
    "keep-first": "; the first is kept",
    "keep-last": "; the last is kept",
    "designation": "; this one became a designation",
    "keep-all": "; both are kept",
}


def _cycle(
    rows: pl.DataFrame,
    base: pl.DataFrame,
    further: pl.DataFrame,
    how: Merge,
    *,
    named: bool,
) -> Iterator[Diagnostic]:
    """Find a concept below itself: among levels only a further parent can close a cycle."""
    above: dict[int, list[int]] = {}
    for concept, under in further.select("first", "under").iter_rows():
        above.setdefault(concept, []).append(under)
    nesting = rows["under"]

    def parents_of(concept: int) -> list[int]:
        nest = nesting[concept]
        return ([] if nest == NOBODY else [nest]) + above.get(concept, [])

    cycle = find_cycle(base["row"].to_list() if named else list(above), parents_of)
    if not cycle:
        return
    steps = set(pairwise(cycle))
    closing = [
        line
        for line, concept, under in further.select("line", "first", "under").iter_rows()
        if (concept, under) in steps
    ]
    in_cycle = base.filter(pl.col("row").is_in(cycle))
    codes = dict(in_cycle.select("row", "code").iter_rows())
    path = " below ".join(quoted(codes[concept]) for concept in cycle)
    line = closing[0] if closing else in_cycle["line"][0]
    place = how.table.locate([line], how.columns.code)[0]
    yield rules.HIERARCHY_CYCLE.at(place, f"the hierarchy bites its tail: {path}")


def _arranged(
    base: pl.DataFrame, further: pl.DataFrame, how: Merge, *, anew: bool
) -> tuple[ConceptTable, pl.DataFrame]:
    """Put the concepts in the order of nested JSON; returns also ``base`` in that order."""
    links_ = further.select(pl.col("first").alias("row"), pl.col("under"))
    nest = base.select("row", "under").filter(pl.col("under") != NOBODY)
    moved = anew or (base["parent"].fill_null(NOBODY) != base["under"]).any()
    concept = base.select("row").with_row_index("concept")
    if how.nested and moved:
        number = dict(concept.select("row", "concept").iter_rows())
        order, depth = arrange([number.get(under) for under in base["under"]])
        base = base[order].with_columns(pl.Series("level", depth, dtype=pl.Int32))
        concept = base.select("row").with_row_index("concept")
    if not how.nested:
        base = base.with_columns(pl.lit(1, pl.Int32).alias("level"))
        links_ = pl.concat([nest, links_])
    codes = base.select(pl.col("row").alias("under"), pl.col("code").alias("value"))
    parents_ = (
        links_.join(codes, on="under", maintain_order="left")
        .join(concept, on="row", maintain_order="left")
        .sort("concept", maintain_order=True)
        .select("concept", "value")
    )
    frame = base.rename({"level": "depth"}).select(FRAME)
    return ConceptTable(frame, parents_), base
