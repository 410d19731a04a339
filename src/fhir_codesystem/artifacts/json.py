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
MEMBERS = {"display": '"', "definition": '"', "designation": "", "property": ""}
"""The members of a concept after its code, in order; texts open with a quote."""

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
    """What stands around the values of a concept, as columns of strings.

    A value in quotes is closed by whatever follows it: so all that stands between two values is
    one piece, chosen by the depth and by which values there are.
    """

    def __init__(self, levels: int) -> None:
        self.width = levels + 1
        depths = range(self.width)
        self.indents = ["    " * depth for depth in depths]
        self.open = pl.Series([f'{indent}{{\n{indent}  "code": "' for indent in self.indents])
        self.before = {name: self._before(name, opening) for name, opening in MEMBERS.items()}
        self.close = pl.Series(
            [
                quote + self._after(depth, after)
                for depth in depths
                for after in depths
                for quote in ("", '"')
            ]
        )

    def _after(self, depth: int, after: int) -> str:
        """What stands between the members of a concept and the next concept (depth 0: the end)."""
        indents = self.indents
        if after > depth:
            return f',\n{indents[depth]}  "concept": [\n'
        closed = range(depth - 1, max(after, 1) - 1, -1)
        ends = [f"\n{indents[level]}  ]\n{indents[level]}}}" for level in closed]
        return f"\n{indents[depth]}}}{''.join(ends)}" + (",\n" if after else "\n")

    def _before(self, name: str, opening: str) -> pl.Series:
        """What stands before a member, by depth, whether it is there, and an open quote."""
        return pl.Series(
            [
                quote + member
                for indent in self.indents
                for member in ("", f',\n{indent}  "{name}": {opening}')
                for quote in ("", '"')
            ]
        )

    def write(self, frame: pl.DataFrame) -> bytes:
        """Write the concepts of a chunk."""
        depth = frame["depth"]
        odd = (~frame["plain"]).arg_true()
        parts: list[pl.Series] = [self.open.gather(depth), treated(frame["code"], odd, escaped)]
        quoted: pl.Series | int = 1
        for name, opening in MEMBERS.items():
            if name not in frame.columns or frame[name].null_count() == frame.height:
                continue
            values = frame[name]
            present = values.is_not_null().cast(pl.Int32) if values.null_count() else 1
            parts.append(self.before[name].gather(depth * 4 + present * 2 + quoted))
            parts.append(treated(values, odd, escaped) if opening else values)
            quoted = present if opening else 0
        parts.append(self.close.gather((depth * self.width + frame["next"]) * 2 + quoted))
        text = pl.select(pl.concat_str(parts, ignore_nulls=True)).to_series()
        joined: bytes = text.str.join("").cast(pl.Binary).item()
        return joined


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
