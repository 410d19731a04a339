"""JSON: an array of objects, one a row, whose members are the cells that are not blank.

What cannot be carried: two columns of one name. A column of which all cells are blank is lost.
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
    objects = [{name: text for name, text in zip(header, row, strict=True) if text} for row in rows]
    return orjson.dumps(objects, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
