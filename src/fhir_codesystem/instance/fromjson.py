"""The elements of a resource written in JSON: https://hl7.org/fhir/R5/json.html."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from fhir_codesystem.diagnostics import quoted
from fhir_codesystem.instance.element import Element
from fhir_codesystem.instance.issue import Issues, Spot
from fhir_codesystem.instance.jsonmembers import Member, Pairs, by_name
from fhir_codesystem.instance.jsonvalues import Number
from fhir_codesystem.instance.slips import Slips

if TYPE_CHECKING:
    from fhir_codesystem.instance.definitions import Definitions
    from fhir_codesystem.instance.issue import Path
    from fhir_codesystem.instance.jsonvalues import Parsed

KINDS = {tuple: "an object", list: "an array", type(None): "null"}
TEXT = (str, "STRING", "a text: it stands in quotes")
NUMBER = (Number, "NUMBER", "a number, without quotes")
VALUES: dict[str, tuple[type, str, str]] = {
    "boolean": (bool, "BOOLEAN", "true or false"),
    **dict.fromkeys(("integer", "unsignedInt", "positiveInt", "decimal"), NUMBER),
}
"""What stands in JSON for a value of a type, as the keys of messages say it and as we do."""


def read(
    parsed: Parsed, definitions: Definitions, kinds: frozenset[str], issues: Issues
) -> Element | None:
    """Make the elements of a resource of one of some kinds; None where it is no such resource."""
    reader = _Reader(definitions, parsed, issues)
    return reader.resource(parsed.value, kinds)


class _Reader:
    """Goes through the values of one resource along the definitions."""

    def __init__(self, definitions: Definitions, parsed: Parsed, issues: Issues) -> None:
        self.definitions = definitions
        self.issues = issues
        self.slips = Slips(parsed.slips, issues)

    def resource(self, pairs: Pairs, kinds: frozenset[str]) -> Element | None:
        """Make the root of the elements."""
        kind = self._kind(pairs, "$", ())
        if kind is None:
            return None
        if kind not in self.definitions.resources:
            message = f"FHIR has no resource {quoted(kind)}"
            key = "THIS_DOES_NOT_APPEAR_TO_BE_A_FHIR_RESOURCE_UNKNOWN_NAME_"
            self._written(key, kind, message, ("resourceType",))
            return None
        if kind not in kinds:
            return None
        known = self.definitions.structures.get(kind)
        element = Element(kind, known or self.definitions.holder(kind))
        if known is None:
            pairs = tuple(pair for pair in pairs if pair[0] in element.structure.members)
        self.slips.comments((), kind)
        self.slips.controls(kind)
        self._members(pairs, element, kind)
        return element

    def _kind(self, pairs: Pairs, expression: str, path: Path) -> str | None:
        kind = next((value for name, value in pairs if name == "resourceType"), _ABSENT)
        if kind is _ABSENT:
            message = "the object has no resourceType, so it is no resource"
            self._written("UNABLE_TO_FIND_RESOURCETYPE_PROPERTY", expression, message, path)
            return None
        if type(kind) is not str:
            message = f"resourceType is a text, not {_kind_of(kind)}"
            at = (*path, "resourceType")
            self._written("RESOURCETYPE_PROPERTY_WRONG_TYPE", expression, message, at)
            return None
        return kind

    def _members(self, pairs: Pairs, element: Element, expression: str) -> None:
        """Make the children of an element of the members of its object.

        ``expression`` is the place as the official parser writes it, which is not quite that of
        the validator.
        """
        if not pairs:
            path = element.json_path
            message = "an object has at least one member"
            self._written("OBJECT_MUST_HAVE_SOME_CONTENT", expression, message, path)
        members = element.structure.members
        mains, forks = by_name(pairs, element, expression, self.issues)
        if self.slips:
            self.slips.of_object(element.json_path, expression)
        for name in dict.fromkeys((*mains, *forks)) if forks else mains:
            definition, structure = members[name]
            inside = f"{expression}.{definition.name}"
            member = Member(name, element, definition, structure, expression, inside)
            if structure.primitive:
                self._primitive(member, mains.get(name, _ABSENT), forks.get(name, _ABSENT))
            else:
                self._complex(member, mains[name])

    def _complex(self, member: Member, value: Any) -> None:
        name, inside = member.name, member.inside
        if member.definition.many and type(value) is list:
            if not value:
                message = f"{name} is an empty array; leave it out instead"
                self._written("ARRAY_CANNOT_BE_EMPTY", inside, message, member.path)
            if self.slips:
                self.slips.of_array(member.path, inside)
                self.slips.comments(member.path, member.around)
            for index, item in enumerate(value):
                self._object(member, item, f"{inside}[{index}]", index)
            return
        if member.definition.many:
            message = f"{name} is an array, not {_kind_of(value)}"
            key = "THIS_PROPERTY_MUST_BE_AN_ARRAY_NOT_"
            self._written(key, inside, message, member.path, "[...]")
        self._object(member, value, inside, 0, wrapped=True)

    def _object(
        self, member: Member, value: Any, inside: str, index: int, *, wrapped: bool = False
    ) -> None:
        element, many = member.element, member.definition.many
        if type(value) is not tuple:
            steps = (index,) if many and not wrapped else ()
            message = f"{member.name} is {'a list of objects' if many else 'an object'}: "
            message += f"this is {_kind_of(value)}"
            path = (*member.path, *steps)
            self._written("THIS_PROPERTY_MUST_BE__NOT_", inside, message, path)
            return
        made = _made(member, index)
        made.wrapped = wrapped
        if self.slips:
            self.slips.comments(made.json_path, inside)
        if made.structure.name == "Resource":
            self._contained(value, made, inside)
        else:
            element.children.append(made)
            self._members(value, made, inside)

    def _contained(self, pairs: Pairs, made: Element, inside: str) -> None:
        kind = self._kind(pairs, inside, made.json_path)
        assert made.parent is not None  # noqa: S101 - a contained resource is in another
        made.parent.children.append(made)
        if kind is None:
            return
        if kind not in self.definitions.resources:
            key = "CONTAINED_RESOURCE_DOES_NOT_APPEAR_TO_BE_A_FHIR_RESOURCE_UNKNOWN_NAME_"
            path = (*made.json_path, "resourceType")
            self._written(key, inside, f"FHIR has no resource {quoted(kind)}", path)
            return
        known = self.definitions.structures.get(kind)
        if known is not None:
            made.structure = known
            self._members(pairs, made, inside)
        else:
            made.structure = self.definitions.foreign(kind)
            self._foreign(pairs, made, inside)

    def _foreign(self, pairs: Pairs, made: Element, inside: str) -> None:
        """Take over of a resource of another type what has to do with the one around it."""
        members = made.structure.members
        shared = tuple(each for each in pairs if each[0].removeprefix("_") in members)
        if shared:
            self._members(shared, made, inside)

    def _primitive(self, member: Member, main: Any, fork: Any) -> None:
        name, inside = member.name, member.inside
        if not member.definition.many:
            if self.slips:
                self.slips.unquoted(member.path, member.around)
            self._single(member, main, fork, -1)
            return
        path = member.path
        wrong = main is not _ABSENT and type(main) is not list
        if wrong:
            message = f"{name} is an array, not {_kind_of(main)}"
            self._written("THIS_PROPERTY_MUST_BE_AN_ARRAY_NOT_", inside, message, path, "[...]")
        if fork is not _ABSENT and type(fork) is not list:
            message = f"_{name} is an array, not {_kind_of(fork)}"
            key = "THIS_BASE_PROPERTY_MUST_BE_AN_ARRAY_NOT_"
            self._written(key, inside, message, member.fork)
            wrong = True
        if wrong:
            return
        if self.slips:
            self.slips.of_array(path, inside)
        arrays = ([] if each is _ABSENT else each for each in (main, fork))
        for index, (one, other) in enumerate(zip_longest(*arrays)):
            at = (*path, index)
            if one is None and other is None:
                message = f"{name} has null where a value or an extension is expected"
                place = f"{member.around}.{name}"
                self._written("JSON_PROPERTY_INVALID_ARRAY", place, message, at)
                continue
            if self.slips and self.slips.unquoted(at, f"{member.around}.{name}[{index}]"):
                continue
            value, beside = (_ABSENT if each is None else each for each in (one, other))
            self._single(member, value, beside, index)

    def _single(self, member: Member, main: Any, fork: Any, index: int) -> None:
        name, inside = member.name, member.inside
        if main is None or type(main) in (tuple, list):
            steps = (index,) if index >= 0 else ()
            message = f"{name} is one {member.structure.name}, not {_kind_of(main)}"
            path = (*member.path, *steps)
            self._written("THIS_PROPERTY_MUST_BE_AN_SIMPLE_VALUE_NOT_", inside, message, path)
            return
        if fork is not _ABSENT and type(fork) is not tuple:
            message = f"_{name} is an object, not {_kind_of(fork)}"
            self._written("THIS_PROPERTY_MUST_BE_AN_OBJECT_NOT_", inside, message, member.fork)
            return
        made = _made(member, index)
        member.element.children.append(made)
        if main is not _ABSENT:
            self._value(main, made, inside)
        if fork is not _ABSENT:
            self._members(fork, made, inside)

    def _value(self, main: Any, made: Element, inside: str) -> None:
        """Take over a single value, and tell where it is of another JSON type than its own."""
        kind, said, what = VALUES.get(made.structure.name, TEXT)
        if type(main) is not kind:
            key = f"ERROR_PARSING_JSON_THE_PRIMITIVE_VALUE_MUST_BE_A_{said}"
            self.issues.written(key, inside, f"{made.name} is {what}", made.spot)
        if type(main) is bool:
            main = "true" if main else "false"
        made.value = str(main)
        if self.slips:
            self.slips.comments(made.json_path, inside)

    def _written(
        self, key: str, expression: str, message: str, path: Path, hint: str | None = None
    ) -> None:
        self.issues.written(key, expression, message, Spot(path), hint)


def _made(member: Member, position: int) -> Element:
    """Make an element of a value of a member."""
    name, element, definition = member.name, member.element, member.definition
    number = _number(element, name, definition.many)
    made = Element(name, member.structure, element, definition, number)
    made.position = position
    return made


def _number(element: Element, name: str, many: bool) -> int:  # noqa: FBT001
    """Count the children of a name that there are already; -1 for one that does not repeat."""
    if not many:
        return -1
    last = element.children[-1] if element.children else None
    return last.index + 1 if last is not None and last.name == name else 0


def _kind_of(value: Any) -> str:
    return KINDS.get(type(value), "a single value")


_ABSENT: Any = object()
