"""The classification of content.py in other forms: CSV, workbook and page; and with much more.

`forms.py forms COUNT FOLDER` writes the same concepts as .csv, .xlsx and .html, each with its
metadata. `rich` and `rich-fsh` write them with two languages and five properties, as CSV and as a
SUSHI project; `once/classification.txt` is their table without these, to check results against.
"""

from __future__ import annotations

import csv
import html
import random
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from openpyxl import Workbook

import content
from content import METADATA, NAME, Row, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADER = ("Level", "Code", "Display", "Definition")
LANGUAGES = ("de", "fr")
PROPERTIES = {
    "status": "code",
    "effectiveDate": "dateTime",
    "itemWeight": "decimal",
    "notSelectable": "boolean",
    "comment": "string",
}
"""The five properties, all of them standard ones, with the types of their values."""
STANDARD = "http://hl7.org/fhir/concept-properties#"


class Rich(NamedTuple):
    """A concept with its displays in `LANGUAGES` and its values of `PROPERTIES`."""

    row: Row
    displays: tuple[str, ...]
    values: tuple[str, ...]


def rich(count: int) -> Iterator[Rich]:
    """The concepts of content.py with more of the same kind."""
    rng = random.Random(content.SEED)
    for row in rows(count):
        displays = tuple(f"{row.display} ({language})" for language in LANGUAGES)
        values = (
            rng.choice(("active", "active", "active", "retired")),
            f"20{rng.randrange(10, 26)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}",
            f"{rng.randrange(1, 1000) / 100}",
            rng.choice(("true", "false")),
            " ".join(rng.choices(content.WORDS, k=4)),
        )
        yield Rich(row, displays, values)


def write_forms(folder: Path, count: int) -> None:
    """`csv/`, `xlsx/` and `html/` under `folder`, each with the table and its metadata."""
    for form, write in {"csv": _csv, "xlsx": _xlsx, "html": _html}.items():
        place = folder / form
        place.mkdir(parents=True)
        (place / f"{NAME}.yaml").write_text(METADATA, encoding="utf-8")
        write(place / f"{NAME}.{form}", count)


def _csv(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADER)
        writer.writerows(rows(count))


def _xlsx(path: Path, count: int) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Concepts")
    sheet.append(HEADER)
    for row in rows(count):
        sheet.append(row)
    book.save(path)


def _html(path: Path, count: int) -> None:
    """A page as the IG Publisher's: a heading, prose, one table of class codes."""
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write(
            '<html><head><title>Codes</title></head><body><h2>Codes</h2>\n<table class="codes">'
        )
        out.write("<tr>" + "".join(f"<td><b>{name}</b></td>" for name in HEADER) + "</tr>\n")
        for row in rows(count):
            display, definition = html.escape(row.display), html.escape(row.definition)
            out.write(
                f'<tr><td>{row.level}</td><td style="white-space:nowrap">{row.code}'
                f'<a name="c-{row.code}"> </a></td><td>{display}</td><td>{definition}</td></tr>\n'
            )
        out.write("</table></body></html>\n")


def write_rich(folder: Path, count: int) -> None:
    """The table with two languages and five properties, and the one to check against."""
    folder.mkdir(parents=True)
    (folder / f"{NAME}.yaml").write_text(METADATA, encoding="utf-8")
    with (folder / f"{NAME}.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow((*HEADER, *(f"display:{each}" for each in LANGUAGES), *PROPERTIES))
        for concept in rich(count):
            writer.writerow((*concept.row, *concept.displays, *concept.values))
    content.write_tables(folder, count)


def write_rich_fsh(folder: Path, count: int) -> None:
    """The same as a SUSHI project: rules with a caret name each concept by all codes above it."""
    content.write_fsh(folder, 1)
    path: list[str] = []
    with (folder / "input" / "fsh" / f"{NAME}.fsh").open("w", encoding="utf-8", newline="") as out:
        out.write(content.FSH_HEAD)
        for number, (code, kind) in enumerate(PROPERTIES.items()):
            out.write(f"* ^property[{number}].code = #{code}\n")
            out.write(f'* ^property[{number}].uri = "{STANDARD}{code}"\n')
            out.write(f"* ^property[{number}].type = #{kind}\n")
        for concept in rich(count):
            del path[concept.row.level - 1 :]
            path.append(f"#{concept.row.code}")
            at = f"* {' '.join(path)}"
            texts = map(content.fsh_string, (concept.row.display, concept.row.definition))
            out.write(f"{at} {' '.join(texts)}\n")
            for number, display in enumerate(concept.displays):
                out.write(f"{at} ^designation[{number}].language = #{LANGUAGES[number]}\n")
                out.write(f"{at} ^designation[{number}].value = {content.fsh_string(display)}\n")
            for number, (code, kind) in enumerate(PROPERTIES.items()):
                element = f"value{kind[0].upper()}{kind[1:]}"
                value = _fsh_value(kind, concept.values[number])
                out.write(f"{at} ^property[{number}].code = #{code}\n")
                out.write(f"{at} ^property[{number}].{element} = {value}\n")


def _fsh_value(kind: str, value: str) -> str:
    return {"code": f"#{value}", "string": content.fsh_string(value)}.get(
        kind, f'"{value}"' if kind == "dateTime" else value
    )


FORMS = {"forms": write_forms, "rich": write_rich, "rich-fsh": write_rich_fsh}


def main(arguments: list[str]) -> int:
    """`forms.py FORM COUNT FOLDER`: whole or absent, through a folder beside it."""
    form, count, target = arguments[0], int(arguments[1]), Path(arguments[2])
    partial = target.with_name(target.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    FORMS[form](partial, count)
    partial.rename(target)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
