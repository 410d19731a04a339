"""The designations and properties of concepts as JSON, by columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import polars as pl

from fhir_codesystem.characters import IN_JSON

if TYPE_CHECKING:
    from fhir_codesystem.codesystem.resource import CodeSystem
    from fhir_codesystem.concepts.table import ConceptTable

ESCAPES = {chr(code): orjson.dumps(chr(code)).decode()[1:-1] for code in range(32)} | {
    '"': '\\"',
    "\\": "\\\\",
}
QUOTED = ("code", "string", "dateTime")
"""The types of property values that stand in quotes."""
STEP = "    "
"""What a level of the hierarchy indents JSON by."""
INSIDE = STEP + "  "
"""The indentation of the members of an item, at the top of the hierarchy."""
NONE = pl.DataFrame(schema={"concept": pl.UInt32, "block": pl.String})


def escaped(values: pl.Series) -> pl.Series:
    """Escape texts for JSON strings: quotes, backslashes and controls, nothing else."""
    if not values.str.contains(f"[{IN_JSON}]").any():
        return values
    return values.str.replace_many(list(ESCAPES), list(ESCAPES.values()))


def designations(table: ConceptTable) -> pl.DataFrame:
    """Return ``concept`` and ``block``: the array ``designation`` of each concept that has one."""
    frame = table.designations
    if frame.is_empty():
        return NONE
    kinds = frame.select("language", "use").unique(maintain_order=True)
    opening = [_designation(*kind) for kind in kinds.iter_rows()]
    kind = frame.join(
        kinds.with_row_index("kind"),
        on=["language", "use"],
        how="left",
        maintain_order="left",
        nulls_equal=True,
    )["kind"]
    return _blocks(table, frame["concept"], kind, opening, escaped(frame["value"]), '"')


def _designation(language: str | None, use: str | None) -> str:
    """Return all that stands before the value of a designation, with its quote."""
    members = [("language", orjson.dumps(language).decode())] if language is not None else []
    members += [("use", _indented(use))] if use is not None else []
    return _item(*members) + '"value": "'


def properties(codesystem: CodeSystem) -> pl.DataFrame:
    """Return ``concept`` and ``block``: the array ``property`` of each concept that has one.

    Values stand in the order in which their properties are declared.
    """
    table = codesystem.concepts
    if table.parents.is_empty() and table.properties.is_empty():
        return NONE
    parents = table.parents.select(
        "concept",
        pl.lit(codesystem.parent_property).alias("code"),
        pl.lit("code").alias("type"),
        "value",
    )
    frame = pl.concat([parents, table.properties])
    order = [str(each["code"]) for each in codesystem.elements.get("property", [])]
    order = list(dict.fromkeys(order))
    rank = pl.col("code").replace_strict(order, list(range(len(order))), default=len(order))
    frame = frame.with_columns(rank.alias("rank")).sort("concept", "rank", maintain_order=True)
    kinds = frame.select("code", "type").unique(maintain_order=True)
    opening = [_property(*kind) for kind in kinds.iter_rows()]
    kind = frame.join(
        kinds.with_row_index("kind"), on=["code", "type"], how="left", maintain_order="left"
    )["kind"]
    return _blocks(table, frame["concept"], kind, opening, _values(frame), "")


def _property(code: str, kind: str) -> str:
    """Return all that stands before the value of a property."""
    return _item(("code", orjson.dumps(code).decode())) + f'"value{kind[0].upper()}{kind[1:]}": '


def _values(frame: pl.DataFrame) -> pl.Series:
    """Write the values of properties: texts in quotes, objects indented for the top level."""
    quoted = pl.col("type").is_in(QUOTED)
    text = pl.concat_str(pl.lit('"'), escaped(frame["value"]), pl.lit('"'))
    values = frame.select(pl.when(quoted).then(text).otherwise("value").alias("value")).to_series()
    objects = (frame["type"] == "Coding").arg_true()
    if not len(objects):
        return values
    written = pl.Series([_indented(text) for text in values.gather(objects)], dtype=pl.String)
    return values.clone().scatter(objects, written)


def _item(*members: tuple[str, str]) -> str:
    """Open an item of an array: its first members, and the indentation of the next."""
    told = "".join(f'"{name}": {value},\n{INSIDE}' for name, value in members)
    return f"{STEP}{{\n{INSIDE}{told}"


def _indented(value: str) -> str:
    """Indent an object as a member of an item at the top of the hierarchy."""
    text = orjson.dumps(orjson.loads(value), option=orjson.OPT_INDENT_2).decode()
    return text.replace("\n", f"\n{INSIDE}")


def _blocks(
    table: ConceptTable,
    concept: pl.Series,
    kind: pl.Series,
    opening: list[str],
    values: pl.Series,
    closing: str,
) -> pl.DataFrame:
    """Join the items of each concept to an array, indented as deep as the concept stands.

    ``kind`` says which ``opening`` stands before a value.
    """
    depths = range(table.levels + 1)
    openings = pl.Series([_deeper(text, depth) for depth in depths for text in opening])
    closings = pl.Series([_deeper(f"{closing}\n{STEP}}}", depth) for depth in depths])
    ends = pl.Series([_deeper("\n  ]", depth) for depth in depths])
    depth = table.frame["depth"].gather(concept)
    if values.str.contains(
        "\n", literal=True
    ).any():  # of objects; texts have their line ends escaped
        pairs = zip(values, depth, strict=True)
        values = pl.Series([_deeper(text, deep) for text, deep in pairs], dtype=pl.String)
    opened = openings.gather(depth * len(opening) + kind.cast(pl.Int32))
    item = pl.concat_str(opened, values, closings.gather(depth))
    arrays = (
        pl.select(concept, item.alias("item"))
        .group_by("concept", maintain_order=True)
        .agg(pl.col("item").str.join(",\n"))
    )
    end = ends.gather(table.frame["depth"].gather(arrays["concept"]))
    return arrays.select("concept", pl.concat_str(pl.lit("[\n"), "item", end).alias("block"))


def _deeper(text: str, depth: int) -> str:
    """Indent all lines of a text but the first by as many levels; an item's first line too."""
    shift = STEP * depth
    first = shift if text.startswith(STEP) else ""
    return first + text.replace("\n", f"\n{shift}")
