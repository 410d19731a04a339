"""Small workbooks that show what breaks a rule and what does not."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Workbook:
    """A workbook of one sheet, Codes, or of several.

    ``cells`` are rows of texts, or of the XML of a cell's inside in which ``{}`` stands for its
    place: ``<c r="{}"><v>1</v></c>``. ``after`` is XML that follows the rows, ``before`` such as
    comes first; ``formats`` are those of numbers, the cells' styles from 1 on. ``said`` says in
    words what a page of text cannot show. So many ``blanks`` stand before what is ``after``.
    """

    said: str
    cells: tuple[tuple[str, ...], ...]
    before: str = ""
    after: str = ""
    formats: tuple[str, ...] = ()
    others: dict[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    blanks: int = 0

    def __str__(self) -> str:
        """Say what the workbook holds."""
        return self.said

    @property
    def data(self) -> bytes:
        """The workbook as .xlsx."""
        from fhir_codesystem.convert import xlsx  # noqa: PLC0415 - only pages' tests make these

        rows = f"{_rows(self.cells)}{' ' * self.blanks}"
        sheets = {"Codes": f"{self.before}{rows}{self.after}"}
        sheets |= {name: _rows(cells) for name, cells in self.others.items()}
        return xlsx.workbook(sheets, _styles(self.formats))


def _rows(rows: tuple[tuple[str, ...], ...]) -> str:
    from fhir_codesystem.convert import xlsx  # noqa: PLC0415
    from fhir_codesystem.diagnostics import letters  # noqa: PLC0415

    lines = []
    for number, row in enumerate(rows, 1):
        places = [f"{letters(column)}{number}" for column in range(1, len(row) + 1)]
        cells = [
            text.replace("{}", place) if text.startswith("<c ") else xlsx.cell(place, text)
            for place, text in zip(places, row, strict=True)
            if text
        ]
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    return f"<sheetData>{''.join(lines)}</sheetData>"


def _styles(formats: tuple[str, ...]) -> str:
    numbered = list(enumerate(formats, 164))
    declared = "".join(
        f'<numFmt numFmtId="{number}" formatCode="{code}"/>' for number, code in numbered
    )
    used = "".join(f'<xf numFmtId="{number}"/>' for number, _ in numbered)
    return f"<numFmts>{declared}</numFmts><cellXfs><xf/>{used}</cellXfs>"
