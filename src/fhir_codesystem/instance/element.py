"""The elements of a resource, whatever form it was written in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fhir_codesystem.instance.issue import VALUE, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fhir_codesystem.instance.definitions import Definition, Structure
    from fhir_codesystem.instance.issue import Path
    from fhir_codesystem.instance.xhtml import Node


class Element:
    """An element of a resource: of a type, with a value (primitive types) and children.

    ``name`` is as JSON writes it (``valueCode``), ``index`` counts those that repeat; it is -1 for
    an element that does not; ``position`` is its place in the JSON array, where null counts too,
    and ``wrapped`` says that there is no array though there should be one. ``line`` and ``column``
    are known in XML only: in JSON they are looked for when asked. ``xhtml`` is what a narrative
    says, as far as it can be read.
    """

    __slots__ = (
        "children",
        "column",
        "definition",
        "index",
        "line",
        "name",
        "parent",
        "position",
        "structure",
        "value",
        "wrapped",
        "xhtml",
    )

    def __init__(
        self,
        name: str,
        structure: Structure,
        parent: Element | None = None,
        definition: Definition | None = None,
        index: int = -1,
    ) -> None:
        self.name = name
        self.structure = structure
        self.parent = parent
        self.definition = definition
        self.index = index
        self.position = index
        self.value: str | None = None
        self.children: list[Element] = []
        self.wrapped = False
        self.line: int | None = None
        self.column: int | None = None
        self.xhtml: Node | None = None

    @property
    def type(self) -> str:
        """The name of the type: ``code``, ``CodeSystem.concept``."""
        return self.structure.name

    @property
    def path(self) -> str:
        """The place as the official validator writes it."""
        steps: list[str] = []
        at: Element | None = self
        while at is not None:
            steps.append(at.step)
            at = at.parent
        return ".".join(reversed(steps))

    @property
    def parsed_path(self) -> str:
        """The place as the official parsers write it: it does not say what is contained."""
        steps: list[str] = []
        at: Element | None = self
        while at is not None:
            steps.append(at.plain_step)
            at = at.parent
        return ".".join(reversed(steps))

    @property
    def step(self) -> str:
        """The last step of the path: of what is contained with its type and id."""
        if self.structure.kind != "resource" or self.parent is None:
            return self.plain_step
        identity = self.child("id")
        known = identity.value if identity is not None else None
        return f"{self.plain_step}/*{self.type}/{'null' if known is None else known}*/"

    @property
    def plain_step(self) -> str:
        """The last step of the path, without what it holds."""
        definition = self.definition
        if definition is None:
            return self.name
        if definition.choice:
            name = definition.name[:-3]
            which = name if self.index < 0 else f"{name}[{self.index}]"
            return f"{which}.ofType({self.structure.name})"
        return self.name if self.index < 0 else f"{self.name}[{self.index}]"

    @property
    def spot(self) -> Spot:
        """Where the element stands in its source."""
        if self.line is not None:
            path = VALUE if self.value is not None else ()
            return Spot(path, line=self.line, column=self.column)
        return Spot(self.json_path)

    def placed(self, spot: Spot) -> Element:
        """Set line and column to those of a spot in XML; returns the element."""
        self.line, self.column = spot.line, spot.column
        return self

    @property
    def tag(self) -> Spot:
        """Where the element's tag stands in XML."""
        return Spot(line=self.line, column=self.column)

    @property
    def json_path(self) -> Path:
        """The path of the element in JSON."""
        steps: list[str | int] = []
        at: Element = self
        while at.parent is not None:
            if at.index >= 0 and not at.wrapped:
                steps.append(at.position)
            steps.append(at.name)
            at = at.parent
        return tuple(reversed(steps))

    def all(self, name: str) -> list[Element]:
        """Return the children of a name."""
        return [each for each in self.children if each.name == name]

    def child(self, name: str) -> Element | None:
        """Return the first child of a name (of a choice: ``value`` for ``valueCode``)."""
        for each in self.children:
            if each.name == name:
                return each
            if each.name.startswith(name):
                definition = each.definition
                if definition is not None and definition.choice and definition.name[:-3] == name:
                    return each
        return None

    def exists(self, name: str) -> bool:
        """Whether there is a child of a name with a value or children, as FHIRPath counts it."""
        child = self.child(name)
        return child is not None and (child.value is not None or bool(child.children))

    def text(self, name: str) -> str | None:
        """Return the value of the first child of a name, if it has one."""
        child = self.child(name)
        return child.value if child is not None else None

    def extensions(self) -> Iterator[Element]:
        """Return the extensions and modifier extensions."""
        for each in self.children:
            if each.name in ("extension", "modifierExtension"):
                yield each

    def descendants(self) -> Iterator[Element]:
        """Return the element and all inside it, in document order."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting += reversed(element.children)
