"""The resource as JSON: two-space indentation, UTF-8, elements in the order of the specification.

Concepts are written from columns. In pre-order, what stands between two concepts depends only on
their depths: a comma, the opening of ``concept``, or the closing of some levels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import polars as pl

from fhir_codesystem.artifacts.streaming import in_chunks
from fhir_codesystem.characters import IN_JSON, treated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fhir_codesystem.codesystem.resource import CodeSystem
    from fhir_codesystem.concepts.table import ConceptTable

ESCAPES = {chr(code): orjson.dumps(chr(code)).decode()[1:-1] for code in range(32)} | {
    '"': '\\"',
    "\\": "\\\\",
}
SYNONYM = {
    "system": "http://snomed.info/sct",
    "code": "900000000000013009",
    "display": "Synonym",
}
"""The use of a designation that is a further display (value set designation-use)."""


def chunks(codesystem: CodeSystem, narrative: str | None) -> Iterator[bytes]:
    """Return the JSON of a code system, piece by piece; ``narrative`` is the XHTML of text.div."""
    yield _head(codesystem, narrative)
    if len(codesystem.concepts):
        yield b',\n  "concept": [\n'
        yield from concepts(codesystem.concepts, codesystem.parent_property)
        yield b"  ]"
    yield b"\n}\n"


def _head(codesystem: CodeSystem, narrative: str | None) -> bytes:
    """Everything before the concepts, without the closing brace."""
    values: dict[str, Any] = {"resourceType": "CodeSystem"}
    before_text = {"id", "meta", "implicitRules", "_implicitRules", "language", "_language"}
    values |= {k: v for k, v in codesystem.elements.items() if k in before_text}
    if narrative is not None:
        values["text"] = {"status": "generated", "div": narrative}
    values |= codesystem.elements
    return orjson.dumps(values, option=orjson.OPT_INDENT_2).removesuffix(b"\n}")


def concepts(table: ConceptTable, parent_property: str) -> Iterator[bytes]:
    """Return the items of ``CodeSystem.concept``, nested, piece by piece."""
    frame = table.frame.select(
        "code",
        "display",
        "definition",
        "depth",
        "plain",
        pl.col("depth").shift(-1).fill_null(0).alias("next"),
    )
    for name, block in (
        ("designation", _designations(table)),
        ("property", _properties(table, parent_property)),
    ):
        frame = _with_block(frame, name, block)
    layout = _Layout(table.levels)
    yield from in_chunks(frame, layout.write)


class _Layout:
    """What stands around the values of a concept, by depth: indices into columns of strings."""

    def __init__(self, levels: int) -> None:
        self.width = levels + 1
        depths = range(self.width)
        indents = ["    " * depth for depth in depths]
        self.open = pl.Series([f'{indent}{{\n{indent}  "code": "' for indent in indents])
        self.member = {
            name: pl.Series([f',\n{indent}  "{name}": ' for indent in indents])
            for name in ("display", "definition", "designation", "property")
        }
        self.close = pl.Series(
            [self._between(indents, depth, after) for depth in depths for after in depths]
        )

    def _between(self, indents: list[str], depth: int, after: int) -> str:
        """What stands between the members of a concept and the next concept (depth 0: the end)."""
        if after > depth:
            return f',\n{indents[depth]}  "concept": [\n'
        closed = range(depth - 1, max(after, 1) - 1, -1)
        ends = [f"\n{indents[level]}  ]\n{indents[level]}}}" for level in closed]
        return f"\n{indents[depth]}}}{''.join(ends)}" + (",\n" if after else "\n")

    def write(self, frame: pl.DataFrame) -> bytes:
        """Write the concepts of a chunk."""
        depth = frame["depth"]
        odd = (~frame["plain"]).arg_true()
        parts: list[pl.Series | pl.Expr] = [
            self.open.gather(depth),
            treated(frame["code"], odd, escaped),
            pl.lit('"'),
        ]
        for name in ("display", "definition"):
            if frame[name].null_count() < frame.height:
                parts += self._text(name, treated(frame[name], odd, escaped), depth)
        for name in ("designation", "property"):
            if name in frame.columns:
                member = self.member[name].gather(depth)
                parts.append(pl.concat_str(member, frame[name]))
        parts.append(self.close.gather(depth * self.width + frame["next"]))
        text = pl.select(pl.concat_str(parts, ignore_nulls=True)).to_series()
        joined: bytes = text.str.join("").cast(pl.Binary).item()
        return joined

    def _text(
        self, name: str, values: pl.Series, depth: pl.Series
    ) -> tuple[pl.Series | pl.Expr, ...]:
        before, after = self.member[name].gather(depth), pl.lit('"')
        if not values.null_count():
            return before, after, values, after
        quote = pl.when(values.is_not_null()).then(after)
        return pl.when(values.is_not_null()).then(before), quote, values, quote


def escaped(values: pl.Series) -> pl.Series:
    """Escape texts for JSON strings: quotes, backslashes and controls, nothing else."""
    if not values.str.contains(f"[{IN_JSON}]").any():
        return values
    return values.str.replace_many(list(ESCAPES), list(ESCAPES.values()))


def _with_block(frame: pl.DataFrame, name: str, items: pl.DataFrame) -> pl.DataFrame:
    """Add a column that holds, for concepts that have it, the JSON array of a member.

    ``items`` has ``concept`` (UInt32) and ``item``: the JSON of one item, each of its lines
    indented for depth 0.
    """
    if items.is_empty():
        return frame
    blocks = items.group_by("concept", maintain_order=True).agg(pl.col("item").str.join(",\n"))
    joined = (
        frame.with_row_index("concept")
        .join(blocks, on="concept", how="left", maintain_order="left")
        .drop("concept")
    )
    # Only the few concepts with such a member are indented line by line.
    few = joined["item"].is_not_null()
    rows = joined.filter(few).select("item", "depth").iter_rows()
    texts = iter([_indented(f"[\n{item}\n  ]", depth) for item, depth in rows])
    column = [next(texts) if present else None for present in few]
    return joined.drop("item").with_columns(pl.Series(name, column, dtype=pl.String))


def _indented(block: str, depth: int) -> str:
    return block.replace("\n", "\n" + "    " * depth)


def _item(values: dict[str, Any]) -> str:
    text = orjson.dumps(values, option=orjson.OPT_INDENT_2).decode()
    return "    " + text.replace("\n", "\n    ")


def _designations(table: ConceptTable) -> pl.DataFrame:
    items = [_item({"use": SYNONYM, "value": value}) for value in table.designations["value"]]
    return _items(table.designations, items)


def _properties(table: ConceptTable, code: str) -> pl.DataFrame:
    items = [_item({"code": code, "valueCode": value}) for value in table.parents["value"]]
    return _items(table.parents, items)


def _items(links: pl.DataFrame, items: list[str]) -> pl.DataFrame:
    return links.select("concept").with_columns(pl.Series("item", items, dtype=pl.String))
