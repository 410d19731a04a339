"""The resource as JSON: two-space indentation, UTF-8, elements in the order of the specification.

Concepts are written from columns. In pre-order, what stands between two concepts depends only on
their depths: a comma, the opening of ``concept``, or the closing of some levels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import polars as pl

from fhir_codesystem.artifacts.members import designations, escaped, properties
from fhir_codesystem.artifacts.streaming import in_chunks
from fhir_codesystem.characters import treated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fhir_codesystem.codesystem.resource import CodeSystem, Described, ValueSet

MEMBERS = {"display": '"', "definition": '"', "designation": "", "property": ""}
"""The members of a concept after its code, in order; texts open with a quote."""


def chunks(codesystem: CodeSystem, narrative: str | None) -> Iterator[bytes]:
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


def concepts(codesystem: CodeSystem) -> Iterator[bytes]:
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
        parts: list[pl.Series] = [self.open.gather(depth), frame["code"]]
        quoted: pl.Series | int = 1
        for name, opening in MEMBERS.items():
            if name not in frame.columns or frame[name].null_count() == frame.height:
                continue
            values = frame[name]
            present = values.is_not_null().cast(pl.Int32) if values.null_count() else 1
            parts.append(self.before[name].gather(depth * 4 + present * 2 + quoted))
            parts.append(values)
            quoted = present if opening else 0
        parts.append(self.close.gather((depth * self.width + frame["next"]) * 2 + quoted))
        text = pl.select(pl.concat_str(parts, ignore_nulls=True)).to_series()
        joined: bytes = text.str.join("").cast(pl.Binary).item()
        return joined
