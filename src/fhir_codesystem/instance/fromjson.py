"""The elements of a resource written in JSON: https://hl7.org/fhir/R5/json.html."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fhir_codesystem.diagnostics import quoted
from fhir_codesystem.instance.element import Element
from fhir_codesystem.instance.issue import Issues, Spot
from fhir_codesystem.instance.jsonvalues import Number
from fhir_codesystem.instance.slips import Slips
from fhir_codesystem.metadata.document import did_you_mean

if TYPE_CHECKING:
    from fhir_codesystem.instance.definitions import Definition, Definitions, Structure
    from fhir_codesystem.instance.issue import Path
    from fhir_codesystem.instance.jsonvalues import Parsed

NUMBERS = frozenset(("integer", "unsignedInt", "positiveInt", "decimal"))
KINDS = {tuple: "an object", list: "an array", type(None): "null"}
Pairs = tuple[tuple[str, Any], ...]


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
        mains, forks = self._sorted(pairs, element, expression)
        if self.slips:
            self.slips.of_object(element.json_path, expression)
        for name, value in mains.items():
            definition, structure = members[name]
            fork = forks.pop(name, _ABSENT) if forks else _ABSENT
            if structure.primitive:
                self._primitive(name, value, fork, element, definition, structure, expression)
            else:
                self._complex(name, value, element, definition, structure, expression)
        for name, fork in forks.items():
            definition, structure = members[name]
            self._primitive(name, _ABSENT, fork, element, definition, structure, expression)

    def _sorted(
        self, pairs: Pairs, element: Element, expression: str
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Sort the members into values and what stands beside them (``_name``), by plain names."""
        mains: dict[str, Any] = {}
        forks: dict[str, Any] = {}
        members = element.structure.members
        seen: dict[str, int] = {}
        chosen: dict[str, str] = {}
        root = element.structure.kind == "resource"
        for name, value in pairs:
            plain = name[1:] if name[:1] == "_" else name
            known = members.get(plain)
            if known is None or (plain is not name and not known[1].primitive):
                if not (root and name in ("resourceType", "resourceDefinition")):
                    self._unknown(name, element, expression)
                continue
            if name in seen:
                spot = Spot((*element.json_path, name), name=True, repeat=seen[name])
                seen[name] += 1
                message = f"{quoted(name)} stands here again; the first one counts"
                self.issues.written("DUPLICATE_JSON_PROPERTY_KEY", expression, message, spot)
                continue
            seen[name] = 1
            definition = known[0]
            if definition.choice and chosen.setdefault(definition.name, plain) != plain:
                self._unknown(name, element, expression)
                continue
            (forks if plain is not name else mains)[plain] = value
        return mains, forks

    def _unknown(self, name: str, element: Element, expression: str) -> None:
        structure = element.structure
        spot = Spot((*element.json_path, name), name=True)
        known = [*structure.members, *(["resourceType"] if element.parent is None else [])]
        hint = did_you_mean(name, known)
        message = f"{structure.name} has no element {quoted(name)}"
        self.issues.written("UNRECOGNISED_PROPERTY_", expression, message, spot, hint)

    def _complex(
        self,
        name: str,
        value: Any,
        element: Element,
        definition: Definition,
        structure: Structure,
        expression: str,
    ) -> None:
        inside = f"{expression}.{definition.name}"
        if definition.many and type(value) is list:
            if not value:
                message = f"{name} is an empty array; leave it out instead"
                self._written("ARRAY_CANNOT_BE_EMPTY", inside, message, (*element.json_path, name))
            if self.slips:
                path = (*element.json_path, name)
                self.slips.of_array(path, inside)
                self.slips.comments(path, expression)
            for index, item in enumerate(value):
                self._object(
                    name, item, element, definition, structure, f"{inside}[{index}]", index
                )
            return
        if definition.many:
            path = (*element.json_path, name)
            message = f"{name} is an array, not {_kind_of(value)}"
            self._written("THIS_PROPERTY_MUST_BE_AN_ARRAY_NOT_", inside, message, path, "[...]")
        self._object(name, value, element, definition, structure, inside, 0, wrapped=True)

    def _object(
        self,
        name: str,
        value: Any,
        element: Element,
        definition: Definition,
        structure: Structure,
        inside: str,
        index: int,
        *,
        wrapped: bool = False,
    ) -> None:
        many = definition.many
        if type(value) is not tuple:
            steps = (index,) if many and not wrapped else ()
            path = (*element.json_path, name, *steps)
            message = f"{name} is {'a list of objects' if many else 'an object'}: "
            message += f"this is {_kind_of(value)}"
            self._written("THIS_PROPERTY_MUST_BE__NOT_", inside, message, path)
            return
        made = Element(name, structure, element, definition, _number(element, name, many))
        made.position = index
        made.wrapped = wrapped
        if self.slips:
            self.slips.comments(made.json_path, inside)
        if structure.name == "Resource":
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

    def _primitive(
        self,
        name: str,
        main: Any,
        fork: Any,
        element: Element,
        definition: Definition,
        structure: Structure,
        expression: str,
    ) -> None:
        inside = f"{expression}.{definition.name}"
        if not definition.many:
            if self.slips:
                self.slips.unquoted((*element.json_path, name), expression)
            self._single(name, main, fork, element, definition, structure, inside, -1)
            return
        path = (*element.json_path, name)
        wrong = main is not _ABSENT and type(main) is not list
        if wrong:
            message = f"{name} is an array, not {_kind_of(main)}"
            self._written("THIS_PROPERTY_MUST_BE_AN_ARRAY_NOT_", inside, message, path, "[...]")
        if fork is not _ABSENT and type(fork) is not list:
            message = f"_{name} is an array, not {_kind_of(fork)}"
            at = (*element.json_path, f"_{name}")
            self._written("THIS_BASE_PROPERTY_MUST_BE_AN_ARRAY_NOT_", inside, message, at)
            wrong = True
        if wrong:
            return
        mains = [] if main is _ABSENT else main
        others = [] if fork is _ABSENT else fork
        if self.slips:
            self.slips.of_array(path, inside)
        for index in range(max(len(mains), len(others))):
            one = mains[index] if index < len(mains) else None
            other = others[index] if index < len(others) else None
            at = (*path, index)
            if one is None and other is None:
                message = f"{name} has null where a value or an extension is expected"
                self._written("JSON_PROPERTY_INVALID_ARRAY", f"{expression}.{name}", message, at)
                continue
            if self.slips and self.slips.unquoted(at, f"{expression}.{name}[{index}]"):
                continue
            self._single(
                name,
                _ABSENT if one is None else one,
                _ABSENT if other is None else other,
                element,
                definition,
                structure,
                inside,
                index,
            )

    def _single(
        self,
        name: str,
        main: Any,
        fork: Any,
        element: Element,
        definition: Definition,
        structure: Structure,
        inside: str,
        index: int,
    ) -> None:
        if main is None or type(main) in (tuple, list):
            steps = (index,) if index >= 0 else ()
            message = f"{name} is one {structure.name}, not {_kind_of(main)}"
            path = (*element.json_path, name, *steps)
            self._written("THIS_PROPERTY_MUST_BE_AN_SIMPLE_VALUE_NOT_", inside, message, path)
            return
        if fork is not _ABSENT and type(fork) is not tuple:
            message = f"_{name} is an object, not {_kind_of(fork)}"
            path = (*element.json_path, f"_{name}")
            self._written("THIS_PROPERTY_MUST_BE_AN_OBJECT_NOT_", inside, message, path)
            return
        many = definition.many
        made = Element(name, structure, element, definition, _number(element, name, many))
        made.position = index
        element.children.append(made)
        if main is not _ABSENT:
            self._value(main, made, inside)
        if fork is not _ABSENT:
            self._members(fork, made, inside)

    def _value(self, main: Any, made: Element, inside: str) -> None:
        """Take over a single value, and tell where it is of another JSON type than its own."""
        kind, name = made.structure.name, made.name
        if kind == "boolean":
            if type(main) is not bool:
                self._mismatch("BOOLEAN", made, inside, f"{name} is true or false")
        elif kind in NUMBERS:
            if type(main) is not Number:
                self._mismatch("NUMBER", made, inside, f"{name} is a number, without quotes")
        elif type(main) is not str:
            self._mismatch("STRING", made, inside, f"{name} is a text: it stands in quotes")
        if type(main) is bool:
            main = "true" if main else "false"
        made.value = str(main)
        if self.slips:
            self.slips.comments(made.json_path, inside)

    def _mismatch(self, kind: str, made: Element, inside: str, message: str) -> None:
        key = f"ERROR_PARSING_JSON_THE_PRIMITIVE_VALUE_MUST_BE_A_{kind}"
        self.issues.written(key, inside, message, made.spot)

    def _written(
        self, key: str, expression: str, message: str, path: Path, hint: str | None = None
    ) -> None:
        self.issues.written(key, expression, message, Spot(path), hint)


def _number(element: Element, name: str, many: bool) -> int:  # noqa: FBT001
    """Count the children of a name that there are already; -1 for one that does not repeat."""
    if not many:
        return -1
    last = element.children[-1] if element.children else None
    return last.index + 1 if last is not None and last.name == name else 0


def _kind_of(value: Any) -> str:
    return KINDS.get(type(value), "a single value")


_ABSENT: Any = object()
