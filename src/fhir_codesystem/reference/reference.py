"""What a code system is compared with: codes, their displays, whether they are out of use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from fhir_codesystem.rules.lifecycle import out_of_use

if TYPE_CHECKING:
    from fhir_codesystem.codesystem.resource import CodeSystem


@dataclass(frozen=True, slots=True)
class Reference:
    """A dictionary of codes.

    ``frame`` has the columns ``key`` (String, unique: by what codes are compared), ``code`` and
    ``display`` (String; a display may be null) and ``retired`` (Boolean). ``loose`` says that
    brackets, commas, blanks and case do not count in a code: (0008,103e) is 0008103E.
    """

    name: str
    frame: pl.DataFrame
    loose: bool = False

    def keys(self, codes: pl.Series) -> pl.Series:
        """Return by what codes are compared."""
        if not self.loose:
            return codes
        return codes.str.replace_all(r"[\s(),]", "").str.to_uppercase()


def of_code_system(codesystem: CodeSystem, name: str) -> Reference:
    """Make a reference of a code system that was read."""
    retired = out_of_use(codesystem).implode()
    frame = (
        codesystem.concepts.frame.select("code", "display")
        .with_row_index("row")
        .select("code", "display", key="code", retired=pl.col("row").is_in(retired))
    )
    return Reference(name, frame.unique("key", keep="first", maintain_order=True))
