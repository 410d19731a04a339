"""JSON: an array of objects, one a row, whose members are the cells that are not blank.

The first object has a member for each column, null where its cell is blank, so that a reader knows
all columns and their order. What cannot be carried: two columns of one name, a table without rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from fhir_codesystem.convert import CannotCarry
from fhir_codesystem.diagnostics import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fhir_codesystem.convert import Rows


def write(header: Sequence[str], rows: Rows) -> bytes:
    """Return the table as JSON."""
    for column, name in enumerate(header):
        if name in header[:column]:
            raise CannotCarry(f"the name {quoted(name)} stands twice", 1, column + 1)
    objects = [
        {name: text or None for name, text in zip(header, row, strict=True) if text or at == 0}
        for at, row in enumerate(rows)
    ]
    return orjson.dumps(objects, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
