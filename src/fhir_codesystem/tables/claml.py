"""ClaML, the Classification Markup Language, 2.0 and 3.0: ICD, OPS, ICF and their kin.

Defined by EN 14463:2007 (ClaML 2) and ISO 13120:2013 and 2019 (ClaML 3). A ``Class`` is a concept;
its ``SuperClass`` and the ``SubClass`` of others say where it stands. Modifiers are not expanded:
how a class and a ``ModifierClass`` make a code (dots, fill-ups, inheritance) differs from one
classification to the next, and ClaML does not say it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fhir_codesystem.tables.gathering import DEFINITION, DISPLAY, Gathered, empty, left_out
from fhir_codesystem.tables.table import Reading
from fhir_codesystem.tables.values import DATE_TIME
from fhir_codesystem.tables.xml import XML, Document, root

if TYPE_CHECKING:
    from fhir_codesystem.tables.gathering import Spot
    from fhir_codesystem.tables.source import Source

NAME = re.compile(r"[A-Z][A-Za-z0-9_]{0,254}")
ALOUD = frozenset({"Fragment", "Para", "ListItem", "Cell", "Reference"})
"""Elements of a label whose text is set apart from what is around it; all others are inside it."""


def recognises(source: Source) -> bool:
    """Whether the root element is ``ClaML``."""
    return root(source.data).rpartition(" ")[2] == "ClaML"


def read(source: Source) -> Reading:
    """Read the classes."""
    classification = _Classification(source.path)
    problem = classification.read(source.data)
    if problem is not None:
        return Reading(None, (problem,))
    found = left_out(source.path, classification.others)
    if not len(classification.concepts):
        found.append(empty(source.path, "the classification has no Class"))
        return Reading(None, tuple(found))
    classification.finish()
    table, told = classification.concepts.table(classification.stated)
    return Reading(table, (*found, *told))


@dataclass(frozen=True, slots=True)
class _Label:
    """A text of a rubric: which concept it belongs to, its kind, its language, its place."""

    row: int
    kind: str
    language: str
    text: str
    spot: Spot


class _Classification(Document):
    """Gathers the classes of a document."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.concepts = Gathered(path)
        self.stated: dict[str, Any] = {}
        self.others: Counter[str] = Counter()
        self.labels: list[_Label] = []
        self.row: int | None = None
        self.code = ""
        self.kind = ""
        self.language = ""
        self.outer_language = ""
        self.pieces: list[str] | None = None
        self.began: Spot = (1, 1)
        self.brackets = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        if self.pieces is not None:
            self._inside(self.pieces, name, attributes)
        elif name == "Class":
            self._class(attributes)
        elif name in {"Label", "Title"}:
            self.pieces, self.began = [], self.spot
            self.language = attributes.get(XML + "lang", self.outer_language)
            if name == "Title":
                self._title(attributes)
        elif name == "Rubric":
            self.kind = attributes.get("kind", "")
        elif self.row is not None:
            self._of_class(self.row, name, attributes)
        else:
            self._of_all(name, attributes)

    def end(self, name: str) -> None:
        """End an element."""
        if name == "Label" and self.pieces is not None:
            self._label(_joined(self.pieces))
            self.pieces = None
        elif name == "Title" and self.pieces is not None:
            if text := _joined(self.pieces):
                self.stated["title"] = text
            self.pieces = None
        elif name == "Class":
            self.row = None
        elif self.pieces is not None and name in ALOUD:
            self.pieces.append(") " if self.brackets and name == "Reference" else " ")

    def text(self, text: str) -> None:
        """Take a piece of text."""
        if self.pieces is not None:
            self.pieces.append(text)

    def _class(self, attributes: dict[str, str]) -> None:
        self.code = attributes.get("code", "").strip()
        self.row = self.concepts.concept(self.code or None, self.spot)
        for name in ("kind", "usage"):
            self.concepts.property(
                self.row, name, "code", " ".join(attributes.get(name, "").split())
            )

    def _of_class(self, row: int, name: str, attributes: dict[str, str]) -> None:
        code = attributes.get("code", "").strip()
        if name == "SuperClass":
            self.concepts.parent(self.code, code, self.spot)
        elif name == "SubClass":
            self.concepts.parent(code, self.code, self.spot)
        elif name == "Meta":
            self.concepts.property(
                row, attributes.get("name", ""), "string", attributes.get("value", "")
            )
        elif name in {"ModifiedBy", "ExcludeModifier"}:
            self.others[f"{name}, not expanded"] += 1
        elif name == "History":
            self.others[name] += 1

    def _of_all(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Identifier":
            self._identifier(attributes)
        elif name in {"Modifier", "ModifierClass"}:
            self.others[f"{name}, not expanded"] += 1
        elif name == "ClaML":
            self.outer_language = attributes.get(XML + "lang", attributes.get("lang", ""))
        elif name in {"Meta", "Author"}:
            self.others[f"{name} of the classification"] += 1
        elif name == "Display":
            self.others["Display of a kind"] += 1

    def _inside(self, pieces: list[str], name: str, attributes: dict[str, str]) -> None:
        if name == "Reference":
            self.brackets = attributes.get("class") == "in brackets"
            pieces.append(" (" if self.brackets else " ")
        elif name in ALOUD:
            pieces.append(" ")

    def _title(self, attributes: dict[str, str]) -> None:
        name, version, date = (attributes.get(each, "") for each in ("name", "version", "date"))
        if NAME.fullmatch(name):
            self.stated["name"] = name
        if name:
            self.stated["title"] = name
        if version:
            self.stated["version"] = version
        if DATE_TIME.fullmatch(date):
            self.stated["date"] = date

    def _identifier(self, attributes: dict[str, str]) -> None:
        identifier = attributes.get("uid", "").strip()
        if identifier:
            parts = {"value": identifier}
            if authority := attributes.get("authority", "").strip():
                parts["assigner"] = {"display": authority}  # type: ignore[assignment]
            self.stated.setdefault("identifier", []).append(parts)

    def _label(self, text: str) -> None:
        if self.row is not None and text:
            label = _Label(self.row, self.kind, self.language, text, self.began)
            self.labels.append(label)

    def finish(self) -> None:
        """Make texts and properties of the labels, in the language that most displays have."""
        preferred = Counter(label.language for label in self.labels if label.kind == "preferred")
        main = preferred.most_common(1)[0][0] if preferred else self.outer_language
        if main:
            self.stated["language"] = main
        for label in sorted(self.labels, key=lambda label: label.language not in {main, ""}):
            if label.kind == "preferred":
                if not self.concepts.text(label.row, DISPLAY, label.text, label.spot):
                    self.concepts.designation(label.row, label.text, label.language)
            elif label.language in {main, ""}:
                if label.kind != "definition" or not self.concepts.text(
                    label.row, DEFINITION, label.text, label.spot
                ):
                    self.concepts.property(label.row, label.kind, "string", label.text)
            else:
                kind = f"{label.kind}-{label.language}"
                self.concepts.property(label.row, kind, "string", label.text)


def _joined(pieces: list[str]) -> str:
    return " ".join("".join(pieces).split()).replace("( ", "(").replace(" )", ")")
