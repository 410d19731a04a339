"""Rows that bear the same code: what each is, and the one concept they make."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import polars as pl

from fhir_codesystem.concepts.hierarchy import arrange, find_cycle, parents
from fhir_codesystem.concepts.repeats import NOBODY, TEXTS, Merge, blocks, clash, moved, variants
from fhir_codesystem.concepts.table import ConceptTable, links
from fhir_codesystem.diagnostics import MOST, Related, Severity, quoted
from fhir_codesystem.rules import duplicates as rules
from fhir_codesystem.rules.rule import first_few

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fhir_codesystem.diagnostics import Diagnostic


def merge(rows: pl.DataFrame, how: Merge) -> tuple[ConceptTable, list[Diagnostic]]:
    """Make one concept of all rows that bear the same code.

    ``rows`` has ``line``, ``level`` (Int32), ``code``, ``display``, ``definition``, ``plain``.
    """
    found: list[Diagnostic] = []
    spelling, distinct = variants(rows, how, found)
    if distinct == len(spelling):
        return _concepts(rows, how), found
    rows = _numbered(rows.with_columns(spelling.alias("key")))
    base, repeated = _classified(rows)
    found += blocks(base, repeated, how)
    found += moved(rows, how)
    base, designations, clashes = _settled(base, repeated, how)
    found += clashes
    further = rows.filter("new_parent", pl.col("under") != NOBODY)
    if how.policy("second-parent") == "first":
        further = further.clear()
    found += _cycle(rows, base, further, how)
    if any(each.rule is rules.HIERARCHY_CYCLE for each in found):
        further = further.clear()
    return _arranged(base, further, designations, how), found


def _concepts(rows: pl.DataFrame, how: Merge) -> ConceptTable:
    """Make a concept of every row: no code stands twice."""
    nothing = links([], [])
    frame = rows.rename({"level": "depth"}).select("line", "code", *TEXTS, "depth", "plain")
    if how.nested or frame["depth"].max() in (None, 1):
        return ConceptTable(frame, nothing, nothing)
    parent = parents(frame["depth"])
    below = parent.is_not_null().arg_true()
    further = links(below, frame["code"].gather(parent.gather(below)))
    return ConceptTable(frame.with_columns(pl.lit(1, pl.Int32).alias("depth")), further, nothing)


def _numbered(rows: pl.DataFrame) -> pl.DataFrame:
    """Number the rows and say which concept each belongs to and stands under.

    Adds ``row``, ``first`` (the row that first bears the code: it stands for the concept),
    ``parent`` (row, null at the top), ``under`` (the parent's concept, `NOBODY` at the top) and
    ``new_parent`` (whether a repeated row puts its concept below a parent that is new to it).
    """
    rows = rows.with_row_index("row").with_columns(
        pl.col("row").first().over("key").alias("first"), parents(rows["level"]).alias("parent")
    )
    under = rows["first"].gather(rows["parent"]).fill_null(NOBODY).alias("under")
    pair = rows["first"].cast(pl.UInt64) * 2**32 + under
    return rows.with_columns(
        under, ((pl.col("row") != pl.col("first")) & pair.is_first_distinct()).alias("new_parent")
    )


def _classified(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Compare each repeated row with the concept's first text in each column.

    Returns the first rows, their blanks filled (the concepts, with ``row``), and the repeated
    rows with ``X_base`` (what the concept says) for each text and ``kind``: repeat, fill-in or
    second-parent.
    """
    again = pl.col("row") != pl.col("first")
    repeated = rows.filter(again)
    base = rows.filter(~again).with_columns(pl.col("line").alias(f"{text}_line") for text in TEXTS)
    for text in TEXTS:
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
    said = base.select(
        pl.col("row").alias("first"),
        pl.col("line").alias("first_line"),
        *(pl.col(text).alias(f"{text}_base") for text in TEXTS),
        *(f"{text}_line" for text in TEXTS),
    )
    repeated = repeated.join(said, on="first", how="left", maintain_order="left")
    original = rows.select(
        pl.col("row").alias("first"), *(pl.col(text).alias(f"{text}_first") for text in TEXTS)
    )
    repeated = repeated.join(original, on="first", how="left", maintain_order="left")
    blanks = pl.any_horizontal(
        pl.col(text).is_null() != pl.col(f"{text}_first").is_null() for text in TEXTS
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
    """Settle conflicting texts by the policies; returns concepts, designations and findings."""
    found: list[Diagnostic] = []
    designations = pl.DataFrame(schema={"row": pl.UInt32, "value": pl.String})
    for text in TEXTS:
        clashing = repeated.filter(clash(text))
        if clashing.is_empty():
            continue
        policy = how.policy(f"conflict.{text}")
        severity = Severity.INFORMATION if policy != "error" else None
        few = clashing.head(MOST)
        places = how.table.locate(few["line"].to_list(), how.columns.cell_of(text))
        firsts = how.table.locate(few[f"{text}_line"].to_list(), how.columns.cell_of(text))
        cells = zip(places, firsts, few["code"], few[text], few[f"{text}_base"], strict=True)
        found += first_few(
            [
                rules.CONFLICTING_ROWS.at(
                    place,
                    f"{quoted(code)} has the {text} {quoted(this)} here and {quoted(that)} "
                    f"in {first.told}{SETTLED[policy]}",
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
        if policy == "designation":
            designations = clashing.select(
                pl.col("first").alias("row"), pl.col(text).alias("value")
            ).unique(maintain_order=True)
    return base, designations, found


SETTLED = {
    "error": "",
    "keep-first": "; the first is kept",
    "keep-last": "; the last is kept",
    "designation": "; this one became a designation",
}


def _cycle(
    rows: pl.DataFrame, base: pl.DataFrame, further: pl.DataFrame, how: Merge
) -> Iterator[Diagnostic]:
    """Find a concept below itself: only a further parent can close a cycle."""
    if further.is_empty():
        return
    above: dict[int, list[int]] = {}
    for concept, under in further.select("first", "under").iter_rows():
        above.setdefault(concept, []).append(under)
    nesting = rows["under"]

    def parents_of(concept: int) -> list[int]:
        nest = nesting[concept]
        return ([] if nest == NOBODY else [nest]) + above.get(concept, [])

    cycle = find_cycle(list(above), parents_of)
    if not cycle:
        return
    steps = set(pairwise(cycle))
    closing = [
        line
        for line, concept, under in further.select("line", "first", "under").iter_rows()
        if (concept, under) in steps
    ]
    codes = dict(base.filter(pl.col("row").is_in(cycle)).select("row", "code").iter_rows())
    path = " below ".join(quoted(codes[concept]) for concept in cycle)
    place = how.table.locate([closing[0]], how.columns.code)[0]
    yield rules.HIERARCHY_CYCLE.at(place, f"the hierarchy bites its tail: {path}")


def _arranged(
    base: pl.DataFrame, further: pl.DataFrame, designations: pl.DataFrame, how: Merge
) -> ConceptTable:
    """Put the concepts in the order of nested JSON, and number what refers to them anew."""
    concept = base.select("row").with_row_index("concept")
    links_ = further.select(pl.col("first").alias("row"), pl.col("under"))
    nest = base.select("row", "under").filter(pl.col("under") != NOBODY)
    moved = (base["parent"].fill_null(NOBODY) != base["under"]).any()
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
    more = designations.join(concept, on="row").sort("concept", maintain_order=True)
    frame = base.select("line", "code", *TEXTS, pl.col("level").alias("depth"), "plain")
    return ConceptTable(frame, parents_, more.select("concept", "value"))
