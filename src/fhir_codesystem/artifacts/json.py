"""The resource as JSON: two-space indentation, UTF-8, elements in the order of the specification.

Concepts are written from columns. In pre-order, what stands between two concepts depends only on
their depths: a comma, the opening of ``concept``, or the closing of some levels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import polars as pl

from fhir_codesystem.artifacts.members import designations, escaped, properties
from fhir_codesystem.artifacts.streaming import Rows, in_chunks
from fhir_codesystem.characters import treated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fhir_codesystem.artifacts.streaming import Piece
    from fhir_codesystem.codesystem.resource import CodeSystem, Described, ValueSet

QUOTE = '"'
MEMBERS = {"display": QUOTE, "definition": QUOTE, "designation": "", "property": ""}
"""The members of a concept after its code, in order, and what stands on both sides of them."""


def chunks(codesystem: CodeSystem, narrative: str | None) -> Iterator[Piece]:
    """Return the JSON of a code system, piece by piece; ``narrative`` is the XHTML of text.div."""
    yield _head(codesystem, narrative)
    if len(codesystem.concepts):
        yield b',\n  "concept": [\n'
        yield from concepts(codesystem)
        yield b"  ]"
    yield b"\n}\n"


def value_set(described: ValueSet, narrative: str | None) -> bytes:
    """Return the JSON of the value set of all codes."""
    return _head(described, narrative) + b"\n}\n"


def _head(described: Described, narrative: str | None) -> bytes:
    """Everything before the concepts, without the closing brace."""
    values: dict[str, Any] = {"resourceType": described.resource}
    before_text = {"id", "meta", "implicitRules", "_implicitRules", "language", "_language"}
    values |= {k: v for k, v in described.elements.items() if k in before_text}
    if narrative is not None:
        values["text"] = {"status": "generated", "div": narrative}
    values |= described.elements
    return orjson.dumps(values, option=orjson.OPT_INDENT_2).removesuffix(b"\n}")


def concepts(codesystem: CodeSystem) -> Iterator[Piece]:
    """Return the items of ``CodeSystem.concept``, nested, piece by piece."""
    table = codesystem.concepts
    odd = (~table.frame["plain"]).arg_true()
    frame = table.frame.select(
        *(treated(table.frame[name], odd, escaped) for name in ("code", "display", "definition")),
        "depth",
        pl.col("depth").shift(-1).fill_null(0).alias("next"),
    )
    for name, blocks in (
        ("designation", designations(table)),
        ("property", properties(codesystem)),
    ):
        if blocks.height:
            frame = (
                frame.with_row_index("concept")
                .join(blocks, on="concept", how="left", maintain_order="left")
                .rename({"block": name})
                .drop("concept")
            )
    layout = _Layout(table.levels)
    yield from in_chunks(frame, layout.rows)


class _Layout:
    """What stands around the values of a concept, as columns of strings.

    A quote stands on both sides of each value that every concept has: it separates what stands
    between two such values, which is one text, from them.
    """

    def __init__(self, levels: int) -> None:
        self.width = levels + 1
        depths = range(self.width)
        self.indents = ["    " * depth for depth in depths]
        self.open = pl.Series([f'{indent}{{\n{indent}  "code": ' for indent in self.indents])
        self.before = {
            name: pl.Series([f',\n{indent}  "{name}": ' for indent in self.indents])
            for name in MEMBERS
        }
        self.close = pl.Series([self._after(depth, after) for depth in depths for after in depths])

    def _after(self, depth: int, after: int) -> str:
        """What stands between the members of a concept and the next concept (depth 0: the end)."""
        indents = self.indents
        if after > depth:
            return f',\n{indents[depth]}  "concept": [\n'
        closed = range(depth - 1, max(after, 1) - 1, -1)
        ends = [f"\n{indents[level]}  ]\n{indents[level]}}}" for level in closed]
        return f"\n{indents[depth]}}}{''.join(ends)}" + (",\n" if after else "\n")

    def rows(self, frame: pl.DataFrame) -> Rows:
        """Write the concepts of a chunk."""
        depth = frame["depth"]
        parts: list[list[pl.Series]] = [[self.open.gather(depth)], [frame["code"]], []]
        for name, quote in MEMBERS.items():
            values = frame.get_column(name, default=None)
            if values is None or values.null_count() == frame.height:
                continue
            if quote and not values.null_count():
                parts[-1].append(self.before[name].gather(depth))
                parts += [[values], []]
            else:
                parts[-1] += self._member(name, quote, values, depth)
        parts[-1].append(self.close.gather(depth * self.width + frame["next"]))
        cells = [
            pl.concat_str(part, ignore_nulls=True) if len(part) > 1 else pl.lit(part[0])
            for part in parts
        ]
        return Rows.of(cells, QUOTE)

    def _member(
        self, name: str, quote: str, values: pl.Series, depth: pl.Series
    ) -> tuple[pl.Series, ...]:
        """Write a member that not every concept has, in parts that are null where it is not."""
        where = pl.select(pl.when(values.is_not_null()).then(depth)).to_series()
        quotes = pl.Series([quote] * self.width)
        return (self.before[name] + quote).gather(where), values, quotes.gather(where)
