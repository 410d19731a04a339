"""The elements of a resource written in XML: https://hl7.org/fhir/R5/xml.html.

Parsed by the standard library's expat; document types are refused, and with them every entity that
a file could declare.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.parsers import expat

from fhir_codesystem.diagnostics import Severity, quoted
from fhir_codesystem.instance import encoding, xmlnames
from fhir_codesystem.instance.element import Element
from fhir_codesystem.instance.issue import Issue, Spot
from fhir_codesystem.instance.xhtml import TRIMMED, Builder
from fhir_codesystem.instance.xmlnames import FHIR
from fhir_codesystem.metadata.document import did_you_mean

if TYPE_CHECKING:
    from fhir_codesystem.instance.definitions import Definitions, Structure
    from fhir_codesystem.instance.issue import Issues

MOST_DEPTH = 250
"""Elements that may be open at once."""


def read(
    data: bytes, definitions: Definitions, kinds: frozenset[str], issues: Issues
) -> Element | None:
    """Make the elements of a resource of one of some kinds; None where it is no such resource.

    Of a ValueSet only the contained resources are made. What is no XML ends in one issue; bad
    content never raises.
    """
    encoding.check(data, issues)
    text, known = encoding.unmarked(data)
    reader = _Reader(definitions, kinds, issues, known)
    try:
        reader.parser.Parse(text, True)  # noqa: FBT003 - the last piece; expat takes no keyword
    except (expat.ExpatError, _RefusedError, LookupError, ValueError) as error:
        reader.broken(error)
        return None
    reader.finish()
    return reader.root


class _RefusedError(Exception):
    """The file is not read further: why."""


@dataclass(slots=True)
class _Open:
    """An element that is open, and what was seen in it.

    ``path`` is where it stands for the official parser; ``element`` is None where it is not looked
    into. ``holder`` says that it contains a resource, and ``empty`` that nothing stands in it.
    ``last`` and ``index`` count what repeats.
    """

    path: str
    spot: Spot
    element: Element | None = None
    holder: bool = False
    empty: bool = False
    text: list[str] = field(default_factory=list)
    text_spot: Spot | None = None
    last: str = ""
    index: int = 0


class _Reader:
    """Follows the parser through one resource, along the definitions."""

    def __init__(
        self,
        definitions: Definitions,
        kinds: frozenset[str],
        issues: Issues,
        known: str | None,
    ) -> None:
        self.definitions = definitions
        self.kinds = kinds
        self.issues = issues
        self.before = len(issues.found)
        self.root: Element | None = None
        self.instructions: list[Spot] = []
        self.opened: list[_Open] = []
        self.narrative: Builder | None = None
        self.parser = expat.ParserCreate(known, xmlnames.SEPARATOR)
        self.parser.namespace_prefixes = True
        self.parser.ordered_attributes = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.CommentHandler = self._comment
        self.parser.ProcessingInstructionHandler = self._instruction

    def broken(self, error: Exception) -> None:
        """Tell why the file is not read and where that is seen, and nothing else of it."""
        message, spot = str(error), self._spot
        if isinstance(error, expat.ExpatError):
            message = f"this is no XML: {expat.ErrorString(error.code)}"
            spot = Spot(line=error.lineno, column=error.offset + 1)
        elif not isinstance(error, _RefusedError):
            message, spot = "the encoding that the file names is not known", Spot(line=1, column=1)
        del self.issues.found[self.before :]
        self.issues.written("ERROR_PARSING_XML_", "(xml)", message, spot)

    def finish(self) -> None:
        """Tell of what stands around the root, at the end of the file."""
        for spot in self.instructions if self.root is not None else ():
            key = "NO_PROCESSING_INSTRUCTIONS_ALLOWED_IN_RESOURCES"
            message = "a resource has no processing instructions"
            self.issues.written(key, "(document)", message, spot)

    @property
    def _spot(self) -> Spot:
        parser = self.parser
        return Spot(line=parser.CurrentLineNumber, column=parser.CurrentColumnNumber + 1)

    def _doctype(self, *_: object) -> None:
        raise _RefusedError("a document type is declared; FHIR has none, and it is not read")

    def _instruction(self, *_: object) -> None:
        if not self.opened:
            self.instructions.append(self._spot)
        elif self.opened[-1].element is not None:
            message = "a resource has no processing instructions"
            path = self.opened[-1].path
            self.issues.written("NODE_TYPE__IS_NOT_ALLOWED", path, message, self._spot)

    def _comment(self, text: str) -> None:
        if self.narrative is not None:
            self.narrative.comment(text)

    def _text(self, text: str) -> None:
        if self.narrative is not None:
            self.narrative.text(text)
            return
        stripped = text.strip(TRIMMED)
        around = self.opened[-1]
        if not stripped or around.element is None or around.holder:
            return
        if around.text_spot is None:
            line, column = self._spot.line, (self._spot.column or 1) + text.index(stripped)
            around.text_spot = Spot(line=line, column=column)
        around.text.append(stripped)

    def _start(self, tag: str, attributes: list[str]) -> None:
        depth = len(self.opened) + (len(self.narrative.opened) if self.narrative else 0)
        if depth >= MOST_DEPTH:
            raise _RefusedError(f"more than {MOST_DEPTH} elements are open here")
        space, name = xmlnames.split(tag)
        if self.narrative is not None:
            self.narrative.start(space, name, xmlnames.qualified(attributes))
        elif not self.opened:
            self._root(space, name, attributes)
        else:
            self._inside(space, name, attributes)

    def _root(self, space: str, name: str, attributes: list[str]) -> None:
        opened = _Open(f"/{xmlnames.prefix(space)}{name}", self._spot)
        self.opened.append(opened)
        if space != FHIR or name not in self.definitions.resources:
            key = "THIS_DOES_NOT_APPEAR_TO_BE_A_FHIR_RESOURCE_UNKNOWN_NAMESPACENAME_"
            message = f"FHIR has no resource {quoted(name)}"
            if space != FHIR:
                message = f"{quoted(name)} is not in the namespace of FHIR, {FHIR}"
            self.issues.written(key, name, message, opened.spot)
        elif name in self.kinds:
            structure = self.definitions.structures.get(name) or self.definitions.holder(name)
            self.root = opened.element = Element(name, structure).placed(opened.spot)
            opened.empty = not attributes
            self._attributes(attributes, opened, self.root)

    def _inside(self, space: str, name: str, attributes: list[str]) -> None:
        around = self.opened[-1]
        around.empty = False
        if around.element is None:
            self.opened.append(_Open(around.path, self._spot))
        elif around.holder:
            self._contained(name, attributes, around)
        elif not xmlnames.is_element(name, around.element):
            self._unknown(name, around, around.element)
        else:
            self._known(space, name, attributes, around, around.element)

    def _known(
        self, space: str, name: str, attributes: list[str], around: _Open, parent: Element
    ) -> None:
        definition, structure = parent.structure.members[name]
        around.index = around.index + 1 if definition.name == around.last else 0
        around.last = definition.name
        index = around.index if definition.many or around.index else -1
        if around.index == 1:
            parent.children[-1].index = 0
        spot = self._spot
        made = Element(name, structure, parent, definition, index).placed(spot)
        parent.children.append(made)
        if structure.name == "xhtml":
            self.opened.append(_Open(around.path, spot, made))
            self.narrative = Builder()
            self.narrative.start(space, name, xmlnames.qualified(attributes))
            return
        holder = structure.name == "Resource"
        opened = _Open(f"{around.path}/{xmlnames.prefix(space)}{name}", spot, made, holder)
        opened.empty = space == FHIR and (holder or not attributes)
        self.opened.append(opened)
        if space != FHIR:
            message = f"<{name}> is not in the namespace of FHIR, {FHIR}"
            self.issues.written("WRONG_NAMESPACE__EXPECTED_", opened.path, message, spot)
        if not holder:
            self._attributes(attributes, opened, made)

    def _unknown(self, name: str, around: _Open, parent: Element) -> None:
        spot, structure = self._spot, parent.structure
        if structure.name in self.definitions.structures:
            hint = did_you_mean(name, list(structure.members))
            message = f"{structure.name} has no element {quoted(name)}"
            self.issues.written("UNDEFINED_ELEMENT_", around.path, message, spot, hint)
        self.opened.append(_Open(around.path, spot))

    def _contained(self, name: str, attributes: list[str], around: _Open) -> None:
        """Make of the element of what is contained the resource in it: the first one counts."""
        opened = _Open(name, self._spot)
        self.opened.append(opened)
        made = around.element
        if made is None or made.structure.name != "Resource":
            return
        if name not in self.definitions.resources:
            key = "CONTAINED_RESOURCE_DOES_NOT_APPEAR_TO_BE_A_FHIR_RESOURCE_UNKNOWN_NAME_"
            message = f"FHIR has no resource {quoted(name)}"
            self.issues.written(key, around.path, message, opened.spot)
            return
        structures = self.definitions.structures
        made.structure = structures.get(name) or self.definitions.foreign(name)
        opened.element = made
        self._attributes(attributes, opened, made)

    def _attributes(self, attributes: list[str], opened: _Open, made: Element) -> None:
        """Make children of attributes; ``value`` is the value itself."""
        if made.structure.kind == "resource" and made.type not in self.definitions.structures:
            return
        known = xmlnames.attributes_of(made)
        for written, value in zip(attributes[::2], attributes[1::2], strict=True):
            space, name = xmlnames.split(written)
            if name in known and space in ("", FHIR):
                if name == "value":
                    made.value = value
                    continue
                definition, structure = made.structure.members[name]
                child = Element(name, structure, made, definition).placed(opened.spot)
                child.value = value
                made.children.append(child)
                continue
            if (space, name) == (xmlnames.XSI, "type"):
                self._type(value, opened, made.structure)
            if name != "resourceDefinition":
                key = "UNDEFINED_ATTRIBUTE__ON__FOR_TYPE__PROPERTIES__"
                (full,) = xmlnames.qualified([written, value])
                message = f"{made.name} has no attribute {quoted(full)}"
                hint = did_you_mean(full, sorted(known))
                self.issues.written(key, opened.path, message, opened.spot, hint)

    def _type(self, value: str, opened: _Open, structure: Structure) -> None:
        if value == structure.name:
            key, severity = "XSI_TYPE_UNNECESSARY", Severity.INFORMATION
            message = f"xsi:type says what is known: {value}"
        elif value:
            key, severity = "XSI_TYPE_WRONG", Severity.ERROR
            message = f"xsi:type is {quoted(value)}, and the type is {structure.name}"
        else:
            return
        self.issues.found.append(Issue(key, severity, opened.path, message, opened.spot))

    def _end(self, _: str) -> None:
        if self.narrative is not None:
            root = self.narrative.end()
            if root is None:
                return
            self.narrative = None
            element = self.opened[-1].element
            if element is not None:
                element.xhtml = root
                element.value = "".join(("<div>", *root.contents(), "</div>"))
        opened = self.opened.pop()
        if opened.text:
            message = f"the text {quoted(' '.join(opened.text), 30)} stands between tags"
            spot = opened.text_spot or opened.spot
            hint = "values are attributes: value"
            key = "TEXT_SHOULD_NOT_BE_PRESENT"
            self.issues.written(key, opened.path, f"{message}; FHIR has none there", spot, hint)
        elif opened.empty:
            name = opened.path.rpartition(":")[2]
            message = f"<{name}> has neither a value nor anything in it"
            self.issues.written("ELEMENT_MUST_HAVE_SOME_CONTENT", opened.path, message, opened.spot)
