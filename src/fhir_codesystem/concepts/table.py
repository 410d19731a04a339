"""The concepts of a code system, by column: one row a concept, in the order of nested JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

PARENT_URI = "http://hl7.org/fhir/concept-properties#parent"
"""The standard concept property by which further parents are stated."""


@dataclass(frozen=True)
class ConceptTable:
    """Concepts in pre-order: each before its children.

    ``frame`` has the columns ``line`` (UInt32, the 1-based source line of the concept's first
    row), ``code``, ``display``, ``definition`` (String, null where blank), ``depth`` (Int32, 1 is
    the top) and ``plain`` (Boolean: no character of these texts needs care). Order and depth are
    the tree: a concept's parent is the last one before it that is one less deep.

    What a concept has several of stands in frames of their own, with ``concept`` (UInt32, a row
    of ``frame``; in order) and String columns: ``parents`` (``value``: the code of a parent beyond
    the one it is nested in), ``properties`` (``code``, ``type`` and ``value``, as FHIR JSON writes
    it without quotes; a Coding as a JSON object) and ``designations`` (``language`` or null,
    ``use``: a Coding as JSON or null, ``value``).
    """

    frame: pl.DataFrame
    parents: pl.DataFrame = field(default_factory=lambda: values_of("value"))
    properties: pl.DataFrame = field(default_factory=lambda: values_of("code", "type", "value"))
    designations: pl.DataFrame = field(
        default_factory=lambda: values_of("language", "use", "value")
    )

    def __len__(self) -> int:
        return self.frame.height

    @cached_property
    def levels(self) -> int:
        """How many levels the hierarchy has; 0 without concepts."""
        deepest = self.frame["depth"].max()
        return deepest if isinstance(deepest, int) else 0

    @cached_property
    def odd_displays(self) -> pl.Series:
        """The rows (ascending) whose display is more than ASCII with single blanks between words.

        A row that is not plain is among them, whatever the reason.
        """
        display = pl.col("display").str
        beyond = display.len_bytes() != display.len_chars()
        odd = ~pl.col("plain") | beyond | display.contains("  ", literal=True)
        return self.frame.select(odd.fill_null(value=False).arg_true()).to_series()

    @property
    def nested(self) -> bool:
        """Whether some concept has another nested in it."""
        return self.levels > 1

    def expression(self, concept: int) -> str:
        """Return the FHIRPath of a concept: ``CodeSystem.concept[0].concept[3]``."""
        depths = self.frame["depth"].head(concept + 1)
        steps: list[str] = []
        at, depth = concept, depths[concept]
        while depth > 0:
            above = depths.head(at)
            parents = (above < depth).arg_true()
            parent = parents[-1] if len(parents) else -1
            place = (above.slice(parent + 1) == depth).sum()
            steps.append(f"concept[{place}]")
            at, depth = parent, depth - 1
        return ".".join(["CodeSystem", *reversed(steps)])


def values_of(*names: str) -> pl.DataFrame:
    """Make a frame without rows that gives concepts further values."""
    return pl.DataFrame(schema={"concept": pl.UInt32, **dict.fromkeys(names, pl.String)})


def links(concept: list[int] | pl.Series, value: list[str] | pl.Series) -> pl.DataFrame:
    """Make a frame that gives concepts (by row) further values."""
    return pl.DataFrame(
        {"concept": pl.Series(concept, dtype=pl.UInt32), "value": pl.Series(value, dtype=pl.String)}
    )
