"""What is told of rows that bear the same code: variants, blocks of repeats, moved children."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from fhir_codesystem.diagnostics import MOST, Related, Severity, quoted
from fhir_codesystem.rules import duplicates as rules
from fhir_codesystem.rules.rule import first_few

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fhir_codesystem.concepts.columns import Columns
    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.rules.rule import Rule
    from fhir_codesystem.tables.table import Table

NOBODY = 2**32 - 1
"""Stands for the parent of a row at the top where parents are compared as numbers."""


@dataclass(frozen=True, slots=True)
class Merge:
    """What the merging of rows needs to know besides the rows."""

    table: Table
    columns: Columns
    policy: Callable[[str], str]
    case_sensitive: bool
    nested: bool

    @property
    def texts(self) -> tuple[str, ...]:
        """The columns that are compared where a code stands twice."""
        return self.columns.texts

    def called(self, text: str) -> str:
        """Name such a column for a person."""
        return self.table.header[int(text)] if text.isdecimal() else text

    def policy_of(self, text: str) -> str:
        """Return the policy for conflicts in such a column."""
        return self.policy(f"conflict.{'other' if text.isdecimal() else text}")


def plainly(code: pl.Expr) -> pl.Expr:
    """Write a code without what does not tell codes apart where case does not count."""
    return code.str.to_lowercase().str.replace_all(" ", "", literal=True)


def clash(text: str) -> pl.Expr:
    """Whether a repeated row says something else than its concept."""
    return pl.col(text) != pl.col(f"{text}_base")


def variants(
    rows: pl.DataFrame, how: Merge, found: list[Diagnostic]
) -> tuple[pl.Series, int, bool]:
    """Tell of codes that differ in case or white space only.

    Returns for each row what makes its code equal to others (String), and how many of these
    differ (equal hashes make the number too small, never too large), and whether case and blanks
    do not count.
    """
    code = rows["code"]
    distinct_plain = _distinct(rows, plainly(pl.col("code")))
    if distinct_plain == rows.height:
        return code, distinct_plain, False
    distinct = _distinct(rows, pl.col("code"))
    if distinct == distinct_plain:
        return code, distinct, False
    plain = rows.select(plainly(pl.col("code"))).to_series()
    first = (
        rows.select("line", "code", plain.alias("plain"))
        .unique("code", keep="first", maintain_order=True)
        .with_columns(
            pl.col("code").first().over("plain").alias("other"),
            pl.col("line").first().over("plain").alias("other_line"),
        )
        .filter(pl.col("code") != pl.col("other"))
    )
    policy = how.policy("variant")
    one = policy == "merge" or (policy == "auto" and not how.case_sensitive)
    severity = Severity.INFORMATION if one else None
    if policy == "error":
        severity = Severity.ERROR
    few = first.head(MOST)
    places = how.table.locate(few["line"].to_list(), how.columns.code)
    others = how.table.locate(few["other_line"].to_list(), how.columns.code)
    end = "two concepts that are easily mixed up"
    if one:
        end = "one concept, as " + (
            "the settings say" if policy == "merge" else "case does not count"
        )
    found += first_few(
        [
            rules.CODE_VARIANT.at(
                place,
                f"{quoted(code)} and {quoted(other)} ({at.told}) differ in case or white "
                f"space only: {end}",
                severity=severity,
                related=(Related(at, quoted(other)),),
            )
            for place, at, code, other in zip(
                places, others, few["code"], few["other"], strict=True
            )
        ],
        first.height,
    )
    return (plain, distinct_plain, True) if one else (code, distinct, False)


def _distinct(rows: pl.DataFrame, text: pl.Expr) -> int:
    return int(rows.select(text.hash().n_unique()).item())


def blocks(base: pl.DataFrame, repeated: pl.DataFrame, how: Merge) -> Iterator[Diagnostic]:
    """Tell of repeated rows, once a block: rows that repeat as many rows in the same order.

    A block is broken by another kind of row, by another new parent, by a conflict, or where the
    rows or those they repeat do not follow each other by the same step (1: a block that stands
    again; 2: every row twice).
    """
    differs = pl.any_horizontal(clash(text).fill_null(value=False) for text in how.texts)
    quiet = repeated.filter(~differs | pl.col("new_parent"))
    under = pl.when(pl.col("kind") == "second-parent").then("under")
    step = (
        pl.when(
            pl.col("kind").eq(pl.col("kind").shift(1)) & under.eq_missing(under.shift(1)),
            pl.col("row").diff() == pl.col("first").cast(pl.Int64).diff(),
            (pl.col("row").diff() == 1)
            | ((pl.col("row").diff() == 2) & (pl.col("row") == pl.col("first") + 1)),
        )
        .then(pl.col("row").diff())
        .otherwise(0)
    )
    blocks = (
        quiet.with_columns(step.alias("step"))
        .with_columns(
            (
                (pl.col("step") == 0)
                | ((pl.col("step") != pl.col("step").shift(1)) & (pl.col("step").shift(1) != 0))
            )
            .fill_null(value=True)
            .cum_sum()
            .alias("block")
        )
        .group_by("block", maintain_order=True)
        .agg(
            pl.col("kind", "code", "under", "level").first(),
            pl.col("step").last(),
            pl.len().alias("rows"),
            pl.col("line").first(),
            pl.col("line").last().alias("last"),
            pl.col("first_line").first(),
            pl.col("first_line").last().alias("first_last"),
        )
    )
    for kind, rule in KINDS.items():
        blocks_of = blocks.filter(pl.col("kind") == kind)
        few = blocks_of.head(MOST).to_dicts()
        places = how.table.locate([block["line"] for block in few], how.columns.code)
        severity = Severity.ERROR if how.policy(kind) == "error" else None
        parents_ = pl.col("row").is_in([block["under"] for block in few])
        codes = dict(base.filter(parents_).select("row", "code").iter_rows())
        told = [
            rule.at(
                place,
                _sentence(kind, block, codes.get(block["under"]), how),
                severity=severity,
                related=(Related(how.table.locate([block["first_line"]])[0], "the first row"),),
            )
            for place, block in zip(places, few, strict=True)
        ]
        yield from first_few(told, blocks_of.height)


KINDS: dict[str, Rule] = {
    "repeat": rules.REPEATED_ROW,
    "fill-in": rules.FILLED_ROW,
    "second-parent": rules.SECOND_PARENT,
}


def _sentence(kind: str, block: dict[str, Any], parent: str | None, how: Merge) -> str:
    unit = how.table.unit
    one = block["rows"] == 1
    lines = _lines(unit, block["line"], block["last"])
    firsts = _lines(unit, block["first_line"], block["first_last"])
    if block["step"] == 2 and not one:
        lines = f"every second one of {unit}s {block['line']}-{block['last']}"
        firsts = f"the {unit} before it ({unit}s {block['first_line']}-{block['first_last']})"
        one = True
    if kind == "second-parent":
        what = quoted(block["code"]) if one else f"{block['rows']} concepts"
        where = f"below {quoted(parent)}" if parent is not None else "at the top level"
        verb = "puts" if one else "put"
        end = "; that is left out" if how.policy(kind) == "first" else ""
        return f"{lines} {verb} {what} of {firsts} {where} as well{end}"
    verb = "repeats" if one else "repeat"
    blanks = ", with cells blank in one and filled in the other" if kind == "fill-in" else ""
    return f"{lines} {verb} {firsts}{blanks}"


def _lines(unit: str, first: int, last: int) -> str:
    return f"{unit} {first}" if first == last else f"{unit}s {first}-{last}"


def moved(rows: pl.DataFrame, how: Merge) -> Iterator[Diagnostic]:
    """Tell of concepts whose first row stands below a repeated row of their parent."""
    moved = rows.filter(
        pl.col("row") == pl.col("first"),
        pl.col("parent").is_not_null(),
        pl.col("parent") != pl.col("under"),
    )
    if moved.is_empty():
        return
    lines = rows.select(pl.col("row"), pl.col("line"), pl.col("code"))
    blocks = (
        moved.group_by("parent", maintain_order=True)
        .agg(
            pl.col("under").first(),
            pl.len().alias("rows"),
            pl.col("line").first(),
            pl.col("line").last().alias("last"),
        )
        .join(lines, left_on="parent", right_on="row", suffix="_parent")
        .join(lines.drop("code"), left_on="under", right_on="row", suffix="_first")
        .sort("line")
    )
    few = blocks.head(MOST).to_dicts()
    unit = how.table.unit
    places = how.table.locate([block["line"] for block in few], how.columns.code)
    yield from first_few(
        [
            rules.CHILDREN_BELOW_REPEAT.at(
                place,
                f"{_lines(unit, block['line'], block['last'])} "
                f"stand{'s' * (block['rows'] == 1)} below "
                f"{unit} {block['line_parent']}, which repeats {quoted(block['code'])} of {unit} "
                f"{block['line_first']}: put with the children of that one",
                related=(Related(how.table.locate([block["line_first"]])[0], "the parent"),),
            )
            for place, block in zip(places, few, strict=True)
        ],
        blocks.height,
    )
